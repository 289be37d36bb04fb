#include "app/default_programme.h"
#include "app/verbs.h"
#include "storage/store_check.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"
#include "tram/programme/signing.h"

namespace tram::server {

namespace fs = std::filesystem;

Result<VerbResult> Init(const fs::path& folder, const InitOptions& options, Clock& clock,
                        Random& random) {
  std::string text(DefaultProgramme());
  std::string name = "the built-in programme";
  if (!options.programme.empty()) {
    TRAM_ASSIGN(std::string file, ReadFile(options.programme, kProgrammeBytesMax));
    TRAM_ASSIGN(SignedProgramme read, ReadSignedProgramme(file));
    text = std::move(read.toml);
    name = options.programme.filename().string();
  }
  TRAM_ASSIGN(std::shared_ptr<const Programme> programme, Programme::Load(text, name));
  TRAM_TRY(MakePrivateFolder(folder));
  TRAM_ASSIGN(std::unique_ptr<FileLock> lock, FileLock::Acquire(folder / kLockName));
  TRAM_TRY(ServerStore::Create(folder / kDatabaseName, *programme, clock, random));
  TRAM_ASSIGN(std::unique_ptr<ServerState> state, ServerState::Open(folder, clock, random));
  VerbResult result;
  result.json = {{"folder", folder.string()},
                 {"server", state->keys().server.id().Hex()},
                 {"programme_key", state->keys().programme.id().Hex()},
                 {"programme", programme->name},
                 {"version", programme->version}};
  result.text = "a server with the programme " + programme->name + " is in " + folder.string() +
                "; next: unit add or unit import, then serve\n";
  return result;
}

Result<VerbResult> Restore(const fs::path& folder, const fs::path& file, Clock& clock) {
  TRAM_TRY(MakePrivateFolder(folder));
  TRAM_ASSIGN(std::unique_ptr<FileLock> lock, FileLock::Acquire(folder / kLockName));
  const fs::path target = folder / kDatabaseName;
  std::error_code code;
  if (fs::exists(target, code)) {
    return MakeError(ErrorCode::kExists, "there is a server in " + folder.string() +
                                             " already: restore into an empty folder");
  }
  TRAM_TRY(SqlDatabase::CheckNoLeftovers(target));
  fs::path making = target;
  making += ".new";
  fs::remove(making, code);
  {
    TRAM_ASSIGN(std::unique_ptr<SqlDatabase> backup,
                SqlDatabase::Open(file, SqlDatabase::Mode::kReadOnly));
    TRAM_TRY(backup->BackupTo(making));
  }
  // Only what was read whole and verified gets its name.
  std::size_t units = 0;
  Status checked = [&]() -> Status {
    TRAM_ASSIGN(std::unique_ptr<ServerStore> store,
                ServerStore::Open(making, clock, SqlDatabase::Mode::kReadOnly));
    auto go_on = [](std::size_t, std::size_t) { return true; };
    TRAM_ASSIGN(StoreCheck check, CheckStore(*store, go_on));
    if (!check.problems.empty()) return MakeError(ErrorCode::kCorrupt, check.problems.front());
    units = check.units;
    return {};
  }();
  if (!checked) {
    fs::remove(making, code);
    return MakeError(checked.error().code,
                     file.string() + " cannot be restored: " + checked.error().message);
  }
  TRAM_TRY(PutInPlace(making, target, false));
  VerbResult result;
  result.json = {{"folder", folder.string()}, {"units", units}};
  result.text = "restored " + std::to_string(units) + " units into " + folder.string() +
                "; what came after the backup is sent again by the devices\n";
  return result;
}

}  // namespace tram::server
