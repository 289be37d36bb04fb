#include "programme/sandbox_functions.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "tram/base/dates.h"
#include "tram/base/vietnamese.h"

namespace tram {
namespace {

constexpr auto kAllowed = std::to_array<std::string_view>(
    {"abs",       "add_days", "add_months", "age_years",   "avg",        "coalesce",   "count",
     "date_of",   "days",     "dense_rank", "first_value", "fold",       "glob",       "has",
     "ifnull",    "iif",      "instr",      "lag",         "last_value", "lead",       "length",
     "like",      "lower",    "ltrim",      "max",         "min",        "month_end",  "month_of",
     "nth_value", "ntile",    "nullif",     "rank",        "round",      "row_number", "rtrim",
     "sign",      "substr",   "substring",  "sum",         "total",      "trim",       "typeof",
     "unicode",   "upper"});
static_assert(std::is_sorted(kAllowed.begin(), kAllowed.end()));

using Arguments = sqlite3_value**;

std::string_view TextOf(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void Return(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Fail(sqlite3_context* context, const std::string& message) {
  sqlite3_result_error(context, message.c_str(), static_cast<int>(message.size()));
}

bool AnyNull(int count, Arguments arguments) {
  return std::any_of(arguments, arguments + count,
                     [](sqlite3_value* value) { return sqlite3_value_type(value) == SQLITE_NULL; });
}

/// Nothing: the error is already in the context.
std::optional<Date> DateOfArgument(sqlite3_context* context, sqlite3_value* value) {
  auto date = ParseIsoDate(TextOf(value));
  if (!date) {
    Fail(context, "'" + std::string(TextOf(value)) + "' is no date (year-month-day)");
    return std::nullopt;
  }
  return *date;
}

void ReturnDays(sqlite3_context* context, std::int64_t days) {
  if (days < kDateDaysMin || days > kDateDaysMax) {
    Fail(context, "a date outside the years 1 to 9999");
  } else {
    Return(context, IsoDate(Date{static_cast<std::int32_t>(days)}));
  }
}

/// SQLite's numbers reach 2^63: keep sums inside.
std::int64_t Bounded(sqlite3_value* value) {
  constexpr std::int64_t kMost = 10'000'000;
  return std::clamp<std::int64_t>(sqlite3_value_int64(value), -kMost, kMost);
}

void Days(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  if (auto date = DateOfArgument(context, arguments[0])) {
    sqlite3_result_int64(context, date->days);
  }
}

void DateOfDays(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  ReturnDays(context, Bounded(arguments[0]));
}

void AddDays(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  if (auto date = DateOfArgument(context, arguments[0])) {
    ReturnDays(context, date->days + Bounded(arguments[1]));
  }
}

void AddMonthsTo(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  auto date = DateOfArgument(context, arguments[0]);
  if (!date) return;
  std::int64_t months = sqlite3_value_int64(arguments[1]);
  // A rough bound in days first: base's arithmetic takes only dates that exist.
  std::int64_t rough = date->days + Bounded(arguments[1]) * 31;
  if (rough < kDateDaysMin || rough > kDateDaysMax) {
    return Fail(context, "a date outside the years 1 to 9999");
  }
  Return(context, IsoDate(AddMonths(*date, static_cast<int>(months))));
}

void MonthOf(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  if (auto date = DateOfArgument(context, arguments[0])) Return(context, MonthText(*date));
}

void MonthEndOf(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  if (auto date = DateOfArgument(context, arguments[0])) Return(context, IsoDate(MonthEnd(*date)));
}

/// Whole years; who was born on 29 February grows older on 1 March in other years.
void AgeYears(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  auto from = DateOfArgument(context, arguments[0]);
  if (!from) return;
  auto to = DateOfArgument(context, arguments[1]);
  if (!to) return;
  std::chrono::year_month_day first{std::chrono::sys_days{std::chrono::days{from->days}}};
  std::chrono::year_month_day last{std::chrono::sys_days{std::chrono::days{to->days}}};
  std::int64_t years = static_cast<int>(last.year()) - static_cast<int>(first.year());
  if (std::pair(last.month(), last.day()) < std::pair(first.month(), first.day())) --years;
  sqlite3_result_int64(context, years);
}

void Has(sqlite3_context* context, int count, Arguments arguments) {
  if (sqlite3_value_type(arguments[1]) == SQLITE_NULL) return sqlite3_result_null(context);
  // An empty set is NULL in the tables: it has no element, which is known.
  if (AnyNull(count, arguments)) return sqlite3_result_int(context, 0);
  std::string element = "|" + std::string(TextOf(arguments[1])) + "|";
  bool found = TextOf(arguments[0]).find(element) != std::string_view::npos;
  sqlite3_result_int(context, found ? 1 : 0);
}

void FoldText(sqlite3_context* context, int count, Arguments arguments) {
  if (AnyNull(count, arguments)) return sqlite3_result_null(context);
  Return(context, Fold(TextOf(arguments[0])));
}

}  // namespace

bool AddSandboxFunctions(sqlite3* database) {
  struct Entry {
    const char* name;
    int arguments;
    void (*function)(sqlite3_context*, int, Arguments);
  };
  constexpr Entry kEntries[] = {{"days", 1, Days},          {"date_of", 1, DateOfDays},
                                {"add_days", 2, AddDays},   {"add_months", 2, AddMonthsTo},
                                {"month_of", 1, MonthOf},   {"month_end", 1, MonthEndOf},
                                {"age_years", 2, AgeYears}, {"has", 2, Has},
                                {"fold", 1, FoldText}};
  return std::all_of(std::begin(kEntries), std::end(kEntries), [&](const Entry& entry) {
    return sqlite3_create_function_v2(database, entry.name, entry.arguments,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                      nullptr, entry.function, nullptr, nullptr,
                                      nullptr) == SQLITE_OK;
  });
}

bool IsSandboxFunction(std::string_view name) {
  return std::binary_search(kAllowed.begin(), kAllowed.end(), name);
}

}  // namespace tram
