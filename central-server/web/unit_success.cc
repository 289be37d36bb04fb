#include "web/unit_success.h"

#include <algorithm>

#include "rollup/control_limits.h"
#include "rollup/release.h"
#include "rollup/released_figures.h"
#include "web/office.h"

namespace tram::server {
namespace {

/// The first table of states that has a success.
const Indicator* OutcomeIndicator(const Programme& programme) {
  for (const Indicator& indicator : programme.indicators) {
    if (indicator.kind != IndicatorKind::kPerson || indicator.shape != IndicatorShape::kStates) {
      continue;
    }
    for (const Bin& bin : indicator.bins) {
      if (bin.standing == Standing::kSuccess) return &indicator;
    }
  }
  return nullptr;
}

}  // namespace

Result<SuccessAsked> AskSuccess(const PageCall& call) {
  SuccessAsked asked;
  const std::shared_ptr<const Programme> programme = call.state.programme().programme;
  asked.indicator = OutcomeIndicator(*programme);
  if (asked.indicator == nullptr) return asked;
  TRAM_ASSIGN(asked.years, ReleasedYears(call.state, asked.indicator->name));
  if (asked.years.empty()) return asked;
  asked.year = *std::max_element(asked.years.begin(), asked.years.end());
  for (const int one : asked.years) {
    if (std::to_string(one) == call.Query("year")) asked.year = one;
  }
  return asked;
}

Result<Success> ReadSuccess(ServerState& state, const Indicator& indicator, int year) {
  ReportQuery query;
  query.as_of = MonthEnd(state.Today());
  query.by = GroupBy::kUnit;
  query.from = fmt::format("{:04}-01", year);
  query.to = fmt::format("{:04}-12", year);
  TRAM_ASSIGN(const FigureTable table, ReleasedFigures(state, indicator, query));
  Success success;
  std::int64_t known = 0, successes = 0;
  for (const FigureLine& line : table.lines) {
    if (line.stratum != "all") continue;
    const auto* states = line.figure ? std::get_if<StatesFigure>(&*line.figure) : nullptr;
    SuccessPoint point;
    point.unit = line.place;
    if (states != nullptr && states->outcome && states->outcome->known.value() &&
        states->outcome->success.value()) {
      point.known = *states->outcome->known.value();
      point.success = std::min(*states->outcome->success.value(), point.known);
    }
    if (point.known <= 0) {
      ++success.not_drawn;
      continue;
    }
    known += point.known;
    successes += point.success;
    success.largest = std::max(success.largest, point.known);
    success.points.push_back(std::move(point));
  }
  if (known > 0) success.mean = static_cast<double>(successes) / static_cast<double>(known);
  for (SuccessPoint& point : success.points) {
    point.limits_95 = ControlLimits(point.known, success.mean, kTailNear);
    point.limits_998 = ControlLimits(point.known, success.mean, kTailFar);
    const auto outside = [&](const Interval& limits) {
      return point.Share() < limits.low || point.Share() > limits.high;
    };
    point.above = point.Share() > success.mean;
    if (outside(point.limits_998)) {
      point.distance = Distance::kFar;
    } else if (outside(point.limits_95)) {
      point.distance = Distance::kNear;
    }
  }
  // Who is outside comes first, then the largest.
  std::stable_sort(success.points.begin(), success.points.end(),
                   [](const SuccessPoint& a, const SuccessPoint& b) {
                     return std::pair(a.distance, -a.known) < std::pair(b.distance, -b.known);
                   });
  return success;
}

Result<std::shared_ptr<const Success>> RecentSuccess(PageCall& call, const Indicator& indicator,
                                                     int year) {
  const std::string key = call.state.programme().programme->digest.Hex() + " " + indicator.name +
                          " " + std::to_string(year);
  const std::int64_t now = call.state.clock().SteadyMs();
  auto& kept = call.office.success;
  if (const auto found = kept.find(key);
      found != kept.end() && now - found->second.made_ms < kSuccessKeptMs) {
    return found->second.success;
  }
  TRAM_ASSIGN(Success success, ReadSuccess(call.state, indicator, year));
  if (kept.size() >= kSuccessKeptMax) kept.clear();
  return (kept[key] = {now, std::make_shared<const Success>(std::move(success))}).success;
}

std::string DistanceText(const PageCall& call, const SuccessPoint& point) {
  if (point.distance == Distance::kWithin) {
    return call.Words("trong giới hạn: có thể chỉ do ngẫu nhiên",
                      "within the limits: chance alone may explain it");
  }
  const bool far = point.distance == Distance::kFar;
  if (point.above) {
    return far ? call.Words("cao hơn giới hạn 99,8 %", "above the 99.8 % limit")
               : call.Words("cao hơn giới hạn 95 %", "above the 95 % limit");
  }
  return far ? call.Words("thấp hơn giới hạn 99,8 %", "below the 99.8 % limit")
             : call.Words("thấp hơn giới hạn 95 %", "below the 95 % limit");
}

}  // namespace tram::server
