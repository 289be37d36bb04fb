#include <vector>

#include "tests/bench/measuring.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"
#include "tram/log/sqlite_log_store.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBefore = 1200;   // records that are there when measuring begins
constexpr std::size_t kMeasured = 400;  // sessions, one commit each, on three files by turns
constexpr double kAppendBar = 1.15;     // times the raw commit

/// The same bytes in a table with nothing else, as SQLite alone would keep them.
class RawRows {
 public:
  static Result<RawRows> Open(const fs::path& path) {
    TRAM_ASSIGN(auto database, SqlDatabase::Open(path, SqlDatabase::Mode::kCreate, kUnitPageBytes));
    TRAM_TRY(database->Execute("CREATE TABLE entry(key INTEGER PRIMARY KEY, op BLOB NOT NULL)"));
    return RawRows(std::move(database));
  }
  SqlDatabase& database() { return *database_; }
  /// Durable on return, outside a transaction.
  Status Insert(ByteView op) {
    TRAM_ASSIGN(SqlStatement * insert, database_->Cached("INSERT INTO entry(op) VALUES(?1)"));
    insert->BindBlob(1, op);
    return insert->Run();
  }

 private:
  explicit RawRows(std::unique_ptr<SqlDatabase> database) : database_(std::move(database)) {}
  std::unique_ptr<SqlDatabase> database_;
};

/// What one kind of append took, each time.
struct Taken {
  std::vector<double> seconds, processor;
};
class AppendWatch {
 public:
  void AddTo(Taken& taken) const {
    taken.seconds.push_back(watch_.Seconds());
    taken.processor.push_back(processor_.Seconds());
  }

 private:
  Stopwatch watch_;
  ProcessorWatch processor_;
};

class AppendBench {
 public:
  explicit AppendBench(fs::path scratch) : scratch_(std::move(scratch)) {}
  Status Run(BenchTable& table);

 private:
  Status Prepare();
  /// Brings the mirror and the raw rows to where the device's log is.
  Status CatchUp();
  Status MeasureCommits();
  Status MeasureWithoutCommit();
  Status LogCommit(EntryNumber number);
  Status RawCommit(EntryNumber number);
  void AddRows(BenchTable& table) const;
  bool IsSession() const { return forms_[next_].type == "sessions"; }

  fs::path scratch_;
  BenchClock clock_;
  std::vector<RecordedForm> forms_;
  std::size_t next_ = 0;
  RecordKeys keys_;
  std::unique_ptr<UnitDevice> device_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<SqlDatabase> mirror_database_;
  std::unique_ptr<SqliteLogStore> mirror_store_;
  std::unique_ptr<OpLog> mirror_;  // the same ops, with nothing above the log
  std::unique_ptr<RawRows> raw_;
  Taken save_, log_, raw_commit_, rest_;
};

Status AppendBench::Prepare() {
  TRAM_ASSIGN(forms_, ReadWorkload("initial"));
  TRAM_ASSIGN(std::string programme, WorkloadProgramme());
  TRAM_ASSIGN(Founding founding, OfflineFounding(programme));
  clock_.wall_ms = forms_.front().at_ms;
  TRAM_ASSIGN(device_, MakeDevice(scratch_ / "append", std::move(founding), clock_));
  recorder_ = std::make_unique<Recorder>(*device_, clock_, keys_);
  TRAM_TRY(recorder_->WriteAll({forms_.begin(), forms_.begin() + kBefore}));
  next_ = kBefore;
  TRAM_ASSIGN(mirror_database_, SqlDatabase::Open(scratch_ / "mirror.db",
                                                  SqlDatabase::Mode::kCreate, kUnitPageBytes));
  TRAM_ASSIGN(mirror_store_, SqliteLogStore::Open(*mirror_database_));
  TRAM_ASSIGN(mirror_, OpLog::Open(*mirror_store_, device_->unit(), clock_));
  TRAM_ASSIGN(RawRows raw, RawRows::Open(scratch_ / "raw.db"));
  raw_ = std::make_unique<RawRows>(std::move(raw));
  return CatchUp();
}

