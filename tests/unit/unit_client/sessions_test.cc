// Sessions: when they lock, how they open again, when they end, and when the device is to be
// locked.
#include "web/sessions.h"

#include <gmock/gmock.h>

#include <set>

namespace tram::client {
namespace {

constexpr std::int64_t kStart = 5'000'000;  // what a steady clock says means nothing
constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
constexpr char kPin[] = "739104";

class SessionsTest : public testing::Test {
 protected:
  Admitted As(const std::string& name, Role role = Role::kClinical) const {
    Admitted admitted{Person{name, role, false, std::nullopt}, std::nullopt};
    if (role == Role::kClinical) admitted.unit_key = unit_key_.Copy();
    return admitted;
  }
  Session& Begin(const std::string& name = "Mai", Role role = Role::kClinical,
                 std::int64_t now_ms = kStart) {
    return sessions_.Begin(As(name, role), Language::kEnglish, now_ms);
  }
  bool IsUnitKey(const std::optional<SecretKey>& key) const {
    return key && std::ranges::equal(key->view(), unit_key_.view());
  }

  Sessions sessions_{SystemRandom()};
  SecretKey unit_key_ = SecretKey::Generate(SystemRandom());
};

TEST_F(SessionsTest, ASessionIsFoundByItsWholeTokenOnly) {
  Session& session = Begin();
  const std::string token = session.token();
  EXPECT_EQ(token.size(), 32u);
  EXPECT_EQ(sessions_.Find(token, kStart), &session);
  EXPECT_EQ(sessions_.Find("", kStart), nullptr);
  EXPECT_EQ(sessions_.Find(token.substr(1), kStart), nullptr);
  EXPECT_EQ(sessions_.Find(token + "0", kStart), nullptr);
  EXPECT_EQ(sessions_.Find(session.csrf(), kStart), nullptr) << "what forms hold opens nothing";
  EXPECT_EQ(session.person().name, "Mai");
  EXPECT_EQ(session.language, Language::kEnglish);
  sessions_.End(token);
  EXPECT_EQ(sessions_.Find(token, kStart), nullptr);
}

TEST_F(SessionsTest, NoTwoSecretsAreAlike) {
  std::set<std::string> seen;
  for (int i = 0; i < 10; ++i) {
    Session& session = Begin();
    seen.insert({session.token(), session.csrf()});
  }
  EXPECT_EQ(seen.size(), 20u);
}

TEST_F(SessionsTest, FiveIdleMinutesLock) {
  Session& session = Begin();
  EXPECT_FALSE(sessions_.Find(session.token(), kStart + kIdleMsMax - 1)->locked());
  EXPECT_FALSE(sessions_.Find(session.token(), kStart + 2 * kIdleMsMax - 2)->locked())
      << "it was used meanwhile";
  EXPECT_TRUE(sessions_.Find(session.token(), kStart + 3 * kIdleMsMax - 2)->locked());
  EXPECT_TRUE(sessions_.Find(session.token(), kStart + 3 * kIdleMsMax - 1)->locked())
      << "asking for the lock page opens nothing";
}

TEST_F(SessionsTest, WhatAPageAsksByItselfIsNoUse) {
  Session& session = Begin();
  for (std::int64_t at = 0; at < kIdleMsMax; at += 10 * kSecond) {
    EXPECT_FALSE(sessions_.Peek(session.token(), kStart + at)->locked());
  }
  EXPECT_TRUE(sessions_.Peek(session.token(), kStart + kIdleMsMax)->locked());
}

TEST_F(SessionsTest, TheDeviceIsToBeLockedWhenNoClinicalSessionIsOpen) {
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart));
  Begin("Dũng", Role::kCommittee);
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart)) << "reports need no key";
  Session& mai = Begin("Mai", Role::kClinical, kStart);
  Session& lan = Begin("Lan", Role::kClinical, kStart + kMinute);
  EXPECT_TRUE(sessions_.AnyOpenClinical(kStart + 5 * kMinute)) << "Lan's is open";
  EXPECT_TRUE(mai.locked()) << "nobody asked for it";
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart + 6 * kMinute));
  ASSERT_TRUE(sessions_.Resume(lan, As("Lan"), kStart + 7 * kMinute));
  EXPECT_TRUE(sessions_.AnyOpenClinical(kStart + 7 * kMinute));
  sessions_.Lock(lan);
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart + 7 * kMinute));
  ASSERT_TRUE(sessions_.Resume(lan, As("Lan"), kStart + 7 * kMinute));
  sessions_.LockAll();
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart + 7 * kMinute));
  ASSERT_TRUE(sessions_.Resume(lan, As("Lan"), kStart + 7 * kMinute));
  sessions_.End(lan.token());
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart + 7 * kMinute));
}

