// What a device does with its store: recording, settling, syncing by network and by file,
// importing, another programme, backups, and being made.
#include "app/backup.h"
#include "app/founding.h"
#include "tests/fault/fault_folder.h"
#include "tests/fault/store_workloads.h"
#include "tests/support/memory_log_store.h"
#include "tests/unit/central_server/server_fixture.h"
#include "tram/crypto/membership.h"
#include "tram/programme/signing.h"
#include "tram/session/bundle.h"
#include "tram/session/enrolment.h"
#include "tram/session/sync_server.h"
#include "tram/session/unit_device.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kDate = 16, kUsed = 17, kDays = 18, kNote = 19;
constexpr char kPassphrase[] = "đèn đường sáng lắm";

std::string Signed(const std::string& toml, const SigningKey& key) {
  return WriteSignedProgramme({key.Sign(ProgrammeStatement(toml)), toml});
}

std::string LaterProgramme(int version) {
  std::string toml = server::kTestProgramme;
  toml.replace(toml.find("version = 1"), 11, "version = " + std::to_string(version));
  return toml;
}

/// A unit with two devices that have edited the same records, and bundles of the second one. Made
/// once: deriving a key from a passphrase is slow on purpose.
class TwoDevices {
 public:
  static TwoDevices& Made() {
    static TwoDevices made;
    return made;
  }

  Founding FoundingOf(int device) {
    const SigningKey key = SigningKey::FromSeed(SeedOf(device));
    Founding founding;
    founding.unit = unit;
    founding.unit_name = "Phòng khám 1";
    founding.server = server.id();
    founding.programme_key = server.id();
    founding.programme = Signed(server::kTestProgramme, server);
    founding.keys = {EnrolDevice(unit, key.id(), HybridTime{clock.ms}, server)};
    founding.device_seed = key.seed().Copy();
    founding.unit_key = unit_key.Copy();
    founding.passphrase = kPassphrase;
    return founding;
  }
  std::unique_ptr<UnitDevice> OpenUnlocked(const fs::path& folder) {
    auto device = Must(UnitDevice::Open(folder, clock, random));
    MustHold(device->Unlock(unit_key));
    return device;
  }
  const fs::path& first() const { return first_; }

  server::SetClock clock;
  SeededRandom random;
  UnitId unit;
  SigningKey server;
  SecretKey unit_key;
  std::vector<RecordId> records;     // of the first device
  std::vector<RecordId> conflicts;   // edited by both
  std::vector<Bytes> bundles;        // of the second device, each following on the one before
  std::vector<MemoryLogStore> logs;  // of a server that has so many of them

 private:
  TwoDevices() : server(SigningKey::FromSeed(SeedOf(0))) {
    clock.Set(DateOf(2026, 11, 21));
    random.Begin(1);
    unit = random.NewId<UnitId>();
    unit_key = SecretKey::Generate(random);
    first_ = folder_.path() / "first";
    const fs::path second_folder = folder_.path() / "second";
    MustHold(UnitDevice::Found(first_, FoundingOf(1), clock, random));
    MustHold(UnitDevice::Found(second_folder, FoundingOf(2), clock, random));
    auto first = OpenUnlocked(first_);
    auto second = OpenUnlocked(second_folder);
    const RecordType& visit = first->programme().records[0];
    for (int i = 0; i < 8; ++i) {
      RecordForm form;
      form.type = &visit;
      form.values = {{kDate, DateOf(2026, 11, 1 + i)}, {kDays, std::int64_t{i}}};
      records.push_back(Must(first->Save(form)).record);
    }
    Carry(*first, *second, std::nullopt);
    for (int i = 0; i < 4; ++i) {
      conflicts.push_back(records[static_cast<std::size_t>(i)]);
      Edit(*first, conflicts.back(), 100 + i);
      Edit(*second, conflicts.back(), 200 + i);
    }
    Carry(*second, *first, std::nullopt);
    WriteBundles(*second);
  }

