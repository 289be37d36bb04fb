// Programmes: every version that this server ever gave out, signed with its programme key, and the
// current one.
// Threads: those of the connection.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tram/crypto/sign.h"
#include "tram/programme/programme.h"
#include "tram/programme/sql.h"

namespace tram::server {

struct CurrentProgramme {
  std::shared_ptr<const Programme> programme;
  std::string signed_text;  // as devices take it
};

/// A version that was given out.
struct ProgrammeVersion {
  Digest digest;
  std::string name;
  std::int64_t version = 0;
  std::int64_t added_ms = 0;
};

class ProgrammeTable {
 public:
  explicit ProgrammeTable(SqlDatabase& database) : database_(database) {}

  /// Signs `programme` and makes it the current one.
  Status Use(const Programme& programme, const SigningKey& key, std::int64_t at_ms);
  /// Errors: corrupt (missing or no longer readable) | io.
  Result<CurrentProgramme> Current();
  /// Newest first.
  Result<std::vector<ProgrammeVersion>> All();
  /// As devices take it. Errors: not_found | io.
  Result<std::string> SignedText(const Digest& digest);

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
