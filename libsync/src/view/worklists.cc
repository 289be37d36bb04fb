#include "view/worklists.h"

namespace tram {
namespace {

constexpr std::size_t kId = 0, kDue = 1, kFirstFill = 2;  // columns

}  // namespace

Result<std::vector<WorkItem>> WorkItems(const Worklist& list, const ViewTable& table,
                                        RecordStore& store) {
  if (table.columns.size() < kFirstFill) {
    return MakeError(ErrorCode::kInvalid, "its first two columns must be `id` and `due`");
  }
  std::vector<WorkItem> items;
  for (const auto& row : table.rows) {
    const Result<RecordId> id = RecordId::FromHexText(row[kId].value_or(""));
    const Record* record = id ? store.Find(*id) : nullptr;
    if (record == nullptr) continue;
    // A line that nobody can open would be taken for "nothing to do".
    if (record->plan->type().name != list.record) {
      return MakeError(ErrorCode::kInvalid, "a line is about " + record->plan->type().name +
                                                " and not about " + list.record);
    }
    WorkItem item{*id, std::nullopt, {}};
    if (row[kDue] && !row[kDue]->empty()) {
      TRAM_ASSIGN(item.due, ParseIsoDate(*row[kDue]));
    }
    for (std::size_t i = kFirstFill; i < row.size(); ++i) {
      if (row[i] && !row[i]->empty()) item.fills[table.columns[i]] = *row[i];
    }
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace tram
