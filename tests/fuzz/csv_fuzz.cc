// CSV files: rows, and the values in them as an import reads them.
#include <set>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/small_programme.h"
#include "tram/base/csv.h"

namespace tram::fuzz {
namespace {

void TryValues(const CsvTable& table) {
  static const std::shared_ptr<const Programme> programme = small::SmallProgramme();
  for (const RecordType& type : programme->records) {
    for (std::size_t column = 0; column < table.header.size(); ++column) {
      const Field* field = type.ByName(table.header[column]);
      if (field == nullptr) continue;
      for (const CsvRow& row : table.rows) {
        if (column >= row.cells.size()) continue;
        if (field->type == FieldType::kSet) {
          (void)ParseSet(*programme, *field, row.cells[column]);
        } else {
          (void)ParseValue(*programme, *field, row.cells[column]);
        }
      }
    }
  }
}

}  // namespace

void FuzzCsv(ByteView bytes) {
  const std::string_view text = AsText(bytes);
  const auto table = ParseCsv(text);
  if (!table) return;
  std::string written;
  AppendCsvRow(written, table->header, table->separator);
  std::size_t good = 0, line = 0;
  for (const CsvRow& row : table->rows) {
    Promise(row.raw.empty() || (row.raw.data() >= text.data() &&
                                row.raw.data() + row.raw.size() <= text.data() + text.size()),
            "a row's bytes are the file's");
    Promise(row.line >= line, "rows come in the order of their lines");
    line = row.line;
    Promise(row.problem.empty() || row.cells.empty(), "a bad row has no cells");
    if (!row.problem.empty()) continue;
    AppendCsvRow(written, row.cells, table->separator);
    ++good;
  }
  const auto again = ParseCsv(written);
  Promise(again && again->header == table->header, "a header comes back as it was");
  Promise(again->rows.size() == good, "every good row comes back");
  std::size_t place = 0;
  for (const CsvRow& row : table->rows) {
    if (!row.problem.empty()) continue;
    Promise(again->rows[place++].cells == row.cells, "a row comes back as it was");
  }
  TryValues(*table);
}

}  // namespace tram::fuzz
