// What cannot be shown (yet): held ops, missing ops, sealed parts without their seed, the lock.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;
using testing::HasSubstr;

class HeldTest : public ViewTest {};

TEST_F(HeldTest, EachReasonIsGiven) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  Op newer = client.op;
  newer.record = id;
  newer.format = kOpFormat + 1;
  Op broken = client.op;
  broken.record = id;
  broken.body.resize(broken.body.size() - 1);
  const ViewEntry unknown_type = a.Create({.type = 77});
  const ViewEntry below_unknown = a.Change(RecordOf(unknown_type.id), {.type = kClient});
  const ViewEntry other_type = a.Change(id, {.type = kWorker, .clear = {{kFieldDeleted, true}}});
  Apply({client, a.Entry(newer), a.Entry(broken), unknown_type, below_unknown, other_type});

  std::map<OpId, std::string> held;
  for (const HeldOp& op : view->Held()) held[op.id] = op.reason;
  EXPECT_EQ(held.size(), 5u);
  EXPECT_THAT(held[a.Entry(newer).id], HasSubstr("format 2"));
  EXPECT_THAT(held[a.Entry(broken).id], HasSubstr("cannot be read"));
  EXPECT_THAT(held[unknown_type.id], HasSubstr("type 77 is not in the programme"));
  EXPECT_THAT(held[below_unknown.id], HasSubstr("created its record is held"));
  EXPECT_THAT(held[other_type.id], HasSubstr("its record is of type 16"));
  EXPECT_FALSE(Find(id).deleted) << "a held op is not part of the merge";
  EXPECT_THAT(Find(id).deletion_parents, ElementsAre(client.id));
  EXPECT_FALSE(view->Find(RecordOf(unknown_type.id)));
  EXPECT_TRUE(view->Waiting().empty());
  EXPECT_EQ(view->ops(), 6u);
}

TEST_F(HeldTest, AnOpWhoseRecordIsNotHereWaitsForIt) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  const ViewEntry edit =
      a.Change(id, {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}});
  Apply({edit});
  EXPECT_FALSE(view->Find(id));
  EXPECT_THAT(view->Waiting(), ElementsAre(id));
  EXPECT_TRUE(view->Held().empty());
  EXPECT_TRUE(view->ByPrefix(id.Hex()).empty());
  Apply({client});
  EXPECT_EQ(FieldOf(Find(id), kSex).value, Value(Code{2}));
  EXPECT_TRUE(view->Waiting().empty());
}

TEST_F(HeldTest, MissingParentsAreCountedAndTheRecordIsShown) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  const ViewEntry edit =
      a.Change(id, {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}});
  const ViewEntry next =
      b.Change(id, {.type = kClient, .clear = {{kSex, Code{3}}}, .parents = {edit.id}});
  Apply({client, next});
  EXPECT_EQ(Find(id).waits_for, 1u);
  EXPECT_THAT(view->Waiting(), ElementsAre(id));
  EXPECT_TRUE(FieldOf(Find(id), kSex).conflict) << "whether it saw the first value is not known";
  Apply({edit});
  EXPECT_EQ(Find(id).waits_for, 0u);
  EXPECT_TRUE(view->Conflicts().empty());
}

TEST_F(HeldTest, AHeldParentIsHereAndNotWaitedFor) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  Op newer = a.Change(id, {.type = kClient}).op;
  newer.format = kOpFormat + 1;
  const ViewEntry held = a.Entry(newer);
  Apply({client, held,
         a.Change(id,
                  {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id, held.id}})});
  EXPECT_EQ(Find(id).waits_for, 0u);
  EXPECT_EQ(FieldOf(Find(id), kSex).value, Value(Code{2}));
}

