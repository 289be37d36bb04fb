#include "tram/merge/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <string>

#include "tram/model/op.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t kName = 20, kPhone = 21, kUse = 30, kUseDate = 31, kDrugs = 40;

std::uint32_t GroupOfField(std::uint32_t field) { return field == kUseDate ? kUse : field; }

OpId IdOf(std::uint32_t number) {
  OpId id;
  id.data()[0] = static_cast<std::uint8_t>(number >> 8);
  id.data()[1] = static_cast<std::uint8_t>(number);
  return id;
}

/// Ops of one record, numbered from 1. Parents are given by number.
class History {
 public:
  std::uint32_t Add(std::vector<std::uint32_t> parents, std::vector<Edit> edits,
                    std::int64_t time = 0) {
    Stored& stored = stored_.emplace_back();
    for (std::uint32_t parent : parents) stored.parents.push_back(IdOf(parent));
    stored.edits = std::move(edits);
    std::uint32_t number = static_cast<std::uint32_t>(stored_.size());
    ops_.push_back(
        {IdOf(number), {time ? time : number}, stored.parents, stored.edits, number == 1});
    return number;
  }
  MergedRecord Merge() const { return MergeOps(ops_, GroupOfField); }

 private:
  struct Stored {
    std::vector<OpId> parents;
    std::vector<Edit> edits;
  };
  std::deque<Stored> stored_;
  std::vector<MergeOp> ops_;
};

Edit Text(std::uint32_t field, std::string text) { return {field, std::move(text)}; }
Edit Deleted(bool deleted) { return {kFieldDeleted, deleted}; }

Value Shown(const MergedRecord& merged, std::uint32_t field) {
  return merged.groups.at(GroupOfField(field)).candidates.at(0).values.at(field);
}

TEST(MergeTest, NothingIsNothing) {
  MergedRecord merged = MergeOps({}, GroupOfField);
  EXPECT_TRUE(merged.groups.empty());
  EXPECT_TRUE(merged.sets.empty());
  EXPECT_FALSE(merged.deleted);
  EXPECT_FALSE(merged.deletion_conflict);
}

TEST(MergeTest, LaterEditWithParentSupersedes) {
  History history;
  auto created = history.Add({}, {Text(kName, "Hà"), Text(kPhone, "1")});
  history.Add({created}, {Text(kPhone, "2")});
  MergedRecord merged = history.Merge();
  EXPECT_EQ(Shown(merged, kPhone), Value("2"));
  EXPECT_EQ(Shown(merged, kName), Value("Hà"));
  EXPECT_FALSE(merged.groups.at(kPhone).conflict);
  EXPECT_FALSE(merged.groups.at(kName).conflict);
}

TEST(MergeTest, ConcurrentEditsOfOneFieldConflictAndTheLatestIsShown) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto late = history.Add({created}, {Text(kPhone, "2")}, 50);
  auto early = history.Add({created}, {Text(kPhone, "3")}, 40);
  MergedRecord merged = history.Merge();
  const MergedGroup& phone = merged.groups.at(kPhone);
  ASSERT_EQ(phone.candidates.size(), 2u);
  EXPECT_TRUE(phone.conflict);
  EXPECT_EQ(phone.candidates[0].op, IdOf(late));
  EXPECT_EQ(phone.candidates[0].index, 1u);
  EXPECT_EQ(phone.candidates[1].op, IdOf(early));
}

TEST(MergeTest, EqualTimesAreDecidedByTheHigherId) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  history.Add({created}, {Text(kPhone, "2")}, 9);
  history.Add({created}, {Text(kPhone, "3")}, 9);
  EXPECT_EQ(Shown(history.Merge(), kPhone), Value("3"));
}

TEST(MergeTest, ConcurrentEditsOfDifferentFieldsMerge) {
  History history;
  auto created = history.Add({}, {Text(kName, "Hà"), Text(kPhone, "1")});
  history.Add({created}, {Text(kPhone, "2")});
  history.Add({created}, {Text(kName, "Hạ")});
  MergedRecord merged = history.Merge();
  EXPECT_EQ(Shown(merged, kPhone), Value("2"));
  EXPECT_EQ(Shown(merged, kName), Value("Hạ"));
  EXPECT_FALSE(merged.groups.at(kPhone).conflict);
  EXPECT_FALSE(merged.groups.at(kName).conflict);
}

TEST(MergeTest, AParentThatOnlyNamesAnotherFieldSupersedesNothingHere) {
  History history;
  auto created = history.Add({}, {Text(kName, "Hà")});
  history.Add({created}, {Text(kPhone, "2")});
  EXPECT_EQ(Shown(history.Merge(), kName), Value("Hà"));
}

