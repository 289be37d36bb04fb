// UnitView: a unit's records as its ops say, in memory: merged fields, conflicts, what is held, SQL
// tables, checks and indicators. Derived from the log by the same code on devices and on the
// server.
//
// Without the key (server, or locked) sealed fields are unknown and everything else is the same:
// merging clear fields and deletion never need the key.
// Threads: one thread owns it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tram/base/ids.h"
#include "tram/merge/merge.h"
#include "tram/model/op.h"
#include "tram/programme/programme.h"
#include "tram/programme/sandbox.h"

namespace tram {

/// An entry of the log, handed to the view in the order of the log; ids may repeat (an op may stand
/// at several positions) and are then taken once.
struct ViewEntry {
  OpId id;
  Op op;
  std::int64_t arrived_ms = 0;  // at the server; 0: not known, as on a device
};

/// Opens sealed blobs. `root` is the person that the record belongs to; nothing: the unit itself.
class Unsealer {
 public:
  virtual ~Unsealer() = default;
  /// Errors: not_found (seed not here yet) | denied | gone seeds are denied too.
  virtual Result<Bytes> Open(const std::optional<RecordId>& root, ByteView clear_part,
                             ByteView sealed) = 0;
};

/// Who set a value, and when, on which device.
struct Provenance {
  OpId op;
  DeviceId device;
  std::optional<RecordId> author;
  HybridTime time;
};

struct CandidateView {
  Provenance by;
  std::map<std::uint32_t, Value> values;  // by field of the group
};

struct FieldView {
  const Field* field = nullptr;
  Value value;                          // shown meanwhile where in conflict
  std::vector<std::uint32_t> elements;  // sets
  bool conflict = false;
  std::vector<OpId> parents;  // what a form that edits it must carry
  std::vector<CandidateView> candidates;
};

struct RecordView {
  RecordId id;
  const RecordType* type = nullptr;
  std::optional<RecordId> parent;  // as shown; of a merged one, what it was merged into
  std::optional<RecordId> merged_into;
  std::optional<RecordId> root;  // the person under whom it is sealed: fixed at creation
  Provenance created, changed;
  bool deleted = false;
  bool deletion_conflict = false;
  std::vector<OpId> deletion_parents;  // what a deletion (or its undoing) must carry
  std::size_t waits_for = 0;           // ops that are named as parents and are not here
  bool sealed_unread = false;          // some sealed edits could not be opened
  std::vector<FieldView> fields;       // in the order of the record type
  /// Reserved fields that some op set, by number (`field` is empty there): for moving, merging and
  /// settling their conflicts.
  std::map<std::uint32_t, FieldView> reserved;
  std::optional<std::string> import_key;
};

struct Conflict {
  enum class Kind { kField, kDeletion };
  Kind kind = Kind::kField;
  RecordId record;
  std::uint32_t group = 0;  // field number of the group; kFieldDeleted for kDeletion
};

/// An op that keeps its place and is not shown as data.
struct HeldOp {
  OpId id;
  DeviceId device;
  std::string reason;
};

/// An op of a record, for its history.
struct RecordChange {
  Provenance by;
  bool creates = false;
  std::vector<OpId> parents;
  std::vector<Edit> edits;  // of known fields and reserved ones; sealed ones only where opened
  bool sealed_unread = false;
};

struct CheckFinding {
  const Check* check = nullptr;
  RecordId record;
};

/// A line of a worklist.
struct WorkItem {
  RecordId record;
  std::optional<Date> due;
  std::map<std::string, std::string> fills;  // by field of the form that settles it: as in CSV
};

/// A record by what it is called: where its type says nothing, or nothing can be read, by the first
/// digits of its id.
struct TitledRecord {
  RecordId record;
  std::string title;
  bool readable = false;
};

struct ViewTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

class UnitView {
 public:
  /// Ops of `server` are held but where it writes for the province (ProvinceMayWrite); nothing: of
  /// nobody. Errors: invalid (the programme does not compile).
  static Result<std::unique_ptr<UnitView>> Create(
      std::shared_ptr<const Programme> programme, const UnitId& unit,
      const std::optional<DeviceId>& server = std::nullopt);
  ~UnitView();

  const Programme& programme() const;
  const UnitId& unit() const { return unit_; }
  /// Nothing: locked; all that was opened is overwritten and forgotten. A change of the unsealer,
  /// or the end of seeds (call it again with the same one), reads the sealed parts again.
  /// `unsealer` must outlive the view or be reset. Errors: io (memory limit).
  Status SetUnsealer(Unsealer* unsealer);
  bool unlocked() const;
  /// Seeds came: reads the sealed parts that could not be opened so far, and nothing else.
  /// Errors: io (memory limit).
  Status OpenUnread();

  /// Takes entries; their records are merged again.
  /// Errors: io (memory limit): the entries are taken, and the next read writes the rows.
  Status Apply(std::span<const ViewEntry> entries);
  std::size_t ops() const;

