#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/bench/measuring.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"
#include "tests/support/process.h"
#include "tram/crypto/passphrase.h"
#include "tram/log/sqlite_log_store.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr EntryNumber kTenYearsOps = 25'000;
constexpr std::int64_t kYearMs = 366LL * 24 * 3600 * 1000;
constexpr int kProbes = 3;  // processes of each kind, by turns
constexpr double kOpenSecondsBar = 0.2;
constexpr double kOpenMbBar = 45;

/// The workload's year again and again, each with records of its own.
Status WriteTenYears(const fs::path& folder) {
  TRAM_ASSIGN(std::vector<RecordedForm> forms, ReadWorkload("initial"));
  TRAM_ASSIGN(std::string programme, WorkloadProgramme());
  TRAM_ASSIGN(Founding founding, OfflineFounding(programme));
  BenchClock clock;
  clock.wall_ms = forms.front().at_ms;
  TRAM_ASSIGN(auto device, MakeDevice(folder, std::move(founding), clock));
  for (std::int64_t later_ms = 0; device->log().size() < kTenYearsOps; later_ms += kYearMs) {
    RecordKeys keys;
    Recorder recorder(*device, clock, keys);
    device->BeginBulk();
    for (std::size_t i = 0; i < forms.size() && device->log().size() < kTenYearsOps; ++i) {
      TRAM_TRY(recorder.Write(forms[i], later_ms));
    }
    TRAM_TRY(device->EndBulk());
  }
  return {};
}

Result<Json> ProbeLog(const fs::path& folder) {
  BenchClock clock;
  const double before = OwnResidentBytes();
  Stopwatch watch;
  TRAM_ASSIGN(auto database, SqlDatabase::Open(folder / "unit.db", SqlDatabase::Mode::kExisting));
  TRAM_ASSIGN(auto store, SqliteLogStore::Open(*database));
  TRAM_ASSIGN(std::vector<UnitId> units, store->Units());
  TRAM_ASSIGN(auto log, OpLog::Open(*store, units.at(0), clock));
  const double seconds = watch.Seconds();
  return Json{{"ops", log->size()}, {"seconds", seconds}, {"bytes", OwnResidentBytes() - before}};
}

/// Argon2 takes its time on purpose and says nothing about the log.
Result<double> PassphraseSeconds() {
  const SecretKey secret = SecretKey::Generate(SystemRandom());
  TRAM_ASSIGN(Bytes wrap, WrapSecret(secret.view(), kBenchPassphrase, SystemRandom()));
  std::vector<double> seconds;
  for (int i = 0; i < kProbes; ++i) {
    Stopwatch watch;
    TRAM_TRY(UnwrapSecret(wrap, kBenchPassphrase));
    seconds.push_back(watch.Seconds());
  }
  return Median(seconds);
}

/// As UnitDevice does it when it opens: all entries decoded, then taken.
Result<double> ReplaySeconds(UnitDevice& device) {
  Stopwatch watch;
  const std::shared_ptr<const Programme> programme(std::shared_ptr<void>(), &device.programme());
  TRAM_ASSIGN(auto view, UnitView::Create(programme, device.unit()));
  std::vector<ViewEntry> entries;
  for (EntryNumber n = 1; n <= device.log().size(); ++n) {
    entries.push_back({device.log().entry(n).op, device.log().ReadOp(n)});
  }
  TRAM_TRY(view->Apply(entries));
  return watch.Seconds();
}

Result<Json> ProbeDevice(const fs::path& folder) {
  BenchClock clock;
  const double before = OwnResidentBytes();
  Stopwatch opening;
  TRAM_ASSIGN(auto device, UnitDevice::Open(folder, clock, SystemRandom()));
  const double open_s = opening.Seconds();
  const double locked_bytes = OwnResidentBytes() - before;
  Stopwatch unlocking;
  TRAM_TRY(device->Unlock(kBenchPassphrase));
  const double unlock_s = unlocking.Seconds();
  const double unlocked_bytes = OwnResidentBytes() - before;
  TRAM_ASSIGN(double replay_s, ReplaySeconds(*device));
  TRAM_ASSIGN(double passphrase_s, PassphraseSeconds());
  return Json{{"seconds", open_s},          {"bytes", locked_bytes},
              {"replay", replay_s},         {"unlock", unlock_s - passphrase_s},
              {"passphrase", passphrase_s}, {"unlocked_bytes", unlocked_bytes}};
}

