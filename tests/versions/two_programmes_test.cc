// Two devices and a server that take a new version of the programme one after the other, in every
// order. Between the steps both devices edit the same records without knowing of each other, each
// with what its version knows. In the end nothing is held, all are equal and no value is gone.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/versions/golden_world.h"
#include "tests/versions/nothing_lost.h"
#include "tests/versions/programme_versions.h"
#include "tests/versions/store_facts.h"

namespace tram::versions {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class TwoProgrammes {
 public:
  TwoProgrammes() {
    clock_.Set(DateOf(2026, 1, 5));
    TestServer::Create(scratch_ / "server", *LoadProgramme(ProgrammeOne()), clock_, random_);
    server_ = std::make_unique<TestServer>(scratch_ / "server", clock_, random_);
    Founding founding = server_->Enrol(server_->AddUnit("GS-09", "24"), random_);
    unit_key_ = founding.unit_key.Copy();
    a_ = FoundDevice(scratch_ / "a", std::move(founding), clock_, random_);
    b_ = JoinDevice(scratch_ / "b", *a_, clock_, random_);
    server_->Welcome(*b_);
    SyncAll();
  }

  UnitDevice& a() { return *a_; }
  UnitDevice& b() { return *b_; }
  TestServer& server() { return *server_; }
  const SecretKey& unit_key() const { return unit_key_; }

  void SyncAll() {
    for (int round = 0; round < 2; ++round) {
      for (UnitDevice* device : {a_.get(), b_.get()}) {
        const SyncReport report = Sync(*device, *server_);
        EXPECT_TRUE(report.complete);
        EXPECT_THAT(report.refusals, IsEmpty());
      }
    }
    server_->Work();
    EXPECT_THAT(server_->worker().failures(), IsEmpty());
  }
  Result<void> Update(UnitDevice& device, const std::string& toml) {
    return device.UseProgramme(Signed(*LoadProgramme(toml), server_->state()));
  }
  void UpdateServer(const std::string& toml) {
    Must(server_->state().UseProgramme(*LoadProgramme(toml), "test"));
  }
  void NextHour() { clock_.ms += 3'600'000; }

