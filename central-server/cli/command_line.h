// The command line: its words and options, by CLI11. The same arguments are read in a command of
// its own and in the running server that a command was sent to. Threads: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/verbs.h"
#include "watch/event_log.h"

namespace tram::server {

struct ListenAddress {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
};

struct ServeOptions {
  ListenAddress listen;
  std::optional<ListenAddress> metrics;    // of this machine only
  std::string certificate_file, key_file;  // both or none
  std::string port_file;                   // gets the real port; may be empty
  std::string site;  // how browsers call the pages, "https://tram.example"; "": as they listen
  LogOptions log;
};

struct Invocation {
  enum class Kind { kVerb, kInit, kServe, kRestore };
  Kind kind = Kind::kVerb;
  std::string data;  // as typed
  bool json = false;
  Language language = Language::kVietnamese;
  std::function<Result<VerbResult>(VerbContext&)> run;  // kVerb
  bool takes_long = false;                              // its progress is shown
  InitOptions init;
  ServeOptions serve;
  std::string restore_file;
};

/// Nothing is to be run: help was asked for (exit 0), or the arguments are wrong (exit 2).
struct UsageStop {
  int exit = 2;
  std::string text;
};

/// `arguments` without the program's name.
std::variant<Invocation, UsageStop> ParseCommandLine(const std::vector<std::string>& arguments);

}  // namespace tram::server
