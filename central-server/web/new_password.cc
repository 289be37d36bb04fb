#include "web/new_password.h"

#include <zxcvbn.h>

#include "tram/crypto/password.h"

namespace tram::server {
namespace {

/// Bits of guessing below which a password is called weak (zxcvbn's estimate): whoever steals the
/// database tries some ten a second and computer against Argon2id, so 2^36 tries cost centuries.
constexpr double kWeakBits = 36;
/// The estimate takes longer the longer the text; what is longer than this is not weak.
constexpr std::size_t kEstimatedBytesMax = 100;

bool IsWeak(const std::string& password, const Account& account) {
  const char* his[] = {account.name.c_str(), account.full_name.c_str(), "tram", nullptr};
  return ZxcvbnMatch(password.substr(0, kEstimatedBytesMax).c_str(), his, nullptr) < kWeakBits;
}

}  // namespace

NewPassword CheckNewPassword(const PageCall& call, const Account& account) {
  const std::string password(call.Posted("password"));
  if (Status fits = CheckPassword(password); !fits) {
    return {call.Words("Mật khẩu phải có ít nhất {} ký tự, và không dài quá {} byte.",
                       "A password has at least {} characters, and at most {} bytes.",
                       kPasswordCharactersMin, kPasswordBytesMax)};
  }
  if (password != call.Posted("again")) {
    return {call.Words("Hai lần gõ mật khẩu không giống nhau.", "The two passwords differ.")};
  }
  if (call.Posted("weak_accepted").empty() && IsWeak(password, account)) {
    return {call.Words("Mật khẩu này dễ đoán: hãy dùng bốn từ không liên quan nhau.",
                       "This password is easy to guess: use four words that have nothing to do "
                       "with each other."),
            true};
  }
  return {};
}

void AddTo(Json& model, const NewPassword& chosen) {
  model["password_problem"] = chosen.problem;
  model["weak"] = chosen.weak;
}

}  // namespace tram::server
