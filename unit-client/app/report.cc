#include "app/report.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "tram/outcome/survival.h"

namespace tram::client {
namespace {

constexpr std::int64_t kSurvivalDays[] = {90, 180, 365};
constexpr char kWholeUnit[] = "all";  // the stratum of everybody

Result<Date> ReadAsOf(Call& call, const std::string& text) {
  if (text.empty()) return MonthEnd(call.Today());
  if (auto month = ParseMonth(text)) return MonthEnd(*month);
  auto date = ParsePersonDate(text);
  if (date) return *date;
  return call.out.Fail(ErrorCode::kInvalid, "--as-of '{}': viết YYYY-MM-DD hoặc YYYY-MM",
                       "--as-of '{}': write YYYY-MM-DD or YYYY-MM", OneLine(text));
}

std::string Percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %",
                                  100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// Only the columns that tell rows apart: a stratum "all" and an empty bin say nothing.
std::string CountTable(const Output& out, const std::vector<IndicatorRow>& rows, bool rate) {
  const bool strata = std::any_of(rows.begin(), rows.end(), [](const IndicatorRow& row) {
    return !row.stratum.empty() && row.stratum != kWholeUnit;
  });
  const bool bins = std::any_of(rows.begin(), rows.end(),
                                [](const IndicatorRow& row) { return !row.bin.empty(); });
  const bool periods = std::any_of(rows.begin(), rows.end(),
                                   [](const IndicatorRow& row) { return !row.period.empty(); });
  std::vector<std::string> head;
  if (periods) head.push_back(out.Words("kỳ", "period"));
  if (strata) head.push_back(out.Words("nhóm", "stratum"));
  if (bins) head.push_back(out.Words("loại", "bin"));
  head.push_back(out.Words("số", "count"));
  if (rate) {
    head.push_back(out.Words("trên", "of"));
    head.push_back("%");
  }
  TextTable table(head);
  for (const IndicatorRow& row : rows) {
    std::vector<std::string> cells;
    if (periods) cells.push_back(row.period);
    if (strata) cells.push_back(row.stratum);
    if (bins) cells.push_back(row.bin);
    cells.push_back(std::to_string(row.numerator));
    if (rate) {
      cells.push_back(std::to_string(row.denominator));
      cells.push_back(Percent(row.numerator, row.denominator));
    }
    table.Add(std::move(cells));
  }
  return table.Text();
}

std::string StratumText(const Output& out, const std::string& stratum) {
  return stratum == kWholeUnit ? out.Words("tất cả", "all") : stratum;
}

Result<std::int64_t> DayOf(const Indicator& indicator, const std::string& bin) {
  std::int64_t day = 0;
  auto [end, error] = std::from_chars(bin.data(), bin.data() + bin.size(), day);
  if (error == std::errc() && end == bin.data() + bin.size()) return day;
  return MakeError(ErrorCode::kInvalid,
                   indicator.name + ": the bin '" + bin + "' is no day; correct the programme");
}

Json SurvivalJson(Output& out, const std::string& stratum, const SurvivalCurve& curve,
                  TextTable& table) {
  std::int64_t events = 0;
  for (const SurvivalStep& step : curve.steps()) events += step.events;
  Json json = {{"stratum", stratum}, {"cohort", curve.cohort()}, {"events", events}};
  json["at"] = Json::array();
  for (std::int64_t day : kSurvivalDays) {
    auto point = curve.At(day);
    std::vector<std::string> cells{StratumText(out, stratum), std::to_string(day)};
    if (!point) {
      json["at"].push_back({{"day", day},
                            {"at_risk", 0},
                            {"survival", nullptr},
                            {"lower", nullptr},
                            {"upper", nullptr}});
      cells.insert(cells.end(), {"0", out.Words("chưa theo dõi tới", "not observed so long"), ""});
    } else {
      const bool interval = point->lower.has_value();
      json["at"].push_back({{"day", day},
                            {"at_risk", point->at_risk},
                            {"survival", point->survival},
                            {"lower", interval ? Json(*point->lower) : Json(nullptr)},
                            {"upper", interval ? Json(*point->upper) : Json(nullptr)}});
      cells.push_back(std::to_string(point->at_risk));
      cells.push_back(fmt::format("{:.3f}", point->survival));
      cells.push_back(interval ? fmt::format("{:.3f}–{:.3f}", *point->lower, *point->upper)
                               : out.Words("không có khoảng", "no interval"));
    }
    table.Add(std::move(cells));
  }
  return json;
}

/// All periods together, by stratum: a unit's months are too small for curves of their own.
Status SaySurvival(Output& out, const Indicator& indicator, const std::vector<IndicatorRow>& rows,
                   Json& json) {
  std::map<std::string, std::vector<SurvivalRow>> strata;
  for (const IndicatorRow& row : rows) {
    TRAM_ASSIGN(std::int64_t day, DayOf(indicator, row.bin));
    strata[row.stratum].push_back({day, row.numerator, row.denominator});
  }
  TextTable table({out.Words("nhóm", "stratum"), out.Words("ngày", "day"),
                   out.Words("còn theo dõi", "at risk"), "S(t)", "95 %"});
  json["survival"] = Json::array();
  for (const auto& [stratum, leaving] : strata) {
    TRAM_ASSIGN(SurvivalCurve curve, SurvivalCurve::Fit(leaving));
    json["survival"].push_back(SurvivalJson(out, stratum, curve, table));
    const Json& figures = json["survival"].back();
    out.Say("  {}: {} người, {} sự kiện", "  {}: {} persons, {} events", StratumText(out, stratum),
            figures["cohort"].get<std::int64_t>(), figures["events"].get<std::int64_t>());
  }
  out.Raw(table.Text());
  return {};
}

void SayStates(Output& out, const Indicator& indicator, const std::vector<IndicatorRow>& rows,
               Json& json) {
  struct Sums {
    std::map<std::string, std::int64_t> states;
  };
  std::map<std::string, Sums> strata;
  for (const IndicatorRow& row : rows) {
    Sums& sums = strata[row.stratum];
    sums.states[row.bin] += row.numerator;
  }
  TextTable table({out.Words("nhóm", "stratum"), out.Words("tình trạng", "state"),
                   out.Words("người", "persons"), "%"});
  json["states"] = Json::array();
  for (const auto& [stratum, sums] : strata) {
    std::int64_t cohort = 0;
    for (const auto& [state, persons] : sums.states) cohort += persons;
    Json one = {{"stratum", stratum}, {"cohort", cohort}, {"persons", Json::object()}};
    for (std::size_t i = 0; i < indicator.bins.size(); ++i) {
      auto found = sums.states.find(indicator.bins[i].name);
      const std::int64_t persons = found == sums.states.end() ? 0 : found->second;
      one["persons"][indicator.bins[i].name] = persons;
      table.Add({stratum, out.In(indicator.bins[i].label), std::to_string(persons),
                 Percent(persons, cohort)});
    }
    table.Add({StratumText(out, stratum), out.Words("cộng", "sum"), std::to_string(cohort), ""});
    json["states"].push_back(std::move(one));
  }
  out.Raw(table.Text());
}

Result<Json> OneIndicator(Call& call, const Indicator& indicator, Date as_of) {
  Output& out = call.out;
  TRAM_ASSIGN(std::vector<IndicatorRow> rows, call.device.view().Run(indicator, as_of));
  Json json = {{"name", indicator.name},
               {"label", out.In(indicator.label)},
               {"definition", out.In(indicator.definition)},
               {"kind", indicator.kind == IndicatorKind::kActivity ? "activity" : "person"},
               {"shape", ShapeName(indicator.shape)},
               {"rows", Json::array()}};
  for (const IndicatorRow& row : rows) {
    json["rows"].push_back({{"period", row.period},
                            {"stratum", row.stratum},
                            {"bin", row.bin},
                            {"numerator", row.numerator},
                            {"denominator", row.denominator}});
  }
  out.Line("");
  out.Line(out.In(indicator.label) + " [" + indicator.name + "]");
  if (!out.In(indicator.definition).empty()) out.Line("  " + out.In(indicator.definition));
  if (rows.empty()) {
    out.Say("  chưa có số liệu", "  nothing yet");
    return json;
  }
  if (indicator.shape == IndicatorShape::kSurvival) {
    TRAM_TRY(SaySurvival(out, indicator, rows, json));
  } else if (indicator.shape == IndicatorShape::kStates) {
    SayStates(out, indicator, rows, json);
  } else {
    out.Raw(CountTable(out, rows, indicator.shape == IndicatorShape::kRate));
  }
  return json;
}

/// The constants that the tables shown depend on.
Json SayConstants(Output& out, const Programme& programme, const std::string& only) {
  Json json = Json::object();
  for (const Constant& constant : programme.constants) {
    const bool used = std::any_of(
        programme.indicators.begin(), programme.indicators.end(), [&](const Indicator& indicator) {
          return (only.empty() || indicator.name == only) &&
                 indicator.sql.find(":" + constant.name) != std::string::npos;
        });
    if (!used) continue;
    if (json.empty()) out.Line("");
    json[constant.name] = constant.value;
    out.Line(out.In(constant.label) + ": " + std::to_string(constant.value));
  }
  return json;
}

}  // namespace

Status ShowReport(Call& call, const ReportOptions& options) {
  const Programme& programme = call.device.programme();
  TRAM_ASSIGN(Date as_of, ReadAsOf(call, options.as_of));
  if (!options.indicator.empty() && programme.IndicatorByName(options.indicator) == nullptr) {
    std::string known;
    for (const Indicator& indicator : programme.indicators) {
      known += (known.empty() ? "" : ", ") + indicator.name;
    }
    return call.out.Fail(ErrorCode::kNotFound, "không có chỉ số '{}'; hiện có: {}",
                         "there is no indicator '{}'; there are: {}", OneLine(options.indicator),
                         known);
  }
  call.out.Say("{}, tính đến {}; số liệu chính xác của riêng đơn vị này",
               "{}, as of {}; exact figures of this unit only", call.device.unit_name(),
               IsoDate(as_of));
  Json indicators = Json::array();
  for (const Indicator& indicator : programme.indicators) {
    if (!options.indicator.empty() && indicator.name != options.indicator) continue;
    TRAM_ASSIGN(Json json, OneIndicator(call, indicator, as_of));
    indicators.push_back(std::move(json));
  }
  const Json constants = SayConstants(call.out, programme, options.indicator);
  call.out.document() = {{"unit", call.device.unit().Hex()},
                         {"unit_name", call.device.unit_name()},
                         {"as_of", IsoDate(as_of)},
                         {"ops", call.device.log().size()},
                         {"waiting_for_server", UnconfirmedOps(call.device.log())},
                         {"indicators", std::move(indicators)},
                         {"constants", constants}};
  return {};
}

}  // namespace tram::client
