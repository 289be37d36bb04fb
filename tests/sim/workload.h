// What people do at one device of a simulated world. Two kinds, written apart from one another:
// one that comes back to the same few records and fields, one that does everything that the
// programme allows equally often.
//
// A workload sees only what a person sees: the device's view. It reports to a Witness what it did.
// Threads: one.
#pragma once

#include <memory>
#include <vector>

#include "tests/sim/sim_random.h"
#include "tests/sim/witness.h"
#include "tram/session/unit_device.h"

namespace tram::sim {

/// A form that somebody has open; it is lost when the device is switched off.
struct OpenForm {
  enum class Kind { kSave, kDelete, kUndelete, kMerge, kUnmerge };
  Kind kind = Kind::kSave;
  RecordForm form;                 // parents as they were when it was opened
  std::optional<RecordId> target;  // merge: into which record
  Screen screen;                   // what its writer had before him
};
/// The forms that are open at one device.
using Desk = std::vector<OpenForm>;

class Workload {
 public:
  virtual ~Workload() = default;
  /// Opens, changes, saves or drops one form. Needs the device unlocked. What is refused by the
  /// programme's rules is not an error. Errors: io (the device must be opened again; the witness
  /// was told of the attempt).
  virtual Status Act(UnitDevice& device, Desk& desk, SimRandom& random, Witness& witness) = 0;
};

std::unique_ptr<Workload> HotWorkload();
std::unique_ptr<Workload> UniformWorkload();

}  // namespace tram::sim