Status AppendBench::CatchUp() {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(raw_->database()));
  while (mirror_->size() < device_->log().size()) {
    const EntryNumber number = mirror_->size() + 1;
    mirror_->Append(device_->own().id(), number - 1, device_->log().ReadOp(number));
    TRAM_TRY(raw_->Insert(Bytes(device_->log().OpBytes(number), std::uint8_t{0x5a})));
  }
  TRAM_TRY(mirror_->Commit());
  return transaction.Commit();
}

Status AppendBench::LogCommit(EntryNumber number) {
  const Op op = device_->log().ReadOp(number);
  AppendWatch watch;
  mirror_->Append(device_->own().id(), number - 1, op);
  TRAM_TRY(mirror_->Commit());
  watch.AddTo(log_);
  return {};
}

Status AppendBench::RawCommit(EntryNumber number) {
  const Bytes row(device_->log().OpBytes(number), std::uint8_t{0x5a});
  AppendWatch watch;
  TRAM_TRY(raw_->Insert(row));
  watch.AddTo(raw_commit_);
  return {};
}

// One after the other for each session, so that what disturbs the machine disturbs all three.
Status AppendBench::MeasureCommits() {
  for (; next_ < forms_.size() && save_.seconds.size() < kMeasured; ++next_) {
    if (!IsSession()) {
      TRAM_TRY(recorder_->Write(forms_[next_]));
      TRAM_TRY(CatchUp());
      continue;
    }
    TRAM_ASSIGN(RecordForm form, recorder_->FormOf(forms_[next_]));
    clock_.wall_ms = forms_[next_].at_ms;
    AppendWatch watch;
    TRAM_ASSIGN(Saved saved, device_->Save(form));
    watch.AddTo(save_);
    keys_[forms_[next_].key] = saved.record;
    const EntryNumber number = device_->log().size();
    const bool log_first = save_.seconds.size() % 2 == 0;
    if (log_first) TRAM_TRY(LogCommit(number));
    TRAM_TRY(RawCommit(number));
    if (!log_first) TRAM_TRY(LogCommit(number));
  }
  return {};
}

Status AppendBench::MeasureWithoutCommit() {
  device_->BeginBulk();
  for (; next_ < forms_.size(); ++next_) {
    if (!IsSession()) {
      TRAM_TRY(recorder_->Write(forms_[next_]));
      continue;
    }
    TRAM_ASSIGN(RecordForm form, recorder_->FormOf(forms_[next_]));
    clock_.wall_ms = forms_[next_].at_ms;
    AppendWatch watch;
    TRAM_ASSIGN(Saved saved, device_->Save(form));
    watch.AddTo(rest_);
    keys_[forms_[next_].key] = saved.record;
  }
  return device_->EndBulk();
}

void AppendBench::AddRows(BenchTable& table) const {
  auto add = [&](const std::string& name, const std::vector<double>& ours,
                 const std::vector<double>& raw, std::optional<double> bar,
                 const std::string& remark) {
    BenchRow row;
    row.name = "append: " + name;
    row.ours = Median(ours) * kMicroseconds;
    row.unit = "us";
    row.baseline = Median(raw) * kMicroseconds;
    row.baseline_name = "raw commit";
    row.bar = bar;
    row.bar_is_ratio = true;
    row.remark = remark;
    table.Add(std::move(row));
  };
  add("one op, log alone", log_.seconds, raw_commit_.seconds, kAppendBar,
      "median of " + std::to_string(kMeasured) + ", by turns with the raw commit");
  add("saving a session", save_.seconds, raw_commit_.seconds, kAppendBar,
      "checked, sealed, durable, in the view");
  add("one op, processor time", log_.processor, raw_commit_.processor, std::nullopt,
      "what a slow disk or a busy machine hides");
  add("saving, processor time", save_.processor, raw_commit_.processor, std::nullopt, "");
  add("saving without the commit", rest_.seconds, raw_commit_.seconds, std::nullopt,
      "the same saves with one commit at the end");
}

Status AppendBench::Run(BenchTable& table) {
  TRAM_TRY(Prepare());
  TRAM_TRY(MeasureCommits());
  TRAM_TRY(MeasureWithoutCommit());
  AddRows(table);
  return {};
}

}  // namespace

Status MeasureAppend(const fs::path& scratch, BenchTable& table) {
  if (WorkloadFolder().empty()) {
    table.Skip("append", kNoWorkload);
    return {};
  }
  return AppendBench(scratch).Run(table);
}

}  // namespace tram::bench
