// Saves that random worlds showed to go wrong, each by itself.
#include <gtest/gtest.h>

#include "tests/sim/sim_programme.h"
#include "tests/sim/unit_of_devices.h"

namespace tram::sim {
namespace {

constexpr std::uint64_t kSeed = 7;

using Elements = std::vector<std::uint32_t>;

RecordForm NewClient(UnitDevice& device) {
  RecordForm form;
  form.type = device.programme().ByNumber(kClient);
  form.values[kFullName] = std::string("Hà");
  return form;
}

RecordForm FormFor(UnitDevice& device, const RecordId& record) {
  RecordForm form;
  const RecordView view = *device.view().Find(record);
  form.type = view.type;
  form.record = record;
  return form;
}

FieldView FieldOf(UnitDevice& device, const RecordId& record, std::uint32_t number) {
  const RecordView view = *device.view().Find(record);
  for (const FieldView& field : view.fields) {
    if (field.field->number == number) return field;
  }
  ADD_FAILURE() << "no field " << number;
  return {};
}

TEST(Save, AnElementOfASetGivesWayToALaterOne) {
  UnitOfDevices unit(1, 1, kSeed);
  RecordForm form = NewClient(unit[0]);
  form.sets[kNeeds] = {2};
  const RecordId client = unit[0].Save(form)->record;
  RecordForm change = FormFor(unit[0], client);
  change.sets[kNeeds] = {1, 3};
  auto saved = unit[0].Save(change);
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(FieldOf(unit[0], client, kNeeds).elements, (Elements{1, 3}));
}

// Rule 2: saving writes only what the person changed on the form.
TEST(Save, AFormDoesNotAddAgainWhatWasRemovedSinceItWasOpened) {
  UnitOfDevices unit(1, 1, kSeed);
  RecordForm form = NewClient(unit[0]);
  form.sets[kNeeds] = {1, 2};
  const RecordId client = unit[0].Save(form)->record;
  const FieldView drawn = FieldOf(unit[0], client, kNeeds);

  RecordForm meanwhile = FormFor(unit[0], client);
  meanwhile.sets[kNeeds] = {1};
  ASSERT_TRUE(unit[0].Save(meanwhile));

  RecordForm open = FormFor(unit[0], client);
  open.parents = drawn.parents;
  open.sets_before[kNeeds] = drawn.elements;
  open.sets[kNeeds] = {1, 2, 3};  // its writer added 3
  ASSERT_TRUE(unit[0].Save(open));
  EXPECT_EQ(FieldOf(unit[0], client, kNeeds).elements, (Elements{1, 3}));
}

// Else it would go with somebody else's adding of it.
TEST(Save, AFormAddsWhatSomebodyElseAddedSinceItWasOpened) {
  UnitOfDevices unit(1, 1, kSeed);
  const RecordId client = unit[0].Save(NewClient(unit[0]))->record;
  RecordForm open = FormFor(unit[0], client);
  open.parents.emplace();
  open.sets_before[kNeeds] = {};
  open.sets[kNeeds] = {2};

  RecordForm meanwhile = FormFor(unit[0], client);
  meanwhile.sets[kNeeds] = {2};
  ASSERT_TRUE(unit[0].Save(meanwhile));
  auto saved = unit[0].Save(open);
  ASSERT_TRUE(saved);
  EXPECT_TRUE(saved->changed);
  EXPECT_EQ(FieldOf(unit[0], client, kNeeds).parents.size(), 2u);
}

// A listed conflict asks a person for a choice; there is none between two reasons.
TEST(Save, TwoReasonsForADeletionThatWasUndoneAreNoConflict) {
  UnitOfDevices unit(2, 1, kSeed);
  const RecordId client = unit[0].Save(NewClient(unit[0]))->record;
  unit.Pass(0, 1);
  ASSERT_TRUE(unit[0].Delete(client, "trùng", std::nullopt));
  ASSERT_TRUE(unit[1].Delete(client, "nhầm", std::nullopt));
  unit.PassAll();
  ASSERT_TRUE(unit[0].view().Find(client)->deleted);
  ASSERT_TRUE(unit[0].Undelete(client));
  EXPECT_FALSE(unit[0].view().Find(client)->deleted);
  EXPECT_EQ(unit[0].view().Conflicts().size(), 0u);
}

// Its sealed parts would be sealed under the unit's own key, and nobody could read them once the
// person is known.
TEST(Save, NothingIsSealedBeforeThePersonIsKnown) {
  UnitOfDevices unit(3, 1, kSeed);
  const RecordId client = unit[0].Save(NewClient(unit[0]))->record;
  unit.Pass(0, 1);
  RecordForm form;
  form.type = unit[1].programme().ByNumber(kEpisode);
  form.parent = client;
  form.values[kDose] = Decimal{250, 2};
  const RecordId episode = unit[1].Save(form)->record;
  unit.Pass(1, 2, 1);  // the episode without its client

  RecordForm sealed = FormFor(unit[2], episode);
  sealed.values[kDose] = Decimal{500, 2};
  auto refused = unit[2].Save(sealed);
  RecordForm clear = FormFor(unit[2], episode);
  clear.values[kEndReason] = Code{1};
  EXPECT_TRUE(unit[2].Save(clear));

  unit.Pass(1, 2);
  EXPECT_FALSE(unit[2].view().Find(episode)->sealed_unread);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(unit[2].Save(sealed));
  EXPECT_EQ(FieldOf(unit[2], episode, kDose).value, Value(Decimal{500, 2}));
}

}  // namespace
}  // namespace tram::sim
