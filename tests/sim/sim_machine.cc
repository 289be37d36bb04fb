#include "tests/sim/sim_machine.h"

#include <fstream>

#include "session/device_state.h"
#include "tests/sim/founded_unit.h"
#include "tests/sim/sim_programme.h"
#include "tram/session/bundle.h"
#include "tram/session/enrolment.h"

namespace tram::sim {
namespace {

namespace fs = std::filesystem;

constexpr char kServerFile[] = "server.db";

SigningKey KeyFrom(std::uint64_t seed) {
  SimRandom random(seed);
  return SigningKey::Generate(random);
}

/// Devices come and go: the programmes stay loaded.
void KeepLoaded(int version) {
  static std::map<int, std::shared_ptr<const Programme>> loaded;
  auto& programme = loaded[version];
  if (programme != nullptr) return;
  auto result = LoadSigned(SignedSimProgramme(version), ProgrammeKey().id());
  TRAM_ASSERT(result);
  programme = *result;
}

}  // namespace

const MessageTarget& SyncTarget() {
  static const MessageTarget target{"POST", kSyncPath};
  return target;
}

SimMachine::SimMachine(fs::path machine_folder, std::uint64_t seed, const std::int64_t& world_ms)
    : folder(std::move(machine_folder)), clock(world_ms), random(seed) {
  fs::create_directories(folder);
  RenewDisk();
}

SimMachine::~SimMachine() = default;

void SimMachine::RenewDisk() {
  disk.reset();
  disk = std::make_unique<test::FaultDisk>(folder, random.Next());
  full = false;
}

void SimMachine::Mend() {
  disk->Mend();
  full = false;
}

void NoteDurable(const OpLog& log, Durable& durable) {
  for (auto n = static_cast<EntryNumber>(durable.size()); n < log.committed(); ++n) {
    durable.push_back(log.entry(n + 1).chain);
  }
}

std::string MissingFrom(const OpLog& log, const Durable& durable) {
  for (std::size_t i = 0; i < durable.size(); ++i) {
    const auto number = static_cast<EntryNumber>(i + 1);
    if (number > log.size()) {
      return "entries " + std::to_string(number) + " to " + std::to_string(durable.size()) +
             " are gone";
    }
    if (log.entry(number).chain != durable[i]) {
      return "entry " + std::to_string(number) + " is another one";
    }
  }
  return "";
}

SimDevice::SimDevice(std::string device_name, std::size_t device_unit, fs::path folder,
                     std::uint64_t seed, const std::int64_t& world_ms)
    : name(std::move(device_name)), unit(device_unit), machine(std::move(folder), seed, world_ms) {}

void SimDevice::Enrol(const SigningKey& key, const DeviceId& server,
                      const std::vector<KeyEntry>& keys) {
  id = key.id();
  const fs::path path = machine.folder / "unit.db";
  const std::string& founded = FoundedUnitFile(unit);
  std::ofstream(path, std::ios::binary)
      .write(founded.data(), static_cast<std::streamsize>(founded.size()));
  auto database = SqlDatabase::Open(path, SqlDatabase::Mode::kExisting);
  TRAM_ASSERT(database);
  auto store = SqliteLogStore::Open(**database);
  TRAM_ASSERT(store);
  auto log = OpLog::Open(**store, SimUnitId(unit), machine.clock);
  TRAM_ASSERT(log);
  (*log)->SetSetting(kServerSetting, ToBytes(server.view()));
  (*log)->SetSetting(kDeviceSeedSetting, ToBytes(key.seed().view()));
  for (const KeyEntry& entry : keys) (*log)->AddKey(entry);
  Status made = (*log)->Commit();
  TRAM_ASSERT(made);
}

Status SimDevice::Boot() {
  for (int version = 1; version <= kSimProgrammes; ++version) KeepLoaded(version);
  machine.clock.Boot();
  TRAM_ASSIGN(auto engine, UnitDevice::Open(machine.folder, machine.clock, machine.random));
  TRAM_TRY(engine->Unlock(SimUnitKey(unit)));
  engine_ = std::move(engine);
  return {};
}

void SimDevice::Close() {
  sync_.reset();
  desks.clear();
  engine_.reset();
}

SyncClient& SimDevice::sync() {
  if (!sync_) sync_.emplace(engine_->NewSync());
  return *sync_;
}

SimServer::SimServer(fs::path folder, std::uint64_t seed, const std::int64_t& world_ms)
    : key(KeyFrom(seed)), machine(std::move(folder), seed + 1, world_ms) {}

Status SimServer::Boot() {
  machine.clock.Boot();
  TRAM_ASSIGN(database_,
              SqlDatabase::Open(machine.folder / kServerFile, SqlDatabase::Mode::kCreate));
  TRAM_ASSIGN(store_, SqliteLogStore::Open(*database_));
  return {};
}

void SimServer::Close() {
  units_.clear();
  store_.reset();
  database_.reset();
}

Result<SimServer::Unit*> SimServer::Open(const UnitId& unit) {
  auto found = units_.find(unit);
  if (found == units_.end()) {
    Unit opened;
    TRAM_ASSIGN(opened.log, OpLog::Open(*store_, unit, machine.clock));
    opened.replica = std::make_unique<Replica>(*opened.log, key.id(), machine.clock);
    found = units_.emplace(unit, std::move(opened)).first;
  }
  return &found->second;
}

Result<UnitView*> SimServer::View(const UnitId& id,
                                  const std::shared_ptr<const Programme>& programme) {
  TRAM_ASSIGN(Unit * unit, Open(id));
  if (unit->view == nullptr || unit->view->programme().version != programme->version) {
    TRAM_ASSIGN(unit->view, UnitView::Create(programme, id));
    unit->viewed = 0;
  }
  std::vector<ViewEntry> entries;
  while (unit->viewed < unit->log->committed()) {
    const EntryNumber n = ++unit->viewed;
    const Entry& entry = unit->log->entry(n);
    entries.push_back({entry.op, unit->log->ReadOp(n), entry.arrived_ms});
  }
  if (!entries.empty()) TRAM_TRY(unit->view->Apply(entries));
  return unit->view.get();
}

// In a transaction around the log's own, as the server does it for a group of requests. Where it
// fails, what is in memory is forgotten.
template <class Work>
Status SimServer::Durably(const UnitId& id, Work work) {
  Status done = [&]() -> Status {
    TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(*database_));
    TRAM_ASSIGN(Unit * unit, Open(id));
    TRAM_TRY(work(*unit));
    TRAM_TRY(unit->log->Commit());
    if (!database_->InTransaction()) {
      return MakeError(ErrorCode::kIo, "the transaction was undone");
    }
    TRAM_TRY(transaction.Commit());
    NoteDurable(*unit->log, durable[id]);
    return {};
  }();
  if (!done && done.error().code == ErrorCode::kIo) Drop(id);
  return done;
}

Status SimServer::Enrol(const UnitId& unit, const std::vector<KeyEntry>& members) {
  return Durably(unit, [&](Unit& open) {
    open.replica->TakeKeys(members);
    return Status();
  });
}

Result<Bytes> SimServer::Reply(const UnitId& unit, const DeviceId& sender, ByteView request) {
  Bytes reply;
  TRAM_TRY(Durably(unit, [&](Unit& open) -> Status {
    TRAM_ASSIGN(Answer answer,
                AnswerRequest(*open.replica, key, request, SyncTarget(), sender, machine.clock));
    reply = std::move(answer.reply);
    return {};
  }));
  return reply;
}

Status SimServer::TakeBundle(const UnitId& unit, ByteView file) {
  return Durably(unit, [&](Unit& open) -> Status {
    TRAM_TRY(ReadBundle(*open.replica, nullptr, file));
    return {};
  });
}

Result<Bytes> SimServer::ReplyToBundle(const UnitId& unit, ByteView file) {
  Bytes reply;
  TRAM_TRY(Durably(unit, [&](Unit& open) -> Status {
    TRAM_ASSIGN(reply, AnswerBundle(*open.replica, key, file, machine.clock));
    return {};
  }));
  return reply;
}

}  // namespace tram::sim
