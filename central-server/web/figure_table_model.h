// A table of released figures as the template released-table.html draws it: each row is named by
// its first cells; a row without figures says why. Threads: values.
#pragma once

#include <string>
#include <vector>

#include "tram/outcome/figure.h"
#include "web/page.h"

namespace tram::server {

/// What is hidden is "*", what there is none of "-". A number stands in the cell's data-value, too.
Json CountCell(const Shown& shown);
Json ShareCell(const std::optional<double>& share);
Json ShareIntervalCell(const std::optional<Interval>& interval);
Json WordsCell(std::string text);
/// "0.812 (0.763-0.852)", drawn as a curve with its band.
Json CurveCell(const std::optional<double>& value, const std::optional<Interval>& interval);

class FigureTableModel {
 public:
  /// `names`: heads of the columns that name a row; `figures`: of those after them.
  FigureTableModel(std::string caption, const std::vector<std::string>& names,
                   const std::vector<std::string>& figures);

  void Add(const std::vector<std::string>& names, std::vector<Json> cells);
  void AddNotDrawn(const std::vector<std::string>& names, const std::string& why);
  /// A curve for each column of figures, over the first column.
  void DrawCurves() { model_["chart"] = "curve"; }
  bool empty() const { return model_.at("rows").empty(); }
  Json Take() && { return std::move(model_); }

 private:
  Json NewRow(const std::vector<std::string>& names) const;

  std::size_t figures_;
  Json model_;
};

}  // namespace tram::server
