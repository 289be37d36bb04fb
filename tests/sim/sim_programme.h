// The programme of the simulated worlds, in two versions: small, so that views are cheap, with
// every kind of field, clear and sealed groups and sets, a default, a rule and an indicator.
// Version 2 adds a record type, a field and a code, and retires a code. Read by the real loader and
// signed with a key from a fixed seed: the same bytes on every machine. Threads: loaded once per
// process; immutable then.
#pragma once

#include <memory>
#include <string>

#include "tram/crypto/sign.h"
#include "tram/programme/programme.h"

namespace tram::sim {

inline constexpr int kSimProgrammes = 2;

// Numbers of record types. A client is a person; an episode stands below a client, a visit below
// an episode; a support (version 2) below a client.
inline constexpr std::uint32_t kClient = 16, kEpisode = 17, kVisit = 18, kWorker = 19,
                               kSupport = 20;
// client: state and state_on are a clear group, phone and address a sealed one; district: version 2
inline constexpr std::uint32_t kFullName = 16, kCode = 17, kSex = 18, kBirthYear = 19, kPhone = 20,
                               kAddress = 21, kState = 22, kStateOn = 23, kNeeds = 24,
                               kConsent = 25, kDistrict = 26;
// episode: end_date and end_reason are a clear group
inline constexpr std::uint32_t kIntake = 16, kDrugs = 17, kEndDate = 18, kEndReason = 19,
                               kDose = 20, kCounsellor = 21;
// visit: about and score are a sealed group
inline constexpr std::uint32_t kDate = 16, kUse = 17, kUseDays = 18, kNote = 19, kAbout = 20,
                               kScore = 21, kTopics = 22;
// worker
inline constexpr std::uint32_t kDisplayName = 16;

/// Whose programmes the devices of all worlds take.
const SigningKey& ProgrammeKey();
/// `version`: 1..kSimProgrammes. The pointer stays good as long as the process runs.
const std::shared_ptr<const Programme>& SimProgramme(int version);
/// The signed file, for Founding::programme and UnitDevice::UseProgramme.
const std::string& SignedSimProgramme(int version);

}  // namespace tram::sim
