// A row that is not in the tables yet: whether it may be saved, and what its fields start from.
// Rules: libsync/docs/programme.md (required, min, max, visible_if, valid_if, default).
// Threads: as SqlDatabase.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "tram/programme/sandbox.h"
#include "tram/view/unit_view.h"
#include "view/type_plan.h"

namespace tram {

struct NewRow {
  const TypePlan& plan;
  const std::map<std::uint32_t, Value>& values;  // by field; absent: null
  const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets;
  std::optional<RecordId> parent;
  std::optional<RecordView> before;  // the record that is edited: what it holds already may stay
};

/// Nothing in `as_of`: the day is not known, and nothing counts as being in the future.
/// Errors: invalid (an expression that cannot be evaluated over this row).
Result<std::vector<std::string>> ValidateRow(Sandbox& sandbox, SandboxMode mode, const NewRow& row,
                                             Language language, std::optional<Date> as_of);

/// What visible_if hides, by number; retired fields aside. `as_of` and errors: as ValidateRow.
Result<std::set<std::uint32_t>> HiddenFields(Sandbox& sandbox, SandboxMode mode, const NewRow& row,
                                             std::optional<Date> as_of);

/// What the type's shown_as says of the row; "" where it is NULL. Errors: invalid.
Result<std::string> ShownAs(Sandbox& sandbox, SandboxMode mode, const NewRow& row, Date as_of);

/// Fields without a default, or whose default is NULL, are left out. Errors: invalid.
Result<std::map<std::uint32_t, Value>> DefaultValues(Sandbox& sandbox, SandboxMode mode,
                                                     const Programme& programme, const NewRow& row,
                                                     Date as_of);

}  // namespace tram
