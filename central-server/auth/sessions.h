// Sessions: who is signed in at the server's pages, in memory only: a restart ends them all.
// Threads: the owner's. Times are those of a clock that never jumps, in milliseconds.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>

#include "auth/rights.h"
#include "tram/base/clock.h"
#include "tram/base/language.h"

namespace tram::server {

inline constexpr std::int64_t kSessionIdleMs = 30 * 60 * 1000;      // then it ends
inline constexpr std::int64_t kSessionMsMax = 12 * 60 * 60 * 1000;  // then too
inline constexpr std::size_t kSessionsMax = 5000;
inline constexpr std::size_t kSessionsOfAccountMax = 5;  // then the one used longest ago ends

/// What a session was begun on: of rights, places, password and second factor.
Digest StandingOf(const Account& account);

class Session {
 public:
  const std::string& token() const { return token_; }  // the cookie
  const std::string& csrf() const { return csrf_; }    // in every form
  AccountNumber account() const { return account_; }
  /// False: his rights, his password or his second factor are others since, wherever that was
  /// done (a command at the console knows of no sessions).
  bool StandsFor(const Account& account) const { return standing_ == StandingOf(account); }
  /// He changed something about himself: his own session goes on.
  void StandFor(const Account& account) { standing_ = StandingOf(account); }
  Language language = Language::kVietnamese;
  /// A second factor that he is shown and that he has not confirmed.
  Bytes offered_factor;

 private:
  friend class Sessions;
  std::string token_, csrf_;
  AccountNumber account_ = 0;
  Digest standing_;
  std::int64_t begun_ms_ = 0, used_ms_ = 0;
};

class Sessions {
 public:
  explicit Sessions(Random& random) : random_(random) {}

  Session& Begin(const Account& account, Language language, std::int64_t now_ms);
  /// Nothing where there is none (any more). It is used now.
  Session* Find(std::string_view token, std::int64_t now_ms);
  void End(std::string_view token);
  /// His rights, his password or his second factor changed. `except` stays.
  void EndAccount(AccountNumber account, const Session* except = nullptr);
  std::size_t size() const { return sessions_.size(); }

 private:
  std::string NewToken();
  void DropOld(std::int64_t now_ms);

  Random& random_;
  std::list<Session> sessions_;
};

}  // namespace tram::server
