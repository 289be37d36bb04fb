// Tables of figures: the lines of one indicator by place, period and stratum, made from rows alike
// on a device and on the server.
//
// Months come together as asked for (`Per`). Where an indicator's months do not add up, a longer
// period has the figure of its last month. Cohort tables carry the indicator `immature` beside them
// (`ImmatureOf`). Threads: values and pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tram/base/dates.h"
#include "tram/outcome/figure.h"
#include "tram/outcome/log_rank.h"

namespace tram {

enum class Per { kMonth, kQuarter, kYear, kAll };
/// "month", "quarter", "year", "all".
std::optional<Per> PerByName(std::string_view name);

/// Which figures are wanted.
struct FigureQuery {
  Date as_of;                           // what rows were computed for
  std::optional<std::string> from, to;  // months, "YYYY-MM"
  /// Nothing: counts, rates and days by month, cohorts with their outcome all together.
  std::optional<Per> per;
  /// "all" (everybody), a dimension ("sex": everybody, and each of its strata), or one stratum
  /// ("sex=male").
  std::string stratum = "all";
};
/// Sets from, to and per of a query; empty words leave them open. Errors: invalid.
Status ReadPeriods(FigureQuery& query, const std::string& from, const std::string& to,
                   const std::string& per);

/// Where a figure is from. The whole, and what belongs nowhere, have neither code nor name.
struct FigurePlace {
  std::string code, name;
  friend auto operator<=>(const FigurePlace&, const FigurePlace&) = default;
};

struct FigureLine {
  FigurePlace place;
  /// "2026-03", "2026-Q1", "2026"; "" for the whole time. Months that do not add up: the last
  /// month.
  std::string period;
  std::string stratum;
  std::optional<Figure> figure;  // nothing: not shown
};

/// The log-rank test between lines of a table: its places, or strata of one dimension in a place.
struct Comparison {
  enum class Of { kPlaces, kStrata } of = Of::kPlaces;
  FigurePlace place;                // of strata
  std::string period, stratum;      // stratum: of places; the dimension of strata
  std::vector<FigurePlace> places;  // the groups, or:
  std::vector<std::string> strata;
  LogRank test;
};

struct FigureTable {
  const Indicator* indicator = nullptr;  // lives as long as the programme
  bool released = false;                 // rounded and fixed, as it was released
  std::vector<FigureLine> lines;         // by place, stratum (as the programme has them), period
  std::vector<Comparison> comparisons;   // shape survival
  std::vector<Label> notes;              // printed below
};

/// What counts the persons who are too early for a cohort table: the programme's indicator
/// "immature", or "immature_end" for an indicator whose name ends so. Null where `indicator` is no
/// cohort table (shape states) or there is none.
const Indicator* ImmatureOf(const Programme& programme, const Indicator& indicator);
/// The one asked for (as it is named; nothing where there is no such one), or all that have a table
/// of their own.
std::vector<const Indicator*> IndicatorsToShow(const Programme& programme,
                                               const std::optional<std::string>& wanted);

/// Gives every row of an indicator with the place that it counts for.
using TakeRow = std::function<void(const FigurePlace&, const IndicatorRow&)>;
using RowSource = std::function<Status(const Indicator&, const TakeRow&)>;

/// Errors: invalid (a row that the shape does not allow) | those of `rows`.
Result<FigureTable> MakeFigureTable(const Programme& programme, const Indicator& indicator,
                                    const FigureQuery& query, const RowSource& rows);

/// "all", and the names of the dimensions.
std::string StratumChoices(const Programme& programme);
/// Refuses a stratum that no dimension of the programme and no line of the tables knows.
Status CheckStratum(const Programme& programme, const FigureQuery& query,
                    const std::vector<FigureTable>& tables);

}  // namespace tram
