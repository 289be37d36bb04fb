#include "app/practice.h"

#include <algorithm>
#include <array>

#include "app/names.h"
#include "app/sync_run.h"
#include "tram/base/os_file.h"
#include "tram/programme/signing.h"
#include "tram/session/province_record.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;

/// Stands in the folder before anything else and goes last: what has it may be erased.
constexpr char kMarkFile[] = "made-up";
constexpr std::string_view kMark = "Made-up records to practise on. This folder may be deleted.\n";
constexpr std::size_t kPassphraseDigits = 8;
constexpr std::uint64_t kProvinceFeed = 1;

/// Nobody has to remember it, but somebody may have to type it.
std::string NewPassphrase(Random& random) {
  std::array<std::uint8_t, kPassphraseDigits> bytes;
  random.Fill(bytes);
  std::string digits;
  for (const std::uint8_t byte : bytes) {
    if (digits.size() == kPassphraseDigits / 2) digits += '-';
    digits += static_cast<char>('0' + byte % 10);
  }
  return digits;
}

Error Io(const fs::path& path, const std::error_code& code) {
  return MakeError(ErrorCode::kIo, path.string() + ": " + code.message());
}

}  // namespace

Status ErasePractice(const fs::path& folder) {
  std::error_code code;
  if (!fs::exists(folder, code)) return {};
  if (!fs::exists(folder / kMarkFile, code) && !fs::is_empty(folder, code)) {
    return MakeError(ErrorCode::kExists, folder.string() +
                                             " holds something that is not made up; move it away "
                                             "to practise");
  }
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    if (entry.path().filename() == kMarkFile) continue;
    fs::remove_all(entry.path(), code);
    if (code) return Io(entry.path(), code);
  }
  if (code) return Io(folder, code);
  fs::remove_all(folder, code);
  if (code) return Io(folder, code);
  return SyncFolder(folder.parent_path());
}

Result<std::unique_ptr<PracticeUnit>> PracticeUnit::Begin(const fs::path& folder,
                                                          std::string_view programme,
                                                          std::string_view script,
                                                          Language language, Clock& clock,
                                                          Random& random) {
  TRAM_TRY(ErasePractice(folder));
  std::unique_ptr<PracticeUnit> unit(new PracticeUnit(folder, clock, random));
  TRAM_ASSIGN(unit->script_, ReadPracticeScript(script));
  unit->name_ = language == Language::kVietnamese ? "Người tập" : "Learner";
  unit->passphrase_ = NewPassphrase(random);
  TRAM_TRY(MakePrivateFolder(folder));
  TRAM_TRY(WriteFileAtomically(folder / kMarkFile, AsBytes(kMark)));
  TRAM_TRY(unit->Found(programme, language));
  TRAM_TRY(unit->Fill());
  TRAM_TRY(AddKeeper(*unit->device_, unit->me(), unit->ByKey(unit->script_.me)));
  TRAM_TRY(unit->PlaySending());
  TRAM_TRY(unit->RememberBeginning());
  unit->sent_ = false;
  unit->device_->Lock();
  return unit;
}

PracticeUnit::~PracticeUnit() { Status tried = End(); }

Status PracticeUnit::End() {
  device_.reset();
  return ErasePractice(folder_);
}

/// Makes and opens it. Every key is made here and goes with this unit: no server has certified any.
Status PracticeUnit::Found(std::string_view programme, Language language) {
  const SigningKey authority = SigningKey::Generate(random_);
  Founding founding;
  founding.unit = random_.NewId<UnitId>();
  founding.unit_name = script_.unit.In(language);
  founding.server = founding.programme_key = province_ = authority.id();
  const std::string toml(programme);
  founding.programme = WriteSignedProgramme({authority.Sign(ProgrammeStatement(toml)), toml});
  founding.device_seed = SecretKey::Generate(random_);
  founding.unit_key = SecretKey::Generate(random_);
  founding.passphrase = passphrase_;
  TRAM_TRY(UnitDevice::Found(folder_, founding, clock_, random_));
  TRAM_ASSIGN(device_, UnitDevice::Open(folder_, clock_, random_));
  return device_->Unlock(founding.unit_key);
}

std::optional<RecordId> PracticeUnit::ByKey(const std::string& key) const {
  for (const auto& [at, id] : made_) {
    if (script_.records[at].key == key) return id;
  }
  return std::nullopt;
}

