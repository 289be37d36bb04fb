#include "web/check_lists.h"

#include <algorithm>

#include "app/same_person.h"
#include "web/paging.h"
#include "web/record_words.h"
#include "web/review_pages.h"

namespace tram::client {
namespace {

std::string MergePath(const RecordId& record) { return RecordPath(record, "/merge"); }

/// Where one goes from the line of a check: to the record where there is only one, to both where
/// two are to be compared, else to the list of them.
Json NextStep(const PageCall& page, const FoundByCheck& found) {
  if (found.compares && found.records.size() == 2) {
    return {{"href", RecordPath(found.records[0], "/merge?with=" + found.records[1].Hex())},
            {"step", page.Words("So sánh hai hồ sơ", "Compare the two")}};
  }
  if (!found.compares && found.records.size() == 1) {
    return {
        {"href", RecordPath(found.records[0])},
        {"step", page.Words("Xem: {}", "See: {}", TitleOf(page, PageOf(page, found.records[0])))}};
  }
  return {{"href", "/checks/" + found.check->name},
          {"step", found.compares ? page.Words("Xem và so sánh", "See and compare")
                                  : page.Words("Xem danh sách", "See the list")}};
}

}  // namespace

Result<std::vector<FoundByCheck>> FoundByChecks(PageCall& page) {
  UnitView& view = page.device().view();
  const Date today = page.call.Today();
  TRAM_ASSIGN(const std::vector<CheckFinding> findings, view.Checks(today));
  std::vector<FoundByCheck> all;
  for (const CheckFinding& finding : findings) {
    if (all.empty() || all.back().check != finding.check) {
      TRAM_ASSIGN(const bool compares, Compares(view, *finding.check, finding.record, today));
      all.push_back({finding.check, {}, compares});
    }
    all.back().records.push_back(finding.record);
  }
  return all;
}

Json FoundLink(const PageCall& page, const FoundByCheck& found, const RecordId& record) {
  Json link = RecordLink(page, record);
  if (found.compares) link["merge"] = MergePath(record);
  link["settle"] = SettleModel(page, *found.check, record);
  return link;
}

Result<Json> ChecksModel(PageCall& page, std::size_t lines_max) {
  TRAM_ASSIGN(const std::vector<FoundByCheck> all, FoundByChecks(page));
  if (all.empty()) return Json(nullptr);
  Json lines = Json::array();
  std::size_t count = 0;
  for (const FoundByCheck& found : all) {
    count += found.records.size();
    if (lines.size() == lines_max) continue;
    Json line = NextStep(page, found);
    line["label"] = page.In(found.check->label);
    line["found"] = found.records.size();
    line["settle"] = nullptr;
    if (!found.compares && found.records.size() == 1) {
      line["settle"] = SettleModel(page, *found.check, found.records[0]);
    }
    lines.push_back(std::move(line));
  }
  return Json{{"count", count}, {"more", all.size() > lines_max}, {"lines", std::move(lines)}};
}

Result<Answer> CheckPage(PageCall& call) {
  TRAM_ASSIGN(const std::vector<FoundByCheck> all, FoundByChecks(call));
  for (const Check& check : call.device().programme().checks) {
    if (check.name != call.parts[0]) continue;
    Page page;
    page.template_name = "check";
    page.title = call.In(check.label);
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const FoundByCheck& any) { return any.check == &check; });
    const std::size_t count = found == all.end() ? 0 : found->records.size();
    // What was settled on the last page may have been all of it.
    const std::size_t pages = std::max<std::size_t>(1, (count + kPageRecords - 1) / kPageRecords);
    const std::size_t number = std::min(PageNumber(call.Query("page")), pages);
    Json items = Json::array();
    for (std::size_t i = (number - 1) * kPageRecords; i < std::min(count, number * kPageRecords);
         ++i) {
      items.push_back(FoundLink(call, *found, found->records[i]));
    }
    page.model = {
        {"name", check.name}, {"count", count}, {"none", count == 0}, {"items", std::move(items)}};
    AddPages(number, count, page.model);
    page.model["looked_at"] = CountOfLookedAt(call, check.name);
    return Answer(std::move(page));
  }
  return call.call.out.Fail(ErrorCode::kNotFound, "không có mục kiểm tra này",
                            "there is no such check");
}

}  // namespace tram::client
