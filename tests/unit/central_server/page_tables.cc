#include "tests/unit/central_server/page_tables.h"

#include <fmt/format.h>

#include <regex>

namespace tram::server {

std::vector<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) {
    found.push_back((*it)[1]);
  }
  return found;
}

std::vector<std::string> Between(const std::string& text, const std::string& from,
                                 const std::string& to) {
  std::vector<std::string> parts;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    at += from.size();
    parts.push_back(text.substr(at, text.find(to, at) - at));
  }
  return parts;
}

std::string PlainText(const std::string& html) {
  std::string text;
  bool tag = false;
  for (const char c : html) {
    if (c == '<') tag = true;
    if (!tag) text += c;
    if (c == '>') tag = false;
  }
  for (const auto& [name, sign] :
       {std::pair("&quot;", "\""), std::pair("&#39;", "'"), std::pair("&lt;", "<"),
        std::pair("&gt;", ">"), std::pair("&amp;", "&")}) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; ++at) {
      text.replace(at, std::string(name).size(), sign);
    }
  }
  return text;
}

std::vector<HtmlTable> AllTablesOf(const std::string& body) {
  std::vector<HtmlTable> tables;
  for (const std::string& text : Between(body, "<table", "</table>")) {
    HtmlTable table;
    const auto captions = Between(text, "<caption", "</caption>");
    if (!captions.empty()) {
      table.caption = PlainText(captions[0].substr(captions[0].find('>') + 1));
    }
    for (const std::string& row : Between(text, "<tr>", "</tr>")) {
      Cells cells;
      for (const std::string& cell : Matches(row, "<t[hd][^>]*>([\\s\\S]*?)</t[hd]>")) {
        cells.push_back(PlainText(cell));
      }
      if (table.head.empty()) {
        table.head = std::move(cells);
      } else {
        table.rows.push_back(std::move(cells));
      }
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<HtmlTable> TablesOf(const std::string& body) {
  std::vector<HtmlTable> tables;
  for (const std::string& section : Between(body, "<section class=\"card\" id=\"", "</section>")) {
    for (const std::string& text : Between(section, "<table", "</table>")) {
      HtmlTable table;
      table.section = section.substr(0, section.find('"'));
      table.caption = Matches(text, "<caption>([^<]*)<").at(0);
      const auto rows = Between(text, "<tr>", "</tr>");
      table.head = Matches(rows.at(0), "<th[^>]*>([^<]*)</th>");
      for (std::size_t i = 1; i < rows.size(); ++i) {
        table.rows.push_back(Matches(rows[i], "<t[hd][^>]*>([^<]*)</t[hd]>"));
      }
      tables.push_back(std::move(table));
    }
  }
  return tables;
}

const HtmlTable* TableOf(const std::vector<HtmlTable>& tables, const std::string& section,
                         const std::string& caption) {
  for (const HtmlTable& table : tables) {
    if (table.section == section && table.caption == caption) return &table;
  }
  return nullptr;
}

std::string Percent(std::optional<double> share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "-";
}
std::string Percents(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:.1f}-{:.1f} %", 100 * interval->low, 100 * interval->high) : "-";
}
std::string Curve(std::optional<double> value, const std::optional<Interval>& interval) {
  if (!value) return "-";
  if (!interval) return fmt::format("{:.3f}", *value);
  return fmt::format("{:.3f} ({:.3f}-{:.3f})", *value, interval->low, interval->high);
}
std::string Text(std::optional<std::int64_t> shown) { return shown ? std::to_string(*shown) : "*"; }

std::vector<Cells> RowsOf(const HtmlTable& table, const std::string& code) {
  std::vector<Cells> rows;
  for (const Cells& row : table.rows) {
    const bool country = row[0] == "Whole country";
    if (code.empty() ? country : row[0].starts_with(code + " ")) rows.push_back(row);
  }
  return rows;
}

}  // namespace tram::server
