// MemoryDevice: a device with its log in memory that enrols and syncs over HTTP: hundreds of them
// fit into one test.
// Threads: one at a time.
#pragma once

#include <optional>
#include <string>

#include "tests/unit/central_server/server_fixture.h"
#include "tram/transport/http_client.h"

namespace tram::test {

class MemoryDevice {
 public:
  /// The first device of a unit, with its code.
  explicit MemoryDevice(std::string code) : code_(std::move(code)) {}
  /// A further one, invited by a device that has enrolled.
  explicit MemoryDevice(const MemoryDevice& inviter);

  /// Fails the test where it is refused.
  void Enrol(const std::string& url);
  /// Records one visit.
  void Visit();
  /// Syncs until nothing is left. False: it was not answered, and the test has failed.
  bool Sync(const std::string& url);

  const UnitId& unit() const { return unit_; }
  std::size_t visits() const { return visits_; }
  std::size_t syncs() const { return syncs_; }
  /// Ops of the whole unit that are here.
  std::size_t ops() { return device_.log().size(); }

 private:
  server::TestDevice device_{SystemClock()};
  HttpClient http_;
  std::string code_;
  UnitId unit_;
  std::optional<KeyEntry> member_;
  std::size_t visits_ = 0, syncs_ = 0;
};

}  // namespace tram::test
