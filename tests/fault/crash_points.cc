#include "tests/fault/crash_points.h"

#include <algorithm>
#include <new>
#include <set>
#include <sstream>

#include "tram/base/assert.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using Fault = FaultDisk::Fault;

CrashOutcome Lost(std::string what) { return {Verdict::kLost, false, std::move(what)}; }
std::set<std::string> LinesOf(const Facts& facts) {
  std::set<std::string> lines;
  for (const auto& [name, content] : facts) {
    std::istringstream in(content);
    for (std::string line; std::getline(in, line);) lines.insert(name + ": " + line);
  }
  return lines;
}
CrashOutcome Corrupt(std::string what) { return {Verdict::kCorrupt, false, std::move(what)}; }

}  // namespace

void CrashCount::Add(const CrashCount& other) {
  points += other.points;
  recovered += other.recovered;
  lost += other.lost;
  corrupt += other.corrupt;
  if (first_problem.empty()) first_problem = other.first_problem;
}

CrashPoints::CrashPoints(const NamedWorkload& workload, Weakness weakness)
    : name_(workload.name),
      weakness_(weakness),
      workload_(workload.make()),
      folder_(place_.path() / "disk") {
  workload_->Prepare(template_.path());
  fs::copy(template_.path(), folder_, fs::copy_options::recursive);
  MustHold(workload_->Open(folder_));
  reference_.push_back(Must(workload_->Read()));
  for (std::size_t step = 0; step < workload_->steps(); ++step) {
    MustHold(workload_->Step(step));
    reference_.push_back(Must(workload_->Read()));
  }
  TRAM_ASSERT(Must(workload_->Verify()).empty());
  workload_->Drop();
}

Status CrashPoints::OpenWeakly() {
  TRAM_TRY(workload_->Open(folder_));
  if (weakness_ == Weakness::kSyncsOff && workload_->database() != nullptr) {
    return workload_->database()->Execute("PRAGMA synchronous=OFF");
  }
  return {};
}

void CrashPoints::Work(Progress& progress) {
  if (!OpenWeakly()) return;
  while (progress.acknowledged < workload_->steps()) {
    progress.step_failed = true;  // also where it throws
    if (!workload_->Step(progress.acknowledged)) return;
    progress.step_failed = false;
    ++progress.acknowledged;
  }
  progress.ended = true;
}

bool CrashPoints::IsBetween(const Facts& facts, std::size_t before) const {
  const std::set<std::string> first = LinesOf(reference_[before]);
  const std::set<std::string> second = LinesOf(reference_[before + 1]);
  const std::set<std::string> found = LinesOf(facts);
  auto in = [](const std::set<std::string>& lines) {
    return [&lines](const std::string& line) { return lines.count(line) != 0; };
  };
  return std::all_of(
             found.begin(), found.end(),
             [&](const std::string& line) { return in(first)(line) || in(second)(line); }) &&
         std::all_of(first.begin(), first.end(),
                     [&](const std::string& line) { return !in(second)(line) || in(found)(line); });
}

std::optional<std::size_t> CrashPoints::StateOf(const Facts& facts, const Progress& progress,
                                                bool in_parts) const {
  const std::size_t first = progress.acknowledged;
  // The later one first: where a step changes nothing it need not be done again.
  if (progress.step_failed && facts == reference_[first + 1]) return first + 1;
  if (facts == reference_[first]) return first;
  if (progress.step_failed && in_parts && IsBetween(facts, first)) return first;
  return std::nullopt;
}

std::string CrashPoints::Difference(const Facts& facts, std::size_t expected) const {
  std::string names;
  for (const auto& [name, content] : reference_[expected]) {
    auto found = facts.find(name);
    if (found == facts.end() || found->second != content) names += " " + name;
  }
  return "what is stored after step " + std::to_string(expected) + " differs in" + names;
}

CrashOutcome CrashPoints::Look(FaultDisk* disk, const Progress& progress) {
  if (Status opened = workload_->Open(folder_); !opened) {
    return Corrupt("it does not open: " + opened.error().message);
  }
  Result<Facts> facts = workload_->Read();
  if (!facts) return Corrupt("it cannot be read: " + facts.error().message);
  // A server answers each request of a group by itself: where one lacks memory, the others are
  // taken.
  const bool in_parts = workload_->several_commits() || (disk == nullptr && workload_->goes_on());
  std::optional<std::size_t> state = StateOf(*facts, progress, in_parts);
  if (!state) return Lost(Difference(*facts, progress.acknowledged));
  Result<std::vector<std::string>> problems = workload_->Verify();
  if (!problems) return Corrupt("it cannot be verified: " + problems.error().message);
  if (!problems->empty()) return Corrupt("it does not verify: " + problems->front());
  return GoOn(disk, *state);
}

