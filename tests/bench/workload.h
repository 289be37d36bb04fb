// The workload (one unit, one year) as forms that a person fills in, and the programme it is of.
// What the lines of its files mean: the README beside them.
// Threads: values; a Recorder belongs to the thread that owns its device.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tram/base/clock.h"
#include "tram/session/unit_device.h"

namespace tram::bench {

/// A clock that is told the time: records are written when the workload says. The server's threads
/// read it while the bench sets it.
class BenchClock : public Clock {
 public:
  std::int64_t WallMs() override { return wall_ms; }
  std::int64_t SteadyMs() override { return SystemClock().SteadyMs(); }
  std::atomic<std::int64_t> wall_ms{0};
};

/// One record that is made, or one field of a record that is changed.
struct RecordedForm {
  bool edits = false;
  std::string type;
  std::string key;         // its own, for later forms
  std::string parent;      // key of the parent; "" where it has none
  std::int64_t at_ms = 0;  // 0: a minute after the one before
  std::vector<std::pair<std::string, std::string>> fields;  // names and texts, empty ones left out
};

/// The workload's folder; empty where it is not there.
std::filesystem::path WorkloadFolder();
/// What a row says that needs it and cannot have it.
extern const char kNoWorkload[];

struct WorkloadColumn {
  std::string name;
  bool integer = false;
};
using WorkloadTable = std::vector<WorkloadColumn>;
using WorkloadSchema = std::map<std::string, WorkloadTable>;
inline constexpr char kWorkloadNull[] = "\\N";

/// Errors: not_found | invalid.
Result<WorkloadSchema> ReadWorkloadSchema();
/// `name` without ".tsv". Each line's cells; at least "I" or "U", the table and the record's key.
/// Errors: not_found | invalid.
Result<std::vector<std::vector<std::string>>> ReadWorkloadLines(const std::string& name);
/// Errors: not_found | invalid.
Result<std::vector<RecordedForm>> ReadWorkload(const std::string& name);
Result<std::string> ReadWorkloadText(const std::string& name);
/// The TOML of the programme that the workload is of.
Result<std::string> WorkloadProgramme();

using RecordKeys = std::map<std::string, RecordId>;

/// Saves forms on a device and keeps which record has which key. `keys` may be shared by the
/// recorders of one unit's devices.
class Recorder {
 public:
  Recorder(UnitDevice& device, BenchClock& clock, RecordKeys& keys)
      : device_(device), clock_(clock), keys_(keys) {}

  Result<RecordForm> FormOf(const RecordedForm& form) const;
  /// Sets the clock, then saves. `later_ms` moves the form's time.
  Status Write(const RecordedForm& form, std::int64_t later_ms = 0);
  /// All in one commit.
  Status WriteAll(const std::vector<RecordedForm>& forms);

 private:
  UnitDevice& device_;
  BenchClock& clock_;
  RecordKeys& keys_;
};

inline constexpr char kBenchPassphrase[] = "một mật khẩu để đo";

/// A unit with no server, whose authority is made for it.
Result<Founding> OfflineFounding(const std::string& programme);
/// Founds, opens and unlocks. Sets `founding`'s passphrase.
Result<std::unique_ptr<UnitDevice>> MakeDevice(const std::filesystem::path& folder,
                                               Founding founding, BenchClock& clock);

}  // namespace tram::bench
