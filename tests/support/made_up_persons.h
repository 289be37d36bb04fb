// Random persons with what became of them, as rows of the default programme's person indicators.
// Threads: values.
#pragma once

#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "tram/programme/programme.h"

namespace tram::test {

class MadeUpPersons {
 public:
  MadeUpPersons(const Programme& programme, unsigned seed) : programme_(programme), random_(seed) {}

  /// One more, of a year: a first episode in it.
  void Add(int year);
  /// Of all added so far.
  std::vector<IndicatorFigures> Figures() const;

 private:
  using Cell = std::tuple<std::string, std::string, std::string>;  // period, stratum, bin

  unsigned Below(unsigned end) { return static_cast<unsigned>(random_() % end); }
  void AddRow(const std::string& indicator, const std::string& period, const std::string& stratum,
              const std::string& bin, std::int64_t numerator, std::int64_t denominator);
  std::string Code(const std::string& dimension);
  void AddOutcome(const std::string& period, const std::string& end);

  const Programme& programme_;
  std::mt19937 random_;
  std::map<std::string, std::map<Cell, std::pair<std::int64_t, std::int64_t>>> sums_;
};

}  // namespace tram::test
