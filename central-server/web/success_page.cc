// Success between units: a funnel plot above its table, from the released tables alone, so that a
// unit whose numbers are suppressed is not in it.
#include <algorithm>
#include <set>

#include "rollup/control_limits.h"
#include "rollup/release.h"
#include "rollup/released_figures.h"
#include "web/figure_page.h"

namespace tram::server {
namespace {

constexpr std::size_t kRowsOnPage = 100;
// Of the drawing, in its own units.
constexpr double kWidth = 640, kHeight = 380, kLeft = 48, kRight = 12, kTop = 12, kBottom = 44;
constexpr int kLineSteps = 60;
constexpr double kPercent = 100;

/// How far from the others' mean.
enum class Distance { kFar, kNear, kWithin };

struct SuccessPoint {
  FigurePlace unit;
  std::int64_t known = 0, success = 0;
  Distance distance = Distance::kWithin;
  bool above = false;
  double Share() const { return static_cast<double>(success) / static_cast<double>(known); }
};

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

struct Success {
  std::vector<SuccessPoint> points;
  std::size_t not_drawn = 0;  // units that are released without numbers
  double mean = 0;
  std::int64_t largest = 0;
};

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
    SuccessPoint point{line.place, 0, 0, Distance::kWithin, false};
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
    const auto outside = [&](double tail) {
      const Interval limits = ControlLimits(point.known, success.mean, tail);
      return point.Share() < limits.low || point.Share() > limits.high;
    };
    point.above = point.Share() > success.mean;
    if (outside(kTailFar)) {
      point.distance = Distance::kFar;
    } else if (outside(kTailNear)) {
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

// ---- the drawing ----

double XOf(double known, std::int64_t largest) {
  return kLeft + known / (static_cast<double>(largest) * 1.05) * (kWidth - kLeft - kRight);
}
double YOf(double share) { return kTop + (1 - share) * (kHeight - kTop - kBottom); }

std::string LimitLine(const Success& success, double tail, bool high) {
  std::string points;
  std::set<std::int64_t> sizes;
  for (int step = 1; step <= kLineSteps; ++step) {
    sizes.insert(std::max<std::int64_t>(1, success.largest * step / kLineSteps));
  }
  for (const std::int64_t size : sizes) {
    const Interval limits = ControlLimits(size, success.mean, tail);
    points += fmt::format("{:.1f},{:.1f} ", XOf(static_cast<double>(size), success.largest),
                          YOf(high ? limits.high : limits.low));
  }
  return points;
}

Json Drawing(const PageCall& call, const Success& success) {
  Json drawing{{"lines", Json::array()}, {"units", Json::array()}, {"marks", Json::array()}};
  for (const bool high : {false, true}) {
    drawing["lines"].push_back({{"kind", "near"}, {"points", LimitLine(success, kTailNear, high)}});
    drawing["lines"].push_back({{"kind", "far"}, {"points", LimitLine(success, kTailFar, high)}});
  }
  const std::string mean = fmt::format("{:.1f}", YOf(success.mean));
  drawing["lines"].push_back(
      {{"kind", "mean"},
       {"points", fmt::format("{},{} {},{}", kLeft, mean, kWidth - kRight, mean)}});
  drawing["lines"].push_back(
      {{"kind", "axis"},
       {"points", fmt::format("{},{} {},{} {},{}", kLeft, kTop, kLeft, kHeight - kBottom,
                              kWidth - kRight, kHeight - kBottom)}});
  constexpr double kMarkEvery = 0.25;
  for (int i = 0; i <= 4; ++i) {
    drawing["marks"].push_back({{"x", "4"},
                                {"y", fmt::format("{:.0f}", YOf(i * kMarkEvery) + 4)},
                                {"text", fmt::format("{:.0f} %", i * kMarkEvery * kPercent)}});
  }
  for (int i = 0; i <= 4; ++i) {
    const std::int64_t size = success.largest * i / 4;
    drawing["marks"].push_back(
        {{"x", fmt::format("{:.0f}", XOf(static_cast<double>(size), success.largest) - 8)},
         {"y", fmt::format("{:.0f}", kHeight - kBottom + 18)},
         {"text", CountText(size, call.language)}});
  }
  std::set<std::pair<std::int64_t, std::int64_t>> drawn;  // rounded numbers are often the same
  for (const SuccessPoint& point : success.points) {
    if (!drawn.emplace(point.known, point.success).second) continue;
    drawing["units"].push_back(
        {{"x", fmt::format("{:.1f}", XOf(static_cast<double>(point.known), success.largest))},
         {"y", fmt::format("{:.1f}", YOf(point.Share()))},
         {"r", point.distance == Distance::kWithin ? "4" : "7"},
         {"kind", point.distance == Distance::kWithin ? "unit" : "beyond"}});
  }
  return drawing;
}

void AddTable(const PageCall& call, const Success& success, int year, Json& model) {
  const std::size_t pages =
      std::max<std::size_t>(1, (success.points.size() + kRowsOnPage - 1) / kRowsOnPage);
  const std::size_t asked = std::strtoul(std::string(call.Query("page")).c_str(), nullptr, 10);
  const std::size_t page = std::clamp<std::size_t>(asked, 1, pages);
  model["rows"] = Json::array();
  for (std::size_t i = (page - 1) * kRowsOnPage;
       i < std::min(success.points.size(), page * kRowsOnPage); ++i) {
    const SuccessPoint& point = success.points[i];
    model["rows"].push_back({{"code", point.unit.code},
                             {"name", point.unit.name},
                             {"known", CountText(point.known, call.language)},
                             {"success", CountText(point.success, call.language)},
                             {"share", fmt::format("{:.0f} %", point.Share() * kPercent)},
                             {"where", DistanceText(call, point)}});
  }
  const auto link = [&](std::size_t to) {
    return fmt::format("/units/success?year={}&page={}", year, to);
  };
  if (page > 1) model["previous"] = link(page - 1);
  if (page < pages) model["next"] = link(page + 1);
}

Result<Answer> SuccessPage(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kOutcomes));
  Page page{"success", call.Words("Kết quả giữa các đơn vị", "Outcomes between units")};
  Json& model = page.model;
  const std::shared_ptr<const Programme> programme = call.state.programme().programme;
  const Indicator* indicator = OutcomeIndicator(*programme);
  if (indicator == nullptr) return Answer(std::move(page));
  model["indicator"] = call.In(indicator->label);
  model["definition"] = call.In(indicator->definition);
  TRAM_ASSIGN(const std::vector<int> years, ReleasedYears(call.state, indicator->name));
  if (years.empty()) return Answer(std::move(page));
  int year = *std::max_element(years.begin(), years.end());
  for (const int one : years) {
    if (std::to_string(one) == call.Query("year")) year = one;
  }
  model["years"] = Json::array();
  for (const int one : years) {
    model["years"].push_back({{"value", std::to_string(one)}, {"chosen", one == year}});
  }
  model["year"] = std::to_string(year);
  TRAM_ASSIGN(const Success success, ReadSuccess(call.state, *indicator, year));
  model["left_out"] = std::to_string(success.not_drawn);
  model["some_left_out"] = success.not_drawn > 0;
  if (success.points.empty()) return Answer(std::move(page));
  model["some"] = true;
  model["mean"] = fmt::format("{:.0f} %", success.mean * kPercent);
  model["drawing"] = Drawing(call, success);
  AddTable(call, success, year, model);
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> SuccessRoutes() {
  static const Route routes[] = {
      {"GET", "/units/success", Access::kRight, Right::kOutcomes, SuccessPage},
  };
  return routes;
}

}  // namespace tram::server
