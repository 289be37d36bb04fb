#include "tests/support/made_up_persons.h"

#include <iterator>

namespace tram::test {
namespace {

constexpr const char* kDimensions[] = {"sex", "age_group", "referral", "primary_drug"};

}  // namespace

void MadeUpPersons::AddRow(const std::string& indicator, const std::string& period,
                           const std::string& stratum, const std::string& bin,
                           std::int64_t numerator, std::int64_t denominator) {
  auto& [n, d] = sums_[indicator][{period, stratum, bin}];
  n += numerator;
  d += denominator;
}

std::vector<IndicatorFigures> MadeUpPersons::Figures() const {
  std::vector<IndicatorFigures> figures;
  for (const auto& [indicator, rows] : sums_) {
    figures.push_back({indicator, {}});
    for (const auto& [cell, counts] : rows) {
      const auto& [period, stratum, bin] = cell;
      figures.back().rows.push_back({period, stratum, bin, counts.first, counts.second});
    }
  }
  return figures;
}

void MadeUpPersons::Add(int year) {
  const std::string month =
      std::to_string(year) + (Below(2) == 0 ? "-0" : "-1") + std::to_string(Below(3));
  const std::string period = month.ends_with("-00") ? std::to_string(year) + "-04" : month;
  AddRow("new_profile", period, "all", "", 1, 0);
  for (const char* dimension : kDimensions) {
    AddRow("new_profile", period, std::string(dimension) + "=" + Code(dimension), "", 1, 0);
  }
  AddOutcome(period, "");
  for (const char* days : {"90", "180", "365"}) {
    AddRow("retention", period, "all", days, Below(3) != 0, 1);
  }
  AddRow("family_present", period, "all", "", Below(4) == 0, 1);
  AddRow("readmission", period, "all", "", Below(5) == 0, 1);
  AddRow("relapse_or_loss", period, "all", std::to_string(Below(400)), 1, 1);
  if (Below(2) == 0) AddOutcome(period, "_end");
}

std::string MadeUpPersons::Code(const std::string& dimension) {
  for (const Dimension& known : programme_.dimensions) {
    if (known.name != dimension) continue;
    const auto& codes =
        programme_.Codes(programme_.ByName(known.record)->ByName(known.field)->codes)->values;
    // The first ones are common, the others rare.
    return codes[Below(3) == 0 ? Below(static_cast<unsigned>(codes.size())) : Below(2)].name;
  }
  return "";
}

/// As the definitions of the two states hang together.
void MadeUpPersons::AddOutcome(const std::string& period, const std::string& end) {
  static constexpr const char* kStates[] = {"using",
                                            "using",
                                            "not_using_in_treatment",
                                            "not_using_in_treatment",
                                            "not_using_out_of_treatment",
                                            "died",
                                            "detained",
                                            "moved_or_transferred",
                                            "not_known"};
  const std::string state = kStates[Below(std::size(kStates))];
  const bool known = state != "moved_or_transferred" && state != "not_known";
  const bool clean = state.starts_with("not_using") && Below(4) != 0;
  AddRow("state_12m" + end, period, "all", state, 1, 0);
  const char* use = !known ? "not_known" : clean ? "no_use" : "some_use";
  AddRow("no_use_12m" + end, period, "all", use, 1, 0);
  const bool relapse = Below(2) == 0;
  AddRow("relapse_free" + end, period, "all",
         std::to_string(relapse ? Below(365) : 100 + Below(400)), relapse, 1);
}

}  // namespace tram::test
