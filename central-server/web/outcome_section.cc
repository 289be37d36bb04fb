#include "web/outcome_section.h"

#include <algorithm>

#include "web/export_links.h"
#include "web/figure_table_model.h"
#include "web/outcome_tables.h"
#include "web/outcome_words.h"

namespace tram::server {
namespace {

constexpr std::string_view kEverybody = "all";

class Section {
 public:
  Section(const PageCall& call, const Indicator& indicator, const std::vector<int>& years,
          const std::vector<ReleasedRow>& rows)
      : call_(call), indicator_(indicator), rows_(rows), by_year_(years.size() > 1) {
    by_stratum_ = std::any_of(rows.begin(), rows.end(),
                              [](const ReleasedRow& row) { return row.stratum != kEverybody; });
  }
  bool by_stratum() const { return by_stratum_; }

  void AddTables(const std::string& link, Json& model) const {
    for (const OutcomeTable& table : OutcomeTables(call_, indicator_, rows_)) {
      std::vector<std::string> heads;
      for (const OutcomeColumn& column : table.columns) heads.push_back(column.label);
      FigureTableModel drawn(call_.language, table.caption, NameHeads(), heads);
      for (const OutcomeLine& line : table.lines) {
        if (line.cells.empty()) {
          drawn.AddNotDrawn(NamesOf(*line.row), line.row->why);
        } else {
          drawn.Add(NamesOf(*line.row), line.cells);
        }
      }
      model["tables"].push_back(std::move(drawn).Take());
      AddExportLinks(call_, table.name, "indicator=" + PercentEncode(indicator_.name) + "&" + link,
                     call_.In(indicator_.label) + ": " + table.caption, model["tables"].back());
    }
  }

  /// "Thành công: …; …" of the states that are one: what stands in the table's head.
  std::vector<std::string> StandingWords() const {
    std::vector<std::string> words;
    const auto add = [&](Standing standing, const char* vi, const char* en) {
      std::string names;
      for (const Bin& bin : indicator_.bins) {
        if (bin.standing != standing) continue;
        names += (names.empty() ? "" : "; ") + call_.In(bin.label);
      }
      if (!names.empty()) words.push_back(Text(vi, en) + names + ".");
    };
    add(Standing::kSuccess, "Thành công: ", "Success: ");
    if (words.empty()) return words;  // states of which none is one
    add(Standing::kKnown, "Đã rõ, không thành công: ", "Known, no success: ");
    add(Standing::kUnknown, "Chưa rõ: ", "Unknown: ");
    return words;
  }

 private:
  std::string Text(const char* vi, const char* en) const {
    return call_.language == Language::kVietnamese ? vi : en;
  }

  std::vector<std::string> NameHeads() const {
    std::vector<std::string> heads{Text("nơi", "place")};
    if (by_year_) heads.push_back(Text("năm", "year"));
    if (by_stratum_) heads.push_back(Text("nhóm", "group"));
    return heads;
  }
  std::vector<std::string> NamesOf(const ReleasedRow& row) const {
    std::vector<std::string> names{row.place};
    if (by_year_) names.push_back(std::to_string(row.year));
    if (by_stratum_) {
      names.push_back(
          StratumLabel(*call_.state.programme().programme, row.stratum, call_.language));
    }
    return names;
  }

  const PageCall& call_;
  const Indicator& indicator_;
  const std::vector<ReleasedRow>& rows_;
  bool by_year_, by_stratum_ = false;
};

}  // namespace

Result<Json> OutcomeSection(const PageCall& call, const Indicator& indicator,
                            const OutcomesAsked& asked, const std::vector<ReleasedRow>& rows) {
  Json model{{"id", indicator.name},      {"label", call.In(indicator.label)},
             {"released", Json::array()}, {"tables", Json::array()},
             {"notes", Json::array()},    {"curves", ""}};
  for (int year : asked.years) {
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const ReleasedRow& any) { return any.year == year; });
    if (row == rows.end()) continue;
    TRAM_ASSIGN(const std::string text, ReleasedText(call, year, row->as_of));
    if (!text.empty()) model["released"].push_back(text);
  }
  const Section section(call, indicator, asked.years, rows);
  section.AddTables(asked.Link(), model);
  for (std::string& words : section.StandingWords()) model["notes"].push_back(std::move(words));
  if (asked.dimension.empty()) return model;
  model["notes"].push_back(
      section.by_stratum()
          ? call.Words("Nhóm dưới 8 người không có dòng.",
                       "A group of fewer than 8 persons has no row.")
          : call.Words("Bảng này chỉ công bố chung cho tất cả, không chia nhóm: chia ra có thể "
                       "suy ra số nhỏ.",
                       "This table is released of everybody only, not by group: small numbers "
                       "would follow."));
  return model;
}

}  // namespace tram::server
