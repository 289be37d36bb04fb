// Units: how each works, side by side. Exact figures of those that the Permit covers.
#include <algorithm>

#include "tram/base/vietnamese.h"
#include "web/figure_page.h"
#include "web/office.h"

namespace tram::server {
namespace {

constexpr std::size_t kUnitsOnPage = 50;
constexpr int kMonthsLooked = 12;  // for how complete a unit's data is
constexpr double kNoValue = -1;

struct UnitLine {
  const Unit* unit = nullptr;
  const Place* province = nullptr;         // on the query's day
  std::vector<FigureSum::Counts> figures;  // as Headlines::Both
  int months_with_figures = 0;
  std::optional<double> days;  // median to arrival
};

/// A column that lines are sorted by.
struct Column {
  std::string key, name;
  bool number = true;
  bool highest_first = true;  // when it is first asked for
  std::size_t figure = 0;     // of key "f…"
};

class UnitList {
 public:
  UnitList(PageCall& call, const Permit& permit, const FigureAsk& ask)
      : call_(call),
        board_(call.office.figures),
        permit_(permit),
        ask_(ask),
        figures_(ask.heads.Both()) {}

  Status Fill(Json& model);

 private:
  void MakeColumns();
  Status Collect();
  Result<UnitLine> LineOf(const Unit& unit, const Place* province);
  Status AddDays(UnitLine& line);
  void Sort();
  std::pair<double, std::string> KeyOf(const UnitLine& line) const;
  Json Row(const UnitLine& line) const;
  void AddProvinceChoice(Json& model) const;
  void AddColumns(Json& model) const;
  std::string Link(const std::string& sort, bool descending, std::size_t page) const;

  PageCall& call_;
  FigureBoard& board_;
  const Permit& permit_;
  const FigureAsk& ask_;
  const std::vector<const Indicator*> figures_;
  std::vector<Column> columns_;
  const Column* sorted_by_ = nullptr;
  bool descending_ = false;
  std::vector<UnitLine> lines_;
  std::map<std::string, std::string> provinces_;  // of the units that are covered: code, name
};

std::string UnitList::Link(const std::string& sort, bool descending, std::size_t page) const {
  std::string link = "/units?" + ask_.link;
  for (const char* name : {"q", "place", "closed"}) {
    if (!call_.Query(name).empty()) {
      link += std::string("&") + name + "=" + PercentEncode(call_.Query(name));
    }
  }
  link += "&sort=" + sort;
  if (descending) link += "&desc=1";
  if (page > 1) link += "&page=" + std::to_string(page);
  return link;
}

void UnitList::MakeColumns() {
  columns_ = {{"code", call_.Words("Mã", "Code"), false, false},
              {"name", call_.Words("Tên", "Name"), false, false},
              {"province", call_.Words("Tỉnh", "Province"), false, false}};
  for (std::size_t i = 0; i < figures_.size(); ++i) {
    columns_.push_back({"f" + std::to_string(i), call_.In(figures_[i]->label), true, true, i});
  }
  columns_.push_back({"complete",
                      call_.Words("Tháng có số liệu, trong 12 tháng", "Months with figures, of 12"),
                      true, false});
  if (ask_.heads.days != nullptr) {
    columns_.push_back(
        {"days", call_.Words("Số ngày đến khi về máy chủ (trung vị)", "Days to arrival (median)"),
         true, true});
  }
  columns_.push_back({"synced", call_.Words("Lần gửi cuối", "Last sync"), false, false});
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) {
    return column.key == call_.Query("sort");
  });
  sorted_by_ = found == columns_.end() ? &columns_.front() : &*found;
  descending_ = found != columns_.end() && call_.Query("desc") == "1";
}

Result<UnitLine> UnitList::LineOf(const Unit& unit, const Place* province) {
  UnitLine line{&unit, province, {}, 0, std::nullopt};
  TRAM_ASSIGN(const std::vector<MonthFigures> figures,
              board_.OfUnit(permit_, ask_.query, unit.number, figures_, kMonthsLooked));
  for (const MonthFigures& of : figures) line.figures.push_back(Newest(of));
  for (std::size_t month = 0; month < kMonthsLooked; ++month) {
    const bool some = std::any_of(figures.begin(), figures.end(), [&](const MonthFigures& of) {
      return of.months[month] != FigureSum::Counts();
    });
    line.months_with_figures += some ? 1 : 0;
  }
  return line;
}

Status UnitList::AddDays(UnitLine& line) {
  if (ask_.heads.days == nullptr || line.days) return {};
  TRAM_ASSIGN(const auto days,
              board_.DaysOfUnit(permit_, ask_.query, line.unit->number, *ask_.heads.days));
  if (const auto quartiles = QuartilesOf(days)) line.days = quartiles->median;
  return {};
}

Status UnitList::Collect() {
  const std::string wanted = Fold(call_.Query("q"));
  const std::string_view place = call_.Query("place");
  const bool closed_too = call_.Query("closed") == "1";
  const Date day = board_.DayOf(ask_.query);
  const Date worked = std::min(ask_.query.as_of, call_.state.Today());
  for (const Unit& unit : board_.places().units()) {
    if (!board_.CheckUnit(permit_, unit.number)) continue;
    if (!closed_too && !WorkedOn(unit, worked)) continue;
    const Place* province = board_.places().PlaceOn(unit.number, day);
    if (province != nullptr) provinces_[province->code] = province->name;
    if (!place.empty() && (province == nullptr || province->code != place)) continue;
    if (!wanted.empty() && Fold(unit.code + " " + unit.name).find(wanted) == std::string::npos) {
      continue;
    }
    TRAM_ASSIGN(UnitLine line, LineOf(unit, province));
    lines_.push_back(std::move(line));
  }
  if (sorted_by_->key != "days") return {};
  for (UnitLine& line : lines_) TRAM_TRY(AddDays(line));
  return {};
}

