#include "session/record_writer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "tram/base/limits.h"
#include "tram/base/vietnamese.h"
#include "tram/programme/province.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace {

constexpr char kParentName[] = "parent";  // in problems, as UnitView::Validate has it

const FieldView* Current(const RecordView& record, std::uint32_t number) {
  for (const FieldView& field : record.fields) {
    if (field.field->number == number) return &field;
  }
  return nullptr;
}

/// The element that an edit of a set is about; 0 where the edit sets a value.
std::uint32_t ElementOf(const Edit& edit) {
  if (const auto* add = std::get_if<AddCode>(&edit.value)) return add->number;
  if (const auto* remove = std::get_if<RemoveCode>(&edit.value)) return remove->number;
  return 0;
}

/// In the order of an op: by field, then element, whether it comes or goes.
void Sort(std::vector<Edit>& edits) {
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return std::pair(a.field, ElementOf(a)) < std::pair(b.field, ElementOf(b));
  });
}

void SortUnique(std::vector<OpId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

Error Problems(const std::vector<std::string>& problems) {
  std::string text;
  for (const std::string& problem : problems) text += (text.empty() ? "" : "\n") + problem;
  return MakeError(ErrorCode::kInvalid, text);
}

/// What the programme's own limits do not cover: a reason, an import key, parents.
Status CheckSizes(const std::vector<Edit>& edits, const std::vector<OpId>& parents) {
  for (const Edit& edit : edits) {
    const auto* text = std::get_if<std::string>(&edit.value);
    if (text == nullptr || text->size() <= kTextBytesMax) continue;
    return MakeError(ErrorCode::kInvalid, "a text of " + std::to_string(text->size()) +
                                              " bytes is too long; at most " +
                                              std::to_string(kTextBytesMax) + " are kept");
  }
  if (parents.size() <= kParentsMax) return {};
  return MakeError(ErrorCode::kInvalid,
                   "more than " + std::to_string(kParentsMax) + " parents; open the form again");
}

/// Texts are kept in one form, whatever keyboard they come from. What is no text stays as it is:
/// the programme's limits refuse it.
void ToNormalForm(std::string& text) {
  if (auto normal = Nfc(text)) text = std::move(*normal);
}

/// The field's name in "name: what is wrong".
std::string FieldOf(const std::string& problem) { return problem.substr(0, problem.find(':')); }

}  // namespace

Status RecordWriter::CheckParent(const RecordForm& form) const {
  if (form.type->parent.empty()) {
    if (!form.parent) return {};
    return MakeError(ErrorCode::kInvalid, form.type->name + " has no parent; leave parent out");
  }
  if (!form.parent) {
    return MakeError(ErrorCode::kInvalid, form.type->name + " belongs to a record of type " +
                                              form.type->parent + "; give parent=ID");
  }
  TRAM_ASSIGN(RecordView parent, state_.view->Find(*form.parent));
  if (parent.type->name != form.type->parent) {
    return MakeError(ErrorCode::kInvalid, "the parent of " + form.type->name + " must be of type " +
                                              form.type->parent + ", not " + parent.type->name);
  }
  return {};
}

Result<Saved> RecordWriter::Create(const RecordForm& form) {
  if (form.type->of_province) return WrittenByProvince(*form.type, language_);
  TRAM_TRY(CheckParent(form));
  RecordForm whole = form;
  const Date today = LocalDate(state_.time.Estimate().ms);
  TRAM_ASSIGN(auto defaults, state_.view->Defaults(*form.type, form.parent, today));
  for (auto& [field, value] : defaults) whole.values.emplace(field, value);
  TRAM_ASSIGN(auto problems, state_.view->Validate(*form.type, whole.values, whole.sets,
                                                   form.parent, language_, std::nullopt, today));
  if (!problems.empty()) return Problems(problems);

  Change change;
  if (form.parent) change.clear.push_back({kFieldParent, *form.parent});
  if (form.import_key) change.sealed.push_back({kFieldImportKey, *form.import_key});
  for (const Field& field : form.type->fields) {
    auto& edits = field.clear ? change.clear : change.sealed;
    if (auto value = whole.values.find(field.number); value != whole.values.end()) {
      if (!IsNull(value->second)) edits.push_back({field.number, value->second});
    }
    if (auto set = whole.sets.find(field.number); set != whole.sets.end()) {
      for (std::uint32_t element :
           std::set<std::uint32_t>(set->second.begin(), set->second.end())) {
        edits.push_back({field.number, AddCode{element}});
      }
    }
  }
  std::optional<RecordId> root;
  std::optional<Seed> seed;
  if (form.type->person) {
    seed = state_.random.NewId<Seed>();
  } else if (form.parent) {
    TRAM_ASSIGN(root, state_.view->RootOf(*form.parent));
  }
  return Write(*form.type, std::nullopt, root, seed, std::move(change));
}