  SecretKey SeedOf(int device) {
    Bytes seed(SecretKey::kSize, static_cast<std::uint8_t>(device + 1));
    return SecretKey::From(seed);
  }
  static void Edit(UnitDevice& device, const RecordId& record, std::int64_t days) {
    RecordForm form;
    form.type = &device.programme().records[0];
    form.record = record;
    form.values = {{kDays, days}};
    static_cast<void>(Must(device.Save(form)));
  }
  /// A bundle of what came after `after`.
  Bytes Bundle(UnitDevice& from, const std::optional<EntryNumber>& after) {
    Known known(from.log());
    if (after) known.Add(from.log().entry(*after).chain);
    return Must(WriteBundle(from.replica(), known, from.signing_key(), from.own().id(),
                            from.time().Estimate(), random))
        .file;
  }
  void Carry(UnitDevice& from, UnitDevice& to, const std::optional<EntryNumber>& after) {
    static_cast<void>(Must(ReadBundle(to.replica(), &to.own(), Bundle(from, after))));
    MustHold(to.log().Commit());
    MustHold(to.RefreshView());
  }
  void WriteBundles(UnitDevice& second) {
    MemoryLogStore store;
    auto log = Must(OpLog::Open(store, unit, clock));
    Replica replica(*log, server.id(), clock);
    static_cast<void>(Must(ReadBundle(replica, nullptr, Bundle(second, std::nullopt))));
    logs.push_back(store.Copy());
    for (int bundle = 0; bundle < 4; ++bundle) {
      const EntryNumber before = second.own().last();
      for (int i = 0; i < 3; ++i) Edit(second, records[7], 300 + 10 * bundle + i);
      bundles.push_back(Bundle(second, before));
      static_cast<void>(Must(ReadBundle(replica, nullptr, bundles.back())));
      logs.push_back(store.Copy());
    }
  }

  FaultFolder folder_{"devices"};
  fs::path first_;
};

// ---- on an open device ----

class DeviceWorkload : public StoreWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    fs::copy(base_.first(), folder / "unit", fs::copy_options::recursive);
  }
  Status Open(const fs::path& folder) override {
    folder_ = folder;
    base_.random.Begin(7);
    TRAM_ASSIGN(device_, UnitDevice::Open(folder / "unit", base_.clock, base_.random));
    return device_->Unlock(base_.unit_key);
  }
  void Drop() override { device_.reset(); }
  Status Step(std::size_t number) override {
    base_.random.Begin(1000 + number);
    return Do(number);
  }
  Result<Facts> Read() override { return TableFacts(device_->database()); }
  Result<std::vector<std::string>> Verify() override {
    TRAM_ASSIGN(VerifyReport report, device_->log().Verify());
    return std::move(report.problems);
  }
  SqlDatabase* database() override { return device_ ? &device_->database() : nullptr; }

 protected:
  virtual Status Do(std::size_t number) = 0;
  const RecordType& visit() { return device_->programme().records[0]; }
  Status SaveVisit(std::size_t number) {
    RecordForm form;
    form.type = &visit();
    form.values = {{kDate, DateOf(2026, 10, 1 + static_cast<unsigned>(number % 28))},
                   {kUsed, number % 2 == 0},
                   {kNote, "ghi chú " + std::to_string(number)}};
    TRAM_TRY(device_->Save(form));
    return {};
  }

  TwoDevices& base_ = TwoDevices::Made();
  fs::path folder_;
  std::unique_ptr<UnitDevice> device_;
};

class Saving : public DeviceWorkload {
 public:
  std::size_t steps() const override { return 8; }

 protected:
  Status Do(std::size_t number) override {
    if (number % 2 == 0) return SaveVisit(number);
    RecordForm form;
    form.type = &visit();
    form.record = base_.records[4 + number % 4];
    form.values = {{kDays, static_cast<std::int64_t>(1000 + number)}, {kNote, std::string("sửa")}};
    TRAM_TRY(device_->Save(form));
    return {};
  }
};

class Settling : public DeviceWorkload {
 public:
  std::size_t steps() const override { return 6; }

 protected:
  Status Do(std::size_t number) override {
    if (number < 4) {
      TRAM_TRY(device_->Resolve(base_.conflicts[number], kDays, {{kDays, std::int64_t{5}}}));
    } else if (number == 4) {
      TRAM_TRY(device_->Delete(base_.records[5], "nhầm", std::nullopt));
    } else {
      TRAM_TRY(device_->MergeInto(base_.records[6], base_.records[4]));
    }
    return {};
  }
};

/// Replies of a server that knows more each time. Even steps make durable what a request needs.
class Receiving : public DeviceWorkload {
 public:
  std::size_t steps() const override { return 2 * base_.logs.size(); }

