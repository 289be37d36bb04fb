#include "tram/base/text_table.h"

#include <algorithm>

namespace tram {

std::size_t TextWidth(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string ErrorLine(std::string_view text) {
  std::size_t end = std::min(text.size(), kErrorLineBytesMax);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) >> 6) == 2) --end;
  std::string line(text.substr(0, end));
  for (char& c : line) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return end < text.size() ? line + " …" : line;
}

std::string Wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string lines, line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!line.empty() && TextWidth(line) + 1 + TextWidth(word) > width) {
      lines += std::string(indent) + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  return line.empty() ? lines : lines + std::string(indent) + line + "\n";
}

bool TextTable::IsFigures(std::size_t column) const {
  bool any = false;
  for (std::size_t i = 1; i < rows_.size(); ++i) {
    if (column >= rows_[i].size() || rows_[i][column].empty()) continue;
    const std::string& cell = rows_[i][column];
    if (cell.find_first_not_of("0123456789.,-+/%* ") != std::string::npos) return false;
    any |= cell.find_first_of("0123456789") != std::string::npos;
  }
  return any;
}

std::string TextTable::Text(std::string_view indent) const {
  if (rows_.size() < 2) return "";
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], TextWidth(row[i]));
    }
  }
  std::vector<bool> right(widths.size());
  for (std::size_t i = 0; i < widths.size(); ++i) right[i] = IsFigures(i);
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - TextWidth(row[i]), ' ');
      if (i > 0) line += "  ";
      line += right[i] ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace tram
