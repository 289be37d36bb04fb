// Success between units: a funnel plot above its table, from the released tables alone, so that a
// unit whose numbers are suppressed is not in it.
#include <algorithm>
#include <set>

#include "rollup/control_limits.h"
#include "web/export_links.h"
#include "web/figure_page.h"
#include "web/unit_success.h"

namespace tram::server {
namespace {

constexpr std::size_t kRowsOnPage = 100;
// Of the drawing, in its own units.
constexpr double kWidth = 640, kHeight = 380, kLeft = 66, kRight = 12, kTop = 12, kBottom = 44;
constexpr int kLineSteps = 60;
constexpr double kPercent = 100;

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
  AddExportLinks(call, "unit-success", "year=" + std::to_string(year),
                 call.Words("từng đơn vị, mọi trang", "each unit, all pages"), model);
}

Result<Answer> SuccessPage(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kOutcomes));
  Page page{"success", call.Words("Kết quả giữa các đơn vị", "Outcomes between units")};
  Json& model = page.model;
  TRAM_ASSIGN(const SuccessAsked asked, AskSuccess(call));
  if (asked.indicator == nullptr) return Answer(std::move(page));
  model["indicator"] = call.In(asked.indicator->label);
  model["definition"] = call.In(asked.indicator->definition);
  if (asked.years.empty()) return Answer(std::move(page));
  model["years"] = Json::array();
  for (const int one : asked.years) {
    model["years"].push_back({{"value", std::to_string(one)}, {"chosen", one == asked.year}});
  }
  model["year"] = std::to_string(asked.year);
  TRAM_ASSIGN(const std::shared_ptr<const Success> recent,
              RecentSuccess(call, *asked.indicator, asked.year));
  const Success& success = *recent;
  model["left_out"] = std::to_string(success.not_drawn);
  model["some_left_out"] = success.not_drawn > 0;
  if (success.points.empty()) return Answer(std::move(page));
  model["some"] = true;
  model["mean"] = fmt::format("{:.0f} %", success.mean * kPercent);
  model["drawing"] = Drawing(call, success);
  AddTable(call, success, asked.year, model);
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
