#include "app/records.h"

#include <algorithm>
#include <set>

#include "app/same_person.h"
#include "tram/programme/province.h"

namespace tram::client {
namespace {

constexpr char kParent[] = "parent";

void SaySaved(Call& call, const RecordType& type, const Saved& saved) {
  call.out.document() = {{"id", saved.record.Hex()},
                         {"type", type.name},
                         {"op", saved.changed ? Json(saved.op.Hex()) : Json(nullptr)},
                         {"changed", saved.changed}};
  if (saved.changed) {
    call.out.Say("đã lưu {} {}", "saved {} {}", type.name, saved.record.Hex());
  } else {
    call.out.Say("{} {} không có gì thay đổi", "{} {}: nothing differed, nothing was written",
                 type.name, saved.record.Hex());
  }
}

Json FieldJson(Call& call, const FieldView& view) {
  const Programme& programme = call.device.programme();
  Json json = Json::object();
  const bool is_set = view.field->type == FieldType::kSet;
  json["value"] = is_set ? ElementsJson(programme, *view.field, view.elements)
                         : ValueJson(programme, *view.field, view.value);
  json["parents"] = Json::array();
  for (const OpId& parent : view.parents) json["parents"].push_back(parent.Hex());
  json["conflict"] = view.conflict;
  json["candidates"] = Json::array();
  for (const CandidateView& candidate : view.candidates) {
    auto value = candidate.values.find(view.field->number);
    Json item = {{"value", value == candidate.values.end()
                               ? Json(nullptr)
                               : ValueJson(programme, *view.field, value->second)}};
    item.update(ProvenanceJson(call, candidate.by));
    json["candidates"].push_back(std::move(item));
  }
  return json;
}

Json RecordJson(Call& call, const RecordView& record) {
  Json json = {
      {"id", record.id.Hex()},
      {"type", record.type->name},
      {"parent", record.parent ? Json(record.parent->Hex()) : Json(nullptr)},
      {"key", record.import_key ? Json(*record.import_key) : Json(nullptr)},
      {"merged_into", record.merged_into ? Json(record.merged_into->Hex()) : Json(nullptr)},
      {"deleted", record.deleted},
      {"deletion_conflict", record.deletion_conflict},
      {"waits_for", record.waits_for},
      {"sealed_unread", record.sealed_unread}};
  json["deletion_parents"] = Json::array();
  for (const OpId& op : record.deletion_parents) json["deletion_parents"].push_back(op.Hex());
  json["created"] = ProvenanceJson(call, record.created);
  json["changed"] = ProvenanceJson(call, record.changed);
  Json fields = Json::object();
  for (const FieldView& view : record.fields) fields[view.field->name] = FieldJson(call, view);
  json["fields"] = std::move(fields);
  return json;
}

void ShowFieldText(Call& call, const FieldView& view) {
  const Field& field = *view.field;
  const std::string name = call.out.In(field.label) + " [" + field.name + "]";
  if (field.type == FieldType::kSet) {
    if (!view.elements.empty()) {
      call.out.Line("  " + name + ": " + ShownElements(call, field, view.elements));
    }
    return;
  }
  if (!view.conflict) {
    if (!IsNull(view.value)) call.out.Line("  " + name + ": " + ShownText(call, field, view.value));
    return;
  }
  call.out.Say("! {}: XUNG ĐỘT, cần một người chọn", "! {}: CONFLICT, a person has to choose",
               name);
  std::size_t number = 0;
  for (const CandidateView& candidate : view.candidates) {
    auto value = candidate.values.find(field.number);
    const std::string text =
        value == candidate.values.end() ? "" : ShownText(call, field, value->second);
    call.out.Line("    " + std::to_string(++number) + ") " + (text.empty() ? "-" : text) + "  (" +
                  ProvenanceText(call, candidate.by) + ")");
  }
}

/// Columns of a view's table that are no field: as text.
Json CellJson(const RecordType& type, const std::string& column,
              const std::optional<std::string>& cell) {
  const Field* field = type.ByName(column);
  const bool is_set = field != nullptr && field->type == FieldType::kSet;
  if (!cell) return is_set ? Json::array() : Json(nullptr);
  if (field == nullptr) return *cell;
  if (field->type == FieldType::kBool) return *cell == "1";
  if (field->type == FieldType::kInt) {
    try {
      return std::stoll(*cell);
    } catch (const std::exception&) {
      return *cell;
    }
  }
  if (!is_set) return *cell;
  Json names = Json::array();
  std::string_view rest(*cell);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    if (end > 0) names.push_back(std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

/// Only columns that some row has; ids short.
std::string ListText(const ViewTable& table) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    bool any = std::any_of(table.rows.begin(), table.rows.end(),
                           [&](const auto& row) { return row[i] && !row[i]->empty(); });
    if (any) shown.push_back(i);
  }
  std::vector<std::string> head;
  head.reserve(shown.size());
  for (std::size_t i : shown) head.push_back(table.columns[i]);
  TextTable text(head);
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    for (std::size_t i : shown) {
      std::string cell = row[i].value_or("");
      const bool id = table.columns[i] == "id" || table.columns[i] == kParent;
      cells.push_back(id ? cell.substr(0, 10) : std::move(cell));
    }
    text.Add(std::move(cells));
  }
  return text.Text();
}

}  // namespace

