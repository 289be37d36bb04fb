// Practising in the pages: two doors with one address, and nothing passes between what lies behind
// them.
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "app/practice.h"
#include "tests/unit/unit_client/front_fixture.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr char kBanner[] = "Dữ liệu giả – không gửi đi",
               kBannerInEnglish[] = "Made-up data – nothing is sent";
constexpr char kReal[] = "Quách Thị Thật", kMadeUp[] = "Trần Thị Mẫu";
constexpr char kPracticeCookie[] = "tram7780practice";

class PracticePagesTest : public FrontTest {
 protected:
  std::string UnitToml() const override {
    return *ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
  }
  void SetUp() override {
    FrontTest::SetUp();
    ASSERT_TRUE(device_->Unlock(kUnitPassphrase));
    RecordForm form;
    form.type = device_->programme().ByName("client");
    form.values[form.type->ByName("full_name")->number] = std::string(kReal);
    auto saved = device_->Save(form);
    ASSERT_TRUE(saved) << saved.error().message;
    real_ = saved->record;
    real_op_ = saved->op;
    device_->Lock();
  }
  HttpResponse Begin() { return PostFrom("/practice", "/practice/begin", {}); }
  HttpResponse End() { return PostFrom("/practice/end", "/practice/end", {}); }
  bool OnDisk() const { return fs::exists(folder_ / kPracticeFolder); }
  /// The id of a record that the list of this type shows under this name.
  std::string IdOf(const std::string& name) {
    EXPECT_EQ(PostFrom("/list/client", "/list/client", {{"q", name}}).status, 303);
    const HttpResponse list = Get("/list/client?page=1");
    const std::size_t at = list.body.find("href=\"/record/");
    EXPECT_NE(at, std::string::npos) << list.body;
    return list.body.substr(at + 14, 2 * RecordId::kSize);
  }
  /// Asks for every page that shows or changes one record, with an id of the other unit.
  void ExpectNoneOf(const std::string& record, const std::string& op, const std::string& name) {
    const std::string csrf = CsrfOf(Get("/people"));
    std::size_t asked = 0;
    for (const Route& route : Front::Routes()) {
      std::string path(route.pattern);
      const bool of_record = path.starts_with("/record/{}"), of_op = path.starts_with("/undo/{}");
      if (!of_record && !of_op) continue;
      path.replace(path.find("{}"), 2, of_record ? record : op);
      if (const std::size_t at = path.find("{}"); at != path.npos) path.replace(at, 2, "17");
      ++asked;
      const HttpResponse answer = route.method == "GET"
                                      ? Get(path)
                                      : Landing(Post(path, {{"csrf", csrf}, {"with", record}}));
      EXPECT_EQ(answer.status, 404) << route.method << " " << path;
      EXPECT_THAT(answer.body, Not(HasSubstr(name))) << path;
    }
    EXPECT_GE(asked, 12u);
    const HttpResponse below = Get("/new/episode?parent=" + record);
    EXPECT_GE(below.status, 400) << "nothing is put below it";
    for (const Route& route : Front::Routes()) {
      if (route.method != "GET" || route.pattern.find("{}") != route.pattern.npos) continue;
      EXPECT_THAT(Get(std::string(route.pattern)).body, Not(HasSubstr(name))) << route.pattern;
    }
  }

  RecordId real_;
  OpId real_op_;
};

TEST_F(PracticePagesTest, NobodyNeedsAPassphraseAndEveryPageSaysWhatItIs) {
  EXPECT_THAT(Get("/sign-in").body, HasSubstr("href=\"/practice\""));
  const HttpResponse begun = Begin();
  ASSERT_EQ(begun.status, 303) << begun.body;
  EXPECT_EQ(HeaderOf(begun, "Location"), "/practice");
  EXPECT_TRUE(OnDisk());
  std::size_t pages = 0;
  const auto expect_banner = [&](const std::string& path) {
    const HttpResponse page = Get(path);
    EXPECT_EQ(page.status, 200) << path << page.body;
    if (page.content_type.find("html") == page.content_type.npos) return;
    ++pages;
    EXPECT_THAT(page.body, HasSubstr(kBanner)) << path;
    EXPECT_THAT(page.body, HasSubstr("href=\"/practice/end\"")) << path;
  };
  for (const char* path : {"/practice", "/practice/end"}) expect_banner(path);
  for (const Route& route : Front::Routes()) {
    if (route.method != "GET" || route.pattern.find("{}") != route.pattern.npos) continue;
    expect_banner(std::string(route.pattern));
  }
  for (const char* path : {"/list/client", "/new/client", "/due/followups_overdue"}) {
    expect_banner(path);
  }
  const std::string record = "/record/" + IdOf(kMadeUp);
  for (const char* rest : {"", "/edit", "/history", "/delete", "/merge"}) {
    expect_banner(record + rest);
  }
  EXPECT_THAT(Get("/nothing").body, HasSubstr(kBanner)) << "an error too";
  EXPECT_GE(pages, 15u);
  PostFrom("/practice", "/language", {{"to", "en"}});
  EXPECT_THAT(Get("/").body, HasSubstr(kBannerInEnglish));
  PostFrom("/practice", "/lock", {});
  const HttpResponse lock = Get("/lock");
  EXPECT_THAT(lock.body, HasSubstr(kBannerInEnglish));
}

