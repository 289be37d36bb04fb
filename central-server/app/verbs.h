// Verbs: what the commands do. Each is a function over an Owner, so that the same code runs in a
// command of its own and in the running server for a command that was sent to it.
// Nothing is printed here: a verb returns text for people, one JSON document, and notes.
// Threads: a verb runs on any thread but the owner's, and sends its work to the owner.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/owner.h"
#include "rollup/report.h"

namespace tram::server {

/// Keys stay in the order in which they were set.
using Json = nlohmann::ordered_json;

struct VerbResult {
  int exit = 0;                    // 0 done, 1 refused or failed in part
  std::string text;                // for people, on stdout
  Json json = Json::object();      // with --json, on stdout instead
  std::vector<std::string> notes;  // lines on stderr
};

struct VerbContext {
  Owner& owner;
  std::string who;            // for the audit trail
  std::filesystem::path cwd;  // what relative paths are relative to
  Language language = Language::kVietnamese;
  /// Long work tells how far it is; may be empty.
  std::function<void(const std::string& what, std::size_t done, std::size_t all)> progress;
  std::stop_token stop = {};  // long work ends early, with overloaded

  std::filesystem::path Path(const std::string& name) const { return cwd / name; }
};

/// Where a verb is to write the file that was named. Errors: those of CheckOutputFile.
Result<std::filesystem::path> OutputPath(VerbContext& context, const std::string& name);

/// Runs `work` on the owning thread; what it fills in is the verb's result.
Result<VerbResult> OnOwner(
    VerbContext& context,
    const std::function<Status(ServerState& state, VerbResult& result)>& work);

// --- units (verbs_units.cc) ---
struct UnitAddOptions {
  std::string code, name, province, commune;
  std::string from;  // a date; "": today
};
Result<VerbResult> UnitAdd(VerbContext& context, const UnitAddOptions& options);
struct UnitMoveOptions {
  std::string code, province, from;
};
Result<VerbResult> UnitMove(VerbContext& context, const UnitMoveOptions& options);
struct UnitCloseOptions {
  std::string code;
  std::string on;    // a date: the first day without work
  std::string into;  // code of the unit that goes on with its work; "": none
};
/// Closes a unit, or merges it into another one. Nothing of it goes: its devices still sync.
Result<VerbResult> UnitClose(VerbContext& context, const UnitCloseOptions& options);
Result<VerbResult> UnitReopen(VerbContext& context, const std::string& code);
Result<VerbResult> UnitImport(VerbContext& context, const std::string& file);
Result<VerbResult> UnitList(VerbContext& context);
struct DeviceCodeOptions {
  std::string unit;
  int hours = 0;
};
Result<VerbResult> DeviceCode(VerbContext& context, const DeviceCodeOptions& options);

// --- programmes and files (verbs_files.cc) ---
struct ProgrammeAddOptions {
  std::string file;
  std::string signed_file;  // where the signed form goes, for devices; may be empty
};
Result<VerbResult> ProgrammeAdd(VerbContext& context, const ProgrammeAddOptions& options);
struct BundleReadOptions {
  std::string file;
  std::string answer;  // may be empty
};
Result<VerbResult> BundleRead(VerbContext& context, const BundleReadOptions& options);
struct BundleWriteOptions {
  std::string unit, file;
};
Result<VerbResult> BundleWrite(VerbContext& context, const BundleWriteOptions& options);

// --- long work (verbs_safety.cc) ---
Result<VerbResult> Verify(VerbContext& context);
/// Post: the file holds everything that was durable when this began, was read again and verified,
/// and is on the disk. It gets its name last. Errors: exists | corrupt | io | overloaded (stopped).
Result<VerbResult> Backup(VerbContext& context, const std::string& file);

// --- figures (verbs_figures.cc) ---
struct ReportOptions {
  std::string by = "province";
  std::string places = "then";
  std::string from, to, as_of, known_by, indicator, per, stratum;  // may be empty
  bool exact = false;
  bool csv = false;
};
Result<VerbResult> ReportVerb(VerbContext& context, const ReportOptions& options);
struct ExportOptions {
  ReportOptions report;
  std::string out;  // a file; empty: stdout
  std::string format = "csv";
  // Of the documents for other systems (format dhis2 or fhir) alone; empty: as not given.
  std::string part, by, places, province;
};
Result<VerbResult> Export(VerbContext& context, const ExportOptions& options);

// --- without an owner (founding.cc) ---
struct InitOptions {
  std::filesystem::path programme;  // empty: the built-in one
};
/// Errors: exists | invalid (the programme) | io.
Result<VerbResult> Init(const std::filesystem::path& folder, const InitOptions& options,
                        Clock& clock, Random& random);
/// Puts a backup into an empty folder. Errors: exists | not_found | corrupt | too_new | io.
Result<VerbResult> Restore(const std::filesystem::path& folder, const std::filesystem::path& file,
                           Clock& clock);

}  // namespace tram::server
