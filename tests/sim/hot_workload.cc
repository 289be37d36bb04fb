// The workload that comes back to the same few records and fields: forms left open while others
// change what is on them, both sides of a conflict settled at once, deletions against edits, marks
// set and taken away.
#include <algorithm>

#include "tests/sim/sim_programme.h"
#include "tests/sim/workload.h"

namespace tram::sim {
namespace {

constexpr std::size_t kHotRecords = 4;  // most work is on the first few of all
constexpr std::size_t kPersonsMost = 6;
constexpr std::size_t kOpenFormsMost = 3;
constexpr int kAnyRecordPercent = 15;

std::string TextOf(const Value& value) { return IsNull(value) ? "" : ValueText(value); }

std::set<OpId> HeldBy(UnitDevice& device) {
  std::set<OpId> held;
  for (EntryNumber n = 1; n <= device.log().committed(); ++n) {
    held.insert(device.log().entry(n).op);
  }
  return held;
}

/// One turn of a person at one device.
class HotTurn {
 public:
  HotTurn(UnitDevice& device, Desk& desk, SimRandom& random, Witness& witness)
      : device_(device), desk_(desk), random_(random), witness_(witness) {}

  Status Run() {
    if (!desk_.empty() && (desk_.size() >= kOpenFormsMost || random_.Chance(50))) {
      const std::size_t index = random_.Below(desk_.size());
      OpenForm form = std::move(desk_[index]);
      desk_.erase(desk_.begin() + static_cast<std::ptrdiff_t>(index));
      return random_.Chance(8) ? Status() : Submit(form);
    }
    std::optional<OpenForm> form = Open();
    if (!form) return {};
    if (random_.Chance(35)) {
      desk_.push_back(std::move(*form));
      return {};
    }
    return Submit(*form);
  }

 private:
  int programme() const { return static_cast<int>(device_.programme().version); }
  Screen ScreenOf(const RecordId& record) const {
    return witness_.ScreenOf(record, HeldBy(device_), programme());
  }

  /// Records that are wholly read here; the deleted and merged ones too, which a person finds in
  /// the list of what can be brought back.
  std::vector<RecordView> Readable() const {
    std::vector<RecordView> records;
    for (const RecordId& id : device_.view().ByPrefix("")) {
      auto record = device_.view().Find(id);
      if (record && !record->sealed_unread) records.push_back(std::move(*record));
    }
    return records;
  }

  std::optional<OpenForm> Open() {
    std::vector<RecordView> records = Readable();
    const auto persons = static_cast<std::size_t>(std::count_if(
        records.begin(), records.end(), [](const RecordView& r) { return r.type->person; }));
    if (persons == 0 || (persons < kPersonsMost && random_.Chance(10))) {
      return Creation(*device_.programme().ByNumber(kClient), std::nullopt);
    }
    const std::size_t bound =
        random_.Chance(kAnyRecordPercent) ? records.size() : std::min(records.size(), kHotRecords);
    const RecordView& record = records[random_.Below(bound)];
    const std::size_t what = random_.Below(100);
    if (what < 10) {
      if (const RecordType* child = ChildOf(*record.type)) return Creation(*child, record.id);
    }
    if (record.deleted || record.deletion_conflict) {
      if (what < 45) return Plain(OpenForm::Kind::kUndelete, record);
    }
    if (what < 25 && !record.deleted) return Deletion(record);
    if (record.type->person && what < 33) return Merging(record, records);
    return Edit(record);
  }

  /// Nothing where no type stands below this one.
  const RecordType* ChildOf(const RecordType& type) {
    std::vector<const RecordType*> children;
    for (const RecordType& other : device_.programme().records) {
      if (other.parent == type.name) children.push_back(&other);
    }
    return children.empty() ? nullptr : children[random_.Below(children.size())];
  }

  OpenForm Plain(OpenForm::Kind kind, const RecordView& record) {
    OpenForm form;
    form.kind = kind;
    form.form.type = record.type;
    form.form.record = record.id;
    return form;
  }

  OpenForm Creation(const RecordType& type, const std::optional<RecordId>& parent) {
    OpenForm form;
    form.form.type = &type;
    form.form.parent = parent;
    for (const Field& field : type.fields) {
      if (field.type == FieldType::kSet) {
        if (auto elements = SomeElements(field); !elements.empty()) {
          form.form.sets[field.number] = elements;
        }
      } else if (field.required || !field.default_value.empty() || random_.Chance(60)) {
        form.form.values[field.number] = SomeValue(field);
      }
    }
    return form;
  }

