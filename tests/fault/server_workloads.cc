// What the server does with its store: syncs in groups, enrolment, units, figures, publishing,
// programmes, bundles, backups, and being made.
#include <spdlog/spdlog.h>

#include "app/verbs.h"
#include "storage/store_check.h"
#include "tests/fault/fault_folder.h"
#include "tests/fault/store_workloads.h"
#include "tests/unit/central_server/server_fixture.h"
#include "tram/base/os_file.h"
#include "tram/crypto/membership.h"
#include "tram/crypto/passphrase.h"
#include "tram/session/bundle.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using server::ServerState;

SigningKey KeyOf(std::uint8_t number) {
  return SigningKey::FromSeed(SecretKey::From(Bytes(SecretKey::kSize, number)));
}

/// The server of the work and what makes one.
class ServerWorkload : public StoreWorkload {
 public:
  ServerWorkload() {
    spdlog::set_level(spdlog::level::off);
    clock_.Set(DateOf(2026, 11, 21));
  }

  void Prepare(const fs::path& folder) override {
    random_.Begin(1);
    fs::create_directories(folder / "server");
    fs::create_directories(folder / "out");
    auto programme = Must(Programme::Load(server::kTestProgramme, "test.toml"));
    MustHold(server::ServerStore::Create(Database(folder), *programme, clock_, random_));
    MustHold(Open(folder));
    Fill();
    Drop();
  }
  Status Open(const fs::path& folder) override {
    folder_ = folder;
    TRAM_ASSIGN(state_, ServerState::Open(folder / "server", clock_, random_));
    owner_ = std::make_unique<server::DirectOwner>(*state_);
    return {};
  }
  void Drop() override {
    owner_.reset();
    state_.reset();
  }
  Status Step(std::size_t number) override {
    random_.Begin(1000 + number);
    return Do(number);
  }
  Result<Facts> Read() override {
    TRAM_TRY(state_->EnsureUsable());
    return TableFacts(state_->store().database());
  }
  Result<std::vector<std::string>> Verify() override {
    TRAM_ASSIGN(server::StoreCheck check,
                server::CheckStore(state_->store(), [](std::size_t, std::size_t) { return true; }));
    return std::move(check.problems);
  }
  SqlDatabase* database() override { return state_ ? &state_->store().database() : nullptr; }
  bool goes_on() const override { return true; }

 protected:
  /// What the server holds before the work begins.
  virtual void Fill() {}
  virtual Status Do(std::size_t number) = 0;

  static fs::path Database(const fs::path& folder) {
    return folder / "server" / server::kDatabaseName;
  }
  server::VerbContext Context() {
    return {*owner_, "test", folder_ / "out", Language::kEnglish, {}};
  }
  server::Unit AddTestUnit(const std::string& code) {
    return Must(server::AddUnit(*state_, code, "Đơn vị " + code, "",
                                {"24", DateOf(2020, 1, 1), std::nullopt}));
  }
  std::unique_ptr<server::TestDevice> Enrolled(const server::Unit& unit) {
    auto device = std::make_unique<server::TestDevice>(clock_);
    const server::NewCode code = Must(server::IssueCode(*state_, unit, 24, "test"));
    server::EnrolmentDesk desk(*state_);
    const EnrolReply reply = Must(desk.Enrol({device->id(), code.code, {}, {}}, "127.0.0.1"));
    device->Join(reply.unit, reply.server, reply.keys);
    return device;
  }
  Status AnswerBodies(const std::vector<std::string>& bodies,
                      std::vector<HttpResponse>* into = nullptr) {
    std::vector<HttpResponse> responses = server::AnswerGroup(*state_, bodies);
    for (const HttpResponse& response : responses) {
      if (response.status != 200) return MakeError(ErrorCode::kIo, response.body);
    }
    if (into != nullptr) *into = std::move(responses);
    return {};
  }
  /// Both devices sync to the end, in groups. Returns the bodies of each group.
  std::vector<std::vector<std::string>> SyncGroups(
      const std::vector<std::unique_ptr<server::TestDevice>>& devices) {
    std::vector<std::vector<std::string>> groups;
    std::vector<server::TestDevice*> going;
    for (const auto& device : devices) going.push_back(device.get());
    while (!going.empty()) {
      std::vector<std::string>& bodies = groups.emplace_back();
      for (server::TestDevice* device : going) bodies.emplace_back(AsText(device->Request()));
      std::vector<HttpResponse> responses;
      MustHold(AnswerBodies(bodies, &responses));
      std::vector<server::TestDevice*> again;
      for (std::size_t i = 0; i < going.size(); ++i) {
        if (going[i]->Take(responses[i])) again.push_back(going[i]);
      }
      going = std::move(again);
    }
    return groups;
  }
  /// Two units with a device each, which have recorded `visits`.
  std::vector<std::unique_ptr<server::TestDevice>> TwoUnits(int visits) {
    std::vector<std::unique_ptr<server::TestDevice>> devices;
    for (const char* code : {"BG01", "KH01"}) {
      devices.push_back(Enrolled(AddTestUnit(code)));
      Record(*devices.back(), visits);
    }
    return devices;
  }
  void Record(server::TestDevice& device, int visits) {
    for (int i = 0; i < visits; ++i) {
      device.Visit(Date{DateOf(2026, 10, 5).days + i % 40}, i % 3 == 0, i % 200);
    }
  }