TEST_F(HeldTest, LockedShowsClearFieldsOnly) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  Apply({client});
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_FALSE(view->unlocked());
  RecordView record = Find(id);
  EXPECT_TRUE(record.sealed_unread);
  EXPECT_TRUE(IsNull(FieldOf(record, kFullName).value));
  EXPECT_TRUE(FieldOf(record, kFullName).candidates.empty());
  EXPECT_EQ(FieldOf(record, kSex).value, Value(Code{1}));
  EXPECT_EQ(Cell("SELECT full_name IS NULL FROM client"), "1");

  ASSERT_TRUE(view->SetUnsealer(&keys));
  EXPECT_EQ(FieldOf(Find(id), kFullName).value, Value(std::string("Lê Thị Hoa")));
  EXPECT_EQ(Cell("SELECT full_name FROM client"), "Lê Thị Hoa");
}

TEST_F(HeldTest, ImportKeysAreForgottenWhenLocked) {
  Apply({a.Create(
      {.type = kClient, .sealed = {{kFieldImportKey, std::string("7")}}, .person = true})});
  EXPECT_TRUE(view->ByImportKey(TypeOf(kClient), "7"));
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_FALSE(view->ByImportKey(TypeOf(kClient), "7"));
  ASSERT_TRUE(view->SetUnsealer(&keys));
  EXPECT_TRUE(view->ByImportKey(TypeOf(kClient), "7"));
}

TEST_F(HeldTest, ASeedThatComesLaterOrIsDestroyed) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  keys.absent.insert(id);
  Apply({client});
  EXPECT_TRUE(Find(id).sealed_unread);
  keys.absent.clear();
  ASSERT_TRUE(view->SetUnsealer(&keys));
  EXPECT_FALSE(Find(id).sealed_unread);
  keys.absent.insert(id);
  ASSERT_TRUE(view->SetUnsealer(&keys));
  EXPECT_TRUE(Find(id).sealed_unread);
  EXPECT_TRUE(IsNull(FieldOf(Find(id), kFullName).value));
}

TEST_F(HeldTest, ASeedThatCameOpensWhatWaitedForItAndNothingElse) {
  const ViewEntry here = Client();
  const ViewEntry waiting = Client("Ngô Văn Tư");
  const RecordId id = RecordOf(waiting.id);
  keys.absent.insert(id);
  Apply({here, waiting});
  keys.absent.clear();
  const std::size_t before = keys.opened;
  ASSERT_TRUE(view->OpenUnread());
  EXPECT_EQ(keys.opened, before + 1);
  EXPECT_EQ(FieldOf(Find(id), kFullName).value, Value(std::string("Ngô Văn Tư")));
  EXPECT_EQ(Cell("SELECT count(*) FROM client WHERE full_name IS NOT NULL"), "2");
}

TEST_F(HeldTest, EachBlobIsOpenedOnce) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  Apply({client});
  Apply({a.Change(id, {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}})});
  EXPECT_EQ(keys.opened, 1u);
}

TEST_F(HeldTest, TheRootComesFromTheParentAtCreation) {
  const ViewEntry client = Client();
  const ViewEntry other = Client("Ngô Văn Tư");
  const ViewEntry episode = Episode(RecordOf(client.id));
  const ViewEntry session =
      Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2026, 2, 1), "đã gặp gia đình");
  const RecordId id = RecordOf(session.id);
  Apply({session});
  EXPECT_TRUE(Find(id).sealed_unread) << "whose key it is is not known yet";
  EXPECT_EQ(view->RootOf(id).error().code, ErrorCode::kNotFound);
  Apply({episode});
  EXPECT_TRUE(Find(id).sealed_unread);
  Apply({client, other});
  EXPECT_EQ(FieldOf(Find(id), kNote).value, Value(std::string("đã gặp gia đình")));
  EXPECT_EQ(*view->RootOf(id), RecordOf(client.id));

  Apply({a.Change(
      RecordOf(episode.id),
      {.type = kEpisode, .clear = {{kFieldParent, RecordOf(other.id)}}, .parents = {episode.id}})});
  EXPECT_EQ(Find(RecordOf(episode.id)).parent, RecordOf(other.id));
  EXPECT_EQ(*view->RootOf(id), RecordOf(client.id)) << "the key does not move";
}

