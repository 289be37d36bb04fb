#include "storage/rollups.h"

#include "storage/figure_rows.h"
#include "storage/sql_rows.h"

namespace tram::server {
namespace {

Result<DirtyUnit> ReadDirty(const SqlStatement& row) { return DirtyUnit{row.Int(0), row.Int(1)}; }

Result<std::vector<IndicatorRow>> ReadFigures(const SqlStatement& row) {
  return UnpackFigureRows(row.Blob(0));
}

Result<std::pair<UnitNumber, Computed>> ReadComputed(const SqlStatement& row) {
  std::pair<UnitNumber, Computed> read{row.Int(0), {row.Int(1), row.Int(2), {}}};
  TRAM_ASSIGN(read.second.programme, ReadIdColumn<Digest>(row, 3, "rollup_unit"));
  return read;
}

Result<Date> ReadDate(const SqlStatement& row) { return ParseIsoDate(row.Text(0)); }

}  // namespace

Status RollupTable::Mark(UnitNumber unit, std::int64_t at_ms) {
  return RunSql(database_, "INSERT OR IGNORE INTO dirty VALUES(?1, ?2)", unit, at_ms);
}

Status RollupTable::MarkAll(std::int64_t at_ms) {
  return RunSql(database_, "INSERT OR IGNORE INTO dirty SELECT number, ?1 FROM unit", at_ms);
}

Status RollupTable::Unmark(UnitNumber unit) {
  return RunSql(database_, "DELETE FROM dirty WHERE unit = ?1", unit);
}

Result<std::vector<DirtyUnit>> RollupTable::Dirty() {
  return AllRows(database_, "SELECT unit, since_ms FROM dirty ORDER BY since_ms, unit", &ReadDirty);
}

Status RollupTable::Replace(UnitNumber unit, Date as_of,
                            const std::vector<IndicatorFigures>& figures,
                            const Computed& computed) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_ASSIGN(std::optional<Computed> before, ComputedOf(unit, as_of));
  if (before && before->programme != computed.programme) {
    TRAM_TRY(RunSql(database_, "DELETE FROM rollup WHERE unit = ?1 AND as_of = ?2", unit, as_of));
  }
  for (const IndicatorFigures& figure : figures) {
    if (figure.rows.empty()) {
      TRAM_TRY(RunSql(database_,
                      "DELETE FROM rollup WHERE unit = ?1 AND as_of = ?2 AND indicator = ?3", unit,
                      as_of, figure.indicator));
      continue;
    }
    // Most of a day's figures are those of the day before: what has not changed is not written.
    TRAM_TRY(RunSql(database_,
                    "INSERT INTO rollup VALUES(?1, ?2, ?3, ?4)"
                    " ON CONFLICT DO UPDATE SET rows = excluded.rows WHERE rows <> excluded.rows",
                    unit, as_of, figure.indicator, ByteView(PackFigureRows(figure.rows))));
  }
  TRAM_TRY(RunSql(database_, "REPLACE INTO rollup_unit VALUES(?1, ?2, ?3, ?4, ?5)", unit, as_of,
                  computed.at_ms, computed.entries, computed.programme));
  return transaction.Commit();
}

Result<std::vector<IndicatorRow>> RollupTable::Rows(UnitNumber unit, Date as_of,
                                                    const std::string& indicator) {
  TRAM_ASSIGN(auto rows, FirstRow(database_,
                                  "SELECT rows FROM rollup"
                                  " WHERE unit = ?1 AND as_of = ?2 AND indicator = ?3",
                                  &ReadFigures, unit, as_of, indicator));
  return rows ? std::move(*rows) : std::vector<IndicatorRow>();
}

Result<std::map<UnitNumber, Computed>> RollupTable::ComputedUnits(Date as_of) {
  TRAM_ASSIGN(auto rows, AllRows(database_,
                                 "SELECT unit, computed_ms, entries, programme FROM rollup_unit"
                                 " WHERE as_of = ?1",
                                 &ReadComputed, as_of));
  return std::map<UnitNumber, Computed>(rows.begin(), rows.end());
}

Result<std::optional<Computed>> RollupTable::ComputedOf(UnitNumber unit, Date as_of) {
  TRAM_ASSIGN(auto row, FirstRow(database_,
                                 "SELECT unit, computed_ms, entries, programme FROM rollup_unit"
                                 " WHERE unit = ?1 AND as_of = ?2",
                                 &ReadComputed, unit, as_of));
  return row ? std::optional<Computed>(row->second) : std::nullopt;
}

Result<std::optional<std::int64_t>> RollupTable::PublishedAt(Date as_of) {
  return FirstRow(database_, "SELECT at_ms FROM published WHERE as_of = ?1", &ReadNumber, as_of);
}

Result<std::optional<Date>> RollupTable::LastPublished() {
  return FirstRow(database_, "SELECT as_of FROM published ORDER BY as_of DESC LIMIT 1", &ReadDate);
}

Status RollupTable::Publish(Date as_of, std::int64_t at_ms) {
  return RunSql(database_, "INSERT INTO published VALUES(?1, ?2)", as_of, at_ms);
}

// Rows are complete when they were computed after the deadline, or before it and the unit was not
// marked between.
Result<std::optional<UnitNumber>> RollupTable::UnitToFinish(Date as_of, std::int64_t deadline_ms) {
  return FirstRow(database_,
                  "SELECT number FROM unit"
                  " LEFT JOIN rollup_unit ON rollup_unit.unit = number AND as_of = ?1"
                  " LEFT JOIN dirty ON dirty.unit = number"
                  " WHERE computed_ms IS NULL OR (computed_ms < ?2 AND since_ms < ?2)"
                  " ORDER BY number LIMIT 1",
                  &ReadNumber, as_of, deadline_ms);
}

}  // namespace tram::server
