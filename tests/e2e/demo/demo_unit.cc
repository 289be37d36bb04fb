#include "tests/e2e/demo/demo_unit.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tram::demo {
namespace {

namespace fs = std::filesystem;

constexpr int kWrongDays = 365;
constexpr std::size_t kRecentSessions = 30;
constexpr std::uint64_t kDriverSeed = 1'000'000;

}  // namespace

DemoUnit::DemoUnit(const UnitPlan& plan, fs::path folder, const DemoServer& server)
    : plan_(plan),
      folder_(std::move(folder)),
      server_(server),
      random_(plan.seed + kDriverSeed),
      story_(TellStory(plan, plan.opened, DemoEnd())),
      next_disagreement_(Later(DeviceFrom(plan, 1), 60)),
      next_settling_(Later(plan.opened, 200)) {}

int DemoUnit::WrongDays(int device, Date day) const {
  for (const Incident& incident : plan_.incidents) {
    if (incident.kind == Incident::Kind::kWrongClock && incident.device == device &&
        incident.from <= day && day < incident.until) {
      return kWrongDays;
    }
  }
  return 0;
}

void DemoUnit::TellTime(Date day) {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    devices_[i].device.TellTime(day, WrongDays(static_cast<int>(i), day));
  }
}

Status DemoUnit::Found() {
  TRAM_TRY(MakePrivateFolder(folder_));
  TRAM_TRY(server_.Command({"unit", "add", plan_.code,
                            plan_.name + (plan_.invented ? " (invented)" : ""), "--province",
                            plan_.province, "--from", IsoDate(plan_.opened)}));
  TRAM_ASSIGN(std::string reply, server_.Command({"device", "code", plan_.code, "--json"}));
  const nlohmann::json json = nlohmann::json::parse(reply, nullptr, false);
  devices_.push_back({DemoDevice(folder_ / "device-1"), plan_.opened, {}});
  TellTime(plan_.opened);
  return devices_[0].device.Enrol(server_, json.value("code", ""));
}

Status DemoUnit::Join(std::size_t index, Date day) {
  devices_.push_back({DemoDevice(folder_ / ("device-" + std::to_string(index + 1))), day, {}});
  TellTime(day);
  return devices_[index].device.Join(server_, devices_[0].device);
}

Status DemoUnit::WriteAt(std::size_t place, Date day) {
  const StoryEvent& event = story_[place];
  Slot& slot = devices_[static_cast<std::size_t>(event.device)];
  slot.device.TellTime(day, WrongDays(event.device, day));
  TRAM_TRY(slot.device.Write(event, keys_));
  if (!plan_.bundles) slot.unsynced.push_back(place);
  if (event.action != StoryEvent::Action::kMake) return {};
  if (event.type == "session") sessions_.push_back(event.key);
  if (event.type == "worker" && event.key == "w" + std::to_string(event.device)) {
    TRAM_TRY(slot.device.unit().SetAuthor(keys_.at(event.key)));
  }
  return {};
}

Status DemoUnit::Tell(Date today) {
  for (; told_ < story_.size() && story_[told_].day <= today; ++told_) {
    const StoryEvent& event = story_[told_];
    for (std::size_t next = devices_.size(); next <= static_cast<std::size_t>(event.device);
         ++next) {
      TRAM_TRY(Join(next, today));
    }
    if (event.action == StoryEvent::Action::kMerge) {
      merges_.push_back(told_);
      continue;
    }
    TRAM_TRY(WriteAt(told_, event.day));
    ++(event.action == StoryEvent::Action::kMake ? totals_.records : totals_.edits);
  }
  return {};
}

/// Two records of one person are merged on a device that has both.
Status DemoUnit::RetryMerges(Date today) {
  std::vector<std::size_t> waiting;
  for (std::size_t place : merges_) {
    const StoryEvent& event = story_[place];
    DemoDevice& device = devices_[static_cast<std::size_t>(event.device)].device;
    if (device.Knows(keys_.at(event.key)) && device.Knows(keys_.at(event.parent))) {
      TRAM_TRY(WriteAt(place, today));
      ++totals_.edits;
    } else {
      waiting.push_back(place);
    }
  }
  merges_ = std::move(waiting);
  return {};
}

