// Lines of units: how each works in a month, side by side. What the page of units shows in pieces
// and its file holds whole: exact figures of the units that the Permit covers.
// Threads: the owner's; for one request.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "web/figure_page.h"

namespace tram::server {

inline constexpr int kMonthsLooked = 12;  // for how complete a unit's data is

struct UnitLine {
  const Unit* unit = nullptr;
  const Place* province = nullptr;         // on the query's day; nothing: it belonged nowhere
  std::vector<FigureSum::Counts> figures;  // as Headlines::Both
  int months_with_figures = 0;             // of kMonthsLooked
  std::optional<double> days;              // median to arrival; see AddDays
};

/// How lately something came from a unit, or that it is closed.
enum class UnitState { kInTouch, kQuiet, kLost, kClosed };  // kSilentShort, kSilentLong

class UnitLines {
 public:
  UnitLines(PageCall& call, const Permit& permit, const FigureAsk& ask);

  /// Those that the address asks for (q, place, closed), in its order (sort, desc).
  /// Errors: corrupt | io.
  Status Read();
  /// Of lines from `first` to before `end`, where the programme counts days: read when they are
  /// shown, as it takes longest. Errors: corrupt | io.
  Status AddDays(std::size_t first, std::size_t end);

  const std::vector<UnitLine>& lines() const { return lines_; }
  const std::vector<const Indicator*>& figures() const { return figures_; }
  /// Of all units that are covered: code, name.
  const std::map<std::string, std::string>& provinces() const { return provinces_; }
  /// "code", "name", "province", "f0" … of the figures, "complete", "days", "synced".
  const std::string& sorted_by() const { return sorted_by_; }
  bool descending() const { return descending_; }
  UnitState StateOf(const Unit& unit) const;

 private:
  std::vector<std::string> Keys() const;
  Result<UnitLine> LineOf(const Unit& unit, const Place* province);
  void Sort();
  std::pair<double, std::string> KeyOf(const UnitLine& line) const;

  PageCall& call_;
  FigureBoard& board_;
  const Permit& permit_;
  const FigureAsk& ask_;
  const std::vector<const Indicator*> figures_;
  std::string sorted_by_;
  bool descending_ = false;
  std::vector<UnitLine> lines_;
  std::map<std::string, std::string> provinces_;
};

}  // namespace tram::server
