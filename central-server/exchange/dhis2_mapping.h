// Dhis2Mapping: which organisation unit of a DHIS2 each of our places is, and which data element
// and category option combo each of our numbers. A CSV file that an administrator fills in; kept at
// the server as it was sent. Grammar and a worked example: libsync/docs/exchange.md.
//
// Each line that is wrong is said, with its reason; a file with such a line is not taken. One that
// was taken and no longer fits (the programme is another one) is read again with each use: its
// lines that are wrong by now map nothing, and are said. Threads: the owner's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "exchange/exchange_figures.h"
#include "tram/base/language.h"

namespace tram::server {

inline constexpr std::size_t kMappingBytesMax = 4 * 1024 * 1024;
inline constexpr char kMappingSetting[] = "exchange.dhis2";

/// A line of the file that maps nothing.
struct MappingFault {
  std::size_t line = 0;
  std::string reason;
};

struct Dhis2Value {
  std::string data_element;
  std::string category_option_combo;  // "": the DHIS2's default
};

struct Dhis2Mapping {
  /// Indicator, item, stratum.
  using Key = std::tuple<std::string, std::string, std::string>;

  std::string month_data_set, year_data_set, attribute_option_combo;  // "": none
  std::string country;
  std::map<std::string, std::string> units;                       // by code
  std::map<std::pair<std::string, Date>, std::string> provinces;  // by code and its first day
  std::map<Key, Dhis2Value> values;
  std::vector<MappingFault> faults;  // in order of their lines

  /// Nothing where it is not mapped.
  const std::string* OrgUnit(const ExchangePlace& place) const;
  const Dhis2Value* Value(const std::string& indicator, const std::string& item,
                          const std::string& stratum) const;
  std::size_t places() const { return units.size() + provinces.size() + (country.empty() ? 0 : 1); }
};

/// A letter, then ten letters or digits.
bool IsDhis2Uid(std::string_view text);

/// Reasons are said in `in`. Errors: invalid (no CSV, or columns are missing) | corrupt | io.
Result<Dhis2Mapping> ReadMapping(ServerState& state, std::string_view csv, Language in);
/// The one in use; nothing where there is none.
Result<std::optional<Dhis2Mapping>> UsedMapping(ServerState& state, Language in);
/// Makes a file the one in use, with a line in the audit trail. Errors: invalid (a line is wrong:
/// nothing was changed) | io.
Status UseMapping(ServerState& state, std::string_view csv, const std::string& who);

/// The file to fill in: all units, provinces that units belong or belonged to, and numbers of this
/// server, with what `mapping` says of them.
Result<std::string> MappingTable(ServerState& state, const Dhis2Mapping& mapping, Language in);

/// What of this server is not mapped: units at work, provinces of today that have units, numbers.
struct MappingGaps {
  std::vector<std::string> units, provinces;  // "KH-001 Trạm …"
  std::vector<std::string> values;            // "followups_due, numerator"
};
Result<MappingGaps> GapsOf(ServerState& state, const Dhis2Mapping& mapping);
/// "new_profile, persons, sex=male"
std::string ValueName(const std::string& indicator, const std::string& item,
                      const std::string& stratum);

}  // namespace tram::server
