// The rows of one indicator of one unit as the store keeps them: one blob, as periods, strata and
// bins repeat in every row and months before repeat in every month's end.
// Format: libsync/docs/store.md, "The server's figures". Threads: pure functions.
#pragma once

#include <vector>

#include "tram/base/bytes.h"
#include "tram/programme/programme.h"

namespace tram::server {

inline constexpr std::size_t kFigureBytesMax = 64 * 1024 * 1024;  // of one blob, unpacked

/// Needs rows in order, as UnitView gives them.
Bytes PackFigureRows(const std::vector<IndicatorRow>& rows);
/// Errors: corrupt.
Result<std::vector<IndicatorRow>> UnpackFigureRows(ByteView blob);

}  // namespace tram::server
