#include "auth/refusal_notes.h"

#include <utility>

namespace tram::server {
namespace {

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

}  // namespace

std::optional<std::string> RefusalNotes::Note(std::string what, std::int64_t now_ms) {
  if (!hour_began_ms_ || now_ms - *hour_began_ms_ >= kHourMs) {
    hour_began_ms_ = now_ms;
    written_ = 0;
  }
  if (written_ >= kRefusalsPerHourMax) {
    ++unwritten_;
    return std::nullopt;
  }
  ++written_;
  if (const std::int64_t more = std::exchange(unwritten_, 0); more > 0) {
    what += " (before it " + std::to_string(more) + " more that are not in this trail)";
  }
  return what;
}

}  // namespace tram::server
