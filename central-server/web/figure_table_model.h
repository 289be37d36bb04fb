// A table of released figures as the template released-table.html draws it: each row is named by
// its first cells; a row without figures says why. A cell's number, where it has one, stands in its
// data-value, too. Threads: values.
#pragma once

#include <string>
#include <vector>

#include "exports/data_table.h"
#include "web/page.h"

namespace tram::server {

class FigureTableModel {
 public:
  /// Numbers are written as people who read `language` do.
  /// `names`: heads of the columns that name a row; `figures`: of those after them.
  FigureTableModel(Language language, std::string caption, const std::vector<std::string>& names,
                   const std::vector<std::string>& figures);

  void Add(const std::vector<std::string>& names, const std::vector<FigureCell>& cells);
  void AddNotDrawn(const std::vector<std::string>& names, const std::string& why);
  /// A curve for each column of figures, over the first column.
  void DrawCurves() { model_["chart"] = "curve"; }
  bool empty() const { return model_.at("rows").empty(); }
  Json Take() && { return std::move(model_); }

 private:
  Json NewRow(const std::vector<std::string>& names) const;

  Language language_;
  std::size_t figures_;
  Json model_;
};

}  // namespace tram::server
