// Checks, indicators, lists: what is read from the tables, and what may not be.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

class TablesTest : public ViewTest {
 protected:
  TablesTest() {
    client = Client("Đỗ Minh Hà");
    episode = Episode(RecordOf(client.id), {{kEnd, DateOf(2026, 1, 4)}, {kScore, Decimal{25, 1}}});
    session = Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2026, 2, 1));
  }
  ViewEntry client, episode, session;
};

TEST_F(TablesTest, ARowHasEveryKindOfValue) {
  const ViewEntry worker =
      a.Create({.type = kWorker, .sealed = {{kDisplayName, std::string("Mai")}}});
  const ViewEntry full = a.Create({.type = kSession,
                                   .clear = {{kFieldParent, RecordOf(episode.id)},
                                             {kDate, DateOf(2026, 3, 9)},
                                             {kKind, Code{2}},
                                             {kUse, Code{55}},
                                             {kTopics, AddCode{3}},
                                             {kTopics, AddCode{1}},
                                             {kFamily, true},
                                             {kBy, RecordOf(worker.id)}},
                                   .author = RecordOf(worker.id)});
  Apply({client, episode, worker, full});
  const Result<ViewTable> table = view->Select("SELECT * FROM session", today);
  ASSERT_TRUE(table) << table.error().message;
  std::map<std::string, std::optional<std::string>> row;
  for (std::size_t i = 0; i < table->columns.size(); ++i) {
    row[table->columns[i]] = table->rows.at(0)[i];
  }
  const std::string ms = std::to_string(full.op.time.ms);
  EXPECT_EQ(row["id"], RecordOf(full.id).Hex());
  EXPECT_EQ(row["parent"], RecordOf(episode.id).Hex());
  EXPECT_EQ(row["author"], RecordOf(worker.id).Hex());
  EXPECT_EQ(row["device"], TestDevice(1).Hex());
  EXPECT_EQ(row["created_ms"], ms);
  EXPECT_EQ(row["changed_ms"], ms);
  EXPECT_EQ(row["conflict"], "0");
  EXPECT_EQ(row["date"], "2026-03-09");
  EXPECT_EQ(row["kind"], "group");
  EXPECT_EQ(row["use"], "#55") << "a code of a newer programme";
  EXPECT_EQ(row["use_date"], std::nullopt);
  EXPECT_EQ(row["topics"], "|work|health|");
  EXPECT_EQ(row["family_present"], "1");
  EXPECT_EQ(row["held_by"], RecordOf(worker.id).Hex());
  EXPECT_EQ(Cell("SELECT score * 2 FROM episode"), "5.0");
}

TEST_F(TablesTest, ChecksFindWhatLooksWrong) {
  const ViewEntry same = Client("ĐỖ minh hà");
  Apply({client, same, episode, session});
  Result<std::vector<CheckFinding>> findings = view->Checks(today);
  ASSERT_TRUE(findings) << findings.error().message;
  ASSERT_EQ(findings->size(), 3u);
  EXPECT_EQ((*findings)[0].check->name, "end_before_intake");
  EXPECT_EQ((*findings)[0].record, RecordOf(episode.id));
  EXPECT_EQ((*findings)[1].check->name, "same_name");
  EXPECT_EQ((*findings)[1].record, RecordOf(client.id)) << "in order of creation";

  EXPECT_EQ(view->Checks(DateOf(2026, 1, 1))->size(), 4u) << "the session is in the future then";
  EXPECT_EQ(view->Checks(today)->size(), 3u) << "and not today";
  Apply({Client("do minh ha")});
  EXPECT_EQ(view->Checks(today)->size(), 4u) << "what came since is looked at";
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_EQ(view->Checks(today)->size(), 1u) << "names cannot be compared while locked";
}

TEST_F(TablesTest, ACheckThatReadsASealedFieldInTheClearIsRefused) {
  auto spoilt = std::make_shared<Programme>(*programme);
  spoilt->checks[0].sql = "SELECT id FROM client WHERE full_name IS NULL";
  programme = spoilt;
  view = NewView();
  const Result<std::vector<CheckFinding>> findings = view->Checks(today);
  ASSERT_FALSE(findings);
  EXPECT_THAT(findings.error().message, HasSubstr("end_before_intake"));
  EXPECT_THAT(findings.error().message, HasSubstr("sealed"));
}

TEST_F(TablesTest, ADeviceCheckDoesNotTakeALockedFieldForAnEmptyOne) {
  auto other = std::make_shared<Programme>(*programme);
  other->checks = {programme->checks[2]};
  other->checks[0].sql = "SELECT id FROM client WHERE full_name IS NULL";
  programme = other;
  view = NewView();
  Apply({client, a.Create({.type = kClient, .person = true})});
  EXPECT_EQ(view->Checks(today)->size(), 1u);
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_TRUE(view->Checks(today)->empty());
}

