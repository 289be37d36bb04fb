// The golden stores: tests/golden/store/VERSION/, as a program of that version left them on disks.
// They are written once (TRAM_WRITE_GOLDEN=1 writes those of today's version where they are
// missing) and never changed. All people and all figures are invented. Threads: one test.
#pragma once

#include <filesystem>

#include "tests/versions/version_world.h"

namespace tram::versions {

/// Versions of which there are golden stores. A new version is added here, none is taken away.
inline constexpr int kGoldenVersions[] = {1};

/// In the folder: device/ (unit.db, incarnation), server/ (server.db), first.bundle (what the
/// device's staged pieces wait for), programme.toml, device.txt and server.txt (facts).
std::filesystem::path GoldenFolder(int version);

/// When the stores were left, and the months that the server's facts are of.
std::int64_t GoldenNowMs();
inline Date GoldenToday() { return DateOf(2026, 1, 15); }
inline Date GoldenFirstMonth() { return DateOf(2025, 10, 1); }

/// Makes the folder's files with today's program.
void WriteGoldenStores(const std::filesystem::path& folder);

}  // namespace tram::versions
