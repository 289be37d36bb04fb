#include "tests/fault/kill/kill_check.h"

#include <algorithm>

#include "tram/log/op_log.h"
#include "tram/log/sqlite_log_store.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kSyncsMax = 8;   // until one leaves nothing
constexpr int kRoundsMax = 3;  // what the last device brought has to reach the first

/// What a log holds, by which two logs are compared.
struct LogContent {
  std::set<std::string> ops;
  std::set<std::string> leaves;
  std::size_t feeds = 0;
};

Result<LogContent> ReadLog(const fs::path& file, const std::string& unit) {
  TRAM_ASSIGN(auto database, SqlDatabase::Open(file, SqlDatabase::Mode::kReadOnly));
  TRAM_ASSIGN(auto store, SqliteLogStore::Open(*database));
  TRAM_ASSIGN(std::vector<UnitId> units, store->Units());
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const UnitId& id) { return id.Hex() == unit; });
  if (found == units.end()) return MakeError(ErrorCode::kNotFound, "the unit is not in it");
  TRAM_ASSIGN(auto log, OpLog::Open(*store, *found, SystemClock()));
  LogContent content;
  for (EntryNumber i = 1; i <= log->size(); ++i) content.ops.insert(log->entry(i).op.Hex());
  std::set<FeedId> feeds;
  for (const Leaf& leaf : log->Leaves()) {
    content.leaves.insert(leaf.chain.Hex());
    feeds.insert(leaf.feed);
  }
  content.feeds = feeds.size();
  return content;
}

class Check {
 public:
  explicit Check(KillWorld& world) : world_(world) {}

  std::size_t Run() {
    if (!world_.server().Running()) world_.server().Start();
    if (!world_.server().Running()) {
      world_.Problem("the server does not start any more");
      return 0;
    }
    SyncAll();
    for (auto& device : world_.devices()) Device(*device);
    SameFigures();
    Expect(world_.server().Run({"verify"}).exit == 0, "the server's store does not verify");
    Expect(world_.server().Stop() == 0, "the server does not stop well");
    return Logs();
  }

 private:
  void Expect(bool good, const std::string& otherwise) {
    if (!good) world_.Problem(otherwise);
  }

  void SyncAll() {
    for (int round = 0; round < kRoundsMax; ++round) {
      for (auto& device : world_.devices()) {
        RunResult sync;
        for (int tries = 0; tries < kSyncsMax && sync.exit != 0; ++tries) {
          sync = device->real.Run({"sync"});
        }
        Expect(sync.exit == 0, device->name + " does not sync: " + sync.err + sync.out);
      }
    }
  }

  void Device(const KillUnitDevice& device) {
    Expect(device.real.Run({"verify"}).exit == 0, device.name + " does not verify");
    const json status = device.real.Json({"status"});
    Expect(status.at("server_lost").is_null(),
           device.name + ": the server lost what it had given a receipt for: " +
               status.at("server_lost").dump());
    Expect(status.value("waiting_for_server", 1) == 0, device.name + ": something waits");
    for (const char* empty : {"copied_feeds", "rejected", "held"}) {
      Expect(status.at(empty).empty(), device.name + ": " + empty + " " + status.at(empty).dump());
    }
    Expect(status.value("staged", 1) == 0, device.name + ": pieces of bundles wait");
    Expect(status.value("waiting_records", 1) == 0, device.name + ": records wait for parts");
    std::vector<std::pair<std::string, std::string>> clients;
    const json list = device.real.Json({"list", "client"});
    for (const json& row : list.at("rows")) {
      clients.emplace_back(row.value("id", ""), row.at("full_name").get<std::string>());
    }
    for (const std::string& problem : world_.ledger().Compare(clients)) {
      world_.Problem(device.name + ": " + problem);
    }
  }

  void SameFigures() {
    const json first = Tables(world_.devices()[0]->real.Json({"report", "--as-of", "2026-02"}));
    for (auto& device : world_.devices()) {
      const json other = Tables(device->real.Json({"report", "--as-of", "2026-02"}));
      Expect(other == first, device->name + " has other figures than the first device");
    }
    const json server = Tables(
        world_.server().Json({"report", "--by", "unit", "--as-of", "2026-02-28", "--exact"}));
    for (const json& table : first) {
      Expect(std::find(server.begin(), server.end(), table) != server.end(),
             "the server has other figures than the devices: " + table.dump());
    }
  }

  /// The same tables whoever made them, but for the name of the place.
  static json Tables(json report) {
    json tables = report.at("tables");
    for (json& table : tables) {
      for (json& row : table.at("rows")) {
        row.erase("place");
        row.erase("place_name");
      }
    }
    return tables;
  }

  std::size_t Logs() {
    const std::string& unit = world_.unit_id();
    auto server = ReadLog(world_.server().folder() / "server.db", unit);
    if (!server) {
      world_.Problem("the server's log: " + server.error().message);
      return 0;
    }
    for (const std::string& op : world_.ledger().Acknowledged()) {
      Expect(server->ops.contains(op), "the op " + op + " was acknowledged and is lost");
    }
    // A device takes another feed when its own has entries that it lost.
    Expect(server->feeds <= world_.devices().size(), "a device took another feed");
    for (auto& device : world_.devices()) {
      auto log = ReadLog(device->real.folder() / "unit.db", unit);
      Expect(log && log->ops == server->ops && log->leaves == server->leaves,
             device->name + " and the server hold different ops");
    }
    for (const auto& [device, backup] : world_.backups()) {
      auto log = ReadLog(backup.file, unit);
      Expect(log && std::includes(log->ops.begin(), log->ops.end(), backup.ops.begin(),
                                  backup.ops.end()),
             "a backup of " + device + " lacks what was acknowledged before");
    }
    return server->ops.size();
  }

  KillWorld& world_;
};

}  // namespace

std::size_t CheckAfterKills(KillWorld& world) { return Check(world).Run(); }

}  // namespace tram::test
