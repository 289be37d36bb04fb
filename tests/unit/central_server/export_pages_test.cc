// Files of the tables of activity: what the pages show, for nobody whom it is not for, and never
// without a line in the audit trail.
#include <gmock/gmock.h>

#include <set>

#include "exports/data_sets.h"
#include "tests/unit/central_server/made_up_figures.h"
#include "tests/unit/central_server/page_tables.h"
#include "tests/unit/central_server/taken_files.h"
#include "tests/unit/central_server/visitor.h"
#include "web/figure_page.h"

namespace tram::server {
namespace {

using testing::HasSubstr;
using testing::Not;

const Date kOctober = DateOf(2026, 10, 31), kNovember = DateOf(2026, 11, 30);
const Date kBeforeMerger = DateOf(2025, 5, 31);

class ExportPagesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    figures_ = std::make_unique<MadeUpFigures>(state());
    units_ = {AddTestUnit("BG01", "24"), AddTestUnit("BN01", "27"), AddTestUnit("KH01", "56")};
  }
  void FillAll() {
    Work();
    for (const Unit& unit : units_) {
      for (const Date as_of : {kOctober, kNovember, kBeforeMerger}) {
        figures_->Fill(unit, as_of, 20);
      }
    }
    figures_->Publish(kBeforeMerger);
    figures_->Publish(kOctober);
  }
  void BecomeNew(const std::string& name, Role role, std::vector<std::string> provinces = {},
                 std::optional<UnitNumber> unit = std::nullopt) {
    Become(AddAccount(name, role, std::move(provinces), unit));
  }
  std::string Body(const std::string& target) {
    const HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 200) << target << "\n" << response.body.substr(0, 2000);
    return response.body;
  }
  TakenCsv Csv(const std::string& target) { return ReadTakenCsv(Body(target)); }
  /// The page's link to a set's CSV file, with the parameters of what it shows.
  std::string LinkOf(const std::string& body, const std::string& set) {
    for (const std::string& link : ExportLinksOf(body)) {
      if (link.starts_with("/export/" + set + ".csv")) return link;
    }
    ADD_FAILURE() << "no link to " << set;
    return "/";
  }
  const std::vector<const Indicator*>& Heads() {
    if (heads_.empty()) heads_ = HeadlinesOf(figures_->programme()).Both();
    return heads_;
  }
  /// As a page writes what a row says of a figure.
  std::string Text(const TakenCsv& csv, std::size_t row, const Indicator& indicator) {
    FigureSum::Counts counts;
    const bool rate = indicator.shape == IndicatorShape::kRate;
    counts.numerator = std::stoll(csv.Cell(row, indicator.name + (rate ? "_count" : "")));
    if (rate) counts.denominator = std::stoll(csv.Cell(row, indicator.name + "_of"));
    if (rate && counts.denominator > 0) {
      EXPECT_EQ(std::stod(csv.Cell(row, indicator.name)),
                static_cast<double>(counts.numerator) / static_cast<double>(counts.denominator));
    }
    return FigureText(indicator, counts, Language::kEnglish);
  }
  static std::string ValueText(const TakenCsv& csv, std::size_t row, const Indicator& indicator,
                               const std::string& prefix = "") {
    const std::string& of = csv.Cell(row, prefix + "denominator");
    return FigureText(
        indicator,
        {std::stoll(csv.Cell(row, prefix + "numerator")), of.empty() ? 0 : std::stoll(of)},
        Language::kEnglish);
  }

  std::unique_ptr<MadeUpFigures> figures_;
  std::vector<Unit> units_;
  std::vector<const Indicator*> heads_;
};

