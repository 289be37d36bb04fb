#include "tests/fault/store_workloads.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "tram/base/bytes.h"

namespace tram::test {
namespace {

void AddCell(const SqlStatement& row, int column, std::string& into) {
  if (row.IsNull(column)) {
    into += "NULL";
  } else {
    for (const std::uint8_t byte : row.Blob(column)) {
      if (byte == '\n' || byte == '|' || byte == '\\') into += '\\';
      into += byte == '\n' ? 'n' : static_cast<char>(byte);
    }
  }
  into += '|';
}

}  // namespace

void SeededRandom::Fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    byte = static_cast<std::uint8_t>((z ^ (z >> 31)) >> 32);
  }
}

Result<Facts> TableFacts(SqlDatabase& database) {
  std::vector<std::string> names;
  TRAM_ASSIGN(SqlStatement tables,
              database.Prepare("SELECT name FROM sqlite_schema WHERE type = 'table'"));
  for (;;) {
    TRAM_ASSIGN(bool row, tables.Step());
    if (!row) break;
    names.push_back(tables.Text(0));
  }
  Facts facts;
  for (const std::string& name : names) {
    TRAM_ASSIGN(SqlStatement rows, database.Prepare("SELECT * FROM \"" + name + "\""));
    std::string& content = facts[name];
    for (;;) {
      TRAM_ASSIGN(bool row, rows.Step());
      if (!row) break;
      for (int column = 0; column < rows.ColumnCount(); ++column) AddCell(rows, column, content);
      content += '\n';
    }
  }
  return facts;
}

std::string LinesWithout(const std::string& lines, const std::string& text) {
  std::string kept;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    if (line.find(text) == std::string::npos) kept += line + "\n";
  }
  return kept;
}

const std::vector<NamedWorkload>& StoreWorkloads() {
  static const std::vector<NamedWorkload> workloads = [] {
    std::vector<NamedWorkload> all = DeviceWorkloads();
    for (NamedWorkload& workload : ServerWorkloads()) all.push_back(std::move(workload));
    return all;
  }();
  return workloads;
}

void MustHold(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "a workload cannot be prepared: %s\n", status.error().message.c_str());
  std::abort();
}

}  // namespace tram::test
