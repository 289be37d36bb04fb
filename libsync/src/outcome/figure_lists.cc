#include "outcome/figure_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "outcome/figure_words.h"
#include "tram/base/text_table.h"

namespace tram {
namespace {

constexpr char kIndent[] = "  ";
constexpr char kNotShown[] = "-";

using Kind = FigureCell::Kind;
using Row = std::vector<FigureCell>;

FigureCell WordsCell(std::string text) { return {Kind::kWords, std::move(text), {}, {}}; }

FigureCell CountCell(Shown shown) {
  FigureCell cell{Kind::kCount, shown.Text(), {}, {}};
  if (shown.value()) cell.number = static_cast<double>(*shown.value());
  return cell;
}

FigureCell NumberCell(std::string text, double number) {
  return {Kind::kDecimal, std::move(text), number, {}};
}

FigureCell ShareCell(const std::optional<double>& share) {
  return {Kind::kShare, share ? fmt::format("{:.1f} %", 100 * *share) : "-", share, {}};
}

FigureCell ShareInterval(const std::optional<Interval>& interval) {
  FigureCell cell{Kind::kShare, "", {}, interval};
  if (interval) {
    cell.text = fmt::format("{:.1f}-{:.1f} %", 100 * interval->low, 100 * interval->high);
  }
  return cell;
}

FigureCell ProbabilityCell(const std::optional<double>& value) {
  return {Kind::kProbability, value ? fmt::format("{:.3f}", *value) : "-", value, {}};
}

FigureCell ProbabilityInterval(const std::optional<Interval>& interval) {
  FigureCell cell{Kind::kProbability, "", {}, interval};
  if (interval) cell.text = fmt::format("{:.3f}-{:.3f}", interval->low, interval->high);
  return cell;
}

FigureCell Again(FigureCell cell, bool repeated) {
  cell.repeated = repeated;
  return cell;
}

/// Rows under one head. Only the first row of a line says its names; the others repeat them.
class List {
 public:
  /// `names` may be null: lines without names.
  List(const FigureTable& table, const LineNames* names, Language language)
      : indicator_(*table.indicator), names_(names), language_(language) {
    for (const FigureLine& line : table.lines) {
      const auto* rate = line.figure ? std::get_if<RateFigure>(&*line.figure) : nullptr;
      for (std::size_t i = 0; rate != nullptr && i < rate->parts.size(); ++i) {
        bins_ |= !rate->parts[i].bin.empty();
      }
    }
    if (names != nullptr) sheet_.head = names->Head(true);
    if (bins_) sheet_.head.push_back(Words(language_, "loại", "kind"));
    sheet_.names = sheet_.head.size();
    const Cells figures = Head();
    sheet_.head.insert(sheet_.head.end(), figures.begin(), figures.end());
  }

  void Add(const FigureLine& line) {
    if (names_ != nullptr) cells_ = names_->Of(line, true);
    first_ = true;
    if (line.figure) {
      std::visit(*this, *line.figure);
    } else {
      AddRow({WordsCell(Words(language_, "không hiển thị", "not shown"))});
    }
  }
  FigureSheet sheet() && { return std::move(sheet_); }

  void operator()(const CountFigure& figure) {
    for (const CountFigure::Part& part : figure.parts) AddRow({CountCell(part.count)});
  }

  void operator()(const RateFigure& figure) {
    for (const RateFigure::Part& part : figure.parts) {
      Row cells;
      if (bins_) cells.push_back(WordsCell(BinLabel(indicator_, part.bin, language_)));
      const auto& value = part.share.value;
      cells.push_back(CountCell(part.numerator));
      cells.push_back(CountCell(part.denominator));
      if (indicator_.ratio) {
        cells.push_back(value ? NumberCell(fmt::format("{:.2f}", *value), *value) : WordsCell("-"));
      } else {
        cells.push_back(ShareCell(value));
        cells.push_back(ShareInterval(part.share.interval));
      }
      AddRow(std::move(cells));
    }
  }

  void operator()(const SurvivalFigure& figure) {
    const FigureCell persons = CountCell(figure.cohort), events = CountCell(figure.events);
    for (const SurvivalFigure::At& at : figure.at) {
      AddRow({Again(persons, !first_), Again(events, !first_), DayCell(at.day),
              CountCell(at.at_risk), ProbabilityCell(at.survival),
              ProbabilityInterval(at.interval)});
    }
    if (figure.at.empty()) AddRow({persons, events});
  }

