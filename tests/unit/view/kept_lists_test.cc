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

}  // namespace
}  // namespace tram
