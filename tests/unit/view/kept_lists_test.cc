// What the view keeps of worklists and checks may hold what is sealed: who locks, forgets.
#include "tests/support/statement_count.h"
#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

// The count stands before the view opens its tables.
class KeptListsTest : public testing::Test {
 protected:
  static constexpr char kSql[] = "SELECT id, '' AS due FROM episode WHERE 'kept' = 'kept'";

  test::StatementCount asked_{kSql};
  TestKeys keys_{TestUnit()};
  std::shared_ptr<const Programme> programme_ = small::SmallProgramme();
  std::unique_ptr<UnitView> view_ = *UnitView::Create(programme_, TestUnit());
  Worklist list_{"kept", "episode", "", kSql, false, false, {}, {}};
  Date today_ = DateOf(2026, 11, 21);
};

// Of an empty unit: locking changes no row of it, so that only forgetting makes the list anew.
TEST_F(KeptListsTest, WhoLocksForgetsWorklists) {
  ASSERT_TRUE(view_->SetUnsealer(&keys_));
  ASSERT_TRUE(view_->Work(list_, today_));
  EXPECT_EQ(asked_.Take(), 1u);
  ASSERT_TRUE(view_->Work(list_, today_));
  EXPECT_EQ(asked_.Take(), 0u) << "it is kept";
  ASSERT_TRUE(view_->SetUnsealer(nullptr));
  ASSERT_TRUE(view_->SetUnsealer(&keys_));
  ASSERT_TRUE(view_->Work(list_, today_));
  EXPECT_EQ(asked_.Take(), 1u) << "it was forgotten";
}

/// Rows of one person stand in tables of their own while his lines are made again.
class PersonsRowsTest : public testing::Test {
 protected:
  test::StatementCount emptied_{"DELETE FROM \"client\""};
  TestKeys keys_{TestUnit()};
  std::shared_ptr<const Programme> programme_ = small::SmallProgramme();
  std::unique_ptr<UnitView> view_ = *UnitView::Create(programme_, TestUnit());
  Date today_ = DateOf(2026, 11, 21);
};

TEST_F(PersonsRowsTest, WhoLocksLeavesNoRowsOfThePersonsAskedAboutLast) {
  ASSERT_TRUE(view_->SetUnsealer(&keys_));
  OpBuilder device(TestUnit(), TestDevice(0), &keys_);
  const auto client = [&] {
    return device.Create(
        {.type = small::kClient, .sealed = {{small::kFullName, std::string("A")}}, .person = true});
  };
  std::vector<ViewEntry> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(client());
  ASSERT_TRUE(view_->Apply(clients));
  Worklist list{"all", "client", "", "SELECT id, '' AS due FROM client", false, true, {}, {}};
  EXPECT_EQ(view_->Work(list, today_)->size(), 10u);
  ASSERT_TRUE(view_->Apply(std::vector<ViewEntry>{client()}));
  emptied_.Take();
  EXPECT_EQ(view_->Work(list, today_)->size(), 11u);
  EXPECT_EQ(emptied_.Take(), 1u) << "the list was made again of all persons";
  ASSERT_TRUE(view_->SetUnsealer(nullptr));
  EXPECT_EQ(emptied_.Take(), 2u) << "those of everybody, and those of one person";
}

}  // namespace
}  // namespace tram
