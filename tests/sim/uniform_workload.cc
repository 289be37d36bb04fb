// The workload that does everything which the programme allows equally often: uniform among what
// there is to do, then among types, records, fields and values. The hot workload finds what needs
// many meetings on one field; this one what nobody thought of.
#include <algorithm>

#include "tests/sim/sim_programme.h"
#include "tests/sim/sim_values.h"
#include "tests/sim/workload.h"

namespace tram::sim {
namespace {

constexpr std::size_t kFormsMax = 6;
constexpr std::size_t kImportKeys = 5;

std::string TextOf(const Value& value) { return IsNull(value) ? "" : ValueText(value); }

const FieldView* FieldIn(const RecordView& record, std::uint32_t number) {
  for (const FieldView& field : record.fields) {
    if (field.field->number == number) return &field;
  }
  return nullptr;
}

void Add(std::vector<OpId>& parents, const std::vector<OpId>& more) {
  parents.insert(parents.end(), more.begin(), more.end());
  std::sort(parents.begin(), parents.end());
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
}

/// One act at one device.
class Person {
 public:
  Person(UnitDevice& device, Desk& desk, SimRandom& random, Witness& witness)
      : device_(device),
        view_(device.view()),
        desk_(desk),
        random_(random),
        witness_(witness),
        version_(static_cast<int>(device.programme().version)),
        typist_{random, LocalDate(device.time().Estimate().ms), random.Chance(10)} {
    for (EntryNumber n = 1; n <= device.log().committed(); ++n) {
      held_.insert(device.log().entry(n).op);
    }
  }

  Status Act() {
    if (!desk_.empty() && random_.Chance(45)) {
      const std::size_t at = random_.Below(desk_.size());
      OpenForm form = std::move(desk_[at]);
      desk_.erase(desk_.begin() + static_cast<std::ptrdiff_t>(at));
      return random_.Chance(10) ? Status() : Submit(std::move(form));
    }
    switch (random_.Below(12)) {
      case 0:
        return Create();
      case 1:
        return EditSome(1);
      case 2:
        return EditSome(2 + random_.Below(3));
      case 3:
        return EditSome(100);
      case 4:
        return EditSets();
      case 5:
        return EditPartOfAGroup();
      case 6:
        return SaveUnchanged();
      case 7:
        return Delete();
      case 8:
        return Undelete();
      case 9:
        return Merge();
      case 10:
        return ResolveOne();
      default:
        return ChangeAuthor();
    }
  }

 private:
  // ---- What is there ----

  const RecordType& AnyType() {
    const auto& types = SimProgramme(version_)->records;
    return types[random_.Below(types.size())];
  }

  /// Deleted and merged ones among them.
  std::vector<RecordId> AllOf(const std::string& type) const {
    std::vector<RecordId> ids;
    for (const RecordId& id : view_.ByPrefix("")) {
      if (view_.Find(id)->type->name == type) ids.push_back(id);
    }
    return ids;
  }

  std::optional<RecordView> AnyRecord() {
    const std::vector<RecordId> ids = AllOf(AnyType().name);
    if (ids.empty()) return std::nullopt;
    return *view_.Find(ids[random_.Below(ids.size())]);
  }

  Value AnyValueOf(const Field& field) {
    return AnyValue(*SimProgramme(version_), field,
                    typist_.careless ? view_.ByPrefix("") : AllOf(field.refers_to), typist_);
  }

  OpenForm FormOf(const RecordView& record, OpenForm::Kind kind = OpenForm::Kind::kSave) const {
    OpenForm form;
    form.kind = kind;
    form.form.type = SimProgramme(version_)->ByNumber(record.type->number);
    form.form.record = record.id;
    form.screen = witness_.ScreenOf(record.id, held_, version_);
    // Where the person's key has not come yet, the screen is empty there, too.
    form.screen.sealed_unread |= record.sealed_unread;
    return form;
  }

  // ---- What can be done ----

