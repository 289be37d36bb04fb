#include "web/conflict_pages.h"

#include <algorithm>
#include <charconv>

#include "app/conflicts.h"
#include "app/names.h"
#include "app/problem_lines.h"
#include "app/typed_values.h"
#include "web/conflict_model.h"

namespace tram::client {
namespace {

constexpr char kDeletion[] = "deletion";
constexpr char kDelete[] = "delete";
constexpr char kKeep[] = "keep";
constexpr char kChoices[] = "#choices";

/// What a conflict's page begins with.
Page NewPage(PageCall& call, const RecordView& record) {
  Page page{"conflict", call.Words("Giải quyết xung đột", "Settle a conflict"), Json::object()};
  page.model["record"] = RecordLink(call, record.id);
  page.model["history"] = RecordPath(record.id, "/history");
  page.model["waits_for"] = record.waits_for > 0 ? Json(record.waits_for) : Json(nullptr);
  page.model["problems"] = Json::array();
  return page;
}

/// Somebody else was quicker, here or on another device.
Page SettledPage(PageCall& call, const RecordView& record) {
  Page page = NewPage(call, record);
  page.model["settled"] = WrittenBy(call, record.changed);
  return page;
}

Page& Wrong(Page& page, const std::string& href, const std::string& what) {
  page.model["problems"].push_back(ProblemModel(href, what));
  page.status = HttpStatusOf(ErrorCode::kInvalid);
  return page;
}

std::string NothingChosen(const PageCall& call) {
  return call.Words("Hãy chọn một giá trị", "Choose a value");
}

/// Whether something came since the page was drawn from `now`; the page then says so.
bool ChangedMeanwhile(const PageCall& call, const std::vector<OpId>& now, Page& page) {
  if (call.Posted("seen") == OpsText(now)) return false;
  Wrong(page, kChoices,
        call.Words("Trong lúc này có thêm thay đổi: hãy xem lại rồi chọn",
                   "Something came meanwhile: look again, then choose"));
  return true;
}

// ---- a deletion ----

Page DeletionPage(PageCall& call, const RecordView& record) {
  Page page = NewPage(call, record);
  const std::string_view choice = call.Posted("choice");
  page.model["deletion"] = true;
  page.model["seen"] = OpsText(record.deletion_parents);
  page.model["changed"] = WrittenBy(call, record.changed);
  page.model["reason"] = std::string(call.Posted("reason"));
  page.model["delete_chosen"] = choice == kDelete;
  page.model["keep_chosen"] = choice == kKeep;
  auto deleted = record.reserved.find(kFieldDeleted);
  if (deleted == record.reserved.end()) return page;
  for (const CandidateView& candidate : deleted->second.candidates) {
    auto value = candidate.values.find(kFieldDeleted);
    if (value == candidate.values.end() || value->second != Value(true)) continue;
    Json by = WrittenBy(call, candidate.by);
    by["why"] = ReasonOf(call, record, candidate.by.op);
    page.model["deleted_by"].push_back(std::move(by));
  }
  return page;
}

Result<Answer> SettleDeletionOf(PageCall& call, const RecordView& record) {
  Page page = DeletionPage(call, record);
  if (ChangedMeanwhile(call, record.deletion_parents, page)) return Answer(std::move(page));
  using Deletion = ResolveOptions::Deletion;
  const std::string_view choice = call.Posted("choice");
  const std::string reason = Tidy(call.Posted("reason"));
  if (choice != kDelete && choice != kKeep) {
    return Answer(
        Wrong(page, kChoices, call.Words("Hãy chọn giữ hoặc xoá", "Choose to keep or to delete")));
  }
  if (choice == kDelete) {
    const std::string problem = ReasonProblem(call, reason);
    page.model["reason_error"] = problem;
    if (!problem.empty()) return Answer(Wrong(page, "#reason", problem));
  }
  TRAM_ASSIGN(
      const Saved saved,
      SettleDeletion(call.call, record,
                     choice == kDelete ? Deletion::kDelete : Deletion::kKeepRecord, reason));
  return Answer(SeeOther(RecordPath(record.id, "?saved=" + saved.op.Hex())));
}

// ---- fields ----

/// The page with the form for a value of one's own; what is wrong in it stands beside its fields.
Result<Page> FieldsPage(PageCall& call, const RecordView& record,
                        const std::vector<const FieldView*>& fields, const FilledForm& own) {
  Page page = NewPage(call, record);
  page.model["label"] = GroupLabel(call, fields);
  page.model["seen"] = OpsText(fields[0]->parents);
  page.model["candidates"] = CandidatesModel(call, fields);
  TRAM_ASSIGN(page.model["own"], FieldsModel(call, own));
  // Who looks for a record means to choose it.
  const bool looks = !LooksIn(call, own).empty();
  page.model["own"]["chosen"] = looks || call.Posted("choice") == kOwnChoice;
  page.model["choices_of"] = record.type->name;
  const bool text = fields.size() == 1 && fields[0]->field->type == FieldType::kText;
  page.model["own"]["both"] = text;
  if (own.wrong()) {
    page.model["problems"] = page.model["own"]["problems"];
    page.status = HttpStatusOf(ErrorCode::kInvalid);
  }
  return page;
}

/// What the person typed; what cannot be read is said in `own`.
Result<std::map<std::uint32_t, Value>> OwnValues(PageCall& call, FilledForm& own) {
  RowValues row = ReadTyped(call, own);
  TRAM_TRY(AddHiddenProblems(call, own, row));
  std::map<std::uint32_t, Value> values;
  for (const FormField& entry : own.fields) {
    if (own.Asks(*entry.field)) values[entry.field->number] = row.values.at(entry.field->number);
  }
  return values;
}

Result<Answer> SettleFieldsOf(PageCall& call, const RecordView& record,
                              const std::vector<const FieldView*>& fields) {
  TRAM_ASSIGN(FilledForm own, OwnForm(call, record, fields));
  std::map<std::uint32_t, Value> values;
  const CandidateView* chosen = ChosenOf(call, fields[0]->candidates);
  const bool is_own = call.Posted("choice") == kOwnChoice;
  TRAM_ASSIGN(Page page, FieldsPage(call, record, fields, own));
  if (ChangedMeanwhile(call, fields[0]->parents, page)) return Answer(std::move(page));
  if (!LooksIn(call, own).empty()) return Answer(std::move(page));
  if (chosen == nullptr && !is_own) return Answer(Wrong(page, kChoices, NothingChosen(call)));
  if (is_own) {
    TRAM_ASSIGN(values, OwnValues(call, own));
  } else {
    const auto number = static_cast<std::size_t>(chosen - fields[0]->candidates.data()) + 1;
    TRAM_ASSIGN(values, ChosenCandidate(call.call, fields, number));
  }
  if (!own.wrong()) {
    const Result<Saved> saved = SettleFields(call.call, record, fields, values);
    if (saved) return Answer(SeeOther(RecordPath(record.id, "?saved=" + saved->op.Hex())));
    if (saved.error().code != ErrorCode::kInvalid) return saved.error();
    if (!is_own) {  // beside the values, not in the form that was not used
      for (const std::string& line : LinesOf(saved.error().message)) {
        Wrong(page, kChoices, ProblemInWords(call.call.out, line));
      }
      return Answer(std::move(page));
    }
    PutProblems(call, own, LinesOf(saved.error().message));
  }
  TRAM_ASSIGN(Page refused, FieldsPage(call, record, fields, own));
  return Answer(std::move(refused));
}

// ---- places ----

Page PlacesPage(PageCall& call, const RecordView& record, std::uint32_t group,
                const FieldView& places) {
  Page page = NewPage(call, record);
  page.model["label"] =
      group == kFieldMergedInto
          ? call.Words("hồ sơ này được gộp vào đâu", "what this record is merged into")
          : call.Words("hồ sơ này thuộc về đâu", "where this record belongs");
  page.model["seen"] = OpsText(places.parents);
  page.model["candidates"] = PlacesModel(call, record, group, places);
  page.model["own"] = nullptr;
  return page;
}

Result<Answer> SettlePlaceOf(PageCall& call, const RecordView& record, std::uint32_t group,
                             const FieldView& places) {
  Page page = PlacesPage(call, record, group, places);
  if (ChangedMeanwhile(call, places.parents, page)) return Answer(std::move(page));
  const CandidateView* chosen = ChosenOf(call, places.candidates);
  if (chosen == nullptr) return Answer(Wrong(page, kChoices, NothingChosen(call)));
  const Result<Saved> saved = SettlePlace(call.call, record, group, *chosen);
  if (saved) return Answer(SeeOther(RecordPath(record.id, "?saved=" + saved->op.Hex())));
  const ErrorCode code = saved.error().code;
  if (code != ErrorCode::kInvalid && code != ErrorCode::kNotFound) return saved.error();
  Wrong(page, kChoices,
        call.Words("Không chọn được nơi này: hồ sơ đó đã bị xoá, đã được gộp hoặc chưa có ở máy "
                   "này. Hãy chọn nơi khác, hoặc đồng bộ rồi thử lại.",
                   "This place cannot be chosen: that record is deleted, merged or not on this "
                   "computer yet. Choose another, or sync and try again."));
  return Answer(std::move(page));
}

/// The group that the path names; nothing where it is no number.
std::optional<std::uint32_t> GroupInPath(const PageCall& call) {
  const std::string& text = call.parts[1];
  std::uint32_t group = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), group);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return group;
}

