// The model itself, on cases worked out by hand: what is compared with must be right on its own.
#include "tests/sim/reference_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sim_programme.h"

namespace tram::sim {
namespace {

using testing::HasSubstr;
using testing::Not;

using Groups = std::map<std::uint32_t, std::map<std::uint32_t, std::string>>;

/// Ids that are read easily: 01…, 02….
OpId Id(std::uint8_t number) {
  OpId id;
  id.data()[0] = number;
  return id;
}
std::string Hex(std::uint8_t number) { return Id(number).Hex().substr(0, 10); }
RecordId Of(std::uint8_t number) { return RecordOf(Id(number)); }

class ReferenceModel : public testing::Test {
 protected:
  /// An op by somebody whose device held `held`, written by the rules.
  void Write(std::uint8_t op, Written written, const std::set<OpId>& held) {
    if (written.record) written.screen = witness_.ScreenOf(*written.record, held, kSimProgrammes);
    const DeviceId device;
    witness_.Attempt(device, std::move(written));
    witness_.Settle(device, Id(op));
    all_.insert(Id(op));
  }
  void Client(std::uint8_t op, Groups groups = {}) {
    Written written;
    written.type = "client";
    written.groups = std::move(groups);
    Write(op, written, {});
  }
  static Written Edit(std::uint8_t record, Groups groups) {
    Written written;
    written.record = Of(record);
    written.type = "client";
    written.groups = std::move(groups);
    return written;
  }
  static Groups Code(const std::string& text) { return {{kCode, {{kCode, text}}}}; }
  static Groups Deleted(const std::string& text) {
    return {{kFieldDeleted, {{kFieldDeleted, text}}}};
  }
  std::string State(const std::set<OpId>& present, int programme = kSimProgrammes) const {
    return ReferenceState(witness_, present, programme);
  }
  std::string State() const { return State(all_); }