TEST_F(PracticePagesTest, ALockOfPracticeOpensWithThePassphraseThatStandsThere) {
  Begin();
  PostFrom("/practice", "/lock", {});
  const HttpResponse lock = Get("/lock");
  const std::size_t at = lock.body.find("autocomplete=\"current-password\" value=\"");
  ASSERT_NE(at, std::string::npos) << lock.body;
  const std::string passphrase = lock.body.substr(at + 39, 9);
  EXPECT_EQ(PostFrom("/lock", "/unlock", {{"passphrase", passphrase}}).status, 303);
  EXPECT_EQ(Get("/").status, 200);
}

TEST_F(PracticePagesTest, WhoPractisesReachesNoRealRecord) {
  // In one browser with both cookies, while the real unit is open: nothing is nearer.
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  Begin();
  ExpectNoneOf(real_.Hex(), real_op_.Hex(), kReal);
  const std::size_t before = device_->log().committed();
  PostFrom("/new/client", "/new/client", {{"f.full_name", "Bịa Ra"}});
  EXPECT_EQ(device_->log().committed(), before);
}

TEST_F(PracticePagesTest, WhoWorksReachesNothingMadeUp) {
  Begin();
  const std::string made_up = IdOf(kMadeUp);
  ASSERT_EQ(Get("/record/" + made_up).status, 200);
  // Another browser on the same computer, while somebody practises.
  const Cookies practising = std::exchange(cookies_, {});
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  EXPECT_EQ(Get("/record/" + real_.Hex()).status, 200);
  ExpectNoneOf(made_up, std::string(40, '0'), kMadeUp);
  EXPECT_THAT(Get("/").body, Not(HasSubstr(kBanner)));
  cookies_ = practising;
  EXPECT_THAT(Get("/").body, HasSubstr(kBanner)) << "and it goes on";
}

TEST_F(PracticePagesTest, TheCookieOfOneDoorOpensNotTheOther) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  const std::string real_token = cookies_.at("tram7780");
  const std::string real_csrf = CsrfOf(Get("/people"));
  Begin();
  const std::string practice_token = cookies_.at(kPracticeCookie);
  const std::string practice_csrf = CsrfOf(Get("/people"));
  EXPECT_EQ(Landing(Post("/sync", {{"csrf", real_csrf}})).status, 403)
      << "a form of the real unit that was still open changes nothing here";
  cookies_ = {{kPracticeCookie, real_token}};
  EXPECT_EQ(Get("/").status, 303) << "to the sign-in page";
  cookies_ = {{"tram7780", practice_token}};
  EXPECT_EQ(Get("/").status, 303);
  cookies_ = {{"tram7780", real_token}};
  EXPECT_EQ(Landing(Post("/sync", {{"csrf", practice_csrf}})).status, 403);
  EXPECT_EQ(asked_to_sync_, 0);
}

TEST_F(PracticePagesTest, TheRealUnitStaysOpenOrLockedAsItWas) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  Begin();
  EXPECT_TRUE(device_->unlocked());
  PostFrom("/practice", "/lock", {});
  EXPECT_TRUE(device_->unlocked()) << "only practice was locked";
  ASSERT_EQ(End().status, 303);
  EXPECT_THAT(Get("/").body, Not(HasSubstr(kBanner)));
  EXPECT_EQ(Get("/").status, 200) << "Lan's own session goes on";
  PostFrom("/people", "/lock", {});
  EXPECT_FALSE(device_->unlocked());
  PostFrom("/practice", "/practice/begin", {});
  EXPECT_EQ(Get("/").status, 200);
  EXPECT_FALSE(device_->unlocked()) << "practice opens nothing real";
  ASSERT_EQ(End().status, 303);
  EXPECT_EQ(Get("/").status, 303) << "and hers is still locked";
}

