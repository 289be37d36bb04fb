// Words that text, JSON and CSV of figures share. Threads: pure functions.
#pragma once

#include <string>

#include "tram/outcome/figure_report.h"

namespace tram {

inline const char* Words(Language language, const char* vi, const char* en) {
  return language == Language::kVietnamese ? vi : en;
}

/// The label of a bin; its name where the programme does not list it, "" for none.
std::string BinLabel(const Indicator& indicator, const std::string& bin, Language language);
/// "24 Bắc Ninh".
std::string PlaceLabel(const FigureReport& report, const FigurePlace& place, Language language);
/// "Giữa các nơi, 2026, nam" of a comparison, for people.
std::string ComparisonLabel(const FigureReport& report, const Comparison& comparison,
                            Language language);
/// The names of its groups, in the order of the test.
std::vector<std::string> GroupLabels(const FigureReport& report, const Comparison& comparison,
                                     Language language);

}  // namespace tram
