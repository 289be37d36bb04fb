// What is measured: each function makes its own folders below `scratch`, measures, and adds rows.
// What each row means: libsync/docs/measurements.md.
// Threads: one at a time.
#pragma once

#include <filesystem>

#include "tests/bench/bench_table.h"
#include "tram/base/result.h"

namespace tram::bench {

/// A durable append, against a raw SQLite commit of the same bytes. Needs the workload.
Status MeasureAppend(const std::filesystem::path& scratch, BenchTable& table);
/// Opening ten years of log, in processes of their own. Needs the workload.
Status MeasureOpening(const std::filesystem::path& scratch, BenchTable& table);
/// Bytes of a year, a day and nothing over HTTP; bytes on the disk; edits of the same records on
/// two devices; the client's memory. Needs the workload.
Status MeasureSync(const std::filesystem::path& scratch, BenchTable& table);
/// What a push costs where the server holds few units and where it holds a country's. Needs the
/// workload.
Status MeasureUnits(const std::filesystem::path& scratch, BenchTable& table);
/// A unit's figures at the server, cold and warm.
Status MeasureRollup(const std::filesystem::path& scratch, BenchTable& table);

/// The size of texts before sealing, and the time that it takes. Needs the workload, or Debian's
/// manpages-vi; measures what is there.
Status MeasureText(const std::filesystem::path& scratch, BenchTable& table);

/// Each page of the unit's program at 2,000 clients and 30,000 sessions: processor time and size.
Status MeasurePages(const std::filesystem::path& scratch, BenchTable& table);

/// What a process started by MeasureOpening does instead of a bench: opens what is in `folder` and
/// prints what it took as JSON. `what` is "log" or "device".
Status ProbeOpening(const std::string& what, const std::filesystem::path& folder);

}  // namespace tram::bench
