#include "tram/view/unit_view.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unordered_set>

#include "view/expressions.h"
#include "view/indicator_run.h"
#include "view/kept_figures.h"
#include "view/kept_lists.h"
#include "view/record_merge.h"
#include "view/tables.h"
#include "view/titles.h"
#include "view/worklists.h"

namespace tram {
namespace {

/// Rows that wait to be written hold their values: beyond this many they are written at once.
constexpr std::size_t kPendingRowsMax = 1024;
constexpr std::size_t kListColumnsBefore = 2;  // id and parent, before the fields of a list

/// Which rule a statement of the programme or of a person broke is said with whose it is.
Error Named(const std::string& name, const Error& error) {
  return MakeError(error.code, name + ": " + error.message);
}

/// SQLite holds decimals as binary numbers: "2.0" of a field with two digits is "2.00".
std::string Fixed(const std::string& number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, std::strtod(number.c_str(), nullptr));
  return text;
}

}  // namespace

struct UnitView::State {
  State(std::shared_ptr<const Programme> its_programme, const std::optional<DeviceId>& server,
        Tables its_tables)
      : programme(std::move(its_programme)),
        store(*programme, server),
        tables(std::move(its_tables)) {}

  bool unlocked() const { return unsealer != nullptr; }
  SandboxMode ReadingMode() const {
    return unlocked() ? SandboxMode::kSealed : SandboxMode::kClear;
  }
  Status Settle(const std::vector<Record*>& touched);
  Status SettleAll();
  void IndexImportKey(Record& record, const std::optional<std::string>& before);
  Status WriteRows();
  Status WriteTables(const std::vector<Record*>& rows);
  Result<ViewTable> Read(const std::string& sql, SandboxMode mode, Date as_of);
  std::size_t WaitsFor(const Record& record) const;
  /// What the programme's rules are asked about. Writes the rows that they read. Holds on to what
  /// it is given. Errors: not_found (`record`) | io.
  Result<NewRow> RowToCheck(const TypePlan& plan, const std::map<std::uint32_t, Value>& values,
                            const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets,
                            const std::optional<RecordId>& parent,
                            const std::optional<RecordId>& record);
  Result<RecordView> Describe(const RecordId& id);
  Result<std::vector<FoundLine>> FoundBy(const Check& check, Tables& from, Date as_of);
  Result<std::vector<WorkLine>> WorkOf(const Worklist& list, Tables& from, Date as_of);
  void ForgetKept();
  /// Needs written rows.
  Result<TitledRecord> TitleOf(const RecordId& id, Date as_of);

  std::shared_ptr<const Programme> programme;
  RecordStore store;
  Placement placement{store};
  Tables tables;
  PersonRows persons{*programme, tables, store, placement};
  KeptFigures figures{*programme, tables, persons};
  Unsealer* unsealer = nullptr;
  std::unordered_set<Record*> dirty;  // rows to be written
  RecordsByCreation in_conflict;      // counted for every page: not to be looked for among all
  std::map<std::pair<const TypePlan*, std::string>, RecordsByCreation> import_keys;
  KeptLists<WorkLine> work{tables, persons};
  KeptLists<FoundLine> found_by_check{tables, persons};
};

Status UnitView::State::Settle(const std::vector<Record*>& touched) {
  Status status;  // a row that cannot be written now stays due, and every record is merged
  std::unordered_set<Record*> seen;
  std::vector<Record*> moved;
  for (Record* record : touched) {
    if (!record->shown() || !seen.insert(record).second) continue;
    store.OpenSealed(*record, unsealer);
    const std::optional<std::string> key_before = std::move(record->summary.import_key);
    Summarise(*record, unlocked());
    IndexImportKey(*record, key_before);
    const Summary& summary = record->summary;
    if (!summary.deleted && (summary.deletion_conflict || !summary.conflicts.empty())) {
      in_conflict.insert(record);
    } else {
      in_conflict.erase(record);
    }
    moved.clear();
    placement.Update(*record, moved);
    dirty.insert(moved.begin(), moved.end());
    if (dirty.size() >= kPendingRowsMax && status) status = WriteRows();
  }
  return status;
}

