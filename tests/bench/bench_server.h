// BenchServer: the central server in this process, behind its real listener on loopback, with a
// clock of the bench's; and devices that are enrolled there over HTTP and sync as the program does.
// Threads: one at a time; Stop() before state() is used.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/http_service.h"
#include "app/sync_run.h"
#include "tests/bench/workload.h"
#include "tram/web/listener.h"

namespace tram::bench {

/// A server's state in `folder` with one unit. `code` becomes a code for its first device.
Result<std::unique_ptr<server::ServerState>> MakeServerState(const std::filesystem::path& folder,
                                                             const std::string& programme,
                                                             BenchClock& clock, std::string& code);

class BenchServer {
 public:
  /// `further_units` are registered besides the one, with empty logs.
  static Result<std::unique_ptr<BenchServer>> Start(const std::filesystem::path& folder,
                                                    const std::string& programme, BenchClock& clock,
                                                    std::size_t further_units = 0);
  ~BenchServer() { Stop(); }

  const std::string& url() const { return url_; }
  /// A code for the unit's first device.
  const std::string& code() const { return code_; }
  void Stop();

 private:
  BenchServer() = default;

  std::unique_ptr<server::ServerState> state_;
  std::unique_ptr<server::OwnerThread> owner_;
  std::unique_ptr<server::HttpService> service_;
  std::unique_ptr<Listener> listener_;
  std::string url_, code_;
};

/// What an enrolment's reply founds; needs `device_seed` to be the key that was enrolled.
Founding FoundingOf(const EnrolReply& reply, const std::string& url, SecretKey device_seed);

/// A device that syncs over HTTP and counts bytes.
struct SyncingDevice {
  std::unique_ptr<UnitDevice> unit;
  std::unique_ptr<HttpClient> http = std::make_unique<HttpClient>();
  double enrolment_bytes = 0;
};
/// The unit's first device.
Result<SyncingDevice> EnrolFirst(const BenchServer& server, const std::filesystem::path& folder,
                                 BenchClock& clock);
/// A further one, by an invitation. Nothing is synced yet.
Result<SyncingDevice> EnrolFurther(SyncingDevice& inviter, const BenchServer& server,
                                   const std::filesystem::path& folder, BenchClock& clock);

struct SyncCost {
  double bytes = 0;  // both ways, heads counted
  std::size_t requests = 0;
};
/// One whole sync. Errors: those of the sync; invalid where it left something.
Result<SyncCost> SyncWhole(SyncingDevice& device, BenchClock& clock);

}  // namespace tram::bench
