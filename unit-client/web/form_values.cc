#include <algorithm>

#include "app/names.h"
#include "app/problem_lines.h"
#include "app/typed_values.h"
#include "tram/programme/province.h"
#include "web/forms.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

constexpr std::size_t kFormPathCharactersMax = 2000;
constexpr char kReason[] = "reason";

bool IsSet(const Field& field) { return field.type == FieldType::kSet; }

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "|") + part;
  return text;
}

/// In the order of the code list, as the form's boxes stand; codes that it does not know stay out:
/// they can be neither seen nor taken away here.
std::string ElementsTyped(const Programme& programme, const Field& field,
                          const std::vector<std::uint32_t>& elements) {
  std::vector<std::string> names;
  if (const CodeList* codes = programme.Codes(field.codes)) {
    for (const CodeValue& code : codes->values) {
      if (std::count(elements.begin(), elements.end(), code.number) > 0) names.push_back(code.name);
    }
  }
  return Joined(names);
}

Value HeldValue(PageCall& page, const FormField& field) {
  auto value = ParseHeld(page.call.out, page.device().programme(), *field.field, field.was,
                         page.call.Today());
  return value.value_or(Value());
}

std::vector<std::uint32_t> HeldElements(PageCall& page, const FormField& field) {
  return ParseSet(page.device().programme(), *field.field, field.was).value_or({});
}

bool Untouched(const FormField& field) { return Tidy(field.typed) == Tidy(field.was); }

RowValues HeldRow(PageCall& page, const FilledForm& form) {
  RowValues row;
  for (const FormField& field : form.fields) {
    if (IsSet(*field.field)) {
      row.sets[field.field->number] = HeldElements(page, field);
    } else {
      row.values[field.field->number] = HeldValue(page, field);
    }
  }
  return row;
}

std::string NewPath(const RecordType& type, const HttpFields& given) {
  std::string query;
  for (const auto& [name, value] : given) {
    const Field* field = type.ByName(name);
    const bool fills = field != nullptr && MayStandInAddress(*field);
    if (name != "parent" && name != kFromList && !fills) continue;
    query += (query.empty() ? "?" : "&") + PercentEncode(name) + "=" + PercentEncode(value);
  }
  return "/new/" + type.name + query;
}

/// What a query or a line fills in is as in CSV; what cannot be read there is left out.
std::string Given(PageCall& page, const Field& field, std::string_view text) {
  const Programme& programme = page.device().programme();
  if (IsSet(field)) {
    return ElementsTyped(programme, field, ParseSet(programme, field, text).value_or({}));
  }
  return TypedText(programme, field, ParseValue(programme, field, text).value_or(Value()),
                   page.language());
}

/// Whether the line has what the address says.
bool IsLineOf(const RecordType& type, const WorkItem& item, const HttpFields& given) {
  return std::all_of(item.fills.begin(), item.fills.end(), [&](const auto& fill) {
    const Field* field = type.ByName(fill.first);
    return field == nullptr || !MayStandInAddress(*field) ||
           FirstOf(given, fill.first) == fill.second;
  });
}

/// What the line of a worklist that led here fills in; nothing where that line is no more.
Result<std::map<std::string, std::string>> FillsOfLine(PageCall& page, const RecordType& type,
                                                       const RecordId& parent,
                                                       const HttpFields& given) {
  for (const Worklist& list : page.device().programme().worklists) {
    if (list.name != FirstOf(given, kFromList) || list.add != type.name) continue;
    TRAM_ASSIGN(const std::vector<WorkItem> items,
                page.device().view().Work(list, page.call.Today()));
    for (const WorkItem& item : items) {
      if (item.record == parent && IsLineOf(type, item, given)) return item.fills;
    }
  }
  return std::map<std::string, std::string>();
}

}  // namespace

