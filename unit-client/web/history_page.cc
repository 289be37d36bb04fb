// The history of a record in words; deleting, restoring, taking the last saving back.
#include <algorithm>

#include "app/names.h"
#include "app/record_history.h"
#include "app/typed_values.h"
#include "tram/programme/province.h"
#include "web/forms.h"

namespace tram::client {
namespace {

Value ValueIn(const RecordChange& change, std::uint32_t field) {
  for (const Edit& edit : change.edits) {
    if (edit.field == field) return edit.value;
  }
  return {};
}

/// One change in words.
class ChangeWords {
 public:
  ChangeWords(PageCall& page, const RecordType& type, std::span<const RecordChange> history,
              const RecordChange& change)
      : page_(page), type_(type), history_(history), change_(change) {}

  /// What was done, as a heading.
  std::string What() const {
    if (change_.creates) return page_.Words("Tạo hồ sơ", "Created");
    const Value deleted = ValueIn(change_, kFieldDeleted);
    if (deleted == Value(true)) return page_.Words("Xoá hồ sơ", "Deleted");
    if (deleted == Value(false)) return page_.Words("Phục hồi hồ sơ", "Restored");
    for (const Edit& edit : change_.edits) {
      if (edit.field == kFieldMergedInto) return page_.Words("Gộp hồ sơ", "Merged");
    }
    return page_.Words("Sửa", "Changed");
  }

  Json Lines() {
    for (const Edit& edit : change_.edits) {
      if (edit.field < kFieldFirstOwn) AddReserved(edit);
    }
    for (const Field& field : type_.fields) {
      if (field.type == FieldType::kSet) {
        AddSet(field);
      } else {
        AddField(field);
      }
    }
    return std::move(lines_);
  }

 private:
  void Add(std::string text) { lines_.push_back({{"text", std::move(text)}}); }

  void AddReserved(const Edit& edit) {
    if (const auto* reason = std::get_if<std::string>(&edit.value);
        reason != nullptr && edit.field == kFieldReason) {
      Add(page_.Words("Lý do: {}", "Reason: {}", ReasonWords(page_, *reason)));
    }
    if (edit.field == kFieldMergedInto) {
      const auto* into = std::get_if<RecordId>(&edit.value);
      Add(into == nullptr ? page_.Words("Thôi gộp", "No longer merged")
                          : page_.Words("Gộp vào: {}", "Merged into: {}", TitleOf(page_, *into)));
    }
    if (edit.field == kFieldParent) {
      const auto* parent = std::get_if<RecordId>(&edit.value);
      if (parent != nullptr) {
        Add(page_.Words("Thuộc: {}", "Belongs to: {}", TitleOf(page_, *parent)));
      }
    }
    if (edit.field == kFieldOrigin) {
      Add(page_.Words("Nhận từ một đơn vị khác", "Handed over by another unit"));
    }
  }

  void AddField(const Field& field) {
    const bool set = std::any_of(change_.edits.begin(), change_.edits.end(),
                                 [&](const Edit& edit) { return edit.field == field.number; });
    if (!set) return;
    const Value now = ValueIn(change_, field.number);
    const std::vector<Value> before = ValuesBefore(type_, history_, change_, field.number);
    if (before == std::vector<Value>{now} || (before.empty() && IsNull(now))) return;
    std::string was;
    for (const Value& value : before) {
      const std::string text = IsNull(value) ? Empty() : Quoted(ValueWords(page_, field, value));
      was += (was.empty() ? "" : page_.Words(" và ", " and ")) + text;
    }
    const std::string& label = page_.In(field.label);
    const std::string is = IsNull(now) ? Empty() : Quoted(ValueWords(page_, field, now));
    if (before.empty() || before == std::vector<Value>{Value()}) {
      Add(page_.Words("{}: {}", "{}: {}", label, is));
    } else {
      Add(page_.Words("{}: từ {} thành {}", "{}: from {} to {}", label, was, is));
    }
  }

  void AddSet(const Field& field) {
    std::string added, removed;
    for (const Edit& edit : change_.edits) {
      if (edit.field != field.number) continue;
      if (const auto* add = std::get_if<AddCode>(&edit.value)) {
        added += (added.empty() ? "" : ", ") + Quoted(CodeWords(page_, field, add->number));
      } else if (const auto* remove = std::get_if<RemoveCode>(&edit.value)) {
        removed += (removed.empty() ? "" : ", ") + Quoted(CodeWords(page_, field, remove->number));
      }
    }
    const std::string& label = page_.In(field.label);
    if (!added.empty()) Add(page_.Words("{}: thêm {}", "{}: added {}", label, added));
    if (!removed.empty()) Add(page_.Words("{}: bỏ {}", "{}: removed {}", label, removed));
  }

  std::string Empty() const { return page_.Words("(trống)", "(empty)"); }
  static std::string Quoted(const std::string& text) { return "“" + text + "”"; }