Status FillForm(Call& call, const std::vector<Assignment>& values, RecordForm& form) {
  std::set<std::string> seen;
  for (const Assignment& assignment : values) {
    if (!seen.insert(assignment.name).second) {
      return call.out.Fail(ErrorCode::kInvalid, "mục '{}' được cho hai lần",
                           "the field '{}' is given twice", assignment.name);
    }
    if (assignment.name == kParent) {
      if (form.record) {
        return call.out.Fail(ErrorCode::kInvalid, "không đổi được hồ sơ cha của một hồ sơ đã có",
                             "the parent of a record that exists cannot be changed");
      }
      TRAM_ASSIGN(form.parent, FindRecord(call, assignment.value));
      continue;
    }
    TRAM_ASSIGN(const Field* field, FindField(call.out, *form.type, assignment.name));
    if (field->type == FieldType::kSet) {
      TRAM_ASSIGN(form.sets[field->number],
                  ParseSet(call.device.programme(), *field, assignment.value));
    } else if (field->type == FieldType::kRef && !assignment.value.empty()) {
      TRAM_ASSIGN(RecordId id, FindRecord(call, assignment.value));
      form.values[field->number] = id;
    } else {
      TRAM_ASSIGN(form.values[field->number],
                  ParseValue(call.device.programme(), *field, assignment.value));
    }
  }
  return {};
}

namespace {

/// Whoever is registered and seems to be the person of the form.
Status CheckNotThere(Call& call, const RecordForm& form) {
  if (!form.type->person) return {};
  UnitView& view = call.device.view();
  std::map<std::uint32_t, Value> values = form.values;
  TRAM_ASSIGN(auto defaults, view.Defaults(*form.type, form.parent, call.Today()));
  values.merge(defaults);
  TRAM_ASSIGN(
      const std::vector<RecordId> same,
      SamePersons(view, TypedRow{*form.type, values, form.sets, std::nullopt}, call.Today()));
  if (same.empty()) return {};
  Json& known = call.out.document()["same_person"] = Json::array();
  std::string ids;
  for (const RecordId& id : same) {
    known.push_back(id.Hex());
    ids += (ids.empty() ? "" : ", ") + ShortId(id);
  }
  return call.out.Fail(
      ErrorCode::kExists,
      "có thể người này đã có hồ sơ ({}): xem bằng show; nếu là người khác, thêm --same-person-ok",
      "this person may be registered already ({}): look with show; if it is somebody else, add "
      "--same-person-ok",
      ids);
}

}  // namespace

Status AddRecord(Call& call, const AddOptions& options) {
  RecordForm form;
  TRAM_ASSIGN(form.type, FindType(call, options.type));
  TRAM_TRY(FillForm(call, options.values, form));
  if (!options.same_person_ok) TRAM_TRY(CheckNotThere(call, form));
  TRAM_ASSIGN(Saved saved, call.device.Save(form, call.out.language()));
  SaySaved(call, *form.type, saved);
  return {};
}

Status SetRecord(Call& call, const SetOptions& options) {
  RecordForm form;
  TRAM_ASSIGN(RecordId id, FindRecord(call, options.id));
  TRAM_ASSIGN(RecordView record, call.device.view().Find(id));
  if (record.deleted) {
    return call.out.Fail(
        ErrorCode::kInvalid, "hồ sơ {} đã xoá; muốn sửa thì phục hồi trước: undelete {}",
        "the record {} is deleted; to change it, first: undelete {}", ShortId(id), ShortId(id));
  }
  form.type = record.type;
  form.record = id;
  form.parents = options.parents;
  form.reason = options.reason;
  TRAM_TRY(FillForm(call, options.values, form));
  TRAM_ASSIGN(Saved saved, call.device.Save(form, call.out.language()));
  SaySaved(call, *form.type, saved);
  return {};
}

