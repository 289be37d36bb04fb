#include "tests/law/suppression/attacker.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tram::server::test {
namespace {

std::int64_t SizeOf(const PersonTable& table, const CohortUnit& unit, std::size_t t) {
  std::int64_t size = 0;
  for (std::size_t b = 0; b < table.bins; ++b) size += unit.counts[t][b];
  return size;
}

}  // namespace

Attacker::Attacker(const Release& profile, const Release& tables, const Mistakes& mistakes)
    : profile_(profile),
      tables_(tables),
      cohort_(tables.cohort),
      mistakes_(mistakes),
      sums_(SumGroups(tables.cohort)),
      problem_(glp_create_prob()) {
  glp_term_out(GLP_OFF);
  MakePieces();
  for (std::size_t q = 0; q < piece_units_.size(); ++q) {
    MakeProfile(q);
    counts_.emplace_back();
    for (std::size_t t = 0; t < cohort_.tables.size(); ++t) MakeTable(q, t);
  }
  MakeUnits();
  AddPublished();
  AddProfiles();
}

int Attacker::NewColumn() {
  const int column = glp_add_cols(problem_.get(), 1);
  glp_set_col_bnds(problem_.get(), column, GLP_LO, 0, 0);
  return column;
}

void Attacker::Require(const Sum& sum, double low, double high) {
  const int row = glp_add_rows(problem_.get(), 1);
  glp_set_row_bnds(problem_.get(), row,
                   std::isinf(high) ? GLP_LO
                   : low == high    ? GLP_FX
                                    : GLP_DB,
                   low, high);
  std::map<int, double> factors;
  for (const Term& term : sum) factors[term.column] += term.factor;
  std::vector<int> columns{0};
  std::vector<double> values{0};
  for (const auto& [column, factor] : factors) {
    if (factor == 0) continue;
    columns.push_back(column);
    values.push_back(factor);
  }
  glp_set_mat_row(problem_.get(), row, static_cast<int>(columns.size()) - 1, columns.data(),
                  values.data());
}

// Written again from the rules, not with the code under test: 0 to 7 are "*"; the others go to the
// nearest multiple, halves up, never to 0.
void Attacker::RequireShown(const Sum& sum, std::int64_t count, Coarseness coarseness) {
  if (coarseness == Coarseness::kNotDrawn) return;
  if (count <= 7) return Require(sum, 0, 7);
  if (mistakes_.exact_rates)
    return Require(sum, static_cast<double>(count), static_cast<double>(count));
  const std::int64_t step = coarseness == Coarseness::kFive  ? 5
                            : coarseness == Coarseness::kTen ? 10
                                                             : 20;
  auto shown = [&](std::int64_t n) { return std::max(step, (2 * n + step) / (2 * step) * step); };
  std::int64_t low = count, high = count;
  while (low > 8 && shown(low - 1) == shown(count)) --low;
  while (shown(high + 1) == shown(count)) ++high;
  Require(sum, static_cast<double>(low), static_cast<double>(high));
}

void Attacker::MakePieces() {
  std::map<std::vector<std::size_t>, std::size_t> found;
  for (std::size_t u = 0; u < cohort_.units.size(); ++u) {
    auto [it, is_new] = found.emplace(cohort_.units[u].groups, piece_units_.size());
    if (is_new) {
      piece_units_.emplace_back();
      piece_groups_.push_back(cohort_.units[u].groups);
    }
    piece_units_[it->second].push_back(u);
  }
}

/// Persons by row, then and later: later data only add some.
void Attacker::MakeProfile(std::size_t piece) {
  std::int64_t first = 0, second = 0;
  for (std::size_t u : piece_units_[piece]) {
    first += cohort_.units[u].profile[0];
    second += SizeOf(cohort_.tables[0], cohort_.units[u], 0);
  }
  rows_first_.emplace_back(cohort_.rows());
  rows_second_.emplace_back(cohort_.rows());
  for (const RowRange& range : cohort_.dimensions) {
    Sum then, later;
    for (std::size_t r = range.first; r < range.first + range.names.size(); ++r) {
      rows_first_[piece][r] = NewColumn();
      rows_second_[piece][r] = NewColumn();
      then.push_back({rows_first_[piece][r], 1});
      later.push_back({rows_second_[piece][r], 1});
      Require({{rows_second_[piece][r], 1}, {rows_first_[piece][r], -1}}, 0,
              static_cast<double>(second - first));
    }
    Require(then, static_cast<double>(first), static_cast<double>(first));
    Require(later, static_cast<double>(second), static_cast<double>(second));
  }
}

