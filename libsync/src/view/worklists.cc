#include "view/worklists.h"

#include <cstdlib>

namespace tram {
namespace {

constexpr std::size_t kId = 0, kDue = 1, kFirstFill = 2;  // columns

}  // namespace

Result<std::vector<WorkLine>> WorkLines(const Worklist& list, const ViewTable& table,
                                        RecordStore& store) {
  if (table.columns.size() < kFirstFill) {
    return MakeError(ErrorCode::kInvalid, "its first two columns must be `id` and `due`");
  }
  std::vector<WorkLine> lines;
  for (const auto& row : table.rows) {
    const Result<RecordId> id = RecordId::FromHexText(row[kId].value_or(""));
    const Record* record = id ? store.Find(*id) : nullptr;
    if (record == nullptr) continue;
    // A line that nobody can open would be taken for "nothing to do".
    if (record->plan->type().name != list.record) {
      return MakeError(ErrorCode::kInvalid, "a line is about " + record->plan->type().name +
                                                " and not about " + list.record);
    }
    WorkLine line{record, 0, {*id, std::nullopt, {}}};
    if (row[kDue] && !row[kDue]->empty()) {
      TRAM_ASSIGN(line.item.due, ParseIsoDate(*row[kDue]));
    }
    for (std::size_t i = kFirstFill; i < row.size(); ++i) {
      if (!row[i] || row[i]->empty()) continue;
      if (table.columns[i] == kRankColumn) {
        line.rank = std::strtoll(row[i]->c_str(), nullptr, 10);
      } else {
        line.item.fills[table.columns[i]] = *row[i];
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace tram
