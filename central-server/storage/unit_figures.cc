#include "storage/unit_figures.h"

#include "storage/sql_rows.h"

namespace tram::server {
namespace {

Result<UnitStamp> ReadStamp(const SqlStatement& row) {
  return UnitStamp{row.Int(0), row.Int(1), row.Int(2)};
}

Result<PackedFigures> ReadPacked(const SqlStatement& row) {
  return PackedFigures{row.Text(0), row.Blob(1)};
}

Result<PublishedMonth> ReadPublished(const SqlStatement& row) {
  PublishedMonth month{{}, row.Int(1)};
  TRAM_ASSIGN(month.as_of, ParseIsoDate(row.Text(0)));
  return month;
}

Result<Place> ReadPlace(const SqlStatement& row) {
  Place place{row.Text(0), row.Text(1), {}, std::nullopt, row.Text(4)};
  TRAM_ASSIGN(place.from, ParseIsoDate(row.Text(2)));
  if (!row.IsNull(3)) {
    TRAM_ASSIGN(place.to, ParseIsoDate(row.Text(3)));
  }
  return place;
}

}  // namespace

// The primary key begins with the unit: one look-up for each unit, not a walk over all months.
Result<std::vector<UnitStamp>> UnitStamps(SqlDatabase& database, Date as_of) {
  return AllRows(database,
                 "SELECT number, r.computed_ms, r.entries FROM unit"
                 " CROSS JOIN rollup_unit AS r ON r.unit = number AND r.as_of = ?1"
                 " ORDER BY number",
                 &ReadStamp, as_of);
}

Result<std::vector<PackedFigures>> FiguresOfUnit(SqlDatabase& database, UnitNumber unit,
                                                 Date as_of) {
  return AllRows(database,
                 "SELECT indicator, rows FROM rollup WHERE unit = ?1 AND as_of = ?2"
                 " ORDER BY indicator",
                 &ReadPacked, unit, as_of);
}

Result<std::vector<PublishedMonth>> PublishedMonths(SqlDatabase& database) {
  return AllRows(database, "SELECT as_of, at_ms FROM published ORDER BY as_of DESC",
                 &ReadPublished);
}

Result<std::vector<Place>> PlacesOn(SqlDatabase& database, Date day) {
  return AllRows(database,
                 "SELECT code, name, valid_from, valid_to, successor FROM place"
                 " WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to >= ?1) ORDER BY code",
                 &ReadPlace, day);
}

}  // namespace tram::server
