// Guessing passwords: who guesses waits, before anything is hashed; the real person, known by his
// device cookie, and the devices' syncs do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/refusal_notes.h"
#include "auth/sign_in_gate.h"
#include "auth/totp.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/visitor.h"

namespace tram::server {
namespace {

using ::testing::HasSubstr;

constexpr char kCookie[] = "tramserver8080";

class GuessingTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    person_ = AddAccount("can.bo", Role::kProvince, {"24"});
    other_ = AddAccount("nguoi.khac", Role::kProvince, {"24"});
  }
  std::string KnownCookie(const Account& account) const {
    return std::string(kCookie) + "-known-" + std::to_string(account.number);
  }
  /// The cookies of who signed in as `account` before, and is not signed in now.
  std::map<std::string, std::string> Known(const Account& account) {
    Visitor visitor(*front_, "203.0.113.1");
    visitor.SignIn(account.name, kTestPassword);
    std::map<std::string, std::string> known{
        {KnownCookie(account), visitor.cookies[KnownCookie(account)]}};
    EXPECT_FALSE(known.begin()->second.empty());
    return known;
  }
  /// The n-th stranger, who comes from an address of his own.
  std::unique_ptr<Visitor> Stranger(int n) {
    return std::make_unique<Visitor>(
        *front_, "198.51." + std::to_string(n / 250) + "." + std::to_string(n % 250));
  }
  bool Enters(Visitor& visitor, const std::string& name) {
    visitor.SignIn(name, kTestPassword);
    return visitor.Get("/me").status == 200;
  }
  std::size_t TrailRows() {
    std::size_t rows = 0;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(const auto all, server.store().audit().All());
      rows = all.size();
      return {};
    });
    return rows;
  }

  Account person_, other_;
};

TEST_F(GuessingTest, StrangersWaitAndTheKnownBrowserDoesNot) {
  Serve();
  const auto known = Known(person_);
  for (int i = 0; i < Throttle::kFreeTries; ++i) Stranger(i)->SignIn("can.bo", "đoán mò");
  const std::uint64_t hashed = front_->secrets().done();
  const std::size_t rows = TrailRows();
  auto stranger = Stranger(100);
  const HttpResponse refused = stranger->Follow(stranger->SignIn("Can.Bo", kTestPassword));
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("Sai nhiều lần: đợi 1 giây rồi thử lại."));
  EXPECT_EQ(front_->secrets().done(), hashed) << "refused before anything is hashed";
  EXPECT_EQ(TrailRows(), rows) << "and nothing is written";

  Visitor person(*front_, "198.51.0.0");  // even from a stranger's address
  person.cookies = known;
  EXPECT_TRUE(Enters(person, "can.bo"));
  EXPECT_FALSE(Enters(*stranger, "can.bo")) << "his sign-in forgets the strangers' tries not";
}

TEST_F(GuessingTest, NamesThatNobodyHasAreTreatedAlike) {
  Serve();
  std::vector<std::string> pages;
  for (const std::string name : {"can.bo", "khong.co"}) {
    const int from = name == "can.bo" ? 0 : 10;
    for (int i = 0; i < Throttle::kFreeTries; ++i) Stranger(from + i)->SignIn(name, "đoán mò");
    const std::uint64_t hashed = front_->secrets().done();
    auto stranger = Stranger(from + 5);
    const HttpResponse refused = stranger->Follow(stranger->SignIn(name, "đoán mò"));
    EXPECT_EQ(refused.status, 429) << name;
    EXPECT_EQ(front_->secrets().done(), hashed);
    const std::size_t note = refused.body.find("note bad");
    pages.push_back(refused.body.substr(note, refused.body.find("</p>", note) - note));
  }
  EXPECT_EQ(pages[0], pages[1]);
}

