// SmallProgramme: a person, an episode, a session and a worker, with every kind of field, a group,
// a clear and a device-only check and an indicator. Made without the loader.
#pragma once

#include <memory>

#include "tram/programme/programme.h"

namespace tram::small {

inline constexpr std::uint32_t kClient = 16, kEpisode = 17, kSession = 18, kWorker = 19;
// client
inline constexpr std::uint32_t kCode = 16, kFullName = 17, kSex = 18, kBirthYear = 19;
// episode
inline constexpr std::uint32_t kIntake = 16, kEnd = 17, kDrugs = 18, kScore = 19;
// session: use and use_date are one group; note and remark another, which mixes clear and sealed
inline constexpr std::uint32_t kDate = 16, kKind = 17, kUse = 18, kUseDate = 19, kNote = 20,
                               kTopics = 21, kFamily = 22, kRemark = 23, kBy = 24;
// worker
inline constexpr std::uint32_t kDisplayName = 16;

std::shared_ptr<const Programme> SmallProgramme();

}  // namespace tram::small