/// A new folder takes the place of the one that is gone; what no server had is entered again.
Status DemoUnit::Replace(Slot& slot, Date today, const Incident& incident) {
  const fs::path old = slot.device.folder();
  fs::path folder = old;
  folder += incident.kind == Incident::Kind::kRestored ? "-restored" : "-new";
  slot.device.Break();
  std::error_code code;
  fs::remove_all(old, code);
  slot.device = DemoDevice(folder);
  slot.device.TellTime(today, 0);
  if (incident.kind == Incident::Kind::kRestored) {
    TRAM_TRY(slot.device.Restore(folder_ / "backup.db"));
  } else {
    TRAM_TRY(slot.device.Join(server_, devices_[0].device));
  }
  const std::vector<std::size_t> again = std::move(slot.unsynced);
  slot.unsynced.clear();
  TRAM_TRY(Sync(slot));
  const std::string author = "w" + std::to_string(incident.device);
  TRAM_TRY(slot.device.unit().SetAuthor(keys_.at(author)));
  for (std::size_t place : again) TRAM_TRY(WriteAt(place, today));
  totals_.entered_again += again.size();
  return {};
}

Status DemoUnit::Befall(Date today) {
  for (const Incident& incident : plan_.incidents) {
    if (incident.kind == Incident::Kind::kWrongClock || incident.from > today) continue;
    Slot& slot = devices_[static_cast<std::size_t>(incident.device)];
    if (incident.kind == Incident::Kind::kRestored && prepared_.insert(&incident).second) {
      TRAM_TRY(slot.device.Backup(folder_ / "backup.db"));
    }
    if (incident.until <= today && befallen_.insert(&incident).second) {
      TRAM_TRY(Replace(slot, today, incident));
    }
  }
  return {};
}

Status DemoUnit::Sync(Slot& slot) {
  ++totals_.syncs;
  if (plan_.bundles) return slot.device.SyncByBundle(server_);
  TRAM_ASSIGN(client::SyncOutcome outcome, slot.device.Sync(http_));
  totals_.requests += outcome.report.requests;
  totals_.bytes += outcome.bytes_up + outcome.bytes_down;
  if (outcome.Whole()) slot.unsynced.clear();
  return {};
}

Status DemoUnit::SyncDue(Date today) {
  for (Slot& slot : devices_) {
    if (slot.next_sync > today) continue;
    TRAM_TRY(Sync(slot));
    const int kind = random_.Below(100);  // weeks without a network now and then
    slot.next_sync = Later(today, kind < 50   ? random_.Between(10, 18)
                                  : kind < 90 ? random_.Between(19, 30)
                                              : random_.Between(40, 70));
  }
  return {};
}

Status DemoUnit::SyncAll(int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (Slot& slot : devices_) TRAM_TRY(Sync(slot));
  }
  return {};
}

Status DemoUnit::Live(Date today) {
  if (silent_ || today < plan_.opened) return {};
  if (devices_.empty()) TRAM_TRY(Found());
  TRAM_TRY(Tell(today));
  TellTime(today);
  TRAM_TRY(Befall(today));
  if (plan_.silent_from && *plan_.silent_from <= today) {
    silent_ = true;
    return SyncAll(2);
  }
  TRAM_TRY(SyncDue(today));
  TRAM_TRY(RetryMerges(today));
  if (next_disagreement_ <= today && devices_.size() > 1) TRAM_TRY(Disagree(today));
  if (next_settling_ <= today) {
    TRAM_TRY(Settle());
    next_settling_ = Later(today, random_.Between(150, 210));
  }
  if (MonthText(today) != MonthText(month_)) ++totals_.unit_months;
  month_ = today;
  return {};
}

