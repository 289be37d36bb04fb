// Accounts: who may sign in at the pages, as what, and for which places; one-time links by which a
// password is chosen; keys of other programs (the interface). No password, link or key itself is
// stored, only its hash. Tables: libsync/docs/store.md, "Accounts".
// Threads: those of the connection.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/units.h"

namespace tram::server {

using AccountNumber = std::int64_t;

/// What somebody is, and with it what he may do: auth/rights.h.
enum class Role { kAdministrator, kManager, kProvince, kCommittee };
/// "administrator", "manager", "province", "committee".
std::string_view RoleName(Role role);
std::optional<Role> RoleByName(std::string_view name);

struct Account {
  AccountNumber number = 0;
  std::string name;  // what he signs in with; unique however it is written
  std::string full_name;
  Role role = Role::kProvince;
  /// Codes of provinces as they are today, ascending. Empty: a manager of the country, or a role
  /// that has none.
  std::vector<std::string> provinces;
  std::optional<UnitNumber> unit;  // of a committee
  std::string password_hash;       // "": none was chosen yet
  Bytes totp_secret;               // empty: no second factor
  std::int64_t totp_step = 0;      // the last one that was used: no code serves twice
  bool disabled = false;
  std::int64_t made_ms = 0;
  std::optional<std::int64_t> seen_ms;  // last sign-in
};

inline constexpr std::size_t kAccountNameBytesMax = 64;
inline constexpr std::size_t kAccountsMax = 10'000;

/// Letters, digits, '.', '_', '-', '@'; brought to lower case. Errors: invalid.
Result<std::string> CheckAccountName(std::string_view name);

class AccountTable {
 public:
  explicit AccountTable(SqlDatabase& database) : database_(database) {}

  /// `account.number` and `made_ms` are given by this. Errors: exists (the name is taken) | invalid
  /// (places that do not fit the role) | io.
  Result<Account> Add(const Account& account, std::int64_t at_ms);
  /// Nothing where there is none. Errors: corrupt | io.
  Result<std::optional<Account>> Find(AccountNumber number);
  Result<std::optional<Account>> ByName(std::string_view name);
  /// In order of their names.
  Result<std::vector<Account>> All();
  /// All but number, name and made_ms. Errors: not_found | invalid | io.
  Status Update(const Account& account);

  /// A link by which the account's password is chosen, once; earlier ones of it no longer serve.
  Status SetLink(AccountNumber account, const Digest& hash, std::int64_t expires_ms);
  /// Nothing where there is none, it was used, or it is too old.
  Result<std::optional<AccountNumber>> FindLink(const Digest& hash, std::int64_t now_ms);
  Status UseLink(const Digest& hash);

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
