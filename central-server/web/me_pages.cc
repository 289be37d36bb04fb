// What everybody changes about himself: his full name, his password, his second factor. What
// decides something asks for the password again; his other sessions end.
#include "app/account_desk.h"
#include "auth/totp.h"
#include "web/account_words.h"
#include "web/new_password.h"
#include "web/office.h"
#include "web/qr.h"

namespace tram::server {
namespace {

constexpr char kMePath[] = "/me", kFactorPath[] = "/me/factor";

std::int64_t SteadyMs(const PageCall& call) { return call.state.clock().SteadyMs(); }

Result<Account> Me(const PageCall& call) {
  TRAM_ASSIGN(std::optional<Account> account,
              call.state.store().accounts().Find(call.viewer->account));
  if (account) return std::move(*account);
  return call.Fail(ErrorCode::kNotFound, "không còn tài khoản này", "this account is gone");
}

/// Who is signed in and tries passwords, or codes, counts for himself.
TryLanes LanesOf(const Account& account) {
  return {"signed in " + std::to_string(account.number), "", ""};
}

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
  const auto of = [&](const char* form) { return problem.form == form ? problem.text : ""; };
  page.model = {{"problem", problem.text},
                {"place", problem.form},
                {"done", call.Query("done") == "1"},
                {"name", account.name},
                {"full_name", account.full_name},
                {"role", RoleText(call, account.role)},
                {"places", places},
                {"factor", !account.totp_secret.empty()},
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
  TRAM_ASSIGN(const Account account, Me(call));
  return Said(call, account, {});
}

/// Stores `account`, says it in the trail, and ends his other sessions where that is meant.
Result<Answer> Store(const PageCall& call, const Account& account, const std::string& what) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(call.state.store().database()));
  TRAM_TRY(call.state.store().accounts().Update(account));
  TRAM_TRY(call.Audit(what));
  TRAM_TRY(transaction.Commit());
  if (!call.session->StandsFor(account)) {
    call.office.sessions.EndAccount(account.number, call.session);
    call.session->StandFor(account);
  }
  return Answer(SeeOther("/me?done=1"));
}

Result<Answer> ChangeName(PageCall& call) {
  TRAM_ASSIGN(Account account, Me(call));
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
  const TryLanes lanes = LanesOf(account);
  const std::int64_t wait_ms = call.office.gate.WaitMs(lanes, SteadyMs(call));
  if (wait_ms > 0) {
    return Said(call, account,
                {form, call.Words("Sai nhiều lần: đợi {} rồi thử lại.",
                                  "It was wrong several times: wait {}, then try again.",
                                  WaitText(call, wait_ms))});
  }
  if (!call.office.secrets.HasRoom(true)) {
    return Said(call, account,
                {form, call.Words("Máy chủ đang bận: một phút nữa hãy thử lại.",
                                  "The server is busy: try again in a minute.")});
  }
  call.office.gate.Count(lanes, SteadyMs(call));
  return Answer(SecretWork{std::string(call.Posted("current")), account.password_hash, true, true});
}

/// Whether the password that was compared is the account's, also now.
bool WasRight(const PageCall& call, const Account& account) {
  const bool right = call.secret->matches && call.secret->hash == account.password_hash;
  if (right) call.office.gate.Forget(LanesOf(account));
  return right;
}

std::string WrongPassword(const PageCall& call) {
  return call.Words("Mật khẩu hiện tại không đúng.", "Your password is not right.");
}

Result<Answer> ChangePassword(PageCall& call) {
  TRAM_ASSIGN(Account account, Me(call));
  if (call.secret == nullptr) {
    const NewPassword chosen = CheckNewPassword(call, account);
    if (!chosen.problem.empty()) {
      return Said(call, account, {"password", chosen.problem, chosen.weak});
    }
    return AskPassword(call, account, "current");
  }
  if (call.secret->compared) {
    if (!WasRight(call, account)) return Said(call, account, {"current", WrongPassword(call)});
    return Answer(SecretWork{std::string(call.Posted("password")), "", false, true});
  }
  if (call.secret->hash.empty()) {
    return Said(call, account,
                {"password", call.Words("Máy chủ đang bận: một phút nữa hãy thử lại.",
                                        "The server is busy: try again in a minute.")});
  }
  account.password_hash = call.secret->hash;
  return Store(call, account, "own password");
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
  TRAM_ASSIGN(const Account account, Me(call));
  if (!account.totp_secret.empty()) return Answer(SeeOther(kMePath));
  TRAM_ASSIGN(Page page, FactorPage(call, account, ""));
  return Answer(std::move(page));
}

Result<Answer> TurnFactorOn(PageCall& call) {
  TRAM_ASSIGN(Account account, Me(call));
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
  TRAM_ASSIGN(Account account, Me(call));
  if (account.totp_secret.empty()) return Answer(SeeOther(kMePath));
  if (call.secret == nullptr) return AskPassword(call, account, "factor");
  if (!WasRight(call, account)) return Said(call, account, {"factor", WrongPassword(call)});
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
