// Exchange figures: what DHIS2 and FHIR documents are drawn from, so that both say the same as the
// pages: activity exactly, of places that the Permit covers, by a FigureBoard; persons only as they
// were released, with what is hidden.
//
// A document is of one part. Activity: one month. Released: the years that were released with that
// month's end, so that the documents of successive months hold each release once.
// A document is of one level of places: a receiver that adds up its own tree counts nothing twice.
//
// Nothing and zero: a unit of which nothing has arrived since the month began is left out; one that
// sent and has no such figure has 0. Document: libsync/docs/exchange.md. Threads: the owner's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/rights.h"
#include "rollup/figure_board.h"
#include "tram/outcome/figure.h"

namespace tram::server {

enum class ExchangePart { kActivity, kReleased };
enum class ExchangeBy { kUnit, kProvince, kCountry };
/// "activity", "released"; "unit", "province", "country": in addresses and commands.
std::optional<ExchangePart> ExchangePartByName(std::string_view name);
std::string_view NameOf(ExchangePart part);
std::optional<ExchangeBy> ExchangeByByName(std::string_view name);
std::string_view NameOf(ExchangeBy by);
/// What a Permit for this part is for.
Right RightOf(ExchangePart part);

struct ExchangeQuery {
  ExchangePart part = ExchangePart::kActivity;
  BoardQuery board;  // a month's end; places as then or as now
  ExchangeBy by = ExchangeBy::kUnit;
  /// Only this one and its units, by its code on the query's day (FigureBoard::DayOf); "": all that
  /// the Permit covers.
  std::string province;
  /// For the audit trail: "activity of 2026-10 by unit, places then".
  std::string Text() const;
};

struct ExchangePlace {
  ExchangeBy kind = ExchangeBy::kUnit;
  std::string code, name;  // of the country: ""
  Date from;               // of a province: the first day of this code; codes pass on
  std::size_t units = 0;   // of a province or the country: at work, in figures of activity
  std::size_t silent = 0;  // of those: nothing arrived since the month began
};

struct ExchangeNumber {
  std::string item;  // exchange_items.h
  Shown shown;
};

struct ExchangeLine {
  std::string stratum;  // "all", "sex=male"
  int rounded_to = 1;   // its numbers
  std::vector<ExchangeNumber> numbers;
  /// Of a curve: the chance to be without event, by day.
  std::map<int, double> survival;

  const Shown* Find(std::string_view item) const;
};

struct ExchangeReport {
  const Indicator* indicator = nullptr;  // of ExchangeFigures::programme
  std::size_t place = 0;                 // in ExchangeFigures::places
  std::string period;                    // "2026-10", "2025"
  std::vector<ExchangeLine> lines;       // everybody's first, where it is drawn
};

struct ExchangeFigures {
  ExchangeQuery query;
  std::shared_ptr<const Programme> programme;
  std::optional<std::int64_t> published_ms;  // of the month; nothing: it is open
  std::int64_t made_ms = 0;
  std::vector<ExchangePlace> places;  // only those with reports
  std::vector<ExchangeReport> reports;
  std::size_t silent = 0;     // places that are left out: nothing arrived since the month began
  std::size_t hidden = 0;     // numbers that are "*"
  std::size_t not_drawn = 0;  // lines that were not released, for small numbers
};

/// `permit`: for RightOf(query.part). Errors: denied (the right, or a place) | not_found (the
/// province) | overloaded (the board is still reading: ask again) | corrupt | io.
Result<ExchangeFigures> CollectExchange(ServerState& state, FigureBoard& board,
                                        const Permit& permit, const ExchangeQuery& query);

/// The month's ends with which something was released, newest first, and the years.
Result<std::map<Date, std::vector<int>, std::greater<>>> ReleaseMonths(ServerState& state);

}  // namespace tram::server
