// The running server's log: one event a line, on stderr or in a file that is rotated by size.
//
// A line is one JSON object: time (UTC, ISO 8601), level, event, then the event's own fields; on a
// terminal it is text for a reader. Events and fields are listed in libsync/docs/operations.md.
// Nothing in a line may say who did something: no names, codes, ids of devices or clients,
// addresses, bodies or queries. So texts of a peer never go in, and errors go in as their code
// (ErrorText); only where the server itself fails its own message does.
// Threads: any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "tram/base/result.h"

namespace tram::server {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  std::filesystem::path file;                     // empty: stderr
  std::size_t file_bytes_max = 16 * 1024 * 1024;  // then it becomes NAME.1.EXT, that one NAME.2.EXT
  std::size_t files = 5;                          // of these beside the file itself
};

struct LogField {
  std::string_view name;
  std::variant<std::int64_t, double, std::string_view> value;
};

/// Text on stderr where `terminal` and no file is named; JSON elsewhere. Before this, and in
/// commands, nothing is logged. Errors: io (the file cannot be opened).
Status StartLog(const LogOptions& options, bool terminal);

void LogEvent(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

/// One line of a log, without time and level: `"event":"name","field":1` or `name field=1`.
std::string EventText(bool json, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace tram::server
