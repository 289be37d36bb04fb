// The server's small settings, and its secrets: the key that signs certificates and receipts, and
// the key that signs programmes. They lie in the database file, whose mode is 0600.
// Threads: those of the connection.
#pragma once

#include <optional>
#include <string>

#include "tram/base/clock.h"
#include "tram/crypto/sign.h"
#include "tram/programme/sql.h"

namespace tram::server {

/// The month (YYYY-MM) in which the server was made: the first that it publishes.
inline constexpr char kFirstMonthSetting[] = "rollup.first_month";
/// The month in which all units were last marked, because a month had ended.
inline constexpr char kMonthSetting[] = "rollup.month";

/// When the last verified backup was finished, milliseconds since 1970.
inline constexpr char kBackupSetting[] = "backup.finished_ms";

Result<std::optional<Bytes>> FindSetting(SqlDatabase& database, std::string_view name);
Result<std::string> TextSetting(SqlDatabase& database, std::string_view name);  // "" where not set
Status SetSetting(SqlDatabase& database, std::string_view name, ByteView value);

struct ServerKeys {
  SigningKey server;
  SigningKey programme;
};
/// Makes and stores the keys of a new server. Errors: io.
Result<ServerKeys> MakeKeys(SqlDatabase& database, Random& random);
/// Errors: corrupt | io.
Result<ServerKeys> LoadKeys(SqlDatabase& database);

}  // namespace tram::server
