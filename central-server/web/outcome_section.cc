#include "web/outcome_section.h"

#include <algorithm>

#include "rollup/released_figures.h"
#include "web/figure_table_model.h"
#include "web/outcome_words.h"

namespace tram::server {
namespace {

constexpr std::string_view kEverybody = "all";

using Cells = std::vector<Json>;
using CellRows = std::vector<Cells>;

class Section {
 public:
  Section(const PageCall& call, const Indicator& indicator, const std::vector<int>& years,
          const std::vector<ReleasedRow>& rows)
      : call_(call), indicator_(indicator), rows_(rows), by_year_(years.size() > 1) {
    by_stratum_ = std::any_of(rows.begin(), rows.end(),
                              [](const ReleasedRow& row) { return row.stratum != kEverybody; });
  }
  bool by_stratum() const { return by_stratum_; }

  void AddTables(Json& model) const {
    switch (indicator_.shape) {
      case IndicatorShape::kStates:
        AddStates(model);
        AddSuccess(model);
        break;
      case IndicatorShape::kRate:
        AddRates(model);
        break;
      case IndicatorShape::kSurvival:
        AddSurvival(model);
        break;
      case IndicatorShape::kCount:
        AddTable(
            Text("Số người", "Persons"), {Text("số người", "persons")},
            [](const ReleasedRow& row, const Figure&) -> CellRows {
              return {Cells{CountCell(NumberOf(row, "persons"))}};
            },
            model);
        break;
      case IndicatorShape::kCompeting:
      case IndicatorShape::kDays:
        break;
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
  static Shown NumberOf(const ReleasedRow& row, const std::string& item) {
    const auto found = row.line.numbers.find(item);
    if (found == row.line.numbers.end() || !found->second) return Shown::Hidden();
    return Shown::Rounded(*found->second, row.step);
  }

  /// `cells` gives the figures of a row, in one line or several. `reasons`: rows that are not drawn
  /// say why.
  template <class CellsOf>
  void AddTable(const std::string& caption, std::vector<std::string> heads, const CellsOf& cells,
                Json& model, bool reasons = true) const {
    heads.push_back(Text("làm tròn đến", "rounded to"));
    FigureTableModel table(caption, NameHeads(), heads);
    for (const ReleasedRow& row : rows_) {
      if (!row.why.empty()) {
        if (reasons) table.AddNotDrawn(NamesOf(row), row.why);
        continue;
      }
      const auto figure = ReleasedFigure(indicator_, row.line, row.step);
      if (!figure) continue;
      for (Cells& line : cells(row, *figure)) {
        line.push_back(CountCell(Shown::Exact(row.step)));
        table.Add(NamesOf(row), std::move(line));
      }
    }
    if (!table.empty()) model["tables"].push_back(std::move(table).Take());
  }

  /// What the rows print beside the persons, in the order of the programme, with its head.
  std::vector<std::pair<std::string, std::string>> Items() const {
    const auto printed = [&](const std::string& item) {
      return std::any_of(rows_.begin(), rows_.end(),
                         [&](const ReleasedRow& row) { return row.line.numbers.contains(item); });
    };
    std::vector<std::pair<std::string, std::string>> items;
    bool success = !printed("success");
    for (const Bin& bin : indicator_.bins) {
      if (bin.standing == Standing::kSuccess && !success) {
        items.emplace_back("success", Text("thành công", "success"));
        success = true;
      }
      if (printed(bin.name)) items.emplace_back(bin.name, call_.In(bin.label));
    }
    if (printed("known_other")) {
      items.emplace_back("known_other", Text("đã rõ, không thành công", "known, no success"));
    }
    if (printed("unknown")) items.emplace_back("unknown", Text("chưa rõ", "unknown"));
    return items;
  }

  void AddStates(Json& model) const {
    const auto items = Items();
    std::vector<std::string> heads{Text("số người", "persons")};
    for (const auto& [item, head] : items) heads.push_back(head);
    AddTable(
        Text("Số người theo tình trạng", "Persons by state"), std::move(heads),
        [&](const ReleasedRow& row, const Figure&) -> CellRows {
          Cells cells{CountCell(NumberOf(row, "persons"))};
          for (const auto& [item, head] : items) cells.push_back(CountCell(NumberOf(row, item)));
          return CellRows{std::move(cells)};
        },
        model);
  }

  void AddSuccess(Json& model) const {
    const std::vector<std::string> heads{
        Text("số người", "persons"),
        Text("thành công", "success"),
        Text("đã rõ tình trạng", "state known"),
        Text("thành công trên tất cả, chưa rõ là không", "success of all, unknown as failure"),
        Text("thành công trên số đã rõ", "success of the known"),
        Text("khoảng tin cậy 95 %", "95 % interval"),
        Text("thành công trên tất cả, chưa rõ là có", "success of all, unknown as success"),
        Text("tỷ lệ đã rõ", "share known")};
    AddTable(
        Text("Tỷ lệ thành công", "Success"), heads,
        [](const ReleasedRow&, const Figure& figure) -> CellRows {
          const auto& states = std::get<StatesFigure>(figure);
          if (!states.outcome) return {};
          const OutcomeFigure& outcome = *states.outcome;
          return {Cells{CountCell(states.cohort), CountCell(outcome.success),
                        CountCell(outcome.known), ShareCell(outcome.low.value),
                        ShareCell(outcome.of_known.value),
                        ShareIntervalCell(outcome.of_known.interval), ShareCell(outcome.high.value),
                        ShareCell(outcome.coverage.value)}};
        },
        model, false);
  }

  void AddRates(Json& model) const {
    const bool bins = !indicator_.bins.empty();
    std::vector<std::string> heads;
    if (bins) heads.push_back(Text("loại", "kind"));
    for (const auto& head :
         {Text("có", "yes"), Text("không", "no"), Text("tỷ lệ có", "share of yes"),
          Text("khoảng tin cậy 95 %", "95 % interval")}) {
      heads.push_back(head);
    }
    AddTable(
        Text("Tỷ lệ", "Shares"), std::move(heads),
        [&](const ReleasedRow& row, const Figure& figure) -> CellRows {
          CellRows lines;
          for (const RateFigure::Part& part : std::get<RateFigure>(figure).parts) {
            Cells cells;
            if (bins) cells.push_back(WordsCell(BinLabel(part.bin)));
            const std::string end = part.bin.empty() ? "" : "_" + part.bin;
            cells.push_back(CountCell(NumberOf(row, "yes" + end)));
            cells.push_back(CountCell(NumberOf(row, "no" + end)));
            cells.push_back(ShareCell(part.share.value));
            cells.push_back(ShareIntervalCell(part.share.interval));
            lines.push_back(std::move(cells));
          }
          return lines;
        },
        model);
  }

  std::string BinLabel(const std::string& name) const {
    const auto bin = std::find_if(indicator_.bins.begin(), indicator_.bins.end(),
                                  [&](const Bin& any) { return any.name == name; });
    return bin == indicator_.bins.end() ? name : call_.In(bin->label);
  }

  void AddSurvival(Json& model) const {
    std::vector<std::string> heads{Text("số người", "persons"),
                                   Text("có biến cố đến ngày 365", "with the event by day 365")};
    for (std::int64_t day : tram::kCurveDays) {
      heads.push_back(call_.Words("chưa có biến cố sau {} ngày (95 %)",
                                  "without event after {} days (95 %)", day));
    }
    AddTable(
        Text("Chưa có biến cố", "Without event"), std::move(heads),
        [](const ReleasedRow&, const Figure& figure) -> CellRows {
          const auto& survival = std::get<SurvivalFigure>(figure);
          Cells cells{CountCell(survival.cohort), CountCell(survival.events)};
          for (const SurvivalFigure::At& at : survival.at) {
            cells.push_back(CurveCell(at.survival, at.interval));
          }
          return CellRows{std::move(cells)};
        },
        model);
  }

  const PageCall& call_;
  const Indicator& indicator_;
  const std::vector<ReleasedRow>& rows_;
  bool by_year_, by_stratum_ = false;
};

}  // namespace

Result<Json> OutcomeSection(const PageCall& call, const Indicator& indicator,
                            const std::vector<int>& years, const std::string& dimension,
                            const std::vector<ReleasedRow>& rows) {
  Json model{{"id", indicator.name},      {"label", call.In(indicator.label)},
             {"released", Json::array()}, {"tables", Json::array()},
             {"notes", Json::array()},    {"curves", ""}};
  for (int year : years) {
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const ReleasedRow& any) { return any.year == year; });
    if (row == rows.end()) continue;
    TRAM_ASSIGN(const std::string text, ReleasedText(call, year, row->as_of));
    if (!text.empty()) model["released"].push_back(text);
  }
  const Section section(call, indicator, years, rows);
  section.AddTables(model);
  for (std::string& words : section.StandingWords()) model["notes"].push_back(std::move(words));
  if (dimension.empty()) return model;
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
