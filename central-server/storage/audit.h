// AuditTrail: what was done at the server, by whom and when. Append only; each row's hash covers
// the row and the hash before it, so that a changed or missing row shows.
// Row: hash = BLAKE2b-160(previous hash, number, time in ms, who, what), numbers as 8 bytes and
// texts after their length, little-endian. The hash of the last row is kept with the settings too.
// Threads: those of the connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tram/base/ids.h"
#include "tram/base/language.h"
#include "tram/programme/sql.h"

namespace tram::server {

struct AuditRow {
  std::int64_t number = 0;
  std::int64_t at_ms = 0;
  std::string who;  // "console:NAME", or the part of the server that did it
  std::string what;
  Digest hash;
};

/// Which rows are wanted; letters of a to z in either case. Empty: whoever, whatever, to the end.
struct AuditFilter {
  std::string who, what;               // parts of these
  std::optional<std::int64_t> before;  // rows with a smaller number
};

class AuditTrail {
 public:
  explicit AuditTrail(SqlDatabase& database) : database_(database) {}

  Status Append(std::int64_t at_ms, const std::string& who, const std::string& what);
  /// Oldest first.
  Result<std::vector<AuditRow>> All();
  /// The newest `most` of those that fit, newest first.
  Result<std::vector<AuditRow>> Newest(const AuditFilter& filter, std::int64_t most);
  /// What does not fit, said in `in`; empty where the chain is whole. One row at a time is in
  /// memory. Errors: corrupt | io.
  Result<std::vector<std::string>> Verify(Language in = Language::kEnglish);

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
