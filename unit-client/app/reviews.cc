#include "app/reviews.h"

#include <algorithm>
#include <map>
#include <utility>

#include "app/names.h"

namespace tram::client {
namespace {

/// What a review says, by the names that the programme gives its fields.
template <class Wanted>
const Wanted* ValueOf(const RecordView& review, const std::string& name) {
  const Field* field = review.type->ByName(name);
  const FieldView* view = field == nullptr ? nullptr : FindFieldView(review, field->number);
  return view == nullptr ? nullptr : std::get_if<Wanted>(&view->value);
}

bool Finds(UnitView& view, const Check& check, const RecordId& record, Date as_of) {
  const auto findings = view.Checks(as_of);
  return findings &&
         std::any_of(findings->begin(), findings->end(), [&](const CheckFinding& finding) {
           return finding.check == &check && finding.record == record;
         });
}

}  // namespace

const Check* CheckNamed(const Programme& programme, std::string_view name) {
  for (const Check& check : programme.checks) {
    if (check.name == name) return &check;
  }
  return nullptr;
}

const Field* NoteOfReview(const Programme& programme) {
  if (!programme.review) return nullptr;
  for (const Field& field : programme.ByName(programme.review->record)->fields) {
    if (field.type == FieldType::kText && !field.clear && !field.retired) return &field;
  }
  return nullptr;
}

std::vector<LookedAt> AllLookedAt(const UnitView& view) {
  std::vector<LookedAt> all;
  const Programme& programme = view.programme();
  if (!programme.review) return all;
  const Review& review = *programme.review;
  const Field* note = NoteOfReview(programme);
  std::map<std::pair<std::string, RecordId>, std::size_t> places;
  for (const RecordId& id : view.Records(*programme.ByName(review.record))) {
    const auto record = view.Find(id);
    if (!record) continue;
    const auto* about = ValueOf<RecordId>(*record, review.about_field);
    const auto* check = ValueOf<std::string>(*record, review.check_field);
    if (about == nullptr || check == nullptr) continue;
    const auto [place, is_new] = places.try_emplace({*check, *about}, all.size());
    if (is_new) all.push_back({*check, *about, {}, record->created, ""});
    LookedAt& looked_at = all[place->second];
    looked_at.kept.push_back(id);
    const auto* why = note == nullptr ? nullptr : ValueOf<std::string>(*record, note->name);
    if (why != nullptr && looked_at.why.empty()) looked_at.why = *why;
  }
  return all;
}

std::vector<LookedAt> LookedAtOf(const UnitView& view, const RecordId& record) {
  std::vector<LookedAt> all = AllLookedAt(view);
  std::erase_if(all, [&](const LookedAt& one) { return one.record != record; });
  return all;
}

Result<Saved> SettleFinding(Call& call, const Check& check, const RecordId& record,
                            const std::string& why) {
  const Programme& programme = call.device.programme();
  if (!programme.review) {
    return call.out.Fail(ErrorCode::kInvalid, "bộ biểu mẫu này không ghi việc đã xem",
                         "this programme does not keep what was looked at");
  }
  if (!Finds(call.device.view(), check, record, call.Today())) {
    return call.out.Fail(ErrorCode::kNotFound, "mục kiểm tra {} không còn thấy hồ sơ {}",
                         "the check {} does not find the record {} any more", check.name,
                         ShortId(record));
  }
  RecordForm form;
  form.type = programme.ByName(programme.review->record);
  form.values[form.type->ByName(programme.review->about_field)->number] = record;
  form.values[form.type->ByName(programme.review->check_field)->number] = check.name;
  const Field* note = NoteOfReview(programme);
  if (note != nullptr && !why.empty()) form.values[note->number] = why;
  return call.device.Save(form, call.out.language());
}

Result<Saved> ReopenFinding(Call& call, std::string_view check, const RecordId& record) {
  std::optional<Saved> last;
  for (const LookedAt& looked_at : LookedAtOf(call.device.view(), record)) {
    if (looked_at.check != check) continue;
    for (const RecordId& review : looked_at.kept) {
      TRAM_ASSIGN(last, call.device.Delete(review, "", std::nullopt));
    }
  }
  if (last) return *last;
  return call.out.Fail(ErrorCode::kNotFound, "chưa ai xác nhận đã xem hồ sơ {} ở mục {}",
                       "nobody has looked at the record {} for the check {}", ShortId(record),
                       check);
}

}  // namespace tram::client
