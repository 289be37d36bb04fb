// Units from a CSV file: code, name, province_code, commune_code, from and, optionally, to. Several
// rows of one code are its memberships in several provinces. Importing a file again changes
// nothing; bad rows are listed and the others are taken. Threads: the owner's.
#pragma once

#include <string>
#include <vector>

#include "storage/server_state.h"

namespace tram::server {

struct BadRow {
  std::size_t line = 0;
  std::string reason;
};

struct ImportedUnits {
  std::size_t added = 0;      // units
  std::size_t changed = 0;    // units with another name, commune or membership
  std::size_t unchanged = 0;  // units
  std::vector<BadRow> bad;
};

/// All good rows are written in one transaction. Errors: invalid (no CSV, or columns are missing) |
/// io.
Result<ImportedUnits> ImportUnits(ServerState& state, const std::string& csv);

/// Checks a membership: its province had this code on its first day. Errors: invalid.
Status CheckMembership(const Places& places, const Membership& membership);

/// Adds a unit with its first membership. Errors: invalid | exists | io.
Result<Unit> AddUnit(ServerState& state, const std::string& code, const std::string& name,
                     const std::string& commune, const Membership& membership);

}  // namespace tram::server
