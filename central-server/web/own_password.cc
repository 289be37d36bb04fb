#include "web/own_password.h"

#include "web/account_words.h"
#include "web/office.h"

namespace tram::server {
namespace {

/// Who is signed in and tries passwords counts for himself.
TryLanes LanesOf(const Account& account) {
  return {"signed in " + std::to_string(account.number), "", ""};
}

}  // namespace

Result<Account> OwnAccount(const PageCall& call) {
  TRAM_ASSIGN(std::optional<Account> account,
              call.state.store().accounts().Find(call.viewer->account));
  if (account) return std::move(*account);
  return call.Fail(ErrorCode::kNotFound, "không còn tài khoản này", "this account is gone");
}

std::variant<SecretWork, std::string> AskOwnPassword(const PageCall& call, const Account& account) {
  const TryLanes lanes = LanesOf(account);
  const std::int64_t now_ms = call.state.clock().SteadyMs();
  const std::int64_t wait_ms = call.office.gate.WaitMs(lanes, now_ms);
  if (wait_ms > 0) {
    return call.Words("Sai nhiều lần: đợi {} rồi thử lại.",
                      "It was wrong several times: wait {}, then try again.",
                      WaitText(call, wait_ms));
  }
  if (!call.office.secrets.HasRoom(true)) return BusyText(call);
  call.office.gate.Count(lanes, now_ms);
  return SecretWork{std::string(call.Posted("current")), account.password_hash, true, true};
}

bool WasOwnPassword(const PageCall& call, const Account& account) {
  const bool right = call.secret->matches && call.secret->hash == account.password_hash;
  if (right) call.office.gate.Forget(LanesOf(account));
  return right;
}

std::string WrongPasswordText(const PageCall& call) {
  return call.Words("Mật khẩu hiện tại không đúng.", "Your password is not right.");
}

std::string BusyText(const PageCall& call) {
  return call.Words("Máy chủ đang bận: một phút nữa hãy thử lại.",
                    "The server is busy: try again in a minute.");
}

}  // namespace tram::server
