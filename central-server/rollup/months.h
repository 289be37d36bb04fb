// Which months' figures are open, and when a month is published: at 00:00 local time
// (Asia/Ho_Chi_Minh) on the 4th of the next month. From then on its rows stay.
// Threads: pure functions.
#pragma once

#include <vector>

#include "tram/base/dates.h"

namespace tram::server {

inline constexpr unsigned kPublicationDay = 4;

/// The moment at which the month of `as_of` is published.
inline std::int64_t PublicationMs(Date as_of) {
  return StartOfLocalDay(Date{MonthEnd(as_of).days + static_cast<std::int32_t>(kPublicationDay)});
}

/// Ends of the months whose figures follow what comes in: the month of `now_ms` and, before its
/// publication, the one before it. Newest first.
inline std::vector<Date> OpenMonths(std::int64_t now_ms) {
  const Date current = MonthEnd(LocalDate(now_ms));
  const Date before = MonthEnd(AddMonths(current, -1));
  std::vector<Date> open{current};
  if (now_ms < PublicationMs(before)) open.push_back(before);
  return open;
}

}  // namespace tram::server