  OpenForm Deletion(const RecordView& record) {
    OpenForm form = Plain(OpenForm::Kind::kDelete, record);
    form.form.parents = record.deletion_parents;
    form.screen = ScreenOf(record.id);
    return form;
  }

  OpenForm Merging(const RecordView& record, const std::vector<RecordView>& records) {
    if (record.merged_into && random_.Chance(50)) return Plain(OpenForm::Kind::kUnmerge, record);
    OpenForm form = Plain(OpenForm::Kind::kMerge, record);
    const RecordView& into = records[random_.Below(records.size())];
    if (into.type == record.type && into.id != record.id) form.target = into.id;
    return form;
  }

  // A conflict where there is one, else one of the first fields; at times two fields at once.
  OpenForm Edit(const RecordView& record) {
    OpenForm form = Plain(OpenForm::Kind::kSave, record);
    form.form.parents.emplace();
    std::vector<const FieldView*> conflicts;
    for (const FieldView& field : record.fields) {
      if (field.conflict) conflicts.push_back(&field);
    }
    if (!conflicts.empty() && random_.Chance(60)) {
      AddField(record, *conflicts[random_.Below(conflicts.size())], form.form);
    } else {
      AddField(record, record.fields[HotField(record.fields.size())], form.form);
    }
    if (random_.Chance(20)) form.form.reason = "lý do " + std::to_string(random_.Below(4));
    if (random_.Chance(25)) {
      AddField(record, record.fields[HotField(record.fields.size())], form.form);
    }
    form.screen = ScreenOf(record.id);
    return form;
  }

  std::size_t HotField(std::size_t count) {
    return std::min(random_.Below(count), random_.Below(count));
  }

  /// With all fields of its group: they conflict together.
  void AddField(const RecordView& record, const FieldView& field, RecordForm& form) {
    auto& parents = *form.parents;
    if (field.field->type == FieldType::kSet) {
      std::vector<std::uint32_t> elements = Toggled(field);
      if (elements == field.elements) return;
      form.sets[field.field->number] = std::move(elements);
      form.sets_before[field.field->number] = field.elements;
      parents.insert(parents.end(), field.parents.begin(), field.parents.end());
      return;
    }
    for (const FieldView& other : record.fields) {
      if (other.field->group != field.field->group || other.field->type == FieldType::kSet)
        continue;
      form.values[other.field->number] = &other == &field ? SomeValue(*other.field) : other.value;
      parents.insert(parents.end(), other.parents.begin(), other.parents.end());
    }
  }

  std::vector<std::uint32_t> Toggled(const FieldView& field) {
    std::set<std::uint32_t> elements(field.elements.begin(), field.elements.end());
    const CodeList& codes = *device_.programme().Codes(field.field->codes);
    for (std::size_t i = 0; i <= random_.Below(2); ++i) {
      const std::uint32_t code = codes.values[random_.Below(codes.values.size())].number;
      if (elements.erase(code) == 0) elements.insert(code);
    }
    if (random_.Chance(10)) elements.clear();
    return {elements.begin(), elements.end()};
  }

  std::vector<std::uint32_t> SomeElements(const Field& field) {
    std::vector<std::uint32_t> elements;
    for (const CodeValue& code : device_.programme().Codes(field.codes)->values) {
      if (random_.Chance(35)) elements.push_back(code.number);
    }
    return elements;
  }

  // Few values, so that two people often choose the same.
  Value SomeValue(const Field& field) {
    if (!field.required && random_.Chance(12)) return {};
    const auto small = static_cast<std::int64_t>(random_.Below(4));
    switch (field.type) {
      case FieldType::kBool:
        return small % 2 == 0;
      case FieldType::kInt:
        return std::max(small, field.min.value_or(0));
      case FieldType::kDecimal:
        return Decimal{500 + small, field.scale};
      case FieldType::kDate:
        return Date{static_cast<std::int32_t>(15000 + small)};
      case FieldType::kCode: {
        const auto& values = device_.programme().Codes(field.codes)->values;
        return Code{values[random_.Below(values.size())].number};
      }
      case FieldType::kRef: {
        const RecordType* type = device_.programme().ByName(field.refers_to);
        auto records = device_.view().Records(*type);
        if (records.empty()) return {};
        return records[random_.Below(records.size())];
      }
      case FieldType::kText:
      case FieldType::kSet:
        break;
    }
    return "chữ " + std::to_string(small);
  }