 protected:
  Status Do(std::size_t number) override {
    SyncClient sync = device_->NewSync();
    const MessageTarget target{"POST", kSyncPath};
    TRAM_ASSIGN(Bytes request, sync.NextRequest(target));
    if (number % 2 == 0) return {};
    MemoryLogStore store = base_.logs[number / 2].Copy();
    TRAM_ASSIGN(auto log, OpLog::Open(store, base_.unit, base_.clock));
    Replica replica(*log, base_.server.id(), base_.clock);
    replica.TakeKeys(device_->log().keys());
    TRAM_ASSIGN(Answer answer, AnswerRequest(replica, base_.server, request, target,
                                             device_->device(), base_.clock));
    TRAM_TRY(sync.TakeReply(answer.reply));
    return device_->RefreshView();
  }
};

/// Bundles in the wrong order: what comes too early is staged.
class ReadingBundles : public DeviceWorkload {
 public:
  std::size_t steps() const override { return base_.bundles.size(); }

 protected:
  Status Do(std::size_t number) override {
    const Bytes& file = base_.bundles[base_.bundles.size() - 1 - number];
    TRAM_TRY(ReadBundle(device_->replica(), &device_->own(), file));
    return device_->RefreshView();
  }
};

class Importing : public DeviceWorkload {
 public:
  std::size_t steps() const override { return 2; }

 protected:
  Status Do(std::size_t number) override {
    device_->BeginBulk();
    // Where one cannot be saved the device is dropped: EndBulk would keep the ones before it.
    for (std::size_t i = 0; i < 40; ++i) TRAM_TRY(SaveVisit(100 * (number + 1) + i));
    return device_->EndBulk();
  }
};

/// Programmes that follow on each other.
class Administering : public DeviceWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    DeviceWorkload::Prepare(folder);
    for (int version = 2; version <= 4; ++version) {
      programmes_.push_back(Signed(LaterProgramme(version), base_.server));
    }
  }
  std::size_t steps() const override { return 4; }

 protected:
  Status Do(std::size_t number) override {
    if (number == 3) return SaveVisit(number);
    return device_->UseProgramme(programmes_[number]);
  }

 private:
  std::vector<std::string> programmes_;
};

/// A program that was killed before: the database's last commits are in its WAL only.
class OpeningAfterAKill : public Saving {
 public:
  void Prepare(const fs::path& folder) override {
    DeviceWorkload::Prepare(folder);
    auto device = base_.OpenUnlocked(folder / "unit");
    for (int i = 0; i < 12; ++i) {
      RecordForm form;
      form.type = &device->programme().records[0];
      form.values = {{kDays, std::int64_t{i}}};
      static_cast<void>(Must(device->Save(form)));
    }
    const fs::path killed = folder / "killed";
    fs::copy(folder / "unit", killed, fs::copy_options::recursive);
    device.reset();
    fs::remove_all(folder / "unit");
    fs::rename(killed, folder / "unit");
  }
  std::size_t steps() const override { return 3; }
};

// ---- whole files ----

/// What a file of a unit holds; it must be whole or absent.
Result<Facts> FileFacts(const std::string& name, const fs::path& path) {
  std::error_code code;
  if (!fs::exists(path, code)) return Facts{{name, "absent"}};
  TRAM_ASSIGN(auto database, SqlDatabase::Open(path, SqlDatabase::Mode::kReadOnly));
  TRAM_ASSIGN(Facts inside, TableFacts(*database));
  std::string whole;
  for (const auto& [table, rows] : inside) whole += table + "\n" + rows;
  return Facts{{name, whole}};
}

class BackingUp : public DeviceWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    DeviceWorkload::Prepare(folder);
    fs::create_directory(folder / "out");
  }
  std::size_t steps() const override { return 3; }
  Result<Facts> Read() override {
    TRAM_ASSIGN(Facts facts, DeviceWorkload::Read());
    for (const char* name : {"a.db", "b.db"}) {
      TRAM_ASSIGN(Facts file, FileFacts(name, folder_ / "out" / name));
      facts.merge(file);
    }
    return facts;
  }

 protected:
  Status Do(std::size_t number) override {
    if (number == 1) return SaveVisit(number);
    client::Output out(Language::kEnglish, false);
    client::Call call{*device_, out, base_.clock, base_.random, folder_ / "out"};
    return client::BackupUnit(call, {number == 0 ? "a.db" : "b.db", true});
  }
};