void Attacker::MakeTable(std::size_t piece, std::size_t t) {
  const PersonTable& table = cohort_.tables[t];
  std::vector<int> columns(cohort_.rows() * table.bins);
  double persons = 0;
  for (std::size_t u : piece_units_[piece]) {
    persons += static_cast<double>(SizeOf(table, cohort_.units[u], t));
  }
  for (std::size_t r = 0; r < (table.strata ? cohort_.rows() : 1); ++r) {
    Sum all;
    for (std::size_t b = 0; b < table.bins; ++b) {
      columns[r * table.bins + b] = NewColumn();
      all.push_back({columns[r * table.bins + b], 1});
    }
    if (r > 0) all.push_back({rows_second_[piece][r], -1});
    Require(all, r > 0 ? 0 : persons, r > 0 ? 0 : persons);
  }
  for (const RowRange& range : cohort_.dimensions) {
    for (std::size_t b = 0; table.strata && b < table.bins; ++b) {
      Sum all{{columns[b], -1}};
      for (std::size_t r = range.first; r < range.first + range.names.size(); ++r) {
        all.push_back({columns[r * table.bins + b], 1});
      }
      Require(all, 0, 0);
    }
  }
  counts_[piece].push_back(std::move(columns));
}

void Attacker::MakeUnits() {
  unit_counts_.resize(cohort_.units.size());
  for (std::size_t q = 0; q < piece_units_.size(); ++q) {
    for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
      const PersonTable& table = cohort_.tables[t];
      std::vector<Sum> sums(table.bins);
      for (std::size_t u : piece_units_[q]) {
        unit_counts_[u].emplace_back();
        Sum all;
        for (std::size_t b = 0; b < table.bins; ++b) {
          const int column = NewColumn();
          unit_counts_[u].back().push_back(column);
          all.push_back({column, 1});
          sums[b].push_back({column, 1});
        }
        const auto size = static_cast<double>(SizeOf(table, cohort_.units[u], t));
        Require(all, size, size);
      }
      for (std::size_t b = 0; b < table.bins; ++b) {
        sums[b].push_back({counts_[q][t][b], -1});
        Require(sums[b], 0, 0);
      }
    }
    for (const Inequality& inequality : cohort_.inequalities) {
      const bool by_row =
          std::all_of(inequality.terms.begin(), inequality.terms.end(),
                      [&](const auto& term) { return cohort_.tables[term.table].strata; });
      for (std::size_t r = 0; r < (by_row ? cohort_.rows() : 1); ++r) {
        Sum sum;
        for (const Inequality::Term& term : inequality.terms) {
          const std::size_t bins = cohort_.tables[term.table].bins;
          sum.push_back(
              {counts_[q][term.table][r * bins + term.bin], static_cast<double>(term.factor)});
        }
        Require(sum, 0, INFINITY);
      }
    }
  }
}

Attacker::Sum Attacker::ItemOfGroup(std::size_t group, std::size_t t, std::size_t row,
                                    std::size_t item) const {
  const PersonTable& table = cohort_.tables[t];
  Sum sum;
  for (std::size_t q = 0; q < piece_groups_.size(); ++q) {
    if (!std::count(piece_groups_[q].begin(), piece_groups_[q].end(), group)) continue;
    for (std::size_t b = 0; b < table.bins; ++b) {
      if (table.items[item].Has(b)) sum.push_back({counts_[q][t][row * table.bins + b], 1});
    }
  }
  return sum;
}

