// Exchange items: the numbers that other systems can be given, and what each is called.
//
// Of activity: counts, and both parts of rates, month by month, as the pages have them (what
// FigureBoard holds, without days). Of persons: the items of released tables, year by year
// (docs/suppression.md). What is not here is not exchanged. Document: libsync/docs/exchange.md.
// Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "tram/programme/programme.h"

namespace tram::server {

inline constexpr char kCountItem[] = "count";
inline constexpr char kNumeratorItem[] = "numerator";
inline constexpr char kDenominatorItem[] = "denominator";
inline constexpr char kPersonsItem[] = "persons";
inline constexpr char kEverybody[] = "all";

struct ExchangeItem {
  const Indicator* indicator = nullptr;  // of the programme that was asked
  std::string item;                      // "count", "numerator"; "persons", "success", "events_90"
  std::string stratum = kEverybody;      // or "sex=male"
};

/// In the order of the programme.
std::vector<ExchangeItem> ExchangeItems(const Programme& programme);
/// "New clients", "Numerator", "Success".
Label ItemLabel(const Indicator& indicator, const std::string& item);
/// "" for everybody.
std::string DimensionOfStratum(const std::string& stratum);

}  // namespace tram::server
