// Workbooks (Office Open XML): sheets of cells, and a last sheet of words that say what they mean.
// The one place that writes them, for both programs.
//
// Numbers are numbers; text is never a formula; the head of a sheet's first table stays in sight.
// Threads: pure functions, but for the file of their own in `scratch`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tram/outcome/figure_sheet.h"

namespace tram {

struct WorkbookSheet {
  std::string label;  // its name begins with its number, and is cut to what spreadsheets allow
  std::vector<FigureSheet> tables;  // none: the sheet says so
};

struct WorkbookText {
  std::string heading;  // "" for none
  std::vector<std::string> lines;
};

/// Written through a file of its own in `scratch`, an existing folder; nothing stays there.
/// Errors: io.
Result<std::string> WriteWorkbook(const std::vector<WorkbookSheet>& sheets,
                                  const std::vector<WorkbookText>& texts, Language language,
                                  const std::filesystem::path& scratch);

}  // namespace tram