Status PracticeUnit::AddOne(std::size_t at) {
  const ScriptRecord& record = script_.records[at];
  RecordForm form;
  form.type = device_->programme().ByName(record.type);
  if (form.type == nullptr) return MakeError(ErrorCode::kInvalid, "there is no such type");
  if (record.above) {
    auto above = made_.find(*record.above);
    if (above == made_.end()) return MakeError(ErrorCode::kInvalid, "what is above it is left out");
    form.parent = above->second;
  }
  for (const auto& [name, text] : record.values) {
    const Field* field = form.type->ByName(name);
    if (field == nullptr) return MakeError(ErrorCode::kInvalid, "there is no field " + name);
    if (field->type == FieldType::kRef) {
      const auto of = ByKey(text);
      if (!of) return MakeError(ErrorCode::kInvalid, name + " refers to nothing: " + text);
      form.values[field->number] = *of;
      continue;
    }
    TRAM_ASSIGN(form.values[field->number],
                ParseValue(device_->programme(), *field, ScriptValue(text, Today())));
  }
  if (form.type->of_province) {
    TRAM_ASSIGN(made_[at], WriteAsProvince(form));
    return {};
  }
  TRAM_ASSIGN(const Saved saved, device_->Save(form));
  made_[at] = saved.record;
  return {};
}

Result<RecordId> PracticeUnit::WriteAsProvince(const RecordForm& form) {
  OpLog& log = device_->log();
  TRAM_ASSIGN(const Op op, CreatingOpOf({form.type, form.parent, form.values}, province_,
                                        device_->time().Next({}), random_.Uint64()));
  const FeedId feed{province_, kProvinceFeed};
  const std::vector<Leaf> leaves = log.LeavesOf(feed);
  const EntryNumber last = leaves.empty() ? 0 : *log.FindChain(leaves.front().chain);
  const OpId id = log.entry(log.Append(feed, last, op)).op;
  TRAM_TRY(log.Commit());
  TRAM_TRY(device_->RefreshView());
  return RecordOf(id);
}

Status PracticeUnit::AddRecords(std::size_t depth, const std::string& by) {
  const auto writer = ByKey(by);
  if (writer) TRAM_TRY(device_->SetAuthor(writer));
  device_->BeginBulk();
  for (std::size_t at = 0; at < script_.records.size(); ++at) {
    const ScriptRecord& record = script_.records[at];
    const std::string& written_by = record.by.empty() ? script_.me : record.by;
    if (record.depth != depth || written_by != by || made_.contains(at)) continue;
    Status added = AddOne(at);
    if (added) continue;
    if (added.error().code != ErrorCode::kInvalid) return added;
    left_out_.push_back(record.type + " " + record.key + ": " + added.error().message);
  }
  return device_->EndBulk();
}

/// One depth after the other: what is below is checked against what stands above it.
Status PracticeUnit::Fill() {
  std::set<std::string> writers;
  std::size_t depths = 0;
  for (const ScriptRecord& record : script_.records) {
    writers.insert(record.by.empty() ? script_.me : record.by);
    depths = std::max(depths, record.depth + 1);
  }
  TRAM_TRY(AddRecords(0, script_.me));  // the writers among them
  for (std::size_t depth = 0; depth < depths; ++depth) {
    for (const std::string& by : writers) {
      if (depth > 0 || by != script_.me) TRAM_TRY(AddRecords(depth, by));
    }
  }
  return AddConflict();
}

Status PracticeUnit::AddConflict() {
  const auto record = ByKey(script_.conflict.record);
  if (!record) return {};
  TRAM_ASSIGN(const RecordView before, device_->view().Find(*record));
  const Field* field = before.type->ByName(script_.conflict.field);
  const FieldView* seen = field == nullptr ? nullptr : FindFieldView(before, field->number);
  if (seen == nullptr) {
    left_out_.push_back("the conflict: there is no such field");
    return {};
  }
  const std::vector<OpId> parents = seen->parents;  // none of the writers saw the others' values
  for (const auto& [by, text] : script_.conflict.values) {
    TRAM_TRY(device_->SetAuthor(ByKey(by)));
    RecordForm form;
    form.type = before.type;
    form.record = *record;
    form.parents = parents;
    TRAM_ASSIGN(form.values[field->number], ParseValue(device_->programme(), *field, text));
    TRAM_TRY(device_->Save(form));
  }
  return {};
}

