// Tokens: by which other programs read the server's figures for an account (web/api.h). The token
// itself is on nobody's disk here, only its hash. Rows stay when a token is over: the audit trail
// names it. Table: libsync/docs/store.md, "Tokens".
// Threads: those of the connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/accounts.h"

namespace tram::server {

using TokenNumber = std::int64_t;

struct ApiToken {
  TokenNumber number = 0;
  AccountNumber account = 0;
  std::string label;  // what it is for, as its owner calls it: a line
  /// Names of rights (auth/rights.h), each once. One that this program does not know gives nothing.
  std::vector<std::string> scopes;
  std::int64_t made_ms = 0, expires_ms = 0;
  std::optional<std::int64_t> seen_ms;     // last use
  std::optional<std::int64_t> revoked_ms;  // since then it serves no more

  bool Serves(std::int64_t now_ms) const { return !revoked_ms && now_ms < expires_ms; }
};

class TokenTable {
 public:
  explicit TokenTable(SqlDatabase& database) : database_(database) {}

  /// `token.number` is given by this. Errors: io.
  Result<ApiToken> Add(const ApiToken& token, const Digest& hash);
  /// Nothing where there is none. Errors: io.
  Result<std::optional<ApiToken>> ByHash(const Digest& hash);
  Result<std::optional<ApiToken>> Find(TokenNumber number);
  /// Also those that are over; newest first. Errors: io.
  Result<std::vector<ApiToken>> OfAccount(AccountNumber account);
  Status Seen(TokenNumber number, std::int64_t at_ms);
  /// It stays revoked since the first time.
  Status Revoke(TokenNumber number, std::int64_t at_ms);

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
