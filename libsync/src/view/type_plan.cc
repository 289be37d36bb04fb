#include "view/type_plan.h"

#include <map>

namespace tram {
namespace {

bool ValueFits(FieldType type, const Value& value) {
  if (type == FieldType::kSet) {
    return std::holds_alternative<AddCode>(value) || std::holds_alternative<RemoveCode>(value);
  }
  if (IsNull(value)) return true;
  switch (type) {
    case FieldType::kBool:
      return std::holds_alternative<bool>(value);
    case FieldType::kInt:
      return std::holds_alternative<std::int64_t>(value);
    case FieldType::kDecimal:
      return std::holds_alternative<Decimal>(value);
    case FieldType::kDate:
      return std::holds_alternative<Date>(value);
    case FieldType::kText:
      return std::holds_alternative<std::string>(value);
    case FieldType::kCode:
      return std::holds_alternative<Code>(value);
    case FieldType::kRef:
      return std::holds_alternative<RecordId>(value);
    case FieldType::kSet:
      break;
  }
  return false;
}

/// The type of a reserved field's values; false where the number means nothing yet.
bool ReservedType(std::uint32_t field, FieldType& type) {
  switch (field) {
    case kFieldParent:
    case kFieldMergedInto:
      type = FieldType::kRef;
      return true;
    case kFieldDeleted:
      type = FieldType::kBool;
      return true;
    case kFieldReason:
    case kFieldImportKey:
    case kFieldOrigin:
      type = FieldType::kText;
      return true;
    default:
      return false;
  }
}

}  // namespace

TypePlan::TypePlan(const Programme& programme, const RecordType& record_type)
    : type_(&record_type) {
  std::map<std::pair<std::uint32_t, bool>, std::uint32_t> first_of_group;
  for (const Field& field : record_type.fields) {
    const std::uint32_t named = field.group == 0 ? field.number : field.group;
    const auto [first, added] = first_of_group.try_emplace({named, field.clear}, field.number);
    by_number_[field.number] = fields_.size();
    fields_.push_back(
        {&field, field.codes.empty() ? nullptr : programme.Codes(field.codes), first->second});
  }
}

const FieldPlan* TypePlan::Find(std::uint32_t field) const {
  const auto found = by_number_.find(field);
  return found == by_number_.end() ? nullptr : &fields_[found->second];
}

std::uint32_t TypePlan::GroupOf(std::uint32_t field) const {
  const FieldPlan* plan = Find(field);
  return plan == nullptr ? field : plan->group;
}

bool TypePlan::IsClear(std::uint32_t field) const {
  if (const FieldPlan* plan = Find(field)) return plan->field->clear;
  return field == kFieldParent || field == kFieldDeleted || field == kFieldMergedInto ||
         field == kFieldOrigin;
}

bool TypePlan::Fits(const Edit& edit) const {
  FieldType type = FieldType::kText;
  if (const FieldPlan* plan = Find(edit.field)) {
    type = plan->field->type;
  } else if (!ReservedType(edit.field, type)) {
    return false;
  }
  return ValueFits(type, edit.value);
}

std::string CodeName(const CodeList* codes, std::uint32_t number) {
  const CodeValue* code = codes == nullptr ? nullptr : codes->ByNumber(number);
  return code == nullptr ? "#" + std::to_string(number) : code->name;
}

}  // namespace tram
