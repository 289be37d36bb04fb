// Files that the server's pages give, as a test reads them. Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tram/web/http.h"

namespace tram::server {

/// A CSV file; `text` is as it was sent.
struct TakenCsv {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  std::size_t Column(const std::string& name) const;  // the test fails where there is none
  const std::string& Cell(std::size_t row, const std::string& name) const;
  /// The first row whose column `name` says `value`.
  std::size_t RowOf(const std::string& name, const std::string& value) const;
};
/// Fails the test where it is no CSV or has no byte order mark.
TakenCsv ReadTakenCsv(const std::string& text);

/// A workbook's sheets, in order; a number is as its file has it, after "#".
struct TakenWorkbook {
  std::vector<std::string> names;
  std::vector<std::vector<std::vector<std::string>>> sheets;
  std::string xml;  // of all parts
};
/// Nothing where there is no Python to take it apart.
std::optional<TakenWorkbook> ReadTakenWorkbook(const std::string& bytes);

/// The addresses of all files that a page links to.
std::vector<std::string> ExportLinksOf(const std::string& body);

}  // namespace tram::server