TEST_F(TablesTest, IndicatorsAreTheSameLockedAndUnlocked) {
  Apply({client, episode, session,
         Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2026, 2, 20)),
         Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2026, 1, 20)),
         Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2027, 1, 1))});
  const Result<std::vector<IndicatorRow>> rows = view->Run(programme->indicators[0], today);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_THAT(*rows, ElementsAre(IndicatorRow{"2026-01", "all", "", 1, 0},
                                 IndicatorRow{"2026-02", "all", "", 2, 0}));
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  EXPECT_EQ(*view->Run(programme->indicators[0], today), *rows);
}

TEST_F(TablesTest, DerivedRowsFollowTheRecordsAndTheDay) {
  const Indicator& first = programme->indicators[1];  // of the derived cohort
  const auto run = [&](Date as_of) { return *view->Run(first, as_of); };
  Apply({client, episode});
  const std::vector<IndicatorRow> one = run(today);
  EXPECT_THAT(one, ElementsAre(IndicatorRow{"2026-01", "sex=female", "", 1, 0}));
  EXPECT_EQ(run(today), one) << "asked again";
  EXPECT_TRUE(run(DateOf(2026, 1, 4)).empty()) << "the day before";
  EXPECT_EQ(run(today), one) << "and the day itself again";
  const ViewEntry second = Client("Lò Thị Mai");
  Apply({second, Episode(RecordOf(second.id))});
  EXPECT_THAT(run(today), ElementsAre(IndicatorRow{"2026-01", "sex=female", "", 2, 0}));
  const Result<std::vector<IndicatorFigures>> all = view->Figures(DateOf(2026, 1, 4));
  ASSERT_TRUE(all);
  EXPECT_TRUE((*all)[1].rows.empty()) << "all of them at another day";
  EXPECT_THAT(run(today), ElementsAre(IndicatorRow{"2026-01", "sex=female", "", 2, 0}));
}

TEST_F(TablesTest, AnIndicatorCannotReadASealedFieldEvenUnlocked) {
  Apply({client});
  Indicator indicator = programme->indicators[0];
  indicator.sql = "SELECT full_name, '', '', 1, 1 FROM client";
  EXPECT_THAT(view->Run(indicator, today).error().message, HasSubstr("sealed"));
  indicator.sql = "SELECT 1, 2";
  EXPECT_THAT(view->Run(indicator, today).error().message, HasSubstr("numerator"));
}

TEST_F(TablesTest, ListsHaveEveryField) {
  const ViewEntry second = Client("Bùi An");
  Apply({client, second});
  Result<ViewTable> table = view->List(TypeOf(kClient), "", today);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_THAT(table->columns,
              ElementsAre("id", "parent", "code", "full_name", "sex", "birth_year"));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_THAT(table->rows[0][3], Optional(std::string("Đỗ Minh Hà")));
  table = view->List(TypeOf(kClient), "full_name LIKE 'Bùi%' -- mine", today);
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_THAT(table->rows[0][0], Optional(RecordOf(second.id).Hex()));

  ASSERT_TRUE(view->SetUnsealer(nullptr));
  table = view->List(TypeOf(kClient), "sex = 'female'", today);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->rows.at(0)[3], std::nullopt);
  EXPECT_THAT(view->List(TypeOf(kClient), "full_name IS NULL", today).error().message,
              HasSubstr("sealed"));
}

TEST_F(TablesTest, AListReadsOnly) {
  Apply({client});
  for (const char* where :
       {"1); DELETE FROM client; --", "id IN (DELETE FROM client RETURNING id)", "1) UNION (",
        "random() > 0", "(SELECT count(*) FROM sqlite_master) > 0", "load_extension('x')"}) {
    EXPECT_FALSE(view->List(TypeOf(kClient), where, today)) << where;
  }
  EXPECT_EQ(Cell("SELECT count(*) FROM client"), "1");
}

TEST_F(TablesTest, DecimalsOfAListHaveTheirDigits) {
  Apply({client, a.Create({.type = kEpisode, .clear = {{kScore, Decimal{20, 1}}}})});
  EXPECT_THAT(view->List(TypeOf(kEpisode), "", today)->rows.at(0).back(),
              Optional(std::string("2.0")));
}

TEST_F(TablesTest, RowsFollowTheirOps) {
  Apply({client});
  EXPECT_EQ(Cell("SELECT sex FROM client"), "female");
  Apply({a.Change(RecordOf(client.id),
                  {.type = kClient, .clear = {{kSex, Value()}}, .parents = {client.id}})});
  EXPECT_EQ(Cell("SELECT sex IS NULL FROM client"), "1");
  EXPECT_EQ(Cell("SELECT count(*) FROM client"), "1");
}

TEST_F(TablesTest, ManyRowsAreWrittenBeforeTheyAreAskedFor) {
  std::vector<ViewEntry> entries = {client, episode};
  for (int i = 0; i < 3000; ++i) {
    entries.push_back(Session(RecordOf(episode.id), RecordOf(client.id), DateOf(2026, 2, 1)));
  }
  Apply(entries);
  EXPECT_EQ(Cell("SELECT count(DISTINCT note) || ' ' || count(note) FROM session"), "1 3000");
}

}  // namespace
}  // namespace tram
