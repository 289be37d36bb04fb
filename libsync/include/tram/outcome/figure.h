// Figures: what an indicator's rows, summed over some units and months, say. Each shape has its own
// figure; counts are `Shown`, so that one renderer prints exact, rounded and hidden ones.
//
// Formulas: libsync/docs/figures.md. Threads: values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tram/base/result.h"
#include "tram/outcome/incidence.h"
#include "tram/outcome/proportion.h"
#include "tram/outcome/survival.h"
#include "tram/programme/programme.h"

namespace tram {

/// A count as it may be shown: as it is, rounded to a multiple of something, or not at all.
class Shown {
 public:
  Shown() = default;  // exactly 0
  static Shown Exact(std::int64_t value) { return Shown(value, 1); }
  /// `value` is rounded already, to a multiple of `to` (above 1).
  static Shown Rounded(std::int64_t value, std::int64_t to) { return Shown(value, to); }
  static Shown Hidden() { return Shown(0, 0); }

  bool hidden() const { return to_ == 0; }
  bool exact() const { return to_ == 1; }
  std::int64_t rounded_to() const { return to_; }  // 1: exact; 0: hidden
  std::optional<std::int64_t> value() const {
    return hidden() ? std::nullopt : std::optional(value_);
  }
  std::string Text() const { return hidden() ? "*" : std::to_string(value_); }
  friend bool operator==(const Shown&, const Shown&) = default;

 private:
  Shown(std::int64_t value, std::int64_t to) : value_(value), to_(to) {}
  std::int64_t value_ = 0, to_ = 1;
};

struct CountFigure {
  struct Part {
    std::string bin;  // "" where the indicator has none
    Shown count;
  };
  std::vector<Part> parts;  // the bins of the programme in its order, then others by name
};

/// A share, from counts as they are shown. Nothing where one is hidden, the whole is 0, or it is
/// less than four times what they are rounded to.
struct Share {
  std::optional<double> value;
  std::optional<Interval> interval;  // Wilson's
};
Share ShareOf(Shown part, Shown whole);

struct RateFigure {
  struct Part {
    std::string bin;
    Shown numerator, denominator;
    Share share;
  };
  std::vector<Part> parts;  // as in CountFigure
};

/// Success from every side, for states of which some are a success.
struct OutcomeFigure {
  Shown known, success;
  Share low;       // of all: unknown as failure
  Share of_known;  // with Wilson's interval
  Share high;      // of all: unknown as success
  Share coverage;  // known / cohort
};
/// From counts as they are shown; what a hidden one would give is left out.
OutcomeFigure OutcomeOf(Shown cohort, Shown known, Shown success);

struct StatesFigure {
  struct State {
    std::string bin;
    Shown persons;
    Share share;  // of the cohort; no interval
  };
  Shown cohort;
  std::vector<State> states;             // each bin of the programme, in its order
  std::optional<OutcomeFigure> outcome;  // nothing where no state is a success
  std::optional<Shown> immature;         // persons too early to be in the cohort, where counted
};

/// Days at which curves are given in tables.
inline constexpr std::int64_t kCurveDays[] = {90, 180, 365};
/// A curve's months are of 30 days; what lies beyond the last one is left out.
inline constexpr std::int64_t kCurveMonthDays = 30;
inline constexpr std::int64_t kCurveMonthsMax = 60;

struct SurvivalFigure {
  struct At {
    std::int64_t day = 0;
    Shown at_risk;
    std::optional<double> survival;  // nothing where nobody was observed for so long
    std::optional<Interval> interval;
  };
  Shown cohort, events;
  std::vector<At> at;      // kCurveDays
  std::vector<At> months;  // days 0, 30, 60 ... as far as anybody was observed
};

struct IncidenceFigure {
  struct At {
    std::int64_t day = 0;
    Shown at_risk;
    std::optional<StateProbability> event_free;  // nothing where nobody was observed for so long
    std::vector<StateProbability> causes;        // as `causes`; empty where event_free is nothing
  };
  struct Cause {
    std::string bin;
    Shown events;
  };
  Shown cohort;
  std::vector<Cause> causes;  // each bin of the programme, in its order
  std::vector<At> at;         // as in SurvivalFigure
  std::vector<At> months;
};

struct DaysFigure {
  Shown records;
  std::optional<Quartiles> quartiles;
};

using Figure = std::variant<CountFigure, RateFigure, SurvivalFigure, IncidenceFigure, StatesFigure,
                            DaysFigure>;

/// The sum of some rows of one indicator, of any units and months. Adding up is exact.
class FigureSum {
 public:
  struct Counts {
    std::int64_t numerator = 0, denominator = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  void Add(const IndicatorRow& row);
  /// By bin.
  const std::map<std::string, Counts>& bins() const { return bins_; }

  /// What the indicator's shape asks for, exactly.
  /// Errors: invalid (a bin that the shape does not allow, or counts that cannot be).
  Result<Figure> Of(const Indicator& indicator) const;
  /// Of an indicator of shape survival. Errors: invalid (a bin that is no day).
  Result<std::vector<SurvivalRow>> SurvivalRows() const;

 private:
  Result<Figure> Survival() const;
  Result<Figure> Incidence(const Indicator& indicator) const;
  Result<Figure> States(const Indicator& indicator) const;
  Result<Figure> Days() const;
  std::vector<std::string> BinsInOrder(const Indicator& indicator) const;

  std::map<std::string, Counts> bins_;
};

}  // namespace tram