 private:
  test::ScratchFolder scratch_;
  SetClock clock_;
  SeededRandom random_{505};
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<UnitDevice> a_, b_;
  SecretKey unit_key_;
};

/// The records that both devices go on editing.
struct Shared {
  RecordId client, other, deleted_by_b, episode, session;
};

bool IsNew(UnitDevice& device) { return device.programme().version == 2; }

Shared MakeShared(UnitDevice& device) {
  Shared shared;
  const auto client = [&](const char* name) {
    return Save(device, {"client", {}, {}, {{"full_name", name}, {"sex", "male"}}});
  };
  shared.client = client("Người Chung");
  shared.other = client("Người Bị Xoá");
  shared.deleted_by_b = client("Người Bị Máy Hai Xoá");
  FormText episode{
      "episode", {}, shared.client, {{"intake_date", "2026-01-02"}, {"drugs", "heroin"}}};
  if (IsNew(device)) episode.fields.push_back({"stage", "first"});
  shared.episode = Save(device, episode);
  shared.session = Save(device, {"session",
                                 {},
                                 shared.episode,
                                 {{"date", "2026-01-03"}, {"use", "none"}, {"note", "Lần đầu"}}});
  return shared;
}

/// What a day at one device leaves: new records of every type, and edits of the shared ones. `who`
/// makes the values differ between devices and days.
void WorkADay(UnitDevice& device, const Shared& shared, const std::string& who) {
  const bool is_new = IsNew(device);
  FormText client{"client", shared.client, {}, {{"phone", who}, {"full_name", "Tên " + who}}};
  if (is_new) {
    client.fields.push_back({"district", "Xã " + who});
    client.fields.push_back({"needs", "heroin|meth"});
  } else {
    client.fields.push_back({"sex", "other"});  // retired in the new version
  }
  Save(device, client);
  FormText episode{"episode", shared.episode, {}, {}};
  if (is_new) {
    episode.fields = {{"stage", "second"}, {"drugs", "heroin|meth"}, {"end_date", "2026-02-01"}};
  } else {
    episode.fields = {{"drugs", "ketamine"},
                      {"end_date", "2026-01-02"}};  // refused by the new rule
  }
  Save(device, episode);
  FormText session{
      "session", shared.session, {}, {{"use", "lapse"}, {"use_date", "2026-01-04"}, {"note", who}}};
  if (is_new) session.fields.push_back({"minutes", "45"});
  Save(device, session);
  const RecordId own =
      Save(device, {"client", {}, {}, {{"full_name", "Của " + who}, {"sex", "female"}}});
  if (!is_new) return;
  Save(device, {"visit", {}, own, {{"date", "2026-01-04"}, {"place", "Nhà " + who}}});
  Save(device, {"visit", {}, shared.client, {{"date", "2026-01-05"}, {"place", who}}});
  Save(device, {"relative", {}, {}, {{"full_name", "Người nhà " + who}}});
}

/// Each deletes a record that the other edits at the same time.
void DeleteUnseen(UnitDevice& a, UnitDevice& b, const Shared& shared) {
  const auto edit = [](UnitDevice& device, const RecordId& client) {
    FormText form{"client", client, {}, {}};
    form.fields = {IsNew(device) ? std::pair<std::string, std::string>("district", "Xã mới")
                                 : std::pair<std::string, std::string>("phone", "0900")};
    Save(device, form);
  };
  Must(a.Delete(shared.other, "ghi nhầm", std::nullopt));
  edit(b, shared.other);
  Must(b.Delete(shared.deleted_by_b, "ghi nhầm", std::nullopt));
  edit(a, shared.deleted_by_b);
}

/// What an older side must say of what it does not know: in words, with what to do.
void ExpectHeldInWords(UnitDevice& device, bool other_is_ahead) {
  const std::vector<HeldOp> held = device.view().Held();
  EXPECT_EQ(held.empty(), !other_is_ahead);
  for (const HeldOp& op : held) {
    EXPECT_THAT(op.reason, HasSubstr("is not in the programme: take the newer programme"));
  }
  EXPECT_THAT(device.log().rejected(), IsEmpty());
}

/// One letter for each that takes the new version: a, b, s.
class OrderTest : public testing::TestWithParam<std::string> {};

TEST_P(OrderTest, NothingIsLostWhileSomeAreBehind) {
  TwoProgrammes world;
  const std::string order = GetParam();
  bool visits_written = false;
  std::vector<Shared> days;
  for (std::size_t step = 0; step <= order.size(); ++step) {
    if (step > 0) {
      const char who = order[step - 1];
      if (who == 's') {
        world.UpdateServer(ProgrammeTwo());
      } else {
        Must(world.Update(who == 'a' ? world.a() : world.b(), ProgrammeTwo()));
      }
    }
    world.NextHour();
    days.push_back(MakeShared(world.a()));
    world.SyncAll();
    for (const Shared& shared : days) {
      const std::string day = std::to_string(step);
      WorkADay(world.a(), shared, "máy A ngày " + day);
      WorkADay(world.b(), shared, "máy B ngày " + day);
    }
    DeleteUnseen(world.a(), world.b(), days.back());
    visits_written |= IsNew(world.a()) || IsNew(world.b());
    world.SyncAll();
    ExpectHeldInWords(world.a(), visits_written && !IsNew(world.a()));
    ExpectHeldInWords(world.b(), visits_written && !IsNew(world.b()));
    EXPECT_EQ(world.server().worker().held_ops() > 0,
              visits_written && world.server().state().programme().programme->version == 1);
  }
  EXPECT_THAT(world.a().view().Held(), IsEmpty());
  EXPECT_EQ(RecordFacts(world.a()), RecordFacts(world.b()));
  EXPECT_THAT(LostValues(world.a(), world.unit_key()), IsEmpty());
  EXPECT_THAT(LostValues(world.b(), world.unit_key()), IsEmpty());
  for (UnitDevice* device : {&world.a(), &world.b()}) {
    EXPECT_TRUE(Must(device->log().Verify()).problems.empty());
    for (const Shared& shared : days) {
      for (const RecordId& id : {shared.other, shared.deleted_by_b}) {
        EXPECT_TRUE(Must(device->view().Find(id)).deletion_conflict) << "an edit nobody saw";
      }
    }
  }
  EXPECT_EQ(world.server().LogOf(world.a().unit()).size(), world.a().log().size());
}

TEST_P(OrderTest, FiguresAreThoseOfTheSameRecordsInTheEnd) {
  TwoProgrammes world;
  const Shared shared = MakeShared(world.a());
  world.SyncAll();
  for (char who : GetParam()) {
    if (who == 's') {
      world.UpdateServer(ProgrammeTwo());
    } else {
      Must(world.Update(who == 'a' ? world.a() : world.b(), ProgrammeTwo()));
    }
    WorkADay(world.a(), shared, std::string("A") + who);
    WorkADay(world.b(), shared, std::string("B") + who);
    world.SyncAll();
  }
  const Date month = DateOf(2026, 1, 31);
  server::ServerStore& store = world.server().state().store();
  const server::Unit unit = Must(store.units().ByCode("GS-09"));
  std::size_t rows = 0;
  for (const IndicatorFigures& figures : Must(world.b().view().Figures(month))) {
    EXPECT_EQ(Must(store.rollups().Rows(unit.number, month, figures.indicator)), figures.rows)
        << figures.indicator;
    rows += figures.rows.size();
  }
  EXPECT_GE(rows, 3u);
}

INSTANTIATE_TEST_SUITE_P(EveryOrder, OrderTest,
                         testing::Values("abs", "asb", "bas", "bsa", "sab", "sba"),
                         [](const auto& order) { return order.param; });

/// A code of a newer programme in a set that an older device edits.
TEST(TwoProgrammesTest, ACodeThatADeviceCannotNameStaysInTheSet) {
  TwoProgrammes world;
  const Shared shared = MakeShared(world.a());
  world.SyncAll();
  Must(world.Update(world.a(), ProgrammeTwo()));
  Save(world.a(), {"episode", shared.episode, {}, {{"stage", "first"}, {"drugs", "heroin|meth"}}});
  world.SyncAll();
  Save(world.b(), {"episode", shared.episode, {}, {{"drugs", "ketamine"}}});
  world.SyncAll();
  const auto drugs = [&](UnitDevice& device) {
    return Must(device.view().Find(shared.episode)).fields.at(IsNew(device) ? 2 : 1).elements;
  };
  EXPECT_EQ(drugs(world.a()), (std::vector<std::uint32_t>{2, 4}));
  EXPECT_EQ(drugs(world.b()), (std::vector<std::uint32_t>{2, 4}));
}

/// A retired code in a set: a device on the new version keeps it, drops it, and cannot add it.
TEST(TwoProgrammesTest, ARetiredCodeInASetMayStayAndMayGo) {
  TwoProgrammes world;
  const Shared shared = MakeShared(world.a());
  world.SyncAll();
  const std::string retired =
      Exchanged(ProgrammeTwo(), "\"Heroin\", \"Heroin\"]", "\"Heroin\", \"Heroin\", \"retired\"]");
  Must(world.Update(world.a(), retired));
  const auto save = [&](const std::string& drugs) {
    return TrySave(world.a(),
                   {"episode", shared.episode, {}, {{"stage", "first"}, {"drugs", drugs}}});
  };
  EXPECT_TRUE(save("heroin|ketamine"));
  EXPECT_TRUE(save("ketamine"));
  const Result<Saved> again = save("heroin|ketamine");
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("no longer used"));
}

