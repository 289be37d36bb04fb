#include "web/conflict_model.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "app/names.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

constexpr std::size_t kShortText = 100;  // longer ones have a box of several lines

const Value& ValueOf(const CandidateView& candidate, const Field& field) {
  static const Value nothing;
  auto found = candidate.values.find(field.number);
  return found == candidate.values.end() ? nothing : found->second;
}

/// As it is typed into a control.
std::string TypedText(const PageCall& call, const Field& field, const Value& value) {
  if (const auto* date = std::get_if<Date>(&value)) return DateText(*date);
  return FieldText(call.device().programme(), field, value);
}

/// What a control begins with: what all candidates say, else every text one after the other.
std::string Beginning(const PageCall& call, const FieldView& view) {
  std::vector<std::string> texts;
  for (const CandidateView& candidate : view.candidates) {
    std::string text = TypedText(call, *view.field, ValueOf(candidate, *view.field));
    if (text.empty() || std::find(texts.begin(), texts.end(), text) != texts.end()) continue;
    texts.push_back(std::move(text));
  }
  if (texts.empty()) return "";
  if (view.field->type != FieldType::kText) return texts.size() == 1 ? texts[0] : "";
  std::string joined = texts[0];
  for (std::size_t i = 1; i < texts.size(); ++i) joined += "; " + texts[i];
  return joined;
}

void AddOption(Json& control, const std::string& value, const std::string& label,
               const std::string& chosen) {
  control["options"].push_back({{"value", value}, {"label", label}, {"chosen", value == chosen}});
}

void AddKind(const PageCall& call, const Field& field, const std::string& value, Json& control) {
  switch (field.type) {
    case FieldType::kBool:
      control["select"] = true;
      AddOption(control, "", call.Words("(để trống)", "(empty)"), value);
      AddOption(control, "1", call.Words("có", "yes"), value);
      AddOption(control, "0", call.Words("không", "no"), value);
      return;
    case FieldType::kCode:
      control["select"] = true;
      AddOption(control, "", call.Words("(để trống)", "(empty)"), value);
      if (const CodeList* list = call.device().programme().Codes(field.codes)) {
        for (const CodeValue& code : list->values) {
          if (!code.retired) AddOption(control, code.name, call.In(code.label), value);
        }
      }
      return;
    case FieldType::kText:
      control[field.max && *field.max <= static_cast<std::int64_t>(kShortText) ? "line" : "box"] =
          true;
      return;
    case FieldType::kDate:
      control["line"] = true;
      control["date"] = true;
      return;
    default:
      control["line"] = true;
      control["numeric"] = field.type == FieldType::kInt || field.type == FieldType::kDecimal;
  }
}

}  // namespace

Json CandidateLines(const PageCall& call, const std::vector<const FieldView*>& fields,
                    const CandidateView& candidate) {
  Json lines = Json::array();
  for (const FieldView* view : fields) {
    lines.push_back(
        {{"label", call.In(view->field->label)},
         {"value", ValueOrEmptyWords(call, *view->field, ValueOf(candidate, *view->field))}});
  }
  return lines;
}

Json OwnControls(const PageCall& call, const std::vector<const FieldView*>& fields, bool posted) {
  Json controls = Json::array();
  for (const FieldView* view : fields) {
    const Field& field = *view->field;
    const std::string name = std::string(kOwnValue) + field.name;
    const std::string value = posted ? std::string(call.Posted(name)) : Beginning(call, *view);
    Json control{{"name", name},
                 {"label", call.In(field.label)},
                 {"help", call.In(field.help)},
                 {"value", value},
                 {"options", Json::array()}};
    AddKind(call, field, value, control);
    controls.push_back(std::move(control));
  }
  return controls;
}

std::string GroupLabel(const PageCall& call, const std::vector<const FieldView*>& fields) {
  std::string label;
  for (const FieldView* view : fields) {
    label += (label.empty() ? "" : ", ") + call.In(view->field->label);
  }
  return label;
}

bool CanBeTyped(const std::vector<const FieldView*>& fields) {
  return std::none_of(fields.begin(), fields.end(),
                      [](const FieldView* view) { return view->field->type == FieldType::kRef; });
}

std::vector<std::string> TypedTexts(const PageCall& call,
                                    const std::vector<const FieldView*>& fields) {
  std::vector<std::string> typed;
  for (const FieldView* view : fields) {
    const std::string name = std::string(kOwnValue) + view->field->name;
    typed.push_back(view->field->name + "=" + std::string(call.Posted(name)));
  }
  return typed;
}

Json PutErrors(const PageCall& call, const std::vector<const FieldView*>& fields,
               const std::string& message, Json& controls) {
  Json errors = Json::array();
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) {
    std::string text = line, href = "#choices";
    for (std::size_t i = 0; i < fields.size() && i < controls.size(); ++i) {
      const std::string begin = fields[i]->field->name + ": ";
      if (!line.starts_with(begin)) continue;
      text = call.In(fields[i]->field->label) + ": " + line.substr(begin.size());
      href = "#" + controls[i]["name"].get<std::string>();
      controls[i]["error"] = line.substr(begin.size());
    }
    errors.push_back({{"text", text}, {"href", href}});
  }
  return errors;
}

}  // namespace tram::client
