// KeptFigures: a unit's figures of a few months' ends, kept right while its records change.
//
// An indicator that is `by_person` is a sum over persons. So before rows change, the persons whose
// rows they are are taken out of the sums as they were, and put back as they are when the figures
// are next asked for. In between they are away: however often their rows change, they are counted
// twice. Where too many are away, the figures are forgotten and then made anew.
// Threads: as SqlDatabase.
#pragma once

#include <map>
#include <vector>

#include "view/person_rows.h"

namespace tram {

class KeptFigures {
 public:
  /// `whole` are the rows of all persons; all three must outlive this.
  KeptFigures(const Programme& programme, Tables& whole, PersonRows& persons)
      : programme_(programme), whole_(whole), persons_(persons) {}

  /// The figures of the rows as they are now; with `keep` they stay right from now on.
  /// Errors: io | invalid.
  Result<std::vector<IndicatorFigures>> Figures(Date as_of, bool keep);

  /// Before the rows of a change are written. An error forgets the figures. Errors: io | invalid.
  Status Leave(const PersonRows::Change& change);

  void Forget();

 private:
  using Persons = PersonRows::Persons;

  /// Puts back whoever is away.
  Status Return();
  /// Adds `persons`, as their rows are now, `sign` times; an error forgets the figures.
  Status Count(const Persons& persons, int sign);
  Status TryCount(const Persons& persons, int sign);

  const Programme& programme_;
  Tables& whole_;
  PersonRows& persons_;
  std::map<Date, std::vector<IndicatorFigures>> kept_;
  Persons away_;               // the figures are short of them
  std::size_t away_rows_ = 0;  // of theirs, and changed since the figures were asked for
};

}  // namespace tram
