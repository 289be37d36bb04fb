// Two versions of one programme: what golden stores of version 1 use, and a next one in which
// everything changed that may change. Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace tram::versions {

/// tests/golden/store/1/programme.toml.
std::string ProgrammeOne();
/// New record types (`visit` below a client, the person `relative`), new fields in old types
/// (client.district sealed, client.needs a set, episode.stage required, session.minutes), a new
/// code (drug 4), a retired one (sex 3), other rules of the form, a new indicator.
std::string ProgrammeTwo();

/// A programme with one text exchanged, which it must hold.
std::string Exchanged(std::string toml, const std::string& from, const std::string& to);

inline constexpr std::uint32_t kClientType = 17, kRelativeType = 21;
inline constexpr std::uint32_t kFullName = 16, kPhone = 18, kDistrict = 30, kNeeds = 31;

}  // namespace tram::versions
