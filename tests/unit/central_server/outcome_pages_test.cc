// The pages about outcomes show what was released, and nothing else of persons.
#include <regex>

#include "rollup/released_figures.h"
#include "tests/unit/central_server/outcome_attacker.h"
#include "tests/unit/central_server/taken_files.h"

namespace tram::server {
namespace {

/// The same persons each time, where a test asks for a curve that must be drawn.
class KnownYearTest : public OutcomePagesTest {
 protected:
  KnownYearTest() { seed_ = 15; }
};

/// Heads of a states' table, by item.
std::string HeadOf(const Indicator& indicator, const std::string& item) {
  for (const Bin& bin : indicator.bins) {
    if (bin.name == item) return bin.label.en;
  }
  const std::map<std::string, std::string> others{{"persons", "persons"},
                                                  {"success", "success"},
                                                  {"known_other", "known, no success"},
                                                  {"unknown", "unknown"},
                                                  {"known", "state known"}};
  const auto found = others.find(item);
  return found == others.end() ? "?" + item : found->second;
}

TEST_F(OutcomePagesTest, StatesOnThePageAreThoseReleased) {
  ServeManager();
  std::size_t compared = 0, hidden = 0, refused = 0;
  for (const std::string by : {"country", "then", "now", "units-then&province=56"}) {
    for (int year : {2023, 2024}) {
      const auto tables = TablesOf(Shown("/outcomes?year=" + std::to_string(year) + "&by=" + by));
      for (const char* name : {"state_12m", "no_use_12m", "state_12m_end", "no_use_12m_end"}) {
        const Indicator& indicator = *programme().IndicatorByName(name);
        const ReleasedBy released_by = ByOf(by.substr(0, by.find('&')));
        for (const auto& place : TableOfYear(name, year, released_by).places) {
          const bool other = released_by == ReleasedBy::kUnit && place.place > "U3";
          const HtmlTable* states = TableOf(tables, name, "Persons by state");
          if (states == nullptr || other) {
            EXPECT_EQ(released_by, ReleasedBy::kUnit) << name;
            continue;
          }
          const auto rows = RowsOf(*states, place.place);
          ASSERT_EQ(rows.size(), 1u) << name << " " << place.place;
          if (place.lines.empty()) {
            EXPECT_TRUE(rows[0].at(1).starts_with("not shown: ")) << rows[0].at(1);
            ++refused;
            continue;
          }
          for (const auto& [item, shown] : place.lines.at(0).numbers) {
            if (item == "known") continue;  // stands beside the success
            const std::size_t column = states->Column(HeadOf(indicator, item));
            ASSERT_LT(column, states->head.size()) << name << " " << item;
            EXPECT_EQ(rows[0].at(column), Text(shown)) << name << " " << place.place << item;
            ++compared;
            hidden += !shown;
          }
          EXPECT_EQ(rows[0].back(), std::to_string(place.steps.at("")));
        }
      }
    }
  }
  EXPECT_GT(compared, 150u);
  EXPECT_GT(hidden, 3u);
  EXPECT_GT(refused, 3u);
}

TEST_F(KnownYearTest, WhatIsKnownIsTheSumOfTheKnownStatesWhereItIsNotReleasedItself) {
  ServeManager();
  const auto tables = TablesOf(Shown("/outcomes?year=2024&by=country"));
  const HtmlTable* success = TableOf(tables, "no_use_12m", "Success");
  ASSERT_NE(success, nullptr);
  const auto released = TableOfYear("no_use_12m", 2024, ReleasedBy::kCountry);
  const auto& numbers = released.places.at(0).lines.at(0).numbers;
  ASSERT_FALSE(numbers.contains("known"));
  EXPECT_EQ(success->rows.at(0).at(success->Column("state known")),
            std::to_string(*numbers.at("no_use") + *numbers.at("some_use")));
}

TEST_F(OutcomePagesTest, SuccessAndCurvesAreThoseOfTheReleasedFigures) {
  ServeManager();
  std::size_t compared = 0;
  ReportQuery query;
  query.as_of = kReleased;
  query.by = GroupBy::kProvince;
  const auto tables = TablesOf(Shown("/outcomes?year=all&by=then"));
  for (const Indicator& indicator : programme().indicators) {
    if (indicator.kind != IndicatorKind::kPerson) continue;
    FigureTable figures;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(figures, ReleasedFigures(server, indicator, query));
      return {};
    });
    for (const FigureLine& line : figures.lines) {
      if (!line.figure) continue;
      const bool states = indicator.shape == IndicatorShape::kStates;
      const HtmlTable* table =
          TableOf(tables, indicator.name, states ? "Success" : "Without event");
      if (table == nullptr) continue;
      const auto of_place = RowsOf(*table, line.place.code);
      const auto row = std::find_if(of_place.begin(), of_place.end(),
                                    [&](const Cells& any) { return any.at(1) == line.period; });
      ASSERT_NE(row, of_place.end()) << indicator.name << line.place.code << line.period;
      Cells expected;
      if (const auto* state = std::get_if<StatesFigure>(&*line.figure)) {
        const OutcomeFigure& outcome = *state->outcome;
        expected = {state->cohort.Text(),
                    outcome.success.Text(),
                    outcome.known.Text(),
                    Percent(outcome.low.value),
                    Percent(outcome.of_known.value),
                    Percents(outcome.of_known.interval),
                    Percent(outcome.high.value),
                    Percent(outcome.coverage.value)};
      } else if (const auto* curve = std::get_if<SurvivalFigure>(&*line.figure)) {
        expected = {curve->cohort.Text(), curve->events.Text()};
        for (const auto& at : curve->at) expected.push_back(Curve(at.survival, at.interval));
      }
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(row->at(2 + i), expected[i]) << indicator.name << " " << table->head.at(2 + i);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 60u);
}

/// What a chart is drawn from says no more than the cell.
void ExpectAttributesOfText(const std::string& body) {
  for (const std::string& cell : Between(body, "<td", "</td>")) {
    const std::string text = cell.substr(cell.find('>') + 1);
    const auto values = Matches(cell, "data-value=\"([^\"]*)\"");
    if (values.empty()) continue;
    const double value = std::stod(values[0]);
    if (text.ends_with("%")) {
      EXPECT_EQ(text, Percent(value));
    } else if (text.find('.') == std::string::npos) {
      EXPECT_EQ(text, values[0]);
    } else {
      const auto low = Matches(cell, "data-low=\"([^\"]*)\""),
                 high = Matches(cell, "data-high=\"([^\"]*)\"");
      std::optional<Interval> interval;
      if (!low.empty()) interval = Interval{std::stod(low[0]), std::stod(high.at(0))};
      EXPECT_EQ(text, Curve(value, interval));
    }
  }
}

TEST_F(AttackerTest, NoTableHoldsANumberThatIsNotReleasedOrMadeOfReleasedOnes) {
  ServeManager();
  const Allowed allowed = AllowedNumbers();
  std::size_t cells = 0;
  const std::regex count("[0-9]+"), decimal(".*[0-9]\\.[0-9].*");
  for (const std::string& target : Targets()) {
    const std::string body = Shown(target);
    ExpectAttributesOfText(body);
    for (const HtmlTable& table : TablesOf(body)) {
      const bool curves = target.starts_with("/outcomes/curves");
      for (const Cells& row : table.rows) {
        for (std::size_t i = 1; i < row.size(); ++i) {
          if (i < table.head.size() && table.head[i] == "year") continue;
          if (std::regex_match(row[i], count)) {
            EXPECT_TRUE(allowed.counts.contains(row[i])) << target << " " << row[i];
          } else if (std::regex_match(row[i], decimal)) {
            EXPECT_TRUE(allowed.shares.contains(row[i])) << target << " " << row[i];
          } else {
            // Words: no digits but those of a reason, a date, or a code's label.
            const bool words = row[i] == "*" || row[i] == "-" ||
                               row[i].starts_with("not shown: ") || row[i] == "31/03/2026" ||
                               (!curves && (table.head[i] == "group" || table.head[i] == "kind"));
            EXPECT_TRUE(words) << target << " " << table.caption << ": " << row[i];
          }
          ++cells;
        }
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(cells, 5000u);
}

TEST_F(AttackerTest, WhatIsServedDoesNotChangeWithTheExactRows) {
  ServeManager();
  std::map<std::string, std::string> before;
  for (const std::string& target : Targets()) before[target] = Shown(target);
  OnOwner([&](ServerState&, RollupWorker&) -> Status {
    StoreRows(seed_ + 1, kReleased);
    StoreRows(seed_ + 2, DateOf(2026, 10, 31));
    return ReleaseDue(state(), DateOf(2026, 10, 31));
  });
  for (const auto& [target, body] : before) {
    const std::string now = Shown(target);
    const auto [in_now, in_body] = std::mismatch(now.begin(), now.end(), body.begin(), body.end());
    ASSERT_TRUE(now == body) << target << " has " << std::string(in_now, now.end()).substr(0, 300)
                             << "\nbefore: " << std::string(in_body, body.end()).substr(0, 300);
  }
}

TEST_F(KnownYearTest, AProvinceWhoseUnitsChangedIsNotDrawnAsNow) {
  ServeManager();
  const auto row = [&](const char* by) {
    const auto tables = TablesOf(Shown(std::string("/outcomes?year=2024&by=") + by));
    const HtmlTable* table = TableOf(tables, "state_12m", "Persons by state");
    return table == nullptr ? Cells{} : RowsOf(*table, "56").at(0);
  };
  const Cells then = row("then");
  EXPECT_GT(row("now").size(), 4u);
  OnOwner([&](ServerState& server, RollupWorker&) {
    return server.store().units().SetMembership(units_[1].number, {"01", DateOf(2026, 10, 1), {}});
  });
  EXPECT_EQ(row("then"), then);
  ASSERT_EQ(row("now").size(), 2u);
  EXPECT_NE(row("now").at(1).find("other units today"), std::string::npos) << row("now").at(1);
  const std::string curves = Shown("/outcomes/curves?year=2024&place=56&places=now");
  EXPECT_NE(curves.find("56 Khánh Hoà, 2024: not shown"), std::string::npos);
  EXPECT_EQ(curves.find("data-chart"), std::string::npos);
}

TEST_F(KnownYearTest, CurvesStandBesideEachOtherAndNoMoreThanCanBeToldApart) {
  ServeManager();
  const std::string two = Shown("/outcomes/curves?year=2024&place=56&place=24");
  const auto tables = TablesOf(two);
  ASSERT_EQ(tables.size(), 5u);
  ASSERT_EQ(tables[1].head, (Cells{"day", "24 Bắc Giang, 2024", "56 Khánh Hòa, 2024"}));
  EXPECT_EQ(tables[1].rows.size(), 13u);  // day 0 and twelve steps
  EXPECT_EQ(Between(two, "data-chart=\"curve\" data-first=\"1\"", ">").size(), 3u);
  const ReleasedTable released = TableOfYear("relapse_free", 2024, ReleasedBy::kProvinceThen);
  for (const auto& place : released.places) {
    if (place.place != "56") continue;
    const auto steps = ReleasedCurve(place.lines.at(0));
    for (std::size_t i = 0; i < steps.size(); ++i) {
      EXPECT_EQ(tables[1].rows[i + 1][2], Curve(steps[i].survival, steps[i].interval));
      EXPECT_EQ(tables[2].rows[i + 1][2], Text(steps[i].at_risk));
    }
  }
  const std::string many =
      Shown("/outcomes/curves?year=2023&year=2024&place=country&place=56&place=24&place=27");
  EXPECT_NE(many.find("role=\"alert\">You chose "), std::string::npos);
  EXPECT_EQ(TablesOf(many).at(1).head.size(), 7u);
  const std::string small = Shown("/outcomes/curves?year=2024&place=01");
  EXPECT_NE(small.find("01 Hà Nội, 2024: not shown: fewer than 50 persons"), std::string::npos);
}

TEST_F(KnownYearTest, TheProfileIsDividedAndOutcomesAreNot) {
  ServeManager();
  const std::string body = Shown("/outcomes?year=2024&by=country&stratum=primary_drug");
  const auto tables = TablesOf(body);
  const HtmlTable* profile = TableOf(tables, "new_profile", "Persons");
  ASSERT_NE(profile, nullptr);
  const auto heroin =
      std::find_if(profile->rows.begin(), profile->rows.end(),
                   [](const Cells& row) { return row.at(1).find("Heroin") != std::string::npos; });
  ASSERT_NE(heroin, profile->rows.end());
  const auto released = TableOfYear("new_profile", 2024, ReleasedBy::kCountry);
  for (const ReleasedLine& line : released.places.at(0).lines) {
    if (line.stratum != "primary_drug=heroin") continue;
    EXPECT_EQ(heroin->at(2), Text(line.numbers.at("persons")));
  }
  const HtmlTable* states = TableOf(tables, "state_12m", "Persons by state");
  ASSERT_NE(states, nullptr);
  EXPECT_EQ(states->rows.size(), 1u);
  EXPECT_NE(body.find("released of everybody only"), std::string::npos);
}

TEST_F(KnownYearTest, UnitsAreThoseOfTheProvinceThenOrNow) {
  ServeManager();
  const auto units = [&](const char* choice) {
    std::set<std::string> codes;
    const auto tables = TablesOf(Shown(std::string("/outcomes?year=2024&by=") + choice));
    const HtmlTable* table = TableOf(tables, "state_12m", "Persons by state");
    for (std::size_t i = 0; table != nullptr && i < table->rows.size(); ++i) {
      codes.insert(table->rows[i].at(0).substr(0, 2));
    }
    return codes;
  };
  using Codes = std::set<std::string>;
  EXPECT_EQ(units("units-then&province=24"), (Codes{"U4", "U5"}));
  EXPECT_EQ(units("units-then&province=27"), (Codes{"U6"}));
  EXPECT_EQ(units("units-now&province=24"), (Codes{"U4", "U5", "U6"}));
  EXPECT_EQ(units("units-now&province=56"), (Codes{"U1", "U2", "U3"}));
}

TEST_F(OutcomePagesTest, WhatIsNotReleasedIsNamedWithItsReason) {
  ServeManager();
  const std::string body = Shown("/outcomes");
  const auto never = Between(body, "id=\"never\">", "</section>");
  ASSERT_EQ(never.size(), 1u);
  for (const char* name : {"relapse_competing", "relapse_or_loss", "self_referred"}) {
    const Indicator& indicator = *programme().IndicatorByName(name);
    EXPECT_NE(never[0].find("<li>" + indicator.label.en + "</li>"), std::string::npos) << name;
    EXPECT_EQ(body.find("<section class=\"card\" id=\"" + std::string(name)), std::string::npos);
  }
  EXPECT_NE(body.find("2024: figures as of 31/03/2026, released on 04/04/2026"), std::string::npos);
  EXPECT_NE(body.find("A person in two units counts twice."), std::string::npos);
  // Definitions with the programme's constants.
  const auto definitions = Between(body, "id=\"definitions\">", "</section>");
  ASSERT_EQ(definitions.size(), 1u);
  EXPECT_NE(definitions[0].find("a contact may be this many days early or late: 60"),
            std::string::npos);
}

TEST_F(OutcomePagesTest, WrongChoicesSayWhatToDo) {
  ServeManager();
  for (const auto& [target, field] :
       std::map<std::string, std::string>{{"/outcomes?year=1999", "year"},
                                          {"/outcomes?by=exact", "by"},
                                          {"/outcomes?by=units-then", "province"},
                                          {"/outcomes?by=units-then&province=99", "province"},
                                          {"/outcomes?stratum=item", "stratum"},
                                          {"/outcomes?indicator=client", "indicator"}}) {
    const HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_NE(response.body.find("id=\"" + field + "-error\">"), std::string::npos) << target;
    EXPECT_NE(response.body.find("role=\"alert\""), std::string::npos) << target;
    EXPECT_TRUE(TablesOf(response.body).empty()) << target;
  }
}

TEST_F(OutcomePagesTest, WhoManagesAccountsSeesNoOutcomesAndEverybodyElseTheSame) {
  const Account administrator = AddAccount("administrator", Role::kAdministrator);
  const Account province = AddAccount("province", Role::kProvince, {"01"});
  const Account committee = AddAccount("committee", Role::kCommittee, {}, units_[0].number);
  Serve();
  Become(administrator);
  EXPECT_EQ(Get("/outcomes").status, 403);
  EXPECT_EQ(Get("/outcomes/curves").status, 403);
  std::vector<std::vector<Cells>> seen;
  for (const Account& account : {manager_, province, committee}) {
    Become(account);
    const std::string body = Shown("/outcomes?year=2024&by=then");
    const auto tables = TablesOf(body);
    const HtmlTable* table = TableOf(tables, "state_12m", "Persons by state");
    ASSERT_NE(table, nullptr) << account.name;
    seen.push_back(table->rows);
    EXPECT_NE(body.find("<a href=\"/outcomes\" aria-current=\"page\">Outcomes</a>"),
              std::string::npos);
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
  Become(std::nullopt);
  EXPECT_EQ(Get("/outcomes").status, 303);
}

class NothingReleasedTest : public PagesTest {};

TEST_F(NothingReleasedTest, AServerWithoutAReleasedYearSaysSo) {
  const Account manager = AddAccount("manager", Role::kManager);
  Serve();
  Become(manager);
  const HttpResponse outcomes = Get("/outcomes"), curves = Get("/outcomes/curves");
  EXPECT_EQ(outcomes.status, 200);
  EXPECT_NE(outcomes.body.find("No year is released yet."), std::string::npos);
  EXPECT_EQ(curves.status, 200);
  EXPECT_NE(curves.body.find("No curve is released yet."), std::string::npos);
}

TEST_F(OutcomePagesTest, WhatDoesNotFitOnAPageStandsOnOthersAndAllOfItIsThere) {
  ServeManager();
  const std::string group = "year=all&by=then&stratum=primary_drug";
  const auto rows_of = [](const std::string& body, const std::string& section) {
    std::size_t rows = 0;
    for (const HtmlTable& table : TablesOf(body)) {
      if (table.section == section) rows += table.rows.size();
    }
    return rows;
  };
  std::map<std::string, std::size_t> in_files;
  const std::string whole = Shown("/outcomes?" + group);
  for (const std::string& link : ExportLinksOf(whole)) {
    const auto of = Matches(link, "indicator=([a-z_0-9]*)");
    if (link.find(".csv?") == std::string::npos || of.empty()) continue;
    const std::size_t rows = ReadTakenCsv(Get(link).body).rows.size();
    in_files[of[0] + link.substr(0, link.find('?'))] = rows;
  }
  std::map<std::string, std::size_t> by_indicator;
  for (const auto& [key, rows] : in_files) by_indicator[key.substr(0, key.find('/'))] += rows;
  ASSERT_GT(by_indicator.size(), 8u) << whole.substr(0, 9000);
  for (const auto& [indicator, rows] : by_indicator) {
    EXPECT_EQ(rows_of(whole, indicator), rows) << indicator;
  }
  // One alone, in pages.
  constexpr std::size_t kOnPage = 60;
  const std::string alone = "/outcomes?indicator=new_profile&" + group;
  ASSERT_GT(by_indicator["new_profile"], kOnPage) << "nothing to turn over";
  EXPECT_EQ(rows_of(Get(alone).body, "new_profile"), kOnPage);
  EXPECT_EQ(rows_of(Shown(alone), "new_profile"), by_indicator["new_profile"]);
  EXPECT_EQ(rows_of(Get(alone).body, "state_12m"), 0u);
}

TEST_F(OutcomePagesTest, SuccessIsReadOnceAMinuteAndThenAnew) {
  ServeManager();
  const auto rename = [&](const char* name) {
    OnOwner([&](ServerState& server, RollupWorker&) {
      return server.store().units().Rename(units_[0].number, name, "");
    });
  };
  rename("Tên cũ");
  EXPECT_NE(Shown("/units/success?year=2024").find("Tên cũ"), std::string::npos);
  rename("Tên mới");
  EXPECT_NE(Shown("/units/success?year=2024").find("Tên cũ"), std::string::npos);
  OnOwner([&](ServerState&, RollupWorker&) -> Status {
    clock_.ms += 60'000;
    return {};
  });
  EXPECT_NE(Shown("/units/success?year=2024").find("Tên mới"), std::string::npos);
}

}  // namespace
}  // namespace tram::server
