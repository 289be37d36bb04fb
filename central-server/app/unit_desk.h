// UnitDesk: changes of units, by a command or on a page: added, named, moved, closed, merged,
// opened again. Each is one transaction with its line in the audit trail; what is wrong is said in
// the language of whoever asks, with the field that it is about. Threads: the owner's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/server_state.h"
#include "tram/base/language.h"

namespace tram::server {

/// What is wrong with one of the texts that were given.
struct UnitFault {
  std::string field;  // "code", "name", "commune", "province", "from", "on", "into"
  std::string text;
};

class UnitDesk {
 public:
  /// `who`: for the audit trail.
  UnitDesk(ServerState& state, std::string who, Language in = Language::kEnglish)
      : state_(state), who_(std::move(who)), in_(in) {}

  /// Of the last call: every field that is wrong. Empty where something else was.
  const std::vector<UnitFault>& faults() const { return faults_; }

  /// Errors: not_found | io.
  Result<Unit> Find(std::string_view code) { return Known("code", code); }

  struct Addition {
    std::string code, name, commune, province;
    std::string from;  // a date as people type it; "": today
  };
  /// With its first membership. Errors: invalid | exists (the code is taken) | io.
  Result<Unit> Add(const Addition& addition);
  /// Errors: not_found | invalid | io.
  Result<Unit> Rename(const std::string& code, const std::string& name, const std::string& commune);
  /// Belongs to `province` from that day on. Errors: not_found | invalid | io.
  Result<Unit> Move(const std::string& code, const std::string& province, const std::string& from);
  /// `on`: its first day without work; `into`: the code of the unit that goes on with it, or "".
  /// Nothing of it goes: its devices still sync. Errors: not_found | invalid | io.
  Result<Unit> Close(const std::string& code, const std::string& on, const std::string& into);
  /// Errors: not_found | invalid (it is open) | io.
  Result<Unit> Reopen(const std::string& code);

 private:
  Result<Unit> Known(const char* field, std::string_view code);
  Result<Date> ReadDate(const char* field, const std::string& text);
  Status CheckSuccessor(const Unit& unit, const Unit& successor, Date on);
  /// Notes what is wrong with a field; the error goes on to the caller.
  template <class Checked>
  Checked Note(const char* field, Checked checked) {
    if (!checked) faults_.push_back({field, checked.error().message});
    return checked;
  }
  Error Wrong(const char* vi, const char* en, const std::string& about, const std::string& more);
  /// Errors: the first of the faults.
  Status NoFaults() const;
  Status Audit(const std::string& what);

  ServerState& state_;
  std::string who_;
  Language in_;
  std::vector<UnitFault> faults_;
};

}  // namespace tram::server
