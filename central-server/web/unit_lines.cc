#include "web/unit_lines.h"

#include <algorithm>

#include "tram/base/vietnamese.h"
#include "web/office.h"

namespace tram::server {
namespace {

constexpr double kNoValue = -1;

}  // namespace

UnitLines::UnitLines(PageCall& call, const Permit& permit, const FigureAsk& ask)
    : call_(call),
      board_(call.office.figures),
      permit_(permit),
      ask_(ask),
      figures_(ask.heads.Both()) {
  const std::vector<std::string> keys = Keys();
  const auto found = std::find(keys.begin(), keys.end(), call_.Query("sort"));
  sorted_by_ = found == keys.end() ? keys.front() : *found;
  descending_ = found != keys.end() && call_.Query("desc") == "1";
}

std::vector<std::string> UnitLines::Keys() const {
  std::vector<std::string> keys{"code", "name", "province"};
  for (std::size_t i = 0; i < figures_.size(); ++i) keys.push_back("f" + std::to_string(i));
  keys.insert(keys.end(), {"complete", "synced"});
  if (ask_.heads.days != nullptr) keys.emplace_back("days");
  return keys;
}

Result<UnitLine> UnitLines::LineOf(const Unit& unit, const Place* province) {
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

Status UnitLines::AddDays(std::size_t first, std::size_t end) {
  if (ask_.heads.days == nullptr) return {};
  for (std::size_t i = first; i < std::min(end, lines_.size()); ++i) {
    UnitLine& line = lines_[i];
    if (line.days) continue;
    TRAM_ASSIGN(const auto days,
                board_.DaysOfUnit(permit_, ask_.query, line.unit->number, *ask_.heads.days));
    if (const auto quartiles = QuartilesOf(days)) line.days = quartiles->median;
  }
  return {};
}

Status UnitLines::Read() {
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
  if (sorted_by_ == "days") TRAM_TRY(AddDays(0, lines_.size()));
  Sort();
  return {};
}

std::pair<double, std::string> UnitLines::KeyOf(const UnitLine& line) const {
  const std::string& key = sorted_by_;
  if (key == "name") return {0, Fold(line.unit->name)};
  if (key == "province") return {0, line.province == nullptr ? "" : Fold(line.province->name)};
  if (key == "synced") {
    return {line.unit->synced_ms ? static_cast<double>(*line.unit->synced_ms) : kNoValue, ""};
  }
  if (key == "complete") return {line.months_with_figures, ""};
  if (key == "days") return {line.days.value_or(kNoValue), ""};
  if (key == "code") return {0, line.unit->code};
  const std::size_t figure = std::stoul(key.substr(1));
  const FigureSum::Counts& counts = line.figures[figure];
  if (figures_[figure]->shape == IndicatorShape::kCount) {
    return {static_cast<double>(counts.numerator), ""};
  }
  if (counts.denominator == 0) return {kNoValue, ""};
  return {static_cast<double>(counts.numerator) / static_cast<double>(counts.denominator), ""};
}

void UnitLines::Sort() {
  std::vector<std::pair<std::pair<double, std::string>, std::size_t>> order;
  for (std::size_t i = 0; i < lines_.size(); ++i) order.emplace_back(KeyOf(lines_[i]), i);
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return descending_ ? b.first < a.first : a.first < b.first;
  });
  std::vector<UnitLine> sorted;
  for (const auto& [key, i] : order) sorted.push_back(std::move(lines_[i]));
  lines_ = std::move(sorted);
}

UnitState UnitLines::StateOf(const Unit& unit) const {
  const std::int64_t now_ms = call_.state.NowMs();
  if (!WorkedOn(unit, call_.state.Today())) return UnitState::kClosed;
  if (IsSilent(unit, now_ms, kSilentLong)) return UnitState::kLost;
  return IsSilent(unit, now_ms, kSilentShort) ? UnitState::kQuiet : UnitState::kInTouch;
}

}  // namespace tram::server
