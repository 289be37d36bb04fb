// How a form's fields are drawn: the model of templates/field.html.
#include <algorithm>

#include "web/forms.h"
#include "web/reference_choices.h"

namespace tram::client {
namespace {

constexpr std::size_t kChoicesMax = 7;            // more are a list to open
constexpr std::int64_t kLineCharactersMax = 200;  // longer texts get several lines

std::string IdOf(const Field& field) { return "f-" + field.name; }

Json Choice(const std::string& id, const std::string& value, const std::string& label,
            bool chosen) {
  return {{"id", id}, {"value", value}, {"label", label}, {"chosen", chosen}};
}

/// What is chosen by itself where nothing is: one may always go back to it, and what must be filled
/// in is not filled in by nobody.
std::string NothingWords(const PageCall& page, const Field& field) {
  return field.required ? page.Words("— chọn —", "— choose —")
                        : page.Words("Chưa ghi", "Not recorded");
}

bool Holds(const std::string& joined, const std::string& name) {
  return ("|" + joined + "|").find("|" + name + "|") != std::string::npos;
}

/// Codes of a list that may be chosen; one that is no longer used, or that only a newer programme
/// knows, where it stands there already.
Json CodeChoices(const PageCall& page, const FormField& entry) {
  const Field& field = *entry.field;
  Json choices = Json::array();
  bool known = entry.typed.empty();
  const CodeList* codes = page.device().programme().Codes(field.codes);
  auto add = [&](const std::string& name, std::string label, bool retired) {
    const bool held = Holds(entry.was, name) || Holds(entry.typed, name);
    if (retired && !held) return;
    if (retired) label += page.Words(" (không còn dùng)", " (no longer used)");
    const std::string id =
        choices.empty() ? IdOf(field) : IdOf(field) + "-" + std::to_string(choices.size());
    known |= entry.typed == name;
    choices.push_back(Choice(id, name, label, Holds(entry.typed, name)));
  };
  if (codes != nullptr) {
    for (const CodeValue& code : codes->values) add(code.name, page.In(code.label), code.retired);
  }
  if (!known && field.type == FieldType::kCode) {
    choices.push_back(Choice(IdOf(field) + "-held", entry.typed, entry.typed, true));
  }
  return choices;
}

Json BoolChoices(const PageCall& page, const FormField& entry) {
  const std::string id = IdOf(*entry.field);
  return Json::array({Choice(id, "1", page.Words("Có", "Yes"), entry.typed == "1"),
                      Choice(id + "-no", "0", page.Words("Không", "No"), entry.typed == "0")});
}

void DrawRadios(const PageCall& page, const FormField& entry, Json choices, Json& model) {
  if (!entry.field->required) {
    choices.push_back(Choice(IdOf(*entry.field) + "-none", "", NothingWords(page, *entry.field),
                             entry.typed.empty()));
  }
  model["choices"] = std::move(choices);
  model["kind"] = "radio";
}

void DrawSelect(const PageCall& page, const FormField& entry, Json options, Json& model) {
  options.insert(options.begin(),
                 Choice("", "", NothingWords(page, *entry.field), entry.typed.empty()));
  model["options"] = std::move(options);
}

Status DrawReference(PageCall& page, const FilledForm& form, const FormField& entry, Json& model) {
  const RecordType* type = page.device().programme().ByName(entry.field->refers_to);
  if (type == nullptr) {
    model["line"] = true;  // to any record: by its id
    return {};
  }
  TRAM_ASSIGN(const UnitView::Found found, FindChoices(page, *type, entry.words));
  Json options = Json::array();
  bool known = entry.typed.empty();
  for (const TitledRecord& record : found.records) {
    known |= record.record.Hex() == entry.typed;
    options.push_back(
        Choice("", record.record.Hex(), record.title, record.record.Hex() == entry.typed));
  }
  if (!known) {
    const auto id = RecordId::FromHexText(entry.typed);
    options.push_back(Choice("", entry.typed, id ? TitleOf(page, *id) : entry.typed, true));
  }
  DrawSelect(page, entry, std::move(options), model);
  if (page.device().view().Records(*type).size() > kReferenceChoicesMax) {
    model["finder"] = {{"words", entry.words}, {"said", FoundWords(page, entry.words, found)}};
    model["looked"] =
        page.Query(kFind) == entry.field->name || LooksIn(page, form) == entry.field->name;
  }
  return {};
}

void DrawText(const FormField& entry, Json& model) {
  const Field& field = *entry.field;
  const bool long_text =
      !field.max || *field.max > kLineCharactersMax || entry.typed.find('\n') != std::string::npos;
  model[long_text ? "lines" : "line"] = true;
}

Status DrawInput(PageCall& page, const FilledForm& form, const FormField& entry, Json& model) {
  switch (entry.field->type) {
    case FieldType::kBool:
      DrawRadios(page, entry, BoolChoices(page, entry), model);
      break;
    case FieldType::kCode: {
      Json choices = CodeChoices(page, entry);
      if (choices.size() <= kChoicesMax) {
        DrawRadios(page, entry, std::move(choices), model);
      } else {
        DrawSelect(page, entry, std::move(choices), model);
      }
      break;
    }
    case FieldType::kSet:
      model["choices"] = CodeChoices(page, entry);
      model["kind"] = "checkbox";
      break;
    case FieldType::kRef:
      return DrawReference(page, form, entry, model);
    case FieldType::kText:
      DrawText(entry, model);
      break;
    case FieldType::kDate:
      model["hint"] =
          page.Words("ngày/tháng/năm, ví dụ 22/11/2026", "day/month/year, as 22/11/2026");
      [[fallthrough]];
    case FieldType::kInt:
      model["inputmode"] = "numeric";
      model["line"] = model["short"] = true;
      break;
    case FieldType::kDecimal:
      model["inputmode"] = "decimal";
      model["line"] = model["short"] = true;
      break;
  }
  return {};
}

Result<Json> FieldModel(PageCall& page, const FilledForm& form, const FormField& entry,
                        bool hidden) {
  const Field& field = *entry.field;
  const std::string conflict =
      entry.conflict ? RecordPath(*form.record, "/conflict/" + std::to_string(field.group)) : "";
  Json model = {{"id", IdOf(field)},
                {"name", field.name},
                {"label", page.In(field.label)},
                {"must", field.required},
                {"help", page.In(field.help)},
                {"hint", false},
                {"focus", false},
                {"error", entry.error},
                {"wrong", !entry.error.empty()},
                {"conflict", conflict},
                {"hidden", hidden && entry.typed.empty()},
                {"typed", entry.typed},
                {"was", entry.was},
                {"from", OpsText(entry.from)},
                {"line", false},
                {"lines", false},
                {"short", false},
                {"inputmode", false},
                {"finder", false},
                {"looked", false},
                {"choices", Json::array()},
                {"options", Json::array()}};
  TRAM_TRY(DrawInput(page, form, entry, model));
  const bool grouped = !model["choices"].empty();
  model["grouped"] = grouped;
  model["options_shown"] = !model["options"].empty();
  std::string described;
  auto describe = [&](const char* prefix, bool shown) {
    if (shown) described += (described.empty() ? "" : " ") + (prefix + field.name);
  };
  describe("e-", !entry.error.empty());
  describe("t-", model["hint"].is_string());
  describe("r-", model["finder"].is_object());
  describe("h-", !page.In(field.help).empty());
  describe("c-", entry.conflict);
  model["described"] = described;
  return model;
}

/// Where typing begins: what was looked for, what is still empty of a new record, else the first
/// field.
void ChooseFocus(const FilledForm& form, Json& fields) {
  Json* chosen = nullptr;
  for (Json& field : fields) {
    if (field["looked"] == true) chosen = &field;
  }
  for (Json& field : fields) {
    if (chosen != nullptr && (*chosen)["looked"] == true) break;
    if (field["hidden"] == true) continue;
    if (chosen == nullptr) chosen = &field;
    if (form.record || field["typed"] == "") {
      chosen = &field;
      break;
    }
  }
  if (chosen != nullptr) (*chosen)["focus"] = true;
}

/// What the province wrote, to be read above the answers.
Result<Json> SaidModel(PageCall& page, const FilledForm& form) {
  Json said = Json::array();
  if (!form.record || !form.type->of_province) return said;
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(*form.record));
  for (const FieldView& view : record.fields) {
    const std::string words = ValueWords(page, *view.field, view.value);
    if (view.field->answer || words.empty()) continue;
    const auto* refers = std::get_if<RecordId>(&view.value);
    said.push_back({{"label", page.In(view.field->label)},
                    {"value", refers == nullptr ? words : FullTitleOf(page, *refers)},
                    {"href", refers == nullptr ? "" : RecordPath(*refers)}});
  }
  return said;
}

}  // namespace

