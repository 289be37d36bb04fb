#include <algorithm>
#include <vector>

#include "tests/bench/bench_server.h"
#include "tests/bench/measuring.h"
#include "tests/bench/plain_tables.h"
#include "tests/bench/rows.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/wire/op_codec.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;

constexpr double kYearBar = 195'000, kDayBar = 1'450, kNoOpBar = 320;
constexpr double kDiskBar = 135;   // bytes a record
constexpr double kMemoryBar = 60;  // MB
const std::vector<std::string> kDays{"day", "day2", "day3", "day4", "day5", "day6"};

std::string Requests(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " request" : " requests");
}

/// Heads of one request and its reply: what a peer without any protocol would send besides.
constexpr double kHeadBytes = 106;

/// Our bytes again, beside what others need for the same changes.
void AddPeers(BenchTable& table, const std::string& name, double ours,
              const std::optional<double>& session, double floor) {
  BenchRow row;
  row.name = "bytes: " + name + ", a peer";
  row.ours = ours;
  row.unit = "B";
  row.baseline = session;
  row.baseline_name = "SQLite session + zstd-19";
  row.remark = session ? "changesets and 106 B of heads; nothing sealed or signed"
                       : "this machine's SQLite is built without the session extension";
  table.Add(row);
  row.name = "bytes: " + name + ", the floor";
  row.baseline = floor;
  row.baseline_name = "columns under zstd-19";
  row.remark = "the payload alone; nothing sealed or signed, no protocol";
  table.Add(std::move(row));
}

std::optional<double> SessionBytes(const std::optional<std::string>& changeset) {
  if (!changeset) return std::nullopt;
  return static_cast<double>(ZstdBytes(*changeset)) + kHeadBytes;
}

/// What of a log's bytes is sealed: neither columns nor zstd make it smaller.
Result<double> SealedBytes(const OpLog& log) {
  std::size_t bytes = 0;
  for (EntryNumber n = 1; n <= log.size(); ++n) {
    const Op op = log.ReadOp(n);
    TRAM_ASSIGN(OpBody body, DecodeBody(op.format, op.body));
    if (body.sealed) bytes += body.sealed->size();
  }
  return static_cast<double>(bytes);
}

BenchRow BytesRow(const std::string& name, double bytes, std::optional<double> bar,
                  const std::string& remark) {
  BenchRow row;
  row.name = name;
  row.ours = bytes;
  row.unit = "B";
  row.bar = bar;
  row.remark = remark;
  return row;
}

class SyncBench {
 public:
  explicit SyncBench(fs::path scratch) : scratch_(std::move(scratch)) {}
  Status Run(BenchTable& table);

 private:
  Status Year(BenchTable& table);
  Status Disk(BenchTable& table);
  Status SecondDevice(BenchTable& table);
  Status NoOp(BenchTable& table);
  Status Days(BenchTable& table);
  Status DoubleEdits(BenchTable& table);
  Status Memory(BenchTable& table);
  Result<bool> Has(SyncingDevice& device, const RecordedForm& edit, bool& conflict) const;

  fs::path scratch_;
  BenchClock clock_;
  std::vector<RecordedForm> year_;
  std::unique_ptr<BenchServer> server_;
  std::optional<PlainTables> plain_;
  SyncingDevice a_, b_;
  RecordKeys keys_;
};

Status SyncBench::Year(BenchTable& table) {
  TRAM_ASSIGN(year_, ReadWorkload("initial"));
  TRAM_ASSIGN(std::string text, ReadWorkloadText("initial"));
  TRAM_ASSIGN(std::string programme, WorkloadProgramme());
  clock_.wall_ms = year_.back().at_ms;
  TRAM_ASSIGN(server_, BenchServer::Start(scratch_ / "server", programme, clock_));
  TRAM_ASSIGN(a_, EnrolFirst(*server_, scratch_ / "a", clock_));
  TRAM_TRY(Recorder(*a_.unit, clock_, keys_).WriteAll(year_));
  TRAM_ASSIGN(SyncCost push, SyncWhole(a_, clock_));
  BenchRow row = BytesRow("bytes: a year's push", push.bytes, kYearBar, Requests(push.requests));
  row.baseline = static_cast<double>(ZstdBytes(text));
  row.baseline_name = "zstd-19 of the rows as text";
  table.Add(std::move(row));
  TRAM_ASSIGN(PlainTables plain, PlainTables::Create(scratch_ / "plain.db"));
  plain_.emplace(std::move(plain));
  TRAM_ASSIGN(auto lines, ReadWorkloadLines("initial"));
  TRAM_ASSIGN(auto changeset, plain_->ApplyAsChangeset(lines));
  TRAM_ASSIGN(std::size_t floor, ColumnsBytes({}, "initial"));
  AddPeers(table, "a year's push", push.bytes, SessionBytes(changeset), static_cast<double>(floor));
  TRAM_ASSIGN(double sealed, SealedBytes(a_.unit->log()));
  table.Add(BytesRow("bytes: of them sealed", sealed, std::nullopt,
                     "texts, padding and a tag of 16 B each"));
  return {};
}

