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
constexpr std::size_t kStepsMax = 64;  // as in Placement

}  // namespace

const Record* KeptFigures::PersonOf(const Record& record) const {
  const Record* at = &record;
  if (const auto about = about_.find(record.id); about != about_.end()) {
    at = store_.Find(about->second);
  }
  for (std::size_t step = 0; step < kStepsMax && at != nullptr; ++step) {
    if (at->plan->type().person) return at;
    const std::optional<RecordId> parent = placement_.Parent(*at);
    at = parent ? store_.Find(*parent) : nullptr;
  }
  return nullptr;
}

Status KeptFigures::FindReviews() {
  about_.clear();
  if (!programme_.review) return {};
  const Review& review = *programme_.review;
  TRAM_ASSIGN(const ViewTable table, whole_.Read("SELECT id, " + Quoted(review.about_field) +
                                                     " FROM " + Quoted(review.record),
                                                 SandboxMode::kClear, {}));
  for (const auto& row : table.rows) {
    const auto id = RecordId::FromHexText(row[0].value_or(""));
    const auto about = RecordId::FromHexText(row[1].value_or(""));
    if (id && about) about_[*id] = *about;
  }
  return {};
}

void KeptFigures::NoteReview(const Record& record) {
  if (!programme_.review || record.plan->type().name != programme_.review->record) return;
  const std::vector<FieldPlan>& fields = record.plan->fields();
  for (std::size_t i = 0; i < record.row.size(); ++i) {
    if (fields[i].field->name != programme_.review->about_field) continue;
    const auto* about = std::get_if<RecordId>(&record.row[i].value);
    about_.erase(record.id);
    if (about != nullptr) about_[record.id] = *about;
  }
}

std::vector<Record*> KeptFigures::WithReviews(const std::vector<Record*>& records) {
  std::vector<Record*> all = records;
  if (about_.empty()) return all;
  std::unordered_set<RecordId> there;
  for (const Record* record : records) there.insert(record->id);
  for (const auto& [review, about] : about_) {
    Record* record = store_.Find(review);
    if (record != nullptr && there.contains(about) && !there.contains(review)) {
      all.push_back(record);
    }
  }
  return all;
}

void KeptFigures::Own(Record* record) {
  const Record* person = PersonOf(*record);
  person_of_[record] = person;
  rows_of_[person].insert(record);
}

void KeptFigures::Disown(Record* record) {
  const auto found = person_of_.find(record);
  if (found == person_of_.end()) return;
  const auto rows = rows_of_.find(found->second);
  rows->second.erase(record);
  if (rows->second.empty()) rows_of_.erase(rows);
  person_of_.erase(found);
}

void KeptFigures::Forget() {
  kept_.clear();
  person_of_.clear();
  rows_of_.clear();
  away_.clear();
  away_rows_ = 0;
  about_.clear();
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
  if (person_of_.empty()) {
    TRAM_TRY(FindReviews());
    for (auto& [id, record] : store_.all()) {
      if (record.shown() && placement_.InTables(record)) Own(&record);
    }
  }
  if (kept_.size() == kKeptMax) kept_.erase(kept_.begin());  // the oldest month
  kept_[as_of] = figures;
  return figures;
}

Status KeptFigures::Leave(const std::vector<Record*>& changing) {
  if (kept_.empty()) return {};
  Persons leaving;
  const auto leave = [&](const Record* person) {
    if (!away_.contains(person)) leaving.insert(person);
  };
  const std::vector<Record*> rows_now = WithReviews(changing);
  for (Record* record : rows_now) {
    if (const auto found = person_of_.find(record); found != person_of_.end()) leave(found->second);
    NoteReview(*record);
    if (placement_.InTables(*record)) leave(PersonOf(*record));
  }
  away_rows_ += rows_now.size();
  for (const Record* person : leaving) {
    if (const auto rows = rows_of_.find(person); rows != rows_of_.end()) {
      away_rows_ += rows->second.size();
    }
  }
  if (away_rows_ * kShareMax > person_of_.size()) {
    Forget();
    return {};
  }
  TRAM_TRY(Count(leaving, -1));
  away_.merge(leaving);
  return {};
}

void KeptFigures::Enter(const std::vector<Record*>& changed) {
  if (kept_.empty()) return;
  for (Record* record : WithReviews(changed)) {
    Disown(record);
    if (placement_.InTables(*record)) Own(record);
  }
}

Status KeptFigures::Return() {
  TRAM_TRY(Count(away_, 1));
  away_.clear();
  away_rows_ = 0;
  return {};
}

Status KeptFigures::Count(const Persons& persons, int sign) {
  const bool any = std::any_of(persons.begin(), persons.end(), [this](const Record* person) {
    return rows_of_.contains(person);  // who is new has none to take out
  });
  if (!any) return {};
  Status counted = TryCount(persons, sign);
  if (!counted) Forget();
  return counted;
}

Status KeptFigures::TryCount(const Persons& persons, int sign) {
  if (part_ == nullptr) {
    TRAM_ASSIGN(Tables part, Tables::Create(programme_));
    part_ = std::make_unique<Tables>(std::move(part));
  }
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(part_->sandbox().database()));
  TRAM_TRY(part_->Clear(programme_));
  for (const Record* person : persons) {
    const auto rows = rows_of_.find(person);
    if (rows == rows_of_.end()) continue;
    for (const Record* record : rows->second) TRAM_TRY(part_->CopyRow(*record, whole_));
  }
  for (auto& [as_of, figures] : kept_) {
    TRAM_ASSIGN(std::vector<IndicatorFigures> change,
                RunIndicators(part_->sandbox(), programme_, as_of));
    for (std::size_t i = 0; i < figures.size(); ++i) {
      AddRows(figures[i].rows, change[i].rows, sign);
    }
  }
  return transaction.Commit();
}

}  // namespace tram
