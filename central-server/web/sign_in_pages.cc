// Signing in: name and password, the code of the second factor where he has one, signing out, and
// the one-time link by which a password is chosen.
//
// Nothing here says whether a name exists: what is refused is refused alike, after the same time.
#include "app/account_desk.h"
#include "auth/totp.h"
#include "tram/web/guard.h"
#include "tram/web/site.h"
#include "web/account_words.h"
#include "web/new_password.h"
#include "web/office.h"

namespace tram::server {
namespace {

constexpr char kSignInPath[] = "/sign-in", kCodePath[] = "/sign-in/code";
constexpr int kWrong = 400, kTooMany = 429;
constexpr std::size_t kTypedNameBytesMax = 100;

std::string StepCookie(const PageCall& call) { return call.office.cookie + "-step"; }

/// One for each account: several people use one computer.
std::string KnownCookie(const PageCall& call, const Account& account) {
  return call.office.cookie + "-known-" + std::to_string(account.number);
}

std::string Back(const PageCall& call) {
  const std::string_view posted = call.Posted("back");
  return SafeBack(posted.empty() ? call.Query("back") : posted);
}

std::int64_t SteadyMs(const PageCall& call) { return call.state.clock().SteadyMs(); }

/// Where a try of `account`, or of a name that nobody has, counts.
Result<TryLanes> LanesOf(const PageCall& call, std::string_view name,
                         const std::optional<Account>& account) {
  TRAM_ASSIGN(const SecretKey key,
              DeviceCookieKey(call.state.store().database(), call.state.random()));
  if (account) {
    const std::string cookie = Cookie(call.request, KnownCookie(call, *account));
    const std::string known = CheckDeviceCookie(key, account->number, cookie);
    if (!known.empty()) return TryLanes{std::to_string(account->number) + " " + known, "", ""};
  }
  return TryLanes{"", CheckAccountName(name).value_or(std::string(name)),
                  AddressLane(call.request.remote_address)};
}

Page SignInPage(const PageCall& call, const std::string& problem, int status) {
  Page page{"sign-in", call.Words("Đăng nhập", "Sign in"), {}, status};
  page.model = {{"problem", problem},
                {"name", std::string(call.Posted("name").substr(0, kTypedNameBytesMax))},
                {"back", Back(call)},
                {"out", call.Query("out") == "1"}};
  return page;
}

std::string WaitProblem(const PageCall& call, std::int64_t wait_ms) {
  return call.Words("Sai nhiều lần: đợi {} rồi thử lại.",
                    "It was wrong several times: wait {}, then try again.",
                    WaitText(call, wait_ms));
}

std::string BusyProblem(const PageCall& call) {
  return call.Words("Đang có quá nhiều người đăng nhập: một phút nữa hãy thử lại.",
                    "Too many sign in just now: try again in a minute.");
}

/// A name that nobody has is not written down: people type their password there by mistake.
Status AuditRefused(const PageCall& call, const std::optional<Account>& account) {
  const std::string name = account ? account->name : "a name that nobody has";
  const auto what = call.office.refusals.Note("sign-in refused: " + name, SteadyMs(call));
  return what ? call.Audit(*what) : Status();
}

/// He is who he says: a session, a cookie that tells this browser from strangers, and the trail.
Result<Answer> Enter(const PageCall& call, Account account, const TryLanes& lanes) {
  account.seen_ms = call.state.NowMs();
  TRAM_ASSIGN(const SecretKey key,
              DeviceCookieKey(call.state.store().database(), call.state.random()));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(call.state.store().database()));
  TRAM_TRY(call.state.store().accounts().Update(account));
  TRAM_TRY(
      call.state.store().audit().Append(*account.seen_ms, "account:" + account.name, "sign-in"));
  TRAM_TRY(transaction.Commit());
  call.office.gate.Forget(lanes);
  if (call.session != nullptr) call.office.sessions.End(call.session->token());
  const Session& session = call.office.sessions.Begin(account, call.language, SteadyMs(call));
  HttpResponse entered = SeeOther(Back(call));
  const bool secure = call.office.secure;
  SetCookie(entered, call.office.cookie, session.token(), secure);
  SetCookie(entered, KnownCookie(call, account),
            NewDeviceCookie(key, account.number, call.state.random()), secure);
  entered.headers.back().second += "; Max-Age=" + std::to_string(kDeviceCookieSeconds);
  if (!Cookie(call.request, StepCookie(call)).empty()) {
    SetCookie(entered, StepCookie(call), "", secure);
  }
  return Answer(std::move(entered));
}

/// In, or to the second step.
Result<Answer> PasswordWasRight(const PageCall& call, const Account& account,
                                const TryLanes& lanes) {
  if (account.totp_secret.empty()) return Enter(call, account, lanes);
  HttpResponse next = SeeOther(std::string(kCodePath) + "?back=" + PercentEncode(Back(call)));
  SetCookie(next, StepCookie(call), call.office.second_steps.Begin(account, SteadyMs(call)),
            call.office.secure);
  return Answer(std::move(next));
}

Result<Answer> ShowSignIn(PageCall& call) {
  if (call.session != nullptr) return Answer(SeeOther(Back(call)));
  return Answer(SignInPage(call, "", 200));
}

Result<Answer> SignIn(PageCall& call) {
  const std::string name(call.Posted("name"));
  TRAM_ASSIGN(const std::optional<Account> account, call.state.store().accounts().ByName(name));
  TRAM_ASSIGN(const TryLanes lanes, LanesOf(call, name, account));
  const std::string hash = account && !account->disabled ? account->password_hash : "";
  if (call.secret == nullptr) {
    const std::int64_t wait_ms = call.office.gate.WaitMs(lanes, SteadyMs(call));
    if (wait_ms > 0) return Answer(SignInPage(call, WaitProblem(call, wait_ms), kTooMany));
    const bool known = !lanes.own.empty();
    if (!call.office.secrets.HasRoom(known)) {
      return Answer(SignInPage(call, BusyProblem(call), kTooMany));
    }
    call.office.gate.Count(lanes, SteadyMs(call));
    return Answer(SecretWork{std::string(call.Posted("password")), hash, true, known});
  }
  // The password may be another one since: what matched must still be it.
  if (call.secret->matches && !hash.empty() && call.secret->hash == hash) {
    return PasswordWasRight(call, *account, lanes);
  }
  TRAM_TRY(AuditRefused(call, account));
  return Answer(
      SignInPage(call, call.Words("Sai tên hoặc mật khẩu.", "Wrong name or password."), kWrong));
}

Page CodePage(const PageCall& call, const std::string& problem, int status) {
  Page page{"sign-in-code", call.Words("Mã xác thực", "Code"), {}, status};
  page.model = {{"problem", problem}, {"back", Back(call)}};
  return page;
}

/// Whose second step this is; nothing: it is too late, or was never begun.
Result<std::optional<Account>> AccountOfStep(const PageCall& call) {
  const auto number =
      call.office.second_steps.Find(Cookie(call.request, StepCookie(call)), SteadyMs(call));
  if (!number) return std::optional<Account>();
  TRAM_ASSIGN(std::optional<Account> account, call.state.store().accounts().Find(*number));
  if (account && account->disabled) account.reset();
  return account;
}

Result<Answer> ShowCode(PageCall& call) {
  TRAM_ASSIGN(const std::optional<Account> account, AccountOfStep(call));
  if (!account) return Answer(SeeOther(kSignInPath));
  return Answer(CodePage(call, "", 200));
}

Result<Answer> GiveCode(PageCall& call) {
  TRAM_ASSIGN(std::optional<Account> account, AccountOfStep(call));
  const std::string token = Cookie(call.request, StepCookie(call));
  if (!account) return Answer(SeeOther(kSignInPath));
  TRAM_ASSIGN(const TryLanes lanes, LanesOf(call, account->name, account));
  const std::int64_t wait_ms = call.office.gate.WaitMs(lanes, SteadyMs(call));
  if (wait_ms > 0) return Answer(CodePage(call, WaitProblem(call, wait_ms), kTooMany));
  if (!call.office.second_steps.Try(token, *account, SteadyMs(call))) {
    return Answer(SeeOther(kSignInPath));
  }
  call.office.gate.Count(lanes, SteadyMs(call));
  const auto step =
      MatchTotp(account->totp_secret, call.Posted("code"), call.state.NowMs(), account->totp_step);
  if (!step) {
    TRAM_TRY(AuditRefused(call, account));
    return Answer(CodePage(call,
                           call.Words("Mã không đúng, hoặc đã dùng rồi: đợi mã mới rồi gõ lại.",
                                      "This code is wrong or was used: wait for a new one, then "
                                      "type that."),
                           kWrong));
  }
  account->totp_step = *step;
  call.office.second_steps.End(token);
  return Enter(call, std::move(*account), lanes);
}

Result<Answer> SignOut(PageCall& call) {
  call.office.sessions.End(call.session->token());
  HttpResponse gone = SeeOther(std::string(kSignInPath) + "?out=1");
  SetCookie(gone, call.office.cookie, "", call.office.secure);
  return Answer(std::move(gone));
}

// ---- a password by a one-time link ----

Result<Page> WelcomePage(const PageCall& call, const Account& account, const NewPassword& chosen) {
  Page page{"welcome", call.Words("Chọn mật khẩu", "Choose a password"), {}, 200};
  if (!chosen.problem.empty()) page.status = HttpStatusOf(ErrorCode::kInvalid);
  TRAM_ASSIGN(const std::string places, PlacesText(call, account));
  page.model = {{"path", "/welcome/" + call.parts.front()},
                {"name", account.name},
                {"full_name", account.full_name},
                {"role", RoleText(call, account.role)},
                {"places", places}};
  AddTo(page.model, chosen);
  return page;
}

Error NoSuchLink(const PageCall& call) {
  return call.Fail(ErrorCode::kNotFound,
                   "Liên kết này đã dùng rồi hoặc đã quá hạn: hãy xin quản trị viên liên kết mới",
                   "This link was used already, or is too old: ask an administrator for a new one");
}

Result<Answer> ShowWelcome(PageCall& call) {
  TRAM_ASSIGN(const std::optional<Account> account, AccountOfLink(call.state, call.parts.front()));
  if (!account) return NoSuchLink(call);
  TRAM_ASSIGN(Page page, WelcomePage(call, *account, {}));
  return Answer(std::move(page));
}

Result<Answer> Welcome(PageCall& call) {
  TRAM_ASSIGN(std::optional<Account> account, AccountOfLink(call.state, call.parts.front()));
  if (!account) return NoSuchLink(call);
  const NewPassword chosen = CheckNewPassword(call, *account);
  if (!chosen.problem.empty()) {
    TRAM_ASSIGN(Page page, WelcomePage(call, *account, chosen));
    return Answer(std::move(page));
  }
  if (call.secret == nullptr || call.secret->hash.empty()) {
    // Who has a link is known; without room, or memory, the link stays as it is.
    if (call.secret != nullptr || !call.office.secrets.HasRoom(true)) {
      TRAM_ASSIGN(Page page, WelcomePage(call, *account, {BusyProblem(call)}));
      return Answer(std::move(page));
    }
    return Answer(SecretWork{std::string(call.Posted("password")), "", false, true});
  }
  const Status done =
      ChoosePasswordByLink(call.state, call.parts.front(), *account, call.secret->hash);
  if (!done) return done.error().code == ErrorCode::kNotFound ? NoSuchLink(call) : done.error();
  call.office.sessions.EndAccount(account->number);
  TRAM_ASSIGN(const TryLanes lanes, LanesOf(call, account->name, account));
  PageCall nobody = call;
  nobody.session = nullptr;  // it may have been his own, and is gone
  return PasswordWasRight(nobody, *account, lanes);
}

constexpr Route kRoutes[] = {
    {"GET", kSignInPath, Access::kAnybody, {}, ShowSignIn},
    {"POST", kSignInPath, Access::kAnybody, {}, SignIn},
    {"GET", kCodePath, Access::kAnybody, {}, ShowCode},
    {"POST", kCodePath, Access::kAnybody, {}, GiveCode},
    {"POST", "/sign-out", Access::kSignedIn, {}, SignOut},
    {"GET", "/welcome/{}", Access::kAnybody, {}, ShowWelcome},
    {"POST", "/welcome/{}", Access::kAnybody, {}, Welcome},
};

}  // namespace

std::span<const Route> SignInRoutes() { return kRoutes; }

}  // namespace tram::server
