#include "web/outcome_tables.h"

#include <algorithm>

#include "rollup/released_figures.h"

namespace tram::server {
namespace {

using Cells = std::vector<FigureCell>;
using CellRows = std::vector<Cells>;
using Kind = FigureCell::Kind;
using Holds = OutcomeColumn::Holds;

class Tables {
 public:
  Tables(const PageCall& call, const Indicator& indicator, const std::vector<ReleasedRow>& rows)
      : call_(call), indicator_(indicator), rows_(rows) {}

  std::vector<OutcomeTable> Make() {
    switch (indicator_.shape) {
      case IndicatorShape::kStates:
        AddStates();
        AddSuccess();
        break;
      case IndicatorShape::kRate:
        AddShares();
        break;
      case IndicatorShape::kSurvival:
        AddSurvival();
        break;
      case IndicatorShape::kCount:
        AddTable("persons", Text("Số người", "Persons"), {{"persons", Text("số người", "persons")}},
                 [](const ReleasedRow& row, const Figure&) -> CellRows {
                   return {Cells{CountCell(NumberOf(row, "persons"))}};
                 });
        break;
      case IndicatorShape::kCompeting:
      case IndicatorShape::kDays:
        break;
    }
    return std::move(tables_);
  }

 private:
  std::string Text(const char* vi, const char* en) const {
    return call_.language == Language::kVietnamese ? vi : en;
  }

  static Shown NumberOf(const ReleasedRow& row, const std::string& item) {
    const auto found = row.line.numbers.find(item);
    if (found == row.line.numbers.end() || !found->second) return Shown::Hidden();
    return Shown::Rounded(*found->second, row.step);
  }

  /// `cells` gives the figures of a row, in one line or several. `reasons`: rows that are not drawn
  /// say why.
  template <class CellsOf>
  void AddTable(const char* name, std::string caption, std::vector<OutcomeColumn> columns,
                const CellsOf& cells, bool reasons = true) {
    columns.push_back({"rounded_to", Text("làm tròn đến", "rounded to")});
    OutcomeTable table{name, std::move(caption), std::move(columns), {}};
    for (const ReleasedRow& row : rows_) {
      if (!row.why.empty()) {
        if (reasons) table.lines.push_back({&row, {}});
        continue;
      }
      const auto figure = ReleasedFigure(indicator_, row.line, row.step);
      if (!figure) continue;
      for (Cells& line : cells(row, *figure)) {
        line.push_back(CountCell(row.step));
        table.lines.push_back({&row, std::move(line)});
      }
    }
    if (!table.lines.empty()) tables_.push_back(std::move(table));
  }

  /// What the rows print beside the persons, in the order of the programme, with its head.
  std::vector<OutcomeColumn> Items() const {
    const auto printed = [&](const std::string& item) {
      return std::any_of(rows_.begin(), rows_.end(),
                         [&](const ReleasedRow& row) { return row.line.numbers.contains(item); });
    };
    std::vector<OutcomeColumn> items;
    bool success = !printed("success");
    for (const Bin& bin : indicator_.bins) {
      if (bin.standing == Standing::kSuccess && !success) {
        items.push_back({"success", Text("thành công", "success")});
        success = true;
      }
      if (printed(bin.name)) items.push_back({bin.name, call_.In(bin.label)});
    }
    if (printed("known_other")) {
      items.push_back({"known_other", Text("đã rõ, không thành công", "known, no success")});
    }
    if (printed("unknown")) items.push_back({"unknown", Text("chưa rõ", "unknown")});
    return items;
  }

  void AddStates() {
    const std::vector<OutcomeColumn> items = Items();
    std::vector<OutcomeColumn> columns{{"persons", Text("số người", "persons")}};
    columns.insert(columns.end(), items.begin(), items.end());
    AddTable("states", Text("Số người theo tình trạng", "Persons by state"), std::move(columns),
             [&](const ReleasedRow& row, const Figure&) -> CellRows {
               Cells cells{CountCell(NumberOf(row, "persons"))};
               for (const OutcomeColumn& item : items) {
                 cells.push_back(CountCell(NumberOf(row, item.name)));
               }
               return CellRows{std::move(cells)};
             });
  }

