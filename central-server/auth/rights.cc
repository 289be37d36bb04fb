#include "auth/rights.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tram::server {
namespace {

constexpr std::array<std::pair<Right, std::string_view>, std::size(kRights)> kNames = {
    {{Right::kActivity, "activity"},
     {Right::kOutcomes, "outcomes"},
     {Right::kQuestions, "questions"},
     {Right::kUnits, "units"},
     {Right::kAccounts, "accounts"},
     {Right::kProgrammes, "programmes"},
     {Right::kAudit, "audit"}}};

}  // namespace

std::string_view RightName(Right right) {
  return std::find_if(kNames.begin(), kNames.end(),
                      [right](const auto& one) { return one.first == right; })
      ->second;
}

std::optional<Right> RightByName(std::string_view name) {
  for (const auto& [right, called] : kNames) {
    if (called == name) return right;
  }
  return std::nullopt;
}

Viewer ViewerOf(const Account& account) {
  return {account.number,
          account.name,
          account.full_name,
          account.role,
          {account.provinces.begin(), account.provinces.end()},
          account.unit,
          std::nullopt};
}

Viewer ViewerOf(const Account& account, const ApiToken& token) {
  Viewer viewer = ViewerOf(account);
  viewer.token = TokenUse{token.number, token.label, {}};
  for (const std::string& scope : token.scopes) {
    if (const auto right = RightByName(scope)) viewer.token->scopes.insert(*right);
  }
  return viewer;
}

bool Permit::CoversProvince(std::string_view today) const {
  return country_ || (!today.empty() && provinces_.count(std::string(today)) != 0);
}

bool Permit::CoversUnit(UnitNumber unit, std::string_view province_today) const {
  return (unit_ && *unit_ == unit) || CoversProvince(province_today);
}

Result<Permit> Authorise(const Viewer& viewer, Right right) {
  if (viewer.token && (!IsScope(right) || !viewer.token->scopes.contains(right))) {
    return MakeError(ErrorCode::kDenied, "this token does not include this");
  }
  Permit permit;
  permit.right_ = right;
  const bool administrator = viewer.role == Role::kAdministrator;
  const bool places = viewer.role == Role::kManager || viewer.role == Role::kProvince;
  bool granted = false;
  switch (right) {
    case Right::kActivity:
      granted = true;
      permit.country_ =
          administrator || (viewer.role == Role::kManager && viewer.provinces.empty());
      if (places) permit.provinces_ = viewer.provinces;
      if (viewer.role == Role::kCommittee) permit.unit_ = viewer.unit;
      break;
    case Right::kOutcomes:
      granted = permit.country_ = !administrator;
      break;
    case Right::kQuestions:
      granted = viewer.role == Role::kProvince;
      permit.provinces_ = viewer.provinces;
      break;
    case Right::kUnits:
    case Right::kAccounts:
    case Right::kProgrammes:
    case Right::kAudit:
      granted = permit.country_ = administrator;
      break;
  }
  if (granted) return permit;
  return MakeError(ErrorCode::kDenied, "your role does not include this");
}

}  // namespace tram::server
