// RefusalNotes: refused sign-ins go into the audit trail, but not so many that guessing fills it.
// Threads: the owner's. Times are those of a clock that never jumps, in milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tram::server {

inline constexpr int kRefusalsPerHourMax = 60;

class RefusalNotes {
 public:
  /// The text to write for one more refusal, with how many were not written since; nothing: enough
  /// were in this hour.
  std::optional<std::string> Note(std::string what, std::int64_t now_ms);

 private:
  std::optional<std::int64_t> hour_began_ms_;
  int written_ = 0;
  std::int64_t unwritten_ = 0;
};

}  // namespace tram::server