/// A change of the programme: one text of it exchanged for another.
struct Rewritten {
  const char* name;
  const char* from;
  const char* to;
};

/// Whatever a device takes, old devices may go on; and records of before show what they showed.
class TakenChangeTest : public testing::TestWithParam<Rewritten> {};

TEST_P(TakenChangeTest, IsRefusedOrLosesNothing) {
  TwoProgrammes world;
  const Shared shared = MakeShared(world.a());
  // One op sets several fields, later ones change some of them: the rest is that op's still.
  const RecordId client =
      Save(world.a(), {"client", {}, {}, {{"phone", "0900"}, {"birth_year", "1980"}}});
  Save(world.a(), {"client", client, {}, {{"phone", "0901"}}});
  const RecordId session = Save(
      world.a(),
      {"session", {}, shared.episode, {{"date", "2026-01-03"}, {"use", "none"}, {"family", "1"}}});
  Save(world.a(), {"session", session, {}, {{"use", "lapse"}, {"use_date", "2026-01-02"}}});
  world.SyncAll();
  const std::string next = Exchanged(Exchanged(ProgrammeOne(), "version = 1", "version = 2"),
                                     GetParam().from, GetParam().to);
  if (!world.Update(world.a(), next)) return;  // refused: nobody can take it
  EXPECT_THAT(LostValues(world.a(), world.unit_key()), IsEmpty()) << "of records of before";
  FormText edit{"session", session, {}, {{"use", "none"}, {"use_date", "2026-01-03"}}};
  if (world.a().programme().ByName("session")->ByName("added") != nullptr) {
    edit.fields.push_back({"added", "7"});
  }
  Save(world.a(), edit);
  world.SyncAll();
  Save(world.b(), {"session", session, {}, {{"use", "relapse"}}});
  Save(world.b(), {"client", client, {}, {{"phone", "0902"}}});
  world.SyncAll();
  EXPECT_THAT(LostValues(world.a(), world.unit_key()), IsEmpty());
  Must(world.Update(world.b(), next));
  EXPECT_THAT(LostValues(world.b(), world.unit_key()), IsEmpty());
  EXPECT_EQ(RecordFacts(world.a()), RecordFacts(world.b()));
}