// Fields of one group conflict together: all of them are written where one is.
Status RecordWriter::AddGroup(const RecordForm& form, const RecordView& record, std::uint32_t group,
                              Change& change) const {
  std::vector<const FieldView*> fields;
  bool differs = false;
  for (const FieldView& field : record.fields) {
    if (field.field->group != group || field.field->type == FieldType::kSet) continue;
    fields.push_back(&field);
    auto given = form.values.find(field.field->number);
    differs |= given != form.values.end() && (field.conflict || given->second != field.value);
  }
  if (!differs && !form.parents) return {};
  for (const FieldView* field : fields) {
    auto given = form.values.find(field->field->number);
    bool stale = form.parents && !std::includes(form.parents->begin(), form.parents->end(),
                                                field->parents.begin(), field->parents.end());
    if (given == form.values.end() && stale) {
      return MakeError(ErrorCode::kInvalid,
                       field->field->name +
                           ": changed since the form was opened; give all fields "
                           "of the group " +
                           field->field->group_name);
    }
    const Value& value = given == form.values.end() ? field->value : given->second;
    (field->field->clear ? change.clear : change.sealed).push_back({field->field->number, value});
    change.names.insert(field->field->name);
    change.parents.insert(change.parents.end(), field->parents.begin(), field->parents.end());
  }
  return {};
}

void RecordWriter::AddSet(const RecordForm& form, const FieldView& current, Change& change) const {
  const auto& wanted_list = form.sets.at(current.field->number);
  std::set<std::uint32_t> wanted(wanted_list.begin(), wanted_list.end());
  const auto drawn = form.sets_before.find(current.field->number);
  const auto& before = drawn == form.sets_before.end() ? current.elements : drawn->second;
  std::set<std::uint32_t> present(before.begin(), before.end());
  auto& edits = current.field->clear ? change.clear : change.sealed;
  // A code of a newer programme cannot be named here: leaving it out does not mean to remove it.
  const CodeList* codes = state_.programme->Codes(current.field->codes);
  auto can_be_named = [&](std::uint32_t element) {
    return codes != nullptr && codes->ByNumber(element) != nullptr;
  };
  const std::size_t edits_before = edits.size();
  for (std::uint32_t element : wanted) {
    if (present.count(element) == 0) edits.push_back({current.field->number, AddCode{element}});
  }
  for (std::uint32_t element : present) {
    if (wanted.count(element) > 0 || !can_be_named(element)) continue;
    edits.push_back({current.field->number, RemoveCode{element}});
  }
  if (edits.size() == edits_before) return;
  change.names.insert(current.field->name);
  change.parents.insert(change.parents.end(), current.parents.begin(), current.parents.end());
}

// It stays sealed under the person below whom it was created.
Status RecordWriter::AddMove(const RecordForm& form, const RecordView& record,
                             Change& change) const {
  TRAM_TRY(CheckParent(form));
  const auto now = record.reserved.find(kFieldParent);
  if (now == record.reserved.end()) {
    return MakeError(ErrorCode::kInvalid, record.type->name + " has no parent; leave parent out");
  }
  const FieldView& places = now->second;
  if (!places.conflict && places.value == Value(*form.parent)) return {};
  change.clear.push_back({kFieldParent, *form.parent});
  change.names.insert(kParentName);
  change.parents.insert(change.parents.end(), places.parents.begin(), places.parents.end());
  return {};
}

Result<RecordWriter::Change> RecordWriter::ChangeOf(const RecordForm& form,
                                                    const RecordView& record) const {
  Change change;
  std::set<std::uint32_t> groups;
  for (const auto& [number, value] : form.values) {
    const FieldView* current = Current(record, number);
    if (current == nullptr || current->field->type == FieldType::kSet) {
      return MakeError(ErrorCode::kInvalid, "there is no such field in " + record.type->name);
    }
    groups.insert(current->field->group);
  }
  for (std::uint32_t group : groups) TRAM_TRY(AddGroup(form, record, group, change));
  for (const auto& [number, elements] : form.sets) {
    const FieldView* current = Current(record, number);
    if (current == nullptr || current->field->type != FieldType::kSet) {
      return MakeError(ErrorCode::kInvalid, "there is no such set in " + record.type->name);
    }
    AddSet(form, *current, change);
  }
  if (form.parent) TRAM_TRY(AddMove(form, record, change));
  if (form.parents) change.parents = *form.parents;
  return change;
}

