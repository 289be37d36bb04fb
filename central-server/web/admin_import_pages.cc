// Units from a CSV file, on a page: what the file would change is shown first, and only a second
// step writes it. Until then the file is kept in memory, for whoever sent it.
#include <algorithm>

#include "app/unit_import.h"
#include "tram/base/csv.h"
#include "tram/base/hash.h"
#include "web/admin_parts.h"

namespace tram::server {
namespace {

constexpr std::size_t kRowsShown = 50;  // of each kind

std::string FilePath(std::string_view key) { return "/admin/units/import/" + std::string(key); }

/// The file that is looked at. Errors: not_found (it was pushed out, or is somebody else's).
Result<std::shared_ptr<const SentFile>> KeptFile(PageCall& call) {
  auto file = call.office.unit_files.Find(KeptUnder(call, call.parts[0]));
  if (file) return file;
  return call.Fail(ErrorCode::kNotFound, "tệp này không còn ở máy chủ: hãy gửi lại tệp",
                   "this file is no longer at the server: send it again");
}

std::string MembershipsText(const PageCall& call, const PlannedUnit& unit) {
  std::string text;
  for (const Membership& membership : unit.memberships) {
    const Place* place = call.state.store().places().At(membership.province, membership.from);
    text += (text.empty() ? "" : "; ") + ProvinceText(call, place) +
            call.Words(" từ {}", " from {}", DateText(membership.from));
    if (membership.to) text += call.Words(" đến {}", " to {}", DateText(*membership.to));
  }
  return text;
}

std::string ChangesText(const PageCall& call, const PlannedUnit& unit) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (unit.name != unit.old_name) {
    add(call.Words("tên: {} → {}", "name: {} → {}", unit.old_name, unit.name));
  }
  if (unit.commune != unit.old_commune) {
    add(call.Words("mã xã: {} → {}", "commune: {} → {}",
                   unit.old_commune.empty() ? "-" : unit.old_commune,
                   unit.commune.empty() ? "-" : unit.commune));
  }
  if (!unit.memberships.empty()) add(MembershipsText(call, unit));
  return text;
}

/// Of everything that the plan would write: what was shown and what is done can be compared.
std::string PlanDigest(const ImportPlan& plan) {
  Digest digest;
  for (const PlannedUnit& unit : plan.units) {
    for (const std::string* part :
         {&unit.code, &unit.name, &unit.commune, &unit.old_name, &unit.old_commune}) {
      digest = Blake2b160(digest.view(), {AsBytes(*part)});
    }
    for (const Membership& membership : unit.memberships) {
      digest = Blake2b160(digest.view(),
                          {AsBytes(membership.province), AsBytes(IsoDate(membership.from)),
                           AsBytes(membership.to ? IsoDate(*membership.to) : "")});
    }
  }
  return digest.Hex();
}

Result<Answer> FilePage(PageCall& call, const std::string& problem) {
  Page page{"admin-import", call.Words("Nhập đơn vị từ tệp CSV", "Units from a CSV file"), {}};
  page.status = problem.empty() ? 200 : 400;
  page.model = {{"problem", problem}};
  return Answer(std::move(page));
}

Result<Answer> ShowImport(PageCall& call) { return FilePage(call, ""); }

Result<Answer> TakeFile(PageCall& call) {
  Result<SentFile> file = TakeSentFile(call, "file");
  if (!file) return FilePage(call, file.error().message);
  const Result<ImportPlan> plan = PlanImport(call.state, file->text, call.language);
  if (!plan) return FilePage(call, file->name + ": " + plan.error().message);
  const std::string key = NewKey(call);
  call.office.unit_files.Keep(KeptUnder(call, key), std::move(*file));
  return Answer(SeeOther(FilePath(key)));
}

Result<Answer> PlanPage(PageCall& call, bool changed_meanwhile) {
  TRAM_ASSIGN(const auto file, KeptFile(call));
  TRAM_ASSIGN(const ImportPlan plan, PlanImport(call.state, file->text, call.language));
  Json added = Json::array(), changed = Json::array(), bad = Json::array();
  std::size_t added_count = 0;
  for (const PlannedUnit& unit : plan.units) {
    added_count += unit.added;
    Json& rows = unit.added ? added : changed;
    if (rows.size() == kRowsShown) continue;
    rows.push_back({{"code", unit.code},
                    {"name", unit.name},
                    {"what", unit.added ? MembershipsText(call, unit) : ChangesText(call, unit)}});
  }
  for (std::size_t i = 0; i < std::min(plan.bad.size(), kRowsShown); ++i) {
    bad.push_back({{"line", plan.bad[i].line}, {"reason", plan.bad[i].reason}});
  }
  const std::size_t changed_count = plan.units.size() - added_count;
  const auto more = [&](std::size_t count) {
    if (count <= kRowsShown) return std::string();
    return call.Words("và {} dòng nữa", "and {} more", count - kRowsShown);
  };
  Page page{"admin-import-plan", call.Words("Xem trước khi ghi", "Before it is written"), {}};
  page.status = changed_meanwhile ? 409 : 200;
  page.model = {{"file", file->name},
                {"path", FilePath(call.parts[0])},
                {"seen", PlanDigest(plan)},
                {"changed_meanwhile", changed_meanwhile},
                {"anything", !plan.units.empty()},
                {"added_count", added_count},
                {"added_shown", added_count > 0},
                {"added", std::move(added)},
                {"added_more", more(added_count)},
                {"changed_count", changed_count},
                {"changed_shown", changed_count > 0},
                {"changed", std::move(changed)},
                {"changed_more", more(changed_count)},
                {"unchanged", plan.unchanged},
                {"bad_count", plan.bad.size()},
                {"bad_shown", !plan.bad.empty()},
                {"bad", std::move(bad)},
                {"bad_more", more(plan.bad.size())}};
  return Answer(std::move(page));
}

Result<Answer> ShowPlan(PageCall& call) { return PlanPage(call, false); }

Result<Answer> ApplyPlan(PageCall& call) {
  TRAM_ASSIGN(const auto file, KeptFile(call));
  TRAM_ASSIGN(const ImportPlan plan, PlanImport(call.state, file->text, call.language));
  // Somebody else changed units since this one was shown.
  if (PlanDigest(plan) != call.Posted("seen")) return PlanPage(call, true);
  TRAM_TRY(ImportUnits(call.state, file->text, call.Who()));
  return Answer(SeeOther("/admin/units?done=import"));
}

Result<Answer> GiveRejected(PageCall& call) {
  TRAM_ASSIGN(const auto file, KeptFile(call));
  TRAM_ASSIGN(const ImportPlan plan, PlanImport(call.state, file->text, call.language));
  std::vector<std::string> head = {call.Words("dòng", "line"), call.Words("lý do", "reason")};
  head.insert(head.end(), plan.header.begin(), plan.header.end());
  std::string csv = CsvRowText(head);
  for (const BadRow& row : plan.bad) {
    std::vector<std::string> cells = {std::to_string(row.line), row.reason};
    for (const std::string& cell : row.cells) cells.push_back(MarkedAsText(cell));
    AppendCsvRow(csv, cells);
  }
  TRAM_TRY(call.Audit("export of " + std::to_string(plan.bad.size()) +
                      " lines that a unit import rejects"));
  return Answer(CsvFile(std::move(csv), "units-rejected.csv"));
}

}  // namespace

std::span<const Route> AdminImportRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/admin/units/import", Access::kRight, Right::kUnits, &ShowImport},
      {"POST", "/admin/units/import", Access::kRight, Right::kUnits, &TakeFile},
      {"GET", "/admin/units/import/{}", Access::kRight, Right::kUnits, &ShowPlan},
      {"POST", "/admin/units/import/{}", Access::kRight, Right::kUnits, &ApplyPlan},
      {"GET", "/admin/units/import/{}/rejected.csv", Access::kRight, Right::kUnits, &GiveRejected},
  };
  return kRoutes;
}

}  // namespace tram::server
