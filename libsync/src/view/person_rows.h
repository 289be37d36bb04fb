// PersonRows: whose the rows of the tables are, while records change, and tables with the rows of
// some persons only. What is computed of each person from his own records alone (`by_person` of the
// programme) is kept right by it: only the persons concerned are computed again.
//
// The records of no person count as those of one more, nullptr. A review (Programme::review)
// belongs to the person of the record that it is about. Threads: as SqlDatabase.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "view/tables.h"

namespace tram {

class PersonRows {
 public:
  using Persons = std::unordered_set<const Record*>;

  /// `whole` are the rows of all persons; all three must outlive this.
  PersonRows(const Programme& programme, Tables& whole, RecordStore& store,
             const Placement& placement)
      : programme_(programme), whole_(whole), store_(store), placement_(placement) {}

  /// Knows from now on whose each row is. Pre: no row waits to be written. Errors: io.
  Status Follow();
  bool follows() const { return follows_; }
  /// Follows no more, and holds no row.
  void Forget();

  /// Rows that change, with the reviews about them, and whose they were or will be.
  struct Change {
    std::vector<Record*> records;
    Persons persons;
  };
  /// Before rows are written; nothing while it does not follow.
  Change Leave(const std::vector<Record*>& changing);
  /// After that.
  void Enter(const Change& change);

  std::size_t size() const { return person_of_.size(); }
  /// How many rows these persons have.
  std::size_t RowsOf(const Persons& persons) const;
  /// Whose a row is; nothing: it is not in the tables.
  std::optional<const Record*> PersonOf(const Record* record) const;
  /// Tables with the rows of these persons as they are in the whole ones; the next call may change
  /// them. Errors: io (memory) | invalid.
  Result<Tables*> Part(const Persons& persons);

 private:
  /// The person that a row belongs to, or none: by the parents that the tables show.
  const Record* Above(const Record& record) const;
  /// Reads from the tables what every review is about. Errors: io.
  Status FindReviews();
  /// The same of a review whose row is about to be written.
  void NoteReview(const Record& record);
  /// With the reviews about any of them: whose those are may change with them.
  std::vector<Record*> WithReviews(const std::vector<Record*>& records) const;
  void Own(Record* record);
  void Disown(Record* record);
  Status Fill(Tables& part, const Persons& persons);

  const Programme& programme_;
  Tables& whole_;
  RecordStore& store_;
  const Placement& placement_;
  bool follows_ = false;
  std::unordered_map<const Record*, const Record*> person_of_;  // of every row in the tables
  std::unordered_map<const Record*, std::unordered_set<const Record*>> rows_of_;
  std::unordered_map<RecordId, RecordId> about_;  // by review
  std::unique_ptr<Tables> part_;                  // made when it is first needed
  std::optional<Persons> part_of_;                // whose rows it holds, as they are now
};

}  // namespace tram
