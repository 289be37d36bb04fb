// Data sets: every table of the pages that may be taken away, each made by one function that asks
// Authorise as its page does, and reads what its page reads with the same code. What they are:
// libsync/docs/exports.md.
//
// A data set reads its parameters from the address, under the names that its page uses.
// Threads: the owner's.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "exports/data_table.h"
#include "web/page.h"

namespace tram::server {

struct DataParameter {
  std::string_view name;     // "month"
  std::string_view example;  // "2026-10"
  Label about;
  bool required = false;
  /// The only values that it takes; empty: any.
  std::vector<std::string_view> choices = {};
};

struct DataSet {
  std::string_view name;  // "units": of the file, and in addresses
  Right right = Right::kActivity;
  Label title, about;
  std::vector<DataParameter> parameters;
  /// Errors: denied | invalid (a parameter) | not_found (a place) | corrupt | io.
  Result<DataTable> (*make)(PageCall& call) = nullptr;
};

/// In the order in which they are listed.
const std::vector<DataSet>& DataSets();
/// Null where there is none.
const DataSet* DataSetNamed(const std::vector<DataSet>& sets, std::string_view name);
/// Of the address: none is unknown (a misspelt filter would give figures of something else), none
/// is missing, each has a value that it takes. Errors: invalid.
Status CheckParameters(const PageCall& call, const std::vector<DataParameter>& parameters);
/// Its table, to be taken away: it outlives what a page says above it, so sums that are not whole
/// are not given. Pre: the caller may have it, and its parameters are right.
/// Errors: those of `make` | overloaded (the server still reads its figures: come back).
Result<DataTable> WholeTable(PageCall& call, const DataSet& set);

// Each file of data sets names its own; data_sets.cc joins them.
std::vector<DataSet> OverviewSets();
std::vector<DataSet> UnitSets();
std::vector<DataSet> ReleasedSets();
std::vector<DataSet> AdministrationSets();

}  // namespace tram::server
