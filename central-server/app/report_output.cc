#include "app/report_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "tram/base/csv.h"
#include "tram/base/text_table.h"

namespace tram::server {
namespace {

constexpr std::size_t kSilentShown = 20;
constexpr std::size_t kMonthsAcross = 12;
constexpr std::size_t kTextColumns = 96;

/// The two languages of the program's own words.
const char* Words(Language language, const char* vi, const char* en) {
  return language == Language::kVietnamese ? vi : en;
}

using Cells = std::vector<std::string>;

std::string Percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string SurvivalText(const std::optional<SurvivalPoint>& point) {
  if (!point) return "-";
  std::string text = fmt::format("{:.3f}", point->survival);
  if (point->lower && point->upper) {
    text += fmt::format(" ({:.3f}-{:.3f})", *point->lower, *point->upper);
  }
  return text + fmt::format(", n={}", point->at_risk);
}

std::string BinLabel(const Indicator& indicator, const std::string& bin, Language language) {
  auto found = std::find_if(indicator.bins.begin(), indicator.bins.end(),
                            [&](const Bin& known) { return known.name == bin; });
  return found == indicator.bins.end() ? bin : found->label.In(language);
}

std::string PlaceCell(const Report& report, const ReportRow& row, Language language) {
  if (report.query.by == GroupBy::kCountry) return Words(language, "Cả nước", "Whole country");
  if (row.place_code.empty()) return Words(language, "(không thuộc tỉnh nào)", "(no province)");
  return row.place_code + " " + row.place_name;
}

std::string RowName(const Report& report, const ReportRow& row, Language language) {
  std::string name = PlaceCell(report, row, language);
  if (row.stratum != "all" && !row.stratum.empty()) name += " / " + row.stratum;
  return name;
}

/// Places down, months across, in blocks that fit a terminal. A month without figures is empty.
std::string MonthsText(const Report& report, const ReportTable& table, Language language) {
  const bool rate = table.indicator->shape == IndicatorShape::kRate;
  std::set<std::string> all_periods;
  std::vector<std::string> names;
  std::map<std::string, std::map<std::string, std::string>> cells;
  for (const ReportRow& row : table.rows) {
    const std::string name = RowName(report, row, language);
    if (cells.count(name) == 0) names.push_back(name);
    cells[name][row.period] =
        rate ? fmt::format("{}/{}", row.numerator, row.denominator) : std::to_string(row.numerator);
    all_periods.insert(row.period);
  }
  const std::vector<std::string> periods(all_periods.begin(), all_periods.end());
  std::string text;
  for (std::size_t first = 0; first < periods.size(); first += kMonthsAcross) {
    const std::size_t last = std::min(first + kMonthsAcross, periods.size());
    Cells head{Words(language, "Nơi", "Place")};
    for (std::size_t i = first; i < last; ++i) {
      head.push_back(periods[i].empty() ? Words(language, "Số", "Count") : periods[i]);
    }
    TextTable lines(std::move(head));
    for (const std::string& name : names) {
      Cells line{name};
      for (std::size_t i = first; i < last; ++i) line.push_back(cells[name][periods[i]]);
      lines.Add(std::move(line));
    }
    text += lines.Text("  ");
  }
  return text;
}

std::string CurvesText(const Report& report, const ReportTable& table, Language language) {
  Cells head{Words(language, "Nơi", "Place"), Words(language, "Số người", "Persons")};
  for (std::int64_t day : kSurvivalDays) {
    head.push_back(fmt::format("{} {}", day, Words(language, "ngày", "days")));
  }
  TextTable lines(std::move(head));
  for (const ReportRow& row : table.rows) {
    Cells line{RowName(report, row, language), std::to_string(row.cohort)};
    for (const auto& point : row.survival) line.push_back(SurvivalText(point));
    lines.Add(std::move(line));
  }
  return lines.Text("  ");
}

std::string StatesText(const Report& report, const ReportTable& table, Language language) {
  TextTable lines({Words(language, "Nơi", "Place"), Words(language, "Tình trạng", "State"),
                   Words(language, "Số người", "Persons"), Words(language, "Tỷ lệ", "Share")});
  for (const ReportRow& row : table.rows) {
    std::string name = RowName(report, row, language);
    for (const StateFigure& state : row.states) {
      lines.Add({name, BinLabel(*table.indicator, state.name, language),
                 std::to_string(state.persons), Percent(state.persons, row.cohort)});
      name.clear();  // once for each place
    }
    lines.Add({name, Words(language, "tất cả", "all"), std::to_string(row.cohort), ""});
  }
  return lines.Text("  ");
}

std::string TableText(const Report& report, const ReportTable& table, Language language) {
  const Indicator& indicator = *table.indicator;
  std::string text = "\n" + indicator.label.In(language) + " [" + indicator.name + "]\n" +
                     Wrapped(indicator.definition.In(language), kTextColumns, "  ");
  if (table.withheld) {
    return text + Wrapped(Words(language,
                                "không hiển thị: chỉ tiêu về cá nhân, số nhỏ có thể lộ danh tính; "
                                "--exact cho xem số chính xác và ghi vào nhật ký kiểm tra",
                                "not shown: it is about persons, and small numbers could identify "
                                "them; --exact shows exact figures and is written to the audit "
                                "trail"),
                          kTextColumns, "  ");
  }
  if (table.rows.empty()) return text + "  " + Words(language, "chưa có số liệu\n", "no data\n");
  switch (indicator.shape) {
    case IndicatorShape::kCount:
    case IndicatorShape::kRate:
      return text + MonthsText(report, table, language);
    case IndicatorShape::kSurvival:
      return text + CurvesText(report, table, language);
    case IndicatorShape::kStates:
      return text + StatesText(report, table, language);
    case IndicatorShape::kCompeting:
    case IndicatorShape::kDays:
      return text;
  }
  return text;
}

/// The constants that the figures shown depend on.
std::string ConstantsText(const Report& report, Language language) {
  std::string text;
  for (const Constant& constant : report.programme->constants) {
    const bool used =
        std::any_of(report.tables.begin(), report.tables.end(), [&](const ReportTable& table) {
          return !table.withheld &&
                 table.indicator->sql.find(":" + constant.name) != std::string::npos;
        });
    if (used) text += fmt::format("{}: {}\n", constant.label.In(language), constant.value);
  }
  return text;
}

Json OptionalTime(const std::optional<std::int64_t>& ms) {
  return ms ? Json(LocalTimeText(*ms)) : Json(nullptr);
}

Json SurvivalJson(const ReportRow& row) {
  Json points = Json::array();
  for (std::size_t i = 0; i < row.survival.size(); ++i) {
    Json point{{"day", kSurvivalDays[i]}};
    if (row.survival[i]) {
      const SurvivalPoint& at = *row.survival[i];
      point["survival"] = at.survival;
      point["low"] = at.lower ? Json(*at.lower) : Json(nullptr);
      point["high"] = at.upper ? Json(*at.upper) : Json(nullptr);
      point["at_risk"] = at.at_risk;
    } else {
      point["survival"] = nullptr;
    }
    points.push_back(std::move(point));
  }
  return points;
}

Json RowJson(const Indicator& indicator, const ReportRow& row) {
  Json json{{"place", row.place_code}, {"place_name", row.place_name}, {"stratum", row.stratum}};
  switch (indicator.shape) {
    case IndicatorShape::kRate:
      json["denominator"] = row.denominator;
      [[fallthrough]];
    case IndicatorShape::kCount:
      json["period"] = row.period;
      json["numerator"] = row.numerator;
      break;
    case IndicatorShape::kSurvival:
      json["cohort"] = row.cohort;
      json["survival"] = SurvivalJson(row);
      break;
    case IndicatorShape::kCompeting:
    case IndicatorShape::kDays:
      break;
    case IndicatorShape::kStates:
      json["cohort"] = row.cohort;
      json["states"] = Json::object();
      for (const StateFigure& state : row.states) json["states"][state.name] = state.persons;
      break;
  }
  return json;
}

/// item, value, of, low, high
std::vector<Cells> CsvItems(const Indicator& indicator, const ReportRow& row) {
  std::vector<Cells> items;
  switch (indicator.shape) {
    case IndicatorShape::kCount:
      items.push_back({"count", std::to_string(row.numerator), "", "", ""});
      break;
    case IndicatorShape::kRate:
      items.push_back(
          {"rate", std::to_string(row.numerator), std::to_string(row.denominator), "", ""});
      break;
    case IndicatorShape::kSurvival:
      for (const auto& point : row.survival) {
        if (!point) continue;
        items.push_back({fmt::format("day_{}", point->day), fmt::format("{:.6f}", point->survival),
                         std::to_string(point->at_risk),
                         point->lower ? fmt::format("{:.6f}", *point->lower) : "",
                         point->upper ? fmt::format("{:.6f}", *point->upper) : ""});
      }
      break;
    case IndicatorShape::kCompeting:
    case IndicatorShape::kDays:
      break;
    case IndicatorShape::kStates:
      for (const StateFigure& state : row.states) {
        items.push_back(
            {state.name, std::to_string(state.persons), std::to_string(row.cohort), "", ""});
      }
      break;
  }
  return items;
}

}  // namespace

std::vector<std::string> FreshnessLines(const Report& report, Language language) {
  std::vector<std::string> lines;
  const char* published = report.published_ms
                              ? Words(language, "đã công bố", "published")
                              : Words(language, "chưa công bố", "not published yet");
  lines.push_back(fmt::format("{} {} ({}); {} {}", Words(language, "Tính đến", "As of"),
                              IsoDate(report.query.as_of), published,
                              Words(language, "lập lúc", "made"), LocalTimeText(report.made_ms)));
  lines.push_back(report.query.places == PlaceTime::kThen
                      ? Words(language, "Địa giới tại thời điểm đó", "Places as they were then")
                      : Words(language, "Địa giới hiện nay", "Places as they are now"));
  if (report.units_missing > 0) {
    lines.push_back(fmt::format("{} {}", report.units_missing,
                                Words(language, "đơn vị chưa có số liệu cho ngày này",
                                      "units have no figures for this date yet")));
  }
  if (report.units_behind > 0) {
    lines.push_back(fmt::format("{} {}{}", report.units_behind,
                                Words(language, "đơn vị có dữ liệu mới chưa được tính",
                                      "units have sent more than these figures hold"),
                                report.behind_since_ms ? Words(language, ", từ ", ", since ") +
                                                             LocalTimeText(*report.behind_since_ms)
                                                       : std::string()));
  }
  std::string silent = fmt::format(
      "{}/{} {}", report.silent.size(), report.units,
      Words(language, "đơn vị chưa đồng bộ trong 7 ngày qua", "units have not synced for 7 days"));
  for (std::size_t i = 0; i < std::min(report.silent.size(), kSilentShown); ++i) {
    const Freshness& unit = report.silent[i];
    silent += fmt::format(
        "{}{} {} ({})", i == 0 ? ": " : ", ", unit.code, unit.name,
        unit.synced_ms ? LocalTimeText(*unit.synced_ms) : Words(language, "chưa bao giờ", "never"));
  }
  if (report.silent.size() > kSilentShown) silent += ", ...";
  lines.push_back(std::move(silent));
  return lines;
}

std::string ReportText(const Report& report, Language language) {
  std::string text = report.programme->title.In(language) + "\n";
  for (const std::string& line : FreshnessLines(report, language)) text += line + "\n";
  text += ConstantsText(report, language);
  for (const ReportTable& table : report.tables) text += TableText(report, table, language);
  return text;
}

Json ReportJson(const Report& report, Language language) {
  static constexpr const char* kBy[] = {"unit", "province", "country"};
  Json json{{"as_of", IsoDate(report.query.as_of)},
            {"published", OptionalTime(report.published_ms)},
            {"made", LocalTimeText(report.made_ms)},
            {"by", kBy[static_cast<int>(report.query.by)]},
            {"places", report.query.places == PlaceTime::kThen ? "then" : "now"},
            {"programme", report.programme->name},
            {"programme_version", report.programme->version},
            {"units", report.units},
            {"units_missing", report.units_missing},
            {"units_behind", report.units_behind},
            {"behind_since", OptionalTime(report.behind_since_ms)}};
  json["silent"] = Json::array();
  for (const Freshness& unit : report.silent) {
    json["silent"].push_back(
        {{"unit", unit.code}, {"name", unit.name}, {"synced", OptionalTime(unit.synced_ms)}});
  }
  json["tables"] = Json::array();
  for (const ReportTable& table : report.tables) {
    const Indicator& indicator = *table.indicator;
    Json item{{"indicator", indicator.name},
              {"kind", indicator.kind == IndicatorKind::kActivity ? "activity" : "person"},
              {"shape", ShapeName(indicator.shape)},
              {"label", indicator.label.In(language)},
              {"definition", indicator.definition.In(language)},
              {"withheld", table.withheld}};
    item["rows"] = Json::array();
    for (const ReportRow& row : table.rows) item["rows"].push_back(RowJson(indicator, row));
    json["tables"].push_back(std::move(item));
  }
  return json;
}

std::string ReportCsv(const Report& report) {
  std::string text = CsvRowText({"as_of", "indicator", "place", "place_name", "period", "stratum",
                                 "item", "value", "of", "low", "high"});
  for (const ReportTable& table : report.tables) {
    for (const ReportRow& row : table.rows) {
      for (const Cells& item : CsvItems(*table.indicator, row)) {
        Cells cells{IsoDate(report.query.as_of),
                    table.indicator->name,
                    row.place_code,
                    row.place_name,
                    row.period,
                    row.stratum};
        cells.insert(cells.end(), item.begin(), item.end());
        text += CsvRowText(cells);
      }
    }
  }
  return text;
}

}  // namespace tram::server
