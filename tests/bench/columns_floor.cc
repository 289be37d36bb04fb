// The floor of the payload: the workload's lines as columns under zstd.
#include <map>

#include "tests/bench/measuring.h"
#include "tests/bench/plain_tables.h"
#include "tram/base/dates.h"

namespace tram::bench {
namespace {

class Columns {
 public:
  explicit Columns(const WorkloadSchema& schema) : schema_(schema) {}
  Status Add(const std::vector<std::string>& cells);
  /// All columns one after the other, each with its length; they are empty then.
  std::string Take() {
    std::string all;
    for (auto& [name, column] : columns_) {
      PutVarint(all, column.size());
      all += column;
    }
    columns_.clear();
    return all;
  }

 private:
  static void PutVarint(std::string& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
    to.push_back(static_cast<char>(value));
  }
  static void PutSigned(std::string& to, std::int64_t value) {
    PutVarint(to, (static_cast<std::uint64_t>(value) << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  void PutRecord(std::string& to, const std::string& id) {
    PutVarint(to, places_.size() - places_[id]);
  }
  void PutValue(const WorkloadColumn& column, std::string& to, const std::string& value);

  const WorkloadSchema& schema_;
  std::map<std::string, std::string> columns_;
  std::map<std::string, std::size_t> places_;  // records in order of creation
  std::int64_t time_ms_ = 0;
};

void Columns::PutValue(const WorkloadColumn& column, std::string& to, const std::string& value) {
  constexpr std::int64_t kSecondMs = 1000, kDayMs = 24 * 3600 * 1000;
  const auto date = ParseIsoDate(value);
  if (column.name.ends_with("_id")) {
    PutRecord(to, value);
  } else if (column.name == "recorded_at") {
    const std::int64_t time_ms = std::stoll(value);
    PutSigned(to, (time_ms - time_ms_) / kSecondMs);
    time_ms_ = time_ms;
  } else if (date) {
    PutSigned(to, date->days - time_ms_ / kDayMs);
  } else if (column.integer && value != kWorkloadNull) {
    PutSigned(to, std::stoll(value));
  } else {
    to += value + '\n';
  }
}

Status Columns::Add(const std::vector<std::string>& cells) {
  auto table = schema_.find(cells.at(1));
  if (table == schema_.end()) return MakeError(ErrorCode::kInvalid, "no table " + cells.at(1));
  const bool insert = cells.at(0) == "I";
  columns_[""] += cells.at(0) + cells.at(1).at(0);
  if (insert) places_.emplace(cells.at(2), places_.size());
  if (!insert) PutRecord(columns_["="], cells.at(2));
  for (std::size_t i = 1; i < table->second.size(); ++i) {
    const WorkloadColumn& column = table->second[i];
    if (!insert && column.name != cells.at(3)) continue;
    PutValue(column, columns_[cells.at(1) + column.name], cells.at(insert ? i + 2 : 4));
  }
  return {};
}

}  // namespace

Result<std::size_t> ColumnsBytes(const std::vector<std::string>& names_before,
                                 const std::string& name) {
  TRAM_ASSIGN(WorkloadSchema schema, ReadWorkloadSchema());
  Columns columns(schema);
  auto add = [&](const std::string& file) -> Status {
    TRAM_ASSIGN(auto lines, ReadWorkloadLines(file));
    for (const auto& cells : lines) TRAM_TRY(columns.Add(cells));
    return {};
  };
  for (const std::string& before : names_before) TRAM_TRY(add(before));
  columns.Take();
  TRAM_TRY(add(name));
  return ZstdBytes(columns.Take());
}

}  // namespace tram::bench
