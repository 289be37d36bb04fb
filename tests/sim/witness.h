// Witness: what was written in one unit of a simulated world, by whom, and what each writer had on
// his screen. It holds what people did, not what the engine made of it: the reference model works
// on this alone.
//
// A save is reported before it is tried (Attempt) and after (Acknowledge). What was attempted and
// failed may be on the disk or not: after the device was opened again the world says which
// (Settle). Threads: one.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tram/base/ids.h"

namespace tram::sim {

/// What stood before a writer when he opened a form.
struct Screen {
  /// Ops of the record whose values the device showed (it held them, knew their type and could
  /// read them), by the witness's own record: not asked of the engine.
  std::set<OpId> shown;
  /// The device did not know yet to which person the record belongs: it could read no sealed part.
  bool sealed_unread = false;
};

/// One saved op, in the writer's words. Values are texts: the engine's own way of comparing values
/// is not used.
struct Written {
  DeviceId device;
  std::optional<RecordId> record;  // nothing: it creates one
  std::string type;                // of the record, by name
  /// The groups that it sets, each with all its fields: group number → field → value, "" for null.
  /// The reserved fields parent, deleted, reason of deletion, merged_into and import key are groups
  /// of their own.
  std::map<std::uint32_t, std::map<std::uint32_t, std::string>> groups;
  std::map<std::uint32_t, std::set<std::uint32_t>> added, removed;  // set fields: elements
  Screen screen;
  int programme = 1;  // a version that knows everything in it
};

class Witness {
 public:
  /// The screen of a record at a device that holds `held` and knows programmes up to `programme`.
  Screen ScreenOf(const RecordId& record, const std::set<OpId>& held, int programme) const;

  void Attempt(const DeviceId& device, Written written);
  /// The attempt of this device is durable as `op`. `parents`: as the engine wrote them; a mismatch
  /// with what the rules say of the screen is a finding.
  void Acknowledge(const DeviceId& device, const OpId& op, const std::vector<OpId>& parents);
  /// Nothing was written (the save was refused or changed nothing).
  void Withdraw(const DeviceId& device);
  /// After a failed save: `op` is what the reopened log has more than before, or nothing.
  void Settle(const DeviceId& device, const std::optional<OpId>& op);

  const std::map<OpId, Written>& written() const { return written_; }
  /// The parents of a written op by the rules and its writer's screen.
  const std::set<OpId>& ParentsOf(const OpId& op) const { return parents_.at(op); }
  /// Acknowledged to a person: must never be lost.
  const std::set<OpId>& acknowledged() const { return acknowledged_; }
  /// Something else that did not fit, found by a workload.
  void Report(const std::string& finding) { findings_.push_back(finding); }
  /// What did not fit so far, in words.
  const std::vector<std::string>& findings() const { return findings_; }

  /// Those of `ops` that set `group` and that none of them, setting it too, has as a parent.
  std::set<OpId> Candidates(const std::set<OpId>& ops, std::uint32_t group) const;
  /// Those of `ops` that add `element` to `set` and whose adding none of them removes.
  std::set<OpId> LiveAdds(const std::set<OpId>& ops, std::uint32_t set,
                          std::uint32_t element) const;
  /// Whether the person (or the unit) under whom a record is sealed can be told from `held`.
  bool RootKnown(const RecordId& record, const std::set<OpId>& held, int programme) const;

 private:
  std::set<OpId> ParentsByTheRules(const Written& written) const;
  void Take(const OpId& op, Written written);
  void CheckForm(const Written& written);

  std::map<OpId, Written> written_;
  std::map<OpId, std::set<OpId>> parents_;
  std::map<RecordId, std::set<OpId>> records_;
  std::set<OpId> acknowledged_;
  std::map<DeviceId, Written> attempts_;
  std::vector<std::string> findings_;
};

/// Whether a field (a reserved one too) is sealed; false where the type does not have it.
bool IsSealedField(const std::string& type, std::uint32_t field);

}  // namespace tram::sim
