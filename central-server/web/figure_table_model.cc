#include "web/figure_table_model.h"

#include "web/figure_page.h"

namespace tram::server {
namespace {

std::string ValueOf(const FigureCell& cell) {
  if (!cell.number) return "";
  if (cell.kind == FigureCell::Kind::kCount) {
    return std::to_string(static_cast<std::int64_t>(*cell.number));
  }
  return Json(*cell.number).dump();
}

Json CellModel(const FigureCell& cell, Language language) {
  const bool words = cell.kind == FigureCell::Kind::kWords;
  Json model{{"text", words ? cell.text : NumbersText(cell.text, language)},
             {"value", ValueOf(cell)},
             {"low", ""},
             {"high", ""},
             {"words", words}};
  if (cell.number && cell.interval) {  // drawn as a curve with its band
    model["low"] = Json(cell.interval->low).dump();
    model["high"] = Json(cell.interval->high).dump();
  }
  return model;
}

}  // namespace

FigureTableModel::FigureTableModel(Language language, std::string caption,
                                   const std::vector<std::string>& names,
                                   const std::vector<std::string>& figures)
    : language_(language),
      figures_(figures.size()),
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

void FigureTableModel::Add(const std::vector<std::string>& names,
                           const std::vector<FigureCell>& cells) {
  Json row = NewRow(names);
  for (const FigureCell& cell : cells) row["cells"].push_back(CellModel(cell, language_));
  model_["rows"].push_back(std::move(row));
}

void FigureTableModel::AddNotDrawn(const std::vector<std::string>& names, const std::string& why) {
  Json row = NewRow(names);
  row["why"] = why;
  model_["rows"].push_back(std::move(row));
}

}  // namespace tram::server
