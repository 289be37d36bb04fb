// What everybody changes about himself: his full name, his password, his second factor. What
// decides something asks for the password again; his other sessions end.
#include "app/account_desk.h"
#include "app/token_desk.h"
#include "auth/totp.h"
#include "web/account_words.h"
#include "web/new_password.h"
#include "web/office.h"
#include "web/own_password.h"
#include "web/qr.h"

namespace tram::server {
namespace {

constexpr char kMePath[] = "/me", kFactorPath[] = "/me/factor";

/// What went wrong, and with which of the page's forms.
struct Problem {
  std::string form;  // "name", "current" (password), "password" (the new one), "factor"
  std::string text;
  bool weak = false;
};

Result<Page> MePage(const PageCall& call, const Account& account, const Problem& problem) {
  Page page{"me", call.Words("Tài khoản của tôi", "My account"), {}, 200};
  if (!problem.text.empty()) page.status = HttpStatusOf(ErrorCode::kInvalid);
  TRAM_ASSIGN(const std::string places, PlacesText(call, account));
  TRAM_ASSIGN(const std::size_t tokens, TokensThatServe(call.state, account));
  const auto of = [&](const char* form) { return problem.form == form ? problem.text : ""; };
  page.model = {{"problem", problem.text},
                {"place", problem.form},
                {"done", call.Query("done") == "1"},
                {"name", account.name},
                {"full_name", account.full_name},
                {"role", RoleText(call, account.role)},
                {"places", places},
                {"factor", !account.totp_secret.empty()},
                {"tokens", tokens == 0 ? "" : std::to_string(tokens)},
                {"revoke_tokens", call.Posted("revoke_tokens") == "1"},
                {"name_problem", of("name")},
                {"current_problem", of("current")},
                {"factor_problem", of("factor")}};
  AddTo(page.model, {of("password"), problem.weak});
  return page;
}

Result<Answer> Said(const PageCall& call, const Account& account, const Problem& problem) {
  TRAM_ASSIGN(Page page, MePage(call, account, problem));
  return Answer(std::move(page));
}

Result<Answer> ShowMe(PageCall& call) {
  TRAM_ASSIGN(const Account account, OwnAccount(call));
  return Said(call, account, {});
}

/// Stores `account`, says it in the trail, and ends his other sessions, and his tokens, where that
/// is meant.
Result<Answer> Store(const PageCall& call, const Account& account, const std::string& what,
                     bool without_tokens = false) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(call.state.store().database()));
  TRAM_TRY(call.state.store().accounts().Update(account));
  TRAM_TRY(call.Audit(what));
  if (without_tokens) TRAM_TRY(RevokeTokens(call.state, account, call.Who()));
  TRAM_TRY(transaction.Commit());
  if (!call.session->StandsFor(account)) {
    call.office.sessions.EndAccount(account.number, call.session);
    call.session->StandFor(account);
  }
  return Answer(SeeOther("/me?done=1"));
}

Result<Answer> ChangeName(PageCall& call) {
  TRAM_ASSIGN(Account account, OwnAccount(call));
  const auto name = CheckFullName(call.Posted("full_name"));
  if (!name) {
    return Said(
        call, account,
        {"name", call.Words("Họ tên là một dòng, không quá {} byte.",
                            "A full name is one line of at most {} bytes.", kFullNameBytesMax)});
  }
  account.full_name = *name;
  return Store(call, account, "own full name");
}

/// The work that compares the password that he typed; or what to tell him instead.
Result<Answer> AskPassword(const PageCall& call, const Account& account, const std::string& form) {
  std::variant<SecretWork, std::string> asked = AskOwnPassword(call, account);
  if (auto* work = std::get_if<SecretWork>(&asked)) return Answer(std::move(*work));
  return Said(call, account, {form, std::get<std::string>(asked)});
}

