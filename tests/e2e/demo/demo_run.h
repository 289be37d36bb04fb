// The demonstration: one real server, the units in two threads, month after month from the first
// unit's opening until the last month is published.
// Threads: one; each unit and its devices belong to one of two threads of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/demo/demo_unit.h"

namespace tram::demo {

class Demonstration {
 public:
  /// `units`: only the first so many, 0 for all.
  Demonstration(std::filesystem::path folder, std::size_t units);

  /// Lives through all months. Post: the clock says DemoToday(), and December is published.
  Status Run();
  /// The units' records for other programs to read: export/CODE/TYPE.csv and units.csv.
  Status Export();
  /// Lets go of the devices' folders.
  void CloseUnits() { units_.clear(); }

  const DemoServer& server() const { return server_; }
  const std::vector<std::unique_ptr<DemoUnit>>& units() const { return units_; }
  DemoTotals Totals() const;
  double Seconds() const;

 private:
  class Crew;
  Status LiveMonths();
  Status AwaitPublication();
  void ShowProgress(Date day);

  std::filesystem::path folder_;
  DemoServer server_;
  std::vector<std::unique_ptr<DemoUnit>> units_;
  std::size_t unit_months_ = 0;
  std::string shown_year_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace tram::demo
