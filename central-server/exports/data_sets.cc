#include "exports/data_sets.h"

#include <algorithm>

namespace tram::server {

const std::vector<DataSet>& DataSets() {
  static const std::vector<DataSet> sets = [] {
    std::vector<DataSet> all;
    for (const auto& part : {OverviewSets(), UnitSets(), ReleasedSets(), AdministrationSets()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return sets;
}

const DataSet* DataSetNamed(std::string_view name) {
  const std::vector<DataSet>& sets = DataSets();
  const auto found =
      std::find_if(sets.begin(), sets.end(), [&](const DataSet& set) { return set.name == name; });
  return found == sets.end() ? nullptr : &*found;
}

Status CheckParameters(const PageCall& call, const DataSet& set) {
  for (const auto& [name, value] : call.request.query) {
    const bool known = std::any_of(set.parameters.begin(), set.parameters.end(),
                                   [&](const DataParameter& any) { return any.name == name; });
    if (known) continue;
    return call.Fail(ErrorCode::kInvalid, "Bảng {} không có tham số “{}”",
                     "The table {} has no parameter '{}'", set.name, name);
  }
  for (const DataParameter& parameter : set.parameters) {
    const std::string_view value = call.Query(parameter.name);
    if (value.empty() && parameter.required) {
      return call.Fail(ErrorCode::kInvalid, "Bảng {} cần tham số “{}”, ví dụ {}",
                       "The table {} needs the parameter '{}', for example {}", set.name,
                       parameter.name, parameter.example);
    }
    const auto& choices = parameter.choices;
    if (value.empty() || choices.empty()) continue;
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) continue;
    std::string all;
    for (const std::string_view choice : choices) {
      all += (all.empty() ? "" : ", ") + std::string(choice);
    }
    return call.Fail(ErrorCode::kInvalid, "Tham số “{}” chỉ nhận: {}",
                     "The parameter '{}' takes only: {}", parameter.name, all);
  }
  return {};
}

}  // namespace tram::server