  void operator()(const IncidenceFigure& figure) {
    for (std::size_t cause = 0; cause < figure.causes.size(); ++cause) {
      const std::string label = BinLabel(indicator_, figure.causes[cause].bin, language_);
      bool again = false;
      for (const IncidenceFigure::At& at : figure.at) {
        AddIncidence(figure, at, Again(WordsCell(label), again),
                     Again(CountCell(figure.causes[cause].events), again),
                     cause < at.causes.size() ? &at.causes[cause] : nullptr);
        again = true;
      }
    }
    bool again = false;
    for (const IncidenceFigure::At& at : figure.at) {
      AddIncidence(figure, at,
                   Again(WordsCell(Words(language_, "không biến cố", "none of these")), again),
                   WordsCell(""), at.event_free ? &*at.event_free : nullptr);
      again = true;
    }
  }

  void operator()(const StatesFigure& figure) {
    for (const StatesFigure::State& state : figure.states) {
      AddRow({WordsCell(BinLabel(indicator_, state.bin, language_)), CountCell(state.persons),
              ShareCell(state.share.value), WordsCell("")});
    }
    AddState(Words(language_, "tất cả", "all"), CountCell(figure.cohort), WordsCell(""));
    if (figure.outcome) AddOutcome(*figure.outcome);
    if (figure.immature) {
      AddState(
          Words(language_, "chưa đủ thời gian, không tính ở trên", "too early, not counted above"),
          CountCell(*figure.immature), WordsCell(""));
    }
  }

  void operator()(const DaysFigure& figure) {
    const auto& days = figure.quartiles;
    AddRow({CountCell(figure.records),
            days ? NumberCell(fmt::format("{:g}", days->median), days->median) : WordsCell("-"),
            days ? FigureCell{Kind::kDecimal,
                              fmt::format("{:g}-{:g}", days->lower, days->upper),
                              {},
                              Interval{days->lower, days->upper}}
                 : WordsCell("")});
  }

 private:
  Cells Head() const {
    const std::string persons = Words(language_, "người", "persons");
    const std::string events = Words(language_, "biến cố", "events");
    const std::string day = Words(language_, "ngày", "day");
    const std::string at_risk = Words(language_, "còn theo dõi", "at risk");
    switch (indicator_.shape) {
      case IndicatorShape::kCount:
        return {Words(language_, "số", "count")};
      case IndicatorShape::kRate:
        if (indicator_.ratio) {
          return {Words(language_, "số", "count"), Words(language_, "trên", "of"),
                  Words(language_, "bình quân", "each")};
        }
        return {Words(language_, "số", "count"), Words(language_, "trên", "of"), "%", "95 %"};
      case IndicatorShape::kSurvival:
        return {persons, events, day, at_risk, "S(t)", "95 %"};
      case IndicatorShape::kCompeting:
        return {persons, Words(language_, "nguyên nhân", "cause"),   events, day,
                at_risk, Words(language_, "tích lũy", "cumulative"), "95 %"};
      case IndicatorShape::kStates:
        return {Words(language_, "tình trạng", "state"), persons, "%", "95 %"};
      case IndicatorShape::kDays:
        return {Words(language_, "bản ghi", "records"), Words(language_, "trung vị", "median"),
                Words(language_, "tứ phân vị", "quartiles")};
    }
    return {};
  }

  static FigureCell DayCell(std::int64_t day) {
    return {Kind::kCount, std::to_string(day), static_cast<double>(day), {}};
  }

  void AddIncidence(const IncidenceFigure& figure, const IncidenceFigure::At& at, FigureCell label,
                    FigureCell events, const StateProbability* state) {
    AddRow({Again(CountCell(figure.cohort), !first_), std::move(label), std::move(events),
            DayCell(at.day), CountCell(at.at_risk),
            ProbabilityCell(state == nullptr ? std::nullopt : std::optional(state->probability)),
            ProbabilityInterval(state == nullptr ? std::nullopt : state->interval)});
  }

  void AddState(const char* label, FigureCell persons, FigureCell share,
                FigureCell interval = WordsCell("")) {
    AddRow({WordsCell(label), std::move(persons), std::move(share), std::move(interval)});
  }

