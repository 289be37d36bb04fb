#include "web/released_rows.h"

#include <algorithm>

#include "rollup/suppression.h"

namespace tram::server {
namespace {

/// "" for everybody.
std::string DimensionOf(const std::string& stratum) {
  const std::size_t sign = stratum.find('=');
  return sign == std::string::npos ? "" : stratum.substr(0, sign);
}

/// Everybody, then as the programme has the codes, then who has none recorded.
std::size_t PlaceInOrder(const Programme& programme, const std::string& stratum) {
  const std::string name = DimensionOf(stratum);
  if (name.empty()) return 0;
  for (const Dimension& dimension : programme.dimensions) {
    if (dimension.name != name) continue;
    const RecordType* type = programme.ByName(dimension.record);
    const Field* field = type == nullptr ? nullptr : type->ByName(dimension.field);
    const CodeList* codes = field == nullptr ? nullptr : programme.Codes(field->codes);
    for (std::size_t i = 0; codes != nullptr && i < codes->values.size(); ++i) {
      if (name + "=" + codes->values[i].name == stratum) return i + 1;
    }
  }
  return std::string::npos;
}

}  // namespace

ReleasedReader::ReleasedReader(ServerState& state, UnitPlaces units, Permit permit,
                               Language language)
    : state_(&state), units_(std::move(units)), permit_(std::move(permit)), language_(language) {
  for (std::size_t i = 0; i < units_.units().size(); ++i) unit_of_[units_.units()[i].code] = i;
}

Result<ReleasedReader> ReleasedReader::Load(ServerState& state, Permit permit, Language language) {
  TRAM_ASSIGN(UnitPlaces units, UnitPlaces::Load(state));
  return ReleasedReader(state, std::move(units), std::move(permit), language);
}

std::map<std::string, std::string> ReleasedReader::Provinces(int year, PlaceTime time) const {
  const Date day = time == PlaceTime::kNow ? state_->Today() : DateOf(year, 12, 31);
  std::map<std::string, std::string> provinces;
  for (const Unit& unit : units_.units()) {
    const Place* place = units_.PlaceOn(unit.number, day);
    if (place != nullptr) provinces[place->code] = place->code + " " + place->name;
  }
  return provinces;
}

Result<std::set<std::string>> ReleasedReader::DimensionsOf(const Indicator& indicator,
                                                           int year) const {
  TRAM_ASSIGN(const ReleasedTable table,
              Released(*state_, units_, indicator.name, year, ReleasedBy::kCountry));
  std::set<std::string> dimensions;
  for (const ReleasedPlaceTable& place : table.places) {
    for (const ReleasedLine& line : place.lines) dimensions.insert(DimensionOf(line.stratum));
  }
  dimensions.erase("");
  return dimensions;
}

std::set<std::string> ReleasedReader::UnitsIn(const PlacesAsked& asked, int year) const {
  const Date day = asked.time == PlaceTime::kNow ? state_->Today() : DateOf(year, 12, 31);
  std::set<std::string> codes;
  for (const Unit& unit : units_.units()) {
    const Place* place = units_.PlaceOn(unit.number, day);
    if (place != nullptr && place->code == asked.province) codes.insert(unit.code);
  }
  return codes;
}

bool ReleasedReader::IsShown(const std::string& code, const ReleasedTable& table,
                             const PlacesAsked& asked) const {
  const Date then = DateOf(table.year, 12, 31), today = state_->Today();
  if (asked.by == ReleasedBy::kCountry) return permit_.country();
  if (asked.by == ReleasedBy::kUnit) {
    const auto unit = unit_of_.find(code);
    if (unit == unit_of_.end()) return false;
    const UnitNumber number = units_.units()[unit->second].number;
    const Place* is = units_.PlaceOn(number, today);
    const Place* was = asked.time == PlaceTime::kNow ? is : units_.PlaceOn(number, then);
    const bool wanted = asked.province.empty() || (was != nullptr && was->code == asked.province);
    return wanted && permit_.CoversUnit(number, is == nullptr ? "" : is->code);
  }
  // As now: the code was that of the day of the release.
  const Date from = asked.by == ReleasedBy::kProvinceNow ? table.as_of.value_or(today) : then;
  const Place* is = state_->store().places().Follow(code, std::min(from, today), today);
  return permit_.CoversProvince(is == nullptr ? "" : is->code);
}

std::string ReleasedReader::NameOf(const std::string& code, const ReleasedTable& table,
                                   const PlacesAsked& asked) const {
  if (asked.by == ReleasedBy::kUnit) {
    const auto unit = unit_of_.find(code);
    return unit == unit_of_.end() ? code : code + " " + units_.units()[unit->second].name;
  }
  if (asked.by == ReleasedBy::kCountry) return Words("Cả nước", "Whole country");
  const Places& places = state_->store().places();
  const bool now = asked.by == ReleasedBy::kProvinceNow;
  const Place* place = places.At(code, now ? state_->Today() : DateOf(table.year, 12, 31));
  // What is no province any more has the name that it had.
  if (place == nullptr && now && table.as_of) place = places.At(code, *table.as_of);
  return code + (place == nullptr ? "" : " " + place->name);
}

std::string ReleasedReader::WhyNot(const Indicator& indicator,
                                   const ReleasedPlaceTable& place) const {
  if (place.changed) {
    return Words("không hiện: nay gồm các đơn vị khác lúc công bố, bảng mới có thể làm lộ số nhỏ",
                 "not shown: it has other units today than at the release; a new table could give "
                 "small numbers away");
  }
  const bool curve = indicator.shape == IndicatorShape::kSurvival;
  const std::int64_t least = curve ? kCurveCohortMin : kCohortMin;
  const std::string number = std::to_string(least);
  return Words("không hiện: dưới ", "not shown: fewer than ") + number +
         Words(" người, hoặc có thể suy ra số nhỏ", " persons, or small numbers would follow");
}

void ReleasedReader::AddRows(const Indicator& indicator, const ReleasedPlaceTable& place,
                             ReleasedRow row, const std::string& dimension,
                             std::vector<ReleasedRow>& rows) const {
  const auto step_of = [&](const std::string& of) {
    const auto found = place.steps.find(of);
    return found == place.steps.end() ? 0 : found->second;
  };
  const std::size_t first = rows.size();
  if (place.changed || step_of("") == 0) {
    row.why = WhyNot(indicator, place);
    rows.push_back(row);
  }
  for (const ReleasedLine& line : place.lines) {
    const std::string of = DimensionOf(line.stratum);
    if ((!of.empty() && of != dimension) || step_of(of) == 0) continue;
    row.why.clear();
    row.stratum = line.stratum;
    row.line = line;
    row.step = step_of(of);
    rows.push_back(row);
  }
  const Programme& programme = *state_->programme().programme;
  std::stable_sort(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
                   [&](const ReleasedRow& a, const ReleasedRow& b) {
                     return PlaceInOrder(programme, a.stratum) < PlaceInOrder(programme, b.stratum);
                   });
  if (!dimension.empty() && place.steps.contains(dimension) && step_of(dimension) == 0 &&
      !place.changed) {
    row.stratum = dimension;
    row.why = WhyNot(indicator, place);
    rows.push_back(row);
  }
}

Result<std::vector<ReleasedRow>> ReleasedReader::Rows(const Indicator& indicator, int year,
                                                      const PlacesAsked& asked,
                                                      const std::string& dimension) const {
  std::optional<std::set<std::string>> only;
  if (asked.by == ReleasedBy::kUnit) {
    only = asked.units;
    if (!asked.province.empty()) only = UnitsIn(asked, year);
  }
  TRAM_ASSIGN(const ReleasedTable table,
              Released(*state_, units_, indicator.name, year, asked.by, only));
  std::vector<ReleasedRow> rows;
  for (const ReleasedPlaceTable& place : table.places) {
    if (!IsShown(place.place, table, asked)) continue;
    ReleasedRow row;
    row.code = place.place;
    row.place = NameOf(place.place, table, asked);
    row.year = year;
    row.as_of = table.as_of;
    AddRows(indicator, place, std::move(row), dimension, rows);
  }
  return rows;
}

}  // namespace tram::server