class Inviting : public DeviceWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    DeviceWorkload::Prepare(folder);
    fs::create_directory(folder / "out");
  }
  std::size_t steps() const override { return 1; }
  bool slow() const override { return true; }
  Result<Facts> Read() override {
    TRAM_ASSIGN(Facts facts, DeviceWorkload::Read());
    auto file = ReadFile(folder_ / "out" / "invitation", 1'000'000);
    facts["invitation"] = file ? *file : "absent";
    return facts;
  }

 protected:
  Status Do(std::size_t) override {
    const fs::path file = folder_ / "out" / "invitation";
    std::error_code code;
    fs::remove(file, code);
    client::Output out(Language::kEnglish, false);
    client::Call call{*device_, out, base_.clock, base_.random, folder_ / "out"};
    return client::InviteDevice(call, {file.filename(), 24});
  }
};

class Restoring : public StoreWorkload {
 public:
  void Prepare(const fs::path& folder) override {
    fs::create_directory(folder / "out");
    auto device = base_.OpenUnlocked(base_.first());
    client::Output out(Language::kEnglish, false);
    client::Call call{*device, out, base_.clock, base_.random, folder / "out"};
    MustHold(client::BackupUnit(call, {"a.db", false}));
  }
  Status Open(const fs::path& folder) override {
    folder_ = folder;
    if (!there()) return {};
    TRAM_ASSIGN(device_, UnitDevice::Open(folder / "unit", base_.clock, base_.random));
    return {};
  }
  void Drop() override { device_.reset(); }
  /// The second one writes to what the first one has made.
  std::size_t steps() const override { return 2; }
  Status Step(std::size_t number) override {
    base_.random.Begin(5);
    if (number == 0) return Make();
    if (device_ == nullptr) TRAM_TRY(Open(folder_));
    device_->log().SetSetting("test", {1});
    return device_->log().Commit();
  }
  Result<Facts> Read() override {
    if (device_ == nullptr) TRAM_TRY(Open(folder_));
    if (device_ == nullptr) return Facts{{"unit", "absent"}};
    TRAM_ASSIGN(Facts facts, TableFacts(device_->database()));
    // Its feed and token are drawn at the first opening, which may be one that is cut short.
    facts["log_setting"] = LinesWithout(facts["log_setting"], "|own.");
    return facts;
  }
  Result<std::vector<std::string>> Verify() override {
    if (device_ == nullptr) return std::vector<std::string>();
    TRAM_ASSIGN(VerifyReport report, device_->log().Verify());
    return std::move(report.problems);
  }
  SqlDatabase* database() override { return device_ ? &device_->database() : nullptr; }

 protected:
  virtual Status Make() {
    client::Output out(Language::kEnglish, false);
    client::FolderCall call{folder_ / "unit", out, base_.clock, base_.random,
                            folder_ / "out",  {},  {}};
    return client::RestoreUnit(call, "a.db");
  }
  bool there() const {
    std::error_code code;
    return fs::exists(folder_ / "unit" / "unit.db", code);
  }

  TwoDevices& base_ = TwoDevices::Made();
  fs::path folder_;
  std::unique_ptr<UnitDevice> device_;
};

class FoundingUnit : public Restoring {
 public:
  void Prepare(const fs::path&) override {}
  bool slow() const override { return true; }

 protected:
  Status Make() override {
    return UnitDevice::Found(folder_ / "unit", base_.FoundingOf(3), base_.clock, base_.random);
  }
};

template <class Workload>
NamedWorkload Named(const char* name) {
  return {name, [] { return std::make_unique<Workload>(); }};
}

}  // namespace

std::vector<NamedWorkload> DeviceWorkloads() {
  return {Named<Saving>("device_save"),
          Named<Settling>("device_settle"),
          Named<Receiving>("device_sync"),
          Named<ReadingBundles>("device_bundles"),
          Named<Importing>("device_import"),
          Named<Administering>("device_programme"),
          Named<OpeningAfterAKill>("device_killed"),
          Named<Inviting>("device_invite"),
          Named<BackingUp>("device_backup"),
          Named<Restoring>("device_restore"),
          Named<FoundingUnit>("device_found")};
}

}  // namespace tram::test
