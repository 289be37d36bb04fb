// CrashPoints: does a workload on a disk that fails, at each of its changing calls in turn, and
// looks at what is left. After a fault:
//   - everything that was acknowledged is there, each commit whole or not at all;
//   - what is stored verifies;
//   - the same work, taken up where it stands, ends as it would have without a fault, and that too
//     outlives a power cut.
// A workload is prepared once; each point begins with a copy of that.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/fault/failing_allocations.h"
#include "tests/fault/fault_folder.h"
#include "tests/fault/store_workloads.h"
#include "tests/support/fault_disk.h"

namespace tram::test {

/// What happens beside the fault.
enum class Aftermath {
  kCloses,     // the program closes what it has open and opens it again
  kDies,       // it is killed and started again
  kPowerCut,   // the power goes too
  kSameObject  // the program goes on with what it has open; only where goes_on() says so
};

/// What CrashPoints::RunAll is meant for.
struct FaultKind {
  FaultDisk::Fault fault;
  Aftermath aftermath;
};
std::vector<FaultKind> FaultKinds(bool goes_on);

/// Which changing calls fail: every `stride`-th, each with so many seeds.
struct Sampling {
  std::uint64_t stride = 1;
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
};

struct CrashPoint {
  FaultDisk::Fault fault = FaultDisk::Fault::kPowerCut;
  Aftermath aftermath = Aftermath::kPowerCut;
  std::uint64_t nth = 1;  // changing call from opening on
  std::uint64_t seed = 1;
  std::uint64_t second = 0;  // this changing call of the recovery fails too (power cut); 0: none
};

enum class Verdict {
  kNoFault,    // the work ended before the n-th call
  kRecovered,  // all three of the above hold
  kLost,       // something acknowledged is gone, or half of a commit is there
  kCorrupt,    // it does not open, does not verify, or the work cannot go on
};

struct CrashOutcome {
  Verdict verdict = Verdict::kNoFault;
  bool second_failed = false;
  std::string what;  // where it is not recovered
};

struct CrashCount {
  std::uint64_t points = 0, recovered = 0, lost = 0, corrupt = 0;
  std::string first_problem;

  void Add(const CrashCount& other);
};

/// How the store is kept from being durable on purpose: a harness that finds nothing then is blind.
enum class Weakness { kNone, kSyncsOff, kLyingSyncs };

class CrashPoints {
 public:
  explicit CrashPoints(const NamedWorkload& workload, Weakness weakness = Weakness::kNone);

  bool goes_on() const { return workload_->goes_on(); }
  bool slow() const { return workload_->slow(); }

  CrashOutcome Run(const CrashPoint& point);
  CrashCount RunAll(const FaultKind& kind, const Sampling& sampling);
  /// A power cut at each of those calls, and at each of these another one in the recovery.
  CrashCount RunSecondFaults(const Sampling& sampling);

  /// How many allocations a run takes.
  std::uint64_t CountAllocations(FailingAllocations::Whose whose);
  /// Every `stride`-th allocation fails, in a run of its own, from opening to dropping.
  CrashCount RunAllocations(FailingAllocations::Whose whose, FailingAllocations::Lack lack,
                            std::uint64_t stride);

 private:
  /// How far the work came.
  struct Progress {
    std::size_t acknowledged = 0;
    bool step_failed = false;  // the step after those may be there or not
    bool ended = false;
  };

  Status OpenWeakly();
  void Work(Progress& progress);
  /// Which of the reference's states this is; nothing: none that may be. `in_parts`: a step that
  /// failed may have been done in part, row by row.
  std::optional<std::size_t> StateOf(const Facts& facts, const Progress& progress,
                                     bool in_parts) const;
  bool IsBetween(const Facts& facts, std::size_t before) const;
  std::string Difference(const Facts& facts, std::size_t expected) const;
  /// `disk`: null where it is not one that fails.
  CrashOutcome Look(FaultDisk* disk, const Progress& progress);
  CrashOutcome GoOn(FaultDisk* disk, std::size_t from);
  CrashOutcome RunAllocation(FailingAllocations::Whose whose, FailingAllocations::Lack lack,
                             std::uint64_t nth);
  void BeginAgain();

  std::string name_;
  Weakness weakness_;
  std::unique_ptr<StoreWorkload> workload_;
  FaultFolder template_{"template"}, place_{"crash"};
  std::filesystem::path folder_;  // of the run
  std::vector<Facts> reference_;  // before the first step, and after each one
};

std::string FaultName(FaultDisk::Fault fault, Aftermath aftermath);
/// "server_push, powercut, call 17, seed 3": for running it again.
std::string PointName(const std::string& workload, const CrashPoint& point);

}  // namespace tram::test