TEST_F(GuessingTest, OneAddressWaitsWhateverNamesItTries) {
  Serve();
  auto stranger = Stranger(1);
  for (const char* name : {"mot", "hai", "ba"}) stranger->SignIn(name, "đoán mò");
  EXPECT_EQ(stranger->Follow(stranger->SignIn("can.bo", kTestPassword)).status, 429);
  auto another = Stranger(2);
  EXPECT_TRUE(Enters(*another, "can.bo"));
  Visitor proxy(*front_, "127.0.0.1");
  for (const char* name : {"bon", "nam", "sau", "bay"}) proxy.SignIn(name, "đoán mò");
  EXPECT_TRUE(Enters(proxy, "nguoi.khac")) << "a proxy on this machine stands for everybody";
}

TEST_F(GuessingTest, ADeviceCookieServesItsAccountOnly) {
  Serve();
  const std::string value = Known(other_).begin()->second;
  for (int i = 0; i < Throttle::kFreeTries; ++i) Stranger(i)->SignIn("can.bo", "đoán mò");
  std::string forged = value;
  forged.back() = forged.back() == '0' ? '1' : '0';
  int n = 50;
  for (const std::string& cookie : {value, forged, std::string("x"), std::string()}) {
    auto stranger = Stranger(n++);
    stranger->cookies[KnownCookie(person_)] = cookie;
    EXPECT_FALSE(Enters(*stranger, "can.bo")) << cookie;
  }
}

TEST_F(GuessingTest, AStolenDeviceCookieIsThrottledByItself) {
  Serve();
  const auto stolen = Known(person_);
  Visitor owner(*front_, "203.0.113.1");
  EXPECT_TRUE(Enters(owner, "can.bo")) << "each sign-in gives a cookie of its own";
  EXPECT_NE(owner.cookies[KnownCookie(person_)], stolen.begin()->second);
  Visitor thief(*front_, "198.51.100.9");
  thief.cookies = stolen;
  for (int i = 0; i < Throttle::kFreeTries; ++i) thief.SignIn("can.bo", "đoán mò");
  EXPECT_EQ(thief.Follow(thief.SignIn("can.bo", "đoán mò")).status, 429);
  EXPECT_TRUE(Enters(owner, "can.bo"));
  auto stranger = Stranger(1);
  EXPECT_TRUE(Enters(*stranger, "can.bo")) << "another browser of his";
}

TEST_F(GuessingTest, DeviceCookiesOutliveARestart) {
  Serve();
  const auto known = Known(person_);
  Serve();
  for (int i = 0; i < Throttle::kFreeTries; ++i) Stranger(i)->SignIn("can.bo", "đoán mò");
  Visitor person(*front_, "198.51.0.0");
  person.cookies = known;
  EXPECT_TRUE(Enters(person, "can.bo"));
}

TEST_F(GuessingTest, WhatGuessersAreToldPushesOutNobodyElsesPage) {
  Serve();
  Become(person_);
  const std::string told = HeaderOf(Post("/me/name", {{"full_name", "a\nb"}}), "Location");
  auto stranger = Stranger(1);
  for (int i = 0; i < Throttle::kFreeTries; ++i) stranger->SignIn("can.bo", "đoán mò");
  for (int i = 0; i < 300; ++i) stranger->Post("/sign-in", {{"name", "can.bo"}});
  EXPECT_THAT(Get(told).body, HasSubstr("href=\"#name\""));
}

/// Keeps the thread that hashes from going on, as if each hash took for ever.
class Hold {
 public:
  explicit Hold(SecretThread& secrets) {
    secrets.Post({std::string(5000, 'x'), "", true, true}, [this](const SecretResult&) {
      held_.set_value();
      release_.get_future().wait();
    });
  }
  void Await() { held_.get_future().wait(); }
  void Release() { release_.set_value(); }

 private:
  std::promise<void> held_, release_;
};

