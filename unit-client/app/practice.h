// A practice unit: made-up people to try everything on, in a folder of its own; erased at the end.
//
// A whole unit with its own keys, which are made for it and forgotten with it. Nothing of it can
// leave: it has no server's address and no server knows it, so a sync is refused before anything is
// sent (app/sync_run.h); other devices and servers refuse its bundles, which name another unit.
// Sending is played: the unit writes itself a receipt, that a step of practice can be seen done.
//
// The folder lies inside the real unit's: a temporary one of the system's would stay behind, known
// to nobody, after a power cut; this one is found and erased at the next start. A backup copies the
// real unit's database alone, so it holds nothing of this.
// Threads: the thread that owns the device.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/people.h"
#include "app/practice_script.h"
#include "tram/base/language.h"

namespace tram::client {

/// In the real unit's folder.
inline constexpr char kPracticeFolder[] = "practice";

/// Erases what is made up; nothing where there is none. Errors: exists (the folder holds something
/// else: it is left alone) | io.
Status ErasePractice(const std::filesystem::path& folder);

struct PracticeStep {
  const ScriptStep* step = nullptr;
  bool done = false;
};

class PracticeUnit {
 public:
  /// A unit on this programme, filled and locked; what an earlier one left in `folder` is erased.
  /// `language` names the unit and whoever practises.
  /// Errors: exists (as ErasePractice) | invalid (script or programme) | io.
  static Result<std::unique_ptr<PracticeUnit>> Begin(const std::filesystem::path& folder,
                                                     std::string_view programme,
                                                     std::string_view script, Language language,
                                                     Clock& clock, Random& random);
  /// Erases it where End() was not called.
  ~PracticeUnit();
  /// Closes and erases; nothing else may be called afterwards. Errors: io (something is left).
  Status End();

  UnitDevice& device() { return *device_; }
  /// Whoever practises: nobody types this passphrase, but the pages show it where one is asked for.
  SignIn me() const { return {name_, passphrase_}; }
  const std::string& passphrase() const { return passphrase_; }
  /// Which of the script's records this programme did not take, and why: none of its own.
  const std::vector<std::string>& left_out() const { return left_out_; }
  /// What happened so far. Needs an unlocked device.
  std::vector<PracticeStep> Steps();
  /// All that stands here counts as confirmed. Errors: io.
  Status PlaySending();

 private:
  PracticeUnit(std::filesystem::path folder, Clock& clock, Random& random)
      : folder_(std::move(folder)), clock_(clock), random_(random) {}
  Status Found(std::string_view programme, Language language);
  /// Those of one depth and one writer, in one commit.
  Status AddRecords(std::size_t depth, const std::string& by);
  Status AddOne(std::size_t at);
  /// What a unit's device may not write, as the server's feed brings it.
  Result<RecordId> WriteAsProvince(const RecordForm& form);
  Status Fill();
  Status AddConflict();
  /// What the steps are measured against.
  Status RememberBeginning();
  std::optional<RecordId> ByKey(const std::string& key) const;
  std::set<RecordId> Listed(const std::string& worklist);
  bool Done(const ScriptStep& step);
  bool AddedBelow(const ScriptStep& step);
  Date Today() const { return LocalDate(clock_.WallMs()); }

  const std::filesystem::path folder_;
  Clock& clock_;
  Random& random_;
  PracticeScript script_;
  std::unique_ptr<UnitDevice> device_;
  std::string name_, passphrase_;
  DeviceId province_;  // the made-up server's
  std::vector<std::string> left_out_;
  std::map<std::size_t, RecordId> made_;  // by place in the script
  std::set<RecordId> first_records_;
  std::map<std::string, std::set<RecordId>> first_listed_;        // by worklist
  std::set<std::pair<RecordId, std::uint32_t>> first_conflicts_;  // record and group
  std::map<const ScriptStep*, Value> first_values_;
  bool sent_ = false;
};

}  // namespace tram::client
