#include "rollup/person_tables.h"

#include <algorithm>
#include <charconv>

#include "rollup/suppression.h"

namespace tram::server {
namespace {

// Several tables of the same persons say more together than each alone. The default programme's are
// named here; an indicator that is not stands alone.
struct LinkedTables {
  const char* name;
  const char* profile;
  std::vector<const char*> tables;
};
const std::vector<LinkedTables>& Linked() {
  static const std::vector<LinkedTables> linked{
      {"first_episodes", "new_profile", {"state_12m", "no_use_12m", "retention", "relapse_free"}},
      {"completed", "", {"state_12m_end", "no_use_12m_end", "relapse_free_end"}}};
  return linked;
}

/// Nearly the same counts of the same persons as another table's: released beside it they would
/// bound what it suppresses. Or not final: released again later they would be compared.
constexpr const char* kNeverReleased[] = {
    "self_referred",       "immature",          "immature_end",          "relapse_or_loss",
    "relapse_or_loss_end", "relapse_competing", "relapse_competing_end",
};

std::uint32_t Bit(std::size_t bin) { return 1u << bin; }

/// Each bin, but those of success as one: whether a person is in treatment is bounded by the
/// follow-ups due, which are exact. An outcome has no rows: with them hardly any place's table of
/// everybody holds, and that is the one which provinces need (docs/suppression.md).
PersonTable StatesTable(const Indicator& indicator, bool of_units) {
  PersonTable table;
  table.indicator = indicator.name;
  table.bins = indicator.bins.size();
  TableItem success{"success"}, other{"known_other"}, unknown{"unknown"}, known{"known"};
  std::size_t successes = 0, unknowns = 0;
  for (std::size_t b = 0; b < indicator.bins.size(); ++b) {
    const Standing standing = indicator.bins[b].standing;
    TableItem& group = standing == Standing::kSuccess ? success
                       : standing == Standing::kKnown ? other
                                                      : unknown;
    group.bins |= Bit(b);
    successes += standing == Standing::kSuccess;
    unknowns += standing == Standing::kUnknown;
    if (standing != Standing::kUnknown) known.bins |= Bit(b);
  }
  const bool outcome = successes > 0;
  table.strata = !outcome;
  for (std::size_t b = 0; b < indicator.bins.size(); ++b) {
    if (successes > 1 && success.Has(b)) continue;
    table.items.push_back({indicator.bins[b].name, Bit(b)});
  }
  if (successes > 1) table.items.push_back(success);
  if (outcome && unknowns > 1) table.items.push_back(known);
  if (of_units && outcome) table.unit_items = {success, other, unknown};
  return table;
}

PersonTable RateTable(const Indicator& indicator, const std::string& bin, bool of_units) {
  PersonTable table;
  table.indicator = indicator.name;
  table.bins = 2;
  const std::string end = bin.empty() ? "" : "_" + bin;
  table.items = {{"yes" + end, Bit(0)}, {"no" + end, Bit(1)}};
  if (of_units) table.unit_items = table.items;
  table.whole_only = !bin.empty();  // one within the other: only where nothing is suppressed
  return table;
}

/// Bins: an event in each step, leaving without one in each step, and being there after the last.
PersonTable CurveTable(const Indicator& indicator) {
  PersonTable table;
  table.indicator = indicator.name;
  table.bins = 2 * kCurveSteps + 1;
  table.cohort_min = kCurveCohortMin;
  TableItem events, left;
  for (std::size_t step = 0; step < kCurveSteps; ++step) {
    events.bins |= Bit(step);
    left.bins |= Bit(step) | Bit(kCurveSteps + step);
    const std::string day = std::to_string(kCurveDays[step]);
    table.items.push_back({"events_" + day, events.bins});
    table.items.push_back({"at_risk_" + day, ~left.bins & (Bit(2 * kCurveSteps + 1) - 1)});
  }
  return table;
}

void AddTables(const Indicator& indicator, bool of_units, std::vector<PlannedTable>& tables) {
  switch (indicator.shape) {
    case IndicatorShape::kStates:
      tables.push_back({&indicator, StatesTable(indicator, of_units), ""});
      return;
    case IndicatorShape::kRate:
      if (indicator.bins.empty()) {
        tables.push_back({&indicator, RateTable(indicator, "", of_units), ""});
      }
      for (const Bin& bin : indicator.bins) {
        tables.push_back({&indicator, RateTable(indicator, bin.name, false), bin.name});
      }
      return;
    case IndicatorShape::kSurvival:
      tables.push_back({&indicator, CurveTable(indicator), ""});
      return;
    case IndicatorShape::kCount:
    case IndicatorShape::kCompeting:
    case IndicatorShape::kDays:
      return;
  }
}

std::vector<RowRange> DimensionsOf(const Programme& programme) {
  std::vector<RowRange> ranges;
  std::size_t next = 1;
  for (const Dimension& dimension : programme.dimensions) {
    const RecordType* record = programme.ByName(dimension.record);
    const Field* field = record == nullptr ? nullptr : record->ByName(dimension.field);
    const CodeList* codes = field == nullptr ? nullptr : programme.Codes(field->codes);
    if (codes == nullptr) continue;
    RowRange range{dimension.name, next, {}};
    for (const CodeValue& code : codes->values) {
      range.names.push_back(dimension.name + "=" + code.name);
    }
    range.names.push_back(dimension.name + "=");
    next += range.names.size();
    ranges.push_back(std::move(range));
  }
  return ranges;
}

std::optional<Inequality::Term> TermOf(const CohortPlan& plan, const std::string& indicator,
                                       const std::string& bin, int factor) {
  for (std::size_t t = 0; t < plan.tables.size(); ++t) {
    if (plan.tables[t].indicator->name != indicator) continue;
    const std::vector<Bin>& bins = plan.tables[t].indicator->bins;
    for (std::size_t b = 0; b < bins.size(); ++b) {
      if (bins[b].name == bin) return Inequality::Term{t, b, factor};
    }
  }
  return std::nullopt;
}

/// What the definitions of a state and of "no use at all" have in common: who uses has used; who
/// uses or does not has a known status; no status is known of who is unknown.
void AddInequalities(CohortPlan& plan, const std::string& end) {
  const std::string state = "state_12m" + end, use = "no_use_12m" + end;
  using Part = std::vector<std::pair<std::string, int>>;
  auto add = [&](const Part& of_state, const Part& of_use) {
    Inequality inequality;
    for (const auto& [part, indicator] : {std::pair(&of_state, &state), std::pair(&of_use, &use)}) {
      for (const auto& [bin, factor] : *part) {
        auto term = TermOf(plan, *indicator, bin, factor);
        if (!term) return;
        inequality.terms.push_back(*term);
      }
    }
    plan.inequalities.push_back(std::move(inequality));
  };
  const std::string in = "not_using_in_treatment", out = "not_using_out_of_treatment";
  add({{"using", -1}}, {{"some_use", 1}});
  add({{"using", -1}, {in, -1}, {out, -1}}, {{"no_use", 1}, {"some_use", 1}});
  add({{"died", 1}, {"detained", 1}, {"using", 1}, {in, 1}, {out, 1}},
      {{"no_use", -1}, {"some_use", -1}});
}

std::size_t RowOf(const CohortPlan& plan, const std::string& stratum) {
  if (stratum.empty() || stratum == "all") return 0;
  const std::string dimension = stratum.substr(0, stratum.find('='));
  for (const RowRange& range : plan.dimensions) {
    if (range.dimension != dimension) continue;
    auto found = std::find(range.names.begin(), range.names.end(), stratum);
    // A code that the programme no longer has counts as not recorded.
    if (found == range.names.end()) --found;
    return range.first + static_cast<std::size_t>(found - range.names.begin());
  }
  return plan.dimensions.empty()
             ? 1
             : plan.dimensions.back().first + plan.dimensions.back().names.size();
}

Status AddCurveRow(const IndicatorRow& row, std::int64_t* bins) {
  int day = 0;
  auto [end, error] = std::from_chars(row.bin.data(), row.bin.data() + row.bin.size(), day);
  if (error != std::errc() || end != row.bin.data() + row.bin.size()) {
    return MakeError(ErrorCode::kInvalid,
                     "a survival indicator's bin is '" + row.bin + "', which is no day");
  }
  const auto step = static_cast<std::size_t>(
      std::lower_bound(std::begin(kCurveDays), std::end(kCurveDays), day) - kCurveDays);
  if (step == kCurveSteps) {
    bins[2 * kCurveSteps] += row.denominator;
  } else {
    bins[step] += row.numerator;
    bins[kCurveSteps + step] += row.denominator - row.numerator;
  }
  return {};
}

}  // namespace

std::vector<CohortPlan> CohortPlans(const Programme& programme) {
  std::vector<CohortPlan> plans;
  std::vector<std::string> taken(std::begin(kNeverReleased), std::end(kNeverReleased));
  for (const LinkedTables& linked : Linked()) {
    CohortPlan plan;
    plan.name = linked.name;
    plan.dimensions = DimensionsOf(programme);
    plan.profile = programme.IndicatorByName(linked.profile);
    for (const char* name : linked.tables) {
      taken.push_back(name);
      const Indicator* indicator = programme.IndicatorByName(name);
      if (indicator == nullptr || indicator->kind != IndicatorKind::kPerson) continue;
      AddTables(*indicator, plan.tables.empty(), plan.tables);
      plan.matures_days = std::max(plan.matures_days, indicator->matures_days);
    }
    taken.emplace_back(linked.profile);
    AddInequalities(plan, plan.profile == nullptr ? "_end" : "");
    if (plan.profile != nullptr || !plan.tables.empty()) plans.push_back(std::move(plan));
  }
  for (const Indicator& indicator : programme.indicators) {
    if (indicator.kind != IndicatorKind::kPerson) continue;
    if (std::find(taken.begin(), taken.end(), indicator.name) != taken.end()) continue;
    CohortPlan plan;
    plan.name = indicator.name;
    if (indicator.shape == IndicatorShape::kCount) plan.profile = &indicator;
    AddTables(indicator, true, plan.tables);
    plan.matures_days = indicator.matures_days;
    const bool strata = indicator.shape == IndicatorShape::kStates || plan.profile != nullptr;
    if (strata) plan.dimensions = DimensionsOf(programme);
    if (plan.profile != nullptr || !plan.tables.empty()) plans.push_back(std::move(plan));
  }
  return plans;
}

void AddProfileRows(const CohortPlan& plan, const std::vector<IndicatorRow>& rows,
                    std::vector<std::int64_t>& persons) {
  for (const IndicatorRow& row : rows) {
    const std::size_t r = RowOf(plan, row.stratum);
    if (r < persons.size()) persons[r] += row.numerator;
  }
}

Status AddTableRows(const CohortPlan& plan, const PlannedTable& planned,
                    const std::vector<IndicatorRow>& rows, std::vector<std::int64_t>& counts) {
  const PersonTable& table = planned.table;
  for (const IndicatorRow& row : rows) {
    const std::size_t r = RowOf(plan, row.stratum);
    if ((r + 1) * table.bins > counts.size() || (r > 0 && !table.strata)) continue;
    std::int64_t* bins = counts.data() + r * table.bins;
    if (planned.indicator->shape == IndicatorShape::kSurvival) {
      TRAM_TRY(AddCurveRow(row, bins));
    } else if (planned.indicator->shape == IndicatorShape::kRate) {
      if (row.bin != planned.rate_bin) continue;
      bins[0] += row.numerator;
      bins[1] += row.denominator - row.numerator;
    } else {
      const std::vector<Bin>& known = planned.indicator->bins;
      auto found = std::find_if(known.begin(), known.end(),
                                [&](const Bin& bin) { return bin.name == row.bin; });
      if (found == known.end()) {
        return MakeError(ErrorCode::kInvalid, "the indicator " + planned.indicator->name +
                                                  " has no bin '" + row.bin + "'");
      }
      bins[found - known.begin()] += row.numerator;
    }
  }
  return {};
}

}  // namespace tram::server