TEST_F(SessionsTest, TwelveHoursEndASessionHoweverBusyItIs) {
  const std::string token = Begin().token();
  for (std::int64_t at = 0; at < kSessionMsMax; at += kMinute) {
    ASSERT_NE(sessions_.Find(token, kStart + at), nullptr);
  }
  EXPECT_NE(sessions_.Find(token, kStart + kSessionMsMax - 1), nullptr);
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart + kSessionMsMax));
  EXPECT_EQ(sessions_.size(), 0u);
  EXPECT_EQ(sessions_.Find(token, kStart), nullptr) << "it does not come back";
}

TEST_F(SessionsTest, AboveTheLimitTheLockedOneThatWasUsedFirstEnds) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < kSessionsMax; ++i) {
    tokens.push_back(Begin("Mai", Role::kClinical, kStart + static_cast<std::int64_t>(i)).token());
  }
  sessions_.Lock(*sessions_.Find(tokens[7], kStart + 100));
  sessions_.Lock(*sessions_.Find(tokens[5], kStart + 101));
  Begin("Lan", Role::kClinical, kStart + 102);
  EXPECT_EQ(sessions_.Find(tokens[7], kStart + 102), nullptr);
  Begin("Lan", Role::kClinical, kStart + 103);
  EXPECT_EQ(sessions_.Find(tokens[5], kStart + 103), nullptr);
  EXPECT_NE(sessions_.Find(tokens[0], kStart + 104), nullptr) << "used now";
  Begin("Lan", Role::kClinical, kStart + 105);
  EXPECT_EQ(sessions_.Find(tokens[1], kStart + 105), nullptr) << "none is locked";
  EXPECT_NE(sessions_.Find(tokens[0], kStart + 105), nullptr);
  EXPECT_EQ(sessions_.size(), kSessionsMax);
}

