// What only a person can settle, in one list: conflicts, what the programme's checks find, what
// waits.
#include "app/conflicts.h"
#include "web/check_lists.h"
#include "web/conflict_model.h"
#include "web/conflict_pages.h"
#include "web/merge_pages.h"
#include "web/review_pages.h"

namespace tram::client {
namespace {

constexpr std::size_t kShownMax = 25;  // of one kind in the list
constexpr std::size_t kFoundMax = 8;   // of one check: each has a page of its own

/// What `make` gives, into a list that is cut at `most`; the rest is counted only.
template <typename Make>
void AddTo(Json& list, const Make& make, std::size_t most = kShownMax) {
  if (list.is_null()) list = Json::object();
  const std::size_t count = list.value("count", std::size_t{0}) + 1;
  list["count"] = count;
  if (count <= most) {
    list["items"].push_back(make());
  } else {
    list["more"] = count - most;
  }
}

Status AddConflicts(PageCall& call, Json& model) {
  for (const Conflict& conflict : call.device().view().Conflicts()) {
    TRAM_ASSIGN(const RecordView record, call.device().view().Find(conflict.record));
    const std::vector<const FieldView*> fields = GroupFields(record, conflict.group);
    const bool deletion = conflict.kind == Conflict::Kind::kDeletion;
    AddTo(model[deletion         ? "deletions"
                : fields.empty() ? "places"
                                 : "fields"],
          [&] {
            Json item = RecordLink(call, record.id);
            if (deletion) {
              item["href"] = DeletionConflictPath(record.id);
              item["by"] = WrittenBy(call, record.changed);
            } else if (fields.empty()) {
              if (PlacesOf(record, conflict.group) != nullptr) {
                item["href"] = ConflictPath(record.id, conflict.group);
              }
              item["merged"] = conflict.group == kFieldMergedInto;
            } else {
              item["href"] = ConflictPath(record.id, conflict.group);
              item["label"] = GroupLabel(call, fields);
              item["candidates"] = fields[0]->candidates.size();
            }
            return item;
          });
  }
  return {};
}

Status AddFindings(PageCall& call, Json& model) {
  TRAM_ASSIGN(const std::vector<FoundByCheck> all, FoundByChecks(call));
  for (const FoundByCheck& found : all) {
    Json list = {{"name", found.check->name}, {"label", call.In(found.check->label)}};
    for (const RecordId& record : found.records) {
      AddTo(
          list, [&] { return FoundLink(call, found, record); }, kFoundMax);
    }
    model["checks"].push_back(std::move(list));
  }
  return {};
}

void AddWaiting(PageCall& call, Json& model) {
  for (const RecordId& id : call.device().view().Waiting()) {
    AddTo(model["waiting"], [&] {
      auto record = call.device().view().Find(id);
      Json item{{"waits_for", record ? record->waits_for : 0}};
      if (record) item.update(RecordLink(call, id));
      item["known"] = record.has_value();
      return item;
    });
  }
}

Result<Answer> ListPage(PageCall& call) {
  Page page{"conflicts", call.Words("Cần xem lại", "To look at again"), Json::object()};
  page.model["checks"] = Json::array();
  TRAM_TRY(AddConflicts(call, page.model));
  TRAM_TRY(AddFindings(call, page.model));
  AddWaiting(call, page.model);
  page.model["looked_at"] = CountOfLookedAt(call, "");
  page.model["nothing"] = page.model["checks"].empty() && page.model.size() == 2;
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> ConflictRoutes() {
  static const Route routes[] = {
      {"GET", "/conflicts", Access::kClinical, ListPage},
      {"GET", "/record/{}/conflict/{}", Access::kClinical, ConflictPage},
      {"POST", "/record/{}/conflict/{}", Access::kClinical, SettleConflict},
      {"GET", "/record/{}/merge", Access::kClinical, MergePage},
      {"POST", "/record/{}/merge", Access::kClinical, MergeRecords},
      {"POST", "/record/{}/unmerge", Access::kClinical, UnmergeRecord},
      {"GET", "/reviews", Access::kClinical, ReviewsPage},
      {"POST", "/checks/{}/settle", Access::kClinical, SettleFound},
      {"POST", "/checks/{}/reopen", Access::kClinical, ReopenFound},
  };
  return routes;
}

}  // namespace tram::client
