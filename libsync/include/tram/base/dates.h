// Calendar dates as days since 1970-01-01 (proleptic Gregorian), and months as text "YYYY-MM".
// Source of the day arithmetic: std::chrono's civil calendar (C++20).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tram/base/result.h"

namespace tram {

/// A date; `days` since 1970-01-01. Valid between the years 1 and 9999.
struct Date {
  std::int32_t days = 0;
  friend auto operator<=>(const Date&, const Date&) = default;
};

inline constexpr std::int32_t kDateDaysMin = -719162;  // 0001-01-01
inline constexpr std::int32_t kDateDaysMax = 2932896;  // 9999-12-31
/// Minutes that Viet Nam's clocks (Asia/Ho_Chi_Minh) are ahead of UTC; no summer time.
inline constexpr int kLocalMinutes = 7 * 60;

/// Errors: invalid (not YYYY-MM-DD, or no such day).
Result<Date> ParseIsoDate(std::string_view text);
/// dd/mm/yyyy or d/m/yyyy, as people type; also YYYY-MM-DD. Errors: invalid.
Result<Date> ParsePersonDate(std::string_view text);
std::string IsoDate(Date date);
Date DateOf(int year, unsigned month, unsigned day);  // must exist
Date AddMonths(Date date, int months);  // the last day of the month where the day does not exist
Date MonthEnd(Date date);
std::string MonthText(Date date);  // "2026-11"
/// Errors: invalid (not YYYY-MM). The first day of the month.
Result<Date> ParseMonth(std::string_view text);

/// The local calendar day of a moment, in milliseconds since 1970-01-01 UTC.
Date LocalDate(std::int64_t unix_ms);
/// "2026-11-21 22:13" in local time.
std::string LocalTimeText(std::int64_t unix_ms);
/// 00:00 local time of a day, in milliseconds since 1970-01-01 UTC.
std::int64_t StartOfLocalDay(Date date);

}  // namespace tram
