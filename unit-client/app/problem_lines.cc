#include "app/problem_lines.h"

#include <algorithm>

namespace tram::client {

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string ProblemsInOneLine(std::string_view text) {
  std::string joined;
  for (const std::string& line : LinesOf(text)) joined += (joined.empty() ? "" : "; ") + line;
  return joined;
}

}  // namespace tram::client
