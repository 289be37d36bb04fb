// What only a person can settle: conflicts (with both values, who, when, on which device) and what
// the programme's checks find.
// Threads: the thread that owns the device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/verb.h"

namespace tram::client {

struct ResolveOptions {
  std::string id;
  std::string field;  // or a group's name; "" with `deletion`
  /// One of the three:
  std::optional<std::size_t> keep;  // number of a candidate, from 1
  std::vector<std::string> values;  // "value" for the field, or "field=value" for several
  enum class Deletion { kNone, kDelete, kKeepRecord } deletion = Deletion::kNone;
  std::string reason;  // of the deletion
};

Status ListConflicts(Call& call);
/// Errors: not_found (no conflict there) | invalid.
Status ResolveConflict(Call& call, const ResolveOptions& options);

}  // namespace tram::client