  Status Submit(OpenForm& form) {
    switch (form.kind) {
      case OpenForm::Kind::kSave:
        return Save(form);
      case OpenForm::Kind::kDelete:
        return Try(Reserved(form, kFieldDeleted, "yes"),
                   [&] { return device_.Delete(*form.form.record, "", form.form.parents); });
      case OpenForm::Kind::kUndelete:
        form.screen = ScreenOf(*form.form.record);
        return Try(Reserved(form, kFieldDeleted, "no"),
                   [&] { return device_.Undelete(*form.form.record); });
      case OpenForm::Kind::kMerge:
      case OpenForm::Kind::kUnmerge:
        break;
    }
    if (form.kind == OpenForm::Kind::kMerge && !form.target) return {};
    form.screen = ScreenOf(*form.form.record);
    return Try(Reserved(form, kFieldMergedInto, form.target ? form.target->Hex() : ""),
               [&] { return device_.MergeInto(*form.form.record, form.target); });
  }

  Written Begun(const OpenForm& form) const {
    Written written;
    written.device = device_.device();
    written.record = form.form.record;
    written.type = form.form.type->name;
    written.screen = form.screen;
    written.programme = programme();
    return written;
  }

  Written Reserved(const OpenForm& form, std::uint32_t field, const std::string& value) const {
    Written written = Begun(form);
    written.groups[field][field] = value;
    return written;
  }

  // The programme may have changed since the form was opened: the type of its day may be gone.
  Status Save(OpenForm& form) {
    const RecordType* type = device_.programme().ByName(form.form.type->name);
    if (type == nullptr) return {};
    form.form.type = type;
    Written written = Begun(form);
    if (form.form.parent) written.groups[kFieldParent][kFieldParent] = form.form.parent->Hex();
    for (const auto& [number, value] : form.form.values) {
      const Field& field = *type->ByNumber(number);
      written.groups[field.group][number] = TextOf(value);
    }
    if (!form.form.record) DropEmptyGroups(*type, written);
    for (const auto& [number, elements] : form.form.sets) {
      const auto& before = form.form.sets_before[number];
      std::set<std::uint32_t> wanted(elements.begin(), elements.end());
      const CodeList& codes = *device_.programme().Codes(type->ByNumber(number)->codes);
      for (std::uint32_t element : before) {
        if (wanted.erase(element) > 0) continue;
        // An element that this device cannot name stays in the set.
        if (codes.ByNumber(element) != nullptr) written.removed[number].insert(element);
      }
      if (!wanted.empty()) written.added[number] = wanted;
    }
    const bool writes =
        !written.groups.empty() || !written.added.empty() || !written.removed.empty();
    if (form.form.record && writes && !form.form.reason.empty()) {
      written.groups[kFieldReason][kFieldReason] = form.form.reason;
    }
    return Try(std::move(written), [&] { return device_.Save(form.form); });
  }

  /// A new record has no nulls: a group is set where one of its fields has a value.
  static void DropEmptyGroups(const RecordType& type, Written& written) {
    std::erase_if(written.groups, [](const auto& group) {
      return std::all_of(group.second.begin(), group.second.end(),
                         [](const auto& field) { return field.second.empty(); });
    });
    for (const Field& field : type.fields) {
      auto group = written.groups.find(field.group);
      if (group != written.groups.end()) group->second.emplace(field.number, "");
    }
  }

  template <class Work>
  Status Try(Written written, Work work) {
    const DeviceId device = device_.device();
    witness_.Attempt(device, std::move(written));
    Result<Saved> saved = work();
    if (!saved) {
      if (saved.error().code == ErrorCode::kIo) return saved.error();
      witness_.Withdraw(device);
    } else if (!saved->changed) {
      witness_.Withdraw(device);
    } else {
      const EntryNumber number = *device_.log().FindOp(saved->op);
      witness_.Acknowledge(device, saved->op, device_.log().ReadOp(number).parents);
    }
    return {};
  }

  UnitDevice& device_;
  Desk& desk_;
  SimRandom& random_;
  Witness& witness_;
};

class Hot : public Workload {
 public:
  Status Act(UnitDevice& device, Desk& desk, SimRandom& random, Witness& witness) override {
    return HotTurn(device, desk, random, witness).Run();
  }
};

}  // namespace

std::unique_ptr<Workload> HotWorkload() { return std::make_unique<Hot>(); }

}  // namespace tram::sim
