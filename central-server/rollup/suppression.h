// Suppression of small numbers: the one function behind pages, exports and the interface for
// everyone above the unit. From exact counts it decides how coarse each sheet must be (the lines of
// one table for one place: everybody, or the rows of one dimension) so that nobody can bound a
// suppressed count to a width below kWidthMin from everything published.
// Rules, algorithm, proof and what remains: libsync/docs/suppression.md.
// Threads: pure functions.
#pragma once

#include <optional>
#include <vector>

#include "rollup/cohort.h"

namespace tram::server {

inline constexpr std::int64_t kSuppressedMax = 7;
inline constexpr std::int64_t kCohortMin = kSuppressedMax + 1;
inline constexpr std::int64_t kCurveCohortMin = 50;
/// Highest minus lowest possible value of a suppressed count.
inline constexpr std::int64_t kWidthMin = 5;

/// What is shown of a count; nothing: "*". `coarseness` is not kNotDrawn.
std::optional<std::int64_t> ShownCount(std::int64_t count, Coarseness coarseness);

/// What a shown count can stand for.
struct CountBounds {
  std::int64_t low = 0, high = 0;
};
CountBounds BoundsOf(std::optional<std::int64_t> shown, Coarseness coarseness);

/// How coarse each sheet is.
struct Sheets {
  std::vector<std::vector<std::vector<Coarseness>>> groups;  // [group][table][0: all, dimension…]
  std::vector<std::vector<std::vector<bool>>> hidden_rows;   // [group][table][row]
  std::vector<std::vector<Coarseness>> units;                // [unit][table]
  std::vector<std::vector<Coarseness>> profile;              // [group][dimension]
};

/// Sums of a cohort over the units of each group.
struct GroupSums {
  std::vector<std::vector<std::int64_t>> profile;              // [group][row]
  std::vector<std::vector<std::vector<std::int64_t>>> counts;  // [group][table][row * bins + bin]
};
GroupSums SumGroups(const Cohort& cohort);

std::int64_t ItemCount(const PersonTable& table, const TableItem& item,
                       const std::vector<std::int64_t>& counts, std::size_t row);
/// How coarse a line is, kNotDrawn where it is not printed: its sheet is not, or its persons are
/// fewer than 8 by what is published, or it is hidden.
Coarseness LineCoarseness(const Cohort& cohort, const GroupSums& sums, const Sheets& sheets,
                          std::size_t group, std::size_t table, std::size_t row);

/// The sheets before any is made coarser: kFive, and kNotDrawn where a cohort is too small.
Sheets FirstSheets(const Cohort& cohort, const GroupSums& sums);

/// Pre: the counts of each row's bins sum up to its persons, rows of a dimension to everybody.
/// Post: for each suppressed number drawn there are two data sets that give the same publication
/// and differ in it by kWidthMin or more. The same cohort always gives the same sheets.
Sheets Suppress(const Cohort& cohort);

}  // namespace tram::server