  Status LeaveOpenOrSubmit(OpenForm form) {
    if (random_.Chance(50)) return Submit(std::move(form));
    if (desk_.size() == kFormsMax) desk_.erase(desk_.begin());
    desk_.push_back(std::move(form));
    return {};
  }

  Status Create() {
    const RecordType& type = AnyType();
    OpenForm form;
    form.form.type = &type;
    if (!type.parent.empty()) {
      const std::vector<RecordId> above = AllOf(type.parent);
      if (above.empty()) return {};
      form.form.parent = above[random_.Below(above.size())];
    }
    for (const Field& field : type.fields) {
      if (!random_.Chance(60)) continue;
      if (field.type == FieldType::kSet) {
        form.form.sets[field.number] = AnyElements(*SimProgramme(version_), field, typist_);
      } else {
        form.form.values[field.number] = AnyValueOf(field);
      }
    }
    if (random_.Chance(20)) {
      form.form.import_key = "khóa " + std::to_string(random_.Below(kImportKeys));
    }
    return LeaveOpenOrSubmit(std::move(form));
  }

  /// Now and then it says why.
  OpenForm CorrectionOf(const RecordView& record) {
    OpenForm form = FormOf(record);
    if (random_.Chance(30)) form.form.reason = AnyText(200, random_);
    return form;
  }

  /// Of each group that is met, all fields.
  Status EditSome(std::size_t fields_max) {
    const auto record = AnyRecord();
    if (!record) return {};
    OpenForm form = CorrectionOf(*record);
    form.form.parents.emplace();
    std::vector<const FieldView*> fields;
    for (const FieldView& field : record->fields) fields.push_back(&field);
    while (fields.size() > fields_max) {
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(random_.Below(fields.size())));
    }
    for (const FieldView* field : fields) {
      if (field->field->type == FieldType::kSet) {
        PutSet(form, *field);
      } else {
        PutGroup(form, *record, field->field->group);
      }
    }
    return LeaveOpenOrSubmit(std::move(form));
  }

  void PutGroup(OpenForm& form, const RecordView& record, std::uint32_t group) {
    for (const FieldView& field : record.fields) {
      if (field.field->group != group || field.field->type == FieldType::kSet) continue;
      form.form.values[field.field->number] = AnyValueOf(*field.field);
      Add(*form.form.parents, field.parents);
    }
  }

  void PutSet(OpenForm& form, const FieldView& field) {
    const std::uint32_t number = field.field->number;
    std::vector<std::uint32_t> elements =
        random_.Chance(20) ? std::vector<std::uint32_t>()
                           : AnyElements(*SimProgramme(version_), *field.field, typist_);
    // Nobody changed anything: the form would not carry the set. A code that it cannot name stands
    // on no form.
    std::sort(elements.begin(), elements.end());
    std::vector<std::uint32_t> named;
    for (const CodeValue& code : CodesOf(form.form.type->name, number)) {
      if (std::ranges::find(field.elements, code.number) != field.elements.end()) {
        named.push_back(code.number);
      }
    }
    std::sort(named.begin(), named.end());
    if (elements == named) return;
    form.form.sets[number] = std::move(elements);
    form.form.sets_before[number] = field.elements;
    Add(*form.form.parents, field.parents);
  }

  Status EditSets() {
    const auto record = AnyRecord();
    if (!record) return {};
    OpenForm form = CorrectionOf(*record);
    form.form.parents.emplace();
    for (const FieldView& field : record->fields) {
      if (field.field->type == FieldType::kSet) PutSet(form, field);
    }
    return form.form.sets.empty() ? Status() : LeaveOpenOrSubmit(std::move(form));
  }

  /// The rest of the group is what is there, if that is still what the form was drawn from.
  Status EditPartOfAGroup() {
    const auto record = AnyRecord();
    if (!record) return {};
    OpenForm form = CorrectionOf(*record);
    form.form.parents.emplace();
    std::vector<const FieldView*> grouped;
    for (const FieldView& field : record->fields) {
      if (!field.field->group_name.empty()) grouped.push_back(&field);
    }
    if (grouped.empty()) return {};
    const FieldView& field = *grouped[random_.Below(grouped.size())];
    form.form.values[field.field->number] = AnyValueOf(*field.field);
    Add(*form.form.parents, field.parents);
    return LeaveOpenOrSubmit(std::move(form));
  }