TEST_F(GuessingTest, AThousandGuessesHoldUpNeitherSyncsNorTheRealPerson) {
  const Unit unit = AddTestUnit("BG01", "24");
  const auto device = Enrolled(unit);
  Serve();
  const auto known = Known(person_);
  const std::uint64_t before = front_->secrets().done();
  Hold first(front_->secrets());
  first.Await();

  constexpr int kGuesses = 1000;
  std::vector<std::unique_ptr<Visitor>> strangers;
  std::vector<std::future<HttpResponse>> answers;
  for (int i = 0; i < kGuesses; ++i) {
    strangers.push_back(Stranger(i));
    if (i == 0) strangers.back()->Get("/sign-in");
    strangers.back()->TakeFormOf(*strangers.front());
    answers.push_back(strangers.back()->PostLater(
        "/sign-in", {{"name", "ten." + std::to_string(i)}, {"password", "đoán mò"}}));
  }
  // Not one hash is done meanwhile, and devices are served: the owner waits for none.
  for (int day = 1; day <= 5; ++day) {
    device->Visit(DateOf(2026, 11, day), false, day);
    std::promise<HttpResponse> synced;
    owner_->Sync(std::string(AsText(device->Request())),
                 [&](HttpResponse response) { synced.set_value(std::move(response)); });
    device->Take(synced.get_future().get());
  }
  EXPECT_EQ(device->report().left_ops, 0u);
  EXPECT_EQ(front_->secrets().done(), before + 1) << "the one that holds the thread";
  OnOwner([](ServerState&, RollupWorker&) { return Status(); });  // after all of them
  std::size_t waiting = 0;
  for (auto& answer : answers) {
    waiting += answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready ? 0 : 1;
  }
  EXPECT_EQ(waiting, kStrangersWaitingMax) << "the others were told to come back";
  auto late = Stranger(kGuesses);
  const HttpResponse busy = late->Follow(late->SignIn("ten.moi", "đoán mò"));
  EXPECT_EQ(busy.status, 429);
  EXPECT_THAT(busy.body, HasSubstr("một phút nữa hãy thử lại"));

  Visitor person(*front_, "198.51.0.1");
  person.cookies = known;
  person.Get("/sign-in");
  auto entered = person.PostLater("/sign-in", {{"name", "can.bo"}, {"password", kTestPassword}});
  OnOwner([](ServerState&, RollupWorker&) { return Status(); });
  Hold second(front_->secrets());
  first.Release();
  second.Await();
  EXPECT_NE(SetCookieOf(entered.get(), kCookie), "") << "before every stranger";
  EXPECT_EQ(front_->secrets().done(), before + 3);
  second.Release();
  for (auto& answer : answers) answer.wait();
  EXPECT_EQ(front_->secrets().done(), before + 3 + kStrangersWaitingMax);
}

