// What only a person can settle: the list to look at first, and one conflict with all its values.
#include <algorithm>
#include <charconv>
#include <map>

#include "app/conflicts.h"
#include "app/names.h"
#include "web/conflict_model.h"
#include "web/merge_pages.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

constexpr std::size_t kShownMax = 200;  // of one kind in the list
constexpr char kDeletion[] = "deletion";
constexpr char kDelete[] = "delete";
constexpr char kKeep[] = "keep";

std::string ConflictPath(const RecordId& record, const std::string& group) {
  return RecordPath(record, "/conflict/" + group);
}

/// An item into a list that is cut at kShownMax; the rest is counted.
void AddTo(Json& list, Json item) {
  if (list.is_null()) list = Json::object();
  const std::size_t count = list.value("count", std::size_t{0}) + 1;
  list["count"] = count;
  if (count <= kShownMax) {
    list["items"].push_back(std::move(item));
  } else {
    list["more"] = count - kShownMax;
  }
}

Status AddConflicts(PageCall& call, Json& model) {
  for (const Conflict& conflict : call.device().view().Conflicts()) {
    TRAM_ASSIGN(const RecordView record, call.device().view().Find(conflict.record));
    Json item = RecordLink(call, record.id);
    if (conflict.kind == Conflict::Kind::kDeletion) {
      item["href"] = ConflictPath(record.id, kDeletion);
      item["by"] = WrittenBy(call, record.changed);
      AddTo(model["deletions"], std::move(item));
      continue;
    }
    const std::vector<const FieldView*> fields = GroupFields(record, conflict.group);
    if (fields.empty()) {  // merged into two records, or moved to two places
      if (conflict.group == kFieldMergedInto) item["href"] = RecordPath(record.id, "/merge");
      item["merged"] = conflict.group == kFieldMergedInto;
      AddTo(model["places"], std::move(item));
      continue;
    }
    item["href"] = ConflictPath(record.id, std::to_string(conflict.group));
    item["label"] = GroupLabel(call, fields);
    item["candidates"] = fields[0]->candidates.size();
    AddTo(model["fields"], std::move(item));
  }
  return {};
}

Status AddFindings(PageCall& call, Json& model) {
  TRAM_ASSIGN(const std::vector<CheckFinding> findings,
              call.device().view().Checks(call.call.Today()));
  std::map<const Check*, std::size_t> places;
  for (const CheckFinding& finding : findings) {
    const auto [place, fresh] = places.emplace(finding.check, model["checks"].size());
    if (fresh) model["checks"].push_back({{"label", call.In(finding.check->label)}});
    Json item = RecordLink(call, finding.record);
    if (ComparesPersons(call.device().programme(), *finding.check)) {
      item["merge"] = RecordPath(finding.record, "/merge");
    }
    AddTo(model["checks"][place->second], std::move(item));
  }
  return {};
}

void AddWaiting(PageCall& call, Json& model) {
  for (const RecordId& id : call.device().view().Waiting()) {
    auto record = call.device().view().Find(id);
    Json item{{"waits_for", record ? record->waits_for : 0}};
    if (record) item.update(RecordLink(call, id));
    item["known"] = record.has_value();
    AddTo(model["waiting"], std::move(item));
  }
}

Result<Answer> ListPage(PageCall& call) {
  Page page{"conflicts", call.Words("Cần xem lại", "To look at again"), Json::object()};
  page.model["checks"] = Json::array();
  TRAM_TRY(AddConflicts(call, page.model));
  TRAM_TRY(AddFindings(call, page.model));
  AddWaiting(call, page.model);
  page.model["nothing"] = page.model["checks"].empty() && page.model.size() == 1;
  return Answer(std::move(page));
}

/// What a conflict's page begins with.
Page NewPage(PageCall& call, const RecordView& record) {
  Page page{"conflict", call.Words("Giải quyết xung đột", "Settle a conflict"), Json::object()};
  page.model["record"] = RecordLink(call, record.id);
  page.model["waits_for"] = record.waits_for > 0 ? Json(record.waits_for) : Json(nullptr);
  return page;
}

