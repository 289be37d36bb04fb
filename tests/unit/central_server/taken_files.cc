#include "tests/unit/central_server/taken_files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/support/process.h"
#include "tests/unit/central_server/page_tables.h"
#include "tram/base/csv.h"

namespace tram::server {
namespace {

constexpr char kTakeApart[] = R"(
import json, sys, zipfile, xml.etree.ElementTree as tree
n = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
strings = []
if 'xl/sharedStrings.xml' in z.namelist():
    for one in tree.fromstring(z.read('xl/sharedStrings.xml')).iter(n + 'si'):
        strings.append(''.join(t.text or '' for t in one.iter(n + 't')))
book = tree.fromstring(z.read('xl/workbook.xml'))
out = {'names': [s.get('name') for s in book.iter(n + 'sheet')], 'sheets': [],
       'xml': '\n'.join(z.read(p).decode('utf-8') for p in z.namelist() if p.endswith('.xml'))}
def place(ref):
    column = 0
    for c in ref:
        if c.isalpha(): column = column * 26 + ord(c) - 64
    return column - 1
for i in range(len(out['names'])):
    rows = []
    for row in tree.fromstring(z.read('xl/worksheets/sheet%d.xml' % (i + 1))).iter(n + 'row'):
        cells = []
        for c in row.iter(n + 'c'):
            v = c.find(n + 'v')
            while len(cells) < place(c.get('r')): cells.append('')
            if v is None: cells.append('')
            elif c.get('t') == 's': cells.append(strings[int(v.text)])
            else: cells.append('#' + v.text)
        rows.append(cells)
    out['sheets'].append(rows)
print(json.dumps(out))
)";

}  // namespace

std::size_t TakenCsv::Column(const std::string& name) const {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name) return i;
  }
  ADD_FAILURE() << "no column " << name;
  return 0;
}

const std::string& TakenCsv::Cell(std::size_t row, const std::string& name) const {
  return rows.at(row).at(Column(name));
}

std::size_t TakenCsv::RowOf(const std::string& name, const std::string& value) const {
  const std::size_t column = Column(name);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].at(column) == value) return i;
  }
  ADD_FAILURE() << "no row has " << value << " in " << name;
  return 0;
}

TakenCsv ReadTakenCsv(const std::string& text) {
  EXPECT_TRUE(text.starts_with("\xef\xbb\xbf")) << text.substr(0, 300);
  TakenCsv taken;
  const auto table = ParseCsv(text);
  EXPECT_TRUE(table);
  if (!table) return taken;
  taken.header = table->header;
  for (const CsvRow& row : table->rows) {
    EXPECT_EQ(row.problem, "");
    EXPECT_EQ(row.cells.size(), taken.header.size());
    taken.rows.push_back(row.cells);
  }
  return taken;
}

std::optional<TakenWorkbook> ReadTakenWorkbook(const std::string& bytes) {
  if (test::PythonProgram().empty()) return std::nullopt;
  const test::ScratchFolder scratch;
  const auto file = scratch / "taken.xlsx";
  std::ofstream(file, std::ios::binary) << bytes;
  const auto result = test::RunProgram({test::PythonProgram(), "-c", kTakeApart, file.string()});
  EXPECT_EQ(result.exit, 0) << result.err;
  if (result.exit != 0) return TakenWorkbook();
  const auto json = nlohmann::json::parse(result.out);
  return TakenWorkbook{json.at("names"), json.at("sheets"), json.at("xml")};
}

std::vector<std::string> ExportLinksOf(const std::string& body) {
  std::vector<std::string> links;
  for (const std::string& link : Matches(body, "href=\"(/export/[^\"]*)\"")) {
    links.push_back(PlainText(link));
  }
  return links;
}

}  // namespace tram::server
