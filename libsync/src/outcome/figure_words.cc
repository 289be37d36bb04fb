#include "outcome/figure_words.h"

#include <algorithm>

namespace tram {

std::vector<const Constant*> ConstantsOf(const Programme& programme, const Indicator& indicator) {
  std::vector<const Constant*> constants;
  for (const Constant& constant : programme.constants) {
    if (indicator.constants.contains(constant.name)) constants.push_back(&constant);
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
