#include "view/expressions.h"

#include <algorithm>

#include "tram/base/limits.h"
#include "tram/base/vietnamese.h"
#include "view/tables.h"

namespace tram {
namespace {

const std::string kRowParameters = Sandbox::RowParameter("");

std::string Say(Language language, const std::string& vi, const std::string& en) {
  return language == Language::kVietnamese ? vi : en;
}

Cell CellOf(const NewRow& row, const FieldPlan& field) {
  Cell cell;
  const std::uint32_t number = field.field->number;
  if (field.field->type == FieldType::kSet) {
    if (const auto set = row.sets.find(number); set != row.sets.end()) cell.elements = set->second;
  } else if (const auto value = row.values.find(number); value != row.values.end()) {
    cell.value = value->second;
  }
  return cell;
}

bool IsEmpty(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) {
    return text->find_first_not_of(" \t\r\n") == std::string::npos;
  }
  return IsNull(cell.value) && cell.elements.empty();
}

/// What the record that is edited holds in the field; nothing for a new one.
const FieldView* Before(const NewRow& row, const FieldPlan& field) {
  if (!row.before) return nullptr;
  const auto found = std::find_if(
      row.before->fields.begin(), row.before->fields.end(),
      [&](const FieldView& before) { return before.field->number == field.field->number; });
  return found == row.before->fields.end() ? nullptr : &*found;
}

bool Unchanged(const NewRow& row, const FieldPlan& field, const Cell& cell) {
  const FieldView* before = Before(row, field);
  return before != nullptr && before->value == cell.value && before->elements == cell.elements;
}

bool HasElement(const FieldView* before, std::uint32_t element) {
  return before != nullptr &&
         std::count(before->elements.begin(), before->elements.end(), element) > 0;
}

/// One expression of one field, or of the record type, over the row.
class Evaluation {
 public:
  Evaluation(Sandbox& sandbox, SandboxMode mode, const NewRow& row, Sandbox::Window window)
      : sandbox_(sandbox), mode_(mode), row_(row), window_(window) {}
  ~Evaluation() { Leave(); }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  /// The statement stands on its only row, until the next one or the end of this.
  Result<const SqlStatement*> Run(const std::string& name, const std::string& expression) {
    Leave();
    Result<SqlStatement*> statement =
        sandbox_.KeptRow(row_.plan.type(), expression, mode_, window_);
    if (!statement) return Named(name, statement.error());
    running_ = *statement;
    Bind(*running_);
    const Result<bool> stepped = running_->Step();
    if (!stepped) return Named(name, stepped.error());
    TRAM_ASSERT(*stepped);  // a SELECT of one value over one row
    return running_;
  }

  /// `if_null` where the expression is NULL or there is none.
  Result<bool> Holds(const FieldPlan& field, const std::string& expression, bool if_null) {
    TRAM_ASSIGN(const SqlStatement* statement, Run(field.field->name, expression));
    return statement->IsNull(0) ? if_null : statement->Double(0) != 0;
  }

 private:
  Error Named(const std::string& name, const Error& error) const {
    return MakeError(error.code, row_.plan.type().name + "." + name +
                                     ": its rule cannot be evaluated: " + error.message);
  }

  /// What was bound may be sealed: it does not stay in a statement that is kept.
  void Leave() {
    if (running_ == nullptr) return;
    running_->Reset();
    for (int i = 1; i <= running_->ParameterCount(); ++i) {
      if (running_->ParameterName(i).starts_with(kRowParameters)) running_->BindNull(i);
    }
    running_ = nullptr;
  }

  void Bind(SqlStatement& statement) const {
    if (row_.parent) statement.BindNamed(Sandbox::RowParameter("parent"), row_.parent->Hex());
    if (row_.before) statement.BindNamed(Sandbox::RowParameter("id"), row_.before->id.Hex());
    std::map<std::string, const FieldPlan*> fields;
    for (const FieldPlan& field : row_.plan.fields()) {
      fields[Sandbox::RowParameter(field.field->name)] = &field;
    }
    for (int i = 1; i <= statement.ParameterCount(); ++i) {
      const auto field = fields.find(statement.ParameterName(i));
      if (field != fields.end())
        BindCell(statement, i, *field->second, CellOf(row_, *field->second));
    }
  }

