#include "app/output.h"

#include <algorithm>

namespace tram::client {

std::string JsonText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Output::Line(const std::string& text) { Raw(text + "\n"); }

void Output::Raw(const std::string& text) {
  if (!json_) out_ += text;
}

Outcome Output::Finish(const Status& status) {
  Outcome outcome;
  outcome.exit = status ? 0 : 1;
  if (!status) {
    err_ += OneLine(status.error().message) + "\n";
    document_["error"] = {{"code", std::string(ErrorText(status.error().code))},
                          {"message", status.error().message}};
  }
  if (json_) out_ = JsonText(document_) + "\n";
  outcome.out = std::move(out_);
  outcome.err = std::move(err_);
  return outcome;
}

std::string TextTable::Text() const {
  if (rows_.size() < 2) return "";
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], TextWidth(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += OneLine(row[i]);
      if (i + 1 < row.size()) line.append(widths[i] - TextWidth(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::size_t TextWidth(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (char c : text) line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace tram::client