std::set<RecordId> PracticeUnit::Listed(const std::string& worklist) {
  std::set<RecordId> listed;
  for (const Worklist& list : device_->programme().worklists) {
    if (list.name != worklist) continue;
    const auto items = device_->view().Work(list, Today());
    if (!items) continue;
    for (const WorkItem& item : *items) listed.insert(item.record);
  }
  return listed;
}

Status PracticeUnit::RememberBeginning() {
  for (const RecordType& type : device_->programme().records) {
    for (const RecordId& id : device_->view().Records(type)) first_records_.insert(id);
  }
  for (const Conflict& conflict : device_->view().Conflicts()) {
    first_conflicts_.emplace(conflict.record, conflict.group);
  }
  for (const ScriptStep& step : script_.steps) {
    if (step.kind == ScriptStep::Kind::kWork) first_listed_[step.list] = Listed(step.list);
    if (step.kind != ScriptStep::Kind::kEdit) continue;
    const auto record = ByKey(step.of);
    if (!record) continue;
    TRAM_ASSIGN(const RecordView view, device_->view().Find(*record));
    const Field* field = view.type->ByName(step.field);
    if (field != nullptr) first_values_[&step] = FindFieldView(view, field->number)->value;
  }
  return {};
}

Status PracticeUnit::PlaySending() {
  OpLog& log = device_->log();
  sent_ |= UnconfirmedOps(log) > 0;
  Receipt receipt;
  receipt.nonce = random_.NewId<Nonce>();
  receipt.time = device_->time().Estimate();
  receipt.leaves = log.Leaves();
  std::sort(receipt.leaves.begin(), receipt.leaves.end());
  log.SetSetting(kReceiptSetting, EncodeReceipt(receipt));
  SyncOutcome played;
  played.report.complete = true;
  RememberSync(*device_, played, clock_.WallMs());
  return log.Commit();
}

std::vector<PracticeStep> PracticeUnit::Steps() {
  std::vector<PracticeStep> steps;
  for (const ScriptStep& step : script_.steps) steps.push_back({&step, Done(step)});
  return steps;
}

bool PracticeUnit::AddedBelow(const ScriptStep& step) {
  const RecordType* type = device_->programme().ByName(step.record);
  if (type == nullptr) return false;
  for (const RecordId& id : device_->view().Records(*type)) {
    if (first_records_.contains(id)) continue;
    for (auto record = device_->view().Find(id); record && record->parent;) {
      record = device_->view().Find(*record->parent);
      if (!record || record->type->name != step.under) continue;
      if (!first_records_.contains(record->id)) return true;
    }
  }
  return false;
}

bool PracticeUnit::Done(const ScriptStep& step) {
  UnitView& view = device_->view();
  switch (step.kind) {
    case ScriptStep::Kind::kAdd:
      return AddedBelow(step);
    case ScriptStep::Kind::kEdit: {
      const auto first = first_values_.find(&step);
      const auto id = ByKey(step.of);
      const auto record = id ? view.Find(*id) : Result<RecordView>(Error{});
      if (first == first_values_.end() || !record) return false;
      const Field* field = record->type->ByName(step.field);
      return FindFieldView(*record, field->number)->value != first->second;
    }
    case ScriptStep::Kind::kWork: {
      const std::set<RecordId>& first = first_listed_[step.list];
      const std::set<RecordId> now = Listed(step.list);
      return std::any_of(first.begin(), first.end(),
                         [&](const RecordId& id) { return !now.contains(id); });
    }
    case ScriptStep::Kind::kSettle: {
      std::size_t left = 0;
      for (const Conflict& conflict : view.Conflicts()) {
        left += first_conflicts_.count({conflict.record, conflict.group});
      }
      return left < first_conflicts_.size();
    }
    case ScriptStep::Kind::kMerge:
      return std::any_of(first_records_.begin(), first_records_.end(), [&](const RecordId& id) {
        const auto record = view.Find(id);
        return record && record->merged_into;
      });
    case ScriptStep::Kind::kSend:
      return sent_;
  }
  return false;
}

}  // namespace tram::client