bool MayStandInAddress(const Field& field) {
  const bool named = field.type == FieldType::kCode || field.type == FieldType::kRef ||
                     field.type == FieldType::kSet || field.type == FieldType::kBool;
  return field.clear && named;
}

bool FilledForm::wrong() const {
  return !problems.empty() || !reason_error.empty() ||
         std::any_of(fields.begin(), fields.end(),
                     [](const FormField& field) { return !field.error.empty(); });
}

bool FilledForm::Asks(const Field& field) const {
  if (type->of_province && !field.answer) return false;
  return !group || (field.group == *group && !IsSet(field));
}

Result<FilledForm> NewForm(PageCall& page, const RecordType& type, const HttpFields& given) {
  if (type.of_province) return WrittenByProvince(type, page.language());
  if (IsReview(page, type)) {
    return page.call.out.Fail(ErrorCode::kInvalid,
                              "mở “Cần xem lại” và bấm “Đã xem, đúng như vậy” cạnh hồ sơ đó",
                              "open “To look at again”, and press “Looked at: right as it is” "
                              "beside the record");
  }
  FilledForm form;
  form.type = &type;
  form.path = NewPath(type, given);
  if (!type.parent.empty()) {
    const std::string_view parent = FirstOf(given, "parent");
    if (parent.empty()) {
      const RecordType* above = page.device().programme().ByName(type.parent);
      return page.call.out.Fail(ErrorCode::kInvalid,
                                "“{}” thuộc về một hồ sơ “{}”: hãy mở hồ sơ đó trước",
                                "“{}” belongs to a record of “{}”: open that one first",
                                page.In(type.label), page.In(above->label));
    }
    TRAM_ASSIGN(form.parent, FindRecord(page.call, parent));
    TRAM_ASSIGN(const RecordView above, page.device().view().Find(*form.parent));
    if (above.type->name != type.parent || above.deleted) {
      return page.call.out.Fail(ErrorCode::kInvalid, "không thêm được “{}” vào hồ sơ này",
                                "“{}” cannot be added to this record", page.In(type.label));
    }
  }
  std::map<std::string, std::string> fills;
  if (form.parent) {
    TRAM_ASSIGN(fills, FillsOfLine(page, type, *form.parent, given));
  }
  for (const auto& [name, text] : given) {
    const Field* field = type.ByName(name);
    if (field != nullptr && MayStandInAddress(*field)) fills.insert_or_assign(name, text);
  }
  TRAM_ASSIGN(const auto defaults,
              page.device().view().Defaults(type, form.parent, page.call.Today()));
  for (const Field& field : type.fields) {
    if (field.retired) continue;
    FormField entry;
    entry.field = &field;
    if (const auto value = defaults.find(field.number); value != defaults.end()) {
      entry.typed = TypedText(page.device().programme(), field, value->second, page.language());
    }
    if (const auto fill = fills.find(field.name); fill != fills.end()) {
      entry.typed = Given(page, field, fill->second);
    }
    entry.was = entry.typed;
    form.fields.push_back(std::move(entry));
  }
  return form;
}

Result<FilledForm> EditForm(PageCall& page, const RecordId& id) {
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(id));
  if (record.deleted) {
    return page.call.out.Fail(ErrorCode::kInvalid, "hồ sơ này đã xoá; muốn sửa thì phục hồi trước",
                              "this record is deleted; to change it, restore it first");
  }
  const Programme& programme = page.device().programme();
  FilledForm form;
  form.type = record.type;
  form.record = id;
  form.parent = record.parent;
  form.path = RecordPath(id, "/edit");
  form.sealed_unread = record.sealed_unread;
  for (const FieldView& view : record.fields) {
    FormField entry;
    entry.field = view.field;
    entry.typed = IsSet(*view.field)
                      ? ElementsTyped(programme, *view.field, view.elements)
                      : TypedText(programme, *view.field, view.value, page.language());
    entry.was = entry.typed;
    entry.from = view.parents;
    entry.conflict = view.conflict;
    form.fields.push_back(std::move(entry));
  }
  return form;
}