  void AddSuccess() {
    AddTable(
        "success", Text("Tỷ lệ thành công", "Success"),
        {{"persons", Text("số người", "persons")},
         {"success", Text("thành công", "success")},
         {"known", Text("đã rõ tình trạng", "state known")},
         {"success_low",
          Text("thành công trên tất cả, chưa rõ là không", "success of all, unknown as failure"),
          Kind::kShare},
         {"success_of_known", Text("thành công trên số đã rõ", "success of the known"),
          Kind::kShare},
         {"success_of_known", Text("khoảng tin cậy 95 %", "95 % interval"), Kind::kShare,
          Holds::kInterval},
         {"success_high",
          Text("thành công trên tất cả, chưa rõ là có", "success of all, unknown as success"),
          Kind::kShare},
         {"share_known", Text("tỷ lệ đã rõ", "share known"), Kind::kShare}},
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
        false);
  }

  void AddShares() {
    const bool bins = !indicator_.bins.empty();
    std::vector<OutcomeColumn> columns;
    if (bins) columns.push_back({"kind", Text("loại", "kind"), Kind::kWords});
    columns.push_back({"yes", Text("có", "yes")});
    columns.push_back({"no", Text("không", "no")});
    columns.push_back({"share", Text("tỷ lệ có", "share of yes"), Kind::kShare});
    columns.push_back(
        {"share", Text("khoảng tin cậy 95 %", "95 % interval"), Kind::kShare, Holds::kInterval});
    AddTable("shares", Text("Tỷ lệ", "Shares"), std::move(columns),
             [&](const ReleasedRow& row, const Figure& figure) -> CellRows {
               CellRows lines;
               for (const RateFigure::Part& part : std::get<RateFigure>(figure).parts) {
                 Cells cells;
                 if (bins) cells.push_back(WordsCell(BinText(part.bin)));
                 const std::string end = part.bin.empty() ? "" : "_" + part.bin;
                 cells.push_back(CountCell(NumberOf(row, "yes" + end)));
                 cells.push_back(CountCell(NumberOf(row, "no" + end)));
                 cells.push_back(ShareCell(part.share.value));
                 cells.push_back(ShareIntervalCell(part.share.interval));
                 lines.push_back(std::move(cells));
               }
               return lines;
             });
  }

  std::string BinText(const std::string& name) const {
    const auto bin = std::find_if(indicator_.bins.begin(), indicator_.bins.end(),
                                  [&](const Bin& any) { return any.name == name; });
    return bin == indicator_.bins.end() ? name : call_.In(bin->label);
  }

  void AddSurvival() {
    std::vector<OutcomeColumn> columns{
        {"persons", Text("số người", "persons")},
        {"events", Text("có biến cố đến ngày 365", "with the event by day 365")}};
    for (const std::int64_t day : kCurveDays) {
      columns.push_back({"day_" + std::to_string(day),
                         call_.Words("chưa có biến cố sau {} ngày (95 %)",
                                     "without event after {} days (95 %)", day),
                         Kind::kProbability, Holds::kBoth});
    }
    AddTable("survival", Text("Chưa có biến cố", "Without event"), std::move(columns),
             [](const ReleasedRow&, const Figure& figure) -> CellRows {
               const auto& survival = std::get<SurvivalFigure>(figure);
               Cells cells{CountCell(survival.cohort), CountCell(survival.events)};
               for (const SurvivalFigure::At& at : survival.at) {
                 cells.push_back(CurveCell(at.survival, at.interval));
               }
               return CellRows{std::move(cells)};
             });
  }

  const PageCall& call_;
  const Indicator& indicator_;
  const std::vector<ReleasedRow>& rows_;
  std::vector<OutcomeTable> tables_;
};

}  // namespace

std::vector<OutcomeTable> OutcomeTables(const PageCall& call, const Indicator& indicator,
                                        const std::vector<ReleasedRow>& rows) {
  return Tables(call, indicator, rows).Make();
}

}  // namespace tram::server
