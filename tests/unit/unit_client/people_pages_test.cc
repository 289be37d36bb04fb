// The page of this computer's people: other roles, handing over, which worker somebody is; and what
// it says to who cannot get in.
#include <gmock/gmock.h>

#include <variant>

#include "app/founding.h"
#include "cli/arguments.h"
#include "tests/unit/unit_client/front_fixture.h"

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kMai[] = "Cô Mai", kMaiPassphrase[] = "mười hai con vịt";
constexpr char kNewPassphrase[] = "một mật khẩu khác";

class PeoplePagesTest : public FrontTest {
 protected:
  std::string UnitToml() const override {
    return *ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
  }
  /// Lan keeps the passphrase, Mai works with clients too, Dũng is of the committee.
  void SetUp() override {
    FrontTest::SetUp();
    ASSERT_TRUE(AddPerson(*device_, SystemRandom(), {kLan, kUnitPassphrase}, {kMai, kMaiPassphrase},
                          Role::kClinical, std::nullopt));
  }
  Person Of(std::string_view name) { return *FindPerson(device_->log(), name); }
  HttpResponse Change(std::string_view name, const std::string& role, bool sure = true,
                      const std::string& mine = kUnitPassphrase) {
    return PostFrom("/people", "/people/role",
                    {{"name", std::string(name)},
                     {"role", role},
                     {"passphrase", kNewPassphrase},
                     {"again", kNewPassphrase},
                     {"my_passphrase", mine},
                     {"sure", sure ? "1" : ""}});
  }
  HttpResponse HandOverTo(const std::string& to, const std::string& their_passphrase,
                          bool sure = true) {
    return PostFrom("/people", "/people/hand-over",
                    {{"to", to},
                     {"passphrase", their_passphrase},
                     {"my_passphrase", kUnitPassphrase},
                     {"sure", sure ? "1" : ""}});
  }
  HttpResponse AddWorker(const std::string& name) {
    return PostFrom("/new/worker", "/new/worker", {{"f.display_name", name}, {"go", "save"}});
  }
};

TEST_F(PeoplePagesTest, AnotherRoleEndsWhatWasOpenInTheOldOne) {
  ASSERT_EQ(SignIn(kMai, kMaiPassphrase, "8264").status, 303);
  ASSERT_EQ(Get("/list/client").status, 200);
  const Cookies mai = std::exchange(cookies_, {});
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  EXPECT_THAT(Get("/people").body, HasSubstr("action=\"/people/role\""));
  const HttpResponse changed = Change(kMai, "committee");
  EXPECT_EQ(HeaderOf(changed, "Location"), "/people?done=1") << changed.body;
  EXPECT_EQ(Of(kMai).role, Role::kCommittee);
  cookies_ = mai;
  for (const char* path : {"/list/client", "/reports", "/people"}) {
    const HttpResponse answer = Get(path);
    EXPECT_EQ(answer.status, 303) << path;
    EXPECT_THAT(HeaderOf(answer, "Location"), StartsWith("/sign-in")) << path;
  }
  cookies_.clear();
  EXPECT_EQ(Landing(SignIn(kMai, kMaiPassphrase)).status, 403)
      << "the old passphrase opens nothing";
  clock_.steady_ms += 60'000;
  ASSERT_EQ(SignIn(kMai, kNewPassphrase).status, 303);
  EXPECT_EQ(Get("/list/client").status, 403);
  EXPECT_EQ(Get("/reports").status, 200);
  EXPECT_EQ(Landing(Change(kDung, "clinical")).status, 403) << "the committee decides nothing";
}

TEST_F(PeoplePagesTest, WhoForgotHisPassphraseGetsAnotherInTheSameRole) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  EXPECT_EQ(Change(kMai, "clinical").status, 303);
  EXPECT_EQ(Of(kMai).role, Role::kClinical);
  EXPECT_EQ(Change(kDung, "clinical").status, 303);
  cookies_.clear();
  ASSERT_EQ(SignIn(kDung, kNewPassphrase).status, 303);
  EXPECT_EQ(Get("/list/client").status, 200) << "he reads records now";
}

