// KeptFigures: a unit's figures of a few months' ends, kept right while its records change.
//
// An indicator that is `by_person` is a sum over persons (the records of no person count as one
// more). So when rows change, the persons whose rows they are are taken out of the sums as they
// were and put back as they are: in a second sandbox that holds the rows of these persons only.
// Where many change at once, the figures are forgotten and made anew when they are next asked for.
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

  /// Before the rows of `changing` are written, and after. In between the figures are short of the
  /// persons concerned; after an error of either they are forgotten. Errors: io | invalid.
  Status Leave(const std::vector<Record*>& changing);
  Status Enter(const std::vector<Record*>& changed);

  void Forget();

 private:
  /// The person that a row belongs to, or none: by the parents that the tables show.
  const Record* PersonOf(const Record& record) const;
  void Own(Record* record);
  void Disown(Record* record);
  /// Adds the persons concerned, as their rows are now, `sign` times.
  Status Count(int sign);

  const Programme& programme_;
  Tables& whole_;
  RecordStore& store_;
  const Placement& placement_;
  std::unique_ptr<Tables> part_;  // made when it is first needed
  std::map<Date, std::vector<IndicatorFigures>> kept_;
  std::unordered_map<Record*, const Record*> person_of_;  // of every row in the tables
  std::unordered_map<const Record*, std::unordered_set<Record*>> rows_of_;
  std::unordered_set<const Record*> concerned_;
};

}  // namespace tram