Result<Answer> ChangePassword(PageCall& call) {
  TRAM_ASSIGN(Account account, OwnAccount(call));
  if (call.secret == nullptr) {
    const NewPassword chosen = CheckNewPassword(call, account);
    if (!chosen.problem.empty()) {
      return Said(call, account, {"password", chosen.problem, chosen.weak});
    }
    return AskPassword(call, account, "current");
  }
  if (call.secret->compared) {
    if (!WasOwnPassword(call, account))
      return Said(call, account, {"current", WrongPasswordText(call)});
    return Answer(SecretWork{std::string(call.Posted("password")), "", false, true});
  }
  if (call.secret->hash.empty()) {
    return Said(call, account, {"password", BusyText(call)});
  }
  account.password_hash = call.secret->hash;
  return Store(call, account, "own password", call.Posted("revoke_tokens") == "1");
}

// ---- the second factor ----

Result<Page> FactorPage(const PageCall& call, const Account& account, const std::string& problem) {
  Page page{"factor", call.Words("Bật xác thực hai bước", "Turn on the second factor"), {}, 200};
  if (!problem.empty()) page.status = HttpStatusOf(ErrorCode::kInvalid);
  Bytes& offered = call.session->offered_factor;
  if (offered.empty()) offered = NewTotpSecret(call.state.random());
  TRAM_ASSIGN(const QrCode qr, DrawQr(TotpUri(offered, account.name)));
  page.model = {{"problem", problem},
                {"secret", TotpSecretText(offered)},
                {"qr", QrModel(qr, call.Words("Mã QR; nội dung của nó là dãy chữ ở dưới",
                                              "QR code; what it says stands below"))}};
  return page;
}

Result<Answer> ShowFactor(PageCall& call) {
  TRAM_ASSIGN(const Account account, OwnAccount(call));
  if (!account.totp_secret.empty()) return Answer(SeeOther(kMePath));
  TRAM_ASSIGN(Page page, FactorPage(call, account, ""));
  return Answer(std::move(page));
}

Result<Answer> TurnFactorOn(PageCall& call) {
  TRAM_ASSIGN(Account account, OwnAccount(call));
  if (!account.totp_secret.empty()) return Answer(SeeOther(kMePath));
  const auto step =
      MatchTotp(call.session->offered_factor, call.Posted("code"), call.state.NowMs(), 0);
  if (!step) {
    TRAM_ASSIGN(Page page,
                FactorPage(call, account,
                           call.Words("Mã không đúng: gõ mã mà ứng dụng đang hiện. Nếu vẫn sai, "
                                      "xem lại giờ của điện thoại.",
                                      "This code is wrong: type the one that the app shows now. "
                                      "If it stays wrong, look at the telephone's clock.")));
    return Answer(std::move(page));
  }
  account.totp_secret = std::move(call.session->offered_factor);
  call.session->offered_factor.clear();
  account.totp_step = *step;
  return Store(call, account, "own second factor on");
}

Result<Answer> TurnFactorOff(PageCall& call) {
  TRAM_ASSIGN(Account account, OwnAccount(call));
  if (account.totp_secret.empty()) return Answer(SeeOther(kMePath));
  if (call.secret == nullptr) return AskPassword(call, account, "factor");
  if (!WasOwnPassword(call, account))
    return Said(call, account, {"factor", WrongPasswordText(call)});
  account.totp_secret.clear();
  return Store(call, account, "own second factor off");
}

constexpr Route kRoutes[] = {
    {"GET", kMePath, Access::kSignedIn, {}, ShowMe},
    {"POST", "/me/name", Access::kSignedIn, {}, ChangeName},
    {"POST", "/me/password", Access::kSignedIn, {}, ChangePassword},
    {"GET", kFactorPath, Access::kSignedIn, {}, ShowFactor},
    {"POST", kFactorPath, Access::kSignedIn, {}, TurnFactorOn},
    {"POST", "/me/factor/off", Access::kSignedIn, {}, TurnFactorOff},
};

}  // namespace

std::span<const Route> MeRoutes() { return kRoutes; }

}  // namespace tram::server
