// Sums of indicator rows, and what a table's line is made of. Pure functions.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "rollup/report.h"

namespace tram::server {

/// The sum of some rows of one indicator.
class FigureSum {
 public:
  void Add(const IndicatorRow& row);

  /// Fills in what the indicator's shape asks for. Errors: invalid (a bin that is no day, or counts
  /// that cannot be).
  Status Fill(const Indicator& indicator, ReportRow& row) const;

 private:
  Status FillSurvival(ReportRow& row) const;
  void FillStates(const Indicator& indicator, ReportRow& row) const;

  struct Sums {
    std::int64_t numerator = 0, denominator = 0;
  };
  std::map<std::string, Sums> bins_;
  std::int64_t cohort_ = 0;
};

}  // namespace tram::server
