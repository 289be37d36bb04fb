#include "app/programme_change.h"

namespace tram::server {

Status AdoptProgramme(ServerState& state, const Programme& programme,
                      std::span<const ProgrammeDifference> differences, const std::string& who) {
  for (const ProgrammeDifference& difference : differences) {
    if (!difference.refused) continue;
    return MakeError(ErrorCode::kDenied, "devices will refuse it: " + difference.what);
  }
  return state.UseProgramme(programme, who);
}

}  // namespace tram::server
