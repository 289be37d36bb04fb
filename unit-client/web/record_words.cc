#include "app/names.h"
#include "app/typed_values.h"
#include "web/forms.h"

namespace tram::client {

std::string TitleOf(PageCall& page, const RecordId& record) {
  const auto titled = page.device().view().Title(record, page.call.Today());
  return titled ? titled->title : ShortId(record);
}

std::string CodeWords(const PageCall& page, const Field& field, std::uint32_t number) {
  const Programme& programme = page.device().programme();
  const CodeList* codes = programme.Codes(field.codes);
  const CodeValue* code = codes == nullptr ? nullptr : codes->ByNumber(number);
  return code == nullptr ? FieldText(programme, field, Code{number}) : page.In(code->label);
}

std::string ValueWords(PageCall& page, const Field& field, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? page.Words("có", "yes") : page.Words("không", "no");
  }
  if (const auto* code = std::get_if<Code>(&value)) return CodeWords(page, field, code->number);
  if (const auto* record = std::get_if<RecordId>(&value)) return TitleOf(page, *record);
  return TypedText(page.device().programme(), field, value, page.language());
}

RecordId PageOf(PageCall& page, const RecordId& record) {
  const auto view = page.device().view().Find(record);
  return view ? view->root.value_or(record) : record;
}

std::string SavedPath(PageCall& page, const Saved& saved) {
  return RecordPath(PageOf(page, saved.record),
                    saved.changed ? "?saved=" + saved.op.Hex() : std::string());
}

}  // namespace tram::client
