// ServerState: what a server has in memory over its file: the store, its keys, the current
// programme, the open units. Clock and randomness come from outside.
// Threads: one thread owns it (app/owner.h).
#pragma once

#include <filesystem>
#include <memory>

#include "storage/server_store.h"
#include "storage/unit_cache.h"
#include "watch/metrics.h"

namespace tram::server {

class ServerState {
 public:
  /// Errors: those of ServerStore::Open.
  static Result<std::unique_ptr<ServerState>> Open(const std::filesystem::path& folder,
                                                   Clock& clock, Random& random,
                                                   CacheLimits limits = {});

  /// To be called before each piece of work: opens the database again where an I/O error ended its
  /// connection, and forgets what was in memory. Errors: io (still out of order) | corrupt.
  Status EnsureUsable();

  ServerStore& store() { return *store_; }
  UnitCache& units() { return *units_; }
  const ServerKeys& keys() const { return *keys_; }
  const CurrentProgramme& programme() const { return programme_; }
  /// Makes a programme the current one; every unit is to be computed again. `who`: for the audit
  /// trail. Not inside a transaction.
  Status UseProgramme(const Programme& programme, const std::string& who);

  /// From any thread.
  ServerMetrics& metrics() { return metrics_; }
  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  std::int64_t NowMs() { return clock_.WallMs(); }
  Date Today() { return LocalDate(clock_.WallMs()); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  ServerState(std::filesystem::path folder, Clock& clock, Random& random, CacheLimits limits)
      : folder_(std::move(folder)), clock_(clock), random_(random), limits_(limits) {}
  Status Load();

  std::filesystem::path folder_;
  Clock& clock_;
  Random& random_;
  CacheLimits limits_;
  ServerMetrics metrics_;
  std::unique_ptr<ServerStore> store_;
  std::unique_ptr<ServerKeys> keys_;
  CurrentProgramme programme_;
  std::unique_ptr<UnitCache> units_;
};

inline constexpr char kDatabaseName[] = "server.db";
inline constexpr char kLockName[] = "lock";
inline constexpr char kControlName[] = "control.sock";

}  // namespace tram::server