TEST_F(GuessingTest, AThousandWrongSignInsOfOneAccountAreHardlyTriedAndHoldNobodyElseUp) {
  Serve();
  const auto known = Known(person_);
  const std::uint64_t hashed = front_->secrets().done();
  const std::size_t rows = TrailRows();
  int waits = 0;
  for (int i = 0; i < 1000; ++i) {
    auto stranger = Stranger(i);
    const HttpResponse answer =
        stranger->Follow(stranger->SignIn("can.bo", "đoán " + std::to_string(i)));
    waits += answer.status == 429 ? 1 : 0;
    ASSERT_LT(answer.body.size(), 20'000u);
  }
  EXPECT_EQ(waits, 1000 - Throttle::kFreeTries);
  EXPECT_EQ(front_->secrets().done(), hashed + Throttle::kFreeTries);
  EXPECT_EQ(TrailRows(), rows + Throttle::kFreeTries) << "the trail is not filled either";
  auto other = Stranger(2000);
  EXPECT_TRUE(Enters(*other, "nguoi.khac"));
  Visitor person(*front_, "198.51.0.0");
  person.cookies = known;
  EXPECT_TRUE(Enters(person, "can.bo")) << "and he himself, where he signed in before";
}

TEST_F(GuessingTest, AThousandWrongCodesOfWhoHasThePasswordAreHardlyTried) {
  Serve();
  const auto known = Known(person_);
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(auto account, server.store().accounts().Find(person_.number));
    account->totp_secret = NewTotpSecret(SystemRandom());
    person_ = *account;
    return server.store().accounts().Update(*account);
  });
  std::vector<std::unique_ptr<Visitor>> thieves;
  for (int i = 0; i < Throttle::kFreeTries; ++i) {
    thieves.push_back(Stranger(i));
    thieves.back()->SignIn("can.bo", kTestPassword);
    EXPECT_EQ(thieves.back()->Get("/sign-in/code").status, 200);
  }
  const std::size_t rows = TrailRows();
  for (std::size_t i = 0; i < 1000; ++i) {
    const HttpResponse answer =
        thieves[i % thieves.size()]->Post("/sign-in/code", {{"code", std::to_string(100'000 + i)}});
    ASSERT_EQ(SetCookieOf(answer, kCookie), "");
  }
  // The password that was right counted as a try each time.
  EXPECT_EQ(TrailRows(), rows) << "so many codes were compared";
  auto thief = Stranger(1001);
  EXPECT_EQ(thief->Follow(thief->SignIn("can.bo", kTestPassword)).status, 429);
  auto other = Stranger(2000);
  EXPECT_TRUE(Enters(*other, "nguoi.khac"));
  Visitor person(*front_, "198.51.0.0");
  person.cookies = known;
  person.SignIn("can.bo", kTestPassword);
  person.Post("/sign-in/code",
              {{"code", TotpCode(person_.totp_secret, clock_.ms / 1000 / kTotpStepSeconds)}});
  EXPECT_EQ(person.Get("/me").status, 200) << "he himself, where he signed in before";
}

TEST(SignInGateTest, NoFloodOfNamesMakesAnEarlierOneForgotten) {
  SignInGate gate(SystemRandom());
  const TryLanes his{"", "can.bo", ""};
  for (int i = 0; i < Throttle::kFreeTries; ++i) gate.Count(his, 0);
  for (int i = 0; i < 20'000; ++i) {
    const TryLanes flood{"", "ten." + std::to_string(i), ""};
    for (int tries = 0; tries < 5; ++tries) gate.Count(flood, 0);
  }
  EXPECT_GT(gate.WaitMs(his, 0), 0);
}

TEST(SignInGateTest, AKnownBrowserWaitsForItsOwnTriesOnly) {
  SignInGate gate(SystemRandom());
  for (int i = 0; i < 100'000; ++i) {
    gate.Count({"", std::to_string(i), std::to_string(i)}, 0);
  }
  const TryLanes known{"1 a", "", ""};
  EXPECT_EQ(gate.WaitMs(known, 0), 0);
  for (int i = 0; i < Throttle::kFreeTries; ++i) gate.Count(known, 0);
  EXPECT_EQ(gate.WaitMs(known, 0), Throttle::kWaitMsFirst);
  gate.Forget(known);
  EXPECT_EQ(gate.WaitMs(known, 0), 0);
}

TEST(SignInGateTest, AnAddressIsAHouseholds) {
  EXPECT_EQ(AddressLane("203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(AddressLane("::ffff:203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(AddressLane("2001:db8:1:2:3:4:5:6"), AddressLane("2001:db8:1:2::9"));
  EXPECT_NE(AddressLane("2001:db8:1:2::9"), AddressLane("2001:db8:1:3::9"));
  EXPECT_EQ(AddressLane("2001:db8::9"), AddressLane("2001:db8:0:0:7::"));
  EXPECT_NE(AddressLane("2001:db8::1:2:3:4:5"), AddressLane("2001:db8::9"));
  for (const char* own : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", ""}) {
    EXPECT_EQ(AddressLane(own), "") << own;
  }
}

TEST(RefusalNotesTest, TheTrailIsNotFilledByRefusals) {
  RefusalNotes notes;
  int written = 0;
  for (int i = 0; i < 1000; ++i) written += notes.Note("refused", 1000 + i) ? 1 : 0;
  EXPECT_EQ(written, kRefusalsPerHourMax);
  EXPECT_EQ(notes.Note("refused", 1000 + 3'600'000),
            "refused (before it 940 more that are not in this trail)");
  EXPECT_EQ(notes.Note("refused", 1001 + 3'600'000), "refused");
}

}  // namespace
}  // namespace tram::server
