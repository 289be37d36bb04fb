#include <algorithm>
#include <array>
#include <set>

#include "programme/draft.h"

namespace tram {
namespace {

constexpr std::size_t kNameCharsMax = 40;
// Columns that every table has, names with a meaning in CSV files, and SQLite's own.
constexpr auto kReservedNames = std::to_array<std::string_view>(
    {"arrived_on", "author", "changed_ms", "conflict", "created_ms", "deleted", "device", "id",
     "key", "merged_into", "oid", "parent", "rowid"});

/// a-z, 0-9 and _, from a letter on: it stands in SQL, CSV headers and addresses.
bool IsName(std::string_view name) {
  auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= kNameCharsMax && letter(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

/// A code's name comes from files of others: capitals and a digit at the start are common there.
bool IsCodeName(std::string_view name) {
  return !name.empty() && name.size() <= kNameCharsMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

void CheckCodes(Draft& draft, const CodeList& list) {
  std::set<std::string> names;
  std::set<std::uint32_t> numbers;
  if (!IsName(list.name)) {
    draft.Complain(PlaceOf(list), "its name is not of a-z, 0-9 and _ (up to 40)");
  }
  if (list.values.empty()) draft.Complain(PlaceOf(list), "it has no codes");
  for (const CodeValue& code : list.values) {
    if (!IsCodeName(code.name)) {
      draft.Complain(PlaceOf(list),
                     "the code `" + code.name + "` is not of letters, digits, _ and - (up to 40)");
    } else if (!names.insert(code.name).second) {
      draft.Complain(PlaceOf(list), "the code `" + code.name + "` is there twice");
    }
    if (!numbers.insert(code.number).second) {
      draft.Complain(PlaceOf(list), "the number " + std::to_string(code.number) + " is used twice");
    }
  }
}

void CheckFieldType(Draft& draft, const RecordType& type, const Field& field) {
  std::string place = PlaceOf(type, field);
  const Programme& programme = draft.programme;
  bool coded = field.type == FieldType::kCode || field.type == FieldType::kSet;
  if (coded != !field.codes.empty()) {
    draft.Complain(place, coded ? "`codes` is missing" : "`codes` is for codes and sets only");
  } else if (coded && programme.Codes(field.codes) == nullptr) {
    draft.Complain(place, "there is no code list `" + field.codes + "`");
  }
  if (!field.refers_to.empty() && field.type != FieldType::kRef) {
    draft.Complain(place, "`refers_to` is for references only");
  } else if (!field.refers_to.empty() && programme.ByName(field.refers_to) == nullptr) {
    draft.Complain(place, "there is no record `" + field.refers_to + "`");
  }
  bool measured = field.type == FieldType::kInt || field.type == FieldType::kDecimal ||
                  field.type == FieldType::kText;
  if ((field.min || field.max) && !measured) {
    draft.Complain(place, "`min` and `max` are for numbers and the length of texts");
  } else if (field.min && field.max && *field.min > *field.max) {
    draft.Complain(place, "`min` is above `max`");
  }
}

/// A server has no key: what the province writes is clear, and no person. A group is written whole,
/// by the province or by the unit.
void CheckOfProvince(Draft& draft, const RecordType& type) {
  if (type.of_province && (type.person || type.worker)) {
    draft.Complain(PlaceOf(type), "the province writes no persons and no workers");
  }
  for (const Field& field : type.fields) {
    const std::string place = PlaceOf(type, field);
    if (!type.of_province) {
      if (field.answer) draft.Complain(place, "`answer` is for records of the province only");
      continue;
    }
    if (!field.answer && !field.clear) {
      draft.Complain(place, "the province cannot seal: it must be clear, or an answer");
    }
    for (const Field& other : type.fields) {
      if (field.group_name.empty() || other.group_name != field.group_name) continue;
      if (other.answer != field.answer && other.number < field.number) {
        draft.Complain(place, "the group `" + field.group_name +
                                  "` mixes answers and what the province writes");
      }
    }
  }
}

/// A group's number is that of its lowest field, so that the order on the form does not matter.
void CheckGroups(Draft& draft, RecordType& type) {
  for (Field& field : type.fields) {
    field.group = field.number;
    if (field.group_name.empty()) continue;
    if (!IsName(field.group_name)) {
      draft.Complain(PlaceOf(type, field), "the group's name is not of a-z, 0-9 and _");
    }
    if (field.type == FieldType::kSet) {
      draft.Complain(PlaceOf(type, field), "a set merges by its elements: it cannot be in a group");
    }
    for (const Field& other : type.fields) {
      if (other.group_name != field.group_name) continue;
      field.group = std::min(field.group, other.number);
      // Merging needs no key: a server must see all of a group, or nothing of it.
      if (other.clear != field.clear && other.number < field.number) {
        draft.Complain(PlaceOf(type, field),
                       "the group `" + field.group_name + "` mixes clear and sealed fields");
      }
    }
  }
}

void CheckFields(Draft& draft, RecordType& type) {
  std::set<std::string> names;
  std::set<std::uint32_t> numbers;
  for (const Field& field : type.fields) {
    std::string place = PlaceOf(type, field);
    CheckName(draft, place, field.name, names);
    if (std::find(kReservedNames.begin(), kReservedNames.end(), field.name) !=
        kReservedNames.end()) {
      draft.Complain(place, "the name `" + field.name + "` is reserved");
    }
    if (field.number < kFieldFirstOwn) {
      draft.Complain(place, "its number must be 16 or above");
    } else if (!numbers.insert(field.number).second) {
      draft.Complain(place, "the number " + std::to_string(field.number) + " is used twice");
    }
    CheckFieldType(draft, type, field);
  }
  CheckGroups(draft, type);
}

void CheckParents(Draft& draft, const RecordType& type) {
  const Programme& programme = draft.programme;
  const RecordType* above = &type;
  for (std::size_t depth = 0; !above->parent.empty(); ++depth) {
    if (depth > programme.records.size()) {
      return draft.Complain(PlaceOf(type), "its parents go in a circle");
    }
    above = programme.ByName(above->parent);
    if (above == nullptr) {
      return draft.Complain(PlaceOf(type), "there is no record `" + type.parent + "` above it");
    }
    if (type.person && above->person) {
      return draft.Complain(PlaceOf(type), "a person cannot belong to another person");
    }
  }
}

const Field* FieldOf(const RecordType& type, const std::string& name, FieldType wanted) {
  const Field* field = type.ByName(name);
  return field != nullptr && field->type == wanted ? field : nullptr;
}

/// What pages read of a record type: how it stands in a time line, is looked for and goes on.
void CheckShown(Draft& draft, const RecordType& type) {
  const std::string place = PlaceOf(type);
  if (!type.dated_by.empty() && FieldOf(type, type.dated_by, FieldType::kDate) == nullptr) {
    draft.Complain(place, "`dated_by`: `" + type.dated_by + "` is no date field of it");
  }
  if (!type.search.empty() && !type.person) {
    draft.Complain(place, "`search` is for persons only");
  }
  for (const std::string& name : type.search) {
    if (FieldOf(type, name, FieldType::kText) == nullptr) {
      draft.Complain(place, "`search`: `" + name + "` is no text field of it");
    }
  }
  if (type.next.empty()) return;
  const RecordType* next = draft.programme.ByName(type.next);
  if (next == nullptr) {
    draft.Complain(place, "`next`: there is no record `" + type.next + "`");
  } else if (next->parent != type.name) {
    draft.Complain(place, "`next`: `" + type.next + "` does not stand below it");
  } else if (next->of_province) {
    draft.Complain(place, "`next`: `" + type.next + "` is written by the province");
  }
}

void CheckRecords(Draft& draft) {
  std::set<std::string> names;
  std::set<std::uint32_t> numbers;
  std::size_t workers = 0;
  for (RecordType& type : draft.programme.records) {
    CheckName(draft, PlaceOf(type), type.name, names);
    if (type.number < kTypeFirstOwn) {
      draft.Complain(PlaceOf(type), "its number must be 16 or above");
    } else if (!numbers.insert(type.number).second) {
      draft.Complain(PlaceOf(type), "the number " + std::to_string(type.number) + " is used twice");
    }
    if (type.fields.empty()) draft.Complain(PlaceOf(type), "it has no fields");
    if (type.worker && ++workers > 1) {
      draft.Complain(PlaceOf(type), "only one record type can be the workers");
    }
    if (type.worker && (type.person || !type.parent.empty())) {
      draft.Complain(PlaceOf(type), "workers stand alone: no parent, no person");
    }
    CheckParents(draft, type);
    CheckFields(draft, type);
    CheckOfProvince(draft, type);
    CheckShown(draft, type);
  }
  if (draft.programme.records.empty()) draft.Complain("record", "there is no record type");
}

void CheckSlots(Draft& draft, const SlotPlan& plan) {
  std::string place = PlaceOf(plan);
  const RecordType* type = draft.programme.ByName(plan.record);
  const RecordType* above = type == nullptr ? nullptr : draft.programme.ByName(type->parent);
  if (above == nullptr) {
    return draft.Complain(place, "`record` must be a record type with a parent");
  }
  const Field* field = FieldOf(*type, plan.field, FieldType::kCode);
  if (field == nullptr) draft.Complain(place, "`field` must be a code field of the record");
  if (FieldOf(*type, plan.date_field, FieldType::kDate) == nullptr) {
    draft.Complain(place, "`date_field` must be a date field of the record");
  }
  if (FieldOf(*type, plan.done_field, FieldType::kBool) == nullptr &&
      FieldOf(*type, plan.done_field, FieldType::kCode) == nullptr &&
      FieldOf(*type, plan.done_field, FieldType::kDate) == nullptr) {
    draft.Complain(place, "`done_field` must be a yes/no, code or date field of the record");
  }
  const CodeList* codes = field == nullptr ? nullptr : draft.programme.Codes(field->codes);
  std::set<std::string> seen;
  for (const Slot& slot : plan.slots) {
    if (codes != nullptr && codes->ByName(slot.code) == nullptr) {
      draft.Complain(place, "`" + slot.code + "` is no code of " + codes->name);
    }
    if (!seen.insert(slot.code).second) {
      draft.Complain(place, "the slot `" + slot.code + "` is there twice");
    }
    if (FieldOf(*above, slot.anchor, FieldType::kDate) == nullptr) {
      draft.Complain(place, "`" + slot.anchor + "` is no date field of " + above->name);
    }
  }
}

/// Figures read what was looked at, with and without the key: both fields are clear.
void CheckReview(Draft& draft, const Review& review) {
  const RecordType* type = draft.programme.ByName(review.record);
  if (type == nullptr) {
    return draft.Complain(kReviewPlace, "there is no record `" + review.record + "`");
  }
  if (type->person || type->worker || type->of_province || !type->parent.empty()) {
    draft.Complain(kReviewPlace, "`" + type->name +
                                     "` must stand alone: no person, worker or parent, and not "
                                     "of the province");
  }
  const Field* about = FieldOf(*type, review.about_field, FieldType::kRef);
  if (about == nullptr || !about->clear || !about->refers_to.empty()) {
    draft.Complain(kReviewPlace, "`about_field` must be a clear reference to any record");
  }
  const Field* check = FieldOf(*type, review.check_field, FieldType::kText);
  if (check == nullptr || !check->clear) {
    draft.Complain(kReviewPlace, "`check_field` must be a clear text");
  }
}

}  // namespace

void CheckName(Draft& draft, const std::string& place, const std::string& name,
               std::set<std::string>& seen) {
  if (!IsName(name)) {
    draft.Complain(place, "the name `" + name + "` is not of a-z, 0-9 and _ (up to 40)");
  } else if (!seen.insert(name).second) {
    draft.Complain(place, "the name `" + name + "` is used twice");
  }
}

void CheckDraft(Draft& draft) {
  Programme& programme = draft.programme;
  if (!IsName(programme.name)) {
    draft.Complain("programme", "its name is not of a-z, 0-9 and _ (up to 40)");
  }
  if (programme.version == 0) draft.Complain("programme", "its version must be 1 or above");
  for (const CodeList& list : programme.code_lists) CheckCodes(draft, list);
  CheckRecords(draft);
  for (const SlotPlan& plan : programme.slot_plans) CheckSlots(draft, plan);
  std::set<std::string> checks, constants = {"as_of", "from", "to"};
  for (const Constant& constant : programme.constants) {
    CheckName(draft, PlaceOf(constant), constant.name, constants);
  }
  for (const Check& check : programme.checks) {
    CheckName(draft, PlaceOf(check), check.name, checks);
    if (programme.ByName(check.record) == nullptr) {
      draft.Complain(PlaceOf(check), "there is no record `" + check.record + "`");
    }
  }
  if (programme.review) CheckReview(draft, *programme.review);
  CheckWorklists(draft);
  CheckFigures(draft);
}

}  // namespace tram
