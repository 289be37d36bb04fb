// FigureBoard: the activity figures of all units in memory, for pages: what the country's sum needs
// of 3,321 units' rows takes more than a second to read and unpack from the store, and is asked for
// with every click.
//
// A sheet is what the units' rows of one month's end say (FigureBlock, some 5 KB a unit), read from
// the store bit by bit: Prepare reads for as long as it is allowed to, Step goes on when no request
// waits. A unit that was computed again is read again; a published month never is. Provinces and
// the country are summed up when asked for, and kept until a unit's rows or places change.
// Held are activity indicators without bins: counts, rates, days; kBoardMonths months of them, of
// at most kBoardSheets months' ends: the one used longest ago goes.
//
// Nothing is told without a Permit for activity: a place that it does not cover is an error,
// denied. Threads: the owner's.
#pragma once

#include <list>
#include <map>
#include <span>
#include <unordered_map>

#include "auth/rights.h"
#include "rollup/figure_block.h"
#include "rollup/unit_places.h"
#include "storage/unit_figures.h"
#include "tram/outcome/figure_table.h"

namespace tram::server {

inline constexpr std::size_t kBoardSheets = 4;

struct BoardQuery {
  Date as_of;  // a month's end, of the last Prepare
  PlaceTime places = PlaceTime::kThen;
};

/// An indicator's figures of one place.
struct MonthFigures {
  using Counts = FigureSum::Counts;
  Counts whole;                // of what has no month
  std::vector<Counts> months;  // oldest first; the last one is that of the month's end
};

struct ProvinceFigures {
  FigurePlace place;
  MonthFigures figures;
};

/// How many units' rows were read, of those that there are.
struct BoardProgress {
  std::size_t units = 0, read = 0;
  bool Whole() const { return read == units; }
};

class FigureBoard {
 public:
  /// Makes the sheet of a month's end the one that is asked: reads what is new, for `ms` at most.
  /// Errors: corrupt | io.
  Result<BoardProgress> Prepare(ServerState& state, Date as_of, int ms);
  /// Reads on, for `ms` at most. Post: false where nothing is left. Errors: corrupt | io.
  Result<bool> Step(ServerState& state, int ms);
  /// As of the last Prepare.
  const UnitPlaces& places() const { return *places_; }
  /// The day whose provinces a query is about.
  Date DayOf(const BoardQuery& query) const;

  /// Of provinces of any time.
  bool Covers(const Permit& permit, const Place& place) const;

  /// Errors: denied.
  Status CheckUnit(const Permit& permit, UnitNumber unit) const;
  /// The province that has `code` on the query's day. Errors: denied | not_found.
  Result<const Place*> Province(const Permit& permit, const BoardQuery& query,
                                const std::string& code) const;

  // --- pre: Prepare for query.as_of; the indicator is held, and not of shape days ---
  /// The country, or all provinces that the permit covers. Errors: denied (none).
  Result<MonthFigures> OfCovered(const Permit& permit, const BoardQuery& query,
                                 const Indicator& indicator);
  /// Errors: as Province.
  Result<MonthFigures> OfProvince(const Permit& permit, const BoardQuery& query,
                                  const std::string& code, const Indicator& indicator);
  /// Those that the permit covers, in order of their codes, of that day; only those with units.
  Result<std::vector<ProvinceFigures>> ByProvince(const Permit& permit, const BoardQuery& query,
                                                  const Indicator& indicator);
  /// How many units have a figure above 0 in the month of the month's end, of all that the permit
  /// covers or of one province. Errors: denied | not_found.
  Result<std::size_t> UnitsWithFigures(const Permit& permit, const BoardQuery& query,
                                       const std::string& code,
                                       std::span<const Indicator* const> indicators);
  /// Of one unit, with those whose work it goes on with; of the last `months`. Errors: denied.
  Result<std::vector<MonthFigures>> OfUnit(const Permit& permit, const BoardQuery& query,
                                           UnitNumber unit,
                                           std::span<const Indicator* const> indicators,
                                           int months = kBoardMonths);
  /// Of an indicator of shape days, in the month of the month's end: days, how many took them.
  Result<std::map<std::int64_t, std::int64_t>> DaysOfUnit(const Permit& permit,
                                                          const BoardQuery& query, UnitNumber unit,
                                                          const Indicator& indicator);

  static bool Holds(const Indicator& indicator);
  /// Of all blocks.
  std::size_t bytes() const;

 private:
  using Counts = MonthFigures::Counts;
  struct Held {
    UnitStamp stamp;
    FigureBlock block;
  };
  /// Where each unit's months count: for each unit of places_ a column for the whole time and one
  /// for each month, oldest first.
  struct Layout {
    std::vector<const Place*> places;  // the first is none: units that belonged nowhere
    std::vector<std::uint16_t> of;
    friend bool operator==(const Layout&, const Layout&) = default;
  };
  struct Sums {
    std::uint64_t version = 0;  // of the sheet
    std::uint64_t learned = 0;  // of the places
    Layout layout;
    std::map<std::size_t, std::vector<Counts>> by_indicator;  // [place * columns + column]
  };
  struct Sheet {
    Date as_of;
    bool settled = false;  // published, and read
    std::uint64_t version = 1;
    std::unordered_map<UnitNumber, Held> units;
    std::vector<UnitStamp> waiting;
    Sums then, now;
  };

  Status LearnPlaces(ServerState& state);
  Status FindChanges(ServerState& state, Sheet& sheet);
  Result<bool> ReadSome(ServerState& state, Sheet& sheet, int ms);
  Status ReadUnit(ServerState& state, Sheet& sheet, const UnitStamp& stamp);
  Sheet& SheetOf(Date as_of);
  std::size_t IndexOf(const Indicator& indicator) const;
  Layout MakeLayout(const BoardQuery& query) const;
  const Layout& LayoutOf(const BoardQuery& query);
  /// Which places of a layout count for a province, or ("") for all that is covered.
  Result<std::vector<bool>> Counted(const Permit& permit, const BoardQuery& query,
                                    const Layout& layout, const std::string& code) const;
  Result<MonthFigures> SumOf(const Permit& permit, const BoardQuery& query, const std::string& code,
                             const Indicator& indicator);
  /// Of all places of the layout.
  const std::vector<Counts>& SumsOf(const BoardQuery& query, const Indicator& indicator);
  /// Each cell of the units whose work `unit` did in its month, newest first, until `take` is
  /// false.
  template <class Take>
  void ForEachCell(const BoardQuery& query, UnitNumber unit, std::size_t indicator, Take take);

  std::shared_ptr<const Programme> programme_;
  std::vector<const Indicator*> indicators_;  // held; of programme_
  std::list<Sheet> sheets_;                   // most recently used first
  std::optional<UnitPlaces> places_;
  std::uint64_t learned_ = 0;  // how often places_ was loaded
  Date today_;
  std::map<UnitNumber, std::vector<UnitNumber>> merged_;  // into which units which others went
};

}  // namespace tram::server