/// The conflict of the path, read alike for showing and settling.
Result<Answer> ConflictOf(PageCall& call, bool settle) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(call, 0));
  TRAM_ASSIGN(const RecordView record, call.device().view().Find(id));
  if (call.parts[1] == kDeletion) {
    if (!record.deletion_conflict) return Answer(SettledPage(call, record));
    return settle ? SettleDeletionOf(call, record) : Answer(DeletionPage(call, record));
  }
  const std::optional<std::uint32_t> group = GroupInPath(call);
  if (group == kFieldParent || group == kFieldMergedInto) {
    const FieldView* places = PlacesOf(record, *group);
    if (places == nullptr) return Answer(SettledPage(call, record));
    return settle ? SettlePlaceOf(call, record, *group, *places)
                  : Answer(PlacesPage(call, record, *group, *places));
  }
  const auto fields = group ? GroupFields(record, *group) : std::vector<const FieldView*>();
  if (fields.empty()) {
    return call.call.out.Fail(ErrorCode::kNotFound, "hồ sơ này không có mục đó",
                              "this record has no such field");
  }
  if (!fields[0]->conflict) return Answer(SettledPage(call, record));
  if (settle) return SettleFieldsOf(call, record, fields);
  TRAM_ASSIGN(const FilledForm own, OwnForm(call, record, fields));
  TRAM_ASSIGN(Page page, FieldsPage(call, record, fields, own));
  return Answer(std::move(page));
}

}  // namespace

std::string DeletionConflictPath(const RecordId& record) {
  return RecordPath(record, std::string("/conflict/") + kDeletion);
}

Result<Answer> ConflictPage(PageCall& call) { return ConflictOf(call, false); }
Result<Answer> SettleConflict(PageCall& call) { return ConflictOf(call, true); }

}  // namespace tram::client