TEST_F(HeldTest, RecordsOfNobodyAreSealedForTheUnit) {
  const ViewEntry worker =
      a.Create({.type = kWorker, .sealed = {{kDisplayName, std::string("Y sĩ Mai")}}});
  Apply({worker});
  EXPECT_EQ(*view->RootOf(RecordOf(worker.id)), std::nullopt);
  EXPECT_EQ(FieldOf(Find(RecordOf(worker.id)), kDisplayName).value, Value(std::string("Y sĩ Mai")));
}

TEST_F(HeldTest, AClearFieldInsideABlobIsNotShown) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  Apply({client, a.Change(id, {.type = kClient,
                               .sealed = {{kFieldDeleted, true}, {kSex, Code{2}}},
                               .parents = {client.id},
                               .root = id})});
  EXPECT_FALSE(Find(id).deleted);
  EXPECT_EQ(FieldOf(Find(id), kSex).value, Value(Code{1}));
}

TEST_F(HeldTest, AClearEditOfASealedFieldIsHiddenWhileLocked) {
  // As an older programme may have written it, in which the field was clear.
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  auto name = [&](OpBuilder& device, const char* text) {
    return device.Change(
        id, {.type = kClient, .clear = {{kFullName, std::string(text)}}, .parents = {client.id}});
  };
  Apply({client, name(a, "Một"), name(b, "Hai")});
  EXPECT_EQ(view->Conflicts().size(), 1u);
  EXPECT_EQ(Cell("SELECT full_name IS NULL FROM client"), "0");
  EXPECT_EQ(FieldOf(Find(id), kFullName).candidates.size(), 2u);

  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_TRUE(view->Conflicts().empty());
  EXPECT_EQ(Cell("SELECT full_name IS NULL FROM client"), "1");
  EXPECT_TRUE(IsNull(FieldOf(Find(id), kFullName).value));
  EXPECT_TRUE(FieldOf(Find(id), kFullName).candidates.empty());
}

TEST_F(HeldTest, ABlobThatDoesNotOpenLeavesTheRestReadable) {
  const ViewEntry client = Client();
  const RecordId id = RecordOf(client.id);
  OpDraft draft{.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}, .root = id};
  draft.sealed = {{kBirthYear, std::int64_t{1990}}};
  Op op = a.Change(id, draft).op;
  op.body.back() ^= 1;
  Apply({client, a.Entry(op)});
  const RecordView record = Find(id);
  EXPECT_TRUE(record.sealed_unread);
  EXPECT_EQ(FieldOf(record, kSex).value, Value(Code{2}));
  EXPECT_EQ(FieldOf(record, kFullName).value, Value(std::string("Lê Thị Hoa")));
  EXPECT_TRUE(IsNull(FieldOf(record, kBirthYear).value));
}

TEST_F(HeldTest, AMixedGroupIsSplitByTheKey) {
  const ViewEntry client = Client();
  const ViewEntry episode = Episode(RecordOf(client.id));
  const ViewEntry session = Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2026, 2, 1));
  const RecordId id = RecordOf(session.id);
  auto note = [&](OpBuilder& device, const char* text) {
    return device.Change(id, {.type = kSession,
                              .sealed = {{kNote, std::string(text)}},
                              .parents = {session.id},
                              .root = RecordOf(client.id)});
  };
  Apply({client, episode, session, note(a, "một"), note(b, "hai"),
         a.Change(id, {.type = kSession, .clear = {{kRemark, std::string("rõ")}}})});
  EXPECT_TRUE(FieldOf(Find(id), kNote).conflict);
  EXPECT_FALSE(FieldOf(Find(id), kRemark).conflict);
  EXPECT_EQ(FieldOf(Find(id), kRemark).value, Value(std::string("rõ")));
  EXPECT_EQ(Cell("SELECT conflict FROM session"), "0") << "the server cannot know of it";
  EXPECT_EQ(view->Conflicts().size(), 1u);
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_TRUE(view->Conflicts().empty());
}

}  // namespace
}  // namespace tram