Status UnitView::State::SettleAll() {
  std::vector<Record*> all;
  for (auto& [id, record] : store.all()) {
    if (record.shown()) all.push_back(&record);
  }
  std::sort(all.begin(), all.end(), CreatedOrder());  // parents first: their rows are written once
  return Settle(all);
}

void UnitView::State::IndexImportKey(Record& record, const std::optional<std::string>& before) {
  const std::optional<std::string>& now = record.summary.import_key;
  if (before == now) return;
  if (before) import_keys[{record.plan, *before}].erase(&record);
  if (now) import_keys[{record.plan, *now}].insert(&record);
}

Status UnitView::State::WriteRows() {
  if (dirty.empty()) return {};
  std::vector<Record*> rows(dirty.begin(), dirty.end());
  std::sort(rows.begin(), rows.end(), CreatedOrder());
  const PersonRows::Change change = persons.Leave(rows);
  TRAM_TRY(figures.Leave(change));
  work.Changed(change.persons);
  found_by_check.Changed(change.persons);
  if (Status written = WriteTables(rows); !written) {
    ForgetKept();
    return written;
  }
  dirty.clear();
  persons.Enter(change);
  return {};
}

void UnitView::State::ForgetKept() {
  figures.Forget();
  work.Forget();
  found_by_check.Forget();
  persons.Forget();
}

Status UnitView::State::WriteTables(const std::vector<Record*>& rows) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(tables.sandbox().database()));
  for (Record* record : rows) {
    if (record->row.empty()) Summarise(*record, unlocked());
    TRAM_TRY(tables.Write(*record, placement));
  }
  return transaction.Commit();
}

Result<ViewTable> UnitView::State::Read(const std::string& sql, SandboxMode mode, Date as_of) {
  TRAM_TRY(WriteRows());
  return tables.Read(sql, mode, as_of);
}

std::size_t UnitView::State::WaitsFor(const Record& record) const {
  const std::vector<OpId>& missing = record.summary.missing_parents;
  return static_cast<std::size_t>(
      std::count_if(missing.begin(), missing.end(),
                    [this](const OpId& op) { return store.FindOp(op) == nullptr; }));
}

Result<RecordView> UnitView::State::Describe(const RecordId& id) {
  const Record* found = store.Find(id);
  if (found == nullptr) {
    return MakeError(ErrorCode::kNotFound, "there is no record " + id.Hex() + " here");
  }
  RecordView view = tram::Describe(*found, unlocked());
  view.parent = placement.Parent(*found);
  view.waits_for = WaitsFor(*found);
  return view;
}

Result<NewRow> UnitView::State::RowToCheck(
    const TypePlan& plan, const std::map<std::uint32_t, Value>& values,
    const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets,
    const std::optional<RecordId>& parent, const std::optional<RecordId>& record) {
  TRAM_TRY(WriteRows());
  NewRow row{plan, values, sets, parent, std::nullopt};
  if (record) {
    TRAM_ASSIGN(row.before, Describe(*record));
  }
  return row;
}

Result<std::vector<FoundLine>> UnitView::State::FoundBy(const Check& check, Tables& from,
                                                        Date as_of) {
  const Result<ViewTable> table =
      from.Read(FindingsSql(*programme, check),
                check.device_only ? SandboxMode::kSealed : SandboxMode::kClear, as_of);
  if (!table) return Named("check " + check.name, table.error());
  std::set<FoundLine> found;  // a statement may say one twice
  for (const auto& row : table->rows) {
    const Result<RecordId> id = RecordId::FromHexText(row.empty() ? "" : row[0].value_or(""));
    const Record* record = id ? store.Find(*id) : nullptr;
    if (record != nullptr) found.insert({record});
  }
  return std::vector<FoundLine>(found.begin(), found.end());
}

