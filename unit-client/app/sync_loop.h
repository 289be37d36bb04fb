// SyncLoop: when to sync. Every so often; soon after something was written here, once it has
// settled; at once when a person asks; and after a failure later and later (BackOff).
// Threads: Run() on its own thread; the others from any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "app/sync_run.h"
#include "tram/transport/backoff.h"

namespace tram::client {

inline constexpr std::chrono::milliseconds kSettleMs{3000};  // after the last local write

/// Where syncing stands.
struct SyncState {
  bool has_server = false;
  bool running = false;
  std::size_t left_ops = 0;  // while running: what still waits
  /// Until the next try; nothing where none is planned.
  std::optional<std::chrono::milliseconds> next_in;
};

class SyncLoop {
 public:
  using Step = std::function<SyncOutcome()>;
  SyncLoop(Step step, Random& random, std::chrono::milliseconds every)
      : step_(std::move(step)), every_(every), backoff_(random) {}

  /// Asks for a sync that begins from now on; returns its number.
  std::uint64_t Ask();
  /// The outcome of the sync asked for, or of a later one; nothing where it is not done in time.
  std::optional<SyncOutcome> Wait(std::uint64_t ticket, std::chrono::milliseconds at_most);
  /// Something was written here. While the server cannot be reached this changes nothing.
  void NoteWrite();
  /// Nothing while one is under way.
  std::optional<std::chrono::milliseconds> NextIn();
  /// Syncs until `stop`; the first time at once.
  void Run(const std::stop_token& stop);

 private:
  using Steady = std::chrono::steady_clock;
  Step step_;
  std::chrono::milliseconds every_;
  BackOff backoff_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Steady::time_point due_ = Steady::now();
  std::uint64_t asked_ = 0, done_ = 0;
  bool failing_ = false, running_ = false;
  std::optional<SyncOutcome> last_;
};

}  // namespace tram::client
