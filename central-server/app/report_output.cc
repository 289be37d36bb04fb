#include "app/report_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/csv.h"

namespace tram::server {
namespace {

constexpr std::size_t kSilentShown = 20;

/// The two languages of the program's own words.
const char* Words(Language language, const char* vi, const char* en) {
  return language == Language::kVietnamese ? vi : en;
}

/// Characters of UTF-8 text in its NFC form: how wide a terminal draws it.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

using Cells = std::vector<std::string>;

/// Columns as wide as their widest cell, two spaces apart.
std::string Aligned(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths;
  for (const Cells& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += " " + row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - Width(row[i]) + 1, ' ');
    }
    text += line + "\n";
  }
  return text;
}

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
  auto found = std::find(indicator.bins.begin(), indicator.bins.end(), bin);
  const auto index = static_cast<std::size_t>(found - indicator.bins.begin());
  return index < indicator.bin_labels.size() ? indicator.bin_labels[index].In(language) : bin;
}

std::string PlaceCell(const Report& report, const ReportRow& row, Language language) {
  if (report.query.by == GroupBy::kCountry) return Words(language, "cả nước", "country");
  if (row.place_code.empty()) return Words(language, "(không thuộc tỉnh nào)", "(no province)");
  return row.place_code + " " + row.place_name;
}

Cells Head(const Indicator& indicator, Language language) {
  Cells head{Words(language, "Nơi", "Place")};
  switch (indicator.shape) {
    case IndicatorShape::kCount:
      head.insert(head.end(), {Words(language, "Tháng", "Month"), Words(language, "Số", "Count")});
      break;
    case IndicatorShape::kRate:
      head.insert(head.end(), {Words(language, "Tháng", "Month"), Words(language, "Số", "Count"),
                               Words(language, "Trên", "Of"), Words(language, "Tỷ lệ", "Share")});
      break;
    case IndicatorShape::kSurvival:
      head.push_back(Words(language, "Số người", "Persons"));
      for (std::int64_t day : kSurvivalDays) {
        head.push_back(fmt::format("{} {}", day, Words(language, "ngày", "days")));
      }
      break;
    case IndicatorShape::kStates:
      head.push_back(Words(language, "Số người", "Persons"));
      break;
  }
  return head;
}

Cells Line(const Report& report, const Indicator& indicator, const ReportRow& row,
           Language language) {
  Cells cells{PlaceCell(report, row, language)};
  if (row.stratum != "all" && !row.stratum.empty()) cells[0] += " / " + row.stratum;
  const std::string period = row.period.empty() ? "-" : row.period;
  switch (indicator.shape) {
    case IndicatorShape::kCount:
      cells.insert(cells.end(), {period, std::to_string(row.numerator)});
      break;
    case IndicatorShape::kRate:
      cells.insert(cells.end(),
                   {period, std::to_string(row.numerator), std::to_string(row.denominator),
                    Percent(row.numerator, row.denominator)});
      break;
    case IndicatorShape::kSurvival:
      cells.push_back(std::to_string(row.cohort));
      for (const auto& point : row.survival) cells.push_back(SurvivalText(point));
      break;
    case IndicatorShape::kStates:
      cells.push_back(std::to_string(row.cohort));
      for (const StateFigure& state : row.states) {
        cells.push_back(fmt::format("{}: {} ({})", BinLabel(indicator, state.name, language),
                                    state.persons, Percent(state.persons, row.cohort)));
      }
      break;
  }
  return cells;
}

std::string TableText(const Report& report, const ReportTable& table, Language language) {
  const Indicator& indicator = *table.indicator;
  std::string text = "\n" + indicator.label.In(language) + " [" + indicator.name + "]\n";
  if (!indicator.definition.In(language).empty()) {
    text += "  " + indicator.definition.In(language) + "\n";
  }
  if (table.withheld) {
    return text + "  " +
           Words(language,
                 "không hiển thị: chỉ tiêu về cá nhân, số nhỏ có thể lộ danh tính; --exact cho xem "
                 "số chính xác và ghi vào nhật ký kiểm tra\n",
                 "not shown: it is about persons, and small numbers could identify them; --exact "
                 "shows exact figures and is written to the audit trail\n");
  }
  if (table.rows.empty()) return text + "  " + Words(language, "chưa có số liệu\n", "no data\n");
  std::vector<Cells> rows{Head(indicator, language)};
  for (const ReportRow& row : table.rows) rows.push_back(Line(report, indicator, row, language));
  return text + Aligned(rows);
}

const char* ShapeName(IndicatorShape shape) {
  switch (shape) {
    case IndicatorShape::kCount:
      return "count";
    case IndicatorShape::kRate:
      return "rate";
    case IndicatorShape::kSurvival:
      return "survival";
    case IndicatorShape::kStates:
      return "states";
  }
  return "";
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
  for (const Constant& constant : report.programme->constants) {
    text += fmt::format("{}: {}\n", constant.label.In(language), constant.value);
  }
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
  std::string text = CsvLine({"as_of", "indicator", "place", "place_name", "period", "stratum",
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
        text += CsvLine(cells);
      }
    }
  }
  return text;
}

}  // namespace tram::server