  Status SaveUnchanged() {
    const auto record = AnyRecord();
    if (!record) return {};
    OpenForm form = CorrectionOf(*record);
    const bool drawn = random_.Chance(50);  // else nothing differs and nothing is written
    if (drawn) form.form.parents.emplace();
    for (const FieldView& field : record->fields) {
      if (field.field->type == FieldType::kSet) {
        if (!drawn) form.form.sets[field.field->number] = field.elements;
      } else {
        form.form.values[field.field->number] = field.value;
        if (drawn) Add(*form.form.parents, field.parents);
      }
    }
    return drawn ? LeaveOpenOrSubmit(std::move(form)) : Submit(std::move(form));
  }

  Status Delete() {
    const auto record = AnyRecord();
    if (!record) return {};
    OpenForm form = FormOf(*record, OpenForm::Kind::kDelete);
    form.form.parents = record->deletion_parents;
    const std::string reason = random_.Chance(30) ? "" : AnyText(200, random_);
    if (!reason.empty()) form.form.values[kFieldReason] = reason;
    return LeaveOpenOrSubmit(std::move(form));
  }

  Status Undelete() {
    const auto record = AnyRecord();
    if (!record) return {};
    return Submit(FormOf(*record, OpenForm::Kind::kUndelete));
  }

  Status Merge() {
    const auto record = AnyRecord();
    if (!record) return {};
    if (random_.Chance(40)) return Submit(FormOf(*record, OpenForm::Kind::kUnmerge));
    OpenForm form = FormOf(*record, OpenForm::Kind::kMerge);
    const std::vector<RecordId> all = AllOf(record->type->name);
    form.target = all[random_.Below(all.size())];
    return Submit(std::move(form));
  }

  Status ResolveOne() {
    const std::vector<Conflict> conflicts = view_.Conflicts();
    if (conflicts.empty()) return {};
    const Conflict& conflict = conflicts[random_.Below(conflicts.size())];
    const RecordView record = *view_.Find(conflict.record);
    if (conflict.kind == Conflict::Kind::kDeletion) {
      OpenForm form =
          FormOf(record, random_.Chance(50) ? OpenForm::Kind::kDelete : OpenForm::Kind::kUndelete);
      form.form.parents = record.deletion_parents;
      return Submit(std::move(form));
    }
    if (conflict.group == kFieldMergedInto) {
      OpenForm form = FormOf(record, OpenForm::Kind::kMerge);
      form.target = record.merged_into;
      return Submit(std::move(form));
    }
    OpenForm form = FormOf(record);
    const bool third = random_.Chance(40);
    for (const FieldView& field : record.fields) {
      if (field.field->group != conflict.group || field.field->type == FieldType::kSet) continue;
      const CandidateView& candidate = field.candidates[random_.Below(field.candidates.size())];
      const auto chosen = candidate.values.find(field.field->number);
      form.form.values[field.field->number] = third ? AnyValueOf(*field.field)
                                              : chosen == candidate.values.end() ? Value()
                                                                                 : chosen->second;
    }
    if (form.form.values.empty()) {
      witness_.Report("a conflict of group " + std::to_string(conflict.group) +
                      " is listed that nobody can resolve");
      return {};
    }
    return Tell(form, Report(form),
                [&] { return device_.Resolve(record.id, conflict.group, form.form.values); });
  }

  Status ChangeAuthor() {
    const std::vector<RecordId> workers = AllOf("worker");
    if (workers.empty() || random_.Chance(20)) return device_.SetAuthor(std::nullopt);
    return device_.SetAuthor(workers[random_.Below(workers.size())]);
  }

  // ---- Saving, and what is told to the witness ----

