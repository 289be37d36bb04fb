// Figures of the overview: the country or a province, its months, and the provinces beside each
// other. What the page shows and its files hold; exact activity figures only.
// Threads: the owner's; for one request.
#pragma once

#include <string>
#include <vector>

#include "web/figure_page.h"

namespace tram::server {

inline constexpr int kTrendMonths = 24;

/// What is asked about: a province, or everything that the permit covers.
struct OverviewScope {
  const Place* province = nullptr;
  std::string code;  // "": everything
  std::string title;
  std::string everything;        // how that is called
  std::vector<Place> provinces;  // of the query's day, that are covered
};

struct HeadFigure {
  const Indicator* indicator = nullptr;
  MonthFigures figures;
};

/// A province's figures of the month.
struct ProvinceLine {
  FigurePlace place;
  std::vector<FigureSum::Counts> figures;  // as Headlines::Both
};

class OverviewFigures {
 public:
  /// Of the address ("place"). Errors: denied (a committee too: it has its unit) | not_found |
  /// corrupt | io.
  static Result<OverviewFigures> Ask(PageCall& call, const Permit& permit, const FigureAsk& ask);

  const OverviewScope& scope() const { return scope_; }
  bool InScope(const Unit& unit) const;
  /// As Headlines::Both.
  Result<std::vector<HeadFigure>> Heads() const;
  /// Of counts that have months: the last kTrendMonths of `figures` are to be shown.
  static bool HasTrend(const HeadFigure& head);
  /// In order of their codes; only those with units.
  Result<std::vector<ProvinceLine>> Provinces() const;
  /// Units of the scope.
  Silence Silent() const;

 private:
  OverviewFigures(PageCall& call, const Permit& permit, const FigureAsk& ask);
  Status AskScope();

  PageCall* call_;
  FigureBoard* board_;
  const Permit* permit_;
  const FigureAsk* ask_;
  OverviewScope scope_;
};

}  // namespace tram::server
