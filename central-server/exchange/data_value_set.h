// A data value set as DHIS2 takes it at POST /api/dataValueSets, in JSON. Each value names its
// period and organisation unit by itself; a document of one place of a closed month also says for
// which data set it is complete. A hidden number is left out and counted; what is not mapped is
// left out and named. Format: DHIS2 developer guide, "Data values"; libsync/docs/exchange.md.
// Threads: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <set>

#include "exchange/dhis2_mapping.h"

namespace tram::server {

/// More is refused: choose a province.
inline constexpr std::size_t kDataValuesMax = 200'000;

struct DataValueSet {
  nlohmann::ordered_json document;
  std::size_t values = 0;
  std::size_t hidden = 0;                 // of numbers that are mapped
  bool no_data_set = false;               // the mapping names none for this part
  std::set<std::string> unmapped_places;  // "KH-001 Trạm …"; they have figures
  std::set<std::string> unmapped_values;  // "new, count"
};

/// `in`: of the comments. Errors: invalid (more values than kDataValuesMax).
Result<DataValueSet> MakeDataValueSet(const ExchangeFigures& figures, const Dhis2Mapping& mapping,
                                      Language in);

}  // namespace tram::server
