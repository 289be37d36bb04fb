// What the server counts about itself, in the text format of Prometheus (0.0.4).
// Every metric is listed in libsync/docs/operations.md. None has a label that says which unit,
// device or person did something: they describe the server, never a commune's work.
// Threads: any, several at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tram::server {

/// Seconds since it was made.
class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// What is looked up in the store and the caches when the page is asked for.
struct StateFigures {
  std::int64_t at_ms = 0;
  std::int64_t units = 0;
  std::int64_t devices = 0, devices_silent_7_days = 0, devices_silent_30_days = 0;
  std::int64_t dirty_units = 0;
  std::int64_t oldest_dirty_ms = 0;  // its age
  std::int64_t failing_units = 0;    // whose figures cannot be computed
  std::int64_t held_ops = 0;
  std::optional<std::int64_t> published_until_ms;  // the end of the last published month
  std::optional<std::int64_t> backup_ms;           // when the last verified backup was finished
  std::int64_t database_bytes = 0, wal_bytes = 0;
  std::int64_t open_logs = 0, open_views = 0;
  std::string programme, programme_version;
};

class ServerMetrics {
 public:
  ServerMetrics();
  ~ServerMetrics();
  ServerMetrics(const ServerMetrics&) = delete;
  ServerMetrics& operator=(const ServerMetrics&) = delete;

  /// A request was answered. Needs `route` to be one of a few names, never a path as it was sent.
  void Answered(std::string_view route, int status, std::size_t bytes_in, std::size_t bytes_out,
                double seconds);
  void OpsAccepted(std::size_t ops);
  void OpsServed(std::size_t ops);
  /// `reason`: one of a few names.
  void PieceRefused(std::string_view reason);
  /// A transaction for `syncs` requests at once.
  void Committed(std::size_t syncs, double seconds);
  void CommitFailed();
  /// How long a request waited for the owner, and how many wait now.
  void Waited(double seconds);
  void Waiting(std::size_t syncs, std::size_t other);
  void RolledUp(double seconds);
  void RollupFailed();

  void SetState(const StateFigures& figures);
  void SetConnections(std::size_t connections);
  std::string Text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace tram::server