/// Somebody else was quicker, here or on another device.
Page SettledPage(PageCall& call, const RecordView& record) {
  Page page = NewPage(call, record);
  page.model["settled"] = WrittenBy(call, record.changed);
  return page;
}

void AddDeletion(PageCall& call, const RecordView& record, Page& page) {
  page.model["deletion"] = true;
  page.model["seen"] = SeenText(record.deletion_parents);
  page.model["changed"] = WrittenBy(call, record.changed);
  auto deleted = record.reserved.find(kFieldDeleted);
  if (deleted == record.reserved.end()) return;
  for (const CandidateView& candidate : deleted->second.candidates) {
    auto value = candidate.values.find(kFieldDeleted);
    const bool* gone =
        value == candidate.values.end() ? nullptr : std::get_if<bool>(&value->second);
    if (gone != nullptr && *gone) page.model["deleted_by"].push_back(WrittenBy(call, candidate.by));
  }
}

void AddCandidates(PageCall& call, const std::vector<const FieldView*>& fields,
                   std::string_view choice, Page& page) {
  page.model["label"] = GroupLabel(call, fields);
  page.model["seen"] = SeenText(fields[0]->parents);
  page.model["candidates"] = Json::array();
  for (const CandidateView& candidate : fields[0]->candidates) {
    const std::string op = candidate.by.op.Hex();
    page.model["candidates"].push_back({{"op", op},
                                        {"lines", CandidateLines(call, fields, candidate)},
                                        {"by", WrittenBy(call, candidate.by)},
                                        {"chosen", choice == op}});
  }
  if (!CanBeTyped(fields)) return;
  page.model["own"] = {{"controls", OwnControls(call, fields, !choice.empty())},
                       {"chosen", choice == kOwnChoice}};
}

/// The group that the path names; nothing where it is no number.
std::optional<std::uint32_t> GroupInPath(const PageCall& call) {
  const std::string& text = call.parts[1];
  std::uint32_t group = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), group);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return group;
}

void AddError(Page& page, const std::string& text, const char* href) {
  page.model["errors"].push_back({{"text", text}, {"href", href}});
  page.status = HttpStatusOf(ErrorCode::kInvalid);
}

void AddChangedMeanwhile(PageCall& call, Page& page) {
  AddError(page,
           call.Words("Trong lúc này có thêm thay đổi: hãy xem lại rồi chọn",
                      "Something came meanwhile: look again, then choose"),
           "#choices");
}

Result<Answer> DeletionPage(PageCall& call, const RecordView& record) {
  Page page = NewPage(call, record);
  AddDeletion(call, record, page);
  return Answer(std::move(page));
}

Result<Answer> SettleDeletionPage(PageCall& call, const RecordView& record) {
  Page page = NewPage(call, record);
  AddDeletion(call, record, page);
  const std::string_view choice = call.Posted("choice");
  const std::string reason(call.Posted("reason"));
  page.model["reason"] = reason;
  page.model["delete_chosen"] = choice == kDelete;
  page.model["keep_chosen"] = choice == kKeep;
  if (call.Posted("seen") != SeenText(record.deletion_parents)) {
    AddChangedMeanwhile(call, page);
    return Answer(std::move(page));
  }
  if (choice != kDelete && choice != kKeep) {
    AddError(page, call.Words("Hãy chọn giữ hoặc xoá", "Choose to keep or to delete"), "#choices");
    return Answer(std::move(page));
  }
  if (choice == kDelete && reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    page.model["reason_error"] = call.Words("Hãy ghi lý do xoá", "Say why it is deleted");
    AddError(page, page.model["reason_error"], "#reason");
    return Answer(std::move(page));
  }
  using Deletion = ResolveOptions::Deletion;
  TRAM_ASSIGN(
      const Saved saved,
      SettleDeletion(call.call, record,
                     choice == kDelete ? Deletion::kDelete : Deletion::kKeepRecord, reason));
  return Answer(SeeOther(RecordPath(record.id, "?saved=" + saved.op.Hex())));
}

