// BenchTable: what was measured, beside what it is compared with: one table for people, or one JSON
// document. Bars are printed and never asserted: a machine that is busy is no defect.
// Threads: a value.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace tram::bench {

struct BenchRow {
  std::string name;
  std::optional<double> ours;  // nothing: not measured, `remark` says why
  std::string unit;            // of `ours`, of the baseline and of the bar
  int decimals = 0;
  std::optional<double> baseline;  // measured in the same run
  std::string baseline_name;
  std::optional<double> bar;  // `ours` is to be at most this
  bool bar_is_ratio = false;  // the bar is of ours / baseline
  std::string remark;
};

class BenchTable {
 public:
  void Add(BenchRow row) { rows_.push_back(std::move(row)); }
  /// A row that could not be measured.
  void Skip(const std::string& name, const std::string& why);

  /// `heading`: lines about the machine and the run.
  std::string Text(const std::vector<std::string>& heading) const;
  nlohmann::ordered_json Json() const;

 private:
  std::vector<BenchRow> rows_;
};

}  // namespace tram::bench
