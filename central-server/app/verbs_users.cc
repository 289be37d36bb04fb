#include "app/verbs_users.h"

#include "app/account_desk.h"
#include "tram/base/text_table.h"

namespace tram::server {
namespace {

void ShowLink(const NewLink& link, VerbResult& result) {
  const std::string expires = LocalTimeText(link.expires_ms);
  result.json["name"] = link.account.name;
  result.json["role"] = RoleName(link.account.role);
  result.json["link"] = link.path;
  result.json["expires"] = expires;
  result.text = link.path + "\n";
  result.notes.push_back(
      "for " + link.account.name + ": open this address on the server's pages (https://SERVER" +
      link.path.substr(0, link.path.rfind('/')) + "/…) and choose a password there, once, until " +
      expires + "; an earlier link of this account is no longer valid");
}

std::string StateText(const Account& account) {
  if (account.disabled) return "disabled";
  return account.password_hash.empty() ? "no password yet" : "active";
}

}  // namespace

Result<Account> AccountNamed(ServerState& state, const std::string& name) {
  TRAM_ASSIGN(const std::optional<Account> account, state.store().accounts().ByName(name));
  if (account) return *account;
  return MakeError(ErrorCode::kNotFound,
                   "nobody signs in as " + name + ": user list says who is there");
}

Result<VerbResult> UserAdd(VerbContext& context, const UserAddOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    Account wanted;
    wanted.name = options.name;
    wanted.full_name = options.full_name;
    const std::optional<Role> role = RoleByName(options.role);
    if (!role) return MakeError(ErrorCode::kInvalid, "there is no role " + options.role);
    wanted.role = *role;
    wanted.provinces = options.provinces;
    if (!options.unit.empty()) {
      TRAM_ASSIGN(const Unit unit, state.store().units().ByCode(options.unit));
      wanted.unit = unit.number;
    }
    TRAM_ASSIGN(const NewLink link, AddAccount(state, wanted, context.who));
    ShowLink(link, result);
    return {};
  });
}

Result<VerbResult> UserList(VerbContext& context) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const std::vector<Account> all, state.store().accounts().All());
    result.json["users"] = Json::array();
    TextTable table({"name", "role", "places", "state", "second factor", "last sign-in"});
    for (const Account& account : all) {
      std::string places;
      for (const std::string& province : account.provinces) {
        places += (places.empty() ? "" : " ") + province;
      }
      if (account.unit) {
        TRAM_ASSIGN(const Unit unit, state.store().units().ByNumber(*account.unit));
        places = unit.code;
      }
      const bool factor = !account.totp_secret.empty();
      const std::string seen = account.seen_ms ? LocalTimeText(*account.seen_ms) : "never";
      result.json["users"].push_back({{"name", account.name},
                                      {"full_name", account.full_name},
                                      {"role", RoleName(account.role)},
                                      {"places", places},
                                      {"state", StateText(account)},
                                      {"second_factor", factor},
                                      {"seen", account.seen_ms ? Json(seen) : Json(nullptr)}});
      table.Add({account.name, std::string(RoleName(account.role)), places, StateText(account),
                 factor ? "on" : "off", seen});
    }
    result.text = table.Text();
    if (all.empty()) {
      result.notes.push_back("no accounts yet: user add NAME --role administrator");
    }
    return {};
  });
}

Result<VerbResult> UserLink(VerbContext& context, const UserLinkOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(Account account, AccountNamed(state, options.name));
    const SecondFactor factor =
        options.without_factor ? SecondFactor::kTakeOff : SecondFactor::kKeep;
    TRAM_ASSIGN(const NewLink link, IssueLink(state, std::move(account), factor, context.who));
    ShowLink(link, result);
    result.notes.push_back("the old password no longer serves, and who is signed in as " +
                           link.account.name + " is signed out");
    return {};
  });
}

Result<VerbResult> UserDisable(VerbContext& context, const std::string& name) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Account account, AccountNamed(state, name));
    TRAM_TRY(DisableAccount(state, account, context.who));
    result.json = {{"name", account.name}, {"state", "disabled"}};
    result.text = account.name + " is disabled, and signed out\n";
    return {};
  });
}

Result<VerbResult> UserEnable(VerbContext& context, const std::string& name) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(Account account, AccountNamed(state, name));
    TRAM_ASSIGN(const NewLink link, EnableAccount(state, std::move(account), context.who));
    ShowLink(link, result);
    return {};
  });
}

}  // namespace tram::server
