#include "rollup/asked.h"

#include <algorithm>

namespace tram::server {
namespace {

/// The first of its type that the province writes by itself.
const Field* Part(const RecordType& type, FieldType wanted) {
  for (const Field& field : type.fields) {
    const bool alone = field.group == field.number && field.group_name.empty();
    if (field.type == wanted && field.clear && !field.answer && !field.retired && alone) {
      return &field;
    }
  }
  return nullptr;
}

const FieldView* ViewOf(const RecordView& record, const Field& field) {
  for (const FieldView& view : record.fields) {
    if (view.field->number == field.number) return &view;
  }
  return nullptr;
}

/// Answers may be sealed: then only that there is one is known here.
bool IsAnswered(const RecordView& record) {
  if (record.sealed_unread) return true;
  return std::any_of(record.fields.begin(), record.fields.end(), [](const FieldView& view) {
    return view.field->answer && (!IsNull(view.value) || !view.elements.empty());
  });
}

}  // namespace

std::optional<QuestionForm> QuestionFormOf(const Programme& programme) {
  for (const RecordType& type : programme.records) {
    if (!type.of_province || !type.parent.empty()) continue;
    QuestionForm form{&type, Part(type, FieldType::kRef), Part(type, FieldType::kText),
                      Part(type, FieldType::kCode)};
    if (form.about == nullptr || form.text == nullptr || form.state == nullptr) continue;
    const CodeList* codes = programme.Codes(form.state->codes);
    const CodeValue* open = codes == nullptr ? nullptr : codes->ByName(kOpenState);
    const CodeValue* closed = codes == nullptr ? nullptr : codes->ByName(kClosedState);
    if (open == nullptr || closed == nullptr) continue;
    form.open = open->number;
    form.closed = closed->number;
    return form;
  }
  return std::nullopt;
}

Result<Question> FindQuestion(const UnitView& view, const QuestionForm& form, const RecordId& id) {
  Question question;
  TRAM_ASSIGN(question.record, view.Find(id));
  const RecordView& record = question.record;
  if (record.type->number != form.type->number || record.deleted) {
    return MakeError(ErrorCode::kNotFound, "there is no such question");
  }
  if (const auto* about = std::get_if<RecordId>(&ViewOf(record, *form.about)->value)) {
    question.about = *about;
  }
  if (const auto* text = std::get_if<std::string>(&ViewOf(record, *form.text)->value)) {
    question.text = *text;
  }
  if (ViewOf(record, *form.state)->value == Value(Code{form.closed})) {
    question.standing = QuestionStanding::kClosed;
  } else if (IsAnswered(record)) {
    question.standing = QuestionStanding::kAnswered;
  }
  return question;
}

Result<std::vector<Question>> QuestionsIn(const UnitView& view, const QuestionForm& form) {
  std::vector<Question> questions;
  for (const RecordId& id : view.Records(*form.type)) {
    TRAM_ASSIGN(Question question, FindQuestion(view, form, id));
    questions.push_back(std::move(question));
  }
  return questions;
}

Result<std::vector<AskedQuestion>> AskedIn(const UnitView& view) {
  std::vector<AskedQuestion> asked;
  const std::optional<QuestionForm> form = QuestionFormOf(view.programme());
  if (!form) return asked;
  TRAM_ASSIGN(const std::vector<Question> questions, QuestionsIn(view, *form));
  for (const Question& question : questions) {
    asked.push_back({question.record.id, question.standing});
  }
  return asked;
}

const Indicator* FindingsIndicator(const Programme& programme) {
  const auto is_check = [&](const Bin& bin) {
    return std::any_of(programme.checks.begin(), programme.checks.end(),
                       [&](const Check& check) { return check.name == bin.name; });
  };
  for (const Indicator& indicator : programme.indicators) {
    if (indicator.shape == IndicatorShape::kCount && !indicator.bins.empty() &&
        std::all_of(indicator.bins.begin(), indicator.bins.end(), is_check)) {
      return &indicator;
    }
  }
  return nullptr;
}

}  // namespace tram::server
