// What the changes of a record replaced, and taking one of them back.
// Threads: the thread that owns the device.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/verb.h"

namespace tram::client {

/// Why a record was deleted that somebody made by mistake and took back at once.
inline constexpr char kUndoReason[] = "undo";

/// The different values that `change` replaced in `field` (no set): those of its parents that none
/// of them replaced. Several: it settled a conflict. Needs `change` to be of `history`, which is a
/// record's of `type`.
std::vector<Value> ValuesBefore(const RecordType& type, std::span<const RecordChange> history,
                                const RecordChange& change, std::uint32_t field);

/// Records that stand below this one and would be lost from sight with it, by type.
struct Below {
  const RecordType* type = nullptr;
  std::size_t count = 0;
};
/// Errors: not_found | invalid.
Result<std::vector<Below>> RecordsBelow(UnitDevice& device, const RecordId& record, Date today);

/// Takes back what this person saved on this device: a new record is deleted, fields get what they
/// held before, a deletion or a merging ends.
/// Errors: not_found (no such change) | denied (somebody else's) | invalid (something was changed
/// since, or it cannot be taken back; says what to do) | those of UnitDevice::Save.
Result<Saved> UndoChange(Call& call, const OpId& op);

}  // namespace tram::client