Result<FilledForm> PostedForm(PageCall& page, const HttpFields& posted, const RecordType& type) {
  FilledForm form;
  if (const std::string_view record = FirstOf(posted, "record"); !record.empty()) {
    TRAM_ASSIGN(const RecordId id, FindRecord(page.call, record));
    TRAM_ASSIGN(form, EditForm(page, id));
  } else {
    HttpFields given;
    if (posted.contains("parent")) given.emplace("parent", FirstOf(posted, "parent"));
    TRAM_ASSIGN(form, NewForm(page, type, given));
    const std::string path(FirstOf(posted, "form"));
    if (path.starts_with("/new/" + type.name) && path.size() <= kFormPathCharactersMax) {
      form.path = path;
    }
  }
  TakeTyped(form, posted);
  return form;
}

void TakeTyped(FilledForm& form, const HttpFields& posted) {
  if (form.AsksWhy()) form.reason = FirstOf(posted, kReason);
  for (FormField& field : form.fields) {
    if (form.type->of_province && !field.field->answer) continue;  // no input is drawn for it
    const std::string& name = field.field->name;
    const bool drawn = posted.contains("was." + name);
    if (!drawn && !posted.contains("f." + name)) continue;
    field.typed = Joined(AllOf(posted, "f." + name));
    field.words = FirstOf(posted, "q." + name);
    if (!drawn) continue;
    field.was = FirstOf(posted, "was." + name);
    if (form.record) field.from = ParseOps(FirstOf(posted, "from." + name));
  }
}

std::string LooksIn(const PageCall& page, const FilledForm& form) {
  for (const FormField& field : form.fields) {
    const std::string& name = field.field->name;
    const bool typed = page.Posted("q." + name) != page.Posted("wasq." + name);
    if (page.Posted(kFind) == name || (typed && page.Posted("go") == "enter")) return name;
  }
  return "";
}

std::optional<HttpFields> DraftFields(const HttpFields& posted) {
  HttpFields kept;
  bool differs = false;
  for (const auto& [name, value] : posted) {
    const bool was = name.starts_with("was."), words = name.starts_with("q.");
    const bool reason = name == kReason;
    if (!was && !words && !reason && !name.starts_with("f.") && !name.starts_with("from.")) {
      continue;
    }
    kept.emplace(name, value);
    if (reason) differs |= !Tidy(value).empty();
    if (words) differs |= !value.empty() || !FirstOf(posted, "was" + name).empty();
    if (was) differs |= Tidy(Joined(AllOf(posted, "f." + name.substr(4)))) != Tidy(value);
  }
  if (!differs) return std::nullopt;
  return kept;
}

RowValues ReadTyped(PageCall& page, FilledForm& form) {
  const Programme& programme = page.device().programme();
  RowValues row;
  form.reason_error = ReasonTooLong(page, Tidy(form.reason));
  for (FormField& field : form.fields) {
    const std::uint32_t number = field.field->number;
    if (IsSet(*field.field)) {
      auto elements = ParseSet(programme, *field.field, field.typed);
      if (!elements) {
        field.error = page.Words("hãy chọn trong danh sách", "choose from the list");
      }
      row.sets[number] = elements.value_or({});
    } else if (Untouched(field)) {
      row.values[number] = HeldValue(page, field);
    } else {
      auto value =
          ParseTyped(page.call.out, programme, *field.field, field.typed, page.call.Today());
      if (!value) field.error = value.error().message;
      row.values[number] = value.value_or(Value());
    }
  }
  return row;
}

