// verify, backup, restore: is everything here as it was written; a copy; and starting from one.
// Threads: restore: any; the others: the thread that owns the device.
#pragma once

#include <string>

#include "app/verb.h"

namespace tram::client {

struct BackupOptions {
  std::string file;
  bool force = false;
};

/// Errors: corrupt (the problems are named).
Status VerifyUnit(Call& call);
/// The same for a unit that does not open; `why` is what opening it said. Never writes.
Status VerifyDamagedUnit(FolderCall& call, const Error& why);
/// Post: the copy was read again and verified. Errors: exists | corrupt | io.
Status BackupUnit(Call& call, const BackupOptions& options);
/// Needs a folder without a unit. Errors: exists | corrupt (the backup; nothing was made) | io.
Status RestoreUnit(FolderCall& call, const std::string& file);

}  // namespace tram::client
