#include <algorithm>
#include <cstdio>
#include <map>
#include <vector>

#include "app/default_programme.h"
#include "app/sync_group.h"
#include "rollup/worker.h"
#include "tests/bench/bench_server.h"
#include "tests/bench/measuring.h"
#include "tests/bench/rows.h"
#include "tests/e2e/demo/demo_story.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;

// The workload's size, in the programme with most indicators; people and figures are invented.
constexpr std::size_t kYearOps = 2'470;
constexpr std::size_t kDayOps = 12;
constexpr int kRounds = 9;
constexpr double kColdBar = 30, kWarmBar = 8;  // ms
constexpr std::int64_t kNoonMs = 12LL * 3600 * 1000;

RecordedForm FormOfEvent(const demo::StoryEvent& event) {
  RecordedForm form;
  form.edits = event.action == demo::StoryEvent::Action::kEdit;
  form.type = event.type;
  form.key = event.key;
  form.parent = event.parent;
  form.at_ms = StartOfLocalDay(event.day) + kNoonMs;
  form.fields.assign(event.fields.begin(), event.fields.end());
  return form;
}

class RollupBench {
 public:
  explicit RollupBench(fs::path scratch) : scratch_(std::move(scratch)) {}
  Status Run(BenchTable& table);

 private:
  Status Prepare();
  /// The next ops of the story, pushed without a network.
  Status Push(std::size_t ops);
  /// Milliseconds of the worker's one step that computes the unit.
  Result<double> Compute();
  /// Milliseconds of all indicators, for the month.
  Result<double> RunAll(UnitView& view);

  fs::path scratch_;
  BenchClock clock_;
  std::int64_t now_ms_ = StartOfLocalDay(DateOf(2026, 11, 21)) + kNoonMs;
  std::vector<demo::StoryEvent> story_;
  std::size_t told_ = 0;
  std::unique_ptr<server::ServerState> state_;
  std::unique_ptr<server::RollupWorker> worker_;
  std::unique_ptr<UnitDevice> device_;
  RecordKeys keys_;
};

Status RollupBench::Prepare() {
  demo::UnitPlan plan;
  plan.intakes_permille = 20'000;
  story_ = demo::TellStory(plan, DateOf(2025, 11, 1), DateOf(2026, 11, 20));
  std::erase_if(story_, [](const demo::StoryEvent& event) {  // forms only
    return event.action == demo::StoryEvent::Action::kDelete ||
           event.action == demo::StoryEvent::Action::kMerge;
  });
  if (story_.size() < kYearOps + kRounds * kDayOps) {
    return MakeError(ErrorCode::kInvalid, "the story is too short: more clients a month");
  }
  clock_.wall_ms = now_ms_;
  std::string code;
  TRAM_ASSIGN(state_, MakeServerState(scratch_ / "rollup-server",
                                      std::string(server::DefaultProgramme()), clock_, code));
  worker_ = std::make_unique<server::RollupWorker>(*state_);
  SecretKey seed = SecretKey::Generate(SystemRandom());
  const DeviceId id = SigningKey::FromSeed(seed.Copy()).id();
  server::EnrolmentDesk desk(*state_);
  TRAM_ASSIGN(EnrolReply reply, desk.Enrol({id, code, std::nullopt, std::nullopt}, "127.0.0.1"));
  TRAM_ASSIGN(device_, MakeDevice(scratch_ / "rollup-device",
                                  FoundingOf(reply, "", std::move(seed)), clock_));
  TRAM_TRY(Push(kYearOps));
  return Compute() ? Status() : Status(MakeError(ErrorCode::kInvalid, "nothing was computed"));
}

Status RollupBench::Push(std::size_t ops) {
  std::vector<RecordedForm> forms;
  for (std::size_t end = told_ + ops; told_ < end; ++told_) {
    forms.push_back(FormOfEvent(story_[told_]));
  }
  TRAM_TRY(Recorder(*device_, clock_, keys_).WriteAll(forms));
  clock_.wall_ms = now_ms_;
  SyncClient sync = device_->NewSync();
  for (bool more = true; more;) {
    TRAM_ASSIGN(Bytes request, sync.NextRequest({"POST", kSyncPath}));
    const std::vector<std::string> bodies{std::string(AsText(request))};
    const HttpResponse response = server::AnswerGroup(*state_, bodies).at(0);
    if (response.status != 200) return MakeError(ErrorCode::kDenied, response.body);
    TRAM_ASSIGN(more, sync.TakeReply(AsBytes(response.body)));
  }
  return {};
}

Result<double> RollupBench::Compute() {
  Stopwatch watch;
  TRAM_ASSIGN(bool computed, worker_->Step());
  const double ms = watch.Seconds() * kMilliseconds;
  if (!computed || !worker_->failures().empty()) {
    return MakeError(ErrorCode::kInvalid, "the unit's figures could not be computed");
  }
  return ms;
}

Result<double> RollupBench::RunAll(UnitView& view) {
  Stopwatch watch;
  TRAM_TRY(view.Figures(MonthEnd(state_->Today())));
  return watch.Seconds() * kMilliseconds;
}

Status RollupBench::Run(BenchTable& table) {
  TRAM_TRY(Prepare());
  std::vector<double> cold, warm, replay, indicators;
  const UnitId unit = device_->unit();
  TRAM_ASSIGN(server::Unit row, state_->store().units().ById(unit));
  for (int round = 0; round < kRounds; ++round) {
    TRAM_TRY(Push(kDayOps));
    TRAM_ASSIGN(double warm_ms, Compute());
    warm.push_back(warm_ms);
    state_->units().DropViews();
    Stopwatch replaying;
    TRAM_ASSIGN(UnitView * view, state_->units().ViewOf(unit, state_->programme().programme));
    replay.push_back(replaying.Seconds() * kMilliseconds);
    TRAM_ASSIGN(double ran_ms, RunAll(*view));
    indicators.push_back(ran_ms);
    state_->units().DropViews();
    TRAM_TRY(state_->store().rollups().Mark(row.number, now_ms_));
    TRAM_ASSIGN(double cold_ms, Compute());
    cold.push_back(cold_ms);
  }
  const std::string count =
      std::to_string(state_->programme().programme->indicators.size()) + " indicators";
  auto add = [&](const std::string& name, const std::vector<double>& ms, std::optional<double> bar,
                 const std::string& remark) {
    BenchRow made;
    made.name = "rollup: " + name;
    made.ours = Median(ms);
    made.unit = "ms";
    made.decimals = 1;
    made.bar = bar;
    made.remark = remark;
    table.Add(std::move(made));
  };
  add("cold", cold, kColdBar, "a new view of 2,470 ops and more, " + count + ", rows written");
  add("warm", warm, kWarmBar, "12 new ops, " + count + ", rows written");
  add("its part of replaying", replay, std::nullopt, "of the cold one");
  add("its part of indicators", indicators, std::nullopt,
      "of the cold one: checks, derived rows, all indicators");
  return {};
}

}  // namespace

Status MeasureRollup(const fs::path& scratch, BenchTable& table) {
  return RollupBench(scratch).Run(table);
}

}  // namespace tram::bench
