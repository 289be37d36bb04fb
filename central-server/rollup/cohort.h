// Cohort: the exact counts of one year's persons, as the suppression of small numbers reads them:
// who is counted (units), in which sums they are published (groups of units: the country, provinces
// as they were and as they are), by what they are told apart (rows), and which tables are made of
// them. Values only. What is done with it: suppression.h.
// Threads: values, no shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tram::server {

/// A published number of a table: persons in any of some of its bins.
struct TableItem {
  std::string name;
  std::uint32_t bins = 0;  // bit b: bin b is in it
  bool in_rows = true;     // by row, too, where the table has rows
  bool Has(std::size_t bin) const { return ((bins >> bin) & 1u) != 0; }
};

inline constexpr std::size_t kTableBinsMax = 32;

/// A partition of the cohort's persons into bins, and what is published of it.
struct PersonTable {
  std::string indicator;
  std::size_t bins = 0;
  std::vector<TableItem> items;       // of groups
  std::vector<TableItem> unit_items;  // of single units; empty: none
  bool Prints(std::size_t item, std::size_t row) const {
    return row == 0 || (strata && items[item].in_rows);
  }
  bool strata = false;  // one line for each row, too
  std::int64_t cohort_min = 8;
  /// Drawn only where no number of it is suppressed.
  bool whole_only = false;
};

/// A sum that is never negative, whoever the persons are: in each row of each place.
struct Inequality {
  struct Term {
    std::size_t table = 0, bin = 0;
    int factor = 1;
  };
  std::vector<Term> terms;
};

/// Rows `first` … `first + names.size() - 1` tell all persons apart; row 0 is everybody.
struct RowRange {
  std::string dimension;
  std::size_t first = 1;
  std::vector<std::string> names;
};

/// How far counts are rounded; the width of what a number may stand for grows with it.
enum class Coarseness : std::uint8_t { kFive, kTen, kTwenty, kNotDrawn };

struct CohortGroup {
  /// Its tables are drawn; else only its profile is there, from an earlier release.
  bool tables = true;
  /// Of an earlier release, one for each dimension; empty: none was made.
  std::vector<Coarseness> profile;
};

struct CohortUnit {
  std::int64_t number = 0;
  std::vector<std::size_t> groups;  // those that it is in; ascending
  /// Persons by row when the profile was released; [0] is the cohort then.
  std::vector<std::int64_t> profile;
  std::vector<std::vector<std::int64_t>> counts;  // [table][row * bins + bin]
};

/// Group 0 is the country. Every unit is in group 0.
struct Cohort {
  std::vector<RowRange> dimensions;
  std::vector<PersonTable> tables;
  std::vector<Inequality> inequalities;
  std::vector<CohortGroup> groups;
  std::vector<CohortUnit> units;
  /// The profile was released before and stays: only the tables can be made coarser.
  bool profile_fixed = false;
  /// Persons by row are published, with this release or before it.
  bool profile_drawn = true;

  std::size_t rows() const {
    return dimensions.empty() ? 1 : dimensions.back().first + dimensions.back().names.size();
  }
  /// 1-based; 0 for row 0. How sheets of rows are numbered, too.
  std::size_t DimensionOf(std::size_t row) const {
    std::size_t dimension = 0;
    while (dimension < dimensions.size() && dimensions[dimension].first <= row) ++dimension;
    return dimension;
  }
};

}  // namespace tram::server