TEST_F(PeoplePagesTest, NothingChangesUnlessItIsMeantAndAllowed) {
  ASSERT_EQ(SignIn(kMai, kMaiPassphrase).status, 303);
  const HttpResponse unsure = Landing(Change(kDung, "clinical", false, kMaiPassphrase));
  EXPECT_EQ(unsure.status, 400);
  EXPECT_THAT(unsure.body, HasSubstr("Tôi hiểu"));
  EXPECT_THAT(unsure.body, HasSubstr("href=\"#role-"));
  const HttpResponse wrong = Landing(Change(kDung, "clinical", true, "not mine at all"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("Mật khẩu của bạn không đúng"));
  EXPECT_EQ(Of(kDung).role, Role::kCommittee);
  const HttpResponse keeper = Landing(Change(kLan, "committee", true, kMaiPassphrase));
  EXPECT_EQ(keeper.status, 400) << "else nobody might be left who opens the unit";
  EXPECT_THAT(keeper.body, HasSubstr("bàn giao"));
  EXPECT_EQ(Of(kLan).role, Role::kClinical);
  EXPECT_EQ(Landing(PostFrom("/people", "/people/remove",
                             {{"name", std::string(kLan)}, {"my_passphrase", kMaiPassphrase}}))
                .status,
            400);
  const HttpResponse not_keeper = Landing(HandOverTo(std::string(kLan), kUnitPassphrase));
  EXPECT_EQ(not_keeper.status, 400) << "only the keeper hands over";
  EXPECT_TRUE(Of(kLan).keeper);
  EXPECT_THAT(Get("/people").body, Not(HasSubstr("/people/hand-over")));
}

TEST_F(PeoplePagesTest, TheKeeperHandsOver) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  EXPECT_THAT(Get("/people").body, HasSubstr("/people/hand-over"));
  EXPECT_EQ(Landing(HandOverTo(kMai, kMaiPassphrase, false)).status, 400);
  const HttpResponse wrong = Landing(HandOverTo(kMai, "something else"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("Một trong hai mật khẩu"));
  EXPECT_EQ(Landing(HandOverTo(std::string(kDung), std::string(kDungPassphrase))).status, 400)
      << "the committee keeps no passphrase of the unit";
  EXPECT_TRUE(Of(kLan).keeper);
  const HttpResponse given = HandOverTo(kMai, kMaiPassphrase);
  ASSERT_EQ(given.status, 303) << given.body;
  EXPECT_TRUE(Of(kMai).keeper);
  EXPECT_FALSE(Of(kLan).keeper);
  EXPECT_TRUE(device_->UnitKey(kMaiPassphrase)) << "what commands ask for";
  EXPECT_FALSE(device_->UnitKey(kUnitPassphrase));
  EXPECT_EQ(Get("/list/client").status, 200) << "Lan works on";
  EXPECT_THAT(Get("/people").body, Not(HasSubstr("/people/hand-over")));
}

TEST_F(PeoplePagesTest, AWorkerOfTheSameNameIsThatPerson) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  EXPECT_THAT(Get("/").body, HasSubstr("href=\"/me\"")) << "not known yet";
  const HttpResponse saved = AddWorker("chị lan");  // as people type
  EXPECT_THAT(HeaderOf(saved, "Location"), HasSubstr("linked=1"));
  ASSERT_TRUE(Of(kLan).worker);
  const HttpResponse shown = Get(HeaderOf(saved, "Location"));
  EXPECT_THAT(shown.body, HasSubstr("đều mang tên này"));
  EXPECT_THAT(Get("/").body, Not(HasSubstr("href=\"/me\"")));
  AddWorker(kMai);
  EXPECT_TRUE(Of(kMai).worker) << "a colleague's is hers";
  EXPECT_NE(Of(kMai).worker, Of(kLan).worker);
  const std::optional<RecordId> first = Of(kLan).worker;
  EXPECT_THAT(HeaderOf(AddWorker("Chị Lan"), "Location"), StartsWith("/record/"));
  EXPECT_EQ(Of(kLan).worker, first) << "who has one keeps it";
}

TEST_F(PeoplePagesTest, WhereTheNameIsAnotherItIsAsked) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  const std::string asked = HeaderOf(AddWorker("Nguyễn Thị Lan"), "Location");
  EXPECT_THAT(asked, StartsWith("/me?new="));
  EXPECT_FALSE(Of(kLan).worker) << "that is not sure";
  const HttpResponse page = Get(asked);
  EXPECT_THAT(page.body, HasSubstr("Đó có phải là bạn không?"));
  EXPECT_THAT(page.body, HasSubstr("checked required>Nguyễn Thị Lan"));
  const std::string id = asked.substr(8, 2 * RecordId::kSize);
  EXPECT_EQ(PostFrom(asked, "/me", {{"worker", id}}).status, 303);
  EXPECT_EQ(Of(kLan).worker->Hex(), id);
}

