#include "app/record_history.h"

#include <algorithm>

#include "app/names.h"

namespace tram::client {
namespace {

std::uint32_t GroupOf(const RecordType& type, std::uint32_t number) {
  const Field* field = type.ByNumber(number);
  return field == nullptr ? number : field->group;
}

bool SetsGroup(const RecordType& type, const RecordChange& change, std::uint32_t group) {
  return std::any_of(change.edits.begin(), change.edits.end(),
                     [&](const Edit& edit) { return GroupOf(type, edit.field) == group; });
}

Value ValueIn(const RecordChange& change, std::uint32_t field) {
  for (const Edit& edit : change.edits) {
    if (edit.field == field) return edit.value;
  }
  return {};
}

bool Has(const std::vector<OpId>& ops, const OpId& op) {
  return std::find(ops.begin(), ops.end(), op) != ops.end();
}

bool IsSet(const RecordType& type, std::uint32_t number) {
  const Field* field = type.ByNumber(number);
  return field != nullptr && field->type == FieldType::kSet;
}

/// Puts a change's opposite into a form; what was changed since is refused.
class Opposite {
 public:
  Opposite(Call& call, const RecordView& record, std::span<const RecordChange> history,
           const RecordChange& change)
      : call_(call), record_(record), history_(history), change_(change) {}

  Result<RecordForm> Form() {
    form_.type = record_.type;
    form_.record = record_.id;
    for (const Edit& edit : change_.edits) {
      if (edit.field == kFieldReason) continue;  // why it was done; nothing to take back
      if (edit.field < kFieldFirstOwn) return CannotBe();
      if (IsSet(*record_.type, edit.field)) {
        TRAM_TRY(AddElement(edit));
      } else {
        TRAM_TRY(AddValue(edit));
      }
    }
    return form_;
  }

 private:
  Error CannotBe() const {
    return call_.out.Fail(ErrorCode::kInvalid,
                          "Thay đổi này không hoàn tác được bằng một nút; hãy sửa hồ sơ",
                          "This change cannot be undone with one button; edit the record");
  }
  Error ChangedSince(const Field& field) const {
    return call_.out.Fail(ErrorCode::kInvalid,
                          "Mục “{}” đã được thay đổi sau lần lưu này, nên không hoàn tác; hãy xem "
                          "lịch sử rồi sửa hồ sơ",
                          "“{}” was changed after this saving, so nothing was undone; look at the "
                          "history, then edit the record",
                          call_.out.In(field.label));
  }

  Status AddValue(const Edit& edit) {
    const FieldView* now = FindFieldView(record_, edit.field);
    if (now == nullptr) return CannotBe();
    if (now->parents != std::vector<OpId>{change_.by.op}) return ChangedSince(*now->field);
    const std::vector<Value> before = ValuesBefore(*record_.type, history_, change_, edit.field);
    if (before.size() > 1) {
      return call_.out.Fail(ErrorCode::kInvalid,
                            "Lần lưu này đã chọn một trong nhiều giá trị của mục “{}”; hãy xem "
                            "lịch sử rồi sửa hồ sơ",
                            "This saving chose one of several values of “{}”; look at the "
                            "history, then edit the record",
                            call_.out.In(now->field->label));
    }
    form_.values[edit.field] = before.empty() ? Value() : before.front();
    return {};
  }

  Status AddElement(const Edit& edit) {
    const FieldView* now = FindFieldView(record_, edit.field);
    if (now == nullptr) return CannotBe();
    bool after = false;  // a change that this one did not know of, or that followed it
    for (const RecordChange& other : history_) {
      after |= &other > &change_ && SetsGroup(*record_.type, other, now->field->group);
    }
    if (after) return ChangedSince(*now->field);
    auto& elements = form_.sets.try_emplace(edit.field, now->elements).first->second;
    if (const auto* added = std::get_if<AddCode>(&edit.value)) {
      std::erase(elements, added->number);
    } else if (const auto* removed = std::get_if<RemoveCode>(&edit.value)) {
      elements.push_back(removed->number);
    }
    return {};
  }