TEST_F(ExportPagesTest, TheFileOfUnitsHasTheRowsOfAllPagesInTheirOrder) {
  for (int i = 0; i < 57; ++i) {
    units_.push_back(AddTestUnit("X" + std::to_string(100 + i), i % 2 == 0 ? "24" : "56"));
  }
  FillAll();
  ASSERT_OK(store().units().Synced(units_[4].number, clock_.ms - 8 * 86'400'000LL));
  ASSERT_OK(store().units().Synced(units_[5].number, clock_.ms - 1000));
  Serve();
  BecomeNew("quanly", Role::kManager);
  for (const std::string asked :
       {"/units?", "/units?month=2026-11&sort=f1&desc=1&", "/units?month=2025-05&place=27&",
        "/units?month=2025-05&places=now&place=24&", "/units?q=x11&sort=days&",
        "/units?sort=synced&"}) {
    const std::string first = Body(asked + "page=1");
    std::vector<Cells> shown = AllTablesOf(first).at(0).rows;
    if (first.find("page=2") != std::string::npos) {
      const std::vector<HtmlTable> second = AllTablesOf(Body(asked + "page=2"));
      shown.insert(shown.end(), second.at(0).rows.begin(), second.at(0).rows.end());
    }
    const TakenCsv csv = Csv(LinkOf(first, "units"));
    ASSERT_EQ(csv.rows.size(), shown.size()) << asked;
    for (std::size_t row = 0; row < shown.size(); ++row) {
      std::size_t at = 0;
      EXPECT_EQ(csv.Cell(row, "code"), shown[row].at(at++));
      EXPECT_EQ(csv.Cell(row, "name"), shown[row].at(at++));
      EXPECT_EQ(csv.Cell(row, "province"), shown[row].at(at++));
      for (const Indicator* indicator : Heads()) {
        EXPECT_EQ(Text(csv, row, *indicator), shown[row].at(at++)) << indicator->name;
      }
      EXPECT_EQ(csv.Cell(row, "months_with_figures"), shown[row].at(at++));
      const std::string& days = csv.Cell(row, "days_to_arrival");
      EXPECT_EQ(days.empty() ? "–" : DecimalText(std::stod(days), Language::kEnglish),
                shown[row].at(at++));
      const std::string &synced = csv.Cell(row, "last_sync"), &state = csv.Cell(row, "state");
      EXPECT_EQ(synced.empty(), shown[row].at(at).starts_with("never"));
      if (!synced.empty()) {
        EXPECT_THAT(shown[row].at(at), HasSubstr(synced.substr(11)));
      }
      EXPECT_EQ(state == "silent_7", shown[row].at(at).ends_with("silent for 7 days"));
      EXPECT_EQ(state == "silent_30", shown[row].at(at).ends_with("silent for 30 days"));
    }
    EXPECT_GT(shown.size(), 0u) << asked;
  }
}

TEST_F(ExportPagesTest, FilesOfTheOverviewHaveTheFiguresOfThePage) {
  FillAll();
  Serve();
  BecomeNew("quanly", Role::kManager);
  for (const std::string asked :
       {"/", "/?month=2026-11", "/?place=24", "/?place=27&month=2025-05", "/?month=2025-05"}) {
    const std::string body = Body(asked);
    const TakenCsv heads = Csv(LinkOf(body, "overview"));
    ASSERT_EQ(heads.rows.size(), Heads().size());
    for (std::size_t row = 0; row < heads.rows.size(); ++row) {
      const Indicator& indicator = *Heads()[row];
      EXPECT_THAT(body, HasSubstr("<span class=\"name\">" + heads.Cell(row, "label") +
                                  "</span> <span class=\"value\">" +
                                  ValueText(heads, row, indicator) + "</span>"));
      if (heads.Cell(row, "month").empty()) continue;
      EXPECT_THAT(body,
                  HasSubstr("the month before: " + ValueText(heads, row, indicator, "before_")));
    }
    for (const HtmlTable& table : AllTablesOf(body)) {
      const bool trend = table.head.at(0) == "Figure";
      const TakenCsv csv = Csv(LinkOf(body, trend ? "months" : "provinces"));
      if (!trend) {
        ASSERT_EQ(csv.rows.size(), table.rows.size());
        for (std::size_t row = 0; row < csv.rows.size(); ++row) {
          EXPECT_EQ(csv.Cell(row, "province"), table.rows[row].at(0));
          for (std::size_t i = 0; i < Heads().size(); ++i) {
            EXPECT_EQ(Text(csv, row, *Heads()[i]), table.rows[row].at(i + 1));
          }
        }
        continue;
      }
      ASSERT_EQ(csv.rows.size() + 1, table.head.size());
      for (const Cells& row : table.rows) {
        const auto indicator =
            std::find_if(Heads().begin(), Heads().end(),
                         [&](const Indicator* any) { return any->label.en == row.at(0); });
        ASSERT_NE(indicator, heads_.end());
        for (std::size_t month = 0; month < csv.rows.size(); ++month) {
          EXPECT_EQ(Text(csv, month, **indicator), row.at(month + 1));
          const std::string& text = csv.Cell(month, "month");
          EXPECT_EQ(text.substr(5) + "/" + text.substr(0, 4), table.head.at(month + 1));
        }
      }
    }
  }
}

