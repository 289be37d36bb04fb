#include "web/figure_table_model.h"

#include <fmt/format.h>

namespace tram::server {
namespace {

/// `value`: "" for none.
Json Cell(std::string text, std::string value) {
  return {{"text", std::move(text)},
          {"value", std::move(value)},
          {"low", ""},
          {"high", ""},
          {"words", false}};
}

}  // namespace

Json CountCell(const Shown& shown) {
  return Cell(shown.Text(), shown.value() ? std::to_string(*shown.value()) : "");
}

Json ShareCell(const std::optional<double>& share) {
  if (!share) return Cell("-", "");
  return Cell(fmt::format("{:.1f} %", 100 * *share), Json(*share).dump());
}

Json ShareIntervalCell(const std::optional<Interval>& interval) {
  if (!interval) return Cell("-", "");
  return Cell(fmt::format("{:.1f}-{:.1f} %", 100 * interval->low, 100 * interval->high), "");
}

Json WordsCell(std::string text) {
  Json cell = Cell(std::move(text), "");
  cell["words"] = true;
  return cell;
}

Json CurveCell(const std::optional<double>& value, const std::optional<Interval>& interval) {
  if (!value) return Cell("-", "");
  Json cell = Cell(fmt::format("{:.3f}", *value), Json(*value).dump());
  if (!interval) return cell;
  cell["text"] = fmt::format("{:.3f} ({:.3f}-{:.3f})", *value, interval->low, interval->high);
  cell["low"] = Json(interval->low).dump();
  cell["high"] = Json(interval->high).dump();
  return cell;
}

FigureTableModel::FigureTableModel(std::string caption, const std::vector<std::string>& names,
                                   const std::vector<std::string>& figures)
    : figures_(figures.size()),
      model_{{"caption", std::move(caption)},
             {"chart", ""},
             {"head", Json::array()},
             {"rows", Json::array()}} {
  for (const std::string& name : names) {
    model_["head"].push_back({{"text", name}, {"number", false}});
  }
  for (const std::string& figure : figures) {
    model_["head"].push_back({{"text", figure}, {"number", true}});
  }
}

Json FigureTableModel::NewRow(const std::vector<std::string>& names) const {
  Json row{{"names", Json::array()},
           {"cells", Json::array()},
           {"why", ""},
           {"span", std::to_string(figures_)}};
  for (const std::string& name : names) row["names"].push_back({{"text", name}});
  return row;
}

void FigureTableModel::Add(const std::vector<std::string>& names, std::vector<Json> cells) {
  Json row = NewRow(names);
  row["cells"] = std::move(cells);
  model_["rows"].push_back(std::move(row));
}

void FigureTableModel::AddNotDrawn(const std::vector<std::string>& names, const std::string& why) {
  Json row = NewRow(names);
  row["why"] = why;
  model_["rows"].push_back(std::move(row));
}

}  // namespace tram::server
