// Units from a CSV file: code, name, province_code, commune_code, from and, optionally, to. Several
// rows of one code are its memberships in several provinces. Importing a file again changes
// nothing; bad rows are listed and the others are taken. What a file would change can be seen
// before it is imported. Threads: the owner's.
#pragma once

#include <string>
#include <vector>

#include "storage/server_state.h"
#include "tram/base/language.h"

namespace tram::server {

struct BadRow {
  std::size_t line = 0;
  std::string reason;
  std::vector<std::string> cells;  // as they stand there; one where the row is no CSV
};

struct ImportedUnits {
  std::size_t added = 0;      // units
  std::size_t changed = 0;    // units with another name, commune or membership
  std::size_t unchanged = 0;  // units
  std::vector<BadRow> bad;
};

/// All good rows are written in one transaction, with a line in the audit trail. Errors: invalid
/// (no CSV, or columns are missing) | io.
Result<ImportedUnits> ImportUnits(ServerState& state, const std::string& csv,
                                  const std::string& who);

/// What ImportUnits would do with one unit.
struct PlannedUnit {
  std::string code, name, commune;
  bool added = false;                   // else it is there, and something of it changes
  std::string old_name, old_commune;    // of one that is there
  std::vector<Membership> memberships;  // that are not there yet
};

struct ImportPlan {
  std::vector<PlannedUnit> units;  // in order of their codes; without those that stay as they are
  std::size_t unchanged = 0;
  std::vector<BadRow> bad;          // reasons in the language that was asked for
  std::vector<std::string> header;  // of the file
};

/// Writes nothing. Errors: as ImportUnits.
Result<ImportPlan> PlanImport(ServerState& state, const std::string& csv, Language in);

/// Checks a membership: its province had this code on its first day. Errors: invalid.
Status CheckMembership(const Places& places, const Membership& membership,
                       Language in = Language::kEnglish);

/// Adds a unit with its first membership. Errors: invalid | exists | io.
Result<Unit> AddUnit(ServerState& state, const std::string& code, const std::string& name,
                     const std::string& commune, const Membership& membership);

}  // namespace tram::server
