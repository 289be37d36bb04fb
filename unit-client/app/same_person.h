// One person registered twice: what the programme's own checks say of records as they stand, and of
// a row that is still being typed.
//
// A check is SQL over a table, so it is asked over another table of the same name: with the typed
// row in it, with two rows only, with one alone. It compares where it finds a row beside another
// one and not alone; the other one is then who seems to be the same person. A check that finds
// nobody where only two are alike names the whole group. Nothing here knows a name of a programme.
// Threads: the thread that owns the device.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "tram/view/unit_view.h"

namespace tram::client {

/// Longer texts count as empty: nobody is told apart by a page of notes.
inline constexpr std::size_t kComparedBytesMax = 2000;

/// A row as a form has it.
struct TypedRow {
  const RecordType& type;
  const std::map<std::uint32_t, Value>& values;
  const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets;
  std::optional<RecordId> record;  // whose row it takes the place of; nothing: a new one
};

/// Whether a check may compare persons: it is about them, and reads what tells them apart.
bool ComparesPersons(const Programme& programme, const Check& check);
/// Whether it does not find this record where there is no other one, so that there is something to
/// compare. Pre: it found the record. Errors: invalid (the check cannot be evaluated).
Result<bool> Compares(UnitView& view, const Check& check, const RecordId& record, Date as_of);
/// Records that stand in the tables and seem to be the same person as `row`, in order of creation.
/// Errors: as Compares.
Result<std::vector<RecordId>> SamePersons(UnitView& view, const TypedRow& row, Date as_of);
/// The same of a record as it stands.
Result<std::vector<RecordId>> SamePersons(UnitView& view, const RecordId& record, Date as_of);

}  // namespace tram::client
