#include "storage/places.h"

#include "storage/provinces.h"
#include "storage/sql_rows.h"

namespace tram::server {
namespace {

Date MergerDay() { return DateOf(2025, 7, 1); }

Result<Place> ReadPlace(const SqlStatement& row) {
  Place place{row.Text(0), row.Text(1), {}, std::nullopt, row.Text(4)};
  TRAM_ASSIGN(place.from, ParseIsoDate(row.Text(2)));
  if (!row.IsNull(3)) {
    TRAM_ASSIGN(place.to, ParseIsoDate(row.Text(3)));
  }
  return place;
}

Status AddPlace(SqlDatabase& database, const ProvinceFact& fact, Date from,
                std::optional<Date> to) {
  return RunSql(database, "INSERT INTO place VALUES(?1, ?2, ?3, ?4, ?5)",
                std::string_view(fact.code), std::string_view(fact.name), from, to,
                std::string_view(fact.successor));
}

}  // namespace

Places::Places(std::vector<Place> places) : places_(std::move(places)) {
  for (const Place& place : places_) by_code_.emplace(place.code, &place);
}

const Place* Places::At(std::string_view code, Date day) const {
  for (auto [it, end] = by_code_.equal_range(code); it != end; ++it) {
    const Place& place = *it->second;
    if (place.from <= day && (!place.to || day <= *place.to)) return &place;
  }
  return nullptr;
}

const Place* Places::Follow(std::string_view code, Date from, Date day) const {
  const Place* place = At(code, from);
  while (place != nullptr && place->to && *place->to < day) {
    place = At(place->successor, Date{place->to->days + 1});
  }
  return place;
}

const Place* Places::Of(std::span<const Membership> memberships, Date day) const {
  const Membership* last = nullptr;
  for (const Membership& membership : memberships) {
    if (membership.from <= day) last = &membership;
  }
  if (last == nullptr || (last->to && *last->to < day)) return nullptr;
  return Follow(last->province, last->from, day);
}

Status AddProvinces(SqlDatabase& database) {
  for (std::size_t i = 0; i < kProvincesBeforeCount; ++i) {
    TRAM_TRY(
        AddPlace(database, kProvincesBefore[i], Date{kDateDaysMin}, Date{MergerDay().days - 1}));
  }
  for (std::size_t i = 0; i < kProvincesSinceCount; ++i) {
    TRAM_TRY(AddPlace(database, kProvincesSince[i], MergerDay(), std::nullopt));
  }
  return {};
}

Result<Places> LoadPlaces(SqlDatabase& database) {
  TRAM_ASSIGN(std::vector<Place> places,
              AllRows(database,
                      "SELECT code, name, valid_from, valid_to, successor FROM place"
                      " ORDER BY valid_from, code",
                      &ReadPlace));
  return Places(std::move(places));
}

}  // namespace tram::server