  Sandbox& sandbox_;
  SandboxMode mode_;
  const NewRow& row_;
  Sandbox::Window window_;
  SqlStatement* running_ = nullptr;
};

std::string CodeProblem(const FieldPlan& field, std::uint32_t number, Language language) {
  const CodeValue* code = field.codes == nullptr ? nullptr : field.codes->ByNumber(number);
  if (code == nullptr) {
    return Say(language, "mã " + std::to_string(number) + " không có trong danh mục",
               "code " + std::to_string(number) + " is not in the list");
  }
  if (!code->retired) return {};
  return Say(language, "“" + code->label.vi + "” không còn dùng nữa, hãy chọn mục khác",
             "“" + code->label.en + "” is no longer used, choose another");
}

std::string RangeProblem(const Field& field, bool below, bool above, Language language) {
  if (below) {
    const std::string least = std::to_string(*field.min);
    return Say(language, "phải từ " + least + " trở lên", "must be at least " + least);
  }
  if (above) {
    const std::string most = std::to_string(*field.max);
    return Say(language, "không được lớn hơn " + most, "must be at most " + most);
  }
  return {};
}

std::string DecimalProblem(const Field& field, Decimal decimal, Language language) {
  if (decimal.scale > field.scale) {
    const std::string digits = std::to_string(field.scale);
    return Say(language, "chỉ được nhiều nhất " + digits + " chữ số thập phân",
               "has at most " + digits + " digits after the point");
  }
  // 128 bits: a limit times 10^18 must not overflow.
  __extension__ using Wide = __int128;
  Wide unit = 1;
  for (int i = 0; i < decimal.scale; ++i) unit *= 10;
  const bool below = field.min && Wide{decimal.mantissa} < Wide{*field.min} * unit;
  const bool above = field.max && Wide{decimal.mantissa} > Wide{*field.max} * unit;
  return RangeProblem(field, below, above, language);
}

std::string TextProblem(const Field& field, const std::string& text, Language language) {
  if (!Nfc(text)) return Say(language, "không phải là văn bản UTF-8", "is not UTF-8 text");
  if (text.size() > kTextBytesMax) {
    return Say(language, "quá dài, hãy viết ngắn lại", "is too long, shorten it");
  }
  const auto characters =
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
  if (field.min && characters < *field.min) {
    const std::string least = std::to_string(*field.min);
    return Say(language, "cần ít nhất " + least + " ký tự",
               "needs at least " + least + " characters");
  }
  if (field.max && characters > *field.max) {
    const std::string most = std::to_string(*field.max);
    return Say(language, "chỉ được nhiều nhất " + most + " ký tự",
               "has at most " + most + " characters");
  }
  return {};
}

/// What is wrong with a value by itself; "" where nothing is.
std::string CellProblem(const NewRow& row, const FieldPlan& field, const Cell& cell,
                        Language language) {
  for (std::uint32_t element : cell.elements) {
    if (HasElement(Before(row, field), element)) continue;  // a retired one, say, may stay
    if (std::string problem = CodeProblem(field, element, language); !problem.empty()) {
      return problem;
    }
  }
  if (IsNull(cell.value)) return {};
  if (!row.plan.Fits({field.field->number, cell.value})) {
    return Say(language, "giá trị không đúng kiểu", "is a value of another type");
  }
  if (const auto* number = std::get_if<std::int64_t>(&cell.value)) {
    return RangeProblem(
        *field.field,
        field.field->min &&
            *number<*field.field->min, field.field->max&& * number> * field.field->max,
        language);
  }
  if (const auto* decimal = std::get_if<Decimal>(&cell.value)) {
    return DecimalProblem(*field.field, *decimal, language);
  }
  if (const auto* text = std::get_if<std::string>(&cell.value)) {
    return TextProblem(*field.field, *text, language);
  }
  if (const auto* code = std::get_if<Code>(&cell.value)) {
    return CodeProblem(field, code->number, language);
  }
  if (const auto* date = std::get_if<Date>(&cell.value)) {
    const bool exists = date->days >= kDateDaysMin && date->days <= kDateDaysMax;
    return exists ? "" : Say(language, "không có ngày này", "there is no such day");
  }
  return {};
}

/// Whether the record stands in the tables as one of the named type.
Result<bool> Stands(Sandbox& sandbox, const std::string& type, const RecordId& record) {
  TRAM_ASSIGN(SqlStatement* const statement,
              sandbox.Trusted("SELECT 1 FROM " + Quoted(type) + " WHERE id = ?1"));
  statement->Bind(1, record.Hex());
  TRAM_ASSIGN(const bool stands, statement->Step());
  statement->Reset();
  return stands;
}

Result<std::string> ReferenceProblem(Sandbox& sandbox, const std::string& type,
                                     const std::optional<RecordId>& record, Language language) {
  if (record) {
    TRAM_ASSIGN(const bool stands, Stands(sandbox, type, *record));
    if (stands) return std::string();
  }
  return Say(language, "cần một hồ sơ loại “" + type + "” đang có ở đây",
             "needs a record of type " + type + " that is here");
}

Result<std::string> FieldProblem(Sandbox& sandbox, Evaluation& evaluation, const NewRow& row,
                                 const FieldPlan& plan, Language language) {
  const Field& field = *plan.field;
  const Cell cell = CellOf(row, plan);
  if (!Unchanged(row, plan, cell)) {
    std::string problem = CellProblem(row, plan, cell, language);
    if (!problem.empty()) return problem;
    const auto* ref = std::get_if<RecordId>(&cell.value);
    if (ref != nullptr && !field.refers_to.empty()) {
      TRAM_ASSIGN(problem, ReferenceProblem(sandbox, field.refers_to, *ref, language));
      if (!problem.empty()) return problem;
    }
  }
  const bool missing = field.required && IsEmpty(cell);
  if (!missing && field.valid_if.empty()) return std::string();
  if (!field.visible_if.empty()) {
    TRAM_ASSIGN(const bool visible, evaluation.Holds(plan, field.visible_if, false));
    if (!visible) return std::string();
  }
  if (missing) return Say(language, "bắt buộc phải điền", "must be filled in");
  TRAM_ASSIGN(const bool valid, evaluation.Holds(plan, field.valid_if, true));
  if (valid) return std::string();
  const std::string& help = field.help.In(language);
  const std::string problem = Say(language, "không hợp lệ", "is not valid here");
  return help.empty() ? problem : problem + ": " + help;
}

}  // namespace

