#include "web/review_pages.h"

#include <algorithm>

#include "app/names.h"
#include "app/reviews.h"
#include "app/typed_values.h"
#include "web/front_state.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

constexpr std::size_t kShownMax = 200;
constexpr std::int64_t kNoteCharactersMax = 1000;  // where the programme sets no limit

/// Whether `record` is this one, or stands below it where it is a person.
bool Concerns(const PageCall& page, const RecordId& record, const RecordId& whose) {
  if (record == whose) return true;
  const auto root = page.device().view().RootOf(record);
  return root && *root == whose;
}

Json LookedAtItem(const PageCall& page, const LookedAt& looked_at) {
  const Check* check = CheckNamed(page.device().programme(), looked_at.check);
  Json item = RecordLink(page, looked_at.record);
  item["check"] = looked_at.check;
  item["label"] = check == nullptr ? looked_at.check : page.In(check->label);
  item["record"] = looked_at.record.Hex();
  item["by"] = WrittenByLine(page, looked_at.by);
  item["why"] = looked_at.why;
  item["back"] = page.request.path;
  return item;
}

/// Back to the page with the button; `saved` offers there to take it back.
Answer BackFrom(const PageCall& page, const Saved& saved) {
  const std::string back = SafeBack(page.Posted("back"));
  const std::string path = back.substr(0, back.find('?'));
  return SeeOther(path + "?saved=" + saved.op.Hex());
}

}  // namespace

Json SettleModel(const PageCall& page, const Check& check, const RecordId& record) {
  const Programme& programme = page.device().programme();
  if (!programme.review) return nullptr;
  Json settle = {{"check", check.name},
                 {"record", record.Hex()},
                 {"what", FullTitleOf(page, record) + ", " + page.In(check.label)},
                 {"back", page.request.path},
                 {"note", nullptr}};
  if (const Field* note = NoteOfReview(programme)) {
    settle["note"] = {{"id", "why-" + check.name + "-" + record.Hex()},
                      {"label", page.In(note->label)},
                      {"help", page.In(note->help)},
                      {"max", std::to_string(note->max.value_or(kNoteCharactersMax))}};
  }
  return settle;
}

Result<Json> FindingsModel(PageCall& page, const RecordId& record) {
  TRAM_ASSIGN(const auto findings, page.device().view().Checks(page.call.Today()));
  Json items = Json::array();
  for (const CheckFinding& finding : findings) {
    if (!Concerns(page, finding.record, record)) continue;
    items.push_back({{"check", finding.check->name},
                     {"label", page.In(finding.check->label)},
                     {"about", finding.record == record ? "" : TitleOf(page, finding.record)},
                     {"href", RecordPath(finding.record)},
                     {"settle", SettleModel(page, *finding.check, finding.record)}});
  }
  return items.empty() ? Json(nullptr) : Json{{"items", std::move(items)}};
}

Json LookedAtModel(const PageCall& page, const RecordId& record) {
  Json items = Json::array();
  for (const LookedAt& looked_at : AllLookedAt(page.device().view())) {
    if (Concerns(page, looked_at.record, record)) items.push_back(LookedAtItem(page, looked_at));
  }
  return items.empty() ? Json(nullptr) : Json{{"items", std::move(items)}};
}

Json CountOfLookedAt(const PageCall& page, const std::string& check) {
  const std::vector<LookedAt> all = AllLookedAt(page.device().view());
  const auto count = std::count_if(all.begin(), all.end(), [&](const LookedAt& one) {
    return check.empty() || one.check == check;
  });
  return count == 0 ? Json(nullptr) : Json(count);
}

Result<Answer> ReviewsPage(PageCall& page) {
  Page answer;
  answer.template_name = "reviews";
  answer.title = page.Words("Đã xem, đúng như vậy", "Looked at, right as it is");
  const std::vector<LookedAt> all = AllLookedAt(page.device().view());
  Json items = Json::array();
  for (auto one = all.rbegin(); one != all.rend() && items.size() < kShownMax; ++one) {
    items.push_back(LookedAtItem(page, *one));
  }
  answer.model = {{"count", all.size()}, {"none", all.empty()}, {"items", std::move(items)}};
  return Answer(std::move(answer));
}

Result<Answer> SettleFound(PageCall& page) {
  const Check* check = CheckNamed(page.device().programme(), page.parts[0]);
  if (check == nullptr) {
    return page.call.out.Fail(ErrorCode::kNotFound, "không có mục kiểm tra này",
                              "there is no such check");
  }
  TRAM_ASSIGN(const RecordId record, FindRecord(page.call, page.Posted("record")));
  TRAM_ASSIGN(const Saved saved,
              SettleFinding(page.call, *check, record, Tidy(page.Posted("why"))));
  return BackFrom(page, saved);
}

Result<Answer> ReopenFound(PageCall& page) {
  TRAM_ASSIGN(const RecordId record, FindRecord(page.call, page.Posted("record")));
  TRAM_ASSIGN(const Saved saved, ReopenFinding(page.call, page.parts[0], record));
  return BackFrom(page, saved);
}

}  // namespace tram::client
