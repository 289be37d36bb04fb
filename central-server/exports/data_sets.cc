#include "exports/data_sets.h"

#include <algorithm>

namespace tram::server {

const std::vector<DataSet>& DataSets() {
  static const std::vector<DataSet> sets;
  return sets;
}

const DataSet* DataSetNamed(std::string_view name) {
  const std::vector<DataSet>& sets = DataSets();
  const auto found =
      std::find_if(sets.begin(), sets.end(), [&](const DataSet& set) { return set.name == name; });
  return found == sets.end() ? nullptr : &*found;
}

}  // namespace tram::server
