// What somebody has looked at and left as it is: no finding any more, on devices and in figures,
// until the review is deleted.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

using small::kEnd;

constexpr std::uint32_t kReview = 30, kAbout = 16, kCheck = 17;
constexpr char kEndBefore[] = "end_before_intake";

class ReviewsTest : public ViewTest {
 protected:
  ReviewsTest() {
    auto with = std::make_shared<Programme>(*programme);
    RecordType type;
    type.number = kReview;
    type.name = "review";
    Field about, check;
    about.number = about.group = kAbout;
    about.name = "about";
    about.type = FieldType::kRef;
    check.number = check.group = kCheck;
    check.name = "check";
    about.clear = check.clear = true;
    type.fields = {about, check};
    with->records.push_back(type);
    with->review = Review{"review", "about", "check"};
    programme = with;
    view = NewView();
  }

  /// An episode that ends before it begins.
  ViewEntry Wrong(const RecordId& client) { return Episode(client, {{kEnd, DateOf(2025, 1, 1)}}); }
  ViewEntry ReviewOf(const RecordId& record, const std::string& check = kEndBefore) {
    return b.Create({.type = kReview, .clear = {{kAbout, record}, {kCheck, check}}});
  }
  std::vector<RecordId> Found(const std::string& check = kEndBefore) {
    const auto findings = view->Checks(today);
    EXPECT_TRUE(findings) << findings.error().message;
    std::vector<RecordId> found;
    for (const CheckFinding& finding : findings.value_or({})) {
      if (finding.check->name == check) found.push_back(finding.record);
    }
    return found;
  }
  static std::int64_t Counted(UnitView& of, Date as_of, bool keep) {
    const auto figures = of.Figures(as_of, keep);
    EXPECT_TRUE(figures) << figures.error().message;
    for (const IndicatorFigures& one : *figures) {
      if (one.indicator != "findings") continue;
      for (const IndicatorRow& row : one.rows) {
        if (row.bin == kEndBefore) return row.numerator;
      }
    }
    return 0;
  }
};

TEST_F(ReviewsTest, WhatWasLookedAtIsNoFindingUntilThatIsTakenBack) {
  const ViewEntry client = Client(), one = Wrong(RecordOf(client.id)),
                  two = Wrong(RecordOf(client.id));
  Apply({client, one, two});
  EXPECT_THAT(Found(), testing::ElementsAre(RecordOf(one.id), RecordOf(two.id)));
  EXPECT_EQ(Counted(*view, today, false), 2);
  const ViewEntry other_check = ReviewOf(RecordOf(one.id), "future_date");
  Apply({other_check});
  EXPECT_EQ(Found().size(), 2u) << "another check's";
  const ViewEntry review = ReviewOf(RecordOf(one.id));
  Apply({review});
  EXPECT_THAT(Found(), testing::ElementsAre(RecordOf(two.id)));
  EXPECT_EQ(Counted(*view, today, false), 1);
  Apply({a.Change(
      RecordOf(one.id),
      {.type = small::kEpisode, .clear = {{kEnd, DateOf(2024, 1, 1)}}, .parents = {one.id}})});
  EXPECT_EQ(Found().size(), 1u) << "a later change does not bring it back";
  Apply({a.Change(RecordOf(review.id),
                  {.type = kReview, .clear = {{kFieldDeleted, true}}, .parents = {review.id}})});
  EXPECT_EQ(Found().size(), 2u);
  EXPECT_EQ(Counted(*view, today, false), 2);
}

TEST_F(ReviewsTest, OfAGroupEachRecordIsLookedAtByItself) {
  const ViewEntry one = Client("An"), two = Client("an");
  Apply({one, two});
  ASSERT_EQ(Found("same_name").size(), 2u);
  Apply({ReviewOf(RecordOf(two.id), "same_name")});
  EXPECT_THAT(Found("same_name"), testing::ElementsAre(RecordOf(one.id)));
}

// Whose a review is follows from the record that it is about: the figures that are kept right while
// records change are those of a view that has seen nothing before.
TEST_F(ReviewsTest, KeptFiguresFollowReviews) {
  std::vector<ViewEntry> all;
  std::vector<RecordId> clients, episodes;
  for (int i = 0; i < 20; ++i) {
    all.push_back(Client());
    clients.push_back(RecordOf(all.back().id));
    all.push_back(Wrong(clients.back()));
    episodes.push_back(RecordOf(all.back().id));
  }
  Apply(all);
  const auto step = [&](const ViewEntry& entry, std::int64_t expected, const std::string& what) {
    SCOPED_TRACE(what);
    all.push_back(entry);
    Apply({entry});
    EXPECT_EQ(Counted(*view, today, true), expected);
    const auto fresh = NewView();
    ASSERT_TRUE(fresh->Apply(all));
    EXPECT_EQ(Counted(*fresh, today, false), expected);
  };
  ASSERT_EQ(Counted(*view, today, true), 20);
  const ViewEntry review = ReviewOf(episodes[0]), second = ReviewOf(episodes[1]);
  step(review, 19, "looked at");
  step(second, 18, "another one");
  const ViewEntry move =
      a.Change(episodes[0], {.type = small::kEpisode, .clear = {{kFieldParent, clients[5]}}});
  step(move, 18, "the record goes to another person, and its review with it");
  const ViewEntry mended =
      a.Change(episodes[5], {.type = small::kEpisode, .clear = {{kEnd, DateOf(2026, 2, 1)}}});
  step(mended, 17, "that person's other record is mended");
  step(a.Change(RecordOf(second.id),
                {.type = kReview, .clear = {{kAbout, episodes[7]}}, .parents = {second.id}}),
       17, "a review is about another record");
  step(a.Change(RecordOf(review.id),
                {.type = kReview, .clear = {{kFieldDeleted, true}}, .parents = {review.id}}),
       18, "taken back");
  all.push_back(Client());
  const RecordId late = RecordOf(all.back().id);
  const ViewEntry wrong = Wrong(late), early = ReviewOf(RecordOf(wrong.id));
  Apply({all.back()});
  step(early, 18, "a review whose record is not here yet");
  step(wrong, 18, "and comes");
}

}  // namespace
}  // namespace tram
