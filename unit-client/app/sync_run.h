// One sync of a unit with its server: the sans-IO session on the thread that owns the device, the
// network on the caller's. Between the two go bytes only.
// What must outlive the process (that an invited device has yet to enrol, how the last sync ended,
// that the server lost entries) is kept in the log's settings.
// Threads: RunSync on any thread; it reaches the device through OnOwner only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/verb.h"
#include "tram/transport/http_client.h"

namespace tram::client {

/// Runs a task on the thread that owns the device and waits for it. False: it was not run, for the
/// device is closed or another object took its place.
using OnOwner = std::function<bool(const std::function<void(UnitDevice&)>&)>;

struct SyncOutcome {
  /// Errors: disconnected | outcome_unknown | overloaded (a later try may help) | denied | invalid
  /// | too_new | io. Without an error the exchange came to its end, which need not be `complete`.
  Status status;
  SyncReport report;
  std::uint64_t bytes_up = 0, bytes_down = 0;  // HTTP, heads counted
  std::size_t conflicts = 0;
  std::optional<std::int64_t> retry_after_ms;  // what the server asked for

  /// Nothing is left on either side, and nothing was refused.
  bool Whole() const {
    return status && report.complete && report.left_ops == 0 && report.refusals.empty();
  }
};

/// `ca_file` "": the one given at init, or those of the system. `progress` gets (round, left ops).
SyncOutcome RunSync(const OnOwner& on_owner, HttpClient& http, Clock& clock,
                    const std::string& ca_file,
                    const std::function<void(std::size_t, std::size_t)>& progress);

/// Words, figures and the exit code of a sync. Errors: those of the sync, or what is left to do.
Status SaySync(Output& out, const SyncOutcome& outcome);

/// A clock that differs more from the server's is to be set right.
inline constexpr std::int64_t kClockNoticeMs = 5 * 60 * 1000;

/// How the last sync ended, whoever ran it.
struct LastSync {
  std::int64_t at_ms = 0;
  bool whole = false;
  std::optional<ErrorCode> code;  // nothing: the exchange came to its end
  std::string message;            // of the code, in English; "" without one
  std::vector<Refusal> refusals;  // what the server did not take, by feed; `previous` is not kept
  std::optional<std::int64_t> offset_ms;
};
std::optional<LastSync> ReadLastSync(const OpLog& log);
/// To be committed with what follows.
void RememberSync(UnitDevice& device, const SyncOutcome& outcome, std::int64_t now_ms);

/// The last time that the server was seen to have lost entries.
struct GoneAlarm {
  std::int64_t at_ms = 0;
  std::size_t ops = 0;
};
std::optional<GoneAlarm> ReadGoneAlarm(const OpLog& log);

/// That a device made from an invitation has to show itself to the server first.
bool EnrolmentPending(const OpLog& log);
void SetEnrolmentPending(OpLog& log, bool pending);
/// The PEM file that syncs believe; "" where none was given. Absolute.
std::string CaFileOf(const OpLog& log);
void SetCaFile(OpLog& log, const std::string& file);

/// URL without a slash at its end, and a path of ours.
std::string ServerUrl(std::string url, const char* path);
/// The error in a reply whose status is not 200: the server's own line.
Error RefusedBy(const HttpReply& reply);

}  // namespace tram::client
