// Text for terminals: widths of UTF-8, tables with aligned columns, paragraphs.
// Threads: values, no shared state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tram {

/// Characters of UTF-8 text, which is how wide a terminal draws Vietnamese in its NFC form.
std::size_t TextWidth(std::string_view text);

inline constexpr std::size_t kErrorLineBytesMax = 2000;
/// An error for a terminal: line breaks as spaces, cut where it is longer than
/// kErrorLineBytesMax (what was typed may be in it, however long).
std::string ErrorLine(std::string_view text);

/// Breaks text between words into lines of at most `width` characters, each after `indent`.
std::string Wrapped(std::string_view text, std::size_t width, std::string_view indent);

/// Columns as wide as their widest cell, two spaces apart. Columns whose cells below the head are
/// all figures are aligned to the right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// "" where there are no rows below the head.
  std::string Text(std::string_view indent = "") const;

 private:
  bool IsFigures(std::size_t column) const;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tram
