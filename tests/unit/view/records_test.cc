// Records, fields, conflicts and deletion as the view shows them.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;

class RecordsTest : public ViewTest {};

TEST_F(RecordsTest, ShowsClearAndSealedFields) {
  const ViewEntry client = Client("Trần Văn Bảo");
  Apply({client});
  const RecordView record = Find(RecordOf(client.id));
  EXPECT_EQ(record.type->name, "client");
  EXPECT_EQ(record.created.op, client.id);
  EXPECT_EQ(record.created.device, TestDevice(1));
  EXPECT_EQ(record.root, RecordOf(client.id));
  EXPECT_FALSE(record.sealed_unread);
  EXPECT_EQ(FieldOf(record, kFullName).value, Value(std::string("Trần Văn Bảo")));
  EXPECT_EQ(FieldOf(record, kSex).value, Value(Code{1}));
  EXPECT_TRUE(IsNull(FieldOf(record, kBirthYear).value));
  EXPECT_THAT(FieldOf(record, kSex).parents, ElementsAre(client.id));
  ASSERT_EQ(FieldOf(record, kSex).candidates.size(), 1u);
  EXPECT_EQ(FieldOf(record, kSex).candidates[0].by.op, client.id);
  EXPECT_THAT(FieldOf(record, kBirthYear).parents, ElementsAre());
}

TEST_F(RecordsTest, AnOpIsTakenOnce) {
  const ViewEntry client = Client();
  Apply({client, client});
  Apply({client});
  EXPECT_EQ(view->ops(), 1u);
  EXPECT_THAT(Find(RecordOf(client.id)).deletion_parents, ElementsAre(client.id));
}

TEST_F(RecordsTest, ALaterEditWinsAndConcurrentOnesConflict) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  const ViewEntry first =
      a.Change(id, {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}});
  Apply({client, first});
  EXPECT_EQ(FieldOf(Find(id), kSex).value, Value(Code{2}));
  EXPECT_TRUE(view->Conflicts().empty());
  EXPECT_EQ(Find(id).changed.op, first.id);

  const ViewEntry second = b.Change(
      id, {.type = kClient, .clear = {{kSex, Code{1}}}, .parents = {client.id}, .time_ms = 5});
  Apply({second});
  const RecordView record = Find(id);
  EXPECT_TRUE(FieldOf(record, kSex).conflict);
  EXPECT_EQ(FieldOf(record, kSex).value, Value(Code{2})) << "the later one is shown meanwhile";
  EXPECT_EQ(FieldOf(record, kSex).candidates.size(), 2u);
  EXPECT_EQ(FieldOf(record, kSex).candidates[1].by.device, TestDevice(2));
  EXPECT_EQ(FieldOf(record, kSex).parents.size(), 2u);
  ASSERT_EQ(view->Conflicts().size(), 1u);
  EXPECT_EQ(view->Conflicts()[0].group, kSex);
  EXPECT_EQ(Cell("SELECT conflict FROM client"), "1");

  Apply({a.Change(
      id,
      {.type = kClient, .clear = {{kSex, Code{1}}}, .parents = FieldOf(record, kSex).parents})});
  EXPECT_TRUE(view->Conflicts().empty());
  EXPECT_EQ(Cell("SELECT conflict || sex FROM client"), "0female");
}

TEST_F(RecordsTest, EveryConflictOfARecordIsListed) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  auto change = [&](OpBuilder& by, std::uint32_t sex, const char* code) {
    return by.Change(id, {.type = kClient,
                          .clear = {{kCode, std::string(code)}, {kSex, Code{sex}}},
                          .parents = {client.id}});
  };
  Apply({client, change(a, 1, "K1"), change(b, 2, "K2")});
  const std::vector<Conflict> conflicts = view->Conflicts();
  ASSERT_EQ(conflicts.size(), 2u);
  EXPECT_EQ(conflicts[0].group, kCode);
  EXPECT_EQ(conflicts[1].group, kSex);
}

