#include <vector>

#include "tests/bench/bench_server.h"
#include "tests/bench/measuring.h"
#include "tests/bench/rows.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUnits[] = {10, 1000, 3321};  // the last: all communes of the country
constexpr std::size_t kBefore = 300;                // forms that the unit has when measuring begins
constexpr std::size_t kPushes = 40;
constexpr std::size_t kFormsPerPush = 12;

struct PushCost {
  double bytes = 0;
  double server_seconds = 0;  // processor time
};

Result<PushCost> MeasurePushes(const fs::path& folder, std::size_t units) {
  BenchClock clock;
  TRAM_ASSIGN(std::vector<RecordedForm> forms, ReadWorkload("initial"));
  TRAM_ASSIGN(std::string programme, WorkloadProgramme());
  clock.wall_ms = forms.front().at_ms;
  TRAM_ASSIGN(auto server, BenchServer::Start(folder / "server", programme, clock, units - 1));
  TRAM_ASSIGN(SyncingDevice device, EnrolFirst(*server, folder / "device", clock));
  RecordKeys keys;
  Recorder recorder(*device.unit, clock, keys);
  auto next = forms.begin() + kBefore;
  TRAM_TRY(recorder.WriteAll({forms.begin(), next}));
  TRAM_TRY(SyncWhole(device, clock));
  std::vector<double> bytes, seconds;
  for (std::size_t i = 0; i < kPushes; ++i) {
    TRAM_TRY(recorder.WriteAll({next, next + kFormsPerPush}));
    next += kFormsPerPush;
    const OthersWatch watch;
    TRAM_ASSIGN(SyncCost push, SyncWhole(device, clock));
    seconds.push_back(watch.Seconds());
    bytes.push_back(push.bytes);
  }
  return PushCost{Mean(bytes), Median(seconds)};
}

}  // namespace

Status MeasureUnits(const fs::path& scratch, BenchTable& table) {
  if (WorkloadFolder().empty()) {
    table.Skip("a push among units", kNoWorkload);
    return {};
  }
  std::optional<PushCost> first;
  for (std::size_t units : kUnits) {
    const std::string name = std::to_string(units);
    TRAM_ASSIGN(PushCost cost, MeasurePushes(scratch / ("units" + name), units));
    if (!first) first = cost;
    BenchRow row;
    row.name = "a push among " + name + " units: bytes";
    row.ours = cost.bytes;
    row.unit = "B";
    row.baseline = first->bytes;
    row.baseline_name = "among 10";
    row.remark = "12 records, mean of " + std::to_string(kPushes) +
                 "; the others are registered, their logs empty";
    table.Add(row);
    row.name = "a push among " + name + " units: server";
    row.ours = cost.server_seconds * kMicroseconds;
    row.unit = "us";
    row.baseline = first->server_seconds * kMicroseconds;
    row.remark = "processor time, median; without the rollup, which a worker does later";
    table.Add(std::move(row));
  }
  return {};
}

}  // namespace tram::bench
