// Units: the list, a page for each, and what is changed there. The rules are UnitDesk's.
#include <algorithm>

#include "web/admin_lines.h"
#include "web/admin_parts.h"
#include "web/export_links.h"

namespace tram::server {
namespace {

constexpr std::size_t kUnitsPerPage = 50;

UnitDesk DeskOf(const PageCall& call) { return {call.state, call.Who(), call.language}; }

std::string UnitPath(const std::string& code) { return "/admin/unit/" + code; }

/// The day that a place got its code tells two places of one code apart.
std::string ProvinceValue(const Place& place) { return place.code + "@" + IsoDate(place.from); }

Json ProvinceOptions(const PageCall& call) {
  Json options = Json::array(
      {{{"value", ""}, {"label", call.Words("Chọn tỉnh, thành phố", "Choose a province")}}});
  for (const bool today : {true, false}) {
    for (const Place& place : call.state.store().places().all()) {
      if (!place.to != today) continue;
      const std::string until =
          place.to ? call.Words(" (đến {})", " (until {})", DateText(*place.to)) : "";
      options.push_back(
          {{"value", ProvinceValue(place)}, {"label", place.code + " " + place.name + until}});
    }
  }
  return options;
}

/// The code that was chosen, where it was valid on that day; a date that is none is the desk's to
/// refuse.
Result<std::string> ChosenProvince(const PageCall& call, const std::string& from) {
  const std::string chosen(call.Posted("province"));
  const std::string code = chosen.substr(0, chosen.find('@'));
  const Result<Date> day = from.empty() ? call.state.Today() : ParsePersonDate(from);
  if (chosen.empty()) {
    return call.Fail(ErrorCode::kInvalid, "hãy chọn tỉnh, thành phố", "choose a province");
  }
  if (!day) return code;
  const Place* place = call.state.store().places().At(code, *day);
  if (place != nullptr && ProvinceValue(*place) == chosen) return code;
  return call.Fail(ErrorCode::kInvalid,
                   "vào ngày {} không có tỉnh này: trước 01/07/2025 chọn tỉnh cũ (có chữ “đến "
                   "30/06/2025”), từ ngày đó chọn tỉnh mới",
                   "there was no such province on {}: before 01/07/2025 choose one of those that "
                   "end on 30/06/2025, from then on one of the others",
                   DateText(*day));
}

Status CheckCovered(const PageCall& call, UnitNumber unit, const Place* today) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kUnits));
  if (permit.CoversUnit(unit, today == nullptr ? "" : today->code)) return {};
  return call.Fail(ErrorCode::kDenied, "đơn vị này không thuộc phạm vi của bạn",
                   "this unit is not among yours");
}

// ---- the list ----

Json UnitRow(const PageCall& call, const ManagedUnit& of) {
  const Unit& unit = of.unit;
  return {
      {"href", UnitPath(unit.code)},
      {"code", unit.code},
      {"name", unit.name},
      {"province", ProvinceText(call, of.province)},
      {"devices", of.devices},
      {"synced", unit.synced_ms ? TimeText(*unit.synced_ms) : call.Words("chưa lần nào", "never")},
      {"closed", unit.closed_on ? DateText(*unit.closed_on) : ""},
      {"merged", unit.merged_into.has_value()}};
}

Json ShownOptions(const PageCall& call) {
  Json options = Json::array();
  const std::string_view shown = call.Query("show");
  for (const auto& [value, label] : std::initializer_list<std::pair<const char*, Label>>{
           {"open", {"đang làm việc", "at work"}},
           {"closed", {"đã đóng hoặc nhập", "closed or merged"}},
           {"all", {"tất cả", "all"}}}) {
    options.push_back({{"value", value}, {"label", call.In(label)}, {"chosen", shown == value}});
  }
  return options;
}