TEST_F(SessionsTest, APinIsFourToEightDigitsThatAreNotTheFirstOnesToTry) {
  for (const char* pin : {"7391", "00000001", "1357", "98761234"}) {
    EXPECT_TRUE(CheckPin(pin)) << pin;
  }
  for (const char* pin : {"", "739", "739104739", "73a1", "7391 ", "７３９１", "0000", "99999999",
                          "1234", "4321", "45678", "-739"}) {
    EXPECT_EQ(CheckPin(pin).error().code, ErrorCode::kInvalid) << pin;
  }
  Session& session = Begin();
  EXPECT_EQ(sessions_.SetPin(session, "1234", As("Mai")).error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(session.has_pin());
}

TEST_F(SessionsTest, ThePinOpensALockedSessionAndGivesTheUnitKey) {
  Session& session = Begin();
  EXPECT_EQ(sessions_.ResumeWithPin(session, kPin, kStart).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(sessions_.SetPin(session, kPin, As("Mai")));
  EXPECT_TRUE(session.has_pin());
  EXPECT_EQ(sessions_.Find(session.token(), kStart + kHour), &session);
  ASSERT_TRUE(session.locked());
  EXPECT_EQ(sessions_.ResumeWithPin(session, "739105", kStart + kHour).error().code,
            ErrorCode::kDenied);
  EXPECT_TRUE(session.locked());
  auto key = sessions_.ResumeWithPin(session, kPin, kStart + kHour);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_TRUE(IsUnitKey(*key));
  EXPECT_FALSE(session.locked());
  EXPECT_FALSE(sessions_.Find(session.token(), kStart + kHour + kIdleMsMax - 1)->locked());
}

TEST_F(SessionsTest, ACommitteePersonsPinOpensHisSessionAndNothingElse) {
  Session& session = Begin("Dũng", Role::kCommittee);
  ASSERT_TRUE(sessions_.SetPin(session, kPin, As("Dũng", Role::kCommittee)));
  sessions_.Lock(session);
  EXPECT_EQ(sessions_.ResumeWithPin(session, "7391", kStart).error().code, ErrorCode::kDenied);
  auto key = sessions_.ResumeWithPin(session, kPin, kStart);
  ASSERT_TRUE(key);
  EXPECT_FALSE(key->has_value());
  EXPECT_FALSE(session.locked());
  EXPECT_FALSE(sessions_.AnyOpenClinical(kStart));
}

TEST_F(SessionsTest, OnesPinOpensNobodyElsesSession) {
  Session& mai = Begin("Mai");
  Session& lan = Begin("Lan");
  ASSERT_TRUE(sessions_.SetPin(mai, kPin, As("Mai")));
  ASSERT_TRUE(sessions_.SetPin(lan, "2580", As("Lan")));
  sessions_.LockAll();
  EXPECT_EQ(sessions_.ResumeWithPin(lan, kPin, kStart).error().code, ErrorCode::kDenied);
  EXPECT_EQ(sessions_.SetPin(lan, "1111", As("Mai")).error().code, ErrorCode::kDenied);
  EXPECT_EQ(sessions_.Resume(lan, As("Mai"), kStart).error().code, ErrorCode::kDenied);
  EXPECT_EQ(sessions_.Resume(lan, As("Lan", Role::kCommittee), kStart).error().code,
            ErrorCode::kDenied)
      << "what was open when he had another role";
  EXPECT_TRUE(lan.locked());
  EXPECT_TRUE(sessions_.ResumeWithPin(lan, "2580", kStart));
}

TEST_F(SessionsTest, WrongPinsSlowDownAndTheRightOneTooEarlyIsNotTried) {
  Session& session = Begin();
  ASSERT_TRUE(sessions_.SetPin(session, kPin, As("Mai")));
  sessions_.Lock(session);
  for (int i = 0; i < Throttle::kFreeTries; ++i) {
    EXPECT_EQ(sessions_.PinWaitMs(session, kStart), 0);
    EXPECT_EQ(sessions_.ResumeWithPin(session, "0001", kStart).error().code, ErrorCode::kDenied);
  }
  EXPECT_EQ(sessions_.PinWaitMs(session, kStart), kSecond);
  for (const char* pin : {"0001", kPin}) {
    EXPECT_EQ(sessions_.ResumeWithPin(session, pin, kStart + kSecond - 1).error().code,
              ErrorCode::kOverloaded);
  }
  EXPECT_TRUE(session.locked());
  EXPECT_EQ(session.pin_tries_left(), kWrongPinsMax - Throttle::kFreeTries)
      << "a try before its time is no wrong one";
  EXPECT_TRUE(sessions_.ResumeWithPin(session, kPin, kStart + kSecond));
  EXPECT_EQ(session.pin_tries_left(), kWrongPinsMax);
  EXPECT_EQ(sessions_.PinWaitMs(session, kStart + kSecond), 0);
}

TEST_F(SessionsTest, AfterTenWrongPinsThePassphraseIsNeeded) {
  Session& session = Begin();
  ASSERT_TRUE(sessions_.SetPin(session, kPin, As("Mai")));
  sessions_.Lock(session);
  std::int64_t now = kStart;
  for (int i = 0; i < kWrongPinsMax; ++i) {
    ASSERT_TRUE(session.has_pin());
    EXPECT_EQ(session.pin_tries_left(), kWrongPinsMax - i);
    now += sessions_.PinWaitMs(session, now);
    ASSERT_EQ(sessions_.ResumeWithPin(session, "0001", now).error().code, ErrorCode::kDenied);
  }
  EXPECT_FALSE(session.has_pin());
  now += kMinute;
  EXPECT_EQ(sessions_.ResumeWithPin(session, kPin, now).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(session.locked());
  ASSERT_TRUE(sessions_.Resume(session, As("Mai"), now));
  EXPECT_FALSE(session.locked());
  EXPECT_FALSE(session.has_pin()) << "until he chooses one again";
  ASSERT_TRUE(sessions_.SetPin(session, "2580", As("Mai")));
  sessions_.Lock(session);
  EXPECT_EQ(session.pin_tries_left(), kWrongPinsMax);
  EXPECT_TRUE(sessions_.ResumeWithPin(session, "2580", now));
}

TEST_F(SessionsTest, ThePassphraseOpensASessionThatKeepsItsPin) {
  Session& session = Begin();
  ASSERT_TRUE(sessions_.SetPin(session, kPin, As("Mai")));
  sessions_.Lock(session);
  for (int i = 0; i < 4; ++i) {
    sessions_.ResumeWithPin(session, "0001", kStart + i * kSecond).error();
  }
  ASSERT_TRUE(sessions_.Resume(session, As("Mai"), kStart + 4 * kSecond));
  EXPECT_EQ(sessions_.PinWaitMs(session, kStart + 4 * kSecond), 0);
  sessions_.Lock(session);
  EXPECT_TRUE(sessions_.ResumeWithPin(session, kPin, kStart + 4 * kSecond));
}

TEST_F(SessionsTest, WhatChangesAPersonEndsHisSessionsAndNobodyElses) {
  const std::string first = Begin("Mai").token();
  Session& asking = Begin("Mai");
  Session& lan = Begin("Lan");
  sessions_.EndPerson("Mai", &asking);
  EXPECT_EQ(sessions_.Find(first, kStart), nullptr);
  EXPECT_EQ(sessions_.Find(asking.token(), kStart), &asking);
  const RecordId worker = RecordId::From(Bytes(RecordId::kSize, 7));
  sessions_.Update(Person{"Lan", Role::kCommittee, false, worker});
  EXPECT_EQ(lan.person().worker, worker);
  EXPECT_TRUE(lan.clinical()) << "a role changes with a new session only";
  EXPECT_FALSE(asking.person().worker);
  sessions_.EndPerson(" MAI");
  EXPECT_EQ(sessions_.size(), 1u) << "removed under a name that was typed otherwise";
}

}  // namespace
}  // namespace tram::client
