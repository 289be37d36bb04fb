#include "tests/e2e/demo/demo_unit.h"

#include <algorithm>

#include "app/export.h"
#include "app/founding.h"
#include "app/sync_run.h"

namespace tram::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNoonMs = 12LL * 3600 * 1000;
constexpr int kDisagreeDay = 20;  // of each month
constexpr std::size_t kConflictLinesMax = 1;

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

client::OnOwner Directly(UnitDevice& device) {
  return [&device](const std::function<void(UnitDevice&)>& task) {
    task(device);
    return true;
  };
}

}  // namespace

Date StoryBegin() { return DateOf(2024, 10, 1); }
Date StoryEnd() { return DateOf(2026, 4, 1); }

DemoUnit::DemoUnit(const UnitPlan& plan, fs::path folder, std::string server_url,
                   std::string passphrase)
    : plan_(plan),
      folder_(std::move(folder)),
      server_url_(std::move(server_url)),
      passphrase_(std::move(passphrase)),
      random_(plan.seed * 1000),
      story_(TellStory(plan, StoryBegin(), StoryEnd())) {}

DemoUnit::~DemoUnit() = default;

Status DemoUnit::FoundDevice(int index, const std::string& server, const std::string& invite,
                             const std::string& secret_variable, const std::string& secret) {
  Device& device = devices_[index];
  client::Output out(Language::kEnglish, false);
  client::FolderCall call{folder_ / ("device-" + std::to_string(index + 1)),
                          out,
                          device.clock,
                          SystemRandom(),
                          folder_,
                          [&](const std::string&, const char* variable, const std::string&) {
                            return variable == secret_variable ? Result<std::string>(secret)
                                                               : Result<std::string>(passphrase_);
                          },
                          [&]() { return Result<std::string>(passphrase_); }};
  client::InitOptions options;
  options.server = server;
  options.invite = invite;
  TRAM_TRY(client::InitUnit(call, options));
  TRAM_ASSIGN(device.unit, UnitDevice::Open(call.folder, device.clock, SystemRandom()));
  TRAM_TRY(device.unit->Unlock(passphrase_));
  device.http = std::make_unique<HttpClient>();
  return {};
}

Status DemoUnit::Found(const std::string& code, Date day) {
  TRAM_TRY(MakePrivateFolder(folder_));
  for (Device& device : devices_) {
    device.clock.wall_ms = StartOfLocalDay(day) + kNoonMs;
    device.next_sync = day;
  }
  TRAM_TRY(FoundDevice(0, server_url_, "", "TRAM_CODE", code));
  TRAM_ASSIGN(UnitDevice::Invitation invitation, devices_[0].unit->Invite(kNoonMs));
  const fs::path file = folder_ / "invitation";
  TRAM_TRY(WriteFileAtomically(file, invitation.file));
  TRAM_TRY(FoundDevice(1, server_url_, file.string(), "TRAM_CODE", invitation.code));
  const char* names[] = {"Bs. Lan (invented)", "Ys. Tùng (invented)"};
  for (int i = 0; i < 2; ++i) {
    StoryEvent worker{day,
                      i,
                      "worker",
                      "w" + std::to_string(i),
                      "",
                      false,
                      {{"display_name", names[i]}, {"active", "1"}}};
    TRAM_ASSIGN(RecordForm form, FormOf(devices_[i].unit->programme(), worker));
    TRAM_ASSIGN(Saved saved, devices_[i].unit->Save(form));
    TRAM_TRY(devices_[i].unit->SetAuthor(saved.record));
  }
  return {};
}

Status DemoUnit::Write(const StoryEvent& event) {
  Device& device = devices_[event.device];
  TRAM_ASSIGN(RecordForm form, FormOf(device.unit->programme(), event));
  if (event.edits) {
    form.record = device.keys.at(event.key);
  } else if (!event.parent.empty()) {
    form.parent = device.keys.at(event.parent);
  }
  TRAM_ASSIGN(Saved saved, device.unit->Save(form));
  device.keys[event.key] = saved.record;
  if (event.type == "session") sessions_.push_back(event.key);
  ++(event.edits ? totals_.edits : totals_.records);
  return {};
}

Status DemoUnit::Sync(Device& device) {
  client::SyncOutcome outcome =
      client::RunSync(Directly(*device.unit), *device.http, device.clock, "", nullptr);
  TRAM_TRY(outcome.status);
  ++totals_.syncs;
  totals_.bytes_up += outcome.bytes_up;
  totals_.bytes_down += outcome.bytes_down;
  return {};
}