  Status Submit(OpenForm form) {
    form.form.type = device_.programme().ByNumber(form.form.type->number);
    if (form.form.type == nullptr) return {};  // opened under a later programme
    if (form.kind == OpenForm::Kind::kSave && !form.form.record) return SubmitNew(form);
    const RecordId record = *form.form.record;
    const auto now = view_.Find(record);
    if (!now) return {};
    if (form.kind != OpenForm::Kind::kSave && form.kind != OpenForm::Kind::kDelete) {
      form.screen = FormOf(*now).screen;  // a press of a button, not a form
    }
    Written written = Report(form);
    switch (form.kind) {
      case OpenForm::Kind::kSave:
        return Tell(form, std::move(written), [&] { return device_.Save(form.form); });
      case OpenForm::Kind::kDelete: {
        written.groups = {{kFieldDeleted, {{kFieldDeleted, "yes"}}}};
        std::string reason;
        if (const auto given = form.form.values.find(kFieldReason);
            given != form.form.values.end()) {
          reason = TextOf(given->second);
          written.groups[kFieldReason][kFieldReason] = reason;
        }
        if (now->deleted) written.groups.clear();
        return Tell(form, std::move(written),
                    [&] { return device_.Delete(record, reason, form.form.parents); });
      }
      case OpenForm::Kind::kUndelete:
        written.groups = {{kFieldDeleted, {{kFieldDeleted, "no"}}}};
        if (!now->deleted && !now->deletion_conflict) written.groups.clear();
        return Tell(form, std::move(written), [&] { return device_.Undelete(record); });
      case OpenForm::Kind::kMerge:
      case OpenForm::Kind::kUnmerge:
        written.groups = {
            {kFieldMergedInto, {{kFieldMergedInto, form.target ? form.target->Hex() : ""}}}};
        return Tell(form, std::move(written),
                    [&] { return device_.MergeInto(record, form.target); });
    }
    return {};
  }

  Written Report(const OpenForm& form) {
    Written written;
    written.record = form.form.record;
    written.type = form.form.type->name;
    written.screen = form.screen;
    written.programme = version_;
    if (!form.form.record || form.kind != OpenForm::Kind::kSave) return written;
    const RecordView now = *view_.Find(*form.form.record);
    for (const auto& [number, value] : form.form.values) ReportGroup(form, now, number, written);
    for (const auto& [number, elements] : form.form.sets) {
      ReportSet(number, {elements.begin(), elements.end()}, written);
    }
    // A reason alone changes nothing.
    const bool corrects =
        !written.groups.empty() || !written.added.empty() || !written.removed.empty();
    if (corrects && !form.form.reason.empty()) {
      written.groups[kFieldReason][kFieldReason] = form.form.reason;
    }
    return written;
  }

  // The whole group is written where one of its fields is; without parents only where one differs.
  void ReportGroup(const OpenForm& form, const RecordView& now, std::uint32_t number,
                   Written& written) {
    const std::uint32_t group = FieldIn(now, number)->field->group;
    std::map<std::uint32_t, std::string> values;
    bool differs = form.form.parents.has_value();
    for (const FieldView& field : now.fields) {
      if (field.field->group != group || field.field->type == FieldType::kSet) continue;
      const auto given = form.form.values.find(field.field->number);
      const bool changed = given != form.form.values.end();
      const std::string text = TextOf(changed ? given->second : field.value);
      differs |= changed && (field.conflict || text != TextOf(field.value));
      values[field.field->number] = text;
    }
    if (differs) written.groups[group] = std::move(values);
  }

  // What the person changed is told by what stood on his screen, by the witness's record.
  void ReportSet(std::uint32_t set, const std::set<std::uint32_t>& wanted, Written& written) {
    for (const CodeValue& code : CodesOf(written.type, set)) {
      const bool shown = !written.screen.sealed_unread || !IsSealedField(written.type, set);
      const bool was = shown && !witness_.LiveAdds(written.screen.shown, set, code.number).empty();
      if (wanted.contains(code.number) && !was) written.added[set].insert(code.number);
      if (!wanted.contains(code.number) && was) written.removed[set].insert(code.number);
    }
  }

