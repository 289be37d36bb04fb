#include "storage/released.h"

#include <charconv>

#include "storage/sql_rows.h"

namespace tram::server {
namespace {

constexpr char kOfOnePlace[] = " AND place = ?4";

Result<Date> ReadDate(const SqlStatement& row) { return ParseIsoDate(row.Text(0)); }
Result<int> ReadYear(const SqlStatement& row) { return static_cast<int>(row.Int(0)); }

std::string UnitsText(const std::vector<UnitNumber>& units) {
  std::string text;
  for (UnitNumber unit : units) text += (text.empty() ? "" : ",") + std::to_string(unit);
  return text;
}

Result<ReleasedPlace> ReadPlace(const SqlStatement& row) {
  ReleasedPlace place{row.Text(0), row.Text(1), {}};
  const std::string text = row.Text(2);
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    UnitNumber unit = 0;
    auto [next, error] = std::from_chars(at, end, unit);
    if (error != std::errc() || (next < end && *next != ',')) return DamagedTable("released_place");
    place.units.push_back(unit);
    at = next < end ? next + 1 : end;
  }
  return place;
}

Result<ReleasedSheet> ReadSheet(const SqlStatement& row) {
  return ReleasedSheet{row.Text(0), row.Text(1), row.Text(2), row.Text(3),
                       static_cast<int>(row.Int(4))};
}

Result<ReleasedNumber> ReadReleasedNumber(const SqlStatement& row) {
  return ReleasedNumber{row.Text(0), row.Text(1), row.Text(2),
                        row.Text(3), row.Text(4), OptionalInt(row, 5)};
}

}  // namespace

Result<std::optional<Date>> ReleasedTables::ReleasedOn(const ReleasedPart& part) {
  return FirstRow(database_,
                  "SELECT as_of FROM released WHERE cohort = ?1 AND year = ?2 AND part = ?3",
                  &ReadDate, part.cohort, part.year, part.part);
}

Status ReleasedTables::Add(const ReleasedPart& part, Date as_of,
                           const std::vector<ReleasedPlace>& places,
                           const std::vector<ReleasedSheet>& sheets,
                           const std::vector<ReleasedNumber>& numbers) {
  TRAM_ASSIGN(std::optional<Date> before, ReleasedOn(part));
  if (before) {
    return MakeError(ErrorCode::kExists, part.cohort + " of " + std::to_string(part.year) +
                                             " is released: its tables stay");
  }
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_TRY(RunSql(database_, "INSERT INTO released VALUES(?1, ?2, ?3, ?4)", part.cohort, part.year,
                  part.part, as_of));
  for (const ReleasedPlace& place : places) {
    TRAM_TRY(RunSql(database_, "INSERT INTO released_place VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                    part.cohort, part.year, part.part, place.by, place.place,
                    UnitsText(place.units)));
  }
  for (const ReleasedSheet& sheet : sheets) {
    TRAM_TRY(RunSql(database_, "INSERT INTO released_sheet VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                    sheet.indicator, part.year, sheet.by, sheet.place, sheet.dimension,
                    sheet.step));
  }
  for (const ReleasedNumber& number : numbers) {
    TRAM_TRY(RunSql(database_, "INSERT INTO released_number VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    number.indicator, part.year, number.by, number.place, number.stratum,
                    number.item, number.shown));
  }
  return transaction.Commit();
}

Result<std::vector<ReleasedPlace>> ReleasedTables::PlacesOf(const ReleasedPart& part,
                                                            const std::string& by) {
  static const std::string all =
      "SELECT place_by, place, units FROM released_place"
      " WHERE cohort = ?1 AND year = ?2 AND part = ?3";
  static const std::string order = " ORDER BY place_by, place";
  if (by.empty()) {
    return AllRows(database_, all + order, &ReadPlace, part.cohort, part.year, part.part);
  }
  return AllRows(database_, all + " AND place_by = ?4" + order, &ReadPlace, part.cohort, part.year,
                 part.part, by);
}

Result<std::vector<int>> ReleasedTables::Years(const std::string& indicator) {
  return AllRows(database_,
                 "SELECT DISTINCT year FROM released_sheet WHERE indicator = ?1 ORDER BY year",
                 &ReadYear, indicator);
}

Result<std::vector<ReleasedSheet>> ReleasedTables::Sheets(const std::string& indicator, int year,
                                                          const std::string& by,
                                                          const std::optional<std::string>& place) {
  static const std::string all =
      "SELECT indicator, place_by, place, dimension, step FROM released_sheet"
      " WHERE indicator = ?1 AND year = ?2 AND place_by = ?3";
  static const std::string order = " ORDER BY place, dimension";
  if (!place) return AllRows(database_, all + order, &ReadSheet, indicator, year, by);
  return AllRows(database_, all + kOfOnePlace + order, &ReadSheet, indicator, year, by, *place);
}

Result<std::vector<ReleasedNumber>> ReleasedTables::Numbers(
    const std::string& indicator, int year, const std::string& by,
    const std::optional<std::string>& place) {
  static const std::string all =
      "SELECT indicator, place_by, place, stratum, item, shown FROM released_number"
      " WHERE indicator = ?1 AND year = ?2 AND place_by = ?3";
  static const std::string order = " ORDER BY place, stratum, item";
  if (!place) return AllRows(database_, all + order, &ReadReleasedNumber, indicator, year, by);
  return AllRows(database_, all + kOfOnePlace + order, &ReadReleasedNumber, indicator, year, by,
                 *place);
}

}  // namespace tram::server
