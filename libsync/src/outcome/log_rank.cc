#include "tram/outcome/log_rank.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <map>

namespace tram {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// What happens on one day, by group.
struct Day {
  std::vector<std::int64_t> events, leaving;
};

struct Sums {
  LogRank test;
  Matrix variance;
};

Sums SumOver(const std::map<std::int64_t, Day>& days, std::vector<std::int64_t> at_risk) {
  const std::size_t groups = at_risk.size();
  Sums sums{{}, Matrix(groups, std::vector<double>(groups))};
  sums.test.groups.resize(groups);
  for (std::size_t g = 0; g < groups; ++g) sums.test.groups[g].persons = at_risk[g];
  for (const auto& [number, day] : days) {
    double n = 0, d = 0;
    for (std::size_t g = 0; g < groups; ++g) {
      n += static_cast<double>(at_risk[g]);
      d += static_cast<double>(day.events[g]);
      sums.test.groups[g].observed += day.events[g];
    }
    for (std::size_t g = 0; d > 0 && g < groups; ++g) {
      const double share = static_cast<double>(at_risk[g]) / n;
      sums.test.groups[g].expected += d * share;
      if (n <= 1) continue;  // one person alone varies with nobody
      const double spread = d * (n - d) / (n - 1) * share;
      for (std::size_t h = 0; h < groups; ++h) {
        sums.variance[g][h] += spread * ((g == h ? 1 : 0) - static_cast<double>(at_risk[h]) / n);
      }
    }
    for (std::size_t g = 0; g < groups; ++g) at_risk[g] -= day.leaving[g];
  }
  return sums;
}

/// x'·A⁻¹·x by elimination with the greatest pivot; nothing where A is singular.
std::optional<double> QuadraticForm(Matrix a, const std::vector<double>& x) {
  const std::size_t n = x.size();
  std::vector<double> y = x;
  double scale = 0;
  for (std::size_t i = 0; i < n; ++i) scale = std::max(scale, std::abs(a[i][i]));
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t j = i + 1; j < n; ++j) {
      if (std::abs(a[j][i]) > std::abs(a[pivot][i])) pivot = j;
    }
    if (std::abs(a[pivot][i]) <= 1e-14 * scale) return std::nullopt;
    std::swap(a[i], a[pivot]);
    std::swap(y[i], y[pivot]);
    for (std::size_t j = i + 1; j < n; ++j) {
      const double factor = a[j][i] / a[i][i];
      for (std::size_t k = i; k < n; ++k) a[j][k] -= factor * a[i][k];
      y[j] -= factor * y[i];
    }
  }
  double form = 0;
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) y[i] -= a[i][j] * y[j];
    y[i] /= a[i][i];
    form += x[i] * y[i];
  }
  return form;
}

/// Chi-square over the groups of which events are expected; the first of them follows from the
/// others.
void Conclude(const Matrix& variance, LogRank& test) {
  std::vector<std::size_t> used;
  for (std::size_t g = 0; g < test.groups.size(); ++g) {
    if (test.groups[g].expected > 0) used.push_back(g);
  }
  if (used.size() < 2) return;
  used.erase(used.begin());
  Matrix part(used.size());
  std::vector<double> difference;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const LogRank::Group& group = test.groups[used[i]];
    difference.push_back(static_cast<double>(group.observed) - group.expected);
    for (std::size_t other : used) part[i].push_back(variance[used[i]][other]);
  }
  auto chi_square = QuadraticForm(std::move(part), difference);
  if (!chi_square) return;
  test.degrees = static_cast<int>(used.size());
  test.chi_square = std::max(0.0, *chi_square);
  test.p = boost::math::gamma_q(0.5 * test.degrees, 0.5 * *test.chi_square);
}

}  // namespace

Result<LogRank> LogRankTest(std::span<const std::vector<SurvivalRow>> groups) {
  std::map<std::int64_t, Day> days;
  std::vector<std::int64_t> persons(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const SurvivalRow& row : groups[g]) {
      TRAM_TRY(CheckSurvivalRow(row));
      if (row.leaving == 0) continue;
      Day& day = days[row.day];
      day.events.resize(groups.size());
      day.leaving.resize(groups.size());
      day.events[g] += row.events;
      day.leaving[g] += row.leaving;
      persons[g] += row.leaving;
    }
  }
  Sums sums = SumOver(days, std::move(persons));
  Conclude(sums.variance, sums.test);
  return std::move(sums.test);
}

}  // namespace tram
