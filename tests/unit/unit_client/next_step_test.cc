// What comes next: the record that is usually added, the one person who fits what was searched for,
// the field where typing begins, and who is to be looked at.
#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

class NextStepTest : public PageTest {
 protected:
  void SetUp() override {
    PageTest::SetUp();
    client_ = Add("client", {{"full_name", "Đỗ Minh Hà"}});
  }
  Page Get(const RecordId& record) {
    return PageOf(Run(RecordRoutes(), "GET", RecordPath(record)));
  }
  /// What is marked as coming next; "" where nothing or more than one is.
  static std::string NextOf(const Page& page) {
    std::string next;
    for (const Json& link : page.model["add"]) {
      if (link["next"] == false) continue;
      if (!next.empty()) return "";
      next = link["href"];
    }
    return next;
  }
  std::string Search(const std::string& words, bool open) {
    HttpFields form{{"q", words}};
    if (open) form.emplace("open", "1");
    return HeaderOf(ResponseOf(Run(ListRoutes(), "POST", "/list/client", form)), "Location");
  }
  RecordId client_;
};

TEST_F(NextStepTest, WhatIsUsuallyRecordedNextIsMarked) {
  EXPECT_EQ(NextOf(Get(client_)), "/new/episode?parent=" + client_.Hex());
  const RecordId old = Add("episode", {{"intake_date", "2024-01-01"}}, client_);
  const RecordId now = Add("episode", {{"intake_date", "2025-01-01"}}, client_);
  EXPECT_EQ(NextOf(Get(client_)), "/new/session?parent=" + now.Hex()) << "of the newest";
  EXPECT_EQ(NextOf(Get(old)), "/new/session?parent=" + old.Hex());
}

TEST_F(NextStepTest, TheOnlyOneWhoIsFoundIsOpened) {
  EXPECT_EQ(Search("do minh", true), RecordPath(client_));
  EXPECT_EQ(Search("do minh", false), "/list/client?page=1") << "while it is typed";
  EXPECT_EQ(Search("khong co ai", true), "/list/client?page=1");
  EXPECT_EQ(Search("", true), "/list/client?page=1") << "nobody was searched for";
  Add("client", {{"full_name", "Đỗ Minh Hải"}});
  EXPECT_EQ(Search("do minh", true), "/list/client?page=1");
}

TEST_F(NextStepTest, OnlyPersonsHeldAgainstEachOtherAreComparedToMerge) {
  Add("client", {{"full_name", "Sai Tuổi"}, {"birth_year", "1960"}, {"age_group", "age_20_29"}});
  const Page page = PageOf(Run(ConflictRoutes(), "GET", "/conflicts"));
  ASSERT_EQ(page.model["checks"].size(), 1u);
  EXPECT_FALSE(page.model["checks"][0]["items"][0].contains("merge"));
}

TEST_F(NextStepTest, WhatIsToBeLookedAtNamesThePerson) {
  Add("episode", {{"intake_date", "2025-01-01"}}, client_);
  Add("episode", {{"intake_date", "2025-02-01"}}, client_);
  const Page page = PageOf(Run(ConflictRoutes(), "GET", "/conflicts"));
  ASSERT_FALSE(page.model["checks"].empty());
  for (const Json& check : page.model["checks"]) {
    for (const Json& item : check["items"]) EXPECT_EQ(item["person"], "Đỗ Minh Hà");
  }
}

TEST_F(NextStepTest, AFormBeginsWhereSomethingIsStillToBeTyped) {
  const RecordId episode = Add("episode", {{"intake_date", "2025-01-01"}}, client_);
  const auto focused = [&](const std::string& path) {
    std::vector<std::string> names;
    const Page page = PageOf(Run(FormRoutes(), "GET", path));
    for (const Json& field : page.model["fields"]) {
      if (field["focus"] == true) names.push_back(field["name"]);
    }
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(focused("/new/client"), Names{"full_name"});
  EXPECT_EQ(focused("/new/session?parent=" + episode.Hex()), Names{"kind"}) << "the date is there";
  EXPECT_EQ(focused(RecordPath(client_, "/edit")), Names{"full_name"});
}

}  // namespace
}  // namespace tram::client
