#include "storage/tokens.h"

#include <algorithm>

#include "storage/sql_rows.h"

namespace tram::server {
namespace {

constexpr char kColumns[] =
    "SELECT number, account, label, scopes, made_ms, expires_ms, seen_ms, revoked_ms"
    " FROM api_token ";

std::string Joined(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> scopes;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) scopes.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return scopes;
}

Result<ApiToken> ReadToken(const SqlStatement& row) {
  ApiToken token;
  token.number = row.Int(0);
  token.account = row.Int(1);
  token.label = row.Text(2);
  token.scopes = Split(row.Text(3));
  token.made_ms = row.Int(4);
  token.expires_ms = row.Int(5);
  token.seen_ms = OptionalInt(row, 6);
  token.revoked_ms = OptionalInt(row, 7);
  return token;
}

}  // namespace

Result<ApiToken> TokenTable::Add(const ApiToken& wanted, const Digest& hash) {
  ApiToken token = wanted;
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_ASSIGN(const std::optional<std::int64_t> last,
              FirstRow(database_, "SELECT coalesce(max(number), 0) FROM api_token", &ReadNumber));
  token.number = last.value_or(0) + 1;
  TRAM_TRY(RunSql(database_,
                  "INSERT INTO api_token(number, hash, account, label, scopes, made_ms, expires_ms)"
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                  token.number, hash, token.account, token.label, Joined(token.scopes),
                  token.made_ms, token.expires_ms));
  TRAM_TRY(transaction.Commit());
  return token;
}

Result<std::optional<ApiToken>> TokenTable::ByHash(const Digest& hash) {
  return FirstRow(database_, std::string(kColumns) + "WHERE hash = ?1", &ReadToken, hash);
}

Result<std::optional<ApiToken>> TokenTable::Find(TokenNumber number) {
  return FirstRow(database_, std::string(kColumns) + "WHERE number = ?1", &ReadToken, number);
}

Result<std::vector<ApiToken>> TokenTable::OfAccount(AccountNumber account) {
  return AllRows(database_, std::string(kColumns) + "WHERE account = ?1 ORDER BY number DESC",
                 &ReadToken, account);
}

Status TokenTable::Seen(TokenNumber number, std::int64_t at_ms) {
  return RunSql(database_, "UPDATE api_token SET seen_ms = ?2 WHERE number = ?1", number, at_ms);
}

Status TokenTable::Revoke(TokenNumber number, std::int64_t at_ms) {
  return RunSql(database_,
                "UPDATE api_token SET revoked_ms = ?2 WHERE number = ?1 AND revoked_ms IS NULL",
                number, at_ms);
}

}  // namespace tram::server