RecordForm ToSave(PageCall& page, const FilledForm& form, const RowValues& row) {
  RecordForm save;
  save.type = form.type;
  save.record = form.record;
  if (!form.record) {
    save.parent = form.parent;
    save.values = row.values;  // nulls too: what the person emptied gets no default
    save.sets = row.sets;
    return save;
  }
  save.reason = Tidy(form.reason);
  std::set<std::uint32_t> groups;
  std::vector<OpId> parents;
  for (const FormField& field : form.fields) {
    const std::uint32_t number = field.field->number;
    if (IsSet(*field.field)) {
      auto before = HeldElements(page, field);
      if (row.sets.at(number) == before) continue;
      save.sets[number] = row.sets.at(number);
      save.sets_before[number] = std::move(before);
      parents.insert(parents.end(), field.from.begin(), field.from.end());
    } else if (!Untouched(field) && row.values.at(number) != HeldValue(page, field)) {
      groups.insert(field.field->group);
    }
  }
  // Fields of one group are one: where one is changed, all are given as the person saw them.
  for (const FormField& field : form.fields) {
    if (IsSet(*field.field) || !groups.contains(field.field->group)) continue;
    // An old value that nobody could type today stays as it is, unless it was typed over.
    const bool unreadable = IsNull(row.values.at(field.field->number)) && !field.typed.empty();
    if (unreadable) continue;
    save.values[field.field->number] = row.values.at(field.field->number);
    parents.insert(parents.end(), field.from.begin(), field.from.end());
  }
  save.parents = std::move(parents);
  return save;
}

Result<std::set<std::uint32_t>> HiddenFields(PageCall& page, const FilledForm& form,
                                             const RowValues& row) {
  UnitView& view = page.device().view();
  const Date today = page.call.Today();
  TRAM_ASSIGN(auto hidden,
              view.Hidden(*form.type, row.values, row.sets, form.parent, form.record, today));
  if (!form.record) return hidden;
  const RowValues held = HeldRow(page, form);
  TRAM_ASSIGN(const auto hidden_before,
              view.Hidden(*form.type, held.values, held.sets, form.parent, form.record, today));
  for (const FormField& field : form.fields) {
    const std::uint32_t number = field.field->number;
    if (!field.typed.empty() && Untouched(field) && hidden_before.contains(number)) {
      hidden.erase(number);
    }
  }
  return hidden;
}

Status AddHiddenProblems(PageCall& page, FilledForm& form, const RowValues& row) {
  TRAM_ASSIGN(const auto hidden, HiddenFields(page, form, row));
  for (FormField& field : form.fields) {
    if (!form.Asks(*field.field) || !field.error.empty() || field.typed.empty()) continue;
    if (!hidden.contains(field.field->number)) continue;
    field.error = page.Words(
        "mục này không hợp với những gì đã ghi ở các mục khác: hãy để trống, hoặc sửa mục kia",
        "this does not fit what the other fields say: leave it empty, or correct the other one");
  }
  return {};
}

void PutProblems(const PageCall& page, FilledForm& form, const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    const std::size_t colon = std::min(problem.find(": "), problem.size());
    const std::string name = problem.substr(0, colon);
    const std::string what =
        ProblemInWords(page.call.out, problem.substr(std::min(colon + 2, problem.size())));
    const auto field = std::find_if(form.fields.begin(), form.fields.end(),
                                    [&](const FormField& one) { return one.field->name == name; });
    if (field == form.fields.end()) {
      form.problems.push_back(name == "parent"
                                  ? what
                                  : page.Words("Không lưu được: {}", "Not saved: {}",
                                               ProblemInWords(page.call.out, problem)));
    } else if (!form.Asks(*field->field)) {
      form.problems.push_back(page.In(field->field->label) + ": " + what);
    } else if (field->error.empty()) {
      field->error = what;
    }
  }
}

Status AddProblems(PageCall& page, FilledForm& form, const RowValues& row) {
  TRAM_ASSIGN(const auto problems,
              page.device().view().Validate(*form.type, row.values, row.sets, form.parent,
                                            page.language(), form.record, page.call.Today()));
  PutProblems(page, form, problems);
  return {};
}

}  // namespace tram::client