  PageCall& page_;
  const RecordType& type_;
  std::span<const RecordChange> history_;
  const RecordChange& change_;
  Json lines_ = Json::array();
};

Json ChangeModel(PageCall& page, const RecordType& type, std::span<const RecordChange> history,
                 const RecordChange& change) {
  ChangeWords words(page, type, history, change);
  Json lines = words.Lines();
  const bool here = change.by.device == page.device().device();
  return {{"op", change.by.op.Hex()},
          {"what", words.What()},
          {"when", TimeText(change.by.time.ms)},
          {"who", change.by.author ? AuthorText(page.call, change.by)
                                   : page.Words("không rõ ai ghi", "by nobody known")},
          {"device", here ? page.Words("máy này", "this computer")
                          : page.Words("máy {}", "computer {}", ShortDevice(change.by.device))},
          {"lines_shown", !lines.empty()},
          {"lines", std::move(lines)},
          {"unread", change.sealed_unread}};
}

Result<Answer> GetHistory(PageCall& page) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(page, 0));
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(id));
  TRAM_ASSIGN(const std::vector<RecordChange> history, page.device().view().History(id));
  Page answer{.template_name = "history"};
  answer.title = page.Words("Lịch sử: {}", "History: {}", page.In(record.type->label));
  Json changes = Json::array();
  for (const RecordChange& change : history) {
    changes.push_back(ChangeModel(page, *record.type, history, change));
  }
  answer.model = {{"title", FullTitleOf(page, id)},
                  {"back", RecordPath(PageOf(page, id))},
                  {"deleted", record.deleted && !record.type->of_province},
                  {"undelete", RecordPath(id, "/undelete")},
                  {"waits", record.waits_for > 0 ? std::to_string(record.waits_for) : ""},
                  {"changes", std::move(changes)}};
  return Answer(std::move(answer));
}

/// What the province wrote is not the unit's to delete.
Status CheckOfUnit(const PageCall& page, const RecordView& record) {
  if (record.type->of_province) return WrittenByProvince(*record.type, page.language());
  return {};
}

Result<Answer> DrawDelete(PageCall& page, const RecordView& record, const std::string& drawn,
                          const std::string& error) {
  TRAM_ASSIGN(const auto below, RecordsBelow(page.device(), record.id, page.call.Today()));
  Page answer{.template_name = "delete"};
  answer.title = page.Words("Xoá: {}", "Delete: {}", page.In(record.type->label));
  Json rows = Json::array();
  for (const Below& one : below) {
    rows.push_back({{"label", page.In(one.type->label_many)}, {"count", one.count}});
  }
  answer.model = {{"title", FullTitleOf(page, record.id)},
                  {"below_shown", !rows.empty()},
                  {"below", std::move(rows)},
                  {"action", RecordPath(record.id, "/delete")},
                  {"drawn", drawn},
                  {"reason", std::string(page.Posted("reason"))},
                  {"error", error},
                  {"back", RecordPath(PageOf(page, record.id))}};
  if (!error.empty()) answer.status = 422;
  return Answer(std::move(answer));
}

Result<Answer> GetDelete(PageCall& page) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(page, 0));
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(id));
  if (record.deleted) return Answer(SeeOther(RecordPath(PageOf(page, id))));
  TRAM_TRY(CheckOfUnit(page, record));
  return DrawDelete(page, record, OpsText(record.deletion_parents), "");
}

Result<Answer> PostDelete(PageCall& page) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(page, 0));
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(id));
  TRAM_TRY(CheckOfUnit(page, record));
  const std::string drawn(page.Posted("drawn"));
  const std::string reason = Tidy(page.Posted("reason"));
  if (const std::string problem = ReasonProblem(page, reason); !problem.empty()) {
    return DrawDelete(page, record, drawn, problem);
  }
  std::optional<std::vector<OpId>> parents;
  if (!drawn.empty()) parents = ParseOps(drawn);
  TRAM_ASSIGN(const Saved saved, page.device().Delete(id, reason, parents));
  return Answer(SeeOther(SavedPath(page, saved)));
}

Result<Answer> PostUndelete(PageCall& page) {
  TRAM_ASSIGN(const RecordId id, RecordInPath(page, 0));
  TRAM_ASSIGN(const RecordView record, page.device().view().Find(id));
  TRAM_TRY(CheckOfUnit(page, record));
  TRAM_ASSIGN(const Saved saved, page.device().Undelete(id));
  return Answer(SeeOther(SavedPath(page, saved)));
}

Result<Answer> PostUndo(PageCall& page) {
  const Result<OpId> op = OpId::FromHexText(page.parts[0]);
  if (!op) {
    return page.call.out.Fail(ErrorCode::kNotFound, "không có lần lưu này", "no such saving");
  }
  const Result<Saved> undone = UndoChange(page.call, *op);
  if (undone) return Answer(SeeOther(SavedPath(page, *undone)));
  if (undone.error().code != ErrorCode::kInvalid && undone.error().code != ErrorCode::kDenied) {
    return undone.error();
  }
  Page answer{.template_name = "undo"};
  answer.title = page.Words("Không hoàn tác được", "It could not be undone");
  answer.status = 409;
  const auto entry = page.device().log().FindOp(*op);
  const RecordId id = page.device().log().ReadOp(*entry).record.value_or(RecordOf(*op));
  answer.anew = RecordPath(id, "/history");
  answer.model = {{"message", undone.error().message},
                  {"history", RecordPath(id, "/history")},
                  {"back", RecordPath(PageOf(page, id))}};
  return Answer(std::move(answer));
}

}  // namespace

std::span<const Route> HistoryRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/record/{}/history", Access::kClinical, GetHistory},
      {"GET", "/record/{}/delete", Access::kClinical, GetDelete},
      {"POST", "/record/{}/delete", Access::kClinical, PostDelete},
      {"POST", "/record/{}/undelete", Access::kClinical, PostUndelete},
      {"POST", "/undo/{}", Access::kClinical, PostUndo},
  };
  return kRoutes;
}

}  // namespace tram::client
