#include "view/person_rows.h"

namespace tram {
namespace {

constexpr std::size_t kStepsMax = 64;  // as in Placement

}  // namespace

const Record* PersonRows::Above(const Record& record) const {
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

Status PersonRows::FindReviews() {
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

void PersonRows::NoteReview(const Record& record) {
  if (!programme_.review || record.plan->type().name != programme_.review->record) return;
  const std::vector<FieldPlan>& fields = record.plan->fields();
  for (std::size_t i = 0; i < record.row.size(); ++i) {
    if (fields[i].field->name != programme_.review->about_field) continue;
    const auto* about = std::get_if<RecordId>(&record.row[i].value);
    about_.erase(record.id);
    if (about != nullptr) about_[record.id] = *about;
  }
}

std::vector<Record*> PersonRows::WithReviews(const std::vector<Record*>& records) const {
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

void PersonRows::Own(Record* record) {
  const Record* person = Above(*record);
  person_of_[record] = person;
  rows_of_[person].insert(record);
}

void PersonRows::Disown(Record* record) {
  const auto found = person_of_.find(record);
  if (found == person_of_.end()) return;
  const auto rows = rows_of_.find(found->second);
  rows->second.erase(record);
  if (rows->second.empty()) rows_of_.erase(rows);
  person_of_.erase(found);
}

Status PersonRows::Follow() {
  if (follows_) return {};
  TRAM_TRY(FindReviews());
  person_of_.reserve(store_.all().size());
  for (auto& [id, record] : store_.all()) {
    if (record.shown() && placement_.InTables(record)) Own(&record);
  }
  follows_ = true;
  return {};
}

void PersonRows::Forget() {
  follows_ = false;
  person_of_.clear();
  rows_of_.clear();
  about_.clear();
  part_of_.reset();
  // Overwritten: rows may hold what is sealed. Tables that cannot be cleared go as they are.
  if (part_ != nullptr && !part_->Clear(programme_)) part_.reset();
}

PersonRows::Change PersonRows::Leave(const std::vector<Record*>& changing) {
  Change change;
  if (!follows_) return change;
  part_of_.reset();
  change.records = WithReviews(changing);
  for (const Record* record : change.records) {
    if (const auto person = PersonOf(record)) change.persons.insert(*person);
    NoteReview(*record);
    if (placement_.InTables(*record)) change.persons.insert(Above(*record));
  }
  return change;
}

void PersonRows::Enter(const Change& change) {
  if (!follows_) return;
  part_of_.reset();
  // Once more: what a new review is about was not known before.
  for (Record* record : WithReviews(change.records)) {
    Disown(record);
    if (placement_.InTables(*record)) Own(record);
  }
}

std::size_t PersonRows::RowsOf(const Persons& persons) const {
  std::size_t rows = 0;
  for (const Record* person : persons) {
    if (const auto found = rows_of_.find(person); found != rows_of_.end()) {
      rows += found->second.size();
    }
  }
  return rows;
}

std::optional<const Record*> PersonRows::PersonOf(const Record* record) const {
  const auto found = person_of_.find(record);
  return found == person_of_.end() ? std::nullopt : std::optional(found->second);
}

Result<Tables*> PersonRows::Part(const Persons& persons) {
  if (part_ == nullptr) {
    TRAM_ASSIGN(Tables part, Tables::Create(programme_));
    part_ = std::make_unique<Tables>(std::move(part));
  }
  if (part_of_ == persons) return part_.get();
  part_of_.reset();
  TRAM_TRY(Fill(*part_, persons));
  part_of_ = persons;
  return part_.get();
}

Status PersonRows::Fill(Tables& part, const Persons& persons) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(part.sandbox().database()));
  TRAM_TRY(part.Clear(programme_));
  for (const Record* person : persons) {
    const auto rows = rows_of_.find(person);
    if (rows == rows_of_.end()) continue;
    for (const Record* record : rows->second) TRAM_TRY(part.CopyRow(*record, whole_));
  }
  return transaction.Commit();
}

}  // namespace tram
