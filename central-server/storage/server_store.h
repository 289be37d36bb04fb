// ServerStore: the server's one SQLite file, DIR/server.db: the logs of all units (log_* tables)
// and the server's own tables beside them. Format 3; 1, which had no accounts and no questions, and
// 2, which had no tokens, are brought to it when they are opened; later ones are refused.
//
// A commit to a unit's log marks the unit dirty, counts its entries and notes its devices in the
// same transaction.
// Threads: one thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "storage/accounts.h"
#include "storage/audit.h"
#include "storage/devices.h"
#include "storage/places.h"
#include "storage/programmes.h"
#include "storage/questions.h"
#include "storage/released.h"
#include "storage/rollups.h"
#include "storage/settings.h"
#include "storage/tokens.h"
#include "storage/units.h"
#include "tram/base/clock.h"
#include "tram/log/sqlite_log_store.h"

namespace tram::server {

inline constexpr int kServerStoreFormat = 3;

class ServerStore {
 public:
  /// Makes the file with provinces, keys and a programme, whole or not at all.
  /// Errors: exists | io.
  static Status Create(const std::filesystem::path& path, const Programme& programme, Clock& clock,
                       Random& random);
  /// Errors: not_found | exists (another process holds it) | corrupt | too_new | denied | io.
  static Result<std::unique_ptr<ServerStore>> Open(
      const std::filesystem::path& path, Clock& clock,
      SqlDatabase::Mode mode = SqlDatabase::Mode::kExisting);

  SqlDatabase& database() { return *database_; }
  SqliteLogStore& logs() { return *logs_; }
  UnitTable& units() { return units_; }
  DeviceTable& devices() { return devices_; }
  RollupTable& rollups() { return rollups_; }
  ReleasedTables& released() { return released_; }
  AccountTable& accounts() { return accounts_; }
  TokenTable& tokens() { return tokens_; }
  QuestionTable& questions() { return questions_; }
  AuditTrail& audit() { return audit_; }
  ProgrammeTable& programmes() { return programmes_; }
  const Places& places() const { return *places_; }

 private:
  ServerStore(std::unique_ptr<SqlDatabase> database, Clock& clock);
  Status OnCommit(const UnitId& unit, const LogChange& change);

  std::unique_ptr<SqlDatabase> database_;
  Clock& clock_;
  UnitTable units_{*database_};
  DeviceTable devices_{*database_};
  RollupTable rollups_{*database_};
  ReleasedTables released_{*database_};
  AccountTable accounts_{*database_};
  TokenTable tokens_{*database_};
  QuestionTable questions_{*database_};
  AuditTrail audit_{*database_};
  ProgrammeTable programmes_{*database_};
  std::unique_ptr<Places> places_;
  std::unique_ptr<SqliteLogStore> logs_;
};

}  // namespace tram::server
