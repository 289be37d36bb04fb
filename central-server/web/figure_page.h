// What the pages of figures share: which figures come first, which month and which places are
// asked for, how old the figures are, and numbers as people read them.
// Threads: the owner's.
#pragma once

#include <string>
#include <vector>

#include "rollup/figure_board.h"
#include "web/page.h"

namespace tram::server {

/// The figures that pages begin with, as the programme's file has them in order: its first activity
/// indicators without bins (libsync/docs/programme.md, "Indicators").
struct Headlines {
  std::vector<const Indicator*> counts;  // four at most
  std::vector<const Indicator*> rates;   // three at most
  const Indicator* days = nullptr;       // how long data takes to arrive
  /// counts, then rates.
  std::vector<const Indicator*> Both() const;
};
Headlines HeadlinesOf(const Programme& programme);

/// What one of these pages was asked for. Its words stand in `model` for the template
/// "figure_choice".
struct FigureAsk {
  BoardQuery query;
  std::string month;  // "2026-10"
  bool published = false;
  std::optional<std::int64_t> published_ms;
  BoardProgress progress;  // not whole: the server still reads
  Headlines heads;
  /// Of links: "month=2026-10&places=then".
  std::string link;
};
/// Reads the address, and the figures (so far as there is time; the rest is read later).
/// Errors: invalid (no such month) | corrupt | io.
Result<FigureAsk> AskFigures(PageCall& call, Json& model);

/// The figure of the month that was asked for: of what has no month, the whole.
const FigureSum::Counts& Newest(const MonthFigures& figures);
/// Whether it has figures of months.
bool HasMonths(const MonthFigures& figures);

/// "12.345", in English "12,345".
std::string CountText(std::int64_t count, Language language);
/// "83 %", of a ratio "1,8"; "–" of nothing.
std::string RateText(const Indicator& rate, const FigureSum::Counts& counts, Language language);
/// As one or the other.
std::string FigureText(const Indicator& indicator, const FigureSum::Counts& counts,
                       Language language);
/// "2.5", or "2,5".
std::string DecimalText(double value, Language language);
/// A text of numbers as programs write them, "2125 (35.2-64.8 %)", as people do: "2.125 (35,2-64,8
/// %)".
std::string NumbersText(std::string_view text, Language language);
/// "10/2026".
std::string MonthWords(int month);

/// Units by when they last synced.
struct Silence {
  std::size_t working = 0, silent_7 = 0, silent_30 = 0;
};
inline constexpr int kSilentShort = 7, kSilentLong = 30;  // days
/// Whether nothing has come from a unit for so many days.
bool IsSilent(const Unit& unit, std::int64_t now_ms, int days);
/// Of a unit that was at work on that day.
bool WorkedOn(const Unit& unit, Date day);

}  // namespace tram::server