TEST_F(RecordsTest, AGroupConflictsTogether) {
  const ViewEntry client = Client();
  const ViewEntry episode = Episode(RecordOf(client.id));
  const ViewEntry session = Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2026, 2, 1));
  const RecordId id = RecordOf(session.id);
  Apply({client, episode, session, a.Change(id, {.type = kSession, .clear = {{kUse, Code{1}}}}),
         b.Change(id, {.type = kSession,
                       .clear = {{kUse, Code{2}}, {kUseDate, DateOf(2026, 1, 30)}},
                       .time_ms = 1})});
  const RecordView record = Find(id);
  EXPECT_TRUE(FieldOf(record, kUse).conflict);
  EXPECT_TRUE(FieldOf(record, kUseDate).conflict);
  EXPECT_TRUE(IsNull(FieldOf(record, kUseDate).value)) << "no mixture of two ops";
  EXPECT_EQ(FieldOf(record, kUse).value, Value(Code{1}));
  EXPECT_EQ(FieldOf(record, kUse).parents, FieldOf(record, kUseDate).parents);
  EXPECT_EQ(view->Conflicts().size(), 1u);
}

TEST_F(RecordsTest, ASetNeverConflicts) {
  const ViewEntry client = Client();
  const ViewEntry episode = Episode(RecordOf(client.id));
  const RecordId id = RecordOf(episode.id);
  const ViewEntry add = a.Change(id, {.type = kEpisode,
                                      .sealed = {{kDrugs, AddCode{3}}, {kDrugs, AddCode{1}}},
                                      .root = RecordOf(client.id)});
  const ViewEntry other = b.Change(
      id, {.type = kEpisode, .sealed = {{kDrugs, AddCode{2}}}, .root = RecordOf(client.id)});
  Apply({client, episode, add, other});
  RecordView record = Find(id);
  EXPECT_THAT(FieldOf(record, kDrugs).elements, ElementsAre(1, 2, 3));
  EXPECT_EQ(FieldOf(record, kDrugs).parents.size(), 2u);
  EXPECT_TRUE(view->Conflicts().empty());
  EXPECT_EQ(Cell("SELECT drugs FROM episode"), "|heroin|ketamine|cannabis|");

  Apply({a.Change(
      id, {.type = kEpisode,
           .sealed = {{kDrugs, RemoveCode{1}}, {kDrugs, RemoveCode{2}}, {kDrugs, RemoveCode{3}}},
           .parents = FieldOf(record, kDrugs).parents,
           .root = RecordOf(client.id)})});
  EXPECT_THAT(FieldOf(Find(id), kDrugs).elements, ElementsAre());
  EXPECT_EQ(Cell("SELECT drugs IS NULL FROM episode"), "1");
}

TEST_F(RecordsTest, DeletionThatDidNotSeeAnEditIsAConflict) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  const ViewEntry remove =
      a.Change(id, {.type = kClient, .clear = {{kFieldDeleted, true}}, .parents = {client.id}});
  Apply({client, remove});
  EXPECT_TRUE(Find(id).deleted);
  EXPECT_TRUE(view->Records(TypeOf(kClient)).empty());
  EXPECT_EQ(Cell("SELECT count(*) FROM client"), "0");

  Apply({b.Change(id, {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}})});
  const RecordView record = Find(id);
  EXPECT_FALSE(record.deleted);
  EXPECT_TRUE(record.deletion_conflict);
  ASSERT_EQ(view->Conflicts().size(), 1u);
  EXPECT_EQ(view->Conflicts()[0].kind, Conflict::Kind::kDeletion);
  EXPECT_EQ(Cell("SELECT conflict FROM client"), "1");

  Apply({b.Change(
      id,
      {.type = kClient, .clear = {{kFieldDeleted, true}}, .parents = record.deletion_parents})});
  EXPECT_TRUE(Find(id).deleted);
  EXPECT_TRUE(view->Conflicts().empty());
}

TEST_F(RecordsTest, ConflictsOfADeletedRecordAreNotListed) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  const ViewEntry one =
      a.Change(id, {.type = kClient, .clear = {{kSex, Code{1}}}, .parents = {client.id}});
  const ViewEntry two =
      b.Change(id, {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}});
  Apply({client, one, two});
  EXPECT_EQ(view->Conflicts().size(), 1u);
  Apply({a.Change(
      id,
      {.type = kClient, .clear = {{kFieldDeleted, true}}, .parents = Find(id).deletion_parents})});
  EXPECT_TRUE(view->Conflicts().empty());
}

