// TypePlan: what the view needs to know of one record type, looked up by field number.
//
// A field's group never mixes clear and sealed fields here, whatever the programme says: the sealed
// part of a mixed group is a group of its own. So conflicts of clear fields are the same with and
// without the key.
// Threads: immutable after construction.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tram/model/op.h"
#include "tram/programme/programme.h"

namespace tram {

struct FieldPlan {
  const Field* field = nullptr;
  const CodeList* codes = nullptr;  // code and set fields
  std::uint32_t group = 0;
};

class TypePlan {
 public:
  TypePlan(const Programme& programme, const RecordType& record_type);

  const RecordType& type() const { return *type_; }
  /// In the order of the form.
  const std::vector<FieldPlan>& fields() const { return fields_; }
  /// Nothing for a reserved or unknown field.
  const FieldPlan* Find(std::uint32_t field) const;
  /// Reserved fields are groups of their own.
  std::uint32_t GroupOf(std::uint32_t field) const;
  /// Of programme fields and reserved ones; false for what is unknown.
  bool IsClear(std::uint32_t field) const;
  /// The edit's field is known to the type and its value is of the field's type. What does not fit
  /// is not shown; its op counts all the same.
  bool Fits(const Edit& edit) const;

 private:
  const RecordType* type_;
  std::vector<FieldPlan> fields_;
  std::unordered_map<std::uint32_t, std::size_t> by_number_;
};

/// "#7" where the list does not know the number (a newer programme does).
std::string CodeName(const CodeList* codes, std::uint32_t number);

}  // namespace tram
