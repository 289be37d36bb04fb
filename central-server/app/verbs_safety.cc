// verify and backup: long work beside the syncs, in pieces that keep none of them waiting.
#include "app/verbs.h"
#include "storage/settings.h"
#include "storage/store_check.h"
#include "tram/base/os_file.h"
#include "watch/event_log.h"

namespace tram::server {
namespace {

namespace fs = std::filesystem;

/// Copied at a time on the owner's thread: half a megabyte, a few milliseconds.
constexpr int kPagesPerStep = 128;
/// Written at most before the disk is made to take it: else the copy's pages pile up in memory, and
/// a sync's own commit would wait for all of them.
constexpr int kStepsPerDiskSync = 8;

Error Stopping() {
  return MakeError(ErrorCode::kOverloaded, "the server is stopping: try again when it is gone");
}

void Tell(const VerbContext& context, const std::string& what, std::size_t done, std::size_t all) {
  if (context.progress) context.progress(what, done, all);
}

/// Post: `making` is whole, though not all of it on the disk. Gives the server's clock.
Status Copy(VerbContext& context, const fs::path& making, Clock*& clock) {
  std::unique_ptr<SqlBackup> backup;
  Status copied = context.owner.Do([&](ServerState& state, RollupWorker&) -> Status {
    // Written first, so that the copy says when it was made.
    clock = &state.clock();
    TRAM_TRY(state.store().audit().Append(state.NowMs(), context.who, "backup"));
    TRAM_ASSIGN(backup, SqlBackup::Begin(state.store().database(), making));
    return {};
  });
  bool more = true;
  for (int step = 1; copied && more; ++step) {
    if (context.stop.stop_requested()) copied = Stopping();
    if (copied && step % kStepsPerDiskSync == 0) copied = SyncFile(making);
    if (!copied) break;
    copied = context.owner.Do([&](ServerState&, RollupWorker&) -> Status {
      TRAM_ASSIGN(more, backup->Step(kPagesPerStep));
      return {};
    });
    if (copied && more) {
      Tell(context, "copy", static_cast<std::size_t>(backup->pages() - backup->pages_left()),
           static_cast<std::size_t>(backup->pages()));
    }
  }
  if (copied) return {};
  // What is left belongs to the owner's thread. Where that cannot run it, the database is closed,
  // and has let go of it.
  static_cast<void>(context.owner.Do([&](ServerState&, RollupWorker&) -> Status {
    backup.reset();
    return {};
  }));
  return copied;
}

/// Reads the copy as a restored server would, and counts what is in it.
Result<StoreCheck> CheckCopy(VerbContext& context, const fs::path& copy, Clock& clock) {
  TRAM_ASSIGN(std::unique_ptr<ServerStore> store,
              ServerStore::Open(copy, clock, SqlDatabase::Mode::kReadOnly));
  auto go_on = [&](std::size_t done, std::size_t all) {
    Tell(context, "verify", done, all);
    return !context.stop.stop_requested();
  };
  TRAM_ASSIGN(StoreCheck check, CheckStore(*store, go_on));
  if (check.problems.empty()) return check;
  return MakeError(ErrorCode::kCorrupt,
                   "the copy is not good, and was removed (run verify on the server): " +
                       check.problems.front());
}

}  // namespace

Result<VerbResult> Verify(VerbContext& context) {
  StoreCheck check;
  std::vector<Unit> units;
  Status read = context.owner.Do([&](ServerState& state, RollupWorker&) -> Status {
    TRAM_TRY(CheckTables(state.store(), check));
    TRAM_ASSIGN(units, state.store().units().All());
    return {};
  });
  if (!read) return read.error();
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (context.stop.stop_requested()) return Stopping();
    Tell(context, "verify", i, units.size());
    TRAM_TRY(context.owner.Do([&](ServerState& state, RollupWorker&) {
      return CheckUnit(state.store(), units[i], check);
    }));
  }
  VerbResult result;
  result.json = {{"units", check.units},
                 {"ops", check.entries},
                 {"checkpoints", check.checkpoints},
                 {"problems", check.problems}};
  result.text = std::to_string(check.units) + " units, " + std::to_string(check.entries) +
                " ops, " + std::to_string(check.checkpoints) +
                " checkpoints: " + (check.problems.empty() ? "all fit\n" : "damaged\n");
  result.notes = check.problems;
  result.exit = check.problems.empty() ? 0 : 1;
  return result;
}

Result<VerbResult> Backup(VerbContext& context, const std::string& file) {
  TRAM_ASSIGN(const fs::path path, OutputPath(context, file));
  std::error_code code;
  if (fs::exists(path, code)) {
    return MakeError(ErrorCode::kExists,
                     path.string() + " is there already: choose another name, or move it away");
  }
  // Until it is verified it has another name; what a killed backup left there goes.
  fs::path making = path;
  making += ".new";
  fs::remove(making, code);
  StoreCheck check;
  Status made = [&]() -> Status {
    Clock* clock = nullptr;
    TRAM_TRY(Copy(context, making, clock));
    TRAM_ASSIGN(check, CheckCopy(context, making, *clock));
    return PutInPlace(making, path, false);
  }();
  if (!made) {
    fs::remove(making, code);
    LogEvent(LogLevel::kError, "backup_failed", {{"error", ErrorText(made.error().code)}});
    return made.error();
  }
  TRAM_TRY(context.owner.Do([](ServerState& state, RollupWorker&) {
    return SetSetting(state.store().database(), kBackupSetting,
                      AsBytes(std::to_string(state.NowMs())));
  }));
  const std::uintmax_t bytes = fs::file_size(path, code);
  LogEvent(LogLevel::kInfo, "backup",
           {{"bytes", static_cast<std::int64_t>(bytes)},
            {"units", static_cast<std::int64_t>(check.units)},
            {"ops", static_cast<std::int64_t>(check.entries)}});
  VerbResult result;
  result.json = {{"file", file}, {"bytes", bytes}, {"units", check.units}, {"ops", check.entries}};
  result.text = "the copy is in " + file + ", verified: " + std::to_string(check.units) +
                " units, " + std::to_string(check.entries) + " ops, " + std::to_string(bytes) +
                " bytes; it holds the server's keys: keep it as safe as them\n";
  return result;
}

}  // namespace tram::server