TEST_F(ExportPagesTest, TheFileOfAUnitHasEveryMonthOfItsPage) {
  FillAll();
  auto device = Enrolled(units_[0]);
  Serve();
  BecomeNew("bacninh", Role::kProvince, {"24"});
  const std::string body = Body("/unit/BG01?month=2026-10");
  const TakenCsv csv = Csv(LinkOf(body, "unit"));
  std::size_t compared = 0;
  for (const std::string& section : Between(body, "<section class=\"card\" id=\"", "</section>")) {
    const std::string name = section.substr(0, section.find('"'));
    const Indicator& indicator = *figures_->programme().IndicatorByName(name);
    const std::vector<HtmlTable> tables = AllTablesOf(section);
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < csv.rows.size(); ++row) {
      if (csv.Cell(row, "indicator") == name) rows.push_back(row);
    }
    if (tables.empty()) {
      ASSERT_EQ(rows.size(), 1u);
      EXPECT_THAT(section, HasSubstr(": " + ValueText(csv, rows[0], indicator) + "</h3>"));
      continue;
    }
    ASSERT_EQ(rows.size() + 1, tables[0].head.size()) << name;
    for (std::size_t i = 0; i < rows.size(); ++i, ++compared) {
      const std::string& shown = tables[0].rows.at(0).at(i + 1);
      EXPECT_EQ(ValueText(csv, rows[i], indicator), shown.substr(0, shown.find(" ("))) << name;
    }
  }
  EXPECT_GE(compared, 48u);
  std::set<std::string> others;
  for (std::size_t row = 0; row < csv.rows.size(); ++row) others.insert(csv.Cell(row, "label"));
  for (const std::string& summary : Matches(body, "<summary>([^<:]*)")) {
    EXPECT_TRUE(others.contains(PlainText(summary))) << summary;
  }
  const TakenCsv devices = Csv(LinkOf(body, "unit-devices"));
  ASSERT_EQ(devices.rows.size(), 1u);
  EXPECT_EQ(devices.Cell(0, "device"), "1");
  const TakenCsv provinces = Csv(LinkOf(body, "unit-provinces"));
  ASSERT_EQ(provinces.rows.size(), 1u);
  EXPECT_EQ(provinces.Cell(0, "province_then"), "Bắc Giang");
  EXPECT_EQ(provinces.Cell(0, "province_now"), "Bắc Ninh");
  EXPECT_EQ(Get("/export/unit.csv?unit=none").status, 404);
  EXPECT_EQ(Get("/export/unit.csv").status, 400) << "which unit?";
}

TEST_F(ExportPagesTest, NobodyTakesAnotherProvincesFigures) {
  constexpr std::int64_t kTheirs = 777'123;
  Work();
  for (const Date as_of : {kOctober, kNovember, kBeforeMerger}) {
    figures_->FillWith(units_[0], as_of, 5);
    figures_->FillWith(units_[1], as_of, 6);
    figures_->FillWith(units_[2], as_of, kTheirs);
  }
  figures_->Publish(kBeforeMerger);
  figures_->Publish(kOctober);
  Serve();
  const auto look = [&] {
    for (const std::string month : {"2026-10", "2026-11", "2025-05"}) {
      for (const std::string target :
           {"overview.csv?", "overview.csv?place=56&", "provinces.csv?", "months.csv?",
            "months.csv?place=56&", "units.csv?", "units.csv?place=56&", "units.csv?q=KH01&",
            "units.csv?closed=1&sort=f0&desc=1&", "unit.csv?unit=KH01&", "unit.csv?unit=BG01&"}) {
        for (const char* places : {"then", "now"}) {
          const std::string address = "/export/" + target + "month=" + month + "&places=" + places;
          EXPECT_THAT(Get(address).body, Not(HasSubstr("777123"))) << address;
        }
      }
    }
    for (const char* one : {"unit-devices", "unit-provinces", "unit"}) {
      EXPECT_EQ(Get(std::string("/export/") + one + ".csv?unit=KH01").status, 403) << one;
    }
  };
  BecomeNew("bacninh", Role::kProvince, {"24"});
  look();
  BecomeNew("banquanly", Role::kCommittee, {}, units_[0].number);
  look();
  EXPECT_EQ(Csv("/export/units.csv").rows.size(), 1u);
  for (const char* one : {"overview", "provinces", "months"}) {
    EXPECT_EQ(Get(std::string("/export/") + one + ".csv").status, 403) << one;
  }
  // The search would find it: the manager does see it.
  BecomeNew("quanly", Role::kManager);
  EXPECT_THAT(Body("/export/units.csv?q=KH01"), HasSubstr("777123"));
}