constexpr char kNote[] = "  { number = 19, name = \"note\"";
constexpr char kFamily[] = "name = \"family\", type = \"bool\", clear = true,";
constexpr char kUseDate[] = "name = \"use_date\", type = \"date\", clear = true, group = \"use\",";

INSTANTIATE_TEST_SUITE_P(
    Changes, TakenChangeTest,
    testing::Values(
        Rewritten{"ANewField", kNote,
                  "  { number = 30, name = \"added\", type = \"int\", clear = true, vi = \"a\", en "
                  "= \"b\" },\n  { number = 19, name = \"note\""},
        Rewritten{"ANewFieldInAGroup", kNote,
                  "  { number = 30, name = \"added\", type = \"int\", clear = true, group = "
                  "\"use\", vi = \"a\", en = \"b\" },\n  { number = 19, name = \"note\""},
        Rewritten{"AFieldJoinsAGroup", kFamily,
                  "name = \"family\", type = \"bool\", clear = true, group = \"use\","},
        Rewritten{"AFieldLeavesAGroup", kUseDate,
                  "name = \"use_date\", type = \"date\", clear = true,"},
        Rewritten{
            "TwoFieldsBecomeAGroup",
            "name = \"phone\", type = \"text\", max = 20, vi = \"Điện thoại\", en = \"Phone\" "
            "},\n  { number = 19, name = \"birth_year\",",
            "name = \"phone\", type = \"text\", max = 20, group = \"x\", vi = \"Điện thoại\", "
            "en = \"Phone\" },\n  { number = 19, name = \"birth_year\", group = \"x\","}),
    [](const auto& change) { return change.param.name; });

}  // namespace
}  // namespace tram::versions
