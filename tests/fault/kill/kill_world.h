// KillWorld: one server, the devices of one unit behind bad links, and everything that is counted
// while they are killed.
// Threads: the server belongs to one thread, each device and its link to another; the rest any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/fault/kill/kill_ledger.h"
#include "tests/support/bad_link.h"
#include "tests/support/real_programs.h"

namespace tram::test {

struct KillOptions {
  std::uint64_t seed = 1;
  std::size_t kills = 40;  // half of them of the server
  std::size_t devices = 3;
};

/// One device, its link to the server, and who may reach it.
struct KillUnitDevice {
  KillUnitDevice(std::filesystem::path folder, std::uint16_t server_port, std::uint64_t seed)
      : name(folder.filename()), real(std::move(folder)), link(server_port, seed) {}
  std::string name;
  RealDevice real;
  BadLink link;
};

/// A backup that the program said is made, and what it must hold.
struct KillBackup {
  std::string file;
  std::set<std::string> ops;
};

class KillWorld {
 public:
  /// Makes the server and the unit; fails the test, and has problems, where that fails.
  explicit KillWorld(const KillOptions& options);

  const KillOptions& options() const { return options_; }
  std::filesystem::path Path(const std::string& name) const { return scratch_ / name; }
  RealServer& server() { return server_; }
  std::vector<std::unique_ptr<KillUnitDevice>>& devices() { return devices_; }
  KillLedger& ledger() { return ledger_; }
  const std::string& unit_id() const { return unit_id_; }
  const std::string& shared_client() const { return shared_client_; }

  /// What must not be. The first ends the killing.
  void Problem(const std::string& text);
  std::vector<std::string> problems() const;
  /// A program of this kind was killed while it ran.
  void CountKill(bool server);
  /// A command, a sync or a restart; for the figures.
  void Count(const std::string& what, bool done);
  std::map<std::string, std::pair<std::size_t, std::size_t>> counts() const;
  std::size_t server_kills() const;
  std::size_t device_kills() const;
  /// There are enough kills of that kind; or there is a problem.
  bool Enough(bool server) const;
  /// Waits until the devices are not far behind the server, so that there is work to be killed in.
  void AwaitDevices();

  /// Bundles that are whole, for the other devices.
  void OfferBundle(const std::string& file);
  std::optional<std::string> SomeBundle(std::mt19937_64& random) const;
  void KeepBackup(const std::string& device, KillBackup backup);
  std::map<std::string, KillBackup> backups() const;

 private:
  bool EnoughLocked(bool server) const;

  KillOptions options_;
  ScratchFolder scratch_;
  RealServer server_;
  std::vector<std::unique_ptr<KillUnitDevice>> devices_;
  KillLedger ledger_;
  std::string unit_id_, shared_client_;

  mutable std::mutex mutex_;  // guards the following
  std::condition_variable changed_;
  std::size_t server_kills_ = 0, device_kills_ = 0;
  std::map<std::string, std::pair<std::size_t, std::size_t>> counts_;
  std::vector<std::string> problems_, bundles_;
  std::map<std::string, KillBackup> backups_;
};

/// Evenly from `from` to `to`.
int Drawn(std::mt19937_64& random, int from, int to);
/// Of a hundred.
bool Chance(std::mt19937_64& random, int percent);

}  // namespace tram::test