CrashOutcome CrashPoints::GoOn(FaultDisk* disk, std::size_t from) {
  for (std::size_t step = from; step < workload_->steps(); ++step) {
    if (Status done = workload_->Step(step); !done) {
      return Corrupt("the work does not go on at step " + std::to_string(step) + ": " +
                     done.error().message);
    }
  }
  if (disk != nullptr) disk->CutPower();
  workload_->Drop();
  if (disk != nullptr) disk->PowerOn();
  if (Status opened = workload_->Open(folder_); !opened) {
    return Corrupt("after the work, and another power cut, it does not open: " +
                   opened.error().message);
  }
  Result<Facts> facts = workload_->Read();
  if (!facts) return Corrupt("after the work it cannot be read: " + facts.error().message);
  if (*facts != reference_.back()) {
    return Lost("after the work, and another power cut: " +
                Difference(*facts, reference_.size() - 1));
  }
  Result<std::vector<std::string>> problems = workload_->Verify();
  if (!problems || !problems->empty()) {
    return Corrupt("after the work it does not verify: " +
                   (problems ? problems->front() : problems.error().message));
  }
  return {Verdict::kRecovered, false, ""};
}

void CrashPoints::BeginAgain() {
  fs::remove_all(folder_);
  fs::copy(template_.path(), folder_, fs::copy_options::recursive);
}

CrashOutcome CrashPoints::Run(const CrashPoint& point) {
  BeginAgain();
  FaultDisk disk(folder_, point.seed);
  disk.LieAboutSyncs(weakness_ == Weakness::kLyingSyncs);
  disk.FailAt(point.nth, point.fault);
  Progress progress;
  Work(progress);
  CrashOutcome outcome;
  if (point.aftermath == Aftermath::kSameObject && progress.step_failed && disk.failed()) {
    disk.Mend();
    Result<Facts> facts = workload_->Read();
    std::optional<std::size_t> state =
        facts ? StateOf(*facts, progress, workload_->several_commits()) : std::nullopt;
    if (!facts) outcome = Corrupt("it does not go on: " + facts.error().message);
    if (facts && !state) outcome = Lost(Difference(*facts, progress.acknowledged));
    if (state) outcome = GoOn(&disk, *state);
    workload_->Drop();
    disk.PowerOn();
    return outcome;
  }
  if (point.aftermath == Aftermath::kDies && disk.failed()) disk.KillProgram();
  workload_->Drop();
  if (!disk.failed()) {
    disk.PowerOn();
    return progress.ended ? outcome : Corrupt("it fails without a fault");
  }
  disk.Mend();
  if (point.aftermath == Aftermath::kPowerCut) disk.CutPower();
  disk.PowerOn();
  bool second_failed = false;
  if (point.second != 0) {
    disk.FailAt(point.second, Fault::kPowerCut);
    if (workload_->Open(folder_)) static_cast<void>(workload_->Read());
    workload_->Drop();
    second_failed = disk.failed();
    disk.Mend();
    disk.PowerOn();
  }
  outcome = Look(&disk, progress);
  workload_->Drop();
  disk.PowerOn();
  outcome.second_failed = second_failed;
  return outcome;
}

namespace {

void Count(const CrashOutcome& outcome, const std::string& name, CrashCount& count) {
  ++count.points;
  count.recovered += outcome.verdict == Verdict::kRecovered;
  count.lost += outcome.verdict == Verdict::kLost;
  count.corrupt += outcome.verdict == Verdict::kCorrupt;
  if (outcome.verdict == Verdict::kRecovered || !count.first_problem.empty()) return;
  count.first_problem = name + ": " + outcome.what;
}

}  // namespace

