#include "tests/e2e/demo/demo_device.h"

#include "app/backup.h"
#include "app/bundles.h"
#include "app/export.h"
#include "app/founding.h"

namespace tram::demo {
namespace {

namespace fs = std::filesystem;

/// A form from names and texts, as a person would fill it in.
Result<RecordForm> FormOf(const Programme& programme, const StoryEvent& event) {
  RecordForm form;
  form.type = programme.ByName(event.type);
  if (form.type == nullptr) return MakeError(ErrorCode::kNotFound, "no type " + event.type);
  for (const auto& [name, text] : event.fields) {
    const Field* field = form.type->ByName(name);
    if (field == nullptr) return MakeError(ErrorCode::kNotFound, "no field " + name);
    if (field->type == FieldType::kSet) {
      TRAM_ASSIGN(form.sets[field->number], ParseSet(programme, *field, text));
    } else {
      TRAM_ASSIGN(form.values[field->number], ParseValue(programme, *field, text));
    }
  }
  return form;
}

}  // namespace

const char kDemoPassphrase[] = "demonstration passphrase";

Status DemoDevice::Init(const DemoServer& server, const std::string& invite,
                        const std::string& code) {
  client::Output out(Language::kEnglish, false);
  client::FolderCall call{folder_,
                          out,
                          *clock_,
                          SystemRandom(),
                          folder_.parent_path(),
                          [&](const std::string&, const char*, const std::string&) {
                            return Result<std::string>(code);
                          },
                          [] { return Result<std::string>(kDemoPassphrase); }};
  client::InitOptions options;
  options.server = server.url();
  options.invite = invite;
  TRAM_TRY(client::InitUnit(call, options));
  return Open();
}

Status DemoDevice::Open() {
  TRAM_ASSIGN(unit_, UnitDevice::Open(folder_, *clock_, SystemRandom()));
  TRAM_TRY(unit_->Unlock(kDemoPassphrase));
  unit_->BeginBulk();
  return {};
}

Status DemoDevice::Enrol(const DemoServer& server, const std::string& code) {
  return Init(server, "", code);
}

Status DemoDevice::Join(const DemoServer& server, DemoDevice& inviter) {
  TRAM_TRY(inviter.unit().EndBulk());
  inviter.unit().BeginBulk();
  TRAM_ASSIGN(UnitDevice::Invitation invitation, inviter.unit().Invite(kNoonMs));
  fs::path file = folder_;
  file += ".invitation";
  TRAM_TRY(WriteFileAtomically(file, invitation.file));
  TRAM_TRY(Init(server, file.string(), invitation.code));
  std::error_code code;
  fs::remove(file, code);  // it served its one device
  return {};
}

Status DemoDevice::Restore(const fs::path& backup) {
  client::Output out(Language::kEnglish, false);
  client::FolderCall call{folder_, out, *clock_, SystemRandom(), folder_.parent_path(), {}, {}};
  TRAM_TRY(client::RestoreUnit(call, backup.string()));
  return Open();
}

void DemoDevice::TellTime(Date day, int wrong_by_days) {
  clock_->wall_ms = StartOfLocalDay(Later(day, wrong_by_days)) + kNoonMs;
}

bool DemoDevice::Knows(const RecordId& record) {
  auto found = unit_->view().Find(record);
  return found && !found->deleted && !found->merged_into;
}

Status DemoDevice::Write(const StoryEvent& event, StoryKeys& keys) {
  using Action = StoryEvent::Action;
  if (event.action == Action::kMake || event.action == Action::kEdit) return Save(event, keys);
  const RecordId record = keys.at(event.key);
  Result<Saved> saved = event.action == Action::kMerge
                            ? unit_->MergeInto(record, keys.at(event.parent))
                            : unit_->Delete(record, event.fields.at("reason"), std::nullopt);
  return saved ? Status() : Status(saved.error());
}

Status DemoDevice::Save(const StoryEvent& event, StoryKeys& keys) {
  TRAM_ASSIGN(RecordForm form, FormOf(unit_->programme(), event));
  if (event.action == StoryEvent::Action::kEdit) {
    form.record = keys.at(event.key);
  } else if (!event.parent.empty()) {
    form.parent = keys.at(event.parent);
  }
  Result<Saved> saved = unit_->Save(form);
  if (!saved) {
    return MakeError(saved.error().code, event.type + " " + event.key + " on " +
                                             IsoDate(event.day) + ": " + saved.error().message);
  }
  keys[event.key] = saved->record;
  return {};
}

Result<client::SyncOutcome> DemoDevice::Sync(HttpClient& http) {
  TRAM_TRY(unit_->EndBulk());
  client::SyncOutcome outcome = client::RunSync(
      [this](const std::function<void(UnitDevice&)>& task) {
        task(*unit_);
        return true;
      },
      http, *clock_, "", nullptr);
  unit_->BeginBulk();
  if (!outcome.status) return outcome.status.error();
  return outcome;
}

Status DemoDevice::SyncByBundle(const DemoServer& server) {
  TRAM_TRY(unit_->EndBulk());
  fs::path bundle = folder_, answer = folder_;
  bundle += ".bundle";
  answer += ".answer";
  std::error_code code;
  for (const fs::path& old : {bundle, answer}) fs::remove(old, code);
  client::Output out(Language::kEnglish, false);
  client::Call call{*unit_, out, *clock_, SystemRandom(), folder_.parent_path()};
  TRAM_TRY(client::WriteBundleFile(call, {bundle.string()}));
  TRAM_TRY(server.Command({"bundle", "read", bundle.string(), "--answer", answer.string()}));
  TRAM_TRY(client::ReadBundleFiles(call, {answer.string()}));
  unit_->BeginBulk();
  return {};
}

Status DemoDevice::Backup(const fs::path& file) {
  TRAM_TRY(unit_->EndBulk());
  client::Output out(Language::kEnglish, false);
  client::Call call{*unit_, out, *clock_, SystemRandom(), folder_.parent_path()};
  TRAM_TRY(client::BackupUnit(call, {file.string()}));
  unit_->BeginBulk();
  return {};
}

Status DemoDevice::Export(const fs::path& folder) {
  TRAM_TRY(unit_->EndBulk());
  TRAM_TRY(MakePrivateFolder(folder));
  client::Output out(Language::kEnglish, false);
  client::Call call{*unit_, out, *clock_, SystemRandom(), folder};
  for (const RecordType& type : unit_->programme().records) {
    TRAM_TRY(client::ExportRecords(call, {type.name, type.name + ".csv"}));
  }
  return {};
}

}  // namespace tram::demo
