// Which records stand in lists and tables, and below which parent.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;

class PlacementTest : public ViewTest {
 protected:
  PlacementTest() {
    one = Client("Một");
    two = Client("Hai");
    episode = Episode(RecordOf(one.id));
    session = Session(RecordOf(episode.id), RecordOf(one.id), DateOf(2026, 2, 1));
    Apply({one, two, episode, session});
  }
  ViewEntry Merge(OpBuilder& device, const ViewEntry& from, const RecordId& into) {
    return device.Change(
        RecordOf(from.id),
        {.type = kClient, .clear = {{kFieldMergedInto, into}}, .parents = {from.id}});
  }
  ViewEntry Delete(const ViewEntry& record, std::uint32_t type) {
    return a.Change(RecordOf(record.id), {.type = type,
                                          .clear = {{kFieldDeleted, true}},
                                          .parents = Find(RecordOf(record.id)).deletion_parents});
  }
  std::string Counts() {
    return Cell(
        "SELECT (SELECT count(*) FROM client) || ' ' || (SELECT count(*) FROM episode) "
        "|| ' ' || (SELECT count(*) FROM session)");
  }

  ViewEntry one, two, episode, session;
};

TEST_F(PlacementTest, BelowADeletedRecordNothingStands) {
  EXPECT_EQ(Counts(), "2 1 1");
  const ViewEntry gone = Delete(one, kClient);
  Apply({gone});
  EXPECT_EQ(Counts(), "1 0 0");
  EXPECT_TRUE(view->Records(TypeOf(kSession)).empty());
  EXPECT_FALSE(Find(RecordOf(session.id)).deleted) << "it is still found, as it was";

  Apply({a.Change(RecordOf(one.id), {.type = kClient,
                                     .clear = {{kFieldDeleted, false}},
                                     .parents = Find(RecordOf(one.id)).deletion_parents})});
  EXPECT_EQ(Counts(), "2 1 1");
  EXPECT_EQ(Cell("SELECT note FROM session"), "ghi chú");
}

TEST_F(PlacementTest, AMergedRecordLeavesAndWhatIsBelowMoves) {
  Apply({Merge(a, one, RecordOf(two.id))});
  EXPECT_EQ(Counts(), "1 1 1");
  EXPECT_EQ(Cell("SELECT parent FROM episode"), RecordOf(two.id).Hex());
  EXPECT_EQ(Find(RecordOf(episode.id)).parent, RecordOf(two.id));
  EXPECT_EQ(Find(RecordOf(one.id)).merged_into, RecordOf(two.id));
  EXPECT_THAT(view->Records(TypeOf(kClient)), ElementsAre(RecordOf(two.id)));
  EXPECT_EQ(Cell("SELECT note FROM session"), "ghi chú") << "sealed under the first one's seed";

  Apply({Delete(two, kClient)});
  EXPECT_EQ(Counts(), "0 0 0");
}

TEST_F(PlacementTest, MergesAreFollowedToTheEnd) {
  const ViewEntry three = Client("Ba");
  Apply({three, Merge(a, one, RecordOf(two.id)), Merge(b, two, RecordOf(three.id))});
  EXPECT_EQ(Counts(), "1 1 1");
  EXPECT_EQ(Cell("SELECT parent FROM episode"), RecordOf(three.id).Hex());
}

TEST_F(PlacementTest, OfARingOfMergesTheOldestStays) {
  Apply({Merge(a, one, RecordOf(two.id)), Merge(b, two, RecordOf(one.id))});
  EXPECT_THAT(view->Records(TypeOf(kClient)), ElementsAre(RecordOf(one.id)));
  EXPECT_EQ(Counts(), "1 1 1");
  EXPECT_EQ(Cell("SELECT parent FROM episode"), RecordOf(one.id).Hex());
}

TEST_F(PlacementTest, AMergeIntoItselfOrAnotherTypeDoesNotCount) {
  Apply({Merge(a, one, RecordOf(one.id)), Merge(a, two, RecordOf(episode.id))});
  EXPECT_EQ(Counts(), "2 1 1");
}

TEST_F(PlacementTest, AMergeIntoARecordThatIsNotHere) {
  const ViewEntry three = Client("Ba");
  Apply({Merge(a, one, RecordOf(three.id))});
  EXPECT_EQ(Counts(), "1 1 1");
  EXPECT_EQ(Cell("SELECT parent FROM episode"), RecordOf(three.id).Hex());
  Apply({three});
  EXPECT_EQ(Counts(), "2 1 1");
}

TEST_F(PlacementTest, AnEpisodeMovesToAnotherClient) {
  Apply({a.Change(
      RecordOf(episode.id),
      {.type = kEpisode, .clear = {{kFieldParent, RecordOf(two.id)}}, .parents = {episode.id}})});
  EXPECT_EQ(Cell("SELECT parent FROM episode"), RecordOf(two.id).Hex());
  Apply({Delete(one, kClient)});
  EXPECT_EQ(Counts(), "1 1 1") << "it is no longer below the one who was deleted";
  Apply({Delete(two, kClient)});
  EXPECT_EQ(Counts(), "0 0 0");
}

TEST_F(PlacementTest, ARingOfParentsStands) {
  Apply({a.Change(RecordOf(episode.id), {.type = kEpisode,
                                         .clear = {{kFieldParent, RecordOf(session.id)}},
                                         .parents = {episode.id}})});
  EXPECT_EQ(Counts(), "2 1 1");
}

TEST_F(PlacementTest, AParentThatComesLaterAndIsDeleted) {
  const std::unique_ptr<UnitView> other = NewView();
  const ViewEntry gone = Delete(one, kClient);
  ASSERT_TRUE(other->Apply(std::vector{session, episode}));
  EXPECT_EQ(other->Records(TypeOf(kSession)).size(), 1u);
  EXPECT_EQ(other->Select("SELECT id FROM session", today)->rows.size(), 1u);
  ASSERT_TRUE(other->Apply(std::vector{gone, one}));
  EXPECT_TRUE(other->Records(TypeOf(kSession)).empty());
  EXPECT_TRUE(other->Select("SELECT id FROM session", today)->rows.empty());
}

}  // namespace
}  // namespace tram
