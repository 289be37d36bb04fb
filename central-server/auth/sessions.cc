#include "auth/sessions.h"

#include <algorithm>

#include "tram/base/bytes.h"
#include "tram/base/hash.h"
#include "tram/web/guard.h"

namespace tram::server {
namespace {

constexpr std::size_t kTokenBytes = 32;

}  // namespace

Digest StandingOf(const Account& account) {
  std::string text(RoleName(account.role));
  for (const std::string& province : account.provinces) text += " " + province;
  if (account.unit) text += " unit " + std::to_string(*account.unit);
  text += "\n" + account.password_hash + "\n";
  return Blake2b160(AsBytes("tram standing"), {AsBytes(text), account.totp_secret});
}

std::string Sessions::NewToken() {
  Bytes bytes(kTokenBytes);
  random_.Fill(bytes);
  return ToHex(bytes);
}

void Sessions::DropOld(std::int64_t now_ms) {
  sessions_.remove_if([now_ms](const Session& session) {
    return now_ms - session.used_ms_ >= kSessionIdleMs ||
           now_ms - session.begun_ms_ >= kSessionMsMax;
  });
}

Session& Sessions::Begin(const Account& account, Language language, std::int64_t now_ms) {
  DropOld(now_ms);
  const auto drop_least_used = [this](auto counts, std::size_t most) {
    while (static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), counts)) >=
           most) {
      auto oldest = sessions_.end();
      for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
        if (!counts(*it)) continue;
        if (oldest == sessions_.end() || it->used_ms_ < oldest->used_ms_) oldest = it;
      }
      sessions_.erase(oldest);
    }
  };
  drop_least_used([&](const Session& one) { return one.account_ == account.number; },
                  kSessionsOfAccountMax);
  drop_least_used([](const Session&) { return true; }, kSessionsMax);
  Session& session = sessions_.emplace_back();
  session.token_ = NewToken();
  session.csrf_ = NewToken();
  session.account_ = account.number;
  session.StandFor(account);
  session.language = language;
  session.begun_ms_ = session.used_ms_ = now_ms;
  return session;
}

Session* Sessions::Find(std::string_view token, std::int64_t now_ms) {
  DropOld(now_ms);
  Session* found = nullptr;
  for (Session& session : sessions_) {
    if (SameSecret(session.token_, token)) found = &session;
  }
  if (found != nullptr) found->used_ms_ = now_ms;
  return found;
}

void Sessions::End(std::string_view token) {
  sessions_.remove_if([&](const Session& session) { return SameSecret(session.token_, token); });
}

void Sessions::EndAccount(AccountNumber account, const Session* except) {
  sessions_.remove_if(
      [&](const Session& session) { return session.account_ == account && &session != except; });
}

}  // namespace tram::server
