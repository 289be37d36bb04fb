#include "tests/law/suppression/simulated_cohort.h"

#include <algorithm>
#include <map>
#include <set>

namespace tram::server::test {
namespace {

std::size_t Pick(std::mt19937_64& random, const std::vector<double>& weights) {
  return std::discrete_distribution<std::size_t>(weights.begin(), weights.end())(random);
}

Indicator StatesIndicator(const std::string& name,
                          std::initializer_list<std::pair<const char*, Standing>> bins) {
  Indicator indicator;
  indicator.name = name;
  indicator.shape = IndicatorShape::kStates;
  for (const auto& [bin, standing] : bins) indicator.bins.push_back({bin, {}, standing});
  return indicator;
}

}  // namespace

WorldPlan RandomPlan(std::mt19937_64& random, std::size_t provinces) {
  static constexpr double kSizes[] = {2, 5, 9, 14, 22, 35, 60, 110};
  WorldPlan plan;
  for (std::size_t p = 0; p < provinces; ++p) {
    plan.unit_sizes.emplace_back();
    const std::size_t units = 1 + random() % 12;
    for (std::size_t u = 0; u < units; ++u) {
      plan.unit_sizes.back().push_back(kSizes[random() % std::size(kSizes)]);
    }
  }
  plan.spread = static_cast<double>(random() % 3);
  return plan;
}

SimulatedWorld::SimulatedWorld(const WorldPlan& plan, std::uint64_t seed,
                               const std::vector<std::size_t>& codes)
    : random_(seed), programme_(std::make_unique<Programme>()), rows_(plan.rows) {
  MakeProgramme(codes);
  MakePersons(plan);
  MakeGroups();
}

void SimulatedWorld::MakeProgramme(const std::vector<std::size_t>& codes) {
  Programme& programme = *programme_;
  RecordType record;
  record.name = "client";
  for (std::size_t d = 0; d < codes.size(); ++d) {
    const std::string name = "d" + std::to_string(d);
    Field field;
    field.name = field.codes = name;
    record.fields.push_back(field);
    CodeList list;
    list.name = name;
    for (std::size_t c = 0; c + 1 < codes[d]; ++c) {  // and what is not recorded
      list.values.push_back({static_cast<std::uint32_t>(c), "c" + std::to_string(c), {}, false});
    }
    programme.code_lists.push_back(list);
    programme.dimensions.push_back({name, "client", name});
  }
  programme.records.push_back(record);
  Indicator profile;
  profile.name = "new_profile";
  programme.indicators.push_back(profile);
  programme.indicators.push_back(
      StatesIndicator("state_12m", {{"died", Standing::kKnown},
                                    {"detained", Standing::kKnown},
                                    {"using", Standing::kKnown},
                                    {"not_using_in_treatment", Standing::kSuccess},
                                    {"not_using_out_of_treatment", Standing::kSuccess},
                                    {"moved_or_transferred", Standing::kUnknown},
                                    {"not_known", Standing::kUnknown}}));
  programme.indicators.push_back(
      StatesIndicator("no_use_12m", {{"no_use", Standing::kSuccess},
                                     {"some_use", Standing::kKnown},
                                     {"not_known", Standing::kUnknown}}));
  Indicator curve;
  curve.name = "relapse_free";
  curve.shape = IndicatorShape::kSurvival;
  programme.indicators.push_back(curve);
  plan_ = CohortPlans(programme).at(0);
}

SimulatedWorld::Person SimulatedWorld::MakePerson(std::size_t unit, const WorldPlan& plan,
                                                  const std::vector<double>& states) {
  Person person;
  person.unit = unit;
  person.late = static_cast<double>(random_() % 1000) < plan.late * 1000;
  for (const RowRange& range : plan_.dimensions) {
    std::vector<double> weights;  // a few common codes, many rare ones
    for (std::size_t c = 0; c < range.names.size(); ++c)
      weights.push_back(1.0 / ((c + 1) * (c + 1)));
    person.rows.push_back(range.first + Pick(random_, weights));
  }
  const std::size_t state = Pick(random_, states);
  static const std::vector<std::vector<double>> kUse{{2, 3, 5}, {1, 4, 5}, {0, 1, 0}, {7, 3, 0},
                                                     {6, 4, 0}, {0, 0, 1}, {0, 0, 1}};
  const std::size_t use = Pick(random_, kUse[state]);
  std::size_t step = 2 * kCurveSteps;
  if (state == 2 || random_() % 6 == 0) {
    step = random_() % kCurveSteps;
  } else if (random_() % 3 == 0) {
    step = kCurveSteps + random_() % kCurveSteps;
  }
  person.bins = {state, use, step};
  return person;
}

void SimulatedWorld::MakePersons(const WorldPlan& plan) {
  for (std::size_t p = 0; p < plan.unit_sizes.size(); ++p) {
    for (double size : plan.unit_sizes[p]) {
      const std::size_t unit = province_then_.size();
      province_then_.push_back(p);
      auto moves = [&] {
        return plan.unit_sizes.size() > 1 &&
               static_cast<double>(random_() % 1000) < plan.moved * 500;
      };
      province_first_.push_back(moves() ? (p + 1) % plan.unit_sizes.size() : p);
      province_second_.push_back(moves() ? (p + 1) % plan.unit_sizes.size()
                                         : province_first_.back());
      std::vector<double> states{0.02, 0.05, 0.28, 0.2, 0.2, 0.05, 0.2};
      for (double& weight : states) {
        weight *= std::exp(plan.spread * std::normal_distribution<double>()(random_));
      }
      const int persons = std::poisson_distribution<int>(size)(random_);
      for (int i = 0; i < persons; ++i) persons_.push_back(MakePerson(unit, plan, states));
    }
  }
}

void SimulatedWorld::MakeGroups() {
  const std::size_t units = province_then_.size();
  std::set<std::size_t> second;
  auto add = [&](const std::vector<std::size_t>& of_unit, bool drawn_second) {
    std::map<std::size_t, std::vector<std::size_t>> sets;
    for (std::size_t u = 0; u < units; ++u) sets[of_unit[u]].push_back(u);
    for (const auto& [place, set] : sets) {
      auto found = std::find(groups_.begin(), groups_.end(), set);
      const auto group = static_cast<std::size_t>(found - groups_.begin());
      if (found == groups_.end()) groups_.push_back(set);
      if (drawn_second) second.insert(group);
    }
  };
  add(std::vector<std::size_t>(units, 0), true);
  add(province_then_, true);
  add(province_first_, false);
  groups_first_ = groups_.size();
  add(province_second_, true);
  for (std::size_t g = 0; g < groups_.size(); ++g) group_drawn_second_.push_back(second.count(g));
}

Cohort SimulatedWorld::Empty() const {
  Cohort cohort;
  cohort.dimensions = plan_.dimensions;
  for (std::size_t u = 0; u < province_then_.size(); ++u) {
    CohortUnit unit;
    unit.number = static_cast<std::int64_t>(u);
    unit.profile.resize(cohort.rows());
    cohort.units.push_back(unit);
  }
  for (const Person& person : persons_) {
    if (person.late) continue;
    std::vector<std::int64_t>& profile = cohort.units[person.unit].profile;
    ++profile[0];
    for (std::size_t row : person.rows) ++profile[row];
  }
  return cohort;
}

Cohort SimulatedWorld::ProfileCohort() const {
  Cohort cohort = Empty();
  cohort.groups.resize(groups_first_);
  for (std::size_t g = 0; g < groups_first_; ++g) {
    for (std::size_t u : groups_[g]) cohort.units[u].groups.push_back(g);
  }
  return cohort;
}

Cohort SimulatedWorld::TableCohort(const Sheets& profile) const {
  Cohort cohort = Empty();
  cohort.profile_fixed = true;
  cohort.inequalities = plan_.inequalities;
  for (const PlannedTable& planned : plan_.tables) {
    PersonTable& table = cohort.tables.emplace_back(planned.table);
    if (!rows_ || planned.indicator->shape != IndicatorShape::kStates) continue;
    table.strata = true;
    for (TableItem& item : table.items) {
      item.in_rows = item.name == "success" || item.name == "known" || item.name == "no_use";
    }
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    cohort.groups.push_back({group_drawn_second_[g], {}});
    if (g < groups_first_) cohort.groups[g].profile = profile.profile[g];
    for (std::size_t u : groups_[g]) cohort.units[u].groups.push_back(g);
  }
  for (CohortUnit& unit : cohort.units) {
    for (const PersonTable& table : cohort.tables) {
      unit.counts.emplace_back(cohort.rows() * table.bins);
    }
  }
  for (const Person& person : persons_) {
    for (std::size_t t = 0; t < cohort.tables.size(); ++t) {
      const PersonTable& table = cohort.tables[t];
      std::vector<std::int64_t>& counts = cohort.units[person.unit].counts[t];
      ++counts[person.bins[t]];
      if (!table.strata) continue;
      for (std::size_t row : person.rows) ++counts[row * table.bins + person.bins[t]];
    }
  }
  return cohort;
}

}  // namespace tram::server::test
