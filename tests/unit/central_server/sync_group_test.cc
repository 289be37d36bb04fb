#include "app/sync_group.h"

#include <gtest/gtest.h>

#include "tests/unit/central_server/server_fixture.h"
#include "tram/crypto/membership.h"

namespace tram::server {
namespace {

class SyncGroupTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    first_unit_ = AddTestUnit("BG01", "24");
    second_unit_ = AddTestUnit("KH01", "56");
    first_ = Enrolled(first_unit_);
    second_ = Enrolled(second_unit_);
  }
  std::vector<HttpResponse> AnswerBoth() {
    const std::vector<std::string> bodies{std::string(AsText(first_->Request())),
                                          std::string(AsText(second_->Request()))};
    return AnswerGroup(state(), bodies);
  }
  std::int64_t EntriesOf(const Unit& unit) {
    Result<Unit> now = store().units().ByNumber(unit.number);
    EXPECT_TRUE(now);
    auto log = OpLog::Open(store().logs(), unit.id, clock_);
    EXPECT_TRUE(log);
    EXPECT_EQ((*log)->size(), now->entries);
    return now->entries;
  }
  /// From now on every COMMIT fails that wrote to a unit's log.
  void BreakCommits() {
    ASSERT_OK(store().database().Execute(
        "PRAGMA foreign_keys=ON; CREATE TABLE broken_parent(id INTEGER PRIMARY KEY);"
        "CREATE TABLE broken(p INTEGER REFERENCES broken_parent(id) DEFERRABLE INITIALLY DEFERRED);"
        "CREATE TRIGGER breaks AFTER INSERT ON dirty BEGIN INSERT INTO broken VALUES(1); END"));
    ASSERT_OK(store().database().Execute("DELETE FROM dirty"));
  }

  Unit first_unit_, second_unit_;
  std::unique_ptr<TestDevice> first_, second_;
};

TEST_F(SyncGroupTest, WhatIsAcknowledgedIsDurable) {
  first_->Visit(DateOf(2026, 11, 1), false, 10);
  Sync(*first_);
  EXPECT_EQ(first_->report().sent_ops, 1u);
  Reopen();
  EXPECT_EQ(EntriesOf(first_unit_), 1);
  auto dirty = store().rollups().Dirty();
  ASSERT_OK(dirty);
  EXPECT_FALSE(dirty->empty());
}

TEST_F(SyncGroupTest, UnitsInOneGroupAreEachAnswered) {
  first_->Visit(DateOf(2026, 11, 1), false, 10);
  second_->Visit(DateOf(2026, 11, 2), true, 20);
  second_->Visit(DateOf(2026, 11, 3), true, 30);
  std::vector<HttpResponse> responses = AnswerBoth();
  first_->Take(responses[0]);
  second_->Take(responses[1]);
  EXPECT_EQ(EntriesOf(first_unit_), 1);
  EXPECT_EQ(EntriesOf(second_unit_), 2);
}

TEST_F(SyncGroupTest, ARefusedRequestDoesNotDisturbTheOthers) {
  first_->Visit(DateOf(2026, 11, 1), false, 10);
  Bytes forged = first_->Request();
  forged.back() ^= 1;
  TestDevice stranger(clock_);
  stranger.Join(first_unit_.id, state().keys().server.id(), {});
  const std::vector<std::string> bodies{std::string(AsText(forged)),
                                        std::string(AsText(stranger.Request())), "", "nonsense",
                                        std::string(AsText(second_->Request()))};
  std::vector<HttpResponse> responses = AnswerGroup(state(), bodies);
  EXPECT_GE(responses[0].status, 400);
  EXPECT_EQ(responses[1].status, 403);
  EXPECT_EQ(responses[2].status, 400);
  EXPECT_EQ(responses[3].status, 409) << "looks like a newer version";
  EXPECT_EQ(responses[4].status, 200);
  EXPECT_EQ(EntriesOf(first_unit_), 0);
}

TEST_F(SyncGroupTest, AFailedCommitAcknowledgesNothing) {
  first_->Visit(DateOf(2026, 11, 1), false, 10);
  Sync(*first_);
  BreakCommits();
  first_->Visit(DateOf(2026, 11, 2), false, 10);
  second_->Visit(DateOf(2026, 11, 2), true, 20);
  for (const HttpResponse& response : AnswerBoth()) {
    EXPECT_EQ(response.status, 503);
    ASSERT_EQ(response.headers.size(), 1u);
    EXPECT_EQ(response.headers[0].first, "Retry-After");
  }
  // In memory too: the next answer must not claim entries that are not stored.
  auto open = state().units().Open(first_unit_.id);
  ASSERT_OK(open);
  EXPECT_EQ((*open)->log->size(), 1u);
  EXPECT_EQ(EntriesOf(first_unit_), 1);
  EXPECT_EQ(EntriesOf(second_unit_), 0);
  ASSERT_OK(store().database().Execute("DROP TRIGGER breaks"));
  Sync(*first_);
  Sync(*second_);
  EXPECT_EQ(EntriesOf(first_unit_), 2);
  EXPECT_EQ(EntriesOf(second_unit_), 1);
}

