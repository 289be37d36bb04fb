// Placement: which records stand in lists and tables, and below which parent.
//
// A record leaves when it is deleted, merged into another, or below a deleted one. What is below a
// merged record is shown below the record that it was merged into. Two devices can merge A into B
// and B into A: of such a ring the record created first stays. A merge into a record of another
// type does not count. Threads: one thread owns it.
#pragma once

#include <unordered_map>
#include <vector>

#include "view/record_store.h"

namespace tram {

class Placement {
 public:
  explicit Placement(RecordStore& store) : store_(store) {}

  /// To be called when record.summary is new. Adds to `moved` the records whose place may have
  /// changed with it, itself among them.
  void Update(Record& record, std::vector<Record*>& moved);

  /// The record that stands for `record` where it was merged; itself otherwise.
  RecordId Survivor(const RecordId& record) const;
  bool InTables(const Record& record) const;
  /// The survivor of the shown parent.
  std::optional<RecordId> Parent(const Record& record) const;

 private:
  /// What the place of others depends on.
  struct Links {
    bool deleted = false;
    std::optional<RecordId> parent, merged_into;
    friend bool operator==(const Links&, const Links&) = default;
  };
  void Unlink(Record& record, const std::optional<RecordId>& above);
  void AddBelow(const RecordId& record, std::vector<Record*>& moved) const;

  RecordStore& store_;
  std::unordered_map<const Record*, Links> links_;
  /// Records that name the key as parent or as what they were merged into.
  std::unordered_map<RecordId, std::vector<Record*>> below_;
};

}  // namespace tram