Result<std::vector<WorkLine>> UnitView::State::WorkOf(const Worklist& list, Tables& from,
                                                      Date as_of) {
  const Result<ViewTable> table = from.Read(list.sql, SandboxMode::kSealed, as_of);
  if (!table) return Named("worklist " + list.name, table.error());
  Result<std::vector<WorkLine>> lines = WorkLines(list, *table, store);
  if (!lines) return Named("worklist " + list.name, lines.error());
  return lines;
}

Result<TitledRecord> UnitView::State::TitleOf(const RecordId& id, Date as_of) {
  TRAM_ASSIGN(RecordView view, Describe(id));
  std::map<std::uint32_t, Value> values;
  std::map<std::uint32_t, std::vector<std::uint32_t>> sets;
  for (FieldView& field : view.fields) {
    values[field.field->number] = field.value;
    if (!field.elements.empty()) sets[field.field->number] = field.elements;
  }
  const std::optional<RecordId> parent = view.parent;
  const NewRow row{*store.Find(id)->plan, values, sets, parent, std::move(view)};
  return tram::TitleOf(tables.sandbox(), ReadingMode(), row, as_of);
}

UnitView::UnitView() = default;
UnitView::~UnitView() = default;

Result<std::unique_ptr<UnitView>> UnitView::Create(std::shared_ptr<const Programme> programme,
                                                   const UnitId& unit,
                                                   const std::optional<DeviceId>& server) {
  TRAM_ASSIGN(Tables tables, Tables::Create(*programme));
  std::unique_ptr<UnitView> view(new UnitView);
  view->unit_ = unit;
  view->state_ = std::make_unique<State>(std::move(programme), server, std::move(tables));
  return view;
}

const Programme& UnitView::programme() const { return *state_->programme; }

bool UnitView::unlocked() const { return state_->unlocked(); }

std::size_t UnitView::ops() const { return state_->store.ops(); }

Status UnitView::SetUnsealer(Unsealer* unsealer) {
  State& state = *state_;
  state.unsealer = unsealer;
  state.store.ForgetOpened();
  state.import_keys.clear();
  state.dirty.clear();
  state.ForgetKept();
  const Status cleared = state.tables.Clear(*state.programme);
  const Status settled = state.SettleAll();
  return cleared ? settled : cleared;
}

Status UnitView::OpenUnread() {
  std::vector<Record*> unread;
  for (auto& [id, record] : state_->store.all()) {
    if (record.shown() && record.summary.sealed_unread) unread.push_back(&record);
  }
  std::sort(unread.begin(), unread.end(), CreatedOrder());
  return state_->Settle(unread);
}

Status UnitView::Apply(std::span<const ViewEntry> entries) {
  std::vector<Record*> touched;
  for (const ViewEntry& entry : entries) state_->store.Take(entry, touched);
  return state_->Settle(touched);
}

Result<RecordView> UnitView::Find(const RecordId& record) const { return state_->Describe(record); }

Result<std::vector<RecordChange>> UnitView::History(const RecordId& record) const {
  const Record* found = state_->store.Find(record);
  if (found == nullptr) {
    return MakeError(ErrorCode::kNotFound, "there is no record " + record.Hex() + " here");
  }
  return HistoryOf(*found, unlocked());
}

std::vector<RecordId> UnitView::Records(const RecordType& type) const {
  std::vector<RecordId> ids;
  for (const Record* record : state_->store.OfType(type)) {
    if (state_->placement.InTables(*record)) ids.push_back(record->id);
  }
  return ids;
}

std::optional<RecordId> UnitView::ByImportKey(const RecordType& type, std::string_view key) const {
  const RecordsByCreation& of_type = state_->store.OfType(type);
  if (of_type.empty()) return std::nullopt;
  const auto found = state_->import_keys.find({(*of_type.begin())->plan, std::string(key)});
  if (found == state_->import_keys.end() || found->second.empty()) return std::nullopt;
  for (const Record* record : found->second) {
    if (state_->placement.InTables(*record)) return record->id;
  }
  return (*found->second.begin())->id;
}

