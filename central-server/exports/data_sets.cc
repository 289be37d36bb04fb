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

const DataSet* DataSetNamed(const std::vector<DataSet>& sets, std::string_view name) {
  const auto found =
      std::find_if(sets.begin(), sets.end(), [&](const DataSet& set) { return set.name == name; });
  return found == sets.end() ? nullptr : &*found;
}

Status CheckParameters(const PageCall& call, const std::vector<DataParameter>& parameters) {
  for (const auto& [name, value] : call.request.query) {
    const bool known = std::any_of(parameters.begin(), parameters.end(),
                                   [&](const DataParameter& any) { return any.name == name; });
    if (known) continue;
    std::vector<std::string_view> names;
    for (const DataParameter& parameter : parameters) names.push_back(parameter.name);
    return call.Fail(ErrorCode::kInvalid, "Không có tham số “{}”, chỉ có: {}",
                     "There is no parameter '{}', only: {}", name, fmt::join(names, ", "));
  }
  for (const DataParameter& parameter : parameters) {
    const std::string_view value = call.Query(parameter.name);
    if (value.empty() && parameter.required) {
      return call.Fail(ErrorCode::kInvalid, "Cần tham số “{}”, ví dụ {}={}",
                       "The parameter '{}' is missing, for example {}={}", parameter.name,
                       parameter.name, parameter.example);
    }
    const auto& choices = parameter.choices;
    if (value.empty() || choices.empty()) continue;
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) continue;
    return call.Fail(ErrorCode::kInvalid, "Tham số “{}” chỉ nhận: {}",
                     "The parameter '{}' takes only: {}", parameter.name, fmt::join(choices, ", "));
  }
  return {};
}

Result<DataTable> WholeTable(PageCall& call, const DataSet& set) {
  TRAM_ASSIGN(DataTable table, set.make(call));
  if (table.age.units_read < table.age.units_all) {
    return call.Fail(ErrorCode::kOverloaded,
                     "Máy chủ đang đọc số liệu ({} trên {} đơn vị): hãy lấy lại sau vài giây",
                     "The server is still reading the figures ({} of {} units): take the table in "
                     "some seconds",
                     table.age.units_read, table.age.units_all);
  }
  return table;
}

}  // namespace tram::server
