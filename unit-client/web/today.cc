// Today: whom to see, what is overdue, what needs a look, and the way to everything else.
#include "app/names.h"
#include "web/check_lists.h"
#include "web/forms.h"
#include "web/unfinished.h"

namespace tram::client {
namespace {

constexpr std::size_t kLinesMax = 12;  // of one list on the first page
constexpr std::size_t kFewMax = 5;     // drafts, and kinds of findings, there

/// Whom a line is about: the person it belongs to, else the record itself.
Result<RecordId> SubjectOf(const PageCall& page, const RecordId& record) {
  TRAM_ASSIGN(std::optional<RecordId> root, page.device().view().RootOf(record));
  return root.value_or(record);
}

std::string DueText(const PageCall& page, Date due, Date today) {
  const int days = due.days - today.days;
  if (days == 0) return page.Words("hôm nay", "today");
  if (days == 1) return page.Words("ngày mai", "tomorrow");
  if (days > 1) return page.Words("{}, còn {} ngày", "{}, in {} days", DateText(due), days);
  return page.Words("{}, quá {} ngày", "{}, {} days ago", DateText(due), -days);
}

Result<Json> Line(PageCall& page, const Worklist& list, const WorkItem& item, Date today) {
  UnitView& view = page.device().view();
  TRAM_ASSIGN(const RecordId subject, SubjectOf(page, item.record));
  TRAM_ASSIGN(const TitledRecord title, view.Title(subject, today));
  Json line = {{"href", RecordPath(subject)},
               {"title", title.title},
               {"due", item.due ? DueText(page, *item.due, today) : ""},
               {"late", item.due && *item.due < today}};
  const RecordType* add = page.device().programme().ByName(list.add);
  if (add == nullptr) return line;
  std::string form = "/new/" + add->name + "?parent=" + item.record.Hex();
  std::string about;
  bool held_back = false;
  for (const auto& [name, text] : item.fills) {
    const Field* field = add->ByName(name);
    if (field == nullptr) continue;
    if (MayStandInAddress(*field)) {
      form += "&" + PercentEncode(name) + "=" + PercentEncode(text);
    } else {
      held_back = true;
    }
    if (field->type != FieldType::kCode || text.empty()) continue;
    const CodeList* codes = page.device().programme().Codes(field->codes);
    const CodeValue* code = codes == nullptr ? nullptr : codes->ByName(text);
    if (code != nullptr) about += (about.empty() ? "" : ", ") + page.In(code->label);
  }
  // What may stand in no address is taken from this line again.
  if (held_back) form += std::string("&") + kFromList + "=" + PercentEncode(list.name);
  line["about"] = about;
  line["form"] = form;
  line["add"] = page.In(add->label);
  return line;
}

Result<Json> ListJson(PageCall& page, const Worklist& list, std::size_t lines_max) {
  const Date today = page.call.Today();
  TRAM_ASSIGN(const std::vector<WorkItem> items, page.device().view().Work(list, today));
  Json lines = Json::array();
  for (const WorkItem& item : items) {
    if (lines.size() == lines_max) break;
    TRAM_ASSIGN(Json line, Line(page, list, item, today));
    lines.push_back(std::move(line));
  }
  const std::size_t shown = lines.size();
  return Json{{"name", list.name},
              {"label", page.In(list.label)},
              {"urgent", list.urgent && !items.empty()},
              {"count", items.size()},
              {"none", items.empty()},
              {"empty", page.In(list.empty)},
              {"lines", std::move(lines)},
              {"more", items.size() > shown ? Json(items.size() - shown) : Json(nullptr)}};
}

Json People(const PageCall& page) {
  Json people = Json::array();
  for (const RecordType& type : page.device().programme().records) {
    if (!type.person) continue;
    people.push_back({{"type", type.name},
                      {"label", page.In(type.label)},
                      {"many", page.In(type.label_many)},
                      {"search", !type.search.empty()}});
  }
  return people;
}

Result<Answer> Today(PageCall& call) {
  Page page;
  page.template_name = "today";
  page.title = call.Words("Hôm nay", "Today");
  Json urgent = Json::array(), lists = Json::array();
  for (const Worklist& list : call.device().programme().worklists) {
    TRAM_ASSIGN(Json json, ListJson(call, list, kLinesMax));
    if (json["none"].get<bool>()) continue;  // a short page is read
    (json["urgent"].get<bool>() ? urgent : lists).push_back(std::move(json));
  }
  TRAM_ASSIGN(Json drafts, UnfinishedModel(call, kFewMax, "/"));
  TRAM_ASSIGN(Json checks, ChecksModel(call, kFewMax));
  const std::size_t conflicts = call.device().view().Conflicts().size();
  const bool clear = urgent.empty() && lists.empty() && drafts.is_null() && checks.is_null();
  page.model = {{"date", DateText(call.call.Today())},
                {"people", People(call)},
                {"clear", clear && conflicts == 0},
                {"urgent", std::move(urgent)},
                {"lists", std::move(lists)},
                {"drafts", std::move(drafts)},
                {"checks", std::move(checks)},
                {"conflicts", conflicts == 0 ? Json(nullptr) : Json(conflicts)}};
  return Answer(std::move(page));
}

Result<Answer> WholeList(PageCall& call) {
  for (const Worklist& list : call.device().programme().worklists) {
    if (list.name != call.parts[0]) continue;
    Page page;
    page.template_name = "work";
    page.title = call.In(list.label);
    TRAM_ASSIGN(page.model["list"], ListJson(call, list, SIZE_MAX));
    return Answer(std::move(page));
  }
  return call.call.out.Fail(ErrorCode::kNotFound, "không có danh sách này",
                            "there is no such list");
}

constexpr Route kRoutes[] = {
    {"GET", "/", Access::kClinical, Today},
    {"GET", "/due/{}", Access::kClinical, WholeList},
    {"GET", "/unfinished", Access::kClinical, UnfinishedPage},
    {"GET", "/checks/{}", Access::kClinical, CheckPage},
};

}  // namespace

std::span<const Route> TodayRoutes() { return kRoutes; }

}  // namespace tram::client