TEST_F(ExportPagesTest, EachFileIsInTheTrailBeforeItIsGiven) {
  FillAll();
  Serve();
  BecomeNew("quanly", Role::kManager);
  const HttpResponse csv = Get("/export/units.csv?month=2026-10&q=%3D1%0Abg&closed=");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8");
  EXPECT_EQ(HeaderOf(csv, "Content-Disposition"),
            "attachment; filename=\"tram-units-2026-10.csv\"");
  EXPECT_THAT(Trail(), HasSubstr("account:quanly: export of units.csv, 0 rows: "
                                 "month=2026-10&q=%3D1%0Abg\n"));
  const HttpResponse book = Get("/export/provinces.xlsx");
  EXPECT_TRUE(book.body.starts_with("PK"));
  EXPECT_EQ(HeaderOf(book, "Content-Disposition"),
            "attachment; filename=\"tram-provinces-2026-10.xlsx\"");
  EXPECT_THAT(Trail(), HasSubstr("account:quanly: export of provinces.xlsx, 2 rows\n"));
  const std::string trail = Trail();
  for (const auto& [target, status] :
       std::map<std::string, int>{{"/export/units.csv?month=2031-01", 400},
                                  {"/export/units.csv?mont=2026-10", 400},
                                  {"/export/units.csv?places=later", 400},
                                  {"/export/devices.csv", 403},
                                  {"/export/nothing.csv", 404},
                                  {"/export/units.pdf", 404}}) {
    EXPECT_EQ(Get(target).status, status) << target;
  }
  EXPECT_EQ(Trail(), trail) << "what is refused was not given";
  // Without its line no file leaves.
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    return server.store().database().Execute(
        "CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
  });
  const HttpResponse none = Get("/export/units.csv");
  EXPECT_NE(none.status, 200);
  EXPECT_THAT(none.body, Not(HasSubstr("BG01")));
}

/// A clock on which everything takes long.
class SlowClock : public Clock {
 public:
  std::int64_t WallMs() override { return StartOfLocalDay(DateOf(2026, 11, 21)); }
  std::int64_t SteadyMs() override { return steady_ms_ += 5; }

 private:
  std::int64_t steady_ms_ = 0;
};

/// Figures of 33 units, which the server has just begun to read.
class StillReadTest : public ExportPagesTest {
 protected:
  void ServeSlowly() {
    for (int i = 0; i < 30; ++i) units_.push_back(AddTestUnit("X" + std::to_string(100 + i), "24"));
    Work();
    for (const Unit& unit : units_) figures_->FillWith(unit, kOctober, 5);
    figures_->Publish(kOctober);
    static SlowClock slow;  // outlives the state
    worker_.reset();
    state_.reset();
    auto opened = ServerState::Open(folder_.path(), slow, SystemRandom());
    ASSERT_TRUE(opened) << opened.error().message;
    state_ = std::move(*opened);
    worker_ = std::make_unique<RollupWorker>(state());
    manager_ = AddAccount("quanly", Role::kManager);
    Serve();
  }
  void ExpectRefusedUntilAllIsRead(const std::string& path) {
    const HttpResponse first = Get(path);
    EXPECT_EQ(first.status, 503) << "all was read at once: the test shows nothing";
    EXPECT_THAT(first.body, HasSubstr("still reading"));
    EXPECT_THAT(Trail(), Not(HasSubstr("export of")));
    whole_ = first;
    for (int i = 0; i < 1000 && whole_.status == 503; ++i) whole_ = Get(path);
    EXPECT_EQ(whole_.status, 200) << whole_.body;
  }

  Account manager_;
  HttpResponse whole_;
};

TEST_F(StillReadTest, AFileIsNotGiven) {
  ServeSlowly();
  Become(manager_);
  ExpectRefusedUntilAllIsRead("/export/units.csv");
  EXPECT_EQ(ReadTakenCsv(whole_.body).rows.size(), units_.size());
}

TEST_F(StillReadTest, NorIsItToPrograms) {
  ServeSlowly();
  AsToken(manager_, {Right::kActivity});
  ExpectRefusedUntilAllIsRead("/api/v1/data/units?lang=en");
  EXPECT_EQ(Json::parse(whole_.body).at("rows").size(), units_.size());
}

