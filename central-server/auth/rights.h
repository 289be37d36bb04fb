// Rights: who may see and do what, for which places. One function decides, Authorise; what reads or
// changes data behind the pages, the exports and the interface takes the Permit that it gives, and
// asks it about each place: a query without one does not compile.
//
//                  administrator  manager            province       committee
//   kActivity      country        his places         his places     its unit    sums, and each unit
//   kOutcomes      -              everywhere         everywhere     everywhere  released tables
//   kQuestions     -              -                  his places     -           flagged records
//   kUnits         country        -                  -              -           units, codes,
//   devices kAccounts, kProgrammes, kAudit   country         -              -
//
// "His places" are provinces as they are today, and with them what became part of them; a manager
// without provinces has the country. Released tables are suppressed for everyone, so everyone above
// a unit may see them of every place. Source: domain of the project, "Who sees what".
//
// A program that bears a token of an account has what the account has now and the token's scopes
// name, and never kAccounts or kQuestions.
// Threads: values, pure functions.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "storage/accounts.h"
#include "storage/tokens.h"

namespace tram::server {

enum class Right { kActivity, kOutcomes, kQuestions, kUnits, kAccounts, kProgrammes, kAudit };
inline constexpr Right kRights[] = {Right::kActivity, Right::kOutcomes, Right::kQuestions,
                                    Right::kUnits,    Right::kAccounts, Right::kProgrammes,
                                    Right::kAudit};

/// "activity", "outcomes" ...: as scopes of tokens are written.
std::string_view RightName(Right right);
std::optional<Right> RightByName(std::string_view name);
/// Whether a token may have it: what people do about people stays with people.
constexpr bool IsScope(Right right) {
  return right != Right::kAccounts && right != Right::kQuestions;
}

/// A token by which a program asks, in its owner's place.
struct TokenUse {
  TokenNumber number = 0;
  std::string label;
  std::set<Right> scopes;
};

/// Who asks: an account that is signed in, or a program for it.
struct Viewer {
  AccountNumber account = 0;
  std::string name, full_name;
  Role role = Role::kCommittee;
  std::set<std::string> provinces;  // as in Account
  std::optional<UnitNumber> unit;
  std::optional<TokenUse> token;  // nothing: he himself
};
Viewer ViewerOf(const Account& account);
/// As `account` is now; scopes that this program does not know are left out.
Viewer ViewerOf(const Account& account, const ApiToken& token);

/// What somebody may do, and where. Made by Authorise alone.
class Permit {
 public:
  Right right() const { return right_; }
  bool country() const { return country_; }
  /// Nothing where it is for the country or for one unit.
  const std::set<std::string>& provinces() const { return provinces_; }
  const std::optional<UnitNumber>& unit() const { return unit_; }

  /// Of a province by its code of today.
  bool CoversProvince(std::string_view today) const;
  /// `province_today`: of the unit, "" where it belongs nowhere.
  bool CoversUnit(UnitNumber unit, std::string_view province_today) const;

 private:
  friend Result<Permit> Authorise(const Viewer& viewer, Right right);
  Permit() = default;
  Right right_ = Right::kActivity;
  bool country_ = false;
  std::set<std::string> provinces_;
  std::optional<UnitNumber> unit_;
};

/// Errors: denied.
Result<Permit> Authorise(const Viewer& viewer, Right right);

}  // namespace tram::server
