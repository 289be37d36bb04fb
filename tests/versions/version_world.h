// What the tests between versions share: a clock that is set, chance that is the same in every run,
// a server in a folder, devices in folders, and syncs between them without a network.
// Threads: one test.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rollup/worker.h"
#include "storage/server_state.h"
#include "tests/support/process.h"
#include "tram/session/unit_device.h"

namespace tram::versions {

inline constexpr char kPassphrase[] = "kho mẫu giữ mãi mãi";

class SetClock : public Clock {
 public:
  std::int64_t WallMs() override { return ms; }
  std::int64_t SteadyMs() override { return ms; }
  void Set(Date day, int hour = 9) { ms = StartOfLocalDay(day) + hour * 3'600'000LL; }
  std::int64_t ms = 0;
};

/// The same numbers for the same seed, in every run and on every machine.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t state_;
};

/// The value, or a failed test and the end of it.
template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}
void Must(Status status);

std::string TextOf(const std::filesystem::path& path);
std::shared_ptr<const Programme> LoadProgramme(const std::string& toml);
/// As the server of `state` would sign it.
std::string Signed(const Programme& programme, server::ServerState& state);

class TestServer {
 public:
  /// Makes the server's data.
  static void Create(const std::filesystem::path& folder, const Programme& programme, Clock& clock,
                     Random& random);
  TestServer(std::filesystem::path folder, Clock& clock, Random& random);

  server::ServerState& state() { return *state_; }
  server::Unit AddUnit(const std::string& code, const std::string& province);
  /// What the first device of a unit is founded with.
  Founding Enrol(const server::Unit& unit, Random& random);
  /// A device that another one invited.
  void Welcome(UnitDevice& device);
  /// Errors: what the server answers instead of 200.
  Result<Bytes> Answer(const Bytes& request);
  OpLog& LogOf(const UnitId& unit);
  /// Computes and publishes until nothing is left.
  void Work();
  server::RollupWorker& worker() { return *worker_; }

 private:
  std::filesystem::path folder_;
  Clock& clock_;
  std::unique_ptr<server::ServerState> state_;
  std::unique_ptr<server::RollupWorker> worker_;
};

/// Opened and unlocked.
std::unique_ptr<UnitDevice> OpenDevice(const std::filesystem::path& folder, Clock& clock,
                                       Random& random);
std::unique_ptr<UnitDevice> FoundDevice(const std::filesystem::path& folder, Founding founding,
                                        Clock& clock, Random& random);
/// A further device of the unit, by an invitation.
std::unique_ptr<UnitDevice> JoinDevice(const std::filesystem::path& folder, UnitDevice& inviter,
                                       Clock& clock, Random& random);

using Exchange = std::function<Result<Bytes>(const Bytes& request)>;
/// Exchanges until the session has nothing more to ask. Errors: what an exchange or the session
/// says.
Result<SyncReport> Sync(UnitDevice& device, const Exchange& exchange);
SyncReport Sync(UnitDevice& device, TestServer& server);

/// Saves fields by their names; the text as a person would type it. A new record where `record` is
/// empty.
struct FormText {
  std::string type;
  std::optional<RecordId> record = std::nullopt;
  std::optional<RecordId> parent = std::nullopt;
  std::vector<std::pair<std::string, std::string>> fields = {};
};
Result<Saved> TrySave(UnitDevice& device, const FormText& form);
RecordId Save(UnitDevice& device, const FormText& form);

}  // namespace tram::versions