TEST(MergeTest, DirectParentsOnlySoAGapHidesNothing) {
  // The middle op never arrived: what it would have superseded stays a candidate.
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  history.Add({created + 100}, {Text(kPhone, "3")});
  MergedRecord merged = history.Merge();
  EXPECT_TRUE(merged.groups.at(kPhone).conflict);
  EXPECT_THAT(merged.missing_parents, ElementsAre(IdOf(101)));
}

TEST(MergeTest, MissingParentsAreSortedAndUnique) {
  History history;
  history.Add({900, 800}, {Text(kPhone, "1")});
  history.Add({800, 700, 1}, {Text(kPhone, "2")});
  EXPECT_THAT(history.Merge().missing_parents, ElementsAre(IdOf(700), IdOf(800), IdOf(900)));
}

TEST(MergeTest, EqualValuesAreSettledAndAllAreParents) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto one = history.Add({created}, {Text(kPhone, "2")});
  auto two = history.Add({created}, {Text(kPhone, "2")});
  MergedRecord merged = history.Merge();
  EXPECT_FALSE(merged.groups.at(kPhone).conflict);
  const std::uint32_t groups[] = {kPhone};
  EXPECT_THAT(ParentsFor(merged, groups, {}), ElementsAre(IdOf(one), IdOf(two)));
}

TEST(MergeTest, ResolvingSupersedesAllCandidates) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto one = history.Add({created}, {Text(kPhone, "2")});
  auto two = history.Add({created}, {Text(kPhone, "3")});
  history.Add({one, two}, {Text(kPhone, "3")});
  MergedRecord merged = history.Merge();
  EXPECT_FALSE(merged.groups.at(kPhone).conflict);
  EXPECT_EQ(merged.groups.at(kPhone).candidates.size(), 1u);
}

TEST(MergeTest, FieldsOfAGroupConflictTogether) {
  History history;
  auto created = history.Add({}, {{kUse, Code{1}}, {kUseDate, Date{10}}});
  history.Add({created}, {{kUse, Code{2}}}, 5);
  history.Add({created}, {{kUseDate, Date{11}}}, 4);
  MergedRecord merged = history.Merge();
  const MergedGroup& use = merged.groups.at(kUse);
  EXPECT_TRUE(use.conflict);
  ASSERT_EQ(use.candidates.size(), 2u);
  EXPECT_EQ(use.candidates[0].values,
            (std::map<std::uint32_t, Value>{{kUse, Code{2}}, {kUseDate, Value()}}));
  EXPECT_EQ(merged.groups.count(kUseDate), 0u);
}

TEST(MergeTest, AnOpThatSetsPartOfAGroupSupersedesTheWholeGroup) {
  History history;
  auto created = history.Add({}, {{kUse, Code{1}}, {kUseDate, Date{10}}});
  history.Add({created}, {{kUseDate, Date{11}}});
  MergedRecord merged = history.Merge();
  const auto& candidates = merged.groups.at(kUse).candidates;
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].values, (std::map<std::uint32_t, Value>{{kUseDate, Date{11}}}));
}

TEST(MergeTest, LeavingOutAFieldOfAGroupEqualsSettingItToNull) {
  History history;
  auto created = history.Add({}, {{kUse, Code{1}}});
  history.Add({created}, {{kUse, Code{2}}, {kUseDate, Value()}});
  history.Add({created}, {{kUse, Code{2}}});
  EXPECT_FALSE(history.Merge().groups.at(kUse).conflict);
}

TEST(MergeTest, NullAndAValueConflict) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  history.Add({created}, {{kPhone, Value()}});
  history.Add({created}, {Text(kPhone, "2")});
  EXPECT_TRUE(history.Merge().groups.at(kPhone).conflict);
}

TEST(MergeSetTest, AddWinsOverAConcurrentRemove) {
  History history;
  auto created = history.Add({}, {{kDrugs, AddCode{7}}});
  history.Add({created}, {{kDrugs, RemoveCode{7}}});
  auto again = history.Add({}, {{kDrugs, AddCode{7}}});
  const MergedRecord merged = history.Merge();
  const MergedSet& set = merged.sets.at(kDrugs);
  EXPECT_THAT(set.elements, ElementsAre(7u));
  ASSERT_EQ(set.adds.size(), 1u);
  EXPECT_EQ(set.adds[0].op, IdOf(again));
}

TEST(MergeSetTest, ARemoveTakesOnlyItsElementAndItsField) {
  History history;
  auto created =
      history.Add({}, {{kDrugs, AddCode{7}}, {kDrugs, AddCode{8}}, {kDrugs + 1, AddCode{7}}});
  history.Add({created}, {{kDrugs, RemoveCode{7}}});
  MergedRecord merged = history.Merge();
  EXPECT_THAT(merged.sets.at(kDrugs).elements, ElementsAre(8u));
  EXPECT_THAT(merged.sets.at(kDrugs + 1).elements, ElementsAre(7u));
}