Status ShowRecord(Call& call, const std::string& typed) {
  TRAM_ASSIGN(RecordId id, FindRecord(call, typed));
  TRAM_ASSIGN(RecordView record, call.device.view().Find(id));
  call.out.document() = RecordJson(call, record);
  call.out.Line(call.out.In(record.type->label) + " [" + record.type->name + "] " + id.Hex());
  if (record.parent) {
    call.out.Say("  thuộc hồ sơ {}", "  belongs to {}", record.parent->Hex());
  }
  call.out.Say("  tạo {}", "  created {}", ProvenanceText(call, record.created));
  call.out.Say("  sửa {}", "  changed {}", ProvenanceText(call, record.changed));
  if (record.deleted) call.out.Say("  ĐÃ XOÁ", "  DELETED");
  if (record.deletion_conflict) {
    call.out.Say(
        "! XUNG ĐỘT: một người xoá, người khác sửa; chọn: resolve {} --delete hoặc "
        "--keep-record",
        "! CONFLICT: one deleted it, another changed it; choose: resolve {} --delete or "
        "--keep-record",
        ShortId(id));
  }
  if (record.merged_into) {
    call.out.Say("  đã gộp vào {}", "  merged into {}", record.merged_into->Hex());
  }
  if (record.waits_for > 0) {
    call.out.Say("  đang chờ {} thay đổi chưa tới", "  waits for {} changes that are not here yet",
                 record.waits_for);
  }
  for (const FieldView& view : record.fields) ShowFieldText(call, view);
  if (record.sealed_unread) {
    call.out.Note("có mục niêm phong chưa đọc được: cần mật khẩu",
                  "some sealed fields cannot be read: the passphrase is needed");
  }
  return {};
}

Status ListRecords(Call& call, const ListOptions& options) {
  TRAM_ASSIGN(const RecordType* type, FindType(call, options.type));
  TRAM_ASSIGN(ViewTable table, call.device.view().List(*type, options.where, call.Today()));
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json item = Json::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      item[table.columns[i]] = CellJson(*type, table.columns[i], row[i]);
    }
    rows.push_back(std::move(item));
  }
  call.out.document() = {{"type", type->name}, {"rows", std::move(rows)}};
  call.out.Raw(ListText(table));
  call.out.Say("{} hồ sơ", "{} records", table.rows.size());
  if (!call.device.unlocked()) {
    call.out.Note("đơn vị đang khoá: các mục niêm phong để trống",
                  "the unit is locked: sealed fields are empty here");
  }
  return {};
}

Status DeleteRecord(Call& call, const DeleteOptions& options) {
  TRAM_ASSIGN(RecordId id, FindRecord(call, options.id));
  TRAM_ASSIGN(RecordView record, call.device.view().Find(id));
  if (record.type->of_province) return WrittenByProvince(*record.type, call.out.language());
  TRAM_ASSIGN(Saved saved, call.device.Delete(id, options.reason, options.parents));
  SaySaved(call, *record.type, saved);
  return {};
}

Status UndeleteRecord(Call& call, const std::string& typed) {
  TRAM_ASSIGN(RecordId id, FindRecord(call, typed));
  TRAM_ASSIGN(RecordView record, call.device.view().Find(id));
  if (record.type->of_province) return WrittenByProvince(*record.type, call.out.language());
  TRAM_ASSIGN(Saved saved, call.device.Undelete(id));
  SaySaved(call, *record.type, saved);
  return {};
}

Status SetAuthorOf(Call& call, const std::string& worker) {
  if (worker == "none") {
    TRAM_TRY(call.device.SetAuthor(std::nullopt));
  } else if (!worker.empty()) {
    TRAM_ASSIGN(RecordId id, FindRecord(call, worker));
    TRAM_TRY(call.device.SetAuthor(id));
  }
  const std::optional<RecordId> author = call.device.author();
  call.out.document() = {{"author", author ? Json(author->Hex()) : Json(nullptr)}};
  if (author) {
    Provenance by;
    by.author = author;
    call.out.Say("người ghi: {} ({})", "author: {} ({})", AuthorText(call, by), ShortId(*author));
  } else {
    call.out.Say("chưa chọn người ghi", "no author is set");
  }
  return {};
}

}  // namespace tram::client