TEST_F(ExportPagesTest, AMonthIsFrozenOrSaidToBeOpen) {
  FillAll();
  Serve();
  BecomeNew("quanly", Role::kManager);
  const TakenCsv closed = Csv("/export/units.csv"), open = Csv("/export/units.csv?month=2026-11");
  EXPECT_EQ(closed.Cell(0, "as_of"), "2026-10-31");
  EXPECT_FALSE(closed.Cell(0, "published").empty());
  EXPECT_EQ(open.Cell(0, "as_of"), "2026-11-30");
  EXPECT_EQ(open.Cell(0, "published"), "");
  EXPECT_EQ(open.Cell(0, "units_at_work"), "3");
  EXPECT_EQ(open.Cell(0, "units_silent"), "3") << "none ever synced";
}

TEST_F(ExportPagesTest, EveryDataSetIsOnAPageAndEveryLinkGivesAFile) {
  FillAll();
  auto device = Enrolled(units_[0]);
  const Account administrator = AddAccount("quantri", Role::kAdministrator);
  const Account manager = AddAccount("quanly", Role::kManager);
  const Account province = AddAccount("bacninh", Role::kProvince, {"24"});
  const Account committee = AddAccount("ban", Role::kCommittee, {}, units_[0].number);
  Serve();
  std::set<std::string> linked;
  for (const Account& account : {administrator, manager, province, committee}) {
    Become(account);
    for (const char* page :
         {"/", "/units", "/unit/BG01", "/units/success", "/outcomes", "/outcomes/curves",
          "/questions", "/accounts", "/admin/units", "/admin/unit/BG01", "/admin/devices",
          "/admin/programmes", "/admin/audit"}) {
      const HttpResponse shown = Follow(Get(page));
      if (shown.status != 200) continue;
      for (const std::string& link : ExportLinksOf(shown.body)) {
        const HttpResponse file = Get(link);
        EXPECT_EQ(file.status, 200) << account.name << " " << page << " " << link << file.body;
        linked.insert(link.substr(8, link.find('.') - 8));
      }
    }
  }
  // Nothing of persons is released here: those pages have no table.
  const std::set<std::string> of_persons{"states",   "success", "shares",      "persons",
                                         "survival", "curves",  "unit-success"};
  for (const DataSet& set : DataSets()) {
    const std::string name(set.name);
    EXPECT_EQ(linked.contains(name), !of_persons.contains(name)) << name;
    EXPECT_FALSE(set.title.vi.empty() || set.title.en.empty() || set.about.vi.empty()) << name;
    for (const DataParameter& parameter : set.parameters) {
      EXPECT_FALSE(parameter.about.vi.empty() || parameter.about.en.empty()) << name;
      const auto& choices = parameter.choices;
      EXPECT_TRUE(choices.empty() ||
                  std::find(choices.begin(), choices.end(), parameter.example) != choices.end())
          << name << " " << parameter.name;
    }
  }
}

TEST_F(ExportPagesTest, ColumnsHaveNamesOfTheirOwnAndLabelsInBothLanguages) {
  FillAll();
  const Account administrator = AddAccount("quantri", Role::kAdministrator);
  const Account province = AddAccount("bacninh", Role::kProvince, {"24"});
  Serve();
  for (const DataSet& set : DataSets()) {
    Become(set.right == Right::kOutcomes || set.right == Right::kQuestions ? province
                                                                           : administrator);
    const bool one = set.name.starts_with("unit") && set.parameters.at(0).required;
    const std::string target =
        "/export/" + std::string(set.name) + ".csv" + (one ? "?unit=BG01" : "");
    const TakenCsv csv = Csv(target);
    std::set<std::string> names;
    for (const std::string& name : csv.header) {
      EXPECT_TRUE(names.insert(name).second) << set.name << " has two columns " << name;
      EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), name.npos) << name;
    }
    Post("/language", {{"to", "vi"}});
    EXPECT_EQ(Csv(target).header, csv.header) << "the same in every language";
  }
}

TEST_F(ExportPagesTest, ANameThatLooksLikeAFormulaIsTextInBothFiles) {
  FillAll();
  ASSERT_OK(store().units().Rename(units_[0].number, "=cmd|' /C calc'!A1", ""));
  Serve();
  BecomeNew("quanly", Role::kManager);
  const TakenCsv csv = Csv("/export/units.csv");
  EXPECT_EQ(csv.Cell(csv.RowOf("code", "BG01"), "name"), "'=cmd|' /C calc'!A1");
  const auto book = ReadTakenWorkbook(Body("/export/units.xlsx"));
  if (!book) GTEST_SKIP() << "there is no Python to unzip a workbook with";
  EXPECT_EQ(book->sheets.at(0).at(1).at(1), "=cmd|' /C calc'!A1");
  EXPECT_EQ(book->xml.find("<f>"), std::string::npos);
}

}  // namespace
}  // namespace tram::server
