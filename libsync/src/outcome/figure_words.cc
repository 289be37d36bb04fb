#include "outcome/figure_words.h"

#include <algorithm>

namespace tram {
namespace {

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether a name stands in SQL as a word of its own.
bool Mentions(const std::string& sql, const std::string& name) {
  for (std::size_t at = sql.find(name); at != std::string::npos; at = sql.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool begins = at == 0 || name.front() == ':' || !IsWordCharacter(sql[at - 1]);
    if (begins && (end == sql.size() || !IsWordCharacter(sql[end]))) return true;
  }
  return false;
}

}  // namespace

std::vector<const Constant*> ConstantsOf(const Programme& programme, const Indicator& indicator) {
  // Derived rows may read those before them: from the last to the first, each is found once.
  std::string sql = indicator.sql;
  for (auto derived = programme.derived.rbegin(); derived != programme.derived.rend(); ++derived) {
    if (Mentions(sql, derived->name)) sql += "\n" + derived->sql;
  }
  std::vector<const Constant*> constants;
  for (const Constant& constant : programme.constants) {
    if (Mentions(sql, ":" + constant.name)) constants.push_back(&constant);
  }
  return constants;
}

std::string BinLabel(const Indicator& indicator, const std::string& bin, Language language) {
  auto found = std::find_if(indicator.bins.begin(), indicator.bins.end(),
                            [&](const Bin& known) { return known.name == bin; });
  return found == indicator.bins.end() ? bin : found->label.In(language);
}

std::string PlaceLabel(const FigureReport& report, const FigurePlace& place, Language language) {
  if (place.code.empty() && place.name.empty()) return report.nowhere.In(language);
  return place.code.empty() ? place.name : place.code + " " + place.name;
}

std::string ComparisonLabel(const FigureReport& report, const Comparison& comparison,
                            Language language) {
  std::string label;
  auto add = [&](const std::string& part) {
    if (!part.empty()) label += (label.empty() ? "" : ", ") + part;
  };
  add(Words(language, "log-rank", "log-rank"));
  if (comparison.of == Comparison::Of::kPlaces) {
    add(Words(language, "giữa các nơi", "between places"));
    if (comparison.stratum != "all") {
      add(StratumLabel(*report.programme, comparison.stratum, language));
    }
  } else {
    add(Words(language, "giữa các nhóm", "between strata"));
    add(PlaceLabel(report, comparison.place, language));
  }
  add(comparison.period);
  return label;
}

std::vector<std::string> GroupLabels(const FigureReport& report, const Comparison& comparison,
                                     Language language) {
  std::vector<std::string> labels;
  for (const FigurePlace& place : comparison.places) {
    labels.push_back(PlaceLabel(report, place, language));
  }
  for (const std::string& stratum : comparison.strata) {
    labels.push_back(StratumLabel(*report.programme, stratum, language));
  }
  return labels;
}

}  // namespace tram