TEST_F(PracticePagesTest, SendingIsPlayedAndNothingIsCarriedAway) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  const std::size_t real_before = UnconfirmedOps(device_->log());
  Begin();
  PostFrom("/new/client", "/new/client", {{"f.full_name", "Bịa Ra"}});
  EXPECT_THAT(Get("/sync").body, Not(HasSubstr("/bundle/")));
  EXPECT_THAT(Get("/").body, Not(HasSubstr("Không có gì chờ gửi")));
  EXPECT_EQ(PostFrom("/sync", "/sync", {}).status, 303);
  EXPECT_EQ(asked_to_sync_, 0) << "the real unit was not asked to sync";
  EXPECT_THAT(Get("/").body, HasSubstr("Không có gì chờ gửi"));
  for (const char* path : {"/bundle/write", "/bundle/read"}) {
    const HttpResponse refused = Landing(PostFrom("/sync", path, {}));
    EXPECT_EQ(refused.status, 403) << path;
    EXPECT_THAT(refused.content_type, HasSubstr("html")) << path;
  }
  End();
  EXPECT_EQ(UnconfirmedOps(device_->log()), real_before);
}

TEST_F(PracticePagesTest, TheEndAsksFirstAndErasesEverything) {
  Begin();
  PostFrom("/new/client", "/new/client", {{"f.full_name", "Bịa Ra"}});
  EXPECT_EQ(Get("/practice/end").status, 200);
  EXPECT_TRUE(OnDisk()) << "looking at the question ends nothing";
  EXPECT_EQ(PostFrom("/people", "/sign-out", {}).status, 303);
  EXPECT_TRUE(OnDisk()) << "nor does signing out: it asks";
  EXPECT_EQ(Landing(Post("/practice/end", {{"csrf", "0"}})).status, 403);
  EXPECT_TRUE(OnDisk());
  const HttpResponse ended = End();
  EXPECT_EQ(ended.status, 303);
  EXPECT_FALSE(OnDisk());
  EXPECT_FALSE(cookies_.contains(kPracticeCookie));
  EXPECT_THAT(HeaderOf(Get("/"), "Location"), HasSubstr("/sign-in"));
  EXPECT_EQ(Begin().status, 303);
  EXPECT_TRUE(OnDisk()) << "it can be begun again";
}

TEST_F(PracticePagesTest, WhatNobodyUsesAnyMoreIsErased) {
  Begin();
  clock_.steady_ms += kSessionMsMax + 1;
  front_->Tick();
  EXPECT_FALSE(OnDisk());
  Begin();
  front_.reset();
  EXPECT_FALSE(OnDisk()) << "the program ended";
}

TEST_F(PracticePagesTest, BeforeTheFirstStartItCanBeTried) {
  device_.reset();
  fs::remove_all(folder_);
  fs::create_directories(folder_);
  NewFront();
  EXPECT_THAT(Get("/setup").body, HasSubstr("href=\"/practice\""));
  ASSERT_EQ(Begin().status, 303);
  EXPECT_THAT(Get("/").body, HasSubstr(kBanner));
  EXPECT_EQ(End().status, 303);
  EXPECT_THAT(HeaderOf(Get("/"), "Location"), HasSubstr("/setup"));
  EXPECT_TRUE(fs::is_empty(folder_)) << "the folder is as it was";
}

TEST_F(PracticePagesTest, AnErasingThatFailsIsSaidAndTriedAgain) {
  Begin();
  const fs::path stuck = folder_ / kPracticeFolder / "made-up";
  fs::rename(stuck, scratch_ / "mark");  // then it is not known for what it is
  const HttpResponse said = Landing(End());
  EXPECT_GE(said.status, 400) << "the person is told that something is left";
  EXPECT_THAT(said.body, HasSubstr("practice"));
  EXPECT_EQ(Get("/").status, 303) << "and nobody practises on it any more";
  fs::rename(scratch_ / "mark", stuck);
  front_->Tick();
  EXPECT_FALSE(OnDisk());
}

class PracticeMakingTest : public PracticePagesTest {
 protected:
  PracticeMakingTest() {
    aside_ = [this](std::function<void()> task) { held_ = std::move(task); };
  }
  std::function<void()> held_;
};

TEST_F(PracticeMakingTest, WhileItIsMadeThePageSaysSoAndWorkGoesOn) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  const HttpResponse begun = Begin();
  EXPECT_EQ(begun.status, 303);
  EXPECT_EQ(HeaderOf(begun, "Location"), "/practice");
  ASSERT_TRUE(held_) << "the owner's thread does not make it";
  const HttpResponse waits = Get("/practice");
  EXPECT_EQ(waits.status, 200);
  EXPECT_THAT(waits.body, HasSubstr("đang lập đơn vị giả"));
  EXPECT_THAT(waits.body, HasSubstr("<noscript><meta http-equiv=\"refresh\""));
  EXPECT_THAT(waits.body, HasSubstr("/static/practice.js?"));
  EXPECT_THAT(waits.body, Not(HasSubstr(kBanner)));
  EXPECT_THAT(Get("/list/client?page=1").body, HasSubstr(kReal)) << "the real unit is at work";
  EXPECT_THAT(Get("/").body, Not(HasSubstr("http-equiv"))) << "no other page loads itself again";
  const Cookies mine = cookies_;
  cookies_.erase(kPracticeCookie);
  EXPECT_THAT(Get("/practice").body, HasSubstr("/practice/begin")) << "who did not ask for it";
  held_();
  EXPECT_THAT(Get("/practice").body, HasSubstr("/practice/begin")) << "nor comes in";
  cookies_ = mine;
  const HttpResponse made = Get("/practice");
  EXPECT_EQ(made.status, 303);
  EXPECT_EQ(HeaderOf(made, "Location"), "/practice");
  EXPECT_THAT(Get("/practice").body, HasSubstr(kBanner));
  EXPECT_EQ(End().status, 303);
  EXPECT_FALSE(OnDisk());
}

