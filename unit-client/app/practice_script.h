// What a practice unit holds and what is to be tried on it: made-up records and an ordered list of
// steps, read from a file beside the programme (libsync/programmes/practice/NAME.practice.json),
// which names types and fields; the code knows none.
//
// Kinds of steps, and when each is done:
//   add     a new record of `record` stands below a new one of `under`
//   edit    `field` of the made-up record `of` holds another value than at first
//   work    one of those that stood in the worklist `list` at first does so no more
//   settle  one of the first conflicts is settled
//   merge   one of the made-up records is merged into another
//   send    something was sent (played: app/practice.h)
// Threads: pure functions; immutable.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tram/base/dates.h"
#include "tram/programme/programme.h"

namespace tram::client {

struct ScriptRecord {
  std::string key;  // "" where nothing refers to it
  std::string type, by;
  /// By field, as a CSV file has them, and "@"; of a reference the key of a record before it.
  std::map<std::string, std::string> values;
  std::optional<std::size_t> above;  // the record that it belongs to
  std::size_t depth = 0;
};

struct ScriptConflict {
  std::string record, field;
  std::vector<std::pair<std::string, std::string>> values;  // by whom, what
};

struct ScriptStep {
  enum class Kind { kAdd, kEdit, kWork, kSettle, kMerge, kSend };
  Kind kind = Kind::kAdd;
  std::string record, under;  // kAdd
  std::string of, field;      // kEdit
  std::string list;           // kWork
  std::string href;
  Label title, what;
};

struct PracticeScript {
  std::string programme;  // its name
  Label unit;
  std::string me;                     // the worker's record of whoever practises
  std::vector<ScriptRecord> records;  // those above before those below
  ScriptConflict conflict;
  std::vector<ScriptStep> steps;
};

/// Errors: invalid.
Result<PracticeScript> ReadPracticeScript(std::string_view json);
/// "@-20" as the day, "@year-36" as the year, everything else as it is.
std::string ScriptValue(const std::string& text, Date today);

/// The programme and the script of a practice unit. `programme_name` "" is the one that this
/// program begins with. Nothing where there are no made-up records for it.
struct PracticeFiles {
  std::string_view programme;  // TOML; "" where only the script is here
  std::string_view script;
};
std::optional<PracticeFiles> FindPracticeFiles(std::string_view programme_name);

}  // namespace tram::client
