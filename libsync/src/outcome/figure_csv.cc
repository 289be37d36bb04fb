#include <fmt/format.h>

#include "tram/base/csv.h"
#include "tram/outcome/figure_report.h"

namespace tram {
namespace {

/// As many digits as bring the number back; "" for none.
std::string Number(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

/// Adds the rows of one line: item, value, of, low, high.
class CsvRows {
 public:
  CsvRows(std::vector<std::string> line, std::string& to) : line_(std::move(line)), to_(to) {}

  void operator()(const CountFigure& figure) {
    for (const auto& part : figure.parts) {
      Row(part.bin.empty() ? "count" : part.bin, part.count.Text());
    }
  }
  void operator()(const RateFigure& figure) {
    for (const auto& part : figure.parts) {
      Row(part.bin.empty() ? "rate" : part.bin, part.numerator.Text(), part.denominator.Text(),
          part.share.interval);
    }
  }
  void operator()(const SurvivalFigure& figure) {
    Row("persons", figure.cohort.Text());
    Row("events", figure.events.Text());
    for (const auto& at : figure.at) {
      if (!at.survival) continue;
      Row(fmt::format("day_{}", at.day), Number(at.survival), at.at_risk.Text(), at.interval);
    }
  }
  void operator()(const IncidenceFigure& figure) {
    Row("persons", figure.cohort.Text());
    for (std::size_t i = 0; i < figure.causes.size(); ++i) {
      const std::string& cause = figure.causes[i].bin;
      Row(cause, figure.causes[i].events.Text(), figure.cohort.Text());
      for (const auto& at : figure.at) {
        if (i >= at.causes.size()) continue;
        Row(fmt::format("{}:day_{}", cause, at.day), Number(at.causes[i].probability),
            at.at_risk.Text(), at.causes[i].interval);
      }
    }
  }
  void operator()(const StatesFigure& figure) {
    for (const auto& state : figure.states) {
      Row(state.bin, state.persons.Text(), figure.cohort.Text());
    }
    Row("cohort", figure.cohort.Text());
    if (figure.outcome) {
      const OutcomeFigure& outcome = *figure.outcome;
      Row("unknown_as_failure", Number(outcome.low.value), figure.cohort.Text());
      Row("success_of_known", Number(outcome.of_known.value), outcome.known.Text(),
          outcome.of_known.interval);
      Row("unknown_as_success", Number(outcome.high.value), figure.cohort.Text());
      Row("coverage", Number(outcome.coverage.value), figure.cohort.Text());
    }
    if (figure.immature) Row("immature", figure.immature->Text());
  }
  void operator()(const DaysFigure& figure) {
    Row("records", figure.records.Text());
    if (!figure.quartiles) return;
    Row("median", Number(figure.quartiles->median), figure.records.Text(),
        Interval{figure.quartiles->lower, figure.quartiles->upper});
  }

  void Row(const std::string& item, const std::string& value, const std::string& of = "",
           const std::optional<Interval>& interval = {}) {
    std::vector<std::string> cells = line_;
    cells.insert(cells.end(), {item, value, of, interval ? Number(interval->low) : "",
                               interval ? Number(interval->high) : ""});
    AppendCsvRow(to_, cells);
  }

 private:
  std::vector<std::string> line_;
  std::string& to_;
};

}  // namespace

std::string FigureTablesCsv(const FigureReport& report) {
  std::string text = CsvRowText({"as_of", "indicator", "place", "place_name", "period", "stratum",
                                 "item", "value", "of", "low", "high"});
  for (const FigureTable& table : report.tables) {
    auto rows = [&](const FigurePlace& place, const std::string& period,
                    const std::string& stratum) {
      return CsvRows({IsoDate(report.query.as_of), table.indicator->name, place.code, place.name,
                      period, stratum},
                     text);
    };
    for (const FigureLine& line : table.lines) {
      CsvRows of_line = rows(line.place, line.period, line.stratum);
      if (line.figure) {
        std::visit(of_line, *line.figure);
      } else {
        of_line.Row("not_shown", "");
      }
    }
    for (const Comparison& comparison : table.comparisons) {
      CsvRows test = rows(comparison.place, comparison.period, comparison.stratum);
      const char* between =
          comparison.of == Comparison::Of::kPlaces ? "log_rank_places" : "log_rank_strata";
      test.Row(between + std::string("_chi_square"), Number(comparison.test.chi_square),
               std::to_string(comparison.test.degrees));
      test.Row(between + std::string("_p"), Number(comparison.test.p));
    }
  }
  return text;
}

}  // namespace tram