Result<Json> RunProbe(const std::string& what, const fs::path& folder) {
  std::error_code code;
  const fs::path self = fs::read_symlink("/proc/self/exe", code);
  const test::RunResult run =
      test::RunProgram({self.string(), "--probe", what, "--folder", folder.string()});
  Json json = Json::parse(run.out, nullptr, false);
  if (run.exit != 0 || !json.is_object()) {
    return MakeError(ErrorCode::kIo, "a probe of the opening failed: " + run.err);
  }
  return json;
}

double MedianOf(const std::vector<Json>& probes, const char* name) {
  std::vector<double> values;
  for (const Json& probe : probes) values.push_back(probe.at(name).get<double>());
  return Median(values);
}

BenchRow SecondsRow(const std::string& name, double seconds, std::optional<double> bar,
                    const std::string& remark) {
  BenchRow row;
  row.name = "25,000 ops: " + name;
  row.ours = seconds;
  row.unit = "s";
  row.decimals = 3;
  row.bar = bar;
  row.remark = remark;
  return row;
}

BenchRow MemoryRow(const std::string& name, double bytes, std::optional<double> bar,
                   const std::string& remark) {
  BenchRow row;
  row.name = "25,000 ops: " + name;
  row.ours = bytes / kBytesPerMb;
  row.unit = "MB";
  row.decimals = 1;
  row.bar = bar;
  row.remark = remark;
  return row;
}

}  // namespace

Status ProbeOpening(const std::string& what, const fs::path& folder) {
  TRAM_ASSIGN(Json json, what == "log" ? ProbeLog(folder) : ProbeDevice(folder));
  std::cout << json.dump() << "\n";
  return {};
}

Status MeasureOpening(const fs::path& scratch, BenchTable& table) {
  if (WorkloadFolder().empty()) {
    table.Skip("25,000 ops", kNoWorkload);
    return {};
  }
  const fs::path folder = scratch / "ten-years";
  TRAM_TRY(WriteTenYears(folder));
  std::vector<Json> log, device;
  for (int i = 0; i < kProbes; ++i) {
    TRAM_ASSIGN(Json of_log, RunProbe("log", folder));
    log.push_back(std::move(of_log));
    TRAM_ASSIGN(Json of_device, RunProbe("device", folder));
    device.push_back(std::move(of_device));
  }
  table.Add(SecondsRow("open the log", MedianOf(log, "seconds"), kOpenSecondsBar,
                       "ids and chains rebuilt and checked"));
  table.Add(MemoryRow("memory of the log", MedianOf(log, "bytes"), kOpenMbBar,
                      "growth of what is resident"));
  table.Add(SecondsRow("open the device", MedianOf(device, "seconds"), kOpenSecondsBar,
                       "log, programme and locked view"));
  table.Add(MemoryRow("memory of the device, locked", MedianOf(device, "bytes"), kOpenMbBar, ""));
  table.Add(SecondsRow("replay into a locked view", MedianOf(device, "replay"), std::nullopt, ""));
  table.Add(SecondsRow(
      "read what is sealed", MedianOf(device, "unlock"), std::nullopt,
      "unlocking, Argon2's " +
          std::to_string(static_cast<int>(MedianOf(device, "passphrase") * kMilliseconds)) +
          " ms aside"));
  table.Add(MemoryRow("memory of the device, unlocked", MedianOf(device, "unlocked_bytes"),
                      std::nullopt, ""));
  return {};
}

}  // namespace tram::bench
