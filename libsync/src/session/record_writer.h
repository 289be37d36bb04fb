// From a form to ops: what changed, parents, groups, sealing, appending, committing.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "session/device_state.h"

namespace tram {

class RecordWriter {
 public:
  RecordWriter(UnitDevice::State& state, Language language) : state_(state), language_(language) {}

  Result<Saved> Create(const RecordForm& form);
  Result<Saved> Edit(const RecordForm& form);
  /// Sets reserved fields of a record; no programme rules apply. Errors: invalid (it is the
  /// province's).
  Result<Saved> SetReserved(const RecordView& record, std::vector<tram::Edit> clear,
                            std::vector<tram::Edit> sealed, std::vector<OpId> parents);

 private:
  struct Change {
    std::vector<tram::Edit> clear, sealed;
    std::vector<OpId> parents;
    std::set<std::string> names;  // of the fields that are edited
  };
  Result<Change> ChangeOf(const RecordForm& form, const RecordView& record) const;
  Status AddGroup(const RecordForm& form, const RecordView& record, std::uint32_t group,
                  Change& change) const;
  void AddSet(const RecordForm& form, const FieldView& current, Change& change) const;
  /// Where `form.parent` says that a record that exists moves to.
  Status AddMove(const RecordForm& form, const RecordView& record, Change& change) const;
  /// Errors: invalid (a field of the province's is edited).
  Status CheckAnswers(const RecordType& type, const Change& change) const;
  Status CheckEdit(const RecordForm& form, const RecordView& record, const Change& change) const;
  Status CheckParent(const RecordForm& form) const;
  /// Seals, appends, commits and shows. `root`: of a new record, as KeyUnsealer::KeyOf; `new_seed`:
  /// of a new person.
  Result<Saved> Write(const RecordType& type, const std::optional<RecordId>& record,
                      const std::optional<RecordId>& root, const std::optional<Seed>& new_seed,
                      Change change);

  UnitDevice::State& state_;
  Language language_;
};

}  // namespace tram
