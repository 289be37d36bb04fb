#include "app/conflicts.h"

#include <algorithm>
#include <utility>

#include "app/records.h"
#include "app/reviews.h"
#include "tram/programme/province.h"

namespace tram::client {

std::vector<const FieldView*> GroupFields(const RecordView& record, std::uint32_t group) {
  std::vector<const FieldView*> fields;
  for (const FieldView& view : record.fields) {
    if (view.field->group == group && view.field->type != FieldType::kSet) fields.push_back(&view);
  }
  return fields;
}

namespace {

constexpr std::pair<std::uint32_t, const char*> kPlaces[] = {{kFieldParent, "parent"},
                                                             {kFieldMergedInto, "merged_into"}};

const RecordId* PlaceIn(const CandidateView& candidate, std::uint32_t group) {
  const auto place = candidate.values.find(group);
  return place == candidate.values.end() ? nullptr : std::get_if<RecordId>(&place->second);
}

/// A record put in several places, as a conflict of the field `name`.
Json PlaceConflict(Call& call, const RecordView& record, std::uint32_t group, const char* name) {
  Json json = {{"record", record.id.Hex()},
               {"type", record.type->name},
               {"kind", "place"},
               {"field", name},
               {"candidates", Json::array()}};
  call.out.Line(record.type->name + " " + ShortId(record.id) + "  " + name);
  std::size_t number = 0;
  for (const CandidateView& candidate : PlacesOf(record, group)->candidates) {
    const RecordId* place = PlaceIn(candidate, group);
    Json item = {{"n", ++number}, {"place", place == nullptr ? Json(nullptr) : Json(place->Hex())}};
    item.update(ProvenanceJson(call, candidate.by));
    json["candidates"].push_back(std::move(item));
    call.out.Line("    " + std::to_string(number) + ") " +
                  (place == nullptr ? "-" : ShortId(*place)) + "  (" +
                  ProvenanceText(call, candidate.by) + ")");
  }
  call.out.Line("    → resolve " + ShortId(record.id) + " " + name + " --keep N");
  return json;
}

/// What a conflict is called in commands: its group, or its only field.
std::string GroupName(const std::vector<const FieldView*>& fields) {
  if (fields.empty()) return "?";
  return fields[0]->field->group_name.empty() ? fields[0]->field->name
                                              : fields[0]->field->group_name;
}

Json CandidateJson(Call& call, const std::vector<const FieldView*>& fields,
                   const CandidateView& candidate, std::size_t number) {
  Json values = Json::object();
  for (const FieldView* view : fields) {
    auto value = candidate.values.find(view->field->number);
    values[view->field->name] =
        value == candidate.values.end()
            ? Json(nullptr)
            : ValueJson(call.device.programme(), *view->field, value->second);
  }
  Json json = {{"n", number}, {"values", std::move(values)}};
  json.update(ProvenanceJson(call, candidate.by));
  return json;
}

std::string CandidateText(Call& call, const std::vector<const FieldView*>& fields,
                          const CandidateView& candidate, std::size_t number) {
  std::string text = "    " + std::to_string(number) + ") ";
  bool first = true;
  for (const FieldView* view : fields) {
    auto value = candidate.values.find(view->field->number);
    std::string shown =
        value == candidate.values.end() ? "" : ShownText(call, *view->field, value->second);
    if (!first) text += "; ";
    if (fields.size() > 1) text += view->field->name + ": ";
    text += shown.empty() ? "-" : shown;
    first = false;
  }
  return text + "  (" + ProvenanceText(call, candidate.by) + ")";
}

Json FieldConflict(Call& call, const RecordView& record, std::uint32_t group) {
  for (const auto& [place, name] : kPlaces) {
    if (place == group) return PlaceConflict(call, record, group, name);
  }
  const std::vector<const FieldView*> fields = GroupFields(record, group);
  Json json = {{"record", record.id.Hex()}, {"type", record.type->name}, {"kind", "field"}};
  json["field"] = GroupName(fields);
  json["fields"] = Json::array();
  json["candidates"] = Json::array();
  call.out.Line(record.type->name + " " + ShortId(record.id) + "  " + GroupName(fields));
  for (const FieldView* view : fields) json["fields"].push_back(view->field->name);
  if (fields.empty()) return json;
  std::size_t number = 0;
  for (const CandidateView& candidate : fields[0]->candidates) {
    ++number;
    json["candidates"].push_back(CandidateJson(call, fields, candidate, number));
    call.out.Line(CandidateText(call, fields, candidate, number));
  }
  call.out.Line("    → resolve " + ShortId(record.id) + " " + GroupName(fields) + " --keep N");
  return json;
}

Json DeletionConflict(Call& call, const RecordView& record) {
  call.out.Say("{} {}  một người xoá, người khác sửa", "{} {}  one deleted it, another changed it",
               record.type->name, ShortId(record.id));
  call.out.Line("    → resolve " + ShortId(record.id) + " --delete | --keep-record");
  Json json = {{"record", record.id.Hex()},
               {"type", record.type->name},
               {"kind", "deletion"},
               {"field", "deleted"}};
  json["changed"] = ProvenanceJson(call, record.changed);
  return json;
}

Status ListChecks(Call& call, Json& checks) {
  TRAM_ASSIGN(std::vector<CheckFinding> findings, call.device.view().Checks(call.Today()));
  for (const CheckFinding& finding : findings) {
    checks.push_back({{"check", finding.check->name},
                      {"type", finding.check->record},
                      {"record", finding.record.Hex()},
                      {"what", call.out.In(finding.check->label)}});
    call.out.Line(finding.check->record + " " + ShortId(finding.record) + "  " +
                  call.out.In(finding.check->label));
    if (!call.device.programme().review) continue;
    call.out.Line("    → resolve " + ShortId(finding.record) + " " + finding.check->name +
                  " --right");
  }
  return {};
}

Json LookedAtJson(Call& call) {
  Json all = Json::array();
  for (const LookedAt& one : AllLookedAt(call.device.view())) {
    Json json = {{"check", one.check}, {"record", one.record.Hex()}, {"why", one.why}};
    json.update(ProvenanceJson(call, one.by));
    all.push_back(std::move(json));
    call.out.Say("đã xem: {} {} ({}){}", "looked at: {} {} ({}){}", one.check, ShortId(one.record),
                 ProvenanceText(call, one.by), one.why.empty() ? "" : ": " + OneLine(one.why));
    call.out.Line("    → resolve " + ShortId(one.record) + " " + one.check + " --reopen");
  }
  return all;
}

/// The fields of the conflict that the person means by a field's or a group's name.
Result<std::vector<const FieldView*>> FindGroup(Call& call, const RecordView& record,
                                                const std::string& name) {
  for (const FieldView& view : record.fields) {
    if (view.field->group_name == name && !name.empty()) {
      return GroupFields(record, view.field->group);
    }
  }
  TRAM_ASSIGN(const Field* field, FindField(call.out, *record.type, name));
  return GroupFields(record, field->group);
}

}  // namespace

Result<std::map<std::uint32_t, Value>> ChosenCandidate(Call& call,
                                                       const std::vector<const FieldView*>& fields,
                                                       std::size_t keep) {
  const std::vector<CandidateView>& candidates = fields[0]->candidates;
  if (keep < 1 || keep > candidates.size()) {
    return call.out.Fail(ErrorCode::kInvalid, "không có giá trị số {}: chọn từ 1 đến {}",
                         "there is no value {}: choose 1 to {}", keep, candidates.size());
  }
  std::map<std::uint32_t, Value> values;
  for (const FieldView* view : fields) values[view->field->number] = Value();
  for (const auto& [number, value] : candidates[keep - 1].values) values[number] = value;
  return values;
}

Result<std::map<std::uint32_t, Value>> TypedValues(Call& call, const RecordView& record,
                                                   const std::vector<const FieldView*>& fields,
                                                   const std::vector<std::string>& all) {
  std::vector<Assignment> typed;
  const bool plain = all.size() == 1 && fields.size() == 1;
  for (const std::string& text : all) {
    const std::string name = fields[0]->field->name;
    if (plain && text.rfind(name + "=", 0) != 0) {
      typed.push_back({name, text});
      continue;
    }
    TRAM_ASSIGN(Assignment assignment, ParseAssignment(text));
    typed.push_back(std::move(assignment));
  }
  RecordForm form;
  form.type = record.type;
  form.record = record.id;
  TRAM_TRY(FillForm(call, typed, form));
  std::map<std::uint32_t, Value> values;
  for (const FieldView* view : fields) {
    auto given = form.values.find(view->field->number);
    if (given == form.values.end()) {
      return call.out.Fail(ErrorCode::kInvalid, "còn thiếu mục {}: cho đủ các mục của nhóm",
                           "the field {} is missing: give all fields of the group",
                           view->field->name);
    }
    values.insert(*given);
  }
  if (form.values.size() != fields.size() || !form.sets.empty()) {
    return call.out.Fail(ErrorCode::kInvalid, "có mục không thuộc xung đột này",
                         "a field is given that is no part of this conflict");
  }
  return values;
}

Result<Saved> SettleFields(Call& call, const RecordView& record,
                           const std::vector<const FieldView*>& fields,
                           const std::map<std::uint32_t, Value>& values) {
  if (fields.empty() || !fields[0]->conflict) {
    return call.out.Fail(ErrorCode::kNotFound, "mục này của {} không còn xung đột",
                         "this field of {} is not in conflict any more", ShortId(record.id));
  }
  RecordForm form;
  form.type = record.type;
  form.record = record.id;
  form.values = values;
  form.parents = fields[0]->parents;
  return call.device.Save(form, call.out.language());
}

Result<Saved> SettleDeletion(Call& call, const RecordView& record, ResolveOptions::Deletion choice,
                             const std::string& reason) {
  if (!record.deletion_conflict) {
    return call.out.Fail(ErrorCode::kNotFound, "hồ sơ {} không có xung đột về việc xoá",
                         "the record {} has no conflict about its deletion", ShortId(record.id));
  }
  if (record.type->of_province) return WrittenByProvince(*record.type, call.out.language());
  if (choice == ResolveOptions::Deletion::kDelete) {
    return call.device.Delete(record.id, reason, std::nullopt);
  }
  return call.device.Undelete(record.id);
}

const FieldView* PlacesOf(const RecordView& record, std::uint32_t group) {
  const bool place = std::any_of(std::begin(kPlaces), std::end(kPlaces),
                                 [&](const auto& one) { return one.first == group; });
  const auto found = record.reserved.find(group);
  if (!place || found == record.reserved.end() || !found->second.conflict) return nullptr;
  return &found->second;
}

namespace {

constexpr int kMergesMax = 64;  // a ring of merges ends here

/// What a record is shown as part of.
RecordId Survivor(const UnitView& view, RecordId record) {
  for (int step = 0; step < kMergesMax; ++step) {
    const auto found = view.Find(record);
    if (!found || !found->merged_into) break;
    record = *found->merged_into;
  }
  return record;
}

}  // namespace

Result<Saved> SettlePlace(Call& call, const RecordView& record, std::uint32_t group,
                          const CandidateView& kept) {
  const FieldView* places = PlacesOf(record, group);
  if (places == nullptr) {
    return call.out.Fail(ErrorCode::kNotFound, "hồ sơ {} chỉ ở một nơi",
                         "the record {} stands in one place only", ShortId(record.id));
  }
  const RecordId* place = PlaceIn(kept, group);
  if (place != nullptr) {
    TRAM_ASSIGN(const RecordView there, call.device.view().Find(*place));
    if (there.deleted) {
      return call.out.Fail(ErrorCode::kInvalid, "hồ sơ {} đã bị xoá", "the record {} is deleted",
                           ShortId(*place));
    }
  }
  if (group == kFieldMergedInto) {
    return call.device.MergeInto(record.id,
                                 place == nullptr ? std::nullopt : std::optional(*place));
  }
  if (place == nullptr) {
    return call.out.Fail(ErrorCode::kInvalid, "giá trị này không phải một hồ sơ",
                         "this value is no record");
  }
  RecordForm form;
  form.type = record.type;
  form.record = record.id;
  form.parent = Survivor(call.device.view(), *place);
  form.parents = places->parents;
  return call.device.Save(form, call.out.language());
}

Status ListConflicts(Call& call) {
  Json conflicts = Json::array(), checks = Json::array();
  for (const Conflict& conflict : call.device.view().Conflicts()) {
    TRAM_ASSIGN(RecordView record, call.device.view().Find(conflict.record));
    conflicts.push_back(conflict.kind == Conflict::Kind::kDeletion
                            ? DeletionConflict(call, record)
                            : FieldConflict(call, record, conflict.group));
  }
  TRAM_TRY(ListChecks(call, checks));
  Json looked_at = LookedAtJson(call);
  call.out.Say("{} xung đột, {} hồ sơ cần xem lại", "{} conflicts, {} records to look at again",
               conflicts.size(), checks.size());
  if (!call.device.unlocked()) {
    call.out.Note("đơn vị đang khoá: chưa thấy xung đột ở các mục niêm phong",
                  "the unit is locked: conflicts in sealed fields are not seen");
  }
  call.out.document() = {{"conflicts", std::move(conflicts)},
                         {"checks", std::move(checks)},
                         {"looked_at", std::move(looked_at)}};
  return {};
}

namespace {

/// What a check found: right as it is, or to be looked at again.
Status ResolveFinding(Call& call, const RecordId& record, const ResolveOptions& options) {
  Saved saved;
  if (options.finding == ResolveOptions::Finding::kReopen) {
    TRAM_ASSIGN(saved, ReopenFinding(call, options.field, record));
  } else {
    const Check* check = CheckNamed(call.device.programme(), options.field);
    if (check == nullptr) {
      return call.out.Fail(ErrorCode::kNotFound, "không có mục kiểm tra '{}'",
                           "there is no check '{}'", options.field);
    }
    TRAM_ASSIGN(saved, SettleFinding(call, *check, record, options.reason));
  }
  TRAM_ASSIGN(const auto left, call.device.view().Checks(call.Today()));
  call.out.document() = {{"id", record.Hex()},
                         {"op", saved.op.Hex()},
                         {"changed", saved.changed},
                         {"checks_left", left.size()}};
  call.out.Say("đã ghi; còn {} hồ sơ cần xem lại", "written; {} records to look at again",
               left.size());
  return {};
}

/// Settles the conflict of a field, a group or a place that the options name.
Result<Saved> SettleNamed(Call& call, const RecordView& record, const ResolveOptions& options) {
  for (const auto& [group, name] : kPlaces) {
    const FieldView* places = options.field == name ? PlacesOf(record, group) : nullptr;
    if (places == nullptr) continue;
    const std::size_t count = places->candidates.size();
    if (!options.keep || *options.keep < 1 || *options.keep > count) {
      return call.out.Fail(ErrorCode::kInvalid, "hãy chọn bằng --keep, từ 1 đến {}",
                           "choose with --keep, from 1 to {}", count);
    }
    return SettlePlace(call, record, group, places->candidates[*options.keep - 1]);
  }
  TRAM_ASSIGN(auto fields, FindGroup(call, record, options.field));
  if (fields.empty() || !fields[0]->conflict) {
    return call.out.Fail(ErrorCode::kNotFound, "mục {} của {} không có xung đột",
                         "{} of {} is not in conflict", options.field, ShortId(record.id));
  }
  std::map<std::uint32_t, Value> values;
  if (options.keep) {
    TRAM_ASSIGN(values, ChosenCandidate(call, fields, *options.keep));
  } else {
    TRAM_ASSIGN(values, TypedValues(call, record, fields, options.values));
  }
  return SettleFields(call, record, fields, values);
}

}  // namespace

Status ResolveConflict(Call& call, const ResolveOptions& options) {
  TRAM_ASSIGN(RecordId id, FindRecord(call, options.id));
  TRAM_ASSIGN(RecordView record, call.device.view().Find(id));
  if (options.finding != ResolveOptions::Finding::kNone) return ResolveFinding(call, id, options);
  Saved saved;
  if (options.deletion != ResolveOptions::Deletion::kNone) {
    TRAM_ASSIGN(saved, SettleDeletion(call, record, options.deletion, options.reason));
  } else {
    TRAM_ASSIGN(saved, SettleNamed(call, record, options));
  }
  call.out.document() = {{"id", id.Hex()},
                         {"op", saved.op.Hex()},
                         {"changed", saved.changed},
                         {"conflicts_left", call.device.view().Conflicts().size()}};
  call.out.Say("đã giải quyết; còn {} xung đột", "settled; {} conflicts left",
               call.device.view().Conflicts().size());
  return {};
}

}  // namespace tram::client