Attacker::Sum Attacker::ItemOfUnit(std::size_t unit, std::size_t t, std::size_t item) const {
  Sum sum;
  for (std::size_t b = 0; b < cohort_.tables[t].bins; ++b) {
    if (cohort_.tables[t].unit_items[item].Has(b)) sum.push_back({unit_counts_[unit][t][b], 1});
  }
  return sum;
}

Attacker::Sum Attacker::RowOfGroup(std::size_t group, std::size_t row, bool later) const {
  Sum sum;
  for (std::size_t q = 0; q < piece_groups_.size(); ++q) {
    if (!std::count(piece_groups_[q].begin(), piece_groups_[q].end(), group)) continue;
    sum.push_back({later ? rows_second_[q][row] : rows_first_[q][row], 1});
  }
  return sum;
}

void Attacker::AddPublished() {
  const Sheets& sheets = tables_.sheets;
  for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
    const PersonTable& table = cohort_.tables[t];
    for (std::size_t g = 0; g < cohort_.groups.size(); ++g) {
      for (std::size_t r = 0; r < (table.strata ? cohort_.rows() : 1); ++r) {
        const Coarseness line = LineCoarseness(cohort_, sums_, sheets, g, t, r);
        for (std::size_t i = 0; i < table.items.size(); ++i) {
          if (!table.Prints(i, r)) continue;
          RequireShown(ItemOfGroup(g, t, r, i),
                       ItemCount(table, table.items[i], sums_.counts[g][t], r), line);
        }
      }
    }
    for (std::size_t u = 0; u < cohort_.units.size(); ++u) {
      for (std::size_t i = 0; i < table.unit_items.size(); ++i) {
        RequireShown(ItemOfUnit(u, t, i),
                     ItemCount(table, table.unit_items[i], cohort_.units[u].counts[t], 0),
                     sheets.units[u][t]);
      }
    }
  }
}

void Attacker::AddProfiles() {
  for (std::size_t g = 0; g < profile_.cohort.groups.size(); ++g) {
    for (std::size_t r = 1; r < cohort_.rows(); ++r) {
      const std::size_t d = cohort_.DimensionOf(r) - 1;
      RequireShown(RowOfGroup(g, r, false), sums_.profile[g][r], profile_.sheets.profile[g][d]);
      if (!mistakes_.profile_repeated) continue;
      std::int64_t count = 0;
      for (std::size_t b = 0; b < cohort_.tables[0].bins; ++b) {
        count += sums_.counts[g][0][r * cohort_.tables[0].bins + b];
      }
      RequireShown(RowOfGroup(g, r, true), count, profile_.sheets.profile[g][d]);
    }
  }
}

double Attacker::Optimum(const Sum& sum, int direction) {
  for (int c = 0; c <= glp_get_num_cols(problem_.get()); ++c) {
    glp_set_obj_coef(problem_.get(), c, 0);
  }
  for (const Term& term : sum) glp_set_obj_coef(problem_.get(), term.column, term.factor);
  glp_set_obj_dir(problem_.get(), direction);
  glp_smcp options;
  glp_init_smcp(&options);
  options.msg_lev = GLP_MSG_OFF;
  if (glp_simplex(problem_.get(), &options) != 0 || glp_get_status(problem_.get()) != GLP_OPT) {
    glp_adv_basis(problem_.get(), 0);
    glp_simplex(problem_.get(), &options);
  }
  return glp_get_status(problem_.get()) == GLP_OPT ? glp_get_obj_val(problem_.get()) : NAN;
}

double Attacker::Width(const SuppressedCell& cell) {
  Sum sum;
  switch (cell.kind) {
    case SuppressedCell::Kind::kGroup:
      sum = ItemOfGroup(cell.place, cell.table, cell.row, cell.item);
      break;
    case SuppressedCell::Kind::kUnit:
      sum = ItemOfUnit(cell.place, cell.table, cell.item);
      break;
    case SuppressedCell::Kind::kProfile:
      sum = RowOfGroup(cell.place, cell.row, false);
      break;
  }
  const double width = Optimum(sum, GLP_MAX) - Optimum(sum, GLP_MIN);
  return std::isnan(width) ? -1 : width;
}

}  // namespace tram::server::test
