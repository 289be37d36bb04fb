#include "web/sessions.h"

#include <algorithm>
#include <array>

#include "tram/crypto/passphrase.h"
#include "tram/web/guard.h"

namespace tram::client {
namespace {

constexpr std::size_t kTokenBytes = 16;

/// What a PIN's wrap is made under. Alone a PIN is too short for one, and a page of memory that was
/// swapped out with the wrap would be enough to guess it from.
std::string LongPin(const SecretKey& secret, std::string_view pin) {
  return ToHex(secret.view()).append(pin);
}

bool IsRun(std::string_view digits, int step) {
  return std::adjacent_find(digits.begin(), digits.end(),
                            [&](char a, char b) { return b - a != step; }) == digits.end();
}

Error AnotherPerson() {
  return MakeError(ErrorCode::kDenied, "this session is somebody else's; sign in anew");
}

}  // namespace

Status CheckPin(std::string_view pin) {
  const bool digits =
      std::all_of(pin.begin(), pin.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || pin.size() < kPinDigitsMin || pin.size() > kPinDigitsMax) {
    return MakeError(ErrorCode::kInvalid, "a PIN has " + std::to_string(kPinDigitsMin) + " to " +
                                              std::to_string(kPinDigitsMax) + " digits");
  }
  if (IsRun(pin, 0) || IsRun(pin, 1) || IsRun(pin, -1)) {
    return MakeError(ErrorCode::kInvalid,
                     "this PIN is the first that anybody would try; choose another");
  }
  return {};
}

std::string Sessions::NewToken() {
  std::array<std::uint8_t, kTokenBytes> bytes;
  random_.Fill(bytes);
  return ToHex(bytes);
}

Session& Sessions::Begin(const Admitted& admitted, Language language, std::int64_t now_ms) {
  Pass(now_ms);
  MakeRoom();
  Session& session = sessions_.emplace_back();
  session.token_ = NewToken();
  session.csrf_ = NewToken();
  session.person_ = admitted.person;
  session.language = language;
  session.begun_ms_ = session.used_ms_ = now_ms;
  return session;
}

void Sessions::MakeRoom() {
  while (sessions_.size() >= kSessionsMax) {
    auto least = std::min_element(
        sessions_.begin(), sessions_.end(), [](const Session& a, const Session& b) {
          return a.locked_ != b.locked_ ? a.locked_ : a.used_ms_ < b.used_ms_;
        });
    End(least->token_);
  }
}

void Session::Lock() {
  if (locked_) return;
  locked_ = true;
  kept_pages.Forget();
}

void Sessions::Pass(std::int64_t now_ms) {
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    auto here = session++;
    if (now_ms - here->begun_ms_ >= kSessionMsMax) {
      End(here->token_);
    } else if (now_ms - here->used_ms_ >= kIdleMsMax) {
      here->Lock();
    }
  }
}

Session* Sessions::ByToken(std::string_view token) {
  Session* found = nullptr;
  for (Session& session : sessions_) {
    if (SameSecret(session.token_, token)) found = &session;
  }
  return found;
}

Session* Sessions::Find(std::string_view token, std::int64_t now_ms) {
  Session* session = Peek(token, now_ms);
  if (session != nullptr && !session->locked_) session->used_ms_ = now_ms;
  return session;
}

Session* Sessions::Peek(std::string_view token, std::int64_t now_ms) {
  Pass(now_ms);
  return ByToken(token);
}

void Sessions::LockAll() {
  for (Session& session : sessions_) session.Lock();
}

Status Sessions::SetPin(Session& session, std::string_view pin, const Admitted& admitted) {
  if (admitted.person.name != session.person_.name) return AnotherPerson();
  TRAM_TRY(CheckPin(pin));
  SecretKey secret = SecretKey::Generate(random_);
  const SecretKey nothing = SecretKey::Generate(random_);
  TRAM_ASSIGN(Bytes wrap, WrapSecret(admitted.unit_key ? admitted.unit_key->view() : nothing.view(),
                                     LongPin(secret, pin), random_));
  session.pin_wrap_ = std::move(wrap);
  session.pin_secret_ = std::move(secret);
  session.wrong_pins_ = 0;
  pin_tries_.Forget(session.token_);
  return {};
}

Result<std::optional<SecretKey>> Sessions::ResumeWithPin(Session& session, std::string_view pin,
                                                         std::int64_t now_ms) {
  if (!session.has_pin()) {
    return MakeError(ErrorCode::kNotFound, "there is no PIN any more; type the passphrase");
  }
  Result<SecretKey> opened = pin_tries_.Try(session.token_, now_ms, [&] {
    return UnwrapKey(session.pin_wrap_, LongPin(session.pin_secret_, pin));
  });
  if (!opened) {
    if (opened.error().code != ErrorCode::kDenied) return opened.error();
    if (++session.wrong_pins_ >= kWrongPinsMax) {
      session.pin_wrap_.clear();
      session.pin_secret_ = SecretKey();
    }
    return MakeError(ErrorCode::kDenied, "the PIN is wrong");
  }
  session.wrong_pins_ = 0;
  session.locked_ = false;
  session.used_ms_ = now_ms;
  if (!session.clinical()) return std::optional<SecretKey>();
  return std::optional<SecretKey>(std::move(*opened));
}

std::int64_t Sessions::PinWaitMs(const Session& session, std::int64_t now_ms) const {
  return pin_tries_.WaitMs(session.token_, now_ms);
}

Status Sessions::Resume(Session& session, const Admitted& admitted, std::int64_t now_ms) {
  if (admitted.person.name != session.person_.name ||
      admitted.person.role != session.person_.role) {
    return AnotherPerson();
  }
  session.person_ = admitted.person;
  session.wrong_pins_ = 0;
  pin_tries_.Forget(session.token_);
  session.locked_ = false;
  session.used_ms_ = now_ms;
  return {};
}

void Sessions::End(std::string_view token) {
  const std::string ended(token);  // it may be the session's own
  pin_tries_.Forget(ended);
  sessions_.remove_if([&](const Session& session) { return SameSecret(session.token_, ended); });
}

void Sessions::EndPerson(std::string_view name, const Session* except) {
  const std::string key = SignInKey(name);
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    auto here = session++;
    if (&*here != except && SignInKey(here->person_.name) == key) End(here->token_);
  }
}

void Sessions::Update(const Person& person) {
  for (Session& session : sessions_) {
    if (session.person_.name == person.name) session.person_.worker = person.worker;
  }
}

bool Sessions::AnyOpenClinical(std::int64_t now_ms) {
  Pass(now_ms);
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [](const Session& session) { return session.clinical() && !session.locked_; });
}

}  // namespace tram::client
