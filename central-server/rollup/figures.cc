#include "rollup/figures.h"

#include <algorithm>
#include <charconv>

namespace tram::server {

void FigureSum::Add(const IndicatorRow& row) {
  Sums& sums = bins_[row.bin];
  sums.numerator += row.numerator;
  sums.denominator += row.denominator;
  cohort_ += row.numerator;
}

Status FigureSum::Fill(const Indicator& indicator, ReportRow& row) const {
  switch (indicator.shape) {
    case IndicatorShape::kCount:
    case IndicatorShape::kRate:
      for (const auto& [bin, sums] : bins_) {
        row.numerator += sums.numerator;
        row.denominator += sums.denominator;
      }
      return {};
    case IndicatorShape::kCompeting:
    case IndicatorShape::kDays:
      return {};
    case IndicatorShape::kSurvival:
      return FillSurvival(row);
    case IndicatorShape::kStates:
      FillStates(indicator, row);
      return {};
  }
  return {};
}

Status FigureSum::FillSurvival(ReportRow& row) const {
  std::vector<SurvivalRow> rows;
  for (const auto& [bin, sums] : bins_) {
    SurvivalRow day{0, sums.numerator, sums.denominator};
    auto [end, error] = std::from_chars(bin.data(), bin.data() + bin.size(), day.day);
    if (error != std::errc() || end != bin.data() + bin.size()) {
      return MakeError(ErrorCode::kInvalid,
                       "a survival indicator's bin is '" + bin + "', which is no day");
    }
    rows.push_back(day);
  }
  TRAM_ASSIGN(SurvivalCurve curve, SurvivalCurve::Fit(rows));
  row.cohort = curve.cohort();
  for (std::int64_t day : kSurvivalDays) row.survival.push_back(curve.At(day));
  return {};
}

void FigureSum::FillStates(const Indicator& indicator, ReportRow& row) const {
  row.cohort = cohort_;
  for (const Bin& bin : indicator.bins) {
    auto found = bins_.find(bin.name);
    row.states.push_back({bin.name, found == bins_.end() ? 0 : found->second.numerator});
  }
}

}  // namespace tram::server