std::vector<RecordId> UnitView::ByPrefix(std::string_view hex) const {
  std::string prefix(hex);
  for (char& c : prefix) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  std::vector<RecordId> ids;
  for (const auto& [id, record] : state_->store.all()) {
    if (record.shown() && id.Hex().starts_with(prefix)) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<std::optional<RecordId>> UnitView::RootOf(const RecordId& record) const {
  const Record* found = state_->store.Find(record);
  if (found == nullptr || found->root_kind == Record::Root::kUnknown) {
    return MakeError(ErrorCode::kNotFound, "the person to whom record " + record.Hex() +
                                               " belongs is not known here yet: sync first");
  }
  return found->root_id();
}

HybridTime UnitView::TimeOf(const OpId& op) const {
  const StoredOp* found = state_->store.FindOp(op);
  return found == nullptr ? HybridTime{} : found->envelope.time;
}

std::vector<Conflict> UnitView::Conflicts() const {
  std::vector<Conflict> conflicts;
  for (const Record* record : state_->in_conflict) {
    if (record->summary.deletion_conflict) {
      conflicts.push_back({Conflict::Kind::kDeletion, record->id, kFieldDeleted});
    }
    for (std::uint32_t group : record->summary.conflicts) {
      conflicts.push_back({Conflict::Kind::kField, record->id, group});
    }
  }
  return conflicts;
}

std::vector<HeldOp> UnitView::Held() const { return state_->store.Held(); }

std::vector<RecordId> UnitView::Waiting() const {
  RecordsByCreation shown;
  std::vector<RecordId> unborn;
  for (auto& [id, record] : state_->store.all()) {
    if (record.creating == nullptr) {
      unborn.push_back(id);
    } else if (record.shown() && state_->WaitsFor(record) > 0) {
      shown.insert(&record);
    }
  }
  std::sort(unborn.begin(), unborn.end());
  std::vector<RecordId> waiting;
  for (const Record* record : shown) waiting.push_back(record->id);
  waiting.insert(waiting.end(), unborn.begin(), unborn.end());
  return waiting;
}

Result<std::vector<CheckFinding>> UnitView::Checks(Date as_of) {
  TRAM_TRY(state_->WriteRows());
  std::vector<CheckFinding> findings;
  for (const Check& check : state_->programme->checks) {
    if (check.device_only && !unlocked()) continue;
    TRAM_ASSIGN(const std::vector<FoundLine>* const found,
                state_->found_by_check.Get(check.name, check.by_person, as_of, [&](Tables& from) {
                  return state_->FoundBy(check, from, as_of);
                }));
    for (const FoundLine& line : *found) findings.push_back({&check, line.record->id});
  }
  return findings;
}

Result<std::vector<IndicatorRow>> UnitView::Run(const Indicator& indicator, Date as_of) {
  TRAM_TRY(state_->WriteRows());
  Sandbox& sandbox = state_->tables.sandbox();
  TRAM_TRY(sandbox.Derive({as_of, as_of, as_of}));
  return RunIndicator(sandbox, indicator, as_of);
}

Result<std::vector<IndicatorFigures>> UnitView::Figures(Date as_of, bool keep) {
  TRAM_TRY(state_->WriteRows());
  return state_->figures.Figures(as_of, keep);
}

Result<ViewTable> UnitView::List(const RecordType& type, const std::string& where, Date as_of) {
  std::string columns = "id, parent";
  for (const Field& field : type.fields) {
    const bool readable = field.clear || unlocked();
    columns += readable ? ", " + Quoted(field.name) : ", NULL AS " + Quoted(field.name);
  }
  std::string sql = "SELECT " + columns + " FROM " + Quoted(type.name);
  // The line break keeps a comment in `where` from hiding the bracket. Whatever else it says, the
  // authorizer lets it read only.
  if (!where.empty()) sql += " WHERE (" + where + "\n)";
  TRAM_ASSIGN(ViewTable table,
              state_->Read(sql + " ORDER BY created_ms, id", state_->ReadingMode(), as_of));
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    if (type.fields[i].type != FieldType::kDecimal) continue;
    for (auto& row : table.rows) {
      if (auto& cell = row[kListColumnsBefore + i]) *cell = Fixed(*cell, type.fields[i].scale);
    }
  }
  return table;
}

Result<std::vector<WorkItem>> UnitView::Work(const Worklist& list, Date as_of) {
  TRAM_TRY(state_->WriteRows());
  TRAM_ASSIGN(const std::vector<WorkLine>* const lines,
              state_->work.Get(list.name + "\n" + list.sql, list.by_person, as_of,
                               [&](Tables& from) { return state_->WorkOf(list, from, as_of); }));
  std::vector<WorkItem> items;
  items.reserve(lines->size());
  for (const WorkLine& line : *lines) items.push_back(line.item);
  return items;
}

Result<TitledRecord> UnitView::Title(const RecordId& record, Date as_of) {
  TRAM_TRY(state_->WriteRows());
  return state_->TitleOf(record, as_of);
}

Result<UnitView::Found> UnitView::Search(const RecordType& type, const std::string& words,
                                         std::size_t first, std::size_t at_most, Date as_of) {
  TRAM_TRY(state_->WriteRows());
  TRAM_ASSIGN(const std::vector<RecordId> ids,
              RecordsWith(state_->tables, type, words, state_->ReadingMode(), as_of));
  Found found{{}, ids.size()};
  for (std::size_t i = first; i < ids.size() && found.records.size() < at_most; ++i) {
    TRAM_ASSIGN(TitledRecord titled, state_->TitleOf(ids[i], as_of));
    found.records.push_back(std::move(titled));
  }
  return found;
}

Result<ViewTable> UnitView::Select(const std::string& sql, Date as_of) {
  return state_->Read(sql, SandboxMode::kSealed, as_of);
}

Result<std::vector<std::string>> UnitView::Validate(
    const RecordType& type, const std::map<std::uint32_t, Value>& values,
    const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets,
    const std::optional<RecordId>& parent, Language language, const std::optional<RecordId>& record,
    std::optional<Date> today) {
  const TypePlan plan(*state_->programme, type);
  TRAM_ASSIGN(const NewRow row, state_->RowToCheck(plan, values, sets, parent, record));
  return ValidateRow(state_->tables.sandbox(), state_->ReadingMode(), row, language, today);
}

Result<std::set<std::uint32_t>> UnitView::Hidden(
    const RecordType& type, const std::map<std::uint32_t, Value>& values,
    const std::map<std::uint32_t, std::vector<std::uint32_t>>& sets,
    const std::optional<RecordId>& parent, const std::optional<RecordId>& record,
    std::optional<Date> today) {
  const TypePlan plan(*state_->programme, type);
  TRAM_ASSIGN(const NewRow row, state_->RowToCheck(plan, values, sets, parent, record));
  return HiddenFields(state_->tables.sandbox(), state_->ReadingMode(), row, today);
}

Result<std::map<std::uint32_t, Value>> UnitView::Defaults(const RecordType& type,
                                                          const std::optional<RecordId>& parent,
                                                          Date today) {
  TRAM_TRY(state_->WriteRows());
  const TypePlan plan(*state_->programme, type);
  const std::map<std::uint32_t, Value> no_values;
  const std::map<std::uint32_t, std::vector<std::uint32_t>> no_sets;
  const NewRow row{plan, no_values, no_sets, parent, std::nullopt};
  return DefaultValues(state_->tables.sandbox(), state_->ReadingMode(), *state_->programme, row,
                       today);
}

}  // namespace tram
