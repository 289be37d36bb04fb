// What the first page reads is made between two requests, so that nobody waits for it.
#include "app/names.h"
#include "tests/support/statement_count.h"
#include "tests/unit/unit_client/front_fixture.h"

namespace tram::client {
namespace {

class TodayTickTest : public FrontTest {
 protected:
  std::string UnitToml() const override {
    return *ReadFile(test::InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
  }
  void SetUp() override {
    FrontTest::SetUp();
    ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
    AddClient();
    asked_.Take();
  }
  void AddClient() {
    RecordForm form;
    form.type = device_->programme().ByName("client");
    form.values[form.type->ByName("full_name")->number] = std::string("Lê Thị Hoa");
    const auto saved = device_->Save(form);
    ASSERT_TRUE(saved) << saved.error().message;
  }

  // Of one check of clients and of nothing else.
  test::StatementCount asked_{"CROSS JOIN span AS s ON s.age_group"};
};

TEST_F(TodayTickTest, AfterAChangeTheTickMakesTheListsAndThePageFindsThem) {
  EXPECT_EQ(Get("/").status, 200);
  EXPECT_GE(asked_.Take(), 1u) << "the page makes what is not there";
  EXPECT_EQ(Get("/").status, 200);
  EXPECT_EQ(asked_.Take(), 0u) << "and it is kept";
  AddClient();
  front_->Tick();
  EXPECT_GE(asked_.Take(), 1u) << "made while nobody waits";
  EXPECT_EQ(Get("/").status, 200);
  EXPECT_EQ(asked_.Take(), 0u) << "the page found it";
  front_->Tick();
  EXPECT_EQ(asked_.Take(), 0u) << "nothing changed";
}

TEST_F(TodayTickTest, ALockedDeviceMakesNothing) {
  Post("/lock", {{"csrf", CsrfOf(Get("/people"))}});
  ASSERT_FALSE(device_->unlocked());
  asked_.Take();
  front_->Tick();
  EXPECT_EQ(asked_.Take(), 0u);
}

}  // namespace
}  // namespace tram::client