Result<Answer> ShowUnits(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kUnits));
  TRAM_ASSIGN(const std::vector<ManagedUnit> found, FindManagedUnits(call, permit));
  const std::string words(call.Query("q"));
  const std::string asked =
      "q=" + PercentEncode(words) + "&show=" + PercentEncode(call.Query("show"));
  const ListPage page = PageOf(call, found.size(), kUnitsPerPage, "/admin/units?" + asked);
  Json rows = Json::array();
  for (std::size_t i = page.first; i < page.end; ++i) rows.push_back(UnitRow(call, found[i]));
  Page shown{"admin-units", call.Words("Quản lý đơn vị", "Manage units"), {}};
  shown.model = {{"words", words},        {"shown", ShownOptions(call)},
                 {"none", found.empty()}, {"rows", std::move(rows)},
                 {"links", page.links},   {"imported", call.Query("done") == "import"}};
  AddExportLinks(call, "unit-list", asked, call.Words("đơn vị, mọi trang", "units, all pages"),
                 shown.model);
  return Answer(std::move(shown));
}

// ---- a new one ----

Result<Answer> NewUnitPage(PageCall& call, std::vector<UnitFault> faults) {
  FormFields form(call, "new", std::move(faults));
  form.Text("code", {"Mã đơn vị", "Code"}, call.Posted("code"),
            {call.Words("Ví dụ KH-001. Mã không đổi được về sau.",
                        "For example KH-001. It cannot be changed later."),
             true, true})
      .Text("name", {"Tên đơn vị", "Name"}, call.Posted("name"), {"", true, false})
      .Choice("province", {"Tỉnh, thành phố", "Province"}, ProvinceOptions(call),
              call.Posted("province"), {"", true, false})
      .Text("commune", {"Mã xã, phường", "Commune's code"}, call.Posted("commune"),
            {call.Words("Năm chữ số; để trống nếu chưa rõ.",
                        "Five digits; empty where it is not known."),
             false, true})
      .Text("from", {"Từ ngày", "From"}, call.Posted("from"),
            {call.Words("Ngày/tháng/năm; để trống là hôm nay.", "Day/month/year; empty is today."),
             false, true});
  Page page{"admin-unit-new", call.Words("Thêm đơn vị", "Add a unit"), {}};
  const Json problems = form.Problems();
  page.status = problems.empty() ? 200 : 400;
  page.model = {
      {"fields", form.fields()}, {"problems", problems}, {"problems_shown", !problems.empty()}};
  return Answer(std::move(page));
}

Result<Answer> ShowNewUnit(PageCall& call) { return NewUnitPage(call, {}); }

Result<Answer> AddNewUnit(PageCall& call) {
  UnitDesk desk = DeskOf(call);
  const std::string from(call.Posted("from"));
  const Result<std::string> province = ChosenProvince(call, from);
  // Without a province nothing is added, and what else is wrong is found all the same.
  const Result<Unit> unit =
      desk.Add({std::string(call.Posted("code")), std::string(call.Posted("name")),
                std::string(call.Posted("commune")), province.value_or(""), from});
  if (unit) return Answer(SeeOther(UnitPath(unit->code) + "?done=add"));
  std::vector<UnitFault> faults = desk.faults();
  if (!province) {
    std::erase_if(faults, [](const UnitFault& fault) { return fault.field == "province"; });
    faults.push_back({"province", province.error().message});
  }
  if (faults.empty()) return unit.error();
  return NewUnitPage(call, std::move(faults));
}

// ---- one unit ----

/// What was wrong with which of the page's forms.
struct Refused {
  std::string form;  // "rename", "move", "close"; "" where nothing was
  std::vector<UnitFault> faults;
};

Json Memberships(const PageCall& call, const std::vector<Membership>& all) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Place* place = call.state.store().places().At(all[i].province, all[i].from);
    std::string to = all[i].to ? DateText(*all[i].to) : "";
    if (i + 1 < all.size() && to.empty()) to = DateText(Date{all[i + 1].from.days - 1});
    rows.push_back(
        {{"province", ProvinceText(call, place)}, {"from", DateText(all[i].from)}, {"to", to}});
  }
  return rows;
}