TEST_F(RecordsTest, WhatDoesNotFitIsNotShownAndCountsForDeletion) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  const ViewEntry newer = b.Change(
      id, {.type = kClient,
           .clear = {{99, std::string("from a newer programme")}, {kSex, std::string("no code")}},
           .parents = {client.id}});
  Apply({client, newer});
  EXPECT_TRUE(view->Held().empty());
  EXPECT_EQ(FieldOf(Find(id), kSex).value, Value(Code{1}));
  EXPECT_EQ(Find(id).deletion_parents.size(), 2u);
  Apply(
      {a.Change(id, {.type = kClient, .clear = {{kFieldDeleted, true}}, .parents = {client.id}})});
  EXPECT_TRUE(Find(id).deletion_conflict);
}

TEST_F(RecordsTest, RecordsCountByCreationAndAreFoundByPrefixAndImportKey) {
  const ViewEntry late = a.Create({.type = kClient,
                                   .sealed = {{kFieldImportKey, std::string("7")}},
                                   .person = true,
                                   .time_ms = 2'000});
  const ViewEntry early = a.Create({.type = kClient,
                                    .sealed = {{kFieldImportKey, std::string("8")}},
                                    .person = true,
                                    .time_ms = 1'000});
  Apply({late, early});
  EXPECT_THAT(view->Records(TypeOf(kClient)), ElementsAre(RecordOf(early.id), RecordOf(late.id)));
  EXPECT_EQ(view->ByImportKey(TypeOf(kClient), "7"), RecordOf(late.id));
  EXPECT_EQ(view->ByImportKey(TypeOf(kClient), "9"), std::nullopt);
  EXPECT_EQ(view->ByImportKey(TypeOf(kEpisode), "7"), std::nullopt);
  EXPECT_EQ(Find(RecordOf(late.id)).import_key, "7");
  std::string prefix = late.id.Hex().substr(0, 7);
  prefix[0] = static_cast<char>(std::toupper(prefix[0]));
  EXPECT_THAT(view->ByPrefix(prefix), ElementsAre(RecordOf(late.id)));
  EXPECT_TRUE(view->ByPrefix("xyz").empty());
  EXPECT_EQ(view->TimeOf(late.id).ms, 2'000);

  Apply({a.Change(RecordOf(late.id), {.type = kClient,
                                      .sealed = {{kFieldImportKey, std::string("9")}},
                                      .parents = {late.id},
                                      .root = RecordOf(late.id)})});
  EXPECT_EQ(view->ByImportKey(TypeOf(kClient), "7"), std::nullopt);
  EXPECT_EQ(view->ByImportKey(TypeOf(kClient), "9"), RecordOf(late.id));
}

TEST_F(RecordsTest, ADeletedRecordKeepsItsImportKeyUnlessAnotherHasIt) {
  auto create = [&] {
    return a.Create(
        {.type = kClient, .sealed = {{kFieldImportKey, std::string("7")}}, .person = true});
  };
  const ViewEntry first = create();
  const RecordId id = RecordOf(first.id);
  Apply({first,
         a.Change(id, {.type = kClient, .clear = {{kFieldDeleted, true}}, .parents = {first.id}})});
  EXPECT_EQ(view->ByImportKey(TypeOf(kClient), "7"), id);
  const ViewEntry second = create();
  Apply({second});
  EXPECT_EQ(view->ByImportKey(TypeOf(kClient), "7"), RecordOf(second.id));
}

TEST_F(RecordsTest, ReservedFieldsCanBeMovedAndSettled) {
  const ViewEntry one = Client();
  const ViewEntry two = Client();
  const ViewEntry episode = Episode(RecordOf(one.id));
  const RecordId id = RecordOf(episode.id);
  Apply({one, two, episode});
  EXPECT_THAT(Find(id).reserved.at(kFieldParent).parents, ElementsAre(episode.id));
  auto move_to = [&](OpBuilder& device, const RecordId& client) {
    return device.Change(
        id, {.type = kEpisode, .clear = {{kFieldParent, client}}, .parents = {episode.id}});
  };
  Apply({move_to(a, RecordOf(one.id)), move_to(b, RecordOf(two.id))});
  const RecordView record = Find(id);
  EXPECT_TRUE(record.reserved.at(kFieldParent).conflict);
  EXPECT_EQ(record.reserved.at(kFieldParent).parents.size(), 2u);
  ASSERT_EQ(view->Conflicts().size(), 1u);
  EXPECT_EQ(view->Conflicts()[0].group, kFieldParent);
}

}  // namespace
}  // namespace tram
