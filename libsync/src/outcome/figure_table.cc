#include "tram/outcome/figure_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tram {
namespace {

constexpr char kEverybody[] = "all";
constexpr char kImmature[] = "immature";

Per PerOf(const Indicator& indicator, const FigureQuery& query) {
  if (query.per) return *query.per;
  switch (indicator.shape) {
    case IndicatorShape::kCount:
    case IndicatorShape::kRate:
    case IndicatorShape::kDays:
      return Per::kMonth;
    case IndicatorShape::kSurvival:
    case IndicatorShape::kCompeting:
    case IndicatorShape::kStates:
      return Per::kAll;
  }
  return Per::kAll;
}

/// The last month of the period that a month belongs to.
std::string LastMonth(Per per, const std::string& month) {
  if (per == Per::kMonth) return month;
  if (per == Per::kAll) return "9999-12";
  if (per == Per::kYear) return month.substr(0, 5) + "12";
  const int quarter = (std::stoi(month.substr(5)) - 1) / 3;
  static constexpr const char* kLast[] = {"03", "06", "09", "12"};
  return month.substr(0, 5) + kLast[quarter];
}

std::string PeriodName(Per per, const std::string& month) {
  if (per == Per::kMonth) return month;
  if (per == Per::kAll) return "";
  if (per == Per::kYear) return month.substr(0, 4);
  return month.substr(0, 5) + "Q" + std::to_string((std::stoi(month.substr(5)) - 1) / 3 + 1);
}

/// The strata of a query, and their order: everybody, then codes as the programme lists them.
class StratumChoice {
 public:
  StratumChoice(const Programme& programme, const std::string& wanted) : wanted_(wanted) {
    for (const Dimension& dimension : programme.dimensions) {
      if (dimension.name != wanted) continue;
      const Field* field = programme.ByName(dimension.record)->ByName(dimension.field);
      for (const CodeValue& code : programme.Codes(field->codes)->values) {
        order_.push_back(wanted + "=" + code.name);
      }
    }
    order_.push_back(wanted + "=");
  }

  bool Takes(const std::string& stratum) const {
    if (stratum == wanted_) return true;
    if (wanted_.find('=') != std::string::npos || wanted_ == kEverybody) return false;
    return stratum == kEverybody || stratum.starts_with(wanted_ + "=");
  }

  /// Codes that the programme does not list come before those without one, by name.
  std::pair<std::size_t, std::string> Place(const std::string& stratum) const {
    if (stratum == kEverybody) return {0, ""};
    auto found = std::find(order_.begin(), order_.end(), stratum);
    if (found == order_.end()) return {order_.size(), stratum};
    const auto index = static_cast<std::size_t>(found - order_.begin());
    return {index + 1 == order_.size() ? index + 2 : index + 1, ""};
  }

 private:
  std::string wanted_;
  std::vector<std::string> order_;
};

/// Sums the rows of one indicator into lines.
class LineSums {
 public:
  struct Key {
    FigurePlace place;
    std::pair<std::size_t, std::string> order;  // of the stratum
    std::string period, stratum;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Lines = std::map<Key, FigureSum>;

  LineSums(const Programme& programme, const Indicator& indicator, const FigureQuery& query)
      : indicator_(indicator),
        query_(query),
        strata_(programme, query.stratum),
        last_month_(MonthText(query.as_of)) {
    if (query.to && *query.to < last_month_) last_month_ = *query.to;
  }

  /// Adds a row of `from`, at this indicator's periods; `from` is it, or its `immature`.
  void Add(Lines& lines, const Indicator& from, const FigurePlace& place,
           const IndicatorRow& row) const {
    if (!strata_.Takes(row.stratum)) return;
    auto period = PeriodOf(from, row.period);
    if (!period) return;
    lines[Key{place, strata_.Place(row.stratum), *period, row.stratum}].Add(row);
  }

 private:
  std::optional<std::string> PeriodOf(const Indicator& from, const std::string& month) const {
    if (month.empty()) return month;
    if (query_.from && month < *query_.from) return std::nullopt;
    if (query_.to && month > *query_.to) return std::nullopt;
    const Per per = PerOf(indicator_, query_);
    if (from.months_add) return PeriodName(per, month);
    if (month != std::min(LastMonth(per, month), last_month_)) return std::nullopt;
    return month;
  }