TEST_F(PeoplePagesTest, TwoOfOneNameAreAskedAbout) {
  ASSERT_EQ(SignIn(kMai, kMaiPassphrase).status, 303);
  ASSERT_THAT(HeaderOf(AddWorker("Bác Tư"), "Location"), StartsWith("/me?new="));
  ASSERT_THAT(HeaderOf(AddWorker(std::string(kDung)), "Location"), StartsWith("/me?new="))
      << "the committee writes nothing";
  ASSERT_TRUE(AddPerson(*device_, SystemRandom(), {kLan, kUnitPassphrase},
                        {"Bác Tư", kNewPassphrase}, Role::kClinical, std::nullopt));
  EXPECT_THAT(HeaderOf(AddWorker("Bác Tư"), "Location"), StartsWith("/me?new="));
  EXPECT_FALSE(Of("Bác Tư").worker) << "which of the two is he?";
}

TEST_F(PeoplePagesTest, WhoCannotGetInIsToldWhatThereIs) {
  const HttpResponse page = Get("/cannot-get-in");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(Get("/sign-in").body, HasSubstr("href=\"/cannot-get-in\""));
  EXPECT_THAT(page.body, HasSubstr(folder_.string()));
  EXPECT_THAT(page.body, HasSubstr(kMai)) << "who can set a new passphrase";
  EXPECT_THAT(page.body, HasSubstr("mất hẳn"));
  ASSERT_TRUE(RemovePerson(*device_, {kLan, kUnitPassphrase}, kMai));
  const HttpResponse alone = Get("/cannot-get-in");
  EXPECT_THAT(alone.body, HasSubstr("không ai đặt lại được"));
  EXPECT_THAT(alone.body, Not(HasSubstr("invite LỜI-MỜI</code></li>\n<li>Gõ tiếp")))
      << "nobody is there who could";
  device_.reset();
  EXPECT_THAT(Get("/cannot-get-in").body, HasSubstr("restore"));
  EXPECT_THAT(Get("/setup").body, HasSubstr("href=\"/cannot-get-in\""));
}

/// What the page tells where the keeper forgot: another clinical person, signed in, invites.
TEST_F(PeoplePagesTest, WithoutTheKeeperAnotherInvitesANewInstallation) {
  auto admitted = Admit(*device_, {kMai, kMaiPassphrase});
  ASSERT_TRUE(admitted && admitted->unit_key);
  ASSERT_TRUE(device_->Unlock(*admitted->unit_key));
  auto read = ReadArguments({"--lang", "en", "invite", "invitation"},
                            [](const char*) { return std::optional<std::string>(); });
  ASSERT_TRUE(std::holds_alternative<Arguments>(read));
  Output out(Language::kEnglish, true);
  const Outcome invited =
      Execute(std::get<Arguments>(read).verb,
              {*device_, out, SystemClock(), SystemRandom(), scratch_.path()}, std::nullopt);
  ASSERT_EQ(invited.exit, 0) << invited.err;
  const std::string code = Json::parse(invited.out)["code"];

  Output again(Language::kEnglish, true);
  FolderCall call{scratch_ / "new",
                  again,
                  SystemClock(),
                  SystemRandom(),
                  scratch_.path(),
                  [&](const std::string&, const char*, const std::string&) -> Result<std::string> {
                    return code;
                  },
                  []() -> Result<std::string> { return std::string(kNewPassphrase); }};
  InitOptions init;
  init.invite = "invitation";
  Status made = InitUnit(call, init);
  ASSERT_TRUE(made) << made.error().message;
  auto anew = UnitDevice::Open(scratch_ / "new", SystemClock(), SystemRandom());
  ASSERT_TRUE(anew) << anew.error().message;
  auto key = (*anew)->UnitKey(kNewPassphrase);
  ASSERT_TRUE(key);
  EXPECT_TRUE(std::ranges::equal(key->view(), admitted->unit_key->view()))
      << "it opens what the unit ever wrote";
}

}  // namespace
}  // namespace tram::client