Result<Json> FieldsModel(PageCall& page, const FilledForm& form) {
  FilledForm copy = form;  // reading says again what is wrong with each text
  const RowValues row = ReadTyped(page, copy);
  TRAM_ASSIGN(const auto hidden, HiddenFields(page, form, row));
  Json fields = Json::array(), more = Json::array(), problems = Json::array();
  bool more_open = false;
  for (const std::string& problem : form.problems) {
    problems.push_back({{"href", ""}, {"label", ""}, {"what", problem}});
  }
  for (const FormField& entry : form.fields) {
    const Field& field = *entry.field;
    if (!form.Asks(field)) continue;
    if (field.retired && entry.typed.empty() && entry.was.empty()) continue;
    TRAM_ASSIGN(Json model, FieldModel(page, form, entry, hidden.contains(field.number)));
    if (!entry.error.empty()) {
      problems.push_back(
          {{"href", "#" + IdOf(field)}, {"label", page.In(field.label)}, {"what", entry.error}});
    }
    const bool aside = field.more && !form.group;  // of a few nothing is set aside
    more_open |= aside && (!entry.typed.empty() || !entry.error.empty());
    (aside ? more : fields).push_back(std::move(model));
  }
  if (!form.reason_error.empty()) {
    problems.push_back({{"href", "#correction-reason"},
                        {"label", page.Words("Lý do sửa", "Why it is corrected")},
                        {"what", form.reason_error}});
  }
  if (problems.empty()) ChooseFocus(form, fields);
  Json why = nullptr;
  if (form.AsksWhy()) why = {{"typed", form.reason}, {"error", form.reason_error}};
  TRAM_ASSIGN(Json said, SaidModel(page, form));
  return Json{{"fields", std::move(fields)}, {"more_shown", !more.empty()},
              {"more_open", more_open},      {"more", std::move(more)},
              {"wrong", !problems.empty()},  {"problems", std::move(problems)},
              {"why", std::move(why)},       {"said_shown", !said.empty()},
              {"said", std::move(said)}};
}

}  // namespace tram::client