TEST_F(PracticeMakingTest, AskedForTwiceItIsMadeOnce) {
  Begin();
  const std::function<void()> first = std::exchange(held_, nullptr);
  Begin();
  EXPECT_FALSE(held_);
  first();
  EXPECT_EQ(Get("/practice").status, 303);
  EXPECT_THAT(Get("/practice").body, HasSubstr(kBanner));
}

TEST_F(PracticeMakingTest, WhyItFailedIsSaidWithTheWayToTryAgain) {
  fs::create_directories(folder_ / kPracticeFolder / "something real");
  Begin();
  held_();
  const HttpResponse failed = Get("/practice");
  EXPECT_EQ(failed.status, HttpStatusOf(ErrorCode::kExists));
  EXPECT_THAT(failed.body, HasSubstr("Chưa mở được đơn vị giả."));
  EXPECT_THAT(failed.body, HasSubstr("có thứ không phải dữ liệu giả"));
  EXPECT_THAT(failed.body, HasSubstr("action=\"/practice/begin\""));
  EXPECT_TRUE(fs::exists(folder_ / kPracticeFolder / "something real"));
  fs::remove_all(folder_ / kPracticeFolder);
  held_ = nullptr;
  Begin();
  ASSERT_TRUE(held_);
  held_();
  EXPECT_EQ(Get("/practice").status, 303);
}

TEST_F(PracticeMakingTest, WhatNobodyComesForIsErased) {
  Begin();
  std::exchange(held_, nullptr)();
  EXPECT_TRUE(OnDisk());
  front_->Tick();
  EXPECT_TRUE(OnDisk());
  clock_.steady_ms += 11 * 60 * 1000;
  front_->Tick();
  EXPECT_FALSE(OnDisk());
}

class PracticeThreadTest : public PracticePagesTest {
 protected:
  PracticeThreadTest() { aside_ = nullptr; }
};

TEST_F(PracticeThreadTest, ItIsMadeByAThreadOfItsOwn) {
  Begin();
  HttpResponse page = Get("/practice");
  while (page.status == 200) {
    std::this_thread::yield();
    page = Get("/practice");
  }
  EXPECT_EQ(page.status, 303) << page.body;
  EXPECT_THAT(Get("/practice").body, HasSubstr(kBanner));
}

TEST_F(PracticeThreadTest, AProgramThatEndsMeanwhileLeavesNothing) {
  Begin();
  front_.reset();
  EXPECT_FALSE(OnDisk());
}

TEST_F(PracticePagesTest, WhatIsDownloadedSaysInItsNameThatItIsMadeUp) {
  const char* const files[] = {"/reports/month.csv", "/reports/month.xlsx", "/reports/outcomes.csv",
                               "/reports/outcomes.xlsx"};
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  for (const char* file : files) {
    EXPECT_THAT(HeaderOf(Get(file), "Content-Disposition"), HasSubstr("filename=\"tram-")) << file;
  }
  Begin();
  for (const char* file : files) {
    EXPECT_THAT(HeaderOf(Get(file), "Content-Disposition"), HasSubstr("filename=\"tap-du-tram-"))
        << file;
  }
  PostFrom("/practice", "/language", {{"to", "en"}});
  EXPECT_THAT(HeaderOf(Get(files[0]), "Content-Disposition"), HasSubstr("\"practice-tram-"));
}

class OtherProgrammeTest : public FrontTest {};

TEST_F(OtherProgrammeTest, WithoutMadeUpRecordsItIsNotOffered) {
  EXPECT_THAT(Get("/sign-in").body, Not(HasSubstr("href=\"/practice\"")));
  EXPECT_THAT(Get("/practice").body, Not(HasSubstr("/practice/begin")));
  const std::string csrf = CsrfOf(Get("/sign-in"));
  EXPECT_EQ(Landing(Post("/practice/begin", {{"csrf", csrf}})).status, 404);
  EXPECT_FALSE(fs::exists(folder_ / kPracticeFolder));
}

}  // namespace
}  // namespace tram::client
