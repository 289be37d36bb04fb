#include "tests/bench/plain_tables.h"

#include "tests/bench/workload.h"
#include "tram/programme/sql.h"

namespace tram::bench {
namespace {

std::string CreateTable(const WorkloadTable& table, const std::string& name) {
  std::string sql = "CREATE TABLE " + name + "(";
  for (std::size_t i = 0; i < table.size(); ++i) {
    sql += (i == 0 ? "" : ", ") + table[i].name + (table[i].integer ? " INTEGER" : " TEXT") +
           (i == 0 ? " PRIMARY KEY NOT NULL" : "");
  }
  return sql + ")";
}

std::string InsertRow(const WorkloadTable& table, const std::string& name) {
  std::string sql = "INSERT INTO " + name + " VALUES(";
  for (std::size_t i = 0; i < table.size(); ++i) sql += i == 0 ? "?" : ", ?";
  return sql + ")";
}

}  // namespace

Result<double> PlainTablesBytes(const std::filesystem::path& file) {
  TRAM_ASSIGN(WorkloadSchema schema, ReadWorkloadSchema());
  TRAM_ASSIGN(std::vector<std::vector<std::string>> lines, ReadWorkloadLines("initial"));
  TRAM_ASSIGN(auto database, SqlDatabase::Open(file, SqlDatabase::Mode::kCreate));
  for (const auto& [name, table] : schema) {
    TRAM_TRY(database->Execute(CreateTable(table, name)));
  }
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(*database));
  for (const std::vector<std::string>& cells : lines) {
    auto table = schema.find(cells.at(1));
    if (table == schema.end()) return MakeError(ErrorCode::kInvalid, "no table " + cells.at(1));
    TRAM_ASSIGN(SqlStatement * insert, database->Cached(InsertRow(table->second, table->first)));
    for (std::size_t i = 2; i < cells.size(); ++i) {
      const int index = static_cast<int>(i) - 1;
      if (cells[i] == kWorkloadNull) {
        insert->BindNull(index);
      } else {
        insert->Bind(index, std::string_view(cells[i]));  // the column's type makes it a number
      }
    }
    TRAM_TRY(insert->Run());
  }
  TRAM_TRY(transaction.Commit());
  TRAM_TRY(database->Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  return static_cast<double>(std::filesystem::file_size(file));
}

}  // namespace tram::bench
