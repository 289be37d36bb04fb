// The demonstration's figures once more, from the units' export files alone: the rows of
// tests/e2e/outcomes/recompute.R, and in which province each unit was. No code of the server.
// Threads: one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tram::test {

enum class Time { kThen, kNow };  // provinces before and since July 2025

struct ExactCounts {
  std::int64_t numerator = 0, denominator = 0;
  friend bool operator==(const ExactCounts&, const ExactCounts&) = default;
};

struct KeptUnit {
  std::string code, name, then, now;  // codes of its provinces
};

class Recomputed {
 public:
  /// Runs R, for the figures as of that day; `scratch` is made. Fails the test where it cannot.
  Recomputed(const std::filesystem::path& kept, const std::string& as_of,
             const std::filesystem::path& scratch);

  /// In order of their codes.
  const std::vector<KeptUnit>& units() const { return units_; }
  /// "" is the country. Units that did not open yet are among them.
  std::set<std::string> UnitsOf(const std::string& province, Time time) const;
  /// Codes of provinces with units.
  std::set<std::string> Provinces(Time time) const;

  /// The sum of what the units have; `period`: a month, a year, or "" for everything.
  ExactCounts Sum(const std::set<std::string>& units, const std::string& indicator,
                  const std::string& period, const std::string& bin = "",
                  const std::string& stratum = "all") const;
  /// The same for every bin that there is, of everybody.
  std::map<std::string, ExactCounts> ByBin(const std::set<std::string>& units,
                                           const std::string& indicator,
                                           const std::string& period) const;
  std::set<std::string> Strata(const std::string& indicator) const;

 private:
  struct Row {
    std::string unit, period, bin;
    ExactCounts counts;
  };
  const std::vector<Row>& Rows(const std::string& indicator, const std::string& stratum) const;

  std::vector<KeptUnit> units_;
  std::map<std::string, std::map<std::string, std::vector<Row>>> rows_;  // by indicator, stratum
};

}  // namespace tram::test
