#include "storage/accounts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/sql_rows.h"

namespace tram::server {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> kRoles = {
    {{Role::kAdministrator, "administrator"},
     {Role::kManager, "manager"},
     {Role::kProvince, "province"},
     {Role::kCommittee, "committee"}}};

constexpr char kColumns[] =
    "SELECT number, name, full_name, role, unit, password_hash, totp_secret, totp_step, disabled,"
    " made_ms, seen_ms FROM account ";

Result<Account> ReadAccount(const SqlStatement& row) {
  Account account;
  account.number = row.Int(0);
  account.name = row.Text(1);
  account.full_name = row.Text(2);
  const std::optional<Role> role = RoleByName(row.Text(3));
  if (!role) return DamagedTable("account");
  account.role = *role;
  account.unit = OptionalInt(row, 4);
  account.password_hash = row.Text(5);
  account.totp_secret = row.Blob(6);
  account.totp_step = row.Int(7);
  account.disabled = row.Int(8) != 0;
  account.made_ms = row.Int(9);
  account.seen_ms = OptionalInt(row, 10);
  return account;
}

Status CheckPlaces(const Account& account) {
  const bool provinces = !account.provinces.empty();
  bool fits = false;
  switch (account.role) {
    case Role::kAdministrator:
      fits = !provinces && !account.unit;
      break;
    case Role::kManager:
      fits = !account.unit;
      break;
    case Role::kProvince:
      fits = provinces && !account.unit;
      break;
    case Role::kCommittee:
      fits = !provinces && account.unit.has_value();
      break;
  }
  if (fits) return {};
  return MakeError(ErrorCode::kInvalid,
                   "provincial staff need a province, a committee one unit, and an administrator "
                   "neither");
}

Result<Account> WithProvinces(SqlDatabase& database, Account account) {
  TRAM_ASSIGN(account.provinces,
              AllRows(database,
                      "SELECT province FROM account_province WHERE account = ?1 ORDER BY province",
                      &ReadText, account.number));
  return account;
}

Result<std::optional<Account>> WithProvinces(SqlDatabase& database,
                                             Result<std::optional<Account>> found) {
  if (!found || !*found) return found;
  TRAM_ASSIGN(Account whole, WithProvinces(database, std::move(**found)));
  return std::optional<Account>(std::move(whole));
}

Status SetProvinces(SqlDatabase& database, const Account& account) {
  TRAM_TRY(RunSql(database, "DELETE FROM account_province WHERE account = ?1", account.number));
  for (const std::string& province : account.provinces) {
    TRAM_TRY(RunSql(database, "INSERT OR IGNORE INTO account_province VALUES(?1, ?2)",
                    account.number, province));
  }
  return {};
}

}  // namespace

std::string_view RoleName(Role role) {
  return std::find_if(kRoles.begin(), kRoles.end(),
                      [role](const auto& one) { return one.first == role; })
      ->second;
}

std::optional<Role> RoleByName(std::string_view name) {
  for (const auto& [role, called] : kRoles) {
    if (called == name) return role;
  }
  return std::nullopt;
}

Result<std::string> CheckAccountName(std::string_view name) {
  std::string lower;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool fits = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      std::string_view("._-@").find(c) != std::string_view::npos;
    if (!fits) lower.clear();
    if (!fits) break;
    lower.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  if (!lower.empty() && lower.size() <= kAccountNameBytesMax) return lower;
  return MakeError(ErrorCode::kInvalid,
                   "a name for signing in has 1 to " + std::to_string(kAccountNameBytesMax) +
                       " of: letters without accents, digits, '.', '_', '-', '@'");
}

Result<Account> AccountTable::Add(const Account& wanted, std::int64_t at_ms) {
  Account account = wanted;
  TRAM_ASSIGN(account.name, CheckAccountName(wanted.name));
  TRAM_TRY(CheckPlaces(account));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_ASSIGN(const std::vector<Account> all, All());
  if (all.size() >= kAccountsMax) {
    return MakeError(ErrorCode::kInvalid, "there are too many accounts: no more can be added");
  }
  for (const Account& other : all) {
    if (other.name == account.name) {
      return MakeError(ErrorCode::kExists,
                       "somebody signs in with this name already: choose "
                       "another one");
    }
    account.number = std::max(account.number, other.number);
  }
  ++account.number;
  account.made_ms = at_ms;
  TRAM_TRY(RunSql(database_,
                  "INSERT INTO account(number, name, full_name, role, unit, password_hash,"
                  " totp_secret, totp_step, disabled, made_ms, seen_ms)"
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                  account.number, account.name, account.full_name, RoleName(account.role),
                  account.unit, account.password_hash, ByteView(account.totp_secret),
                  account.totp_step, std::int64_t{account.disabled}, account.made_ms,
                  account.seen_ms));
  TRAM_TRY(SetProvinces(database_, account));
  TRAM_TRY(transaction.Commit());
  return account;
}

Result<std::optional<Account>> AccountTable::Find(AccountNumber number) {
  return WithProvinces(database_, FirstRow(database_, std::string(kColumns) + "WHERE number = ?1",
                                           &ReadAccount, number));
}

Result<std::optional<Account>> AccountTable::ByName(std::string_view name) {
  auto lower = CheckAccountName(name);
  if (!lower) return std::optional<Account>();
  return WithProvinces(database_, FirstRow(database_, std::string(kColumns) + "WHERE name = ?1",
                                           &ReadAccount, *lower));
}

Result<std::vector<Account>> AccountTable::All() {
  TRAM_ASSIGN(std::vector<Account> all,
              AllRows(database_, std::string(kColumns) + "ORDER BY name", &ReadAccount));
  for (Account& account : all) {
    TRAM_ASSIGN(account, WithProvinces(database_, std::move(account)));
  }
  return all;
}

Status AccountTable::Update(const Account& account) {
  TRAM_TRY(CheckPlaces(account));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_ASSIGN(std::optional<Account> before, Find(account.number));
  if (!before) return MakeError(ErrorCode::kNotFound, "there is no such account");
  TRAM_TRY(RunSql(database_,
                  "UPDATE account SET full_name = ?2, role = ?3, unit = ?4, password_hash = ?5,"
                  " totp_secret = ?6, totp_step = ?7, disabled = ?8, seen_ms = ?9"
                  " WHERE number = ?1",
                  account.number, account.full_name, RoleName(account.role), account.unit,
                  account.password_hash, ByteView(account.totp_secret), account.totp_step,
                  std::int64_t{account.disabled}, account.seen_ms));
  TRAM_TRY(SetProvinces(database_, account));
  return transaction.Commit();
}

Status AccountTable::SetLink(AccountNumber account, const Digest& hash, std::int64_t expires_ms) {
  TRAM_TRY(RunSql(database_, "DELETE FROM account_link WHERE account = ?1", account));
  return RunSql(database_, "INSERT INTO account_link(hash, account, expires_ms) VALUES(?1, ?2, ?3)",
                hash, account, expires_ms);
}

Result<std::optional<AccountNumber>> AccountTable::FindLink(const Digest& hash,
                                                            std::int64_t now_ms) {
  return FirstRow(database_, "SELECT account FROM account_link WHERE hash = ?1 AND expires_ms > ?2",
                  &ReadNumber, hash, now_ms);
}

Status AccountTable::UseLink(const Digest& hash) {
  return RunSql(database_, "DELETE FROM account_link WHERE hash = ?1", hash);
}

}  // namespace tram::server
