// Output: what a command says: lines for a person in his language, or one JSON document; notes
// beside it; progress on a terminal. Nothing is printed here: a command may run in the program that
// holds the log, for a terminal that is elsewhere.
// Threads: one at a time.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tram/base/result.h"
#include "tram/base/text_table.h"
#include "tram/programme/programme.h"

namespace tram::client {

/// Keys stay in the order in which they were set.
using Json = nlohmann::ordered_json;

/// Never throws: what is no UTF-8 is replaced.
std::string JsonText(const Json& json);

/// How a command ended, and what is to be printed.
struct Outcome {
  int exit = 0;
  std::string out, err;
  /// The command needs the key and none was given: ask for the passphrase and come again.
  bool needs_passphrase = false;
};

class Output {
 public:
  Output(Language language, bool json) : language_(language), json_(json) {}

  Language language() const { return language_; }
  bool json() const { return json_; }
  const std::string& In(const Label& label) const { return label.In(language_); }
  template <class... Args>
  std::string Words(fmt::format_string<Args...> vi, fmt::format_string<Args...> en,
                    Args&&... args) const {
    return fmt::format(language_ == Language::kVietnamese ? vi : en, std::forward<Args>(args)...);
  }

  /// A line for a person on stdout; nothing under --json.
  void Line(const std::string& text);
  template <class... Args>
  void Say(fmt::format_string<Args...> vi, fmt::format_string<Args...> en, Args&&... args) {
    Line(Words(vi, en, std::forward<Args>(args)...));
  }
  /// Text as it is (a CSV file) on stdout; nothing under --json.
  void Raw(const std::string& text);
  /// A line on stderr, under --json too.
  template <class... Args>
  void Note(fmt::format_string<Args...> vi, fmt::format_string<Args...> en, Args&&... args) {
    err_ += Words(vi, en, std::forward<Args>(args)...) + "\n";
  }
  /// The document of --json: the command fills it in.
  Json& document() { return document_; }
  /// An error whose line is in the person's language.
  template <class... Args>
  Error Fail(ErrorCode code, fmt::format_string<Args...> vi, fmt::format_string<Args...> en,
             Args&&... args) const {
    return MakeError(code, Words(vi, en, std::forward<Args>(args)...));
  }

  /// Where somebody watches on a terminal: called with (done, all) now and then.
  std::function<void(std::size_t done, std::size_t all)> progress;

  /// Ends the command: exit 0 or 1, the error as one line on stderr and in the document.
  Outcome Finish(const Status& status);

 private:
  Language language_;
  bool json_;
  std::string out_, err_;
  Json document_ = Json::object();
};

/// Line breaks as spaces: for messages that must stay one line.
std::string OneLine(std::string_view text);

}  // namespace tram::client