  Call& call_;
  const RecordView& record_;
  std::span<const RecordChange> history_;
  const RecordChange& change_;
  RecordForm form_;
};

Result<Saved> UndoNew(Call& call, const RecordView& record, std::span<const RecordChange> history) {
  TRAM_ASSIGN(const std::vector<Below> below, RecordsBelow(call.device, record.id, call.Today()));
  if (history.size() > 1 || !below.empty()) {
    return call.out.Fail(ErrorCode::kInvalid,
                         "Hồ sơ này đã được dùng hoặc sửa sau lần lưu này, nên không hoàn tác; nếu "
                         "ghi nhầm, hãy xoá hồ sơ",
                         "This record was used or changed after this saving, so nothing was "
                         "undone; if it is wrong, delete it");
  }
  return call.device.Delete(record.id, kUndoReason, std::nullopt);
}

}  // namespace

std::vector<Value> ValuesBefore(const RecordType& type, std::span<const RecordChange> history,
                                const RecordChange& change, std::uint32_t field) {
  const std::uint32_t group = GroupOf(type, field);
  std::vector<const RecordChange*> replaced;
  for (const RecordChange& other : history) {
    if (Has(change.parents, other.by.op) && SetsGroup(type, other, group)) {
      replaced.push_back(&other);
    }
  }
  std::vector<Value> values;
  for (const RecordChange* one : replaced) {
    const bool older = std::any_of(replaced.begin(), replaced.end(), [&](const RecordChange* by) {
      return Has(by->parents, one->by.op);
    });
    const Value value = ValueIn(*one, field);
    if (!older && std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(value);
    }
  }
  return values;
}

Result<std::vector<Below>> RecordsBelow(UnitDevice& device, const RecordId& record, Date today) {
  TRAM_ASSIGN(const RecordView top, device.view().Find(record));
  std::vector<Below> below;
  std::vector<std::pair<const RecordType*, std::string>> open{{top.type, "'" + record.Hex() + "'"}};
  while (!open.empty()) {
    const auto [parent, ids] = open.back();
    open.pop_back();
    for (const RecordType& type : device.programme().records) {
      if (type.parent != parent->name) continue;
      TRAM_ASSIGN(const ViewTable table,
                  device.view().Select(
                      "SELECT id FROM \"" + type.name + "\" WHERE parent IN (" + ids + ")", today));
      if (table.rows.empty()) continue;
      std::string found;
      for (const auto& row : table.rows) {
        found += (found.empty() ? "'" : ", '") + row[0].value_or("") + "'";
      }
      below.push_back({&type, table.rows.size()});
      open.emplace_back(&type, std::move(found));
    }
  }
  return below;
}

Result<Saved> UndoChange(Call& call, const OpId& op) {
  const std::optional<EntryNumber> entry = call.device.log().FindOp(op);
  if (!entry) {
    return call.out.Fail(ErrorCode::kNotFound, "Không có lần lưu này ở đây",
                         "This saving is not here");
  }
  const RecordId id = call.device.log().ReadOp(*entry).record.value_or(RecordOf(op));
  TRAM_ASSIGN(const RecordView record, call.device.view().Find(id));
  TRAM_ASSIGN(const std::vector<RecordChange> history, call.device.view().History(id));
  const auto change = std::find_if(history.begin(), history.end(),
                                   [&](const RecordChange& one) { return one.by.op == op; });
  if (change == history.end()) {
    return call.out.Fail(ErrorCode::kNotFound, "Lần lưu này không hiện ở đây",
                         "This saving is not shown here");
  }
  if (change->by.author != call.device.author() || change->by.device != call.device.device()) {
    return call.out.Fail(ErrorCode::kDenied, "Chỉ người đã lưu, trên máy này, mới hoàn tác được",
                         "Only who saved it, on this computer, can undo it");
  }
  if (ValueIn(*change, kFieldDeleted) == Value(true) && record.deleted && op == record.changed.op) {
    return call.device.Undelete(id);
  }
  if (record.deleted) {
    return call.out.Fail(ErrorCode::kInvalid, "Hồ sơ này đã xoá; muốn sửa thì phục hồi trước",
                         "This record is deleted; to change it, restore it first");
  }
  if (change->creates) return UndoNew(call, record, history);
  const Value into = ValueIn(*change, kFieldMergedInto);
  if (std::holds_alternative<RecordId>(into) && record.merged_into && op == record.changed.op) {
    return call.device.MergeInto(id, std::nullopt);
  }
  TRAM_ASSIGN(const RecordForm form, Opposite(call, record, history, *change).Form());
  return call.device.Save(form, call.out.language());
}

}  // namespace tram::client
