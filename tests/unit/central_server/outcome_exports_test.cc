// Files of the tables about persons hold what the pages show, and no number that was not released.
#include <fmt/format.h>

#include <regex>

#include "tests/unit/central_server/outcome_attacker.h"
#include "tests/unit/central_server/taken_files.h"

namespace tram::server {
namespace {

/// A share or a bound as the page writes it; "-" where the file has none.
std::optional<double> Number(const std::string& cell) {
  return cell.empty() ? std::nullopt : std::optional(std::stod(cell));
}
std::optional<Interval> Bounds(const std::string& low, const std::string& high) {
  if (low.empty()) return std::nullopt;
  return Interval{std::stod(low), std::stod(high)};
}

class OutcomeExportsTest : public AttackerTest {
 protected:
  /// Each CSV file once, by its address, of all that the pages of the attacker's targets link to.
  std::map<std::string, std::string> Linked() {
    std::map<std::string, std::string> files;
    for (const std::string& target : Targets()) {
      for (const std::string& link : ExportLinksOf(Shown(target))) {
        if (link.find(".csv") == std::string::npos || files.contains(link)) continue;
        files[link] = Shown(link);
      }
    }
    return files;
  }
  /// A row of a file, from the column after the group to the reason: as the page's cells.
  static Cells PageCells(const TakenCsv& csv, std::size_t row) {
    Cells cells;
    const std::size_t end = csv.Column("not_shown");
    for (std::size_t i = csv.Column("group") + 1; i < end; ++i) {
      const std::string &name = csv.header[i], &cell = csv.rows[row][i];
      const bool bounds = i + 1 < end && csv.header[i + 1] == name + "_lower";
      const auto interval =
          bounds ? Bounds(csv.rows[row][i + 1], csv.rows[row][i + 2]) : std::nullopt;
      if (bounds && name.starts_with("day_")) {
        cells.push_back(Curve(Number(cell), interval));
      } else if (bounds) {
        cells.insert(cells.end(), {Percent(Number(cell)), Percents(interval)});
      } else if (name.starts_with("success_") || name == "share_known") {
        cells.push_back(Percent(Number(cell)));
      } else {
        cells.push_back(cell);
      }
      if (bounds) i += 2;
    }
    return cells;
  }
};

TEST_F(OutcomeExportsTest, AFileHasTheRowsOfItsTable) {
  ServeManager();
  std::size_t compared = 0, refused = 0;
  for (const std::string by :
       {"country", "then", "now", "units-then&province=56", "units-now&province=24&stratum=sex"}) {
    for (const char* year : {"2023", "2024", "all"}) {
      const std::string body = Shown("/outcomes?year=" + std::string(year) + "&by=" + by);
      const std::vector<HtmlTable> tables = AllTablesOf(body);
      std::vector<std::string> links;
      for (const std::string& link : ExportLinksOf(body)) {
        if (link.find(".csv?") != std::string::npos) links.push_back(link);
      }
      ASSERT_EQ(links.size(), tables.size()) << "a table without a file";
      for (std::size_t i = 0; i < tables.size(); ++i) {
        const TakenCsv csv = ReadTakenCsv(Shown(links[i]));
        ASSERT_EQ(csv.rows.size(), tables[i].rows.size()) << links[i];
        for (std::size_t row = 0; row < csv.rows.size(); ++row) {
          const Cells& shown = tables[i].rows[row];
          EXPECT_EQ(csv.Cell(row, "place"), shown.at(0));
          if (std::string(year) == "all") {
            EXPECT_EQ(csv.Cell(row, "year"), shown.at(1));
          }
          const std::string& why = csv.Cell(row, "not_shown");
          if (!why.empty()) {
            EXPECT_EQ(shown.back(), why);
            for (const std::string& cell : PageCells(csv, row)) {
              EXPECT_TRUE(cell == "*" || cell == "-" || cell.empty()) << cell;
            }
            ++refused;
            continue;
          }
          const Cells cells = PageCells(csv, row);
          ASSERT_GE(shown.size(), cells.size());
          EXPECT_EQ(cells,
                    Cells(shown.end() - static_cast<std::ptrdiff_t>(cells.size()), shown.end()))
              << links[i];
          EXPECT_EQ(csv.Cell(row, "as_of"), "2026-03-31");
          EXPECT_EQ(csv.Cell(row, "published"), "2026-04-04 00:00");
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 150u);
  EXPECT_GT(refused, 3u);
}

TEST_F(OutcomeExportsTest, CurvesAreThoseOfThePage) {
  ServeManager();
  const std::string body = Shown("/outcomes/curves?year=2023&year=2024&place=country&place=56");
  const std::vector<HtmlTable> tables = AllTablesOf(body);
  ASSERT_EQ(tables.size(), 5u);
  const std::vector<std::string> links = ExportLinksOf(body);
  ASSERT_GE(links.size(), 10u);
  const TakenCsv csv = ReadTakenCsv(Shown(links.at(0)));
  std::size_t curve = 0;
  for (std::size_t row = 0; row < csv.rows.size(); ++row) {
    if (csv.Cell(row, "day") == "0") ++curve;
    const std::size_t step = row % 13;
    const auto cell = [&](std::size_t table) { return tables[table].rows.at(step).at(curve); };
    EXPECT_EQ(tables[1].head.at(curve), csv.Cell(row, "place") + ", " + csv.Cell(row, "year"));
    EXPECT_EQ(tables[1].rows.at(step).at(0), csv.Cell(row, "day"));
    EXPECT_EQ(cell(1), Curve(Number(csv.Cell(row, "without_event")),
                             Bounds(csv.Cell(row, "without_event_lower"),
                                    csv.Cell(row, "without_event_upper"))));
    EXPECT_EQ(cell(2), csv.Cell(row, "at_risk"));
    EXPECT_EQ(cell(3), Curve(Number(csv.Cell(row, "with_event")), {}));
    EXPECT_EQ(cell(4), Curve(Number(csv.Cell(row, "followed")), {}));
    EXPECT_EQ(tables[0].rows.at(curve - 1).at(1), csv.Cell(row, "persons"));
    if (step == 12) {
      EXPECT_EQ(tables[0].rows.at(curve - 1).at(2), csv.Cell(row, "events"));
    }
  }
  EXPECT_EQ(curve, tables[1].head.size() - 1);
  EXPECT_GE(curve, 2u);
}

TEST_F(OutcomeExportsTest, NoFileHoldsANumberThatIsNotReleasedOrMadeOfReleasedOnes) {
  ServeManager();
  const Allowed allowed = AllowedNumbers();
  // Columns of words; those of counts that are no persons; the rest is counts or shares.
  const std::set<std::string> words{"indicator", "place_code", "place", "stratum",   "group",
                                    "kind",      "not_shown",  "as_of", "published", "made_at"};
  const std::set<std::string> no_persons{"year", "day", "units_at_work", "units_silent"};
  const std::regex count("[0-9]+");
  std::size_t counts = 0, shares = 0;
  for (const auto& [link, file] : Linked()) {
    if (link.starts_with("/export/indicators")) continue;
    const TakenCsv csv = ReadTakenCsv(file);
    for (const auto& row : csv.rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string& name = csv.header[i];
        if (words.contains(name) || no_persons.contains(name)) continue;
        const bool share = !std::regex_match(row[i], count) || name.starts_with("day_") ||
                           name.starts_with("success_") || name.starts_with("share") ||
                           name.starts_with("with") || name == "followed";
        if (row[i] == "*" || row[i].empty()) continue;
        const auto& of = share ? allowed.exact : allowed.counts;
        EXPECT_TRUE(of.contains(row[i])) << link << " " << name << " " << row[i];
        (share ? shares : counts) += 1;
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(counts, 2000u);
  EXPECT_GT(shares, 2000u);
}

TEST_F(OutcomeExportsTest, FilesDoNotChangeWithTheExactRows) {
  ServeManager();
  const std::map<std::string, std::string> before = Linked();
  EXPECT_GT(before.size(), 100u);
  OnOwner([&](ServerState&, RollupWorker&) -> Status {
    StoreRows(seed_ + 1, kReleased);
    StoreRows(seed_ + 2, DateOf(2026, 10, 31));
    return ReleaseDue(state(), DateOf(2026, 10, 31));
  });
  for (const auto& [link, file] : before) ASSERT_EQ(Shown(link), file) << link;
}

TEST_F(OutcomeExportsTest, SuccessBetweenUnitsIsThatOfThePageWithItsLimits) {
  ServeManager();
  const Allowed allowed = AllowedNumbers();
  std::size_t compared = 0, outside = 0;
  for (const char* year : {"2023", "2024"}) {
    const std::string page = Shown("/units/success?year=" + std::string(year));
    const std::vector<HtmlTable> tables = AllTablesOf(page);
    const TakenCsv csv = ReadTakenCsv(Shown("/export/unit-success.csv?year=" + std::string(year)));
    ASSERT_EQ(csv.rows.size(), tables.empty() ? 0u : tables[0].rows.size());
    for (std::size_t row = 0; row < csv.rows.size(); ++row, ++compared) {
      const Cells& shown = tables[0].rows[row];
      const char* columns[] = {"code", "name", "known", "success"};
      for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(csv.Cell(row, columns[i]), shown.at(i));
      EXPECT_TRUE(allowed.counts.contains(csv.Cell(row, "known")));
      EXPECT_TRUE(allowed.counts.contains(csv.Cell(row, "success")));
      const double share = std::stod(csv.Cell(row, "share"));
      EXPECT_EQ(share, std::stod(shown.at(3)) / std::stod(shown.at(2)));
      EXPECT_EQ(fmt::format("{:.0f} %", 100 * share), shown.at(4));
      EXPECT_EQ(csv.Cell(row, "beside_others_label"), shown.at(5));
      EXPECT_EQ(csv.Cell(row, "year"), year);
      const auto within = [&](const std::string& limits) {
        return std::stod(csv.Cell(row, limits + "_lower")) <= share &&
               share <= std::stod(csv.Cell(row, limits + "_upper"));
      };
      const std::string& where = csv.Cell(row, "beside_others");
      EXPECT_EQ(within("limit_95"), where == "within") << where;
      EXPECT_EQ(within("limit_998"), where == "within" || where.ends_with("_95")) << where;
      outside += where != "within";
    }
  }
  EXPECT_GT(compared, 5u);
  std::cout << outside << " outside the limits\n";
}

TEST_F(OutcomeExportsTest, WhatNobodyOffersIsRefused) {
  ServeManager();
  for (const auto& [target, status] :
       std::map<std::string, int>{{"/export/states.csv?exact=1", 400},
                                  {"/export/states.csv?indicator=relapse_competing", 400},
                                  {"/export/survival.csv?indicator=relapse_or_loss", 400},
                                  {"/export/states.csv?year=1999", 400},
                                  {"/export/states.csv?by=exact", 400},
                                  {"/export/states.csv?by=units-then", 400},
                                  {"/export/states.csv?by=units-then&province=99", 400},
                                  {"/export/shares.csv?stratum=item", 400},
                                  {"/export/shares.csv?known_by=2026-03-31", 400},
                                  {"/export/state_12m.csv", 404},
                                  {"/export/states.json", 404},
                                  {"/export/states", 404}}) {
    EXPECT_EQ(Get(target).status, status) << target;
  }
  EXPECT_EQ(Trail().find("export of"), std::string::npos) << "what is refused was not given";
  for (const char* set :
       {"states", "success", "shares", "persons", "survival", "curves", "unit-success"}) {
    const TakenCsv csv = ReadTakenCsv(Shown(std::string("/export/") + set + ".csv"));
    EXPECT_FALSE(csv.rows.empty()) << set;
  }
}

TEST_F(OutcomeExportsTest, AWorkbookOfOutcomesSaysWhatItsFiguresAre) {
  ServeManager();
  const auto book = ReadTakenWorkbook(Shown("/export/success.xlsx?year=2024"));
  if (!book) GTEST_SKIP() << "there is no Python to unzip a workbook with";
  const TakenCsv csv = ReadTakenCsv(Shown("/export/success.csv?year=2024"));
  ASSERT_EQ(book->sheets.at(0).size(), csv.rows.size() + 1);
  const std::size_t persons = csv.Column("persons");
  for (std::size_t row = 0; row < csv.rows.size(); ++row) {
    const std::string& cell = book->sheets[0][row + 1].at(persons);
    EXPECT_EQ(cell.substr(cell.starts_with("#") ? 1 : 0), csv.rows[row][persons]);
  }
  for (const char* said : {"As of: 2026-03-31", "published: 2026-04-04", "Persons are rounded",
                           "A person in two units counts twice"}) {
    EXPECT_NE(book->xml.find(said), std::string::npos) << said;
  }
  const std::string& definition = programme().IndicatorByName("state_12m")->definition.en;
  EXPECT_NE(book->xml.find(definition.substr(0, 30)), std::string::npos);
}

class NothingReleasedYetTest : public PagesTest {};

TEST_F(NothingReleasedYetTest, FilesAreEmptyTables) {
  const Account manager = AddAccount("manager", Role::kManager);
  Serve();
  Become(manager);
  for (const char* set :
       {"states", "success", "shares", "persons", "survival", "curves", "unit-success"}) {
    const HttpResponse file = Get(std::string("/export/") + set + ".csv");
    EXPECT_EQ(file.status, 200) << set << file.body;
    EXPECT_TRUE(ReadTakenCsv(file.body).rows.empty()) << set;
    EXPECT_EQ(Get(std::string("/export/") + set + ".xlsx").status, 200) << set;
  }
}

}  // namespace
}  // namespace tram::server