  const Indicator& indicator_;
  const FigureQuery& query_;
  StratumChoice strata_;
  std::string last_month_;  // where months do not add up: the last one there is
};

Error Named(const Indicator& indicator, const Error& error) {
  return MakeError(error.code, indicator.name + ": " + error.message);
}

/// Tests the lines that differ in their place only, or in their stratum only.
Status Compare(const LineSums::Lines& sums, Comparison::Of of, FigureTable& table) {
  std::map<LineSums::Key, std::vector<const LineSums::Lines::value_type*>> groups;
  for (const auto& line : sums) {
    const std::string& stratum = line.first.stratum;
    LineSums::Key key{{}, {}, line.first.period, stratum};
    if (of == Comparison::Of::kStrata) {
      const std::size_t sign = stratum.find('=');
      // Everybody is no group beside his parts; who has no code recorded is in none.
      if (sign == std::string::npos || sign + 1 == stratum.size()) continue;
      key.place = line.first.place;
      key.stratum = stratum.substr(0, sign);
    }
    groups[key].push_back(&line);
  }
  for (const auto& [key, lines] : groups) {
    if (lines.size() < 2) continue;
    Comparison comparison{of, key.place, key.period, key.stratum, {}, {}, {}};
    std::vector<std::vector<SurvivalRow>> rows;
    for (const auto* line : lines) {
      if (of == Comparison::Of::kPlaces) {
        comparison.places.push_back(line->first.place);
      } else {
        comparison.strata.push_back(line->first.stratum);
      }
      TRAM_ASSIGN(std::vector<SurvivalRow> of_line, line->second.SurvivalRows());
      rows.push_back(std::move(of_line));
    }
    TRAM_ASSIGN(comparison.test, LogRankTest(rows));
    table.comparisons.push_back(std::move(comparison));
  }
  return {};
}

/// A line for everybody who is too early, also where nobody is in the cohort yet.
void AddImmature(const LineSums::Lines& immature, LineSums::Lines& sums) {
  for (const auto& [key, sum] : immature) sums.try_emplace(key);
}

std::int64_t PersonsOf(const FigureSum& sum) {
  std::int64_t persons = 0;
  for (const auto& [bin, counts] : sum.bins()) persons += counts.numerator;
  return persons;
}

}  // namespace

std::optional<Per> PerByName(std::string_view name) {
  if (name == "month") return Per::kMonth;
  if (name == "quarter") return Per::kQuarter;
  if (name == "year") return Per::kYear;
  if (name == "all") return Per::kAll;
  return std::nullopt;
}

Status ReadPeriods(FigureQuery& query, const std::string& from, const std::string& to,
                   const std::string& per) {
  for (const auto& [text, month] : {std::pair(&from, &query.from), std::pair(&to, &query.to)}) {
    if (text->empty()) continue;
    TRAM_ASSIGN(const Date first, ParseMonth(*text));
    *month = MonthText(first);
  }
  if (query.from && query.to && *query.from > *query.to) {
    return MakeError(ErrorCode::kInvalid,
                     "--from " + *query.from + " lies after --to " + *query.to);
  }
  if (per.empty()) return {};
  query.per = PerByName(per);
  if (query.per) return {};
  return MakeError(ErrorCode::kInvalid, "--per is month, quarter, year or all");
}

const Indicator* ImmatureOf(const Programme& programme, const Indicator& indicator) {
  if (indicator.shape != IndicatorShape::kStates) return nullptr;
  const bool end = indicator.name.ends_with("_end");
  return programme.IndicatorByName(std::string(kImmature) + (end ? "_end" : ""));
}

std::vector<const Indicator*> IndicatorsToShow(const Programme& programme,
                                               const std::optional<std::string>& wanted) {
  std::set<const Indicator*> carried;
  if (!wanted) {
    for (const Indicator& indicator : programme.indicators) {
      carried.insert(ImmatureOf(programme, indicator));
    }
  }
  std::vector<const Indicator*> shown;
  for (const Indicator& indicator : programme.indicators) {
    if (wanted ? indicator.name == *wanted : carried.count(&indicator) == 0) {
      shown.push_back(&indicator);
    }
  }
  return shown;
}

Result<FigureTable> MakeFigureTable(const Programme& programme, const Indicator& indicator,
                                    const FigureQuery& query, const RowSource& rows) {
  const LineSums adding(programme, indicator, query);
  LineSums::Lines sums, immature;
  const Indicator* early = ImmatureOf(programme, indicator);
  auto into = [&](LineSums::Lines& lines, const Indicator& from) {
    return rows(from, [&](const FigurePlace& place, const IndicatorRow& row) {
      adding.Add(lines, from, place, row);
    });
  };
  TRAM_TRY(into(sums, indicator));
  if (early != nullptr) TRAM_TRY(into(immature, *early));
  AddImmature(immature, sums);
  FigureTable table;
  table.indicator = &indicator;
  for (const auto& [key, sum] : sums) {
    Result<Figure> figure = sum.Of(indicator);
    if (!figure) return Named(indicator, figure.error());
    if (auto* states = std::get_if<StatesFigure>(&*figure); states != nullptr && early != nullptr) {
      // Nothing for a stratum that is not counted: 0 would say that nobody is too early.
      auto found = immature.find(key);
      if (found != immature.end() || key.stratum == kEverybody) {
        states->immature = Shown::Exact(found == immature.end() ? 0 : PersonsOf(found->second));
      }
    }
    table.lines.push_back({key.place, key.period, key.stratum, std::move(*figure)});
  }
  if (indicator.shape != IndicatorShape::kSurvival) return table;
  for (Comparison::Of of : {Comparison::Of::kPlaces, Comparison::Of::kStrata}) {
    if (Status compared = Compare(sums, of, table); !compared) {
      return Named(indicator, compared.error());
    }
  }
  return table;
}

std::string StratumChoices(const Programme& programme) {
  std::string choices = kEverybody;
  for (const Dimension& dimension : programme.dimensions) choices += ", " + dimension.name;
  return choices;
}

Status CheckStratum(const Programme& programme, const FigureQuery& query,
                    const std::vector<FigureTable>& tables) {
  if (query.stratum == kEverybody) return {};
  const std::string name = query.stratum.substr(0, query.stratum.find('='));
  for (const Dimension& dimension : programme.dimensions) {
    if (dimension.name == name) return {};
  }
  for (const FigureTable& table : tables) {
    for (const FigureLine& line : table.lines) {
      if (line.stratum.starts_with(name + "=")) return {};
    }
  }
  return MakeError(ErrorCode::kInvalid, "there is no stratum '" + query.stratum +
                                            "'; there are: " + StratumChoices(programme) +
                                            " (or one code of them: name=code)");
}

}  // namespace tram
