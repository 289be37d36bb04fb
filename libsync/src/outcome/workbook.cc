#include "tram/outcome/workbook.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

#include "outcome/figure_words.h"
#include "tram/base/os_file.h"
#include "tram/base/text_table.h"

namespace tram {
namespace {

constexpr std::size_t kSheetNameMax = 31;  // characters, as spreadsheets have it
constexpr std::size_t kWorkbookBytesMax = 64 * 1024 * 1024;
constexpr double kColumnWidth = 14, kNameWidth = 28, kTextWidth = 100;

Error Failed(const std::string& what) {
  return MakeError(ErrorCode::kIo, "the workbook could not be written: " + what);
}

/// A sheet's name: its number, and what of the label is allowed there.
std::string SheetName(std::size_t number, const std::string& label) {
  std::string name = std::to_string(number) + " " + label;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::string_view("[]:*?/\\'").find(c) != std::string_view::npos; }, ' ');
  while (TextWidth(name) > kSheetNameMax) {
    do name.pop_back();
    while (!name.empty() && (static_cast<unsigned char>(name.back()) & 0xC0) == 0x80);
  }
  while (!name.empty() && (static_cast<unsigned char>(name.back()) >= 0xC0 || name.back() == ' ')) {
    name.pop_back();
  }
  return name;
}

/// A workbook that goes with its file.
class Workbook {
 public:
  explicit Workbook(const std::filesystem::path& file) : book_(workbook_new(file.c_str())) {
    if (book_ == nullptr) return;
    bold_ = Format();
    format_set_bold(bold_);
    format_set_text_wrap(bold_);
    wrapped_ = Format();
    format_set_text_wrap(wrapped_);
    count_ = NumberFormat("0");
    share_ = NumberFormat("0.0%");
    probability_ = NumberFormat("0.000");
    decimal_ = NumberFormat("0.00");
  }
  ~Workbook() {
    if (book_ != nullptr) workbook_close(book_);
  }
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;

  bool open() const { return book_ != nullptr; }

  Status Close() {
    const lxw_error closed = workbook_close(std::exchange(book_, nullptr));
    if (closed != LXW_NO_ERROR) return Failed(lxw_strerror(closed));
    return {};
  }

  Status Begin(const std::string& name) {
    sheet_ = workbook_add_worksheet(book_, name.c_str());
    row_ = 0;
    if (sheet_ == nullptr) return Failed("a sheet called " + name);
    return {};
  }

  void Text(const std::string& text, lxw_format* format = nullptr) {
    worksheet_write_string(sheet_, row_++, 0, text.c_str(), format);
  }
  void Paragraph(const std::string& text) { Text(text, wrapped_); }
  void Heading(const std::string& text) { Text(text, bold_); }
  void TextColumn() { worksheet_set_column(sheet_, 0, 0, kTextWidth, nullptr); }
  void Skip() { ++row_; }

