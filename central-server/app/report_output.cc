#include "app/report_output.h"

#include <fmt/format.h>

#include <algorithm>

namespace tram::server {
namespace {

constexpr std::size_t kSilentShown = 20;

/// The two languages of the program's own words.
const char* Words(Language language, const char* vi, const char* en) {
  return language == Language::kVietnamese ? vi : en;
}

Json OptionalTime(const std::optional<std::int64_t>& ms) {
  return ms ? Json(LocalTimeText(*ms)) : Json(nullptr);
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
  if (report.query.known_by) {
    lines.push_back(fmt::format(
        "{} {}", Words(language, "Chỉ từ dữ liệu đã đến trong ngày", "From what had arrived by"),
        IsoDate(*report.query.known_by)));
  }
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
  return text + FigureTablesText(report.figures, language);
}

Json ReportJson(const Report& report, Language language) {
  static constexpr const char* kBy[] = {"unit", "province", "country"};
  Json json{
      {"as_of", IsoDate(report.query.as_of)},
      {"known_by", report.query.known_by ? Json(IsoDate(*report.query.known_by)) : Json(nullptr)},
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
  json["tables"] = FigureTablesJson(report.figures, language);
  return json;
}

}  // namespace tram::server
