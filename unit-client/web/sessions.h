// Sessions: who is signed in at this computer's pages, in memory only.
//
// A session is open or locked. Five idle minutes lock it; a locked one shows nothing but the lock
// page, until its PIN or its person's passphrase opens it. While no clinical session is open the
// device itself is to be locked (AnyOpenClinical), so that no sealed text stays in memory: the unit
// key then lies here only wrapped under each PIN (crypto/passphrase.h) and a random secret of the
// session, and is dropped after kWrongPinsMax wrong PINs. What a PIN does not protect against:
// libsync/docs/threat-model.md.
// Threads: one at a time. Times are those of a clock that never jumps and that goes on while the
// computer sleeps, in milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "app/people.h"
#include "tram/base/language.h"
#include "tram/web/kept.h"
#include "tram/web/throttle.h"

namespace tram::client {

inline constexpr std::int64_t kIdleMsMax = 5 * 60 * 1000;           // then it locks
inline constexpr std::int64_t kSessionMsMax = 12 * 60 * 60 * 1000;  // then it ends
inline constexpr std::size_t kSessionsMax = 20;
inline constexpr std::size_t kPinDigitsMin = 4;
inline constexpr std::size_t kPinDigitsMax = 8;
inline constexpr int kWrongPinsMax = 10;

/// Errors: invalid (not kPinDigitsMin to kPinDigitsMax digits; one digit only; digits in a row).
Status CheckPin(std::string_view pin);

struct KeptPage;  // page.h
/// Each with what was typed, passphrases and PINs aside: in another language it is drawn anew from
/// that, and nothing is done a second time. libsync/docs/pages.md, "What must not stay behind".
using KeptPages = Kept<KeptPage>;

class Session {
 public:
  const std::string& token() const { return token_; }  // the cookie
  const std::string& csrf() const { return csrf_; }    // in every form
  const Person& person() const { return person_; }     // as he was when he signed in
  bool clinical() const { return person_.role == Role::kClinical; }
  bool locked() const { return locked_; }
  /// False: none was chosen, or it was wrong too often; the passphrase is needed.
  bool has_pin() const { return !pin_wrap_.empty(); }
  int pin_tries_left() const { return kWrongPinsMax - wrong_pins_; }

  Language language = Language::kVietnamese;
  /// What was looked for last: it stands in no address, and in no form that a browser may keep.
  std::string searched_words;
  /// What answers what this person posted. Forgotten when the session locks.
  KeptPages kept_pages;

 private:
  friend class Sessions;
  void Lock();

  std::string token_, csrf_;
  Person person_;
  bool locked_ = false;
  std::int64_t begun_ms_ = 0, used_ms_ = 0;
  Bytes pin_wrap_;  // of the unit key; of a committee person's, of nothing that opens anything
  SecretKey pin_secret_;  // what the PIN is made long with
  int wrong_pins_ = 0;
};

/// A Session stays where it is until it ends: by End…, or in Begin, Find, Peek and AnyOpenClinical.
class Sessions {
 public:
  explicit Sessions(Random& random) : random_(random) {}

  /// An open one. Where kSessionsMax are there, the locked one that was used last before all others
  /// ends, or where none is locked, the open one.
  Session& Begin(const Admitted& admitted, Language language, std::int64_t now_ms);
  /// Nothing where there is none (any more). An open one is used now, or locked where it was idle.
  Session* Find(std::string_view token, std::int64_t now_ms);
  /// The same for what a page asks by itself: that is no use.
  Session* Peek(std::string_view token, std::int64_t now_ms);

  void Lock(Session& session) { session.Lock(); }
  /// Where the device was locked in another way.
  void LockAll();

  /// `admitted` is the session's person, from Admit. Takes as long as a passphrase.
  /// Errors: invalid (CheckPin) | denied (another person) | overloaded (not enough memory).
  Status SetPin(Session& session, std::string_view pin, const Admitted& admitted);
  /// Opens a locked session; the unit key where it is clinical. A tenth of a second or more.
  /// Errors: denied (wrong PIN) | overloaded (too early: PinWaitMs, nothing was checked; or not
  /// enough memory) | not_found (it has no PIN, or no more: the passphrase is needed).
  Result<std::optional<SecretKey>> ResumeWithPin(Session& session, std::string_view pin,
                                                 std::int64_t now_ms);
  std::int64_t PinWaitMs(const Session& session, std::int64_t now_ms) const;
  /// Opens a locked session with what Admit gave; a PIN that was not wrong too often stays.
  /// Errors: denied (another person, or another role than he signed in with).
  Status Resume(Session& session, const Admitted& admitted, std::int64_t now_ms);

  void End(std::string_view token);
  /// All of a person, however his name is typed: removed, another role or passphrase. `except`, his
  /// own that asked, stays.
  void EndPerson(std::string_view name, const Session* except = nullptr);
  /// Another worker's record, in all his sessions.
  void Update(const Person& person);

  /// False: the device is to be locked. To be asked once a second too: idle sessions lock here.
  bool AnyOpenClinical(std::int64_t now_ms);
  std::size_t size() const { return sessions_.size(); }

  /// For every check of a passphrase by the pages, by SignInKey: a page that is left open must be
  /// no place to guess at.
  Throttle& passphrase_tries() { return passphrase_tries_; }

 private:
  /// Ends what is too old, locks what is idle.
  void Pass(std::int64_t now_ms);
  Session* ByToken(std::string_view token);
  void MakeRoom();
  std::string NewToken();

  Random& random_;
  std::list<Session> sessions_;
  Throttle pin_tries_;  // by token
  Throttle passphrase_tries_;
};

}  // namespace tram::client
