#include "web/record_words.h"

#include <algorithm>

#include "app/names.h"
#include "app/record_history.h"
#include "app/reviews.h"
#include "app/typed_values.h"

namespace tram::client {

bool IsReview(const PageCall& page, const RecordType& type) {
  const std::optional<Review>& review = page.device().programme().review;
  return review && review->record == type.name;
}

std::string CheckWords(const PageCall& page, const RecordType& type, const std::string& text) {
  if (!IsReview(page, type)) return text;
  const Check* check = CheckNamed(page.device().programme(), text);
  return check == nullptr ? text : page.In(check->label);
}

std::string TitleOf(const PageCall& page, const RecordId& record) {
  const auto titled = page.device().view().Title(record, page.call.Today());
  if (!titled) return ShortId(record);
  const auto found = page.device().view().Find(record);
  return found ? CheckWords(page, *found->type, titled->title) : titled->title;
}

std::string CodeWords(const PageCall& page, const Field& field, std::uint32_t number) {
  const Programme& programme = page.device().programme();
  const CodeList* codes = programme.Codes(field.codes);
  const CodeValue* code = codes == nullptr ? nullptr : codes->ByNumber(number);
  return code == nullptr ? FieldText(programme, field, Code{number}) : page.In(code->label);
}

std::string ValueWords(const PageCall& page, const Field& field, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? page.Words("có", "yes") : page.Words("không", "no");
  }
  if (const auto* code = std::get_if<Code>(&value)) return CodeWords(page, field, code->number);
  if (const auto* record = std::get_if<RecordId>(&value)) return TitleOf(page, *record);
  return TypedText(page.device().programme(), field, value, page.language());
}

std::string ValueOrEmptyWords(const PageCall& page, const Field& field, const Value& value) {
  return IsNull(value) ? page.Words("(để trống)", "(empty)") : ValueWords(page, field, value);
}

std::string FullTitleOf(const PageCall& page, const RecordId& record) {
  const RecordId person = PageOf(page, record);
  const std::string title = TitleOf(page, record);
  return person == record ? title : TitleOf(page, person) + " · " + title;
}

Json RecordLink(const PageCall& page, const RecordId& record) {
  Json json{{"title", TitleOf(page, record)}, {"href", RecordPath(record)}, {"type", ""}};
  json["person"] = "";
  if (auto found = page.device().view().Find(record)) {
    json["type"] = page.In(found->type->label);
    if (found->root && *found->root != record) json["person"] = TitleOf(page, *found->root);
  }
  return json;
}

Json WrittenBy(const PageCall& page, const Provenance& by) {
  const bool here = by.device == page.device().device();
  return {
      {"who", by.author ? AuthorText(page.call, by) : page.Words("không rõ ai", "not known who")},
      {"when", TimeText(by.time.ms)},
      {"device", here ? page.Words("máy này", "this computer")
                      : page.Words("máy {}", "computer {}", ShortDevice(by.device))}};
}

std::string WrittenByLine(const PageCall& page, const Provenance& by) {
  const Json parts = WrittenBy(page, by);
  return fmt::format("{} · {} · {}", parts["who"].get_ref<const std::string&>(),
                     parts["when"].get_ref<const std::string&>(),
                     parts["device"].get_ref<const std::string&>());
}

std::string OpsText(const std::vector<OpId>& ops) {
  std::string text;
  for (const OpId& op : ops) text += (text.empty() ? "" : ",") + op.Hex();
  return text;
}

std::vector<OpId> ParseOps(std::string_view text) {
  std::vector<OpId> ops;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (auto op = OpId::FromHexText(text.substr(0, end))) ops.push_back(*op);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ops;
}

std::string ReasonProblem(const PageCall& page, std::string_view reason) {
  if (reason.empty()) return page.Words("hãy ghi lý do xoá", "write why it is deleted");
  return ReasonTooLong(page, reason);
}

std::string ReasonTooLong(const PageCall& page, std::string_view reason) {
  return reason.size() <= kReasonBytesMax ? "" : page.Words("hãy viết ngắn hơn", "write less");
}

std::string ReasonWords(const PageCall& page, const std::string& reason) {
  return reason == kUndoReason ? page.Words("hoàn tác", "undone") : reason;
}

std::string ReasonOf(const PageCall& page, const RecordView& record, const OpId& op) {
  const auto reasons = record.reserved.find(kFieldReason);
  if (reasons == record.reserved.end()) return "";
  for (const CandidateView& candidate : reasons->second.candidates) {
    const auto value = candidate.values.find(kFieldReason);
    if (candidate.by.op != op || value == candidate.values.end()) continue;
    if (const auto* text = std::get_if<std::string>(&value->second)) {
      return ReasonWords(page, *text);
    }
  }
  return "";
}

RecordId PageOf(const PageCall& page, const RecordId& record) {
  const auto view = page.device().view().Find(record);
  return view ? view->root.value_or(record) : record;
}

std::string SavedPath(const PageCall& page, const Saved& saved) {
  return RecordPath(PageOf(page, saved.record),
                    saved.changed ? "?saved=" + saved.op.Hex() : std::string());
}

}  // namespace tram::client
