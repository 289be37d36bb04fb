#include "tram/base/dates.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <vector>

namespace tram {
namespace {

namespace ch = std::chrono;

ch::year_month_day Civil(Date date) {
  return ch::year_month_day(ch::sys_days(ch::days(date.days)));
}

std::optional<int> Number(std::string_view text, std::size_t digits_min, std::size_t digits_max) {
  if (text.size() < digits_min || text.size() > digits_max) return std::nullopt;
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

Result<Date> Checked(int year, int month, int day, std::string_view text) {
  ch::year_month_day civil{ch::year(year), ch::month(static_cast<unsigned>(month)),
                           ch::day(static_cast<unsigned>(day))};
  if (!civil.ok() || year < 1 || year > 9999) {
    return MakeError(ErrorCode::kInvalid, "there is no day " + std::string(text));
  }
  return Date{static_cast<std::int32_t>(ch::sys_days(civil).time_since_epoch().count())};
}

}  // namespace

Result<Date> ParseIsoDate(std::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    auto year = Number(text.substr(0, 4), 4, 4);
    auto month = Number(text.substr(5, 2), 2, 2);
    auto day = Number(text.substr(8, 2), 2, 2);
    if (year && month && day) return Checked(*year, *month, *day, text);
  }
  return MakeError(ErrorCode::kInvalid,
                   "'" + std::string(text) + "' is not a date; write YYYY-MM-DD");
}

Result<Date> ParsePersonDate(std::string_view text) {
  auto first = text.find('/');
  auto second = first == text.npos ? text.npos : text.find('/', first + 1);
  if (second != text.npos) {
    auto day = Number(text.substr(0, first), 1, 2);
    auto month = Number(text.substr(first + 1, second - first - 1), 1, 2);
    auto year = Number(text.substr(second + 1), 4, 4);
    if (day && month && year) return Checked(*year, *month, *day, text);
  }
  if (auto iso = ParseIsoDate(text)) return iso;
  return MakeError(ErrorCode::kInvalid,
                   "'" + std::string(text) + "' is not a date; write dd/mm/yyyy or YYYY-MM-DD");
}

std::string IsoDate(Date date) {
  ch::year_month_day civil = Civil(date);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(civil.year()),
                static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()));
  return text;
}

Date DateOf(int year, unsigned month, unsigned day) {
  ch::year_month_day civil{ch::year(year), ch::month(month), ch::day(day)};
  TRAM_ASSERT(civil.ok());
  return Date{static_cast<std::int32_t>(ch::sys_days(civil).time_since_epoch().count())};
}

Date AddMonths(Date date, int months) {
  ch::year_month_day civil = Civil(date);
  ch::year_month target = ch::year_month(civil.year(), civil.month()) + ch::months(months);
  ch::year_month_day moved = target / civil.day();
  if (!moved.ok()) moved = ch::year_month_day(target / ch::last);
  return Date{static_cast<std::int32_t>(ch::sys_days(moved).time_since_epoch().count())};
}

Date MonthEnd(Date date) {
  ch::year_month_day civil = Civil(date);
  auto last = ch::sys_days(civil.year() / civil.month() / ch::last);
  return Date{static_cast<std::int32_t>(last.time_since_epoch().count())};
}

std::string MonthText(Date date) { return IsoDate(date).substr(0, 7); }

Result<Date> ParseMonth(std::string_view text) {
  if (auto date = ParseIsoDate(std::string(text) + "-01")) return date;
  return MakeError(ErrorCode::kInvalid,
                   "'" + std::string(text) + "' is not a month; write YYYY-MM");
}

namespace {
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t kLocalMs = kLocalMinutes * 60LL * 1000;

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// A peer may say any time: within the years that dates have.
std::int64_t LocalMs(std::int64_t unix_ms) {
  constexpr std::int64_t kFirst = kDateDaysMin * kDayMs, kEnd = (kDateDaysMax + 1) * kDayMs;
  return std::clamp(unix_ms, kFirst - kLocalMs, kEnd - 1 - kLocalMs) + kLocalMs;
}
}  // namespace

Date LocalDate(std::int64_t unix_ms) {
  return Date{static_cast<std::int32_t>(FloorDiv(LocalMs(unix_ms), kDayMs))};
}

std::string LocalTimeText(std::int64_t unix_ms) {
  std::int64_t minutes = FloorDiv(LocalMs(unix_ms), 60'000);
  std::int64_t of_day = minutes - FloorDiv(minutes, 1440) * 1440;
  char text[16];
  std::snprintf(text, sizeof text, " %02d:%02d", static_cast<int>(of_day / 60),
                static_cast<int>(of_day % 60));
  return IsoDate(LocalDate(unix_ms)) + text;
}

std::int64_t StartOfLocalDay(Date date) { return date.days * kDayMs - kLocalMs; }

}  // namespace tram
