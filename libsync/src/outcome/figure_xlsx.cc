#include "tram/outcome/workbook.h"

namespace tram {

Result<std::string> FigureTablesXlsx(const FigureReport& report, Language language,
                                     const std::vector<std::string>& about,
                                     const std::filesystem::path& scratch) {
  std::vector<WorkbookSheet> sheets;
  std::vector<WorkbookText> texts{{"", about}};
  for (const FigureTable& table : report.tables) {
    const std::string& label = table.indicator->label.In(language);
    sheets.push_back({label, FigureSheets(report, table, language)});
    texts.push_back(
        {label + " [" + table.indicator->name + "]", FigureDefinitions(report, table, language)});
    for (const Label& note : table.notes) texts.back().lines.push_back(note.In(language));
  }
  return WriteWorkbook(sheets, texts, language, scratch);
}

}  // namespace tram
