#include "app/backup.h"

#include "tram/base/os_file.h"
#include "tram/log/sqlite_log_store.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;

constexpr char kDatabaseFile[] = "unit.db";
constexpr char kIncarnationFile[] = "incarnation";
constexpr char kLockFile[] = "lock";

/// Reads a unit's database without writing to it.
Result<VerifyReport> VerifyFile(const fs::path& path) {
  TRAM_ASSIGN(auto database, SqlDatabase::Open(path, SqlDatabase::Mode::kReadOnly));
  TRAM_ASSIGN(auto store, SqliteLogStore::Open(*database));
  TRAM_ASSIGN(std::vector<UnitId> units, store->Units());
  if (units.size() != 1) {
    return MakeError(ErrorCode::kCorrupt, path.string() + " is not the database of one unit");
  }
  return OpLog::VerifyStore(*store, units[0]);
}

Status SayVerified(Output& out, const VerifyReport& report) {
  out.document() = {{"entries", report.entries},
                    {"checkpoints", report.checkpoints},
                    {"problems", report.problems}};
  for (const std::string& problem : report.problems) out.Line(problem);
  if (!report.problems.empty()) {
    return out.Fail(ErrorCode::kCorrupt,
                    "dữ liệu có {} chỗ hỏng: ngừng ghi, phục hồi từ bản sao lưu (restore)",
                    "{} problems in the data: stop recording and go back to a backup (restore)",
                    report.problems.size());
  }
  out.Say("{} thay đổi và {} chữ ký đều đúng", "{} changes and {} signatures, all as written",
          report.entries, report.checkpoints);
  return {};
}

Status CopyAndVerify(SqlDatabase& database, const fs::path& making) {
  TRAM_TRY(database.BackupTo(making));
  TRAM_ASSIGN(VerifyReport report, VerifyFile(making));
  if (report.problems.empty()) return {};
  return MakeError(ErrorCode::kCorrupt, report.problems.front());
}

/// A copy beside the target, verified, then under its name and on the disk; on error nothing is
/// left.
Status CopyTo(SqlDatabase& database, const fs::path& target, bool replace) {
  std::error_code code;
  fs::path making = target;
  making += ".new";
  fs::remove(making, code);
  if (Status copied = CopyAndVerify(database, making); !copied) {
    fs::remove(making, code);
    return copied;
  }
  Status named = PutInPlace(making, target, replace);
  if (!named) fs::remove(making, code);
  return named;
}

}  // namespace

Status VerifyUnit(Call& call) {
  TRAM_ASSIGN(VerifyReport report, call.device.log().Verify());
  return SayVerified(call.out, report);
}

Status VerifyDamagedUnit(FolderCall& call, const Error& why) {
  auto report = VerifyFile(call.folder / kDatabaseFile);
  if (!report) return why;
  call.out.Note("đơn vị không mở được: {}", "the unit does not open: {}", OneLine(why.message));
  if (report->problems.empty()) report->problems.push_back(why.message);
  return SayVerified(call.out, *report);
}

Status BackupUnit(Call& call, const BackupOptions& options) {
  TRAM_ASSIGN(const fs::path target, call.OutputPath(options.file));
  std::error_code code;
  if (fs::exists(target, code) && !options.force) {
    return call.out.Fail(ErrorCode::kExists, "đã có {}: chọn tên khác, hoặc --force để ghi đè",
                         "{} exists: choose another name, or --force to replace it",
                         target.string());
  }
  TRAM_TRY(CopyTo(call.device.database(), target, options.force));
  const auto bytes = fs::file_size(target, code);
  call.out.document() = {
      {"file", target.string()}, {"bytes", bytes}, {"ops", call.device.log().committed()}};
  call.out.Say("đã sao lưu và kiểm tra {} thay đổi: {} ({} B); mở nó vẫn cần mật khẩu",
               "backed up and verified {} changes: {} ({} B); it still needs the passphrase",
               call.device.log().committed(), target.string(), bytes);
  return {};
}

Status RestoreUnit(FolderCall& call, const std::string& file) {
  const fs::path source = call.Path(file), target = call.folder / kDatabaseFile;
  std::error_code code;
  if (fs::exists(target, code)) {
    return call.out.Fail(
        ErrorCode::kExists, "{} đã có một đơn vị: phục hồi vào một thư mục mới bằng --data",
        "{} holds a unit already: restore into a new folder with --data", call.folder.string());
  }
  TRAM_TRY(SqlDatabase::CheckNoLeftovers(target));
  TRAM_ASSIGN(auto database, SqlDatabase::Open(source, SqlDatabase::Mode::kReadOnly));
  TRAM_TRY(MakePrivateFolder(call.folder));
  {
    TRAM_ASSIGN(auto lock, FileLock::Acquire(call.folder / kLockFile));
    // The token that may lie here is another installation's: this one becomes a new one.
    fs::remove(call.folder / kIncarnationFile, code);
    TRAM_TRY(CopyTo(*database, target, false));
  }
  auto device = UnitDevice::Open(call.folder, call.clock, call.random);
  if (!device) {
    fs::remove(target, code);
    return device.error();
  }
  call.out.document() = {{"unit", (*device)->unit().Hex()},
                         {"unit_name", (*device)->unit_name()},
                         {"ops", (*device)->log().size()}};
  call.out.Say("đã phục hồi đơn vị {} với {} thay đổi", "restored the unit {} with {} changes",
               (*device)->unit_name(), (*device)->log().size());
  call.out.Say("từ nay máy này ghi vào một dòng mới; hãy đồng bộ để lấy lại phần sau bản sao lưu",
               "this installation writes a new feed from now on; sync to get back what came after "
               "the backup");
  return {};
}

}  // namespace tram::client