  /// Of this device's programme: an element that it cannot name stays in the set.
  const std::vector<CodeValue>& CodesOf(const std::string& type, std::uint32_t set) const {
    const Programme& programme = device_.programme();
    return programme.Codes(programme.ByName(type)->ByNumber(set)->codes)->values;
  }

  Status SubmitNew(const OpenForm& form) {
    Written written = Report(form);
    if (form.form.parent) {
      written.groups[kFieldParent][kFieldParent] = form.form.parent->Hex();
    }
    if (form.form.import_key) {
      written.groups[kFieldImportKey][kFieldImportKey] = *form.form.import_key;
    }
    for (const Field& field : form.form.type->fields) {
      if (field.type == FieldType::kSet) continue;
      auto& values = written.groups[field.group];
      const auto given = form.form.values.find(field.number);
      values[field.number] = given != form.form.values.end() ? TextOf(given->second)
                             : field.default_value.empty()   ? ""
                                                             : IsoDate(typist_.today);
    }
    // A new record has no use for groups of nothing.
    std::erase_if(written.groups, [](const auto& group) {
      return std::all_of(group.second.begin(), group.second.end(),
                         [](const auto& value) { return value.second.empty(); });
    });
    for (const auto& [number, elements] : form.form.sets) {
      if (!elements.empty()) written.added[number] = {elements.begin(), elements.end()};
    }
    return Tell(form, std::move(written), [&] { return device_.Save(form.form); });
  }

  /// Whether a form leaves out fields of a group that somebody has changed since it was opened.
  bool IsStale(const OpenForm& form) const {
    if (form.kind != OpenForm::Kind::kSave || !form.form.record || !form.form.parents) return false;
    const RecordView now = *view_.Find(*form.form.record);
    return std::any_of(now.fields.begin(), now.fields.end(), [&](const FieldView& field) {
      const bool touched =
          std::any_of(form.form.values.begin(), form.form.values.end(), [&](const auto& value) {
            return FieldIn(now, value.first)->field->group == field.field->group;
          });
      return field.field->type != FieldType::kSet && touched &&
             !form.form.values.contains(field.field->number) &&
             !std::includes(form.form.parents->begin(), form.form.parents->end(),
                            field.parents.begin(), field.parents.end());
    });
  }

  template <class Save>
  Status Tell(const OpenForm& form, Written written, const Save& save) {
    const bool stale = IsStale(form);
    const bool creates = !written.record;
    const bool wants =
        creates || !written.groups.empty() || !written.added.empty() || !written.removed.empty();
    const std::string what = written.type;
    witness_.Attempt(device_.device(), std::move(written));
    Result<Saved> saved = save();
    if (!saved) {
      if (saved.error().code == ErrorCode::kIo) return saved.error();
      witness_.Withdraw(device_.device());
      return {};
    }
    if (saved->changed != wants) {
      witness_.Report(std::string("a save of ") + what + (wants ? " wrote nothing" : " wrote"));
    }
    if (saved->changed && stale) witness_.Report("a stale form of " + what + " was taken");
    if (!saved->changed) {
      witness_.Withdraw(device_.device());
      return {};
    }
    const Op op = device_.log().ReadOp(*device_.log().FindOp(saved->op));
    witness_.Acknowledge(device_.device(), saved->op, op.parents);
    return {};
  }

  UnitDevice& device_;
  UnitView& view_;
  Desk& desk_;
  SimRandom& random_;
  Witness& witness_;
  const int version_;
  const Typist typist_;
  std::set<OpId> held_;
};

class Uniform : public Workload {
 public:
  Status Act(UnitDevice& device, Desk& desk, SimRandom& random, Witness& witness) override {
    return Person(device, desk, random, witness).Act();
  }
};

}  // namespace

std::unique_ptr<Workload> UniformWorkload() { return std::make_unique<Uniform>(); }

}  // namespace tram::sim