std::string DoneText(const PageCall& call) {
  const std::string_view done = call.Query("done");
  if (done == "add") {
    return call.Words("Đã thêm đơn vị. Việc tiếp theo: cấp mã đăng ký cho máy đầu tiên.",
                      "The unit was added. Next: a code for its first device.");
  }
  return done.empty() ? "" : call.Words("Đã ghi.", "Done.");
}

Json UnitForms(const PageCall& call, const Unit& unit, const Refused& refused) {
  const auto faults = [&](const char* form) {
    return refused.form == form ? refused.faults : std::vector<UnitFault>();
  };
  const auto typed = [&](const char* form, const char* field, const std::string& else_shown) {
    return refused.form == form ? std::string(call.Posted(field)) : else_shown;
  };
  const std::string day_help = call.Words("Ngày/tháng/năm.", "Day/month/year.");
  FormFields rename(call, "rename", faults("rename"));
  rename.Text("name", {"Tên đơn vị", "Name"}, typed("rename", "name", unit.name), {"", true, false})
      .Text("commune", {"Mã xã, phường", "Commune's code"},
            typed("rename", "commune", unit.commune),
            {call.Words("Năm chữ số, hoặc để trống.", "Five digits, or nothing."), false, true});
  FormFields move(call, "move", faults("move"));
  move.Choice("province", {"Chuyển đến", "To"}, ProvinceOptions(call),
              typed("move", "province", ""), {"", true, false})
      .Text("from", {"Từ ngày", "From"}, typed("move", "from", ""), {day_help, true, true});
  FormFields close(call, "close", faults("close"));
  close
      .Text("on", {"Ngày đầu tiên không còn làm việc", "First day without work"},
            typed("close", "on", ""), {day_help, true, true})
      .Text("into", {"Nhập vào đơn vị (mã)", "Merged into (code)"}, typed("close", "into", ""),
            {call.Words("Để trống nếu không đơn vị nào tiếp nhận công việc.",
                        "Empty where no unit goes on with its work."),
             false, true});
  Json problems = Json::array();
  for (const FormFields* form : {&rename, &move, &close}) {
    for (const Json& problem : form->Problems()) problems.push_back(problem);
  }
  return {{"rename", rename.fields()},
          {"move", move.fields()},
          {"close", close.fields()},
          {"problems", problems},
          {"problems_shown", !problems.empty()}};
}

Result<Answer> UnitPage(PageCall& call, const Refused& refused) {
  ServerStore& store = call.state.store();
  UnitDesk desk = DeskOf(call);
  TRAM_ASSIGN(const Unit unit, desk.Find(call.parts[0]));
  TRAM_ASSIGN(const std::vector<Membership> memberships, store.units().MembershipsOf(unit.number));
  const Place* today = store.places().Of(memberships, call.state.Today());
  TRAM_TRY(CheckCovered(call, unit.number, today));
  TRAM_ASSIGN(const std::vector<Device> devices, store.devices().OfUnit(unit.number));
  std::string successor;
  if (unit.merged_into) {
    TRAM_ASSIGN(const Unit into, store.units().ByNumber(*unit.merged_into));
    successor = into.code;
  }
  Page page{"admin-unit", unit.code + " " + unit.name, UnitForms(call, unit, refused)};
  page.status = refused.faults.empty() ? 200 : 400;
  page.model.update(
      {{"done", refused.faults.empty() ? DoneText(call) : ""},
       {"path", UnitPath(unit.code)},
       {"code", unit.code},
       {"name", unit.name},
       {"commune", unit.commune.empty() ? call.Words("chưa ghi", "not recorded") : unit.commune},
       {"province", ProvinceText(call, today)},
       {"entries", unit.entries},
       {"synced", unit.synced_ms ? TimeText(*unit.synced_ms) : call.Words("chưa lần nào", "never")},
       {"devices", devices.size()},
       {"devices_shown", !devices.empty()},
       {"closed", unit.closed_on ? DateText(*unit.closed_on) : ""},
       {"successor", successor},
       {"rename_open", refused.form == "rename"},
       {"move_open", refused.form == "move"},
       {"close_open", refused.form == "close"},
       {"memberships", Memberships(call, memberships)}});
  AddExportLinks(call, "unit-list", "q=" + PercentEncode(unit.code) + "&show=all",
                 call.Words("thuộc tỉnh nào, từ bao giờ", "provinces, since when"), page.model);
  return Answer(std::move(page));
}