std::pair<double, std::string> UnitList::KeyOf(const UnitLine& line) const {
  const std::string& key = sorted_by_->key;
  if (key == "name") return {0, Fold(line.unit->name)};
  if (key == "province") return {0, line.province == nullptr ? "" : Fold(line.province->name)};
  if (key == "synced") {
    return {line.unit->synced_ms ? static_cast<double>(*line.unit->synced_ms) : kNoValue, ""};
  }
  if (key == "complete") return {line.months_with_figures, ""};
  if (key == "days") return {line.days.value_or(kNoValue), ""};
  if (key == "code") return {0, line.unit->code};
  const FigureSum::Counts& counts = line.figures[sorted_by_->figure];
  if (figures_[sorted_by_->figure]->shape == IndicatorShape::kCount) {
    return {static_cast<double>(counts.numerator), ""};
  }
  if (counts.denominator == 0) return {kNoValue, ""};
  return {static_cast<double>(counts.numerator) / static_cast<double>(counts.denominator), ""};
}

void UnitList::Sort() {
  std::vector<std::pair<std::pair<double, std::string>, std::size_t>> order;
  for (std::size_t i = 0; i < lines_.size(); ++i) order.emplace_back(KeyOf(lines_[i]), i);
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return descending_ ? b.first < a.first : a.first < b.first;
  });
  std::vector<UnitLine> sorted;
  for (const auto& [key, i] : order) sorted.push_back(std::move(lines_[i]));
  lines_ = std::move(sorted);
}

Json UnitList::Row(const UnitLine& line) const {
  Json row{{"code", line.unit->code},
           {"name", line.unit->name},
           {"href", "/unit/" + PercentEncode(line.unit->code) + "?" + ask_.link},
           {"province", line.province == nullptr ? "–" : line.province->name},
           {"cells", Json::array()}};
  for (std::size_t i = 0; i < figures_.size(); ++i) {
    row["cells"].push_back(FigureText(*figures_[i], line.figures[i], call_.language));
  }
  row["cells"].push_back(std::to_string(line.months_with_figures));
  if (ask_.heads.days != nullptr) {
    row["cells"].push_back(line.days ? DecimalText(*line.days, call_.language) : "–");
  }
  row["synced"] =
      line.unit->synced_ms ? TimeText(*line.unit->synced_ms) : call_.Words("chưa lần nào", "never");
  const std::int64_t now_ms = call_.state.NowMs();
  if (!WorkedOn(*line.unit, call_.state.Today())) {
    row["state"] = call_.Words("đã đóng", "closed");
  } else if (IsSilent(*line.unit, now_ms, kSilentLong)) {
    row["silent"] = call_.Words("im lặng từ 30 ngày", "silent for 30 days");
  } else if (IsSilent(*line.unit, now_ms, kSilentShort)) {
    row["silent"] = call_.Words("im lặng từ 7 ngày", "silent for 7 days");
  }
  return row;
}

void UnitList::AddProvinceChoice(Json& model) const {
  model["choices"] = Json::array();
  for (const auto& [code, name] : provinces_) {
    model["choices"].push_back(
        {{"value", code}, {"label", name}, {"chosen", code == call_.Query("place")}});
  }
  model["choose_place"] = provinces_.size() > 1;
}

void UnitList::AddColumns(Json& model) const {
  model["columns"] = Json::array();
  for (const Column& column : columns_) {
    const bool here = &column == sorted_by_;
    const bool descending = here ? !descending_ : column.highest_first;
    model["columns"].push_back({{"name", column.name},
                                {"number", column.number},
                                {"href", Link(column.key, descending, 1)},
                                {"up", here && !descending_},
                                {"down", here && descending_}});
  }
}

Status UnitList::Fill(Json& model) {
  MakeColumns();
  TRAM_TRY(Collect());
  Sort();
  const std::size_t pages =
      std::max<std::size_t>(1, (lines_.size() + kUnitsOnPage - 1) / kUnitsOnPage);
  const std::size_t asked = std::strtoul(std::string(call_.Query("page")).c_str(), nullptr, 10);
  const std::size_t page = std::clamp<std::size_t>(asked, 1, pages);
  model["rows"] = Json::array();
  for (std::size_t i = (page - 1) * kUnitsOnPage; i < std::min(lines_.size(), page * kUnitsOnPage);
       ++i) {
    TRAM_TRY(AddDays(lines_[i]));
    model["rows"].push_back(Row(lines_[i]));
  }
  AddColumns(model);
  AddProvinceChoice(model);
  model["q"] = std::string(call_.Query("q"));
  model["closed"] = call_.Query("closed") == "1";
  model["sort"] = sorted_by_->key;
  model["desc"] = descending_;
  model["count"] =
      call_.Words("{} đơn vị; trang {} trên {}", "Units: {}; page {} of {}",
                  CountText(static_cast<std::int64_t>(lines_.size()), call_.language), page, pages);
  if (page > 1) model["previous"] = Link(sorted_by_->key, descending_, page - 1);
  if (page < pages) model["next"] = Link(sorted_by_->key, descending_, page + 1);
  model["success"] = Authorise(*call_.viewer, Right::kOutcomes).has_value();
  return {};
}

Result<Answer> UnitsPage(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Page page{"units", call.Words("Đơn vị", "Units")};
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, page.model));
  TRAM_TRY(UnitList(call, permit, ask).Fill(page.model));
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> UnitListRoutes() {
  static const Route routes[] = {
      {"GET", "/units", Access::kRight, Right::kActivity, UnitsPage},
  };
  return routes;
}

}  // namespace tram::server