Result<std::vector<std::string>> ValidateRow(Sandbox& sandbox, SandboxMode mode, const NewRow& row,
                                             Language language, std::optional<Date> as_of) {
  const Date day = as_of.value_or(Date{kDateDaysMax});
  Evaluation evaluation(sandbox, mode, row, {day, day, day});
  std::vector<std::string> problems;
  const RecordType& type = row.plan.type();
  if (!type.parent.empty() && !(row.before && row.before->parent == row.parent)) {
    TRAM_ASSIGN(const std::string problem,
                ReferenceProblem(sandbox, type.parent, row.parent, language));
    if (!problem.empty()) problems.push_back("parent: " + problem);
  }
  for (const FieldPlan& field : row.plan.fields()) {
    if (field.field->retired) continue;
    TRAM_ASSIGN(const std::string problem, FieldProblem(sandbox, evaluation, row, field, language));
    if (!problem.empty()) problems.push_back(field.field->name + ": " + problem);
  }
  return problems;
}

Result<std::set<std::uint32_t>> HiddenFields(Sandbox& sandbox, SandboxMode mode, const NewRow& row,
                                             std::optional<Date> as_of) {
  const Date day = as_of.value_or(Date{kDateDaysMax});
  Evaluation evaluation(sandbox, mode, row, {day, day, day});
  std::set<std::uint32_t> hidden;
  for (const FieldPlan& field : row.plan.fields()) {
    if (field.field->retired || field.field->visible_if.empty()) continue;
    TRAM_ASSIGN(const bool visible, evaluation.Holds(field, field.field->visible_if, false));
    if (!visible) hidden.insert(field.field->number);
  }
  return hidden;
}

Result<std::string> ShownAs(Sandbox& sandbox, SandboxMode mode, const NewRow& row, Date as_of) {
  Evaluation evaluation(sandbox, mode, row, {as_of, as_of, as_of});
  TRAM_ASSIGN(const SqlStatement* statement, evaluation.Run("shown_as", row.plan.type().shown_as));
  return statement->Text(0);
}

Result<std::map<std::uint32_t, Value>> DefaultValues(Sandbox& sandbox, SandboxMode mode,
                                                     const Programme& programme, const NewRow& row,
                                                     Date as_of) {
  Evaluation evaluation(sandbox, mode, row, {as_of, as_of, as_of});
  std::map<std::uint32_t, Value> values;
  for (const FieldPlan& plan : row.plan.fields()) {
    const Field& field = *plan.field;
    if (field.default_value.empty() || field.retired || field.type == FieldType::kSet) continue;
    TRAM_ASSIGN(const SqlStatement* statement, evaluation.Run(field.name, field.default_value));
    if (statement->IsNull(0)) continue;
    TRAM_ASSIGN(values[field.number], ParseValue(programme, field, statement->Text(0)));
  }
  return values;
}

}  // namespace tram