// Of what the province writes a unit fills in the answers, and moves nothing.
Status RecordWriter::CheckAnswers(const RecordType& type, const Change& change) const {
  if (!type.of_province) return {};
  std::vector<std::string> problems;
  for (const std::string& name : change.names) {
    const Field* field = type.ByName(name);
    if (field != nullptr && field->answer) continue;
    problems.push_back(name + ": " + FieldOfProvince(language_));
  }
  if (!problems.empty()) return Problems(problems);
  return {};
}

// A record may have old problems; an edit must not add one, and its own fields must be right.
Status RecordWriter::CheckEdit(const RecordForm& form, const RecordView& record,
                               const Change& change) const {
  std::map<std::uint32_t, Value> values;
  std::map<std::uint32_t, std::vector<std::uint32_t>> sets;
  for (const FieldView& field : record.fields) {
    if (field.field->type == FieldType::kSet) {
      sets[field.field->number] = field.elements;
    } else {
      values[field.field->number] = field.value;
    }
  }
  const Date today = LocalDate(state_.time.Estimate().ms);
  TRAM_ASSIGN(auto before, state_.view->Validate(*record.type, values, sets, record.parent,
                                                 language_, record.id, today));
  for (const auto& [number, value] : form.values) values[number] = value;
  for (const auto& [number, elements] : form.sets) sets[number] = elements;
  TRAM_ASSIGN(auto problems, state_.view->Validate(*record.type, values, sets,
                                                   form.parent ? form.parent : record.parent,
                                                   language_, record.id, today));
  std::erase_if(problems, [&](const std::string& problem) {
    return change.names.count(FieldOf(problem)) == 0 &&
           std::find(before.begin(), before.end(), problem) != before.end();
  });
  if (!problems.empty()) return Problems(problems);
  return {};
}

Result<Saved> RecordWriter::Edit(const RecordForm& form) {
  TRAM_ASSIGN(RecordView record, state_.view->Find(*form.record));
  RecordForm ordered = form;
  if (ordered.parents) SortUnique(*ordered.parents);
  TRAM_ASSIGN(Change change, ChangeOf(ordered, record));
  if (change.clear.empty() && change.sealed.empty()) {
    return Saved{record.id, CreatingOp(record.id), false};
  }
  TRAM_TRY(CheckAnswers(*record.type, change));
  TRAM_TRY(CheckEdit(ordered, record, change));
  // Its parents stay the form's: a reason that was not seen is no field that the form would
  // replace.
  if (!ordered.reason.empty()) change.sealed.push_back({kFieldReason, ordered.reason});
  return Write(*record.type, record.id, std::nullopt, std::nullopt, std::move(change));
}

Result<Saved> RecordWriter::SetReserved(const RecordView& record, std::vector<tram::Edit> clear,
                                        std::vector<tram::Edit> sealed, std::vector<OpId> parents) {
  if (record.type->of_province) return WrittenByProvince(*record.type, language_);
  Change change;
  change.clear = std::move(clear);
  change.sealed = std::move(sealed);
  change.parents = std::move(parents);
  return Write(*record.type, record.id, std::nullopt, std::nullopt, std::move(change));
}

