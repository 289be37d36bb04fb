// What a check found and somebody has looked at: it is right as it is, and no finding any more,
// until that is taken back. A review is a record (Programme::review), so every device of the unit
// knows of it; a later change of the record that it is about does not end it.
// Threads: the thread that owns the device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/verb.h"

namespace tram::client {

/// A finding that is settled, by one person or by several at once.
struct LookedAt {
  std::string check;           // its name; of a check that is gone, too
  RecordId record;             // that it found
  std::vector<RecordId> kept;  // the reviews that say so, oldest first
  Provenance by;               // of the oldest
  std::string why;             // the note of the oldest that has one and can be read
};

/// Nothing where the programme has no such check.
const Check* CheckNamed(const Programme& programme, std::string_view name);
/// The sealed text of a review that says why; nothing where it has none.
const Field* NoteOfReview(const Programme& programme);

/// In order of the first review. Empty where the programme keeps none.
std::vector<LookedAt> AllLookedAt(const UnitView& view);
/// Of one record.
std::vector<LookedAt> LookedAtOf(const UnitView& view, const RecordId& record);

/// Settles what `check` finds about `record` now.
/// Errors: not_found (it finds nothing there) | invalid (the programme keeps no reviews; the note
/// is too long) | those of UnitDevice::Save.
Result<Saved> SettleFinding(Call& call, const Check& check, const RecordId& record,
                            const std::string& why);
/// Deletes every review of it. Errors: not_found (nobody has looked at it) | those of
/// UnitDevice::Delete.
Result<Saved> ReopenFinding(Call& call, std::string_view check, const RecordId& record);

}  // namespace tram::client