Status SyncBench::SecondDevice(BenchTable& table) {
  TRAM_ASSIGN(b_, EnrolFurther(a_, *server_, scratch_ / "b", clock_));
  TRAM_ASSIGN(SyncCost pull, SyncWhole(b_, clock_));
  table.Add(BytesRow("bytes: a fresh pull", pull.bytes, kYearBar, Requests(pull.requests)));
  table.Add(BytesRow("bytes: enrolling the second device", b_.enrolment_bytes, std::nullopt,
                     "once in its life; its reply holds the programme"));
  return {};
}

Status SyncBench::Disk(BenchTable& table) {
  const double records = static_cast<double>(year_.size());
  TRAM_TRY(a_.unit->database().Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  TRAM_ASSIGN(double plain, plain_->FileBytes());
  BenchRow row;
  row.name = "disk: a record of the year";
  row.ours = static_cast<double>(fs::file_size(scratch_ / "a" / "unit.db")) / records;
  row.unit = "B";
  row.baseline = plain / records;
  row.baseline_name = "plain SQLite tables";
  row.bar = kDiskBar;
  row.remark = "the whole file, pushed, without the WAL; the programme's text in it";
  table.Add(std::move(row));
  return {};
}

Status SyncBench::NoOp(BenchTable& table) {
  TRAM_TRY(SyncWhole(a_, clock_));  // brings the second device's certificate
  TRAM_ASSIGN(SyncCost nothing, SyncWhole(a_, clock_));
  table.Add(
      BytesRow("bytes: a sync of nothing", nothing.bytes, kNoOpBar, Requests(nothing.requests)));
  return {};
}

Status SyncBench::Days(BenchTable& table) {
  std::vector<double> pushes, pulls, packed, sessions, floors;
  std::vector<std::string> before{"initial"};
  std::size_t requests = 0;
  for (const std::string& day : kDays) {
    TRAM_ASSIGN(std::vector<RecordedForm> forms, ReadWorkload(day));
    TRAM_ASSIGN(std::string text, ReadWorkloadText(day));
    TRAM_TRY(Recorder(*a_.unit, clock_, keys_).WriteAll(forms));
    TRAM_ASSIGN(SyncCost push, SyncWhole(a_, clock_));
    TRAM_ASSIGN(SyncCost pull, SyncWhole(b_, clock_));
    pushes.push_back(push.bytes);
    requests = std::max(requests, push.requests);
    pulls.push_back(pull.bytes);
    packed.push_back(static_cast<double>(ZstdBytes(text)));
    TRAM_ASSIGN(auto lines, ReadWorkloadLines(day));
    TRAM_ASSIGN(auto changeset, plain_->ApplyAsChangeset(lines));
    if (auto bytes = SessionBytes(changeset)) sessions.push_back(*bytes);
    TRAM_ASSIGN(std::size_t floor, ColumnsBytes(before, day));
    floors.push_back(static_cast<double>(floor));
    before.push_back(day);
  }
  BenchRow row = BytesRow("bytes: a day's push", Mean(pushes), kDayBar,
                          "mean of six; at most " + Requests(requests));
  row.baseline = Mean(packed);
  row.baseline_name = "zstd-19 of the rows as text";
  table.Add(std::move(row));
  AddPeers(table, "a day's push", Mean(pushes),
           sessions.empty() ? std::nullopt : std::optional<double>(Mean(sessions)), Mean(floors));
  table.Add(BytesRow("bytes: a day's pull", Mean(pulls), std::nullopt, "mean of six"));
  return {};
}

/// Whether the edit's value is there, shown or as a candidate; `conflict`: beside others.
Result<bool> SyncBench::Has(SyncingDevice& device, const RecordedForm& edit, bool& conflict) const {
  const Programme& programme = device.unit->programme();
  TRAM_ASSIGN(RecordView record, device.unit->view().Find(keys_.at(edit.key)));
  const auto& [name, text] = edit.fields.front();
  for (const FieldView& field : record.fields) {
    if (field.field->name != name) continue;
    conflict = field.conflict;
    TRAM_ASSIGN(Value value, ParseValue(programme, *field.field, text));
    bool there = field.value == value;
    for (const CandidateView& candidate : field.candidates) {
      auto held = candidate.values.find(field.field->number);
      there = there || (held != candidate.values.end() && held->second == value);
    }
    return there;
  }
  return MakeError(ErrorCode::kNotFound, "no field " + name);
}

Status SyncBench::DoubleEdits(BenchTable& table) {
  TRAM_ASSIGN(std::vector<RecordedForm> on_a, ReadWorkload("confA"));
  TRAM_ASSIGN(std::vector<RecordedForm> on_b, ReadWorkload("confB"));
  TRAM_TRY(Recorder(*a_.unit, clock_, keys_).WriteAll(on_a));
  TRAM_TRY(Recorder(*b_.unit, clock_, keys_).WriteAll(on_b));
  for (SyncingDevice* device : {&a_, &b_, &a_}) TRAM_TRY(SyncWhole(*device, clock_));
  int merged = 0, surfaced = 0, lost = 0;
  for (std::size_t i = 0; i < on_a.size() && i < on_b.size(); ++i) {
    bool all_there = true, any_conflict = false, all_conflict = true;
    for (SyncingDevice* device : {&a_, &b_}) {
      for (const RecordedForm* edit : {&on_a[i], &on_b[i]}) {
        bool conflict = false;
        TRAM_ASSIGN(bool there, Has(*device, *edit, conflict));
        all_there = all_there && there;
        any_conflict = any_conflict || conflict;
        all_conflict = all_conflict && conflict;
      }
    }
    if (!all_there) ++lost;
    if (all_there && !any_conflict) ++merged;
    if (all_there && all_conflict) ++surfaced;
  }
  auto row = [&](const std::string& name, int count, double bar, const std::string& remark) {
    BenchRow made;
    made.name = "50 double edits: " + name;
    made.ours = count;
    made.bar = bar;
    made.remark = remark;
    table.Add(std::move(made));
  };
  row("merged", merged, 25, "different fields: both values stand");
  row("surfaced", surfaced, 25, "same field: a conflict with both values, on both devices");
  row("lost", lost, 0, "pairs of which a value is missing on a device");
  return {};
}

/// The real program, holding the unit unlocked, after it answered one command.
Status SyncBench::Memory(BenchTable& table) {
  const fs::path folder = scratch_ / "b";
  const fs::path log = scratch_ / "client.log";
  b_.unit.reset();  // lets go of the folder
  const std::map<std::string, std::string> environment{{"TRAM_PASSPHRASE", kBenchPassphrase}};
  test::ChildProcess client({test::kUnitClient, "--data", folder.string(), "run"}, environment,
                            log);
  if (test::AwaitFile(log, client).empty()) {
    return MakeError(ErrorCode::kIo, "unit-client run did not start");
  }
  const test::RunResult listed = test::RunProgram(
      {test::kUnitClient, "--data", folder.string(), "list", "clients", "--json"}, environment);
  if (listed.exit != 0) return MakeError(ErrorCode::kIo, "unit-client list: " + listed.err);
  BenchRow row;
  row.name = "memory: unit-client run, unlocked";
  row.ours = test::ProcessMemory(client.pid(), "VmRSS") / kBytesPerMb;
  row.unit = "MB";
  row.decimals = 1;
  row.bar = kMemoryBar;
  row.remark =
      "with the year; at most " +
      std::to_string(static_cast<int>(test::ProcessMemory(client.pid(), "VmHWM") / kBytesPerMb)) +
      " MB, while Argon2 ran";
  client.Stop();
  table.Add(std::move(row));
  return {};
}

Status SyncBench::Run(BenchTable& table) {
  TRAM_TRY(Year(table));
  TRAM_TRY(Disk(table));
  TRAM_TRY(SecondDevice(table));
  TRAM_TRY(NoOp(table));
  TRAM_TRY(Days(table));
  TRAM_TRY(DoubleEdits(table));
  return Memory(table);
}

}  // namespace

Status MeasureSync(const fs::path& scratch, BenchTable& table) {
  if (WorkloadFolder().empty()) {
    for (const char* name : {"bytes", "disk", "50 double edits", "memory"}) {
      table.Skip(name, kNoWorkload);
    }
    return {};
  }
  return SyncBench(scratch).Run(table);
}

}  // namespace tram::bench
