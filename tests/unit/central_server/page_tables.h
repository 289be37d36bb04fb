// Tables of the server's pages as a test reads them: what stands in the HTML, and figures as the
// pages about outcomes write them. Threads: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tram/outcome/proportion.h"

namespace tram::server {

using Cells = std::vector<std::string>;

struct HtmlTable {
  std::string section, caption;
  Cells head;
  std::vector<Cells> rows;

  std::size_t Column(const std::string& name) const {
    for (std::size_t i = 0; i < head.size(); ++i) {
      if (head[i] == name) return i;
    }
    return head.size();
  }
};

/// What the first group of a pattern is, each time.
std::vector<std::string> Matches(const std::string& text, const std::string& pattern);
/// What stands between `from` and `to`, each time.
std::vector<std::string> Between(const std::string& text, const std::string& from,
                                 const std::string& to);
/// Text as it is read: without tags, with the few signs that are escaped.
std::string PlainText(const std::string& html);
/// Every table within the text of a page; cells as plain text.
std::vector<HtmlTable> AllTablesOf(const std::string& body);
/// Those in sections with an id: of the pages about outcomes.
std::vector<HtmlTable> TablesOf(const std::string& body);
/// Null where there is none.
const HtmlTable* TableOf(const std::vector<HtmlTable>& tables, const std::string& section,
                         const std::string& caption);
/// The rows of a place in a table: its code begins them.
std::vector<Cells> RowsOf(const HtmlTable& table, const std::string& code);

std::string Percent(std::optional<double> share);
std::string Percents(const std::optional<Interval>& interval);
std::string Curve(std::optional<double> value, const std::optional<Interval>& interval);
std::string Text(std::optional<std::int64_t> shown);

}  // namespace tram::server