/// Errors: invalid (one line per problem).
Result<Saved> SettleChoice(PageCall& call, const RecordView& record,
                           const std::vector<const FieldView*>& fields) {
  const std::string_view choice = call.Posted("choice");
  const std::vector<CandidateView>& candidates = fields[0]->candidates;
  auto chosen = std::find_if(candidates.begin(), candidates.end(),
                             [&](const CandidateView& one) { return one.by.op.Hex() == choice; });
  std::map<std::uint32_t, Value> values;
  if (chosen != candidates.end()) {
    const std::size_t number = static_cast<std::size_t>(chosen - candidates.begin()) + 1;
    TRAM_ASSIGN(values, ChosenCandidate(call.call, fields, number));
  } else if (choice == kOwnChoice && CanBeTyped(fields)) {
    TRAM_ASSIGN(values, TypedValues(call.call, record, fields, TypedTexts(call, fields)));
  } else {
    return call.call.out.Fail(ErrorCode::kInvalid, "Hãy chọn một giá trị", "Choose a value");
  }
  return SettleFields(call.call, record, fields, values);
}

/// The conflict of the path, read alike for showing and settling.
Result<Answer> ConflictOf(PageCall& call, bool settle) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(call, 0));
  TRAM_ASSIGN(const RecordView record, call.device().view().Find(id));
  if (call.parts[1] == kDeletion) {
    if (!record.deletion_conflict) return Answer(SettledPage(call, record));
    return settle ? SettleDeletionPage(call, record) : DeletionPage(call, record);
  }
  const std::optional<std::uint32_t> group = GroupInPath(call);
  const auto fields = group ? GroupFields(record, *group) : std::vector<const FieldView*>();
  if (fields.empty()) {
    return call.call.out.Fail(ErrorCode::kNotFound, "hồ sơ này không có mục đó",
                              "this record has no such field");
  }
  if (!fields[0]->conflict) return Answer(SettledPage(call, record));
  Page page = NewPage(call, record);
  AddCandidates(call, fields, call.Posted("choice"), page);
  if (!settle) return Answer(std::move(page));
  if (call.Posted("seen") != SeenText(fields[0]->parents)) {
    AddChangedMeanwhile(call, page);
    return Answer(std::move(page));
  }
  auto saved = SettleChoice(call, record, fields);
  if (saved) return Answer(SeeOther(RecordPath(id, "?saved=" + saved->op.Hex())));
  if (saved.error().code != ErrorCode::kInvalid) return saved.error();
  Json none = Json::array();
  Json& controls = page.model.contains("own") ? page.model["own"]["controls"] : none;
  page.model["errors"] = PutErrors(call, fields, saved.error().message, controls);
  page.status = HttpStatusOf(ErrorCode::kInvalid);
  return Answer(std::move(page));
}

Result<Answer> ConflictPage(PageCall& call) { return ConflictOf(call, false); }
Result<Answer> SettlePage(PageCall& call) { return ConflictOf(call, true); }

}  // namespace

std::span<const Route> ConflictRoutes() {
  static const Route routes[] = {
      {"GET", "/conflicts", Access::kClinical, ListPage},
      {"GET", "/record/{}/conflict/{}", Access::kClinical, ConflictPage},
      {"POST", "/record/{}/conflict/{}", Access::kClinical, SettlePage},
      {"GET", "/record/{}/merge", Access::kClinical, MergePage},
      {"POST", "/record/{}/merge", Access::kClinical, MergeRecords},
      {"POST", "/record/{}/unmerge", Access::kClinical, UnmergeRecord},
  };
  return routes;
}

}  // namespace tram::client
