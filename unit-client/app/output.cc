#include "app/output.h"

#include <algorithm>

#include "app/problem_lines.h"

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
    err_ += ErrorLine(ProblemsInOneLine(status.error().message)) + "\n";
    document_["error"] = {{"code", std::string(ErrorText(status.error().code))},
                          {"message", status.error().message}};
  }
  if (json_) out_ = JsonText(document_) + "\n";
  outcome.out = std::move(out_);
  outcome.err = std::move(err_);
  return outcome;
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (char c : text) line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace tram::client
