// KeptFigures: a unit's figures of a few months' ends, kept right while its records change.
//
// An indicator that is `by_person` is a sum over persons (the records of no person count as one
// more). So before rows change, the persons whose rows they are are taken out of the sums as they
// were, and put back as they are when the figures are next asked for: in a second sandbox that
// holds the rows of these persons only. In between they are away: however often their rows change,
// they are counted twice. Where too many are away, the figures are forgotten and then made anew.
// A review (Programme::review) belongs to the person of the record that it is about.
// Threads: as SqlDatabase.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "view/tables.h"

namespace tram {

class KeptFigures {
 public:
  /// `whole` are the rows of all persons; all three must outlive this.
  KeptFigures(const Programme& programme, Tables& whole, RecordStore& store,
              const Placement& placement)
      : programme_(programme), whole_(whole), store_(store), placement_(placement) {}

  /// The figures of the rows as they are now; with `keep` they stay right from now on.
  /// Errors: invalid.
  Result<std::vector<IndicatorFigures>> Figures(Date as_of, bool keep);

  /// Before the rows of `changing` are written, and after. An error forgets the figures.
  /// Errors: io | invalid.
  Status Leave(const std::vector<Record*>& changing);
  void Enter(const std::vector<Record*>& changed);

  void Forget();

 private:
  using Persons = std::unordered_set<const Record*>;  // nullptr: the records of nobody

  /// The person that a row belongs to, or none: by the parents that the tables show.
  const Record* PersonOf(const Record& record) const;
  /// Reads from the tables what every review is about. Errors: io.
  Status FindReviews();
  /// The same of a review whose row is about to be written.
  void NoteReview(const Record& record);
  /// With the reviews about any of them: whose those are may change with them.
  std::vector<Record*> WithReviews(const std::vector<Record*>& records);
  void Own(Record* record);
  void Disown(Record* record);
  /// Puts back whoever is away.
  Status Return();
  /// Adds `persons`, as their rows are now, `sign` times; an error forgets the figures.
  Status Count(const Persons& persons, int sign);
  Status TryCount(const Persons& persons, int sign);

  const Programme& programme_;
  Tables& whole_;
  RecordStore& store_;
  const Placement& placement_;
  std::unique_ptr<Tables> part_;  // made when it is first needed
  std::map<Date, std::vector<IndicatorFigures>> kept_;
  std::unordered_map<Record*, const Record*> person_of_;  // of every row in the tables
  std::unordered_map<const Record*, std::unordered_set<Record*>> rows_of_;
  Persons away_;               // the figures are short of them
  std::size_t away_rows_ = 0;  // of theirs, and changed since the figures were asked for
  std::unordered_map<RecordId, RecordId> about_;  // by review
};

}  // namespace tram