  server::SetClock clock_;
  SeededRandom random_;
  fs::path folder_;
  std::unique_ptr<ServerState> state_;
  std::unique_ptr<server::DirectOwner> owner_;
};

/// Work whose requests are made beforehand, against a copy of the server.
class Pushing : public ServerWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    ServerWorkload::Prepare(folder);
    FaultFolder copy("dialogue");
    fs::copy(folder, copy.path(), fs::copy_options::recursive);
    MustHold(Open(copy.path()));
    groups_ = SyncGroups(devices_);
    for (int more = 0; more < 3; ++more) {
      for (const auto& device : devices_) Record(*device, 5);
      for (auto& group : SyncGroups(devices_)) groups_.push_back(std::move(group));
    }
    Drop();
    devices_.clear();
  }
  std::size_t steps() const override { return groups_.size(); }

 protected:
  void Fill() override { devices_ = TwoUnits(100); }
  Status Do(std::size_t number) override { return AnswerBodies(groups_[number]); }

  std::vector<std::unique_ptr<server::TestDevice>> devices_;
  std::vector<std::vector<std::string>> groups_;
};

/// A unit, a code, its first device, and a second one by an invitation.
class Enrolling : public ServerWorkload {
 public:
  std::size_t steps() const override { return 4; }

 protected:
  void Fill() override { AddTestUnit("KH01"); }
  Status Do(std::size_t number) override {
    server::EnrolmentDesk desk(*state_);
    if (number == 0) {
      auto context = Context();
      TRAM_TRY(server::UnitAdd(context, {"BG01", "Đơn vị 1", "24", "", "2020-01-01"}));
      return {};
    }
    TRAM_ASSIGN(server::Unit unit, state_->store().units().ByCode("BG01"));
    if (number == 1) {
      TRAM_TRY(server::IssueCode(*state_, unit, 24, "test"));
      return {};
    }
    if (number == 2) {
      // The code of a step that was done and not acknowledged: the same random bytes make it.
      random_.Begin(1001);
      const std::string code = NewSpokenCode(random_);
      TRAM_TRY(desk.Enrol({KeyOf(21).id(), code, {}, {}}, ""));
      return {};
    }
    const Ticket ticket = IssueTicket(unit.id, HybridTime{clock_.ms + 1000}, KeyOf(21), random_);
    const DeviceId second = KeyOf(22).id();
    TRAM_TRY(desk.Enrol({second, "", unit.id, RedeemTicket(unit.id, second, ticket)}, ""));
    return {};
  }
};

/// Registers: units come, move, close and come by file; another programme.
class Registering : public ServerWorkload {
 public:
  std::size_t steps() const override { return 5; }

