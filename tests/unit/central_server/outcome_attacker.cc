#include "tests/unit/central_server/outcome_attacker.h"

#include <fmt/format.h>

#include "rollup/released_figures.h"

namespace tram::server {
namespace {

void AllowShare(const Share& share, Allowed& allowed) {
  allowed.shares.insert(Percent(share.value));
  allowed.shares.insert(Percents(share.interval));
  if (share.value) allowed.exact.insert(fmt::format("{}", *share.value));
  if (!share.interval) return;
  allowed.exact.insert(fmt::format("{}", share.interval->low));
  allowed.exact.insert(fmt::format("{}", share.interval->high));
}

void Allow(const Figure& figure, Allowed& allowed) {
  if (const auto* states = std::get_if<StatesFigure>(&figure)) {
    if (!states->outcome) return;
    const OutcomeFigure& outcome = *states->outcome;
    allowed.counts.insert(outcome.known.Text());  // two released numbers together
    for (const Share& share : {outcome.low, outcome.of_known, outcome.high, outcome.coverage}) {
      AllowShare(share, allowed);
    }
  } else if (const auto* rate = std::get_if<RateFigure>(&figure)) {
    for (const RateFigure::Part& part : rate->parts) AllowShare(part.share, allowed);
  }
}

void AllowCurve(const ReleasedLine& line, Allowed& allowed) {
  const auto allow = [&](std::optional<double> value, const std::optional<Interval>& interval) {
    allowed.shares.insert(Curve(value, interval));
    if (value) allowed.exact.insert(fmt::format("{}", *value));
    if (!interval) return;
    allowed.exact.insert(fmt::format("{}", interval->low));
    allowed.exact.insert(fmt::format("{}", interval->high));
  };
  const double persons = static_cast<double>(line.numbers.at("persons").value_or(0));
  for (const ReleasedStep& step : ReleasedCurve(line)) {
    allow(step.survival, step.interval);
    for (const auto& count : {step.events, step.at_risk}) {
      if (count) allow(std::min(1.0, static_cast<double>(*count) / persons), std::nullopt);
    }
  }
}

}  // namespace

void OutcomePagesTest::SetUp() {
  ReleasedYearTest::SetUp();
  manager_ = AddAccount("manager", Role::kManager);
}

std::string OutcomePagesTest::Shown(const std::string& target) {
  HttpResponse response = Get(target);
  EXPECT_EQ(response.status, 200) << target << " " << response.body.substr(0, 3000);
  std::string body = std::move(response.body);
  std::vector<std::string> links = Matches(body, "href=\"([^\"]*)\" rel=\"next\"");
  for (const std::string& more : Between(body, "id=\"more\">", "</section>")) {
    for (std::string& link : Matches(more, "href=\"([^\"]*)\"")) links.push_back(std::move(link));
  }
  for (const std::string& link : links) body += Shown(PlainText(link));
  return body;
}

void OutcomePagesTest::ServeManager() {
  Serve();
  Become(manager_);
}

ReleasedBy OutcomePagesTest::ByOf(const std::string& by) {
  if (by == "country") return ReleasedBy::kCountry;
  if (by == "then") return ReleasedBy::kProvinceThen;
  return by == "now" ? ReleasedBy::kProvinceNow : ReleasedBy::kUnit;
}

ReleasedTable OutcomePagesTest::TableOfYear(const std::string& indicator, int year, ReleasedBy by) {
  ReleasedTable table;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(table, Released(server, indicator, year, by));
    return {};
  });
  return table;
}

Allowed AttackerTest::AllowedNumbers() {
  Allowed allowed{{"*", "5", "10", "20", "0"}, {"-", "1.000", "0.000"}, {"", "0", "1"}};
  for (const Indicator& indicator : programme().indicators) {
    for (int year : {2023, 2024}) {
      for (ReleasedBy by : {ReleasedBy::kCountry, ReleasedBy::kProvinceThen,
                            ReleasedBy::kProvinceNow, ReleasedBy::kUnit}) {
        for (const auto& place : TableOfYear(indicator.name, year, by).places) {
          for (const ReleasedLine& line : place.lines) {
            for (const auto& [item, shown] : line.numbers) allowed.counts.insert(Text(shown));
            const auto figure = ReleasedFigure(
                indicator, line,
                place.steps.at(
                    line.stratum == "all" ? "" : line.stratum.substr(0, line.stratum.find('='))));
            if (figure) Allow(*figure, allowed);
            if (indicator.shape == IndicatorShape::kSurvival) AllowCurve(line, allowed);
          }
        }
      }
    }
  }
  return allowed;
}

std::vector<std::string> AttackerTest::Targets() {
  std::vector<std::string> targets;
  const auto options = [](const std::string& body, const std::string& name) {
    const auto select = Between(body, "name=\"" + name + "\">", "</select>");
    return select.empty() ? Matches(body, "name=\"" + name + "\" value=\"([^\"]*)\"")
                          : Matches(select.at(0), "value=\"([^\"]*)\"");
  };
  const std::string body = Shown("/outcomes?by=units-now&province=56&year=all");
  for (const std::string& year : options(body, "year")) {
    for (const std::string& by : options(body, "by")) {
      for (const std::string& province : options(body, "province")) {
        if (by.starts_with("units") == province.empty()) continue;
        for (const std::string& stratum : options(body, "stratum")) {
          targets.push_back("/outcomes?year=" + year + "&by=" + by + "&province=" + province +
                            "&stratum=" + stratum);
        }
      }
    }
  }
  EXPECT_GT(targets.size(), 90u);
  const std::string curves = Shown("/outcomes/curves?places=then");
  for (const std::string& indicator : options(curves, "indicator")) {
    for (const char* time : {"then", "now"}) {
      for (const char* years : {"&year=2023", "&year=2024", "&year=2023&year=2024"}) {
        for (const char* places : {"&place=country", "&place=56&place=24", "&place=27&place=01",
                                   "&place=country&place=56&place=24&place=27&place=01"}) {
          targets.push_back("/outcomes/curves?indicator=" + indicator + "&places=" + time + years +
                            places);
        }
      }
    }
  }
  for (const char* odd :
       {"/outcomes?exact=1", "/outcomes?exact=on&by=units-now&province=01&known_by=2026-03-31",
        "/outcomes?indicator=state_12m&page=99", "/outcomes/curves?indicator=relapse_or_loss",
        "/outcomes/curves?indicator=relapse_competing&place=U1&exact=1",
        "/outcomes/curves?place=U1&place=U7&year=2026&stratum=sex"}) {
    targets.emplace_back(odd);
  }
  return targets;
}

}  // namespace tram::server