  /// Errors: not_found.
  Result<RecordView> Find(const RecordId& record) const;
  /// Every op of a record that is shown, oldest first (time, then id: the same on every replica).
  /// Errors: not_found.
  Result<std::vector<RecordChange>> History(const RecordId& record) const;
  /// Records of a type that stand in the tables, in order of creation (time, then id: the same on
  /// every replica): neither deleted nor merged, nor below a deleted one.
  std::vector<RecordId> Records(const RecordType& type) const;
  /// The record with this import key (unlocked only). Where several have it, the oldest that stands
  /// in the tables; a deleted one where no other does, so that importing again does not revive it.
  std::optional<RecordId> ByImportKey(const RecordType& type, std::string_view key) const;
  /// The ids that begin with these hex digits. For people who type short ids.
  std::vector<RecordId> ByPrefix(std::string_view hex) const;
  /// The person a new record below `parent` belongs to. Errors: not_found.
  Result<std::optional<RecordId>> RootOf(const RecordId& record) const;
  HybridTime TimeOf(const OpId& op) const;  // zero where not here

  /// In order of the records' creation. Of sealed fields only where unlocked.
  std::vector<Conflict> Conflicts() const;
  std::vector<HeldOp> Held() const;
  /// Records that wait for ops that are not here: in order of creation, then those whose creating
  /// op itself is missing (Find does not know them yet).
  std::vector<RecordId> Waiting() const;

  /// Checks of the programme; device-only ones only where unlocked. Errors: invalid.
  Result<std::vector<CheckFinding>> Checks(Date as_of);
  /// Every indicator of the programme, in its order; rows sorted, those without persons left out.
  /// With `keep`, they are kept right from then on: asked for again after a few more ops they cost
  /// what the persons concerned cost, and so does every writing of rows in between.
  /// Errors: invalid | io (no memory: create the view anew).
  Result<std::vector<IndicatorFigures>> Figures(Date as_of, bool keep = false);
  /// One of them. Errors: as Figures.
  Result<std::vector<IndicatorRow>> Run(const Indicator& indicator, Date as_of);
  /// Rows of a record type's table in order of creation: id, parent and every field. `where` is SQL
  /// of a person ("" for all), reading only. Errors: invalid.
  Result<ViewTable> List(const RecordType& type, const std::string& where, Date as_of);
  /// The lines of one of the programme's worklists. Errors: invalid.
  Result<std::vector<WorkItem>> Work(const Worklist& list, Date as_of);
  /// The type's shown_as of one record, of any state. Errors: not_found | invalid.
  Result<TitledRecord> Title(const RecordId& record, Date as_of);
  /// Records in whose `search` fields, taken together, every word of `words` occurs, accents, case
  /// and đ aside; "" finds all. Those changed last first. At most `at_most` from `first` on, and
  /// how many there are. Errors: invalid.
  struct Found {
    std::vector<TitledRecord> records;
    std::size_t all = 0;
  };
  Result<Found> Search(const RecordType& type, const std::string& words, std::size_t first,
                       std::size_t at_most, Date as_of);
  /// One SELECT of the program's own over the tables; sealed columns are NULL where locked.
  Result<ViewTable> Select(const std::string& sql, Date as_of);
  /// Whether a row may be saved: runs required, min/max, codes, visible_if and valid_if over the
  /// fields' new values. Returns one line per problem, "field: what is wrong", where field is the
  /// programme's name of it or "parent". `record` is the one that is edited, if any: single values
  /// and elements of sets that it holds already (a retired code, say) may stay. Without `today`
  /// :as_of is the last of all days. Errors: invalid (a rule that cannot be evaluated) | not_found
  /// (`record`).
  Result<std::vector<std::string>> Validate(
      const RecordType& type, const std::map<std::uint32_t, Value>& values,
      const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets,
      const std::optional<RecordId>& parent, Language language,
      const std::optional<RecordId>& record = std::nullopt,
      std::optional<Date> today = std::nullopt);
  /// The fields that their visible_if hides over these values, by number; retired ones aside.
  /// Parameters and errors: as Validate.
  Result<std::set<std::uint32_t>> Hidden(
      const RecordType& type, const std::map<std::uint32_t, Value>& values,
      const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets,
      const std::optional<RecordId>& parent, const std::optional<RecordId>& record,
      std::optional<Date> today);
  /// default_value of each field of a new record below `parent`, sets aside; fields whose default
  /// is NULL are left out. Errors: invalid.
  Result<std::map<std::uint32_t, Value>> Defaults(const RecordType& type,
                                                  const std::optional<RecordId>& parent,
                                                  Date today);

 private:
  UnitView();
  struct State;
  UnitId unit_;
  std::unique_ptr<State> state_;
};

}  // namespace tram
