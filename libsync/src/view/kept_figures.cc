#include "view/kept_figures.h"

#include <algorithm>

#include "view/indicator_run.h"

namespace tram {
namespace {

/// Months' ends that are open at the same time: the current month's, and the one before it until
/// its publication.
constexpr std::size_t kKeptMax = 2;
/// Of all rows; with more than this counting everything once costs less than counting twice.
constexpr std::size_t kShareMax = 3;

}  // namespace

void KeptFigures::Forget() {
  kept_.clear();
  away_.clear();
  away_rows_ = 0;
}

Result<std::vector<IndicatorFigures>> KeptFigures::Figures(Date as_of, bool keep) {
  TRAM_TRY(Return());
  if (const auto found = kept_.find(as_of); found != kept_.end()) return found->second;
  TRAM_ASSIGN(std::vector<IndicatorFigures> figures,
              RunIndicators(whole_.sandbox(), programme_, as_of));
  const bool all_by_person =
      std::all_of(programme_.indicators.begin(), programme_.indicators.end(),
                  [](const Indicator& indicator) { return indicator.by_person; });
  if (!keep || !all_by_person) return figures;
  TRAM_TRY(persons_.Follow());
  if (kept_.size() == kKeptMax) kept_.erase(kept_.begin());  // the oldest month
  kept_[as_of] = figures;
  return figures;
}

Status KeptFigures::Leave(const PersonRows::Change& change) {
  if (kept_.empty()) return {};
  Persons leaving;
  for (const Record* person : change.persons) {
    if (!away_.contains(person)) leaving.insert(person);
  }
  away_rows_ += change.records.size() + persons_.RowsOf(leaving);
  if (away_rows_ * kShareMax > persons_.size()) {
    Forget();
    return {};
  }
  TRAM_TRY(Count(leaving, -1));
  away_.merge(leaving);
  return {};
}

Status KeptFigures::Return() {
  TRAM_TRY(Count(away_, 1));
  away_.clear();
  away_rows_ = 0;
  return {};
}

Status KeptFigures::Count(const Persons& persons, int sign) {
  if (persons_.RowsOf(persons) == 0) return {};  // who is new has none to take out
  Status counted = TryCount(persons, sign);
  if (!counted) Forget();
  return counted;
}

Status KeptFigures::TryCount(const Persons& persons, int sign) {
  TRAM_ASSIGN(Tables* const part, persons_.Part(persons));
  for (auto& [as_of, figures] : kept_) {
    TRAM_ASSIGN(std::vector<IndicatorFigures> change,
                RunIndicators(part->sandbox(), programme_, as_of));
    for (std::size_t i = 0; i < figures.size(); ++i) {
      AddRows(figures[i].rows, change[i].rows, sign);
    }
  }
  return {};
}

}  // namespace tram
