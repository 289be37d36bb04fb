#include "tram/base/csv.h"

#include <csv.h>

#include <algorithm>

namespace tram {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr char kTextMark[] = "'";

/// Behind spaces and marks: the signs in their wide form, too, as a keyboard for Chinese has them.
bool LooksLikeFormula(std::string_view cell) {
  cell.remove_prefix(std::min(cell.find_first_not_of("' "), cell.size()));
  if (cell.empty()) return false;
  if (static_cast<unsigned char>(cell.front()) < ' ') return true;
  for (const std::string_view sign : {"=", "+", "-", "@", "＝", "＋", "－", "＠"}) {
    if (cell.starts_with(sign)) return true;
  }
  return false;
}

/// libcsv's parser, fed byte by byte: it does not say where a row began.
class RowReader {
 public:
  RowReader(std::string_view text, char separator) : text_(text), separator_(separator) { Start(); }
  ~RowReader() { csv_free(&parser_); }
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  std::vector<CsvRow> Read() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (at_ == begin_ && (c == '\n' || c == '\r')) {  // an empty line, or the rest of CRLF
        line_ += c == '\n';
        begin_ = ++at_;
        continue;
      }
      Feed(c);
    }
    if (begin_ < text_.size()) {
      const int ended = csv_fini(&parser_, OnCell, OnRow, this);
      if (ended != 0) Bad("a quotation mark that opens here is never closed");
    }
    return std::move(rows_);
  }

 private:
  void Start() {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_delim(&parser_, static_cast<unsigned char>(separator_));
  }
  void Feed(char c) {
    const bool read = csv_parse(&parser_, &c, 1, OnCell, OnRow, this) == 1;
    ++at_;
    if (!read) {
      at_ = std::min(text_.find('\n', at_ - 1), text_.size());
      Bad("a quotation mark stands where none may be: put the cell in quotes and double those "
          "inside");
      csv_free(&parser_);
      Start();
    } else if (row_ended_) {
      row_ended_ = false;
      Take("");
    }
  }
  void Bad(const std::string& problem) {
    cells_.clear();
    Take(problem);
  }
  void Take(const std::string& problem) {
    std::string_view raw = text_.substr(begin_, at_ - begin_);
    CsvRow row{line_, std::move(cells_), raw, problem};
    line_ += static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '\n'));
    while (!row.raw.empty() && (row.raw.back() == '\n' || row.raw.back() == '\r')) {
      row.raw.remove_suffix(1);
    }
    rows_.push_back(std::move(row));
    cells_.clear();
    begin_ = at_;
  }
  static void OnCell(void* cell, std::size_t size, void* self) {
    static_cast<RowReader*>(self)->cells_.emplace_back(static_cast<const char*>(cell), size);
  }
  static void OnRow(int end, void* self) {
    auto& reader = *static_cast<RowReader*>(self);
    if (end == -1) return reader.Take("");  // the text's end
    reader.row_ended_ = true;
  }

  std::string_view text_;
  char separator_;
  csv_parser parser_{};
  std::size_t at_ = 0, begin_ = 0;  // next byte; first byte of this row
  std::size_t line_ = 1;
  bool row_ended_ = false;
  std::vector<std::string> cells_;
  std::vector<CsvRow> rows_;
};

}  // namespace

Result<CsvTable> ParseCsv(std::string_view text) {
  while (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CsvTable table;
  // Of the header: empty lines before it are passed over, and those of nothing but white space.
  std::string_view first = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  first = first.substr(0, first.find_first_of("\r\n"));
  if (first.find(',') == first.npos && first.find(';') != first.npos) table.separator = ';';
  table.rows = RowReader(text, table.separator).Read();
  if (table.rows.empty() || !table.rows[0].problem.empty()) {
    return MakeError(ErrorCode::kInvalid,
                     "the file has no header row: its first line must name the fields");
  }
  table.header = std::move(table.rows[0].cells);
  // A mark of order may stand behind empty lines, where files were put together.
  std::string& name = table.header.front();
  while (name.starts_with(kByteOrderMark)) name.erase(0, kByteOrderMark.size());
  table.rows.erase(table.rows.begin());
  return table;
}

void AppendCsvRow(std::string& to, std::span<const std::string> cells, char separator) {
  if (cells.size() == 1 && cells[0].empty()) {  // an empty line would be no row
    to += "\"\"\r\n";
    return;
  }
  const std::string special = std::string("\"\r\n") + separator;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) to += separator;
    const std::string& cell = cells[i];
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };  // libcsv takes it away
    const bool edge = !cell.empty() && (is_space(cell.front()) || is_space(cell.back()));
    if (!edge && cell.find_first_of(special) == std::string::npos) {
      to += cell;
      continue;
    }
    to += '"';
    for (char c : cell) to += c == '"' ? std::string("\"\"") : std::string(1, c);
    to += '"';
  }
  to += "\r\n";
}

std::string MarkedAsText(std::string_view cell) {
  return LooksLikeFormula(cell) ? kTextMark + std::string(cell) : std::string(cell);
}

std::string WithoutTextMark(std::string_view cell) {
  const bool marked = cell.starts_with(kTextMark) && LooksLikeFormula(cell);
  return std::string(marked ? cell.substr(1) : cell);
}

}  // namespace tram