 protected:
  void Fill() override {
    AddTestUnit("BG01");
    AddTestUnit("KH01");
  }
  Status Do(std::size_t number) override {
    auto context = Context();
    if (number == 0) {
      TRAM_TRY(server::UnitAdd(context, {"BN01", "Đơn vị", "27", "", "2020-01-01"}));
    } else if (number == 1) {
      TRAM_TRY(server::UnitMove(context, {"KH01", "56", "2026-01-01"}));
    } else if (number == 2) {
      TRAM_TRY(server::ImportUnits(*state_,
                                   "code,name,province_code,commune_code,from\n"
                                   "X1,Một,24,,2020-01-01\nX2,Hai,27,,2020-01-01\n"
                                   "X3,Ba,56,,2020-01-01\nBG01,Tên khác,24,,2020-01-01\n",
                                   "test"));
    } else if (number == 3) {
      TRAM_TRY(server::UnitClose(context, {"BG01", "2026-06-01", "KH01"}));
    } else {
      std::string toml = server::kTestProgramme;
      toml.replace(toml.find("version = 1"), 11, "version = 2");
      TRAM_ASSIGN(auto programme, Programme::Load(toml, "test.toml"));
      return state_->UseProgramme(*programme, "test");
    }
    return {};
  }
};

/// The worker's steps until nothing is left.
class RollingUp : public ServerWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    ServerWorkload::Prepare(folder);
    FaultFolder copy("figures");
    fs::copy(folder, copy.path(), fs::copy_options::recursive);
    MustHold(Open(copy.path()));
    while (Must(worker_->Step())) ++steps_;
    Drop();
  }
  Status Open(const fs::path& folder) override {
    TRAM_TRY(ServerWorkload::Open(folder));
    worker_ = std::make_unique<server::RollupWorker>(*state_);
    return {};
  }
  void Drop() override {
    worker_.reset();
    ServerWorkload::Drop();
  }
  std::size_t steps() const override { return steps_; }
  /// The first one begins the month before it computes a unit.
  bool several_commits() const override { return true; }

 protected:
  void Fill() override { SyncGroups(TwoUnits(60)); }
  Status Do(std::size_t) override {
    TRAM_TRY(state_->EnsureUsable());
    TRAM_TRY(worker_->Step());
    return {};
  }

  std::unique_ptr<server::RollupWorker> worker_;
  std::size_t steps_ = 0;
};

/// A month's publication, with the years that it releases.
class Publishing : public RollingUp {
 protected:
  void Fill() override {
    auto devices = TwoUnits(0);
    const Date last_year = DateOf(2025, 11, 30);
    for (const auto& device : devices) {
      for (int i = 0; i < 30; ++i) device->Visit(last_year, i % 2 == 0, i);
    }
    SyncGroups(devices);
    server::RollupWorker worker(*state_);
    while (Must(worker.Step())) {
    }
    clock_.Set(DateOf(2026, 12, 5));
  }
};

class ServerBundles : public ServerWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    ServerWorkload::Prepare(folder);
    for (std::size_t i = 0; i < files_.size(); ++i) {
      MustHold(WriteFileAtomically(folder / "out" / FileName(i), files_[i]));
    }
  }
  std::size_t steps() const override { return files_.size(); }

 protected:
  static std::string FileName(std::size_t number) { return "b" + std::to_string(number); }
  void Fill() override {
    auto device = Enrolled(AddTestUnit("BG01"));
    EntryNumber before = 0;
    for (int i = 0; i < 3; ++i) {
      Record(*device, 20);
      files_.push_back(device->Bundle(before));
      before = device->log().size();
    }
    std::swap(files_[1], files_[2]);  // one comes too early
  }
  Status Do(std::size_t number) override {
    auto context = Context();
    TRAM_TRY(server::BundleRead(context, {FileName(number), ""}));
    return {};
  }

 private:
  std::vector<Bytes> files_;
};