Result<Saved> RecordWriter::Write(const RecordType& type, const std::optional<RecordId>& record,
                                  const std::optional<RecordId>& root,
                                  const std::optional<Seed>& new_seed, Change change) {
  if (!state_.unsealer) {
    return MakeError(ErrorCode::kDenied, "this unit is locked; unlock it with its passphrase");
  }
  // What was appended and not committed is not in the view: an earlier change has failed.
  if (state_.viewed != state_.log->size()) {
    return MakeError(ErrorCode::kIo, "writing the log failed before: open it again first");
  }
  Sort(change.clear);
  Sort(change.sealed);
  SortUnique(change.parents);
  TRAM_TRY(CheckSizes(change.clear, change.parents));
  TRAM_TRY(CheckSizes(change.sealed, change.parents));
  Op op;
  op.device = state_.key->id();
  op.record = record;
  op.parents = std::move(change.parents);
  std::vector<HybridTime> times;
  for (const OpId& parent : op.parents) {
    times.push_back(state_.view->TimeOf(parent));
    if (times.back() != HybridTime{}) continue;
    return MakeError(ErrorCode::kInvalid,
                     "the form was drawn from a change that is not here; open it again");
  }
  op.time = state_.time.Next(times);
  OpBody body;
  if (auto author = state_.log->Setting(kAuthorSetting)) body.author = RecordId::From(*author);
  body.type = type.number;
  if (!record) body.nonce = state_.own->NewNonce();
  body.edits = std::move(change.clear);
  if (!change.sealed.empty()) {
    SecretKey key;
    if (new_seed) {
      key = state_.unsealer->KeyOfSeed(*new_seed);
    } else {
      // A record whose person is not known yet may not be sealed as one that has none.
      std::optional<RecordId> under = root;
      if (record) {
        TRAM_ASSIGN(under, state_.view->RootOf(*record));
      }
      TRAM_ASSIGN(const SecretKey* kept, state_.unsealer->KeyOf(under));
      key = kept->Copy();
    }
    body.sealed =
        Seal(key, state_.log->unit(), ClearPart(op, body), EncodeSealedEdits(change.sealed));
  }
  op.body = EncodeBody(body);
  if (CanonicalBytes(op) > kOpBytesMax) {
    return MakeError(ErrorCode::kInvalid,
                     "the texts of this record are too long together; shorten "
                     "them, or write a second record");
  }

  const EntryNumber number = state_.own->Append(op);
  const OpId id = state_.log->entry(number).op;
  if (new_seed) {
    state_.log->AddKey({KeyEntry::Kind::kSeed, ToBytes(id.view()), ToBytes(new_seed->view())});
    state_.keys_seen = state_.log->DigestOfKeys();
  }
  if (!state_.bulk) TRAM_TRY(state_.log->Commit());
  std::vector<ViewEntry> entries{{id, op}};
  // The view takes it also where it says that it has no memory for its rows.
  state_.viewed = number;
  TRAM_TRY(state_.view->Apply(entries));
  return Saved{record.value_or(RecordOf(id)), id, true};
}

Result<Saved> UnitDevice::Save(const RecordForm& form, Language language) {
  RecordForm normal = form;
  for (auto& [field, value] : normal.values) {
    if (auto* text = std::get_if<std::string>(&value)) ToNormalForm(*text);
  }
  // These two no rule of the programme checks.
  if (normal.import_key) {
    TRAM_ASSIGN(normal.import_key, Nfc(*normal.import_key));
  }
  TRAM_ASSIGN(normal.reason, Nfc(normal.reason));
  RecordWriter writer(*state_, language);
  return normal.record ? writer.Edit(normal) : writer.Create(normal);
}

Result<Saved> UnitDevice::Delete(const RecordId& id, const std::string& reason,
                                 const std::optional<std::vector<OpId>>& parents) {
  TRAM_ASSIGN(RecordView record, state_->view->Find(id));
  if (record.deleted) return Saved{id, CreatingOp(id), false};
  TRAM_ASSIGN(std::string text, Nfc(reason));
  std::vector<Edit> sealed;
  if (!text.empty()) sealed.push_back({kFieldReason, std::move(text)});
  return RecordWriter(*state_, Language::kEnglish)
      .SetReserved(record, {{kFieldDeleted, true}}, std::move(sealed),
                   parents.value_or(record.deletion_parents));
}

Result<Saved> UnitDevice::Undelete(const RecordId& id) {
  TRAM_ASSIGN(RecordView record, state_->view->Find(id));
  if (!record.deleted && !record.deletion_conflict) return Saved{id, CreatingOp(id), false};
  return RecordWriter(*state_, Language::kEnglish)
      .SetReserved(record, {{kFieldDeleted, false}}, {}, record.deletion_parents);
}

Result<Saved> UnitDevice::Resolve(const RecordId& id, std::uint32_t group,
                                  const std::map<std::uint32_t, Value>& values) {
  TRAM_ASSIGN(RecordView record, state_->view->Find(id));
  bool conflict = std::any_of(record.fields.begin(), record.fields.end(), [&](const FieldView& f) {
    return f.field->group == group && f.conflict;
  });
  if (!conflict) {
    return MakeError(ErrorCode::kNotFound, "there is no conflict there any more; look at it again");
  }
  RecordForm form;
  form.type = record.type;
  form.record = id;
  form.values = values;
  return Save(form);
}

Result<Saved> UnitDevice::MergeInto(const RecordId& from, const std::optional<RecordId>& into) {
  TRAM_ASSIGN(RecordView record, state_->view->Find(from));
  if (into) {
    TRAM_ASSIGN(RecordView target, state_->view->Find(*into));
    if (target.type != record.type || from == *into) {
      return MakeError(ErrorCode::kInvalid, "only two records of one type can be merged");
    }
  }
  return RecordWriter(*state_, Language::kEnglish)
      .SetReserved(record, {{kFieldMergedInto, into ? Value(*into) : Value()}}, {},
                   record.deletion_parents);
}

}  // namespace tram