  Witness witness_;
  std::set<OpId> all_;
};

TEST_F(ReferenceModel, TwoWhoDidNotSeeOneAnotherAreInConflict) {
  Client(1, Code("A"));
  Write(2, Edit(1, Code("B")), {Id(1)});
  Write(3, Edit(1, Code("C")), {Id(1)});
  EXPECT_THAT(State(), HasSubstr("client g17 | " + Hex(2) + " 17=\"B\" | " + Hex(3) +
                                 " 17=\"C\" | conflict\n"));
  Write(4, Edit(1, Code("D")), {Id(1), Id(2), Id(3)});
  EXPECT_THAT(State(), HasSubstr("client g17 | " + Hex(4) + " 17=\"D\"\n"));
}

TEST_F(ReferenceModel, EqualCandidatesAreSettledAndBothStay) {
  Client(1, Code("A"));
  Write(2, Edit(1, Code("B")), {Id(1)});
  Write(3, Edit(1, Code("B")), {Id(1)});
  EXPECT_THAT(State(),
              HasSubstr("client g17 | " + Hex(2) + " 17=\"B\" | " + Hex(3) + " 17=\"B\"\n"));
  Write(4, Edit(1, Code("C")), {Id(1), Id(2), Id(3)});
  EXPECT_EQ(witness_.ParentsOf(Id(4)), (std::set<OpId>{Id(2), Id(3)}));
}

TEST_F(ReferenceModel, OnlyDirectParentsAreSuperseded) {
  Client(1, Code("A"));
  Write(2, Edit(1, Code("B")), {Id(1)});
  Write(3, Edit(1, Code("C")), {Id(1), Id(2)});
  EXPECT_THAT(State({Id(1), Id(3)}), HasSubstr("client g17 | " + Hex(1) + " 17=\"A\" | " + Hex(3) +
                                               " 17=\"C\" | conflict\n"));
  EXPECT_THAT(State({Id(1), Id(3)}), HasSubstr("client waits for 1\n"));
}

TEST_F(ReferenceModel, AddingWins) {
  Client(1);
  Written add = Edit(1, {});
  add.added[kNeeds] = {1, 2};
  Write(2, add, {Id(1)});
  Written remove = Edit(1, {});
  remove.removed[kNeeds] = {1};
  Write(3, remove, {Id(1), Id(2)});
  EXPECT_THAT(State(), HasSubstr("client s24 2 | " + Hex(2) + "\n"));
  Written again = Edit(1, {});
  again.added[kNeeds] = {1};
  Write(4, again, {Id(1), Id(2)});  // did not see the removal
  EXPECT_THAT(State(), HasSubstr("client s24 1 2 | " + Hex(2) + " " + Hex(4) + "\n"));
}

TEST_F(ReferenceModel, ADeletionHidesOnlyWhatItSaw) {
  Client(1, Code("A"));
  Write(2, Edit(1, Deleted("yes")), {Id(1)});
  EXPECT_THAT(State(), HasSubstr("client deleted\n"));
  EXPECT_THAT(State(), HasSubstr("client listed no\n"));
  Write(3, Edit(1, Code("B")), {Id(1)});
  EXPECT_THAT(State(), Not(HasSubstr("client deleted\n")));
  EXPECT_THAT(State(), HasSubstr("client deletion in conflict\n"));
  EXPECT_THAT(State(), HasSubstr("client listed yes\n"));
  // A second deletion saw the edit, not the first deletion: together they saw everything.
  Write(4, Edit(1, Deleted("yes")), {Id(1), Id(3)});
  EXPECT_THAT(State(), HasSubstr("client deleted\n"));
  Write(5, Edit(1, Deleted("no")), {Id(1), Id(2), Id(3), Id(4)});
  EXPECT_THAT(State(), Not(HasSubstr("client deleted\n")));
  EXPECT_THAT(State(), Not(HasSubstr("in conflict")));
}

TEST_F(ReferenceModel, AnUndoingThatTheLastDeletionDidNotSeeKeepsTheRecord) {
  Client(1);
  Write(2, Edit(1, Deleted("yes")), {Id(1)});
  Write(3, Edit(1, Deleted("no")), {Id(1), Id(2)});
  Write(4, Edit(1, Deleted("yes")), {Id(1), Id(2), Id(3)});
  Write(5, Edit(1, Deleted("yes")), {Id(1), Id(2), Id(4)});  // 3 was not there
  EXPECT_THAT(State(), HasSubstr("client deletion in conflict\n"));
}

TEST_F(ReferenceModel, AFieldOfAGroupThatIsEmptyIsAValueOfItsOwn) {
  Client(1, {{kState, {{kState, "#1"}, {kStateOn, ""}}}});
  Write(2, Edit(1, {{kState, {{kState, "#2"}, {kStateOn, ""}}}}), {Id(1)});
  Write(3, Edit(1, {{kState, {{kState, "#2"}, {kStateOn, "2026-11-22"}}}}), {Id(1)});
  EXPECT_THAT(State(), HasSubstr("client g22 | " + Hex(2) + " 22=\"#2\" 23=\"\" | " + Hex(3) +
                                 " 22=\"#2\" 23=\"2026-11-22\" | conflict\n"));
}

TEST_F(ReferenceModel, WhatIsNotUnderstoodIsHeldOrLeftOut) {
  Client(1, {{kCode, {{kCode, "A"}}}, {kDistrict, {{kDistrict, "Mường La"}}}});
  Written support;
  support.type = "support";
  support.groups[kFieldParent][kFieldParent] = Of(1).Hex();
  Write(2, support, {});
  EXPECT_THAT(State(all_, 1), HasSubstr("held " + Hex(2) + "\n"));
  EXPECT_THAT(State(all_, 1), Not(HasSubstr("support")));
  EXPECT_THAT(State(all_, 1), Not(HasSubstr("g26")));
  EXPECT_THAT(State(all_, 2), HasSubstr("support below " + Hex(1) + "\n"));
  EXPECT_THAT(State(all_, 2), HasSubstr("g26"));
}

TEST_F(ReferenceModel, WhatHasNoBeginningIsNotThereYet) {
  Client(1);
  Write(2, Edit(1, Code("B")), {Id(1)});
  EXPECT_EQ(State({Id(2)}), "unborn " + Hex(1) + "\n");
}

TEST_F(ReferenceModel, WithoutThePersonSealedPartsAreUnread) {
  Client(1);
  Written episode;
  episode.type = "episode";
  episode.groups = {{kFieldParent, {{kFieldParent, Of(1).Hex()}}},
                    {kDose, {{kDose, "2.50"}}},
                    {kIntake, {{kIntake, "2026-11-22"}}}};
  Write(2, episode, {});
  EXPECT_THAT(State({Id(2)}), HasSubstr("episode sealed parts unread\n"));
  EXPECT_THAT(State({Id(2)}), Not(HasSubstr("g20")));
  EXPECT_THAT(State(), HasSubstr("episode g20 | " + Hex(2) + " 20=\"2.50\"\n"));
  EXPECT_THAT(LinesWithoutSealed(State(), *SimProgramme(2)), Not(HasSubstr("g20")));
  EXPECT_THAT(LinesWithoutSealed(State(), *SimProgramme(2)), HasSubstr("episode g16"));
}

TEST_F(ReferenceModel, WhatIsBelowAMergedRecordGoesWithIt) {
  Client(1);
  Client(2);
  Written episode;
  episode.type = "episode";
  episode.groups[kFieldParent][kFieldParent] = Of(1).Hex();
  Write(3, episode, {});
  Write(4, Edit(1, {{kFieldMergedInto, {{kFieldMergedInto, Of(2).Hex()}}}}), all_);
  EXPECT_THAT(State(), HasSubstr("episode below " + Hex(2) + "\n"));
  EXPECT_THAT(State(), HasSubstr(Hex(1) + " client listed no\n"));
  EXPECT_THAT(State(), HasSubstr(Hex(3) + " episode listed yes\n"));
  Write(5, Edit(2, {{kFieldMergedInto, {{kFieldMergedInto, Of(1).Hex()}}}}), {Id(2)});
  EXPECT_THAT(State(), HasSubstr("episode below ?\n"));  // a ring: time decides
}

TEST(WitnessTest, ParentsThatAreNotThoseOfTheScreenAreAFinding) {
  Witness witness;
  const DeviceId device;
  Written written;
  written.type = "client";
  written.groups = {{kCode, {{kCode, "A"}}}};
  witness.Attempt(device, written);
  witness.Acknowledge(device, Id(1), {});
  written.record = Of(1);
  written.screen = witness.ScreenOf(Of(1), {Id(1)}, 1);
  witness.Attempt(device, written);
  witness.Acknowledge(device, Id(2), {Id(1)});
  EXPECT_TRUE(witness.findings().empty());
  witness.Attempt(device, written);
  witness.Acknowledge(device, Id(3), {});
  EXPECT_EQ(witness.findings().size(), 1u);
}

TEST(WitnessTest, AReportOnHalfAGroupIsAFinding) {
  Witness witness;
  Written written;
  written.type = "client";
  written.groups = {{kState, {{kState, "#1"}}}};
  witness.Attempt(DeviceId(), written);
  EXPECT_EQ(witness.findings().size(), 1u);
}

TEST(WitnessTest, WhatFailedCountsOnlyWhereItIsOnTheDisk) {
  Witness witness;
  Written written;
  written.type = "client";
  witness.Attempt(DeviceId(), written);
  witness.Settle(DeviceId(), std::nullopt);
  EXPECT_TRUE(witness.written().empty());
  witness.Attempt(DeviceId(), written);
  witness.Settle(DeviceId(), Id(1));
  EXPECT_EQ(witness.written().size(), 1u);
  EXPECT_TRUE(witness.acknowledged().empty());
}

}  // namespace
}  // namespace tram::sim