  void AddOutcome(const OutcomeFigure& outcome) {
    AddState(Words(language_, "thành công, trên tất cả (không rõ là không)",
                   "success, of all (unknown as failure)"),
             CountCell(outcome.success), ShareCell(outcome.low.value));
    AddState(Words(language_, "thành công, trên số đã rõ", "success, of the known"),
             CountCell(outcome.success), ShareCell(outcome.of_known.value),
             ShareInterval(outcome.of_known.interval));
    AddState(Words(language_, "thành công, trên tất cả (không rõ là có)",
                   "success, of all (unknown as success)"),
             WordsCell(""), ShareCell(outcome.high.value));
    AddState(Words(language_, "đã rõ tình trạng", "state known"), CountCell(outcome.known),
             ShareCell(outcome.coverage.value));
  }

  void AddRow(Row figures) {
    Row row;
    for (const std::string& name : cells_) row.push_back(Again(WordsCell(name), !first_));
    std::move(figures.begin(), figures.end(), std::back_inserter(row));
    sheet_.rows.push_back(std::move(row));
    first_ = false;
  }

  const Indicator& indicator_;
  const LineNames* names_;
  Language language_;
  Cells cells_;  // the names of the line
  bool bins_ = false, first_ = true;
  FigureSheet sheet_;
};

std::string SheetText(const FigureSheet& sheet) {
  TextTable text(sheet.head);
  for (const Row& row : sheet.rows) {
    Cells cells;
    for (const FigureCell& cell : row) cells.push_back(cell.repeated ? "" : cell.text);
    text.Add(std::move(cells));
  }
  return text.Text(kIndent);
}

/// What a grid has in one row: a line without its period, and a bin.
struct GridRow {
  Cells names;
  std::map<std::string, FigureCell> cells;  // by period
};

struct Grid {
  std::vector<GridRow> rows;
  std::map<Cells, std::size_t> index;  // of a row, by its names
  std::set<std::string> periods;
  bool bins = false, not_shown = false;