Status DemoUnit::Finish(Date today) {
  if (!silent_) {
    TRAM_TRY(Tell(today));
    TellTime(today);
    TRAM_TRY(SyncAll(2));
    TRAM_TRY(RetryMerges(today));
    TRAM_TRY(SyncAll(2));
  }
  totals_.conflicts += devices_[0].device.unit().view().Conflicts().size();
  return {};
}

/// Two people change one session while their devices are apart: by turns its kind, which the
/// province sees, and its sealed appointment and note.
Status DemoUnit::Disagree(Date today) {
  const std::size_t from = sessions_.size() - std::min(sessions_.size(), kRecentSessions);
  std::string chosen;
  for (std::size_t i = from; i < sessions_.size(); ++i) {
    const RecordId& record = keys_.at(sessions_[i]);
    const bool both = devices_[0].device.Knows(record) && devices_[1].device.Knows(record);
    if (both && disagreed_.count(sessions_[i]) == 0) chosen = sessions_[i];
  }
  if (chosen.empty()) return {};
  next_disagreement_ = Later(today, random_.Between(90, 170));
  const bool clear = disagreed_.size() % 2 == 0;
  disagreed_.insert(chosen);
  const char* kinds[] = {"individual", "phone"};
  const char* notes[] = {"Khách hàng xin dời hẹn vì đi làm xa.", "Gia đình gọi, xin hẹn sớm hơn."};
  for (int i = 0; i < 2; ++i) {
    StoryEvent edit{today, i, StoryEvent::Action::kEdit, "session", chosen, "", {}};
    if (clear) {
      edit.fields = {{"kind", kinds[i]}};
    } else {
      edit.fields = {{"next_appointment", IsoDate(Later(today, 10 + 7 * i))}, {"note", notes[i]}};
    }
    TRAM_TRY(devices_[static_cast<std::size_t>(i)].device.Write(edit, keys_));
    ++totals_.edits;
  }
  return {};
}

void DemoUnit::Describe(const RecordView& record, std::uint32_t group) {
  UnitView& view = devices_[0].device.unit().view();
  for (const FieldView& field : record.fields) {
    if (field.field->group != group || !field.conflict || !conflict_lines_.empty()) continue;
    std::string line = plan_.name + ", " + record.type->label.en + " " +
                       record.id.Hex().substr(0, 6) + ", " + field.field->label.en + ":";
    for (const CandidateView& candidate : field.candidates) {
      auto value = candidate.values.find(field.field->number);
      if (value == candidate.values.end()) continue;
      auto author = candidate.by.author ? view.Find(*candidate.by.author)
                                        : Result<RecordView>(MakeError(ErrorCode::kNotFound, ""));
      line += "\n      \"" + FieldText(view.programme(), *field.field, value->second) + "\" by " +
              (author ? ValueText(author->fields[0].value) : "?") + " on device " +
              candidate.by.device.Hex().substr(0, 6) + ", " + LocalTimeText(candidate.by.time.ms);
    }
    conflict_lines_.push_back(line);
  }
}

/// Two of three conflicts are settled on the first device, in favour of what is shown meanwhile.
Status DemoUnit::Settle() {
  UnitDevice& unit = devices_[0].device.unit();
  for (const Conflict& conflict : unit.view().Conflicts()) {
    if (conflict.kind != Conflict::Kind::kField) continue;
    TRAM_ASSIGN(RecordView record, unit.view().Find(conflict.record));
    Describe(record, conflict.group);
    if (!random_.Chance(67)) continue;
    std::map<std::uint32_t, Value> values;
    for (const FieldView& field : record.fields) {
      if (field.field->group == conflict.group) values[field.field->number] = field.value;
    }
    TRAM_TRY(unit.Resolve(conflict.record, conflict.group, values));
    ++totals_.resolved;
    ++totals_.conflicts;
  }
  return {};
}

}  // namespace tram::demo
