// RecordStore: the ops of a unit by record, decoded once, and the person to whom each record
// belongs. Knows nothing of merging.
//
// What the programme cannot show is held: it keeps its place with a reason. Ops whose creating op
// is not here wait in their record. A record's root is fixed by its creating op (the person that it
// is, or the root of the parent that it was created below): reparenting does not change the key
// under which a record is sealed. Threads: one thread owns it.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tram/view/unit_view.h"
#include "view/type_plan.h"

namespace tram {

struct StoredOp {
  enum class Sealed { kNone, kUnread, kOpened };
  OpId id;
  RecordId record;
  Op envelope;              // without its body
  OpBody body;              // `edits` only where a sealed blob needs them to be opened
  std::vector<Edit> edits;  // those that fit the programme: the first `clear_edits` from the clear
  std::size_t clear_edits = 0;
  Sealed sealed = Sealed::kNone;
  std::int64_t arrived_ms = 0;  // at the server; 0: not known
  std::string held;             // why it is not shown, whatever its record is; "" where it can be
};

/// What merging found, as far as lists and tables need it.
struct Summary {
  bool deleted = false;
  bool deletion_conflict = false;
  bool sealed_unread = false;
  bool clear_conflict = false;  // of clear fields or of deletion: the same with and without the key
  std::optional<RecordId> parent;  // as shown, merged parents not followed
  std::optional<RecordId> merged_into;
  std::optional<std::string> import_key;
  std::vector<std::uint32_t> conflicts;  // groups; kFieldDeleted never
  std::vector<OpId> missing_parents;
  HybridTime changed;
};

struct Cell {
  Value value;
  std::vector<std::uint32_t> elements;  // sets
};

struct Record {
  enum class Root { kUnknown, kUnit, kPerson };
  RecordId id;
  const TypePlan* plan = nullptr;  // nothing: not shown
  const StoredOp* creating = nullptr;
  std::vector<StoredOp*> ops;  // in the order in which they came
  Root root_kind = Root::kUnknown;
  RecordId root;  // where root_kind is kPerson
  Summary summary;
  std::vector<Cell> row;  // values for the tables; empty once they are written

  bool shown() const { return plan != nullptr; }
  bool Shows(const StoredOp& op) const {
    return shown() && op.held.empty() && op.body.type == plan->type().number;
  }
  std::optional<RecordId> root_id() const {
    return root_kind == Root::kPerson ? std::optional<RecordId>(root) : std::nullopt;
  }
};

/// Order of creation, the same on every replica.
struct CreatedOrder {
  bool operator()(const Record* a, const Record* b) const {
    if (a->creating->envelope.time != b->creating->envelope.time) {
      return a->creating->envelope.time < b->creating->envelope.time;
    }
    return a->id < b->id;
  }
};
using RecordsByCreation = std::set<Record*, CreatedOrder>;

class RecordStore {
 public:
  /// `server`: whose ops are shown only where it writes for the province.
  RecordStore(const Programme& programme, const std::optional<DeviceId>& server);

  /// Takes an op once. Adds to `touched` the records whose ops or root changed.
  void Take(const ViewEntry& entry, std::vector<Record*>& touched);

  /// Opens the sealed parts of a shown record as far as that can be done now; nothing is tried
  /// where `unsealer` is null.
  void OpenSealed(Record& record, Unsealer* unsealer);
  /// Overwrites and forgets everything that was opened.
  void ForgetOpened();

  std::size_t ops() const { return ops_.size(); }
  const StoredOp* FindOp(const OpId& op) const;
  /// Shown records only.
  Record* Find(const RecordId& record);
  /// Every record, shown or waiting, in no order.
  const std::unordered_map<RecordId, Record>& all() const { return records_; }
  std::unordered_map<RecordId, Record>& all() { return records_; }
  /// Shown records of a type, deleted and merged ones among them.
  const RecordsByCreation& OfType(const RecordType& type) const;
  std::vector<HeldOp> Held() const;

 private:
  StoredOp Decode(const ViewEntry& entry) const;
  const TypePlan* PlanOf(std::uint32_t type) const;
  void Created(Record& record, const StoredOp& op, std::vector<Record*>& touched);
  void ResolveRoots(Record& record, std::vector<Record*>& touched);
  bool ResolveRoot(Record& record);

  std::optional<DeviceId> server_;
  std::unordered_map<std::uint32_t, TypePlan> plans_;
  std::unordered_map<OpId, StoredOp> ops_;
  std::unordered_map<RecordId, Record> records_;
  /// By the parent whose root is not known yet.
  std::unordered_map<RecordId, std::vector<Record*>> waiting_for_root_;
  std::unordered_map<std::uint32_t, RecordsByCreation> by_type_;
};

}  // namespace tram
