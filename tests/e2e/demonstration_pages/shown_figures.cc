#include "tests/e2e/demonstration_pages/shown_figures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tram::test {
namespace {

constexpr char kNone[] = "–", kNotShown[] = "-";
constexpr double kLastDigit = 0.05 + 1e-9;  // half of it, of a percent with one decimal
constexpr double kNormal975 = 1.959963984540054;

std::string Without(std::string text, char what) {
  std::erase(text, what);
  return text;
}

std::string WithoutPercent(const std::string& text) {
  return text.ends_with(" %") ? text.substr(0, text.size() - 2) : "no percent: " + text;
}

template <class Number>
std::optional<Number> Whole(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::int64_t> ShownCount(const std::string& text) {
  return Whole<std::int64_t>(Without(text, '.'));
}

std::optional<double> ShownDecimal(std::string text) {
  if (text.find('.') != text.npos) return std::nullopt;
  std::replace(text.begin(), text.end(), ',', '.');
  return Whole<double>(text);
}

std::int64_t RoundedTo(std::int64_t exact, std::int64_t step) {
  const std::int64_t down = exact / step * step;
  const std::int64_t nearest = 2 * (exact - down) >= step ? down + step : down;
  // 5 is odd: its half is between two whole numbers.
  return std::max(step, nearest);
}

void Comparison::Count(const std::string& where, const std::string& shown, std::int64_t exact) {
  ++count_;
  const auto count = ShownCount(shown);
  EXPECT_TRUE(count && *count == exact)
      << where << ": '" << shown << "' on the page, not " << exact;
}

void Comparison::NearestOf(const std::string& where, const std::string& shown, std::int64_t scaled,
                           const ExactCounts& exact, std::int64_t scale) {
  ++count_;
  // |shown - exact| <= 1/2, in whole numbers.
  const std::int64_t off = std::abs(2 * (scaled * exact.denominator - scale * exact.numerator));
  EXPECT_LE(off, exact.denominator) << where << ": '" << shown << "' on the page, not "
                                    << exact.numerator << "/" << exact.denominator;
}

void Comparison::Percent(const std::string& where, const std::string& shown,
                         const ExactCounts& exact) {
  if (exact.denominator == 0) return Same(where, shown, kNone);
  const auto percent = Whole<std::int64_t>(WithoutPercent(shown));
  if (!percent) return Same(where, shown, "a percentage");
  NearestOf(where, shown, *percent, exact, 100);
}

void Comparison::Ratio(const std::string& where, const std::string& shown,
                       const ExactCounts& exact) {
  if (exact.denominator == 0) return Same(where, shown, kNone);
  const std::size_t comma = shown.find(',');
  const auto tenths = Whole<std::int64_t>(Without(shown, ','));
  if (!tenths || comma + 2 != shown.size()) return Same(where, shown, "a number with a decimal");
  NearestOf(where, shown, *tenths, exact, 10);
}

void Comparison::Share(const std::string& where, const std::string& shown,
                       std::optional<double> share) {
  if (!share) return Same(where, shown, kNotShown);
  const auto percent = ShownDecimal(WithoutPercent(shown));
  if (!percent) return Same(where, shown, "a share of " + std::to_string(*share));
  Near(where, *percent, 100 * *share, kLastDigit);
}

void Comparison::Wilson(const std::string& where, const std::string& shown, double part,
                        double whole, bool is_shown) {
  if (!is_shown || whole <= 0) return Same(where, shown, kNotShown);
  const std::string text = WithoutPercent(shown);
  const std::size_t dash = text.find('-');
  const auto low = ShownDecimal(text.substr(0, dash));
  const auto high = dash == text.npos ? std::nullopt : ShownDecimal(text.substr(dash + 1));
  if (!low || !high) return Same(where, shown, "an interval");
  // E. B. Wilson, JASA 22 (1927): the shares that a test at 5 % does not refuse.
  const double p = part / whole, z2 = kNormal975 * kNormal975;
  const double middle = p + z2 / (2 * whole);
  const double width = kNormal975 * std::sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole));
  Near(where, *low, 100 * (middle - width) / (1 + z2 / whole), kLastDigit);
  Near(where, *high, 100 * (middle + width) / (1 + z2 / whole), kLastDigit);
}

void Comparison::Rounded(const std::string& where, const std::string& shown, std::int64_t exact,
                         std::int64_t step) {
  ++count_;
  if (exact <= kHiddenUpTo) {
    ++hidden_;
    EXPECT_EQ(shown, "*") << where << " is " << exact;
    return;
  }
  const auto count = ShownCount(shown);
  EXPECT_TRUE(count && *count == RoundedTo(exact, step))
      << where << ": '" << shown << "' on the page, not " << exact << " to the nearest " << step;
}

void Comparison::Same(const std::string& where, const std::string& shown,
                      const std::string& expected) {
  ++count_;
  EXPECT_EQ(shown, expected) << where;
}

void Comparison::Near(const std::string& where, double shown, double expected, double tolerance) {
  ++count_;
  EXPECT_NEAR(shown, expected, tolerance) << where;
}

}  // namespace tram::test