TEST(MergeSetTest, AnAddNeitherSupersedesNorConflicts) {
  History history;
  auto created = history.Add({}, {{kDrugs, AddCode{7}}});
  auto again = history.Add({created}, {{kDrugs, AddCode{7}}, {kDrugs, AddCode{3}}});
  MergedRecord merged = history.Merge();
  EXPECT_THAT(merged.sets.at(kDrugs).elements, ElementsAre(3u, 7u));
  EXPECT_EQ(merged.sets.at(kDrugs).adds.size(), 3u);
  const std::uint32_t sets[] = {kDrugs};
  EXPECT_THAT(ParentsFor(merged, {}, sets), ElementsAre(IdOf(created), IdOf(again)));
}

TEST(MergeSetTest, AllRemovedIsAnEmptySet) {
  History history;
  auto created = history.Add({}, {{kDrugs, AddCode{7}}});
  history.Add({created}, {{kDrugs, RemoveCode{7}}});
  EXPECT_THAT(history.Merge().sets.at(kDrugs).elements, IsEmpty());
}

TEST(MergeDeletionTest, DeletedWhenEveryOpWasSeen) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto edited = history.Add({created}, {Text(kPhone, "2")});
  history.Add({created, edited}, {Deleted(true)});
  MergedRecord merged = history.Merge();
  EXPECT_TRUE(merged.deleted);
  EXPECT_FALSE(merged.deletion_conflict);
}

TEST(MergeDeletionTest, AnUnseenEditKeepsTheRecordInConflict) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  history.Add({created}, {Text(kPhone, "2")});
  history.Add({created}, {Deleted(true)});
  MergedRecord merged = history.Merge();
  EXPECT_FALSE(merged.deleted);
  EXPECT_TRUE(merged.deletion_conflict);
}

TEST(MergeDeletionTest, AnUnseenOpWithoutReadableEditsCountsToo) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  history.Add({created}, {});  // only sealed edits, and no key here
  history.Add({created}, {Deleted(true)});
  EXPECT_FALSE(history.Merge().deleted);
  EXPECT_TRUE(history.Merge().deletion_conflict);
}

TEST(MergeDeletionTest, TwoDeletionsAgreeAndShareWhatTheySaw) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto edited = history.Add({created}, {Text(kPhone, "2")});
  history.Add({created}, {Deleted(true)});
  history.Add({created, edited}, {Deleted(true)});
  EXPECT_TRUE(history.Merge().deleted);
}

TEST(MergeDeletionTest, UndeleteBringsTheRecordBack) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto deleted = history.Add({created}, {Deleted(true)});
  history.Add({created, deleted}, {Deleted(false)});
  MergedRecord merged = history.Merge();
  EXPECT_FALSE(merged.deleted);
  EXPECT_FALSE(merged.deletion_conflict);
}

TEST(MergeDeletionTest, ConcurrentUndeleteAndDeleteConflict) {
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto deleted = history.Add({created}, {Deleted(true)});
  history.Add({created, deleted}, {Deleted(false)});
  history.Add({created, deleted}, {Deleted(true)});
  MergedRecord merged = history.Merge();
  EXPECT_FALSE(merged.deleted);
  EXPECT_TRUE(merged.deletion_conflict);
  EXPECT_TRUE(merged.groups.at(kFieldDeleted).conflict);
}

TEST(MergeDeletionTest, AnUndeleteThatTheLastDeletionDidNotSeeKeepsTheRecord) {
  // The undelete lost its place as candidate to a deletion that saw it; the other deletion did not.
  History history;
  auto created = history.Add({}, {Text(kPhone, "1")});
  auto undeleted = history.Add({created}, {Deleted(false)});
  auto first = history.Add({created, undeleted}, {Deleted(true)});
  history.Add({created, first}, {Deleted(true)});
  EXPECT_FALSE(history.Merge().deleted);
  EXPECT_TRUE(history.Merge().deletion_conflict);
}

TEST(MergeTest, ALongHistoryTakesTimeInProportion) {
  // 1,000 ops, each naming the last 30: a walk over the graph would show here.
  History history;
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    std::vector<std::uint32_t> parents;
    for (std::uint32_t back = 1; back <= 30 && back < i; ++back) parents.push_back(i - back);
    history.Add(parents, {Text(kPhone, std::to_string(i)), Text(kName, "Hà")});
  }
  auto start = std::chrono::steady_clock::now();
  MergedRecord merged = history.Merge();
  auto took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(merged.groups.at(kPhone).candidates.size(), 1u);
  EXPECT_LT(took, std::chrono::milliseconds(500));
  RecordProperty(
      "microseconds",
      static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
}

TEST(MergeDeathTest, AnOpGivenTwiceIsOurBug) {
  MergeOp op{IdOf(1), {}, {}, {}, true};
  const MergeOp ops[] = {op, op};
  EXPECT_DEATH(MergeOps(ops, GroupOfField), "first");
}

}  // namespace
}  // namespace tram
