// Figures as the pages write them in Vietnamese ("2.995", "0,9", "54 %", "*"), compared with exact
// ones; each comparison is counted. Threads: one.
#pragma once

#include <optional>
#include <string>

#include "tests/e2e/demonstration_pages/recomputed.h"

namespace tram::test {

/// "2.995" is 2995; nothing where it is no whole number.
std::optional<std::int64_t> ShownCount(const std::string& text);
/// "29,2 %" and "0,9"; nothing where it is no number.
std::optional<double> ShownDecimal(std::string text);

/// What is compared, and how often; each difference fails the test with its place.
class Comparison {
 public:
  void Count(const std::string& where, const std::string& shown, std::int64_t exact);
  /// The nearest whole percent; "–" of nothing.
  void Percent(const std::string& where, const std::string& shown, const ExactCounts& exact);
  /// With one decimal; "–" of nothing.
  void Ratio(const std::string& where, const std::string& shown, const ExactCounts& exact);
  /// A share, with one decimal of a percent, from `share` 0 to 1; nothing: "-".
  void Share(const std::string& where, const std::string& shown, std::optional<double> share);
  /// "55,2-95,3 %": Wilson's interval; nothing: "-".
  void Wilson(const std::string& where, const std::string& shown, double part, double whole,
              bool is_shown = true);
  /// As a released number: "*" up to 7, else to the nearest multiple of `step`, halves up, and at
  /// least one step.
  void Rounded(const std::string& where, const std::string& shown, std::int64_t exact,
               std::int64_t step);
  void Same(const std::string& where, const std::string& shown, const std::string& expected);
  /// Within a half of the last digit shown, and a little for the arithmetic.
  void Near(const std::string& where, double shown, double expected, double tolerance);

  long count() const { return count_; }
  long hidden() const { return hidden_; }

 private:
  void NearestOf(const std::string& where, const std::string& shown, std::int64_t scaled,
                 const ExactCounts& exact, std::int64_t scale);
  long count_ = 0, hidden_ = 0;
};

inline constexpr std::int64_t kHiddenUpTo = 7;
/// What a released number is rounded to. Pre: above 7.
std::int64_t RoundedTo(std::int64_t exact, std::int64_t step);

}  // namespace tram::test