CrashCount CrashPoints::RunAll(const FaultKind& kind, const Sampling& sampling) {
  CrashCount count;
  for (std::uint64_t nth = 1;; nth += sampling.stride) {
    for (std::uint64_t i = 0; i < sampling.seeds; ++i) {
      const CrashPoint point{kind.fault, kind.aftermath, nth, sampling.seed + nth * 1000 + i, 0};
      const CrashOutcome outcome = Run(point);
      if (outcome.verdict == Verdict::kNoFault) return count;
      Count(outcome, PointName(name_, point), count);
    }
  }
}

CrashCount CrashPoints::RunSecondFaults(const Sampling& sampling) {
  CrashCount count;
  for (std::uint64_t nth = 1;; nth += sampling.stride) {
    // The strides begin at different calls, so that all of them have their turn.
    for (std::uint64_t second = 1 + nth % sampling.stride;; second += sampling.stride) {
      const CrashPoint point{Fault::kPowerCut, Aftermath::kPowerCut, nth,
                             sampling.seed + nth * 1000 + second, second};
      const CrashOutcome outcome = Run(point);
      if (outcome.verdict == Verdict::kNoFault) return count;
      Count(outcome, PointName(name_, point), count);
      if (!outcome.second_failed) break;
    }
  }
}

// ---- without memory ----

std::uint64_t CrashPoints::CountAllocations(FailingAllocations::Whose whose) {
  BeginAgain();
  constexpr std::uint64_t kNever = std::uint64_t{1} << 62;
  FailingAllocations counting(whose, FailingAllocations::Lack::kOnce, kNever);
  Progress progress;
  Work(progress);
  workload_->Drop();
  return counting.counted();
}

CrashOutcome CrashPoints::RunAllocation(FailingAllocations::Whose whose,
                                        FailingAllocations::Lack lack, std::uint64_t nth) {
  BeginAgain();
  Progress progress;
  FailingAllocations failing(whose, lack, nth);
  try {
    Work(progress);
  } catch (const std::bad_alloc&) {
    // As the edges of the programs do: the objects are dropped.
  }
  workload_->Drop();
  failing.Mend();
  if (!failing.failed()) {
    return progress.ended ? CrashOutcome() : Corrupt("it fails without a fault");
  }
  CrashOutcome outcome = Look(nullptr, progress);
  workload_->Drop();
  return outcome;
}

CrashCount CrashPoints::RunAllocations(FailingAllocations::Whose whose,
                                       FailingAllocations::Lack lack, std::uint64_t stride) {
  CrashCount count;
  for (std::uint64_t nth = 1;; nth += stride) {
    const CrashOutcome outcome = RunAllocation(whose, lack, nth);
    if (outcome.verdict == Verdict::kNoFault) return count;
    Count(outcome, name_ + ", allocation " + std::to_string(nth), count);
  }
}

std::string FaultName(Fault fault, Aftermath aftermath) {
  static const std::map<Fault, std::string> names{
      {Fault::kError, "error"},    {Fault::kFull, "full"},         {Fault::kTornWrite, "torn"},
      {Fault::kSyncFails, "sync"}, {Fault::kPowerCut, "powercut"}, {Fault::kKill, "kill"}};
  std::string name = names.at(fault);
  if (fault == Fault::kPowerCut || fault == Fault::kKill) return name;
  if (aftermath == Aftermath::kCloses) name += "+close";
  if (aftermath == Aftermath::kDies) name += "+kill";
  if (aftermath == Aftermath::kPowerCut) name += "+cut";
  if (aftermath == Aftermath::kSameObject) name += "+on";
  return name;
}

std::string PointName(const std::string& workload, const CrashPoint& point) {
  return workload + ", " + FaultName(point.fault, point.aftermath) + ", call " +
         std::to_string(point.nth) + ", seed " + std::to_string(point.seed) +
         (point.second == 0 ? "" : ", second " + std::to_string(point.second));
}

std::vector<FaultKind> FaultKinds(bool goes_on) {
  std::vector<FaultKind> kinds{{Fault::kPowerCut, Aftermath::kPowerCut},
                               {Fault::kKill, Aftermath::kDies}};
  for (Fault fault : {Fault::kError, Fault::kFull, Fault::kTornWrite, Fault::kSyncFails}) {
    kinds.push_back({fault, Aftermath::kCloses});
    kinds.push_back({fault, Aftermath::kDies});
    kinds.push_back({fault, Aftermath::kPowerCut});
    if (goes_on) kinds.push_back({fault, Aftermath::kSameObject});
  }
  return kinds;
}

}  // namespace tram::test
