// Arguments: what was typed, read by CLI11 into a verb and what is common to all verbs.
// Threads: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/verb.h"

namespace tram::client {

inline constexpr int kExitUsage = 2;

/// A variable of the environment; nothing where it is not set.
using Variable = std::function<std::optional<std::string>(const char* name)>;

struct Arguments {
  std::string data;  // the unit's folder
  std::string passphrase_file;
  Language language = Language::kVietnamese;
  bool json = false;
  Verb verb;
};

/// Nothing is to be run: help was asked for (exit 0, text for stdout) or the usage is wrong (exit
/// 2, one line for stderr).
struct UsageText {
  int exit = kExitUsage;
  std::string text;
};

/// `argv` without the program's name.
std::variant<Arguments, UsageText> ReadArguments(const std::vector<std::string>& argv,
                                                 const Variable& variable);

/// --lang, else the first of LC_ALL, LC_MESSAGES and LANG that names a language; Vietnamese where
/// none does.
Language ChooseLanguage(const std::vector<std::string>& argv, const Variable& variable);

}  // namespace tram::client