  /// The head of the sheet's first table stays in sight.
  void Table(const FigureSheet& table, Language language) {
    if (!table.name.empty()) Heading(table.name);
    const std::vector<bool> twofold = Twofold(table);
    lxw_col_t column = 0;
    for (std::size_t i = 0; i < table.head.size(); ++i) {
      const bool two = i < twofold.size() && twofold[i];
      Cell(column++, two ? table.head[i] + Words(language, " từ", " from") : table.head[i]);
      if (two) Cell(column++, table.head[i] + Words(language, " đến", " to"));
    }
    ++row_;
    if (!frozen_) worksheet_freeze_panes(sheet_, row_, 0);
    frozen_ = true;
    for (const std::vector<FigureCell>& row : table.rows) {
      column = 0;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i < twofold.size() && twofold[i]) {
          Bound(column++, row[i],
                row[i].interval ? std::optional(row[i].interval->low) : std::nullopt);
          Bound(column++, row[i],
                row[i].interval ? std::optional(row[i].interval->high) : std::nullopt);
        } else {
          Figure(column++, row[i]);
        }
      }
      ++row_;
    }
    ++row_;
  }
  void Widths() {
    worksheet_set_column(sheet_, 0, 0, kNameWidth, nullptr);
    worksheet_set_column(sheet_, 1, 40, kColumnWidth, nullptr);
    frozen_ = false;
  }

 private:
  lxw_format* Format() { return workbook_add_format(book_); }
  lxw_format* NumberFormat(const char* format) {
    lxw_format* made = Format();
    format_set_num_format(made, format);
    return made;
  }
  lxw_format* FormatOf(FigureCell::Kind kind) const {
    switch (kind) {
      case FigureCell::Kind::kCount:
        return count_;
      case FigureCell::Kind::kShare:
        return share_;
      case FigureCell::Kind::kProbability:
        return probability_;
      default:
        return decimal_;
    }
  }

  /// Columns of intervals have one column for each end.
  static std::vector<bool> Twofold(const FigureSheet& table) {
    std::vector<bool> columns(table.head.size(), false);
    for (const std::vector<FigureCell>& row : table.rows) {
      for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
        if (row[i].interval) columns[i] = true;
      }
    }
    return columns;
  }

  void Cell(lxw_col_t column, const std::string& text) {
    worksheet_write_string(sheet_, row_, column, text.c_str(), bold_);
  }
  void Figure(lxw_col_t column, const FigureCell& cell) {
    if (cell.number && std::isfinite(*cell.number)) {
      worksheet_write_number(sheet_, row_, column, *cell.number, FormatOf(cell.kind));
    } else if (!cell.text.empty()) {
      worksheet_write_string(sheet_, row_, column, cell.text.c_str(), nullptr);
    }
  }
  void Bound(lxw_col_t column, const FigureCell& cell, const std::optional<double>& bound) {
    if (bound) worksheet_write_number(sheet_, row_, column, *bound, FormatOf(cell.kind));
  }

  lxw_workbook* book_;
  lxw_worksheet* sheet_ = nullptr;
  lxw_row_t row_ = 0;
  bool frozen_ = false;
  lxw_format *bold_ = nullptr, *wrapped_ = nullptr, *count_ = nullptr, *share_ = nullptr,
             *probability_ = nullptr, *decimal_ = nullptr;
};

Status WriteSheets(Workbook& book, const std::vector<WorkbookSheet>& sheets, Language language) {
  std::size_t number = 0;
  for (const WorkbookSheet& sheet : sheets) {
    TRAM_TRY(book.Begin(SheetName(++number, sheet.label)));
    book.Widths();
    for (const FigureSheet& table : sheet.tables) book.Table(table, language);
    if (sheet.tables.empty()) book.Paragraph(Words(language, "chưa có số liệu", "no data"));
  }
  return {};
}

Status WriteTexts(Workbook& book, const std::vector<WorkbookText>& texts, Language language) {
  TRAM_TRY(book.Begin(Words(language, "Định nghĩa", "Definitions")));
  book.TextColumn();
  for (const WorkbookText& text : texts) {
    if (!text.heading.empty()) {
      book.Skip();
      book.Heading(text.heading);
    }
    for (const std::string& line : text.lines) book.Paragraph(line);
  }
  return {};
}

/// Removes a file at the end of its scope.
struct Removal {
  std::filesystem::path file;
  ~Removal() {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
};

}  // namespace

Result<std::string> WriteWorkbook(const std::vector<WorkbookSheet>& sheets,
                                  const std::vector<WorkbookText>& texts, Language language,
                                  const std::filesystem::path& scratch) {
  const Removal removal{scratch / "report.xlsx.new"};
  Workbook book(removal.file);
  if (!book.open()) return Failed("no memory");
  TRAM_TRY(WriteSheets(book, sheets, language));
  TRAM_TRY(WriteTexts(book, texts, language));
  TRAM_TRY(book.Close());
  return ReadFile(removal.file, kWorkbookBytesMax);
}

}  // namespace tram