Result<Answer> ShowUnit(PageCall& call) { return UnitPage(call, {}); }

/// What the form asked for was done, or the page says what is wrong with it.
Result<Answer> Changed(PageCall& call, const char* form, const UnitDesk& desk,
                       const Result<Unit>& done) {
  if (done) return Answer(SeeOther(UnitPath(done->code) + "?done=1"));
  if (desk.faults().empty()) return done.error();
  return UnitPage(call, {form, desk.faults()});
}

/// The unit of the address, where it is the viewer's to change.
Result<Unit> Mine(PageCall& call) {
  TRAM_ASSIGN(const Unit unit, DeskOf(call).Find(call.parts[0]));
  TRAM_ASSIGN(const auto memberships, call.state.store().units().MembershipsOf(unit.number));
  TRAM_TRY(CheckCovered(call, unit.number,
                        call.state.store().places().Of(memberships, call.state.Today())));
  return unit;
}

Result<Answer> RenameUnit(PageCall& call) {
  TRAM_ASSIGN(const Unit unit, Mine(call));
  UnitDesk desk = DeskOf(call);
  return Changed(call, "rename", desk,
                 desk.Rename(unit.code, std::string(call.Posted("name")),
                             std::string(call.Posted("commune"))));
}

Result<Answer> MoveUnit(PageCall& call) {
  TRAM_ASSIGN(const Unit unit, Mine(call));
  UnitDesk desk = DeskOf(call);
  const std::string from(call.Posted("from"));
  const Result<std::string> province = ChosenProvince(call, from);
  if (!province) return UnitPage(call, {"move", {{"province", province.error().message}}});
  return Changed(call, "move", desk, desk.Move(unit.code, *province, from));
}

Result<Answer> CloseUnit(PageCall& call) {
  TRAM_ASSIGN(const Unit unit, Mine(call));
  UnitDesk desk = DeskOf(call);
  return Changed(
      call, "close", desk,
      desk.Close(unit.code, std::string(call.Posted("on")), std::string(call.Posted("into"))));
}

Result<Answer> ReopenUnit(PageCall& call) {
  TRAM_ASSIGN(const Unit unit, Mine(call));
  UnitDesk desk = DeskOf(call);
  return Changed(call, "reopen", desk, desk.Reopen(unit.code));
}

}  // namespace

std::span<const Route> AdminUnitsRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/admin/units", Access::kRight, Right::kUnits, &ShowUnits},
      {"GET", "/admin/units/new", Access::kRight, Right::kUnits, &ShowNewUnit},
      {"POST", "/admin/units/new", Access::kRight, Right::kUnits, &AddNewUnit},
      {"GET", "/admin/unit/{}", Access::kRight, Right::kUnits, &ShowUnit},
      {"POST", "/admin/unit/{}/rename", Access::kRight, Right::kUnits, &RenameUnit},
      {"POST", "/admin/unit/{}/move", Access::kRight, Right::kUnits, &MoveUnit},
      {"POST", "/admin/unit/{}/close", Access::kRight, Right::kUnits, &CloseUnit},
      {"POST", "/admin/unit/{}/reopen", Access::kRight, Right::kUnits, &ReopenUnit},
  };
  return kRoutes;
}

}  // namespace tram::server
