// Rows of the server's own tables: binding by type, and reading one row or all of them.
// Statements are kept by their text (SqlDatabase::Cached): a reading function must not run the
// statement that it is reading.
// Threads: those of the connection.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tram/base/dates.h"
#include "tram/base/ids.h"
#include "tram/programme/sql.h"

namespace tram::server {

inline void BindArgument(SqlStatement& to, int index, std::int64_t value) { to.Bind(index, value); }
inline void BindArgument(SqlStatement& to, int index, std::string_view value) {
  to.Bind(index, value);
}
inline void BindArgument(SqlStatement& to, int index, ByteView value) { to.BindBlob(index, value); }
inline void BindArgument(SqlStatement& to, int index, Date value) {
  to.Bind(index, std::string_view(IsoDate(value)));
}
template <class Tag, std::size_t kBytes>
void BindArgument(SqlStatement& to, int index, const Id<Tag, kBytes>& value) {
  to.BindBlob(index, value.view());
}
template <class T>
void BindArgument(SqlStatement& to, int index, const std::optional<T>& value) {
  if (value) {
    BindArgument(to, index, *value);
  } else {
    to.BindNull(index);
  }
}

template <class... Arguments>
Result<SqlStatement*> Bound(SqlDatabase& database, const std::string& sql,
                            const Arguments&... arguments) {
  TRAM_ASSIGN(SqlStatement * statement, database.Cached(sql));
  int index = 0;
  (BindArgument(*statement, ++index, arguments), ...);
  return statement;
}

template <class... Arguments>
Status RunSql(SqlDatabase& database, const std::string& sql, const Arguments&... arguments) {
  TRAM_ASSIGN(SqlStatement * statement, Bound(database, sql, arguments...));
  return statement->Run();
}

/// Reads a row into a value. Errors: corrupt.
template <class Row>
using ReadRow = Result<Row> (*)(const SqlStatement& row);

template <class Row, class... Arguments>
Result<std::vector<Row>> AllRows(SqlDatabase& database, const std::string& sql, ReadRow<Row> read,
                                 const Arguments&... arguments) {
  TRAM_ASSIGN(SqlStatement * statement, Bound(database, sql, arguments...));
  std::vector<Row> rows;
  for (;;) {
    TRAM_ASSIGN(bool there, statement->Step());
    if (!there) break;
    Result<Row> row = read(*statement);
    if (!row) {
      statement->Reset();
      return row.error();
    }
    rows.push_back(std::move(*row));
  }
  statement->Reset();
  return rows;
}

template <class Row, class... Arguments>
Result<std::optional<Row>> FirstRow(SqlDatabase& database, const std::string& sql,
                                    ReadRow<Row> read, const Arguments&... arguments) {
  TRAM_ASSIGN(SqlStatement * statement, Bound(database, sql, arguments...));
  TRAM_ASSIGN(bool there, statement->Step());
  if (!there) return std::optional<Row>();
  Result<Row> row = read(*statement);
  statement->Reset();
  if (!row) return row.error();
  return std::optional<Row>(std::move(*row));
}

inline Result<std::int64_t> ReadNumber(const SqlStatement& row) { return row.Int(0); }
inline Result<std::string> ReadText(const SqlStatement& row) { return row.Text(0); }
inline Result<Bytes> ReadBlob(const SqlStatement& row) { return row.Blob(0); }

inline Error DamagedTable(const std::string& table) {
  return MakeError(ErrorCode::kCorrupt, "a row of the table " + table +
                                            " is damaged: run verify, and put the server back from "
                                            "a backup");
}

template <class IdType>
Result<IdType> ReadIdColumn(const SqlStatement& row, int column, const std::string& table) {
  const Bytes bytes = row.Blob(column);
  if (bytes.size() != IdType::kSize) return DamagedTable(table);
  return IdType::From(bytes);
}

inline std::optional<std::int64_t> OptionalInt(const SqlStatement& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Int(column);
}

}  // namespace tram::server