class ServerBackups : public ServerWorkload {
 public:
  std::size_t steps() const override { return 2; }
  /// The trail says that a copy was begun, then the copy has its name, then it counts.
  bool several_commits() const override { return true; }
  Result<Facts> Read() override {
    TRAM_ASSIGN(Facts facts, ServerWorkload::Read());
    facts.erase("audit");  // each attempt is a row of its own
    facts["server_setting"] = LinesWithout(facts["server_setting"], "audit");
    for (std::size_t i = 0; i < steps(); ++i) {
      const fs::path path = folder_ / "out" / FileName(i);
      std::error_code code;
      std::string& found = facts[FileName(i)];
      found = "absent";
      if (!fs::exists(path, code)) continue;
      TRAM_ASSIGN(auto store,
                  server::ServerStore::Open(path, clock_, SqlDatabase::Mode::kReadOnly));
      TRAM_ASSIGN(server::StoreCheck check,
                  server::CheckStore(*store, [](std::size_t, std::size_t) { return true; }));
      found = check.problems.empty() ? "whole" : "damaged";
    }
    return facts;
  }

 protected:
  static std::string FileName(std::size_t number) { return "copy" + std::to_string(number); }
  void Fill() override { SyncGroups(TwoUnits(10)); }
  Status Do(std::size_t number) override {
    std::error_code code;
    fs::remove(folder_ / "out" / FileName(number), code);  // of an attempt that was cut short
    auto context = Context();
    TRAM_TRY(server::Backup(context, FileName(number)));
    return {};
  }
};

class ServerCreating : public ServerWorkload {
 public:
  void Prepare(const fs::path& folder) override { fs::create_directories(folder / "server"); }
  Status Open(const fs::path& folder) override {
    folder_ = folder;
    std::error_code code;
    return fs::exists(Database(folder), code) ? ServerWorkload::Open(folder) : Status();
  }
  /// The second one writes to what the first one has made.
  std::size_t steps() const override { return 2; }
  Result<Facts> Read() override {
    if (state_ == nullptr) TRAM_TRY(Open(folder_));
    return state_ == nullptr ? Facts{{"server", "absent"}} : ServerWorkload::Read();
  }
  Result<std::vector<std::string>> Verify() override {
    return state_ == nullptr ? std::vector<std::string>() : ServerWorkload::Verify();
  }
  bool goes_on() const override { return false; }

 protected:
  Status Do(std::size_t number) override {
    if (number == 0) return Make();
    if (state_ == nullptr) TRAM_TRY(Open(folder_));
    return state_->store().audit().Append(clock_.ms, "test", "opened");
  }
  virtual Status Make() {
    TRAM_ASSIGN(auto programme, Programme::Load(server::kTestProgramme, "test.toml"));
    return server::ServerStore::Create(Database(folder_), *programme, clock_, random_);
  }
};

class ServerRestoring : public ServerCreating {
 public:
  void Prepare(const fs::path& folder) override {
    ServerWorkload::Prepare(folder);
    MustHold(ServerWorkload::Open(folder));
    auto context = Context();
    static_cast<void>(Must(server::Backup(context, "copy")));
    Drop();
    fs::remove_all(folder / "server");
    fs::create_directory(folder / "server");
  }

 protected:
  void Fill() override { SyncGroups(TwoUnits(10)); }
  Status Make() override {
    TRAM_TRY(server::Restore(folder_ / "server", folder_ / "out" / "copy", clock_));
    return {};
  }
};

template <class Workload>
NamedWorkload Named(const char* name) {
  return {name, [] { return std::make_unique<Workload>(); }};
}

}  // namespace

std::vector<NamedWorkload> ServerWorkloads() {
  return {Named<Pushing>("server_push"),         Named<Enrolling>("server_enrol"),
          Named<Registering>("server_units"),    Named<RollingUp>("server_figures"),
          Named<Publishing>("server_publish"),   Named<ServerBundles>("server_bundles"),
          Named<ServerBackups>("server_backup"), Named<ServerRestoring>("server_restore"),
          Named<ServerCreating>("server_create")};
}

}  // namespace tram::test
