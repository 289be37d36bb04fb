#include "app/account_desk.h"

#include <algorithm>

#include "app/token_desk.h"
#include "tram/base/hash.h"
#include "tram/base/vietnamese.h"

namespace tram::server {
namespace {

constexpr std::size_t kTokenBytes = 16;

Digest HashOfLink(std::string_view token) {
  return Blake2b160(AsBytes("tram account link"), {AsBytes(token)});
}

Status Audit(ServerState& state, const std::string& who, const std::string& what) {
  return state.store().audit().Append(state.NowMs(), who, what);
}

/// For the audit trail: "province 24 31", "committee KH01", "manager of the country".
Result<std::string> RightsText(ServerState& state, const Account& account) {
  std::string text(RoleName(account.role));
  for (const std::string& province : account.provinces) text += " " + province;
  if (account.unit) {
    TRAM_ASSIGN(const Unit unit, state.store().units().ByNumber(*account.unit));
    text += " " + unit.code;
  }
  if (account.role == Role::kManager && account.provinces.empty()) text += " of the country";
  return text;
}

/// Sorted, each once, and each a province of today.
Status CheckProvinces(ServerState& state, Account& account) {
  std::sort(account.provinces.begin(), account.provinces.end());
  account.provinces.erase(std::unique(account.provinces.begin(), account.provinces.end()),
                          account.provinces.end());
  for (const std::string& code : account.provinces) {
    if (state.store().places().At(code, state.Today()) != nullptr) continue;
    return MakeError(ErrorCode::kInvalid,
                     "there is no province with code " + code +
                         " today: give the code of the province that it is part of now");
  }
  return {};
}

bool Administers(const Account& account) {
  return account.role == Role::kAdministrator && !account.disabled &&
         !account.password_hash.empty();
}

/// Errors: denied where `after` takes away the last one who administers.
Status CheckAdministratorStays(ServerState& state, const Account& after) {
  TRAM_ASSIGN(const std::vector<Account> all, state.store().accounts().All());
  bool before = false, others = false;
  for (const Account& account : all) {
    (account.number == after.number ? before : others) |= Administers(account);
  }
  if (!before || others || Administers(after)) return {};
  return MakeError(ErrorCode::kDenied,
                   "nobody would be left who administers accounts: make "
                   "somebody else an administrator first, and wait until he "
                   "has chosen his password");
}

/// Within the caller's transaction.
Result<NewLink> MakeLink(ServerState& state, Account account, const std::string& who) {
  Bytes random(kTokenBytes);
  state.random().Fill(random);
  const std::string token = ToHex(random);
  NewLink link{std::move(account), "/welcome/" + token, state.NowMs() + kLinkMsMax};
  TRAM_TRY(
      state.store().accounts().SetLink(link.account.number, HashOfLink(token), link.expires_ms));
  TRAM_TRY(Audit(state, who, "account link " + link.account.name));
  return link;
}

}  // namespace

Result<std::string> CheckFullName(std::string_view name) {
  TRAM_ASSIGN(std::string normal, Nfc(name));
  const bool control = std::any_of(normal.begin(), normal.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!control && normal.size() <= kFullNameBytesMax) return normal;
  return MakeError(ErrorCode::kInvalid, "a full name is one line of at most " +
                                            std::to_string(kFullNameBytesMax) + " bytes");
}

Result<NewLink> AddAccount(ServerState& state, const Account& wanted, const std::string& who) {
  Account account = wanted;
  TRAM_ASSIGN(account.full_name, CheckFullName(wanted.full_name));
  TRAM_TRY(CheckProvinces(state, account));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_ASSIGN(account, state.store().accounts().Add(account, state.NowMs()));
  TRAM_ASSIGN(const std::string rights, RightsText(state, account));
  TRAM_TRY(Audit(state, who, "account add " + account.name + ": " + rights));
  TRAM_ASSIGN(NewLink link, MakeLink(state, std::move(account), who));
  TRAM_TRY(transaction.Commit());
  return link;
}

Result<NewLink> IssueLink(ServerState& state, Account account, SecondFactor factor,
                          const std::string& who) {
  if (account.disabled) {
    return MakeError(ErrorCode::kInvalid,
                     "account " + account.name + " is disabled: enable it first");
  }
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  account.password_hash.clear();
  if (factor == SecondFactor::kTakeOff && !account.totp_secret.empty()) {
    account.totp_secret.clear();
    TRAM_TRY(Audit(state, who, "second factor off " + account.name));
  }
  TRAM_TRY(state.store().accounts().Update(account));
  // Whoever knew the old password may have made them.
  TRAM_TRY(RevokeTokens(state, account, who));
  TRAM_ASSIGN(NewLink link, MakeLink(state, std::move(account), who));
  TRAM_TRY(transaction.Commit());
  return link;
}

Status ChangeRights(ServerState& state, const Account& wanted, const std::string& who) {
  Account changed = wanted;
  TRAM_TRY(CheckProvinces(state, changed));
  TRAM_TRY(CheckAdministratorStays(state, changed));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_ASSIGN(const std::optional<Account> before, state.store().accounts().Find(changed.number));
  if (!before) return MakeError(ErrorCode::kNotFound, "there is no such account");
  TRAM_TRY(state.store().accounts().Update(changed));
  TRAM_ASSIGN(const std::string was, RightsText(state, *before));
  TRAM_ASSIGN(const std::string is, RightsText(state, changed));
  TRAM_TRY(Audit(state, who, "account rights " + changed.name + ": " + is + ", was " + was));
  return transaction.Commit();
}

Status DisableAccount(ServerState& state, Account account, const std::string& who) {
  account.disabled = true;
  account.password_hash.clear();
  TRAM_TRY(CheckAdministratorStays(state, account));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_TRY(state.store().accounts().Update(account));
  TRAM_TRY(Audit(state, who, "account disable " + account.name));
  TRAM_TRY(RevokeTokens(state, account, who));
  return transaction.Commit();
}

Result<NewLink> EnableAccount(ServerState& state, Account account, const std::string& who) {
  if (!account.disabled) {
    return MakeError(ErrorCode::kInvalid,
                     "account " + account.name + " is not disabled: for a new link use user link");
  }
  account.disabled = false;
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_TRY(state.store().accounts().Update(account));
  TRAM_TRY(Audit(state, who, "account enable " + account.name));
  TRAM_ASSIGN(NewLink link, MakeLink(state, std::move(account), who));
  TRAM_TRY(transaction.Commit());
  return link;
}

Result<bool> HasAdministrator(ServerState& state) {
  TRAM_ASSIGN(const std::vector<Account> all, state.store().accounts().All());
  return std::any_of(all.begin(), all.end(), Administers);
}

Result<std::optional<Account>> AccountOfLink(ServerState& state, std::string_view token) {
  TRAM_ASSIGN(const std::optional<AccountNumber> number,
              state.store().accounts().FindLink(HashOfLink(token), state.NowMs()));
  if (!number) return std::optional<Account>();
  TRAM_ASSIGN(std::optional<Account> account, state.store().accounts().Find(*number));
  if (account && account->disabled) account.reset();
  return account;
}

Status ChoosePasswordByLink(ServerState& state, std::string_view token, Account& account,
                            const std::string& password_hash) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_ASSIGN(const std::optional<Account> now, AccountOfLink(state, token));
  if (!now || now->number != account.number) {
    return MakeError(ErrorCode::kNotFound, "this link was used already");
  }
  account = *now;
  account.password_hash = password_hash;
  TRAM_TRY(state.store().accounts().Update(account));
  TRAM_TRY(state.store().accounts().UseLink(HashOfLink(token)));
  TRAM_TRY(Audit(state, "account:" + account.name, "password chosen by a link"));
  return transaction.Commit();
}

}  // namespace tram::server