TEST_F(SyncGroupTest, AFullDiskLosesNothingThatWasAcknowledged) {
  first_->Visit(DateOf(2026, 11, 1), false, 10);
  Sync(*first_);
  auto pages = store().database().Prepare("PRAGMA page_count");
  ASSERT_OK(pages.has_value() ? Status() : Status(pages.error()));
  ASSERT_TRUE(*pages->Step());
  const std::string count = std::to_string(pages->Int(0));
  pages->Reset();
  ASSERT_OK(store().database().Execute("PRAGMA max_page_count=" + count));
  std::size_t acknowledged = 1;
  HttpResponse response{200, "", "", {}};
  for (int i = 0; i < 400 && response.status == 200; ++i) {
    acknowledged = static_cast<std::size_t>(EntriesOf(first_unit_));
    for (int n = 0; n < 20; ++n) first_->Visit(DateOf(2026, 11, 2), false, n);
    response = Answer(first_->Request());
    if (response.status == 200) first_->Take(response);
  }
  EXPECT_GE(response.status, 500);
  EXPECT_EQ(EntriesOf(first_unit_), static_cast<std::int64_t>(acknowledged));
  ASSERT_OK(store().database().Execute("PRAGMA max_page_count=1000000"));
  Sync(*first_);
  EXPECT_EQ(EntriesOf(first_unit_), static_cast<std::int64_t>(first_->log().size()));
}

TEST_F(SyncGroupTest, TwoDevicesOfAUnitGetEachOthersOps) {
  TestDevice invited(clock_);
  const Ticket ticket =
      IssueTicket(first_unit_.id, HybridTime{clock_.ms + 1000}, first_->key(), SystemRandom());
  EnrolmentDesk desk(state());
  Result<EnrolReply> reply = desk.Enrol(
      {invited.id(), "", first_unit_.id, RedeemTicket(first_unit_.id, invited.id(), ticket)}, "");
  ASSERT_OK(reply);
  invited.Join(reply->unit, reply->server, reply->keys);
  first_->Visit(DateOf(2026, 11, 1), false, 10);
  invited.Visit(DateOf(2026, 11, 2), true, 20);
  Sync(*first_);
  Sync(invited);
  Sync(*first_);
  EXPECT_EQ(first_->log().size(), 2u);
  EXPECT_EQ(invited.log().size(), 2u);
}

TEST_F(SyncGroupTest, ADeviceThatOnlyAnotherOneNamedMaySync) {
  TestDevice invited(clock_);
  const Ticket ticket =
      IssueTicket(first_unit_.id, HybridTime{clock_.ms + 1000}, first_->key(), SystemRandom());
  const KeyEntry member = RedeemTicket(first_unit_.id, invited.id(), ticket);
  first_->replica().TakeKeys({member});
  ASSERT_OK(first_->log().Commit());
  for (int i = 0; i < 3; ++i) first_->Take(Answer(first_->Request()));
  invited.Join(first_unit_.id, state().keys().server.id(), first_->log().keys());
  Sync(invited);
}

TEST_F(SyncGroupTest, NotesWhenADeviceWasSeenAndItsClock) {
  Sync(*first_);
  auto devices = store().devices().OfUnit(first_unit_.number);
  ASSERT_OK(devices);
  ASSERT_EQ(devices->size(), 1u);
  EXPECT_EQ((*devices)[0].seen_ms, clock_.ms);
  EXPECT_EQ((*devices)[0].clock_difference_ms, 0);
  EXPECT_EQ(store().units().ByNumber(first_unit_.number)->synced_ms, clock_.ms);
}

TEST_F(SyncGroupTest, ACacheOfOneUnitAnswersTheSame) {
  Reopen({1, 1, 1, 1});
  for (int day = 1; day < 6; ++day) {
    first_->Visit(DateOf(2026, 11, 1), false, day);
    second_->Visit(DateOf(2026, 11, 1), false, day);
    std::vector<HttpResponse> responses = AnswerBoth();
    first_->Take(responses[0]);
    second_->Take(responses[1]);
    EXPECT_EQ(state().units().size(), 1u);
  }
  EXPECT_EQ(EntriesOf(first_unit_), 5);
  EXPECT_EQ(EntriesOf(second_unit_), 5);
}

}  // namespace
}  // namespace tram::server