Status DemoUnit::Live(Date day) {
  for (Device& device : devices_) device.clock.wall_ms = StartOfLocalDay(day) + kNoonMs;
  for (Device& device : devices_) device.unit->BeginBulk();
  while (told_ < story_.size() && story_[told_].day <= day) TRAM_TRY(Write(story_[told_++]));
  for (Device& device : devices_) TRAM_TRY(device.unit->EndBulk());
  if (std::stoi(IsoDate(day).substr(8)) == kDisagreeDay) TRAM_TRY(Disagree(day));
  for (Device& device : devices_) {
    if (device.next_sync > day) continue;
    TRAM_TRY(Sync(device));
    device.next_sync.days = day.days + 7 + random_.Below(21);  // weeks without a network
  }
  return {};
}

Status DemoUnit::Disagree(Date day) {
  TRAM_TRY(Sync(devices_[0]));
  TRAM_TRY(Sync(devices_[1]));
  TRAM_TRY(Sync(devices_[0]));
  if (sessions_.empty()) return {};
  const std::string& key = sessions_[sessions_.size() - 1];
  if (!disagreed_.insert(key).second) return {};
  const Device& writer = devices_[devices_[0].keys.count(key) > 0 ? 0 : 1];
  const RecordId record = writer.keys.at(key);
  const char* notes[] = {"Khách hàng xin dời hẹn vì đi làm xa.", "Gia đình gọi, xin hẹn sớm hơn."};
  for (int i = 0; i < 2; ++i) {
    StoryEvent edit{
        day,
        i,
        "session",
        key,
        "",
        true,
        {{"next_appointment", IsoDate(Date{day.days + 10 + 7 * i})}, {"note", notes[i]}}};
    TRAM_ASSIGN(RecordForm form, FormOf(devices_[i].unit->programme(), edit));
    form.record = record;
    TRAM_TRY(devices_[i].unit->Save(form));
    ++totals_.edits;
  }
  return {};
}

Status DemoUnit::Finish(Date day) {
  for (Device& device : devices_) device.clock.wall_ms = StartOfLocalDay(day) + kNoonMs;
  for (int round = 0; round < 2; ++round) {
    for (Device& device : devices_) TRAM_TRY(Sync(device));
  }
  TRAM_TRY(Settle());
  for (int round = 0; round < 2; ++round) {
    for (Device& device : devices_) TRAM_TRY(Sync(device));
  }
  return {};
}

Status DemoUnit::Export(const fs::path& folder) {
  TRAM_TRY(MakePrivateFolder(folder));
  Device& device = devices_[0];
  client::Output out(Language::kEnglish, false);
  client::Call call{*device.unit, out, device.clock, SystemRandom(), folder};
  for (const RecordType& type : device.unit->programme().records) {
    TRAM_TRY(client::ExportRecords(call, {type.name, type.name + ".csv"}));
  }
  return {};
}

// Half of the conflicts are settled on the first device, in favour of what is shown meanwhile.
Status DemoUnit::Settle() {
  UnitDevice& unit = *devices_[0].unit;
  const std::vector<Conflict> conflicts = unit.view().Conflicts();
  totals_.conflicts = conflicts.size();
  for (std::size_t i = 0; i < conflicts.size(); ++i) {
    if (conflicts[i].kind != Conflict::Kind::kField) continue;
    TRAM_ASSIGN(RecordView record, unit.view().Find(conflicts[i].record));
    std::map<std::uint32_t, Value> values;
    for (const FieldView& field : record.fields) {
      if (field.field->group != conflicts[i].group) continue;
      values[field.field->number] = field.value;
      if (conflict_lines_.size() >= kConflictLinesMax || !field.conflict) continue;
      std::string line = plan_.name + ", " + record.type->label.en + " " +
                         record.id.Hex().substr(0, 6) + ", " + field.field->label.en + ":";
      for (const CandidateView& candidate : field.candidates) {
        auto author = candidate.by.author ? unit.view().Find(*candidate.by.author)
                                          : Result<RecordView>(MakeError(ErrorCode::kNotFound, ""));
        std::string who = author ? ValueText(author->fields[0].value) : "?";
        line += "\n      \"" + ValueText(candidate.values.at(field.field->number)) + "\" by " +
                who + " on device " + candidate.by.device.Hex().substr(0, 6) + ", " +
                LocalTimeText(candidate.by.time.ms);
      }
      conflict_lines_.push_back(line);
    }
    if (i % 2 == 0) {
      TRAM_TRY(unit.Resolve(conflicts[i].record, conflicts[i].group, values));
      ++totals_.resolved;
    }
  }
  return {};
}

}  // namespace tram::demo
