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

std::string Percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "-";
}

std::string PercentInterval(const std::optional<Interval>& interval) {
  if (!interval) return "";
  return fmt::format("{:.1f}-{:.1f} %", 100 * interval->low, 100 * interval->high);
}

std::string Probability(const std::optional<double>& value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

std::string ProbabilityInterval(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:.3f}-{:.3f}", interval->low, interval->high) : "";
}

/// Rows of text under one head. Only the first row of a line carries its names.
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
    Cells head;
    if (names != nullptr) head = names->Head(true);
    if (bins_) head.push_back(Words(language_, "loại", "kind"));
    const Cells figures = Head();
    head.insert(head.end(), figures.begin(), figures.end());
    text_.emplace(std::move(head));
  }

  void Add(const FigureLine& line) {
    if (names_ != nullptr) cells_ = names_->Of(line, true);
    first_ = true;
    if (line.figure) {
      std::visit(*this, *line.figure);
    } else {
      Row({Words(language_, "không hiển thị", "not shown")});
    }
  }
  std::string Text() const { return text_->Text(kIndent); }

  void operator()(const CountFigure& figure) {
    for (const CountFigure::Part& part : figure.parts) Row({part.count.Text()});
  }

  void operator()(const RateFigure& figure) {
    for (const RateFigure::Part& part : figure.parts) {
      Cells cells;
      if (bins_) cells.push_back(BinLabel(indicator_, part.bin, language_));
      const auto& value = part.share.value;
      cells.insert(cells.end(), {part.numerator.Text(), part.denominator.Text()});
      if (indicator_.ratio) {
        cells.push_back(value ? fmt::format("{:.2f}", *value) : "-");
      } else {
        cells.insert(cells.end(), {Percent(value), PercentInterval(part.share.interval)});
      }
      Row(cells);
    }
  }

  void operator()(const SurvivalFigure& figure) {
    std::string persons = figure.cohort.Text(), events = figure.events.Text();
    for (const SurvivalFigure::At& at : figure.at) {
      Row({persons, events, std::to_string(at.day), at.at_risk.Text(), Probability(at.survival),
           ProbabilityInterval(at.interval)});
      persons.clear();
      events.clear();
    }
    if (figure.at.empty()) Row({persons, events});
  }

  void operator()(const IncidenceFigure& figure) {
    for (std::size_t cause = 0; cause < figure.causes.size(); ++cause) {
      std::string label = BinLabel(indicator_, figure.causes[cause].bin, language_);
      std::string events = figure.causes[cause].events.Text();
      for (const IncidenceFigure::At& at : figure.at) {
        AddIncidence(figure, at, label, events,
                     cause < at.causes.size() ? &at.causes[cause] : nullptr);
        label.clear();
        events.clear();
      }
    }
    std::string label = Words(language_, "không biến cố", "none of these");
    for (const IncidenceFigure::At& at : figure.at) {
      AddIncidence(figure, at, label, "", at.event_free ? &*at.event_free : nullptr);
      label.clear();
    }
  }

  void operator()(const StatesFigure& figure) {
    for (const StatesFigure::State& state : figure.states) {
      Row({BinLabel(indicator_, state.bin, language_), state.persons.Text(),
           Percent(state.share.value), ""});
    }
    Row({Words(language_, "tất cả", "all"), figure.cohort.Text(), "", ""});
    if (figure.outcome) AddOutcome(*figure.outcome);
    if (figure.immature) {
      Row({Words(language_, "chưa đủ thời gian, không tính ở trên", "too early, not counted above"),
           figure.immature->Text(), "", ""});
    }
  }

  void operator()(const DaysFigure& figure) {
    const auto& days = figure.quartiles;
    Row({figure.records.Text(), days ? fmt::format("{:g}", days->median) : "-",
         days ? fmt::format("{:g}-{:g}", days->lower, days->upper) : ""});
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

  void AddIncidence(const IncidenceFigure& figure, const IncidenceFigure::At& at,
                    const std::string& label, const std::string& events,
                    const StateProbability* state) {
    Row({first_ ? figure.cohort.Text() : "", label, events, std::to_string(at.day),
         at.at_risk.Text(),
         Probability(state == nullptr ? std::nullopt : std::optional(state->probability)),
         ProbabilityInterval(state == nullptr ? std::nullopt : state->interval)});
  }

  void AddOutcome(const OutcomeFigure& outcome) {
    Row({Words(language_, "thành công, trên tất cả (không rõ là không)",
               "success, of all (unknown as failure)"),
         outcome.success.Text(), Percent(outcome.low.value), ""});
    Row({Words(language_, "thành công, trên số đã rõ", "success, of the known"),
         outcome.success.Text(), Percent(outcome.of_known.value),
         PercentInterval(outcome.of_known.interval)});
    Row({Words(language_, "thành công, trên tất cả (không rõ là có)",
               "success, of all (unknown as success)"),
         "", Percent(outcome.high.value), ""});
    Row({Words(language_, "đã rõ tình trạng", "state known"), outcome.known.Text(),
         Percent(outcome.coverage.value), ""});
  }

  void Row(const Cells& figures) {
    Cells cells = cells_;
    cells.insert(cells.end(), figures.begin(), figures.end());
    text_->Add(std::move(cells));
    for (std::string& name : cells_) name.clear();
    first_ = false;
  }

  const Indicator& indicator_;
  const LineNames* names_;
  Language language_;
  Cells cells_;  // the names of the line, until its first row is written
  bool bins_ = false, first_ = true;
  std::optional<TextTable> text_;
};

/// What a grid has in one row: a line without its period, and a bin.
struct GridRow {
  Cells names;
  std::map<std::string, std::string> cells;  // by period
};

struct Grid {
  std::vector<GridRow> rows;
  std::map<Cells, std::size_t> index;  // of a row, by its names
  std::set<std::string> periods;
  bool bins = false, not_shown = false;

  void Set(const Cells& names, const std::string& period, std::string cell) {
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
    auto set = [&](const std::string& bin, std::string cell) {
      cells.back() = BinLabel(*table.indicator, bin, language);
      grid.bins |= !bin.empty();
      grid.Set(cells, line.period, std::move(cell));
    };
    if (!line.figure) {
      grid.not_shown = true;
      set("", kNotShown);
    } else if (const auto* count = std::get_if<CountFigure>(&*line.figure)) {
      for (const auto& part : count->parts) set(part.bin, part.count.Text());
    } else if (const auto* rate = std::get_if<RateFigure>(&*line.figure)) {
      for (const auto& part : rate->parts) {
        set(part.bin, part.numerator.Text() + "/" + part.denominator.Text());
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
    for (const auto& [period, cell] : row.cells) widest = std::max(widest, cell.size());
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
        cells.push_back(found == row.cells.end() ? "" : found->second);
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

std::string ListText(const FigureTable& table, const LineNames& names, Language language) {
  const IndicatorShape shape = table.indicator->shape;
  if (shape != IndicatorShape::kStates && shape != IndicatorShape::kCompeting) {
    List list(table, &names, language);
    for (const FigureLine& line : table.lines) list.Add(line);
    return list.Text();
  }
  std::string text;
  for (const FigureLine& line : table.lines) {
    const std::string name = names.Joined(line);
    List list(table, nullptr, language);
    list.Add(line);
    text += (name.empty() ? "" : kIndent + name + "\n") + list.Text();
  }
  return text;
}

}  // namespace tram
