#include "rollup/figure_board.h"

#include <algorithm>

#include "storage/figure_rows.h"
#include "tram/base/vietnamese.h"

namespace tram::server {
namespace {

constexpr std::size_t kColumns = kBoardMonths + 1;  // the first: the whole time

/// The column of a month; nothing where it is not held.
std::optional<std::size_t> ColumnOf(int month, int last) {
  if (month == 0) return 0;
  const int back = last - month;
  if (back < 0 || back >= kBoardMonths) return std::nullopt;
  return kColumns - 1 - static_cast<std::size_t>(back);
}

void AddTo(FigureSum::Counts& sum, const FigureSum::Counts& part) {
  sum.numerator += part.numerator;
  sum.denominator += part.denominator;
}

MonthFigures NoFigures() {
  return {{}, std::vector<FigureSum::Counts>(static_cast<std::size_t>(kBoardMonths))};
}

void AddPlace(MonthFigures& figures, const std::vector<FigureSum::Counts>& sums,
              std::size_t place) {
  AddTo(figures.whole, sums[place * kColumns]);
  for (std::size_t i = 0; i < figures.months.size(); ++i) {
    AddTo(figures.months[i], sums[place * kColumns + 1 + i]);
  }
}

/// A code that passed to another province is another place; a name that is only spelled in another
/// way ("Thanh Hóa", "Thanh Hoá") is the same.
bool SamePlace(const Place& a, const Place& b) {
  return a.code == b.code && Fold(a.name) == Fold(b.name);
}

Error NotCovered() {
  return MakeError(ErrorCode::kDenied,
                   "tài khoản này không xem được số liệu của nơi đó · this account may not see the "
                   "figures of that place");
}

}  // namespace

bool FigureBoard::Holds(const Indicator& indicator) {
  if (indicator.kind != IndicatorKind::kActivity) return false;
  if (indicator.shape == IndicatorShape::kDays) return true;
  return indicator.bins.empty() &&
         (indicator.shape == IndicatorShape::kCount || indicator.shape == IndicatorShape::kRate);
}

std::size_t FigureBoard::bytes() const {
  std::size_t bytes = 0;
  for (const Sheet& sheet : sheets_) {
    for (const auto& [unit, held] : sheet.units) bytes += sizeof held + held.block.bytes();
  }
  return bytes;
}

// ---- reading ----

Result<BoardProgress> FigureBoard::Prepare(ServerState& state, Date as_of, int ms) {
  if (programme_ != state.programme().programme) {
    programme_ = state.programme().programme;
    sheets_.clear();
    indicators_.clear();
    for (const Indicator& indicator : programme_->indicators) {
      if (Holds(indicator)) indicators_.push_back(&indicator);
    }
  }
  TRAM_TRY(LearnPlaces(state));
  const auto found = std::find_if(sheets_.begin(), sheets_.end(),
                                  [&](const Sheet& sheet) { return sheet.as_of == as_of; });
  if (found != sheets_.end()) {
    sheets_.splice(sheets_.begin(), sheets_, found);
  } else {
    sheets_.emplace_front();
    sheets_.front().as_of = as_of;
    if (sheets_.size() > kBoardSheets) sheets_.pop_back();
  }
  Sheet& sheet = sheets_.front();
  if (!sheet.settled) {
    TRAM_TRY(FindChanges(state, sheet));
    TRAM_TRY(ReadSome(state, sheet, ms));
  }
  const std::size_t stale = static_cast<std::size_t>(
      std::count_if(sheet.waiting.begin(), sheet.waiting.end(),
                    [&](const UnitStamp& stamp) { return sheet.units.count(stamp.unit) != 0; }));
  return BoardProgress{sheet.units.size() - stale + sheet.waiting.size(),
                       sheet.units.size() - stale};
}

Result<bool> FigureBoard::Step(ServerState& state, int ms) {
  if (programme_ != state.programme().programme) return false;
  for (Sheet& sheet : sheets_) {
    if (!sheet.waiting.empty()) return ReadSome(state, sheet, ms);
  }
  return false;
}

Status FigureBoard::LearnPlaces(ServerState& state) {
  TRAM_ASSIGN(UnitPlaces places, UnitPlaces::Load(state));
  places_ = std::move(places);
  today_ = state.Today();
  ++learned_;
  merged_.clear();
  std::map<UnitNumber, UnitNumber> into;
  for (const Unit& unit : places_->units()) {
    if (unit.merged_into) into[unit.number] = *unit.merged_into;
  }
  for (const auto& [from, first] : into) {
    std::size_t steps = 0;
    for (auto at = into.find(from); at != into.end() && steps <= into.size();
         at = into.find(at->second), ++steps) {
      merged_[at->second].push_back(from);
    }
  }
  return {};
}

Status FigureBoard::FindChanges(ServerState& state, Sheet& sheet) {
  TRAM_ASSIGN(std::vector<UnitStamp> stamps, UnitStamps(state.store().database(), sheet.as_of));
  sheet.waiting.clear();
  for (const UnitStamp& stamp : stamps) {
    const auto held = sheet.units.find(stamp.unit);
    if (held == sheet.units.end() || held->second.stamp != stamp) sheet.waiting.push_back(stamp);
  }
  return {};
}

Result<bool> FigureBoard::ReadSome(ServerState& state, Sheet& sheet, int ms) {
  constexpr std::size_t kUnitsBetweenLooks = 4;
  const std::int64_t until = state.clock().SteadyMs() + ms;
  for (std::size_t read = 0; !sheet.waiting.empty(); ++read) {
    if (read % kUnitsBetweenLooks == 0 && state.clock().SteadyMs() >= until) return true;
    TRAM_TRY(ReadUnit(state, sheet, sheet.waiting.back()));
    sheet.waiting.pop_back();
  }
  TRAM_ASSIGN(auto published, state.store().rollups().PublishedAt(sheet.as_of));
  sheet.settled = published.has_value();
  return false;
}

Status FigureBoard::ReadUnit(ServerState& state, Sheet& sheet, const UnitStamp& stamp) {
  TRAM_ASSIGN(std::vector<PackedFigures> packed,
              FiguresOfUnit(state.store().database(), stamp.unit, sheet.as_of));
  Held held{stamp, {}};
  for (const Indicator* indicator : indicators_) {
    const auto found = std::find_if(
        packed.begin(), packed.end(),
        [&](const PackedFigures& figures) { return figures.indicator == indicator->name; });
    std::vector<IndicatorRow> rows;
    if (found != packed.end()) {
      TRAM_ASSIGN(rows, UnpackFigureRows(found->rows));
    }
    held.block.Add(std::move(rows), *indicator, sheet.as_of);
  }
  held.block.ShrinkToFit();
  sheet.units[stamp.unit] = std::move(held);
  ++sheet.version;
  return {};
}

// ---- sums ----

FigureBoard::Sheet& FigureBoard::SheetOf(Date as_of) {
  TRAM_ASSERT(!sheets_.empty() && sheets_.front().as_of == as_of);
  return sheets_.front();
}

std::size_t FigureBoard::IndexOf(const Indicator& indicator) const {
  const auto found = std::find(indicators_.begin(), indicators_.end(), &indicator);
  TRAM_ASSERT(found != indicators_.end());
  return static_cast<std::size_t>(found - indicators_.begin());
}

FigureBoard::Layout FigureBoard::MakeLayout(const BoardQuery& query) const {
  const int last = MonthNumber(query.as_of);
  Layout layout{{nullptr}, std::vector<std::uint16_t>(places_->units().size() * kColumns)};
  std::map<const Place*, std::uint16_t> index{{nullptr, 0}};
  std::uint16_t* at = layout.of.data();
  for (const Unit& unit : places_->units()) {
    Date known_until{kDateDaysMin};
    std::uint16_t place_index = 0;
    const auto place_on = [&](Date day) {
      const Place* place = places_->PlaceOn(unit.number, day);
      const auto [it, is_new] =
          index.emplace(place, static_cast<std::uint16_t>(layout.places.size()));
      if (is_new) layout.places.push_back(place);
      return it->second;
    };
    *at++ = place_on(DayOf(query));
    for (int month = last - kBoardMonths + 1; month <= last; ++month) {
      const Date day =
          query.places == PlaceTime::kNow ? today_ : std::min(EndOfMonthNumber(month), query.as_of);
      if (day > known_until) {
        place_index = place_on(day);
        known_until = places_->StaysUntil(unit.number, day);
      }
      *at++ = place_index;
    }
  }
  return layout;
}

const FigureBoard::Layout& FigureBoard::LayoutOf(const BoardQuery& query) {
  Sheet& sheet = SheetOf(query.as_of);
  Sums& sums = query.places == PlaceTime::kNow ? sheet.now : sheet.then;
  if (sums.learned != learned_) {
    Layout current = MakeLayout(query);
    if (sums.layout != current) {
      sums.layout = std::move(current);
      sums.by_indicator.clear();
    }
    sums.learned = learned_;
  }
  if (sums.version != sheet.version) sums.by_indicator.clear();
  sums.version = sheet.version;
  return sums.layout;
}

const std::vector<FigureBoard::Counts>& FigureBoard::SumsOf(const BoardQuery& query,
                                                            const Indicator& indicator) {
  TRAM_ASSERT(indicator.shape != IndicatorShape::kDays);
  const Layout& layout = LayoutOf(query);
  Sheet& sheet = SheetOf(query.as_of);
  Sums& sums = query.places == PlaceTime::kNow ? sheet.now : sheet.then;
  const std::size_t number = IndexOf(indicator);
  const auto [it, is_new] = sums.by_indicator.try_emplace(number);
  std::vector<Counts>& sum = it->second;
  if (!is_new) return sum;
  sum.resize(layout.places.size() * kColumns);
  const int last = MonthNumber(query.as_of);
  const std::uint16_t* places = layout.of.data();
  for (const Unit& unit : places_->units()) {
    const auto held = sheet.units.find(unit.number);
    if (held != sheet.units.end()) {
      held->second.block.ForEach(number, [&](const FigureBlock::Cell& cell) {
        if (const auto column = ColumnOf(cell.month, last)) {
          AddTo(sum[places[*column] * kColumns + *column], {cell.numerator, cell.denominator});
        }
        return true;
      });
    }
    places += kColumns;
  }
  return sum;
}

Date FigureBoard::DayOf(const BoardQuery& query) const {
  return query.places == PlaceTime::kNow ? today_ : query.as_of;
}

// Permits name provinces by their codes of today. One for outcomes covers every place: it is for
// released tables and opens nothing here.
bool FigureBoard::Covers(const Permit& permit, const Place& place) const {
  if (permit.right() != Right::kActivity) return false;
  const Place* today = places_->Today(place);
  return permit.CoversProvince(today == nullptr ? "" : today->code);
}

Result<const Place*> FigureBoard::Province(const Permit& permit, const BoardQuery& query,
                                           const std::string& code) const {
  const Place* province = places_->ProvinceAt(code, DayOf(query));
  if (province == nullptr) {
    return MakeError(ErrorCode::kNotFound,
                     "ngày đó không có tỉnh mang mã này · no province had this code on that day");
  }
  if (!Covers(permit, *province)) return NotCovered();
  return province;
}

Result<std::vector<bool>> FigureBoard::Counted(const Permit& permit, const BoardQuery& query,
                                               const Layout& layout,
                                               const std::string& code) const {
  const bool some = permit.country() || !permit.provinces().empty();
  if (permit.right() != Right::kActivity || !some) return NotCovered();
  const Place* wanted = nullptr;
  if (!code.empty()) {
    TRAM_ASSIGN(wanted, Province(permit, query, code));
  }
  std::vector<bool> counted;
  for (const Place* place : layout.places) {
    const bool covered = permit.country() || (place != nullptr && Covers(permit, *place));
    const bool is_it = wanted == nullptr || (place != nullptr && SamePlace(*place, *wanted));
    counted.push_back(covered && is_it);
  }
  return counted;
}

Result<MonthFigures> FigureBoard::SumOf(const Permit& permit, const BoardQuery& query,
                                        const std::string& code, const Indicator& indicator) {
  TRAM_ASSIGN(const std::vector<bool> counted, Counted(permit, query, LayoutOf(query), code));
  const std::vector<Counts>& sums = SumsOf(query, indicator);
  MonthFigures figures = NoFigures();
  for (std::size_t place = 0; place < counted.size(); ++place) {
    if (counted[place]) AddPlace(figures, sums, place);
  }
  return figures;
}

Result<MonthFigures> FigureBoard::OfCovered(const Permit& permit, const BoardQuery& query,
                                            const Indicator& indicator) {
  return SumOf(permit, query, "", indicator);
}

Result<MonthFigures> FigureBoard::OfProvince(const Permit& permit, const BoardQuery& query,
                                             const std::string& code, const Indicator& indicator) {
  TRAM_TRY(Province(permit, query, code));
  return SumOf(permit, query, code, indicator);
}

Result<std::size_t> FigureBoard::UnitsWithFigures(const Permit& permit, const BoardQuery& query,
                                                  const std::string& code,
                                                  std::span<const Indicator* const> indicators) {
  const Layout& layout = LayoutOf(query);
  TRAM_ASSIGN(const std::vector<bool> counted, Counted(permit, query, layout, code));
  const Sheet& sheet = SheetOf(query.as_of);
  const int last = MonthNumber(query.as_of);
  std::size_t count = 0;
  for (std::size_t i = 0; i < places_->units().size(); ++i) {
    const auto held = sheet.units.find(places_->units()[i].number);
    if (held == sheet.units.end() || !counted[layout.of[(i + 1) * kColumns - 1]]) continue;
    bool some = false;
    for (const Indicator* indicator : indicators) {
      held->second.block.ForEach(IndexOf(*indicator), [&](const FigureBlock::Cell& cell) {
        some = some || (cell.month == last && cell.numerator > 0);
        return !some && (cell.month == 0 || cell.month == last);
      });
    }
    count += some ? 1 : 0;
  }
  return count;
}

Result<std::vector<ProvinceFigures>> FigureBoard::ByProvince(const Permit& permit,
                                                             const BoardQuery& query,
                                                             const Indicator& indicator) {
  const Layout& layout = LayoutOf(query);
  TRAM_ASSIGN(const std::vector<bool> counted, Counted(permit, query, layout, ""));
  const std::vector<Counts>& sums = SumsOf(query, indicator);
  std::vector<ProvinceFigures> provinces;
  for (std::size_t i = 1; i < layout.places.size(); ++i) {
    const Place& place = *layout.places[i];
    // Those of another time only stand for months of that time.
    if (!counted[i] || places_->ProvinceAt(place.code, DayOf(query)) != &place) continue;
    ProvinceFigures of{{place.code, place.name}, NoFigures()};
    AddPlace(of.figures, sums, i);
    provinces.push_back(std::move(of));
  }
  std::sort(provinces.begin(), provinces.end(),
            [](const auto& a, const auto& b) { return a.place < b.place; });
  return provinces;
}

// ---- units ----

Status FigureBoard::CheckUnit(const Permit& permit, UnitNumber unit) const {
  const Place* today = places_->PlaceOn(unit, today_);
  const bool covered = permit.CoversUnit(unit, today == nullptr ? "" : today->code);
  if (permit.right() == Right::kActivity && covered) return {};
  return NotCovered();
}

template <class Take>
void FigureBoard::ForEachCell(const BoardQuery& query, UnitNumber unit, std::size_t indicator,
                              Take take) {
  const Sheet& sheet = SheetOf(query.as_of);
  const auto of_one = [&](UnitNumber from) {
    const auto held = sheet.units.find(from);
    if (held == sheet.units.end()) return;
    held->second.block.ForEach(indicator, [&](const FigureBlock::Cell& cell) {
      const Date day = query.places == PlaceTime::kNow ? today_
                       : cell.month == 0               ? query.as_of
                                         : std::min(EndOfMonthNumber(cell.month), query.as_of);
      if (places_->UnitOn(from, day).number != unit) return true;
      return take(cell);
    });
  };
  of_one(unit);
  const auto merged = merged_.find(unit);
  if (merged == merged_.end()) return;
  for (UnitNumber from : merged->second) of_one(from);
}

Result<std::vector<MonthFigures>> FigureBoard::OfUnit(const Permit& permit, const BoardQuery& query,
                                                      UnitNumber unit,
                                                      std::span<const Indicator* const> indicators,
                                                      int months) {
  TRAM_TRY(CheckUnit(permit, unit));
  const int last = MonthNumber(query.as_of);
  std::vector<MonthFigures> all;
  for (const Indicator* indicator : indicators) {
    MonthFigures figures{{}, std::vector<Counts>(static_cast<std::size_t>(months))};
    ForEachCell(query, unit, IndexOf(*indicator), [&](const FigureBlock::Cell& cell) {
      const Counts counts{cell.numerator, cell.denominator};
      if (cell.month == 0) {
        AddTo(figures.whole, counts);
        return true;
      }
      const int back = last - cell.month;
      if (back >= months) return false;
      AddTo(figures.months[static_cast<std::size_t>(months - 1 - back)], counts);
      return true;
    });
    all.push_back(std::move(figures));
  }
  return all;
}

Result<std::map<std::int64_t, std::int64_t>> FigureBoard::DaysOfUnit(const Permit& permit,
                                                                     const BoardQuery& query,
                                                                     UnitNumber unit,
                                                                     const Indicator& indicator) {
  TRAM_TRY(CheckUnit(permit, unit));
  const int last = MonthNumber(query.as_of);
  std::map<std::int64_t, std::int64_t> days;
  ForEachCell(query, unit, IndexOf(indicator), [&](const FigureBlock::Cell& cell) {
    if (cell.month != last) return false;
    days[cell.days] += cell.numerator;
    return true;
  });
  return days;
}

}  // namespace tram::server