  void Set(const Cells& names, const std::string& period, FigureCell cell) {
    const auto [known, fresh] = index.emplace(names, rows.size());
    if (fresh) rows.push_back({names, {}});
    rows[known->second].cells[period] = std::move(cell);
    periods.insert(period);
  }
};

Grid MakeGrid(const FigureTable& table, const LineNames& names, Language language) {
  Grid grid;
  for (const FigureLine& line : table.lines) {
    Cells cells = names.Of(line, false);
    cells.emplace_back();  // of the bin
    auto set = [&](const std::string& bin, FigureCell cell) {
      cells.back() = BinLabel(*table.indicator, bin, language);
      grid.bins |= !bin.empty();
      grid.Set(cells, line.period, std::move(cell));
    };
    if (!line.figure) {
      grid.not_shown = true;
      set("", WordsCell(kNotShown));
    } else if (const auto* count = std::get_if<CountFigure>(&*line.figure)) {
      for (const auto& part : count->parts) set(part.bin, CountCell(part.count));
    } else if (const auto* rate = std::get_if<RateFigure>(&*line.figure)) {
      for (const auto& part : rate->parts) {
        set(part.bin, WordsCell(part.numerator.Text() + "/" + part.denominator.Text()));
      }
    }
  }
  return grid;
}

}  // namespace

LineNames::LineNames(const FigureReport& report, const FigureTable& table, Language language)
    : report_(report), language_(language) {
  for (const FigureLine& line : table.lines) {
    places_ |= !PlaceLabel(report, line.place, language).empty();
    strata_ |= line.stratum != "all" && !line.stratum.empty();
    periods_ |= !line.period.empty();
  }
}

Cells LineNames::Head(bool period) const {
  Cells head;
  if (places_) head.push_back(Words(language_, "nơi", "place"));
  if (strata_) head.push_back(Words(language_, "nhóm", "stratum"));
  if (period && periods_) head.push_back(Words(language_, "kỳ", "period"));
  return head;
}

Cells LineNames::Of(const FigureLine& line, bool period) const {
  Cells cells;
  if (places_) cells.push_back(PlaceLabel(report_, line.place, language_));
  if (strata_) cells.push_back(StratumLabel(*report_.programme, line.stratum, language_));
  if (period && periods_) cells.push_back(line.period);
  return cells;
}

std::string LineNames::Joined(const FigureLine& line) const {
  std::string name;
  for (const std::string& part : Of(line, true)) name += (name.empty() ? "" : ", ") + part;
  return name;
}

std::string GridText(const FigureTable& table, const LineNames& names, Language language) {
  const Grid grid = MakeGrid(table, names, language);
  Cells head = names.Head(false);
  if (grid.bins) head.push_back(Words(language, "loại", "kind"));
  std::vector<std::size_t> widths;
  for (const std::string& cell : head) widths.push_back(TextWidth(cell));
  std::size_t widest = 7;  // "2026-03"
  for (const GridRow& row : grid.rows) {
    for (std::size_t i = 0; i < head.size(); ++i) {
      widths[i] = std::max(widths[i], TextWidth(row.names[i]));
    }
    for (const auto& [period, cell] : row.cells) widest = std::max(widest, cell.text.size());
  }
  std::size_t used = sizeof(kIndent) - 1;
  for (std::size_t width : widths) used += width + 2;
  const std::size_t room = used < kReportColumns ? kReportColumns - used : 0;
  const std::size_t across = std::max<std::size_t>(3, (room + 2) / (widest + 2));
  const std::vector<std::string> periods(grid.periods.begin(), grid.periods.end());
  std::string text;
  for (std::size_t first = 0; first < periods.size(); first += across) {
    const std::size_t last = std::min(first + across, periods.size());
    Cells block = head;
    for (std::size_t i = first; i < last; ++i) {
      block.push_back(periods[i].empty() ? Words(language, "số", "count") : periods[i]);
    }
    TextTable lines(std::move(block));
    for (const GridRow& row : grid.rows) {
      Cells cells(row.names.begin(), row.names.begin() + static_cast<std::ptrdiff_t>(head.size()));
      for (std::size_t i = first; i < last; ++i) {
        auto found = row.cells.find(periods[i]);
        cells.push_back(found == row.cells.end() ? "" : found->second.text);
      }
      lines.Add(std::move(cells));
    }
    text += lines.Text(kIndent);
  }
  if (grid.not_shown) {
    text += std::string(kIndent) + kNotShown + ": " +
            Words(language, "không hiển thị\n", "not shown\n");
  }
  return text;
}

FigureSheet GridSheet(const FigureTable& table, const LineNames& names, Language language) {
  const Grid grid = MakeGrid(table, names, language);
  FigureSheet sheet;
  sheet.head = names.Head(false);
  if (grid.bins) sheet.head.push_back(Words(language, "loại", "kind"));
  sheet.names = sheet.head.size();
  if (grid.periods.size() > 1) sheet.chart = FigureSheet::Chart::kPeriods;
  for (const std::string& period : grid.periods) {
    sheet.head.push_back(period.empty() ? Words(language, "số", "count") : period);
  }
  for (const GridRow& row : grid.rows) {
    Row cells;
    for (std::size_t i = 0; i < sheet.names; ++i) cells.push_back(WordsCell(row.names[i]));
    for (const std::string& period : grid.periods) {
      auto found = row.cells.find(period);
      cells.push_back(found == row.cells.end() ? WordsCell("") : found->second);
    }
    sheet.rows.push_back(std::move(cells));
  }
  return sheet;
}

std::vector<FigureSheet> ListSheets(const FigureTable& table, const LineNames& names,
                                    Language language) {
  const IndicatorShape shape = table.indicator->shape;
  std::vector<FigureSheet> sheets;
  if (shape != IndicatorShape::kStates && shape != IndicatorShape::kCompeting) {
    List list(table, &names, language);
    for (const FigureLine& line : table.lines) list.Add(line);
    sheets.push_back(std::move(list).sheet());
    return sheets;
  }
  for (const FigureLine& line : table.lines) {
    List list(table, nullptr, language);
    list.Add(line);
    sheets.push_back(std::move(list).sheet());
    sheets.back().name = names.Joined(line);
    sheets.back().names = shape == IndicatorShape::kStates ? 1 : 0;
  }
  return sheets;
}

std::string ListText(const FigureTable& table, const LineNames& names, Language language) {
  std::string text;
  for (const FigureSheet& sheet : ListSheets(table, names, language)) {
    text += (sheet.name.empty() ? "" : kIndent + sheet.name + "\n") + SheetText(sheet);
  }
  return text;
}

}  // namespace tram
