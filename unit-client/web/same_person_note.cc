#include "web/same_person_note.h"

#include <algorithm>

#include "app/names.h"
#include "app/same_person.h"

namespace tram::client {
namespace {

bool Differs(const FilledForm& form) {
  return std::any_of(form.fields.begin(), form.fields.end(),
                     [](const FormField& field) { return field.typed != field.was; });
}

/// What persons are looked for by and is not in the title already; the code of the record; who
/// registered it and when.
std::string Details(const PageCall& page, const RecordView& record, const std::string& title) {
  std::string details;
  for (const std::string& name : record.type->search) {
    const Field& field = *record.type->ByName(name);
    const FieldView* view = FindFieldView(record, field.number);
    const std::string words = view == nullptr ? "" : ValueWords(page, field, view->value);
    if (words.empty() || title.find(words) != std::string::npos) continue;
    details += page.In(field.label) + ": " + words + " · ";
  }
  return details + page.Words("mã hồ sơ {} · ghi lúc {}", "record {} · registered {}",
                              ShortId(record.id), TimeText(record.created.time.ms));
}

}  // namespace

void FindSame(PageCall& page, FilledForm& form, const RowValues& row) {
  form.same.clear();
  if (form.record && !Differs(form)) return;
  UnitView& view = page.device().view();
  const Date today = page.call.Today();
  Result<std::vector<RecordId>> same =
      SamePersons(view, TypedRow{*form.type, row.values, row.sets, form.record}, today);
  if (!same) return;
  form.same = *std::move(same);
  if (!form.record || form.same.empty()) return;
  const auto known = SamePersons(view, *form.record, today).value_or({});
  std::erase_if(form.same, [&](const RecordId& id) {
    return std::find(known.begin(), known.end(), id) != known.end();
  });
}

std::string SameSeen(const PageCall& page, const FilledForm& form) {
  std::string seen;
  for (const RecordId& id : form.same) {
    const auto record = page.device().view().Find(id);
    seen += (seen.empty() ? "" : " ") + id.Hex() + "." + (record ? record->changed.op.Hex() : "");
  }
  return seen;
}

Json SameModel(const PageCall& page, const FilledForm& form) {
  if (form.same.empty()) return nullptr;
  Json people = Json::array();
  for (const RecordId& id : form.same) {
    const auto record = page.device().view().Find(id);
    if (!record) continue;
    const std::string title = TitleOf(page, id);
    people.push_back(
        {{"title", title},
         {"href", RecordPath(id)},
         {"details", Details(page, *record, title)},
         {"merge", form.record ? RecordPath(*form.record, "/merge?with=" + id.Hex()) : ""}});
  }
  return {{"people", std::move(people)},
          {"seen", SameSeen(page, form)},
          {"heading",
           page.Words("Có thể người này đã có hồ sơ", "This person may be registered already")},
          {"hint", page.Words("Bấm tên để xem; phần đang nhập được giữ lại. Khi lưu, chương trình "
                              "sẽ hỏi lại.",
                              "Open the name to look; what is typed here is kept. Saving asks "
                              "again.")}};
}

}  // namespace tram::client
