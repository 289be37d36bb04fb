// A world: a server, the devices of one unit, and everything that can go wrong between them.
// Deterministic by seed. After healing it is compared with the reference model.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/sim/reference_model.h"
#include "tests/sim/sim_machine.h"
#include "tram/session/sync_server.h"

namespace tram::sim {

struct WorldReport {
  std::uint64_t seed = 0;
  std::string failure;  // empty: everything held
  std::size_t ops = 0, conflicts = 0, branches = 0, faults = 0, requests = 0;
};

class SimWorld {
 public:
  explicit SimWorld(std::uint64_t seed);
  WorldReport Run();

 private:
  SimDevice& AnyDevice();
  void AddDevice(std::uint64_t key_seed, SimDisk disk);
  void Step();
  void Write(SimDevice& device);
  void Exchange(SimDevice& device);
  void DeliverLate();
  void Bundle(SimDevice& device);
  void RestoreOrCopy();
  void BootServer();
  /// The server's part: answers and commits; nothing where the request is refused whole.
  std::optional<Bytes> Serve(const Bytes& request);
  void TakeReply(SimDevice& device, const Bytes& reply);
  /// Everybody who is alive syncs without faults until nothing moves.
  void Heal();
  void Check();
  void CheckReplica(const std::string& name, OpLog& log, const HeldOps& all);
  void Fail(const std::string& what);

  WorldReport report_;
  SimRandom random_;
  std::int64_t now_ms_;
  UnitId unit_;
  SigningKey server_key_;
  DeviceId server_id_;
  SimClock server_clock_;
  test::MemoryLogStore server_store_;
  std::unique_ptr<OpLog> server_log_;
  std::unique_ptr<Replica> server_;
  std::vector<std::unique_ptr<SimDevice>> devices_;
  std::vector<SimDisk> device_backups_;
  std::vector<std::size_t> backup_of_;
  std::vector<test::MemoryLogStore> server_backups_;
  std::vector<std::pair<Bytes, std::size_t>> late_requests_;
  SeenBy seen_;
  std::uint64_t unique_ = 0;
};

}  // namespace tram::sim
