#include "tests/bench/workload.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/base/os_file.h"
#include "tram/programme/signing.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = 16 * 1024 * 1024;
constexpr std::int64_t kMinuteMs = 60 * 1000;
Error BadLine() {
  return MakeError(ErrorCode::kInvalid, "the workload has a line that is not understood");
}

Result<RecordedForm> FormOfLine(const std::vector<std::string>& cells,
                                const WorkloadSchema& schema) {
  RecordedForm form;
  form.edits = cells[0] == "U";
  form.type = cells[1];
  form.key = cells[2];
  if (form.edits) {
    if (cells.size() != 5) return BadLine();
    form.fields.emplace_back(cells[3], cells[4]);
    return form;
  }
  auto table = schema.find(form.type);
  if (table == schema.end() || table->second.size() + 2 != cells.size()) return BadLine();
  for (std::size_t i = 0; i < table->second.size(); ++i) {
    const std::string& name = table->second[i].name;
    const std::string& text = cells[i + 2];
    if (name == "id" || text == kWorkloadNull) continue;
    if (name == "recorded_at") {
      form.at_ms = std::strtoll(text.c_str(), nullptr, 10);
    } else if (name.ends_with("_id")) {
      form.parent = text;
    } else {
      form.fields.emplace_back(name, text);
    }
  }
  return form;
}

}  // namespace

const char kNoWorkload[] = "the workload's folder is not there (TRAM_SHARED names its parent)";

fs::path WorkloadFolder() {
  const fs::path shared = test::SharedFolder();
  const fs::path folder = shared.empty() ? shared : shared / "workload";
  return !folder.empty() && fs::exists(folder / "initial.tsv") ? folder : fs::path();
}

Result<std::string> ReadWorkloadText(const std::string& name) {
  return ReadFile(WorkloadFolder() / (name + ".tsv"), kFileBytesMax);
}

Result<WorkloadSchema> ReadWorkloadSchema() {
  TRAM_ASSIGN(std::string text, ReadFile(WorkloadFolder() / "schema.json", kFileBytesMax));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return MakeError(ErrorCode::kInvalid, "schema.json is no JSON object");
  WorkloadSchema schema;
  for (const auto& [table, columns] : json.items()) {
    for (const auto& column : columns) {
      const std::string typed = column.get<std::string>();  // "name:T" or "name:I"
      schema[table].push_back({typed.substr(0, typed.find(':')), typed.ends_with(":I")});
    }
  }
  return schema;
}

Result<std::vector<std::vector<std::string>>> ReadWorkloadLines(const std::string& name) {
  TRAM_ASSIGN(std::string text, ReadWorkloadText(name));
  std::vector<std::vector<std::string>> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> cells;
    std::istringstream parts(line);
    for (std::string cell; std::getline(parts, cell, '\t');) cells.push_back(cell);
    if (cells.size() < 3) return BadLine();
    lines.push_back(std::move(cells));
  }
  return lines;
}

Result<std::vector<RecordedForm>> ReadWorkload(const std::string& name) {
  TRAM_ASSIGN(WorkloadSchema schema, ReadWorkloadSchema());
  TRAM_ASSIGN(std::vector<std::vector<std::string>> lines, ReadWorkloadLines(name));
  std::vector<RecordedForm> forms;
  for (const std::vector<std::string>& cells : lines) {
    TRAM_ASSIGN(RecordedForm form, FormOfLine(cells, schema));
    forms.push_back(std::move(form));
  }
  return forms;
}

Result<std::string> WorkloadProgramme() {
  return ReadFile(test::InSource("libsync/programmes/examples/tobacco-alcohol.toml"),
                  kFileBytesMax);
}

Result<RecordForm> Recorder::FormOf(const RecordedForm& recorded) const {
  const Programme& programme = device_.programme();
  RecordForm form;
  form.type = programme.ByName(recorded.type);
  if (form.type == nullptr) return MakeError(ErrorCode::kNotFound, "no type " + recorded.type);
  auto key = [&](const std::string& name) -> Result<RecordId> {
    auto found = keys_.find(name);
    if (found == keys_.end()) return MakeError(ErrorCode::kNotFound, "no record " + name);
    return found->second;
  };
  if (recorded.edits) {
    TRAM_ASSIGN(form.record, key(recorded.key));
  } else if (!recorded.parent.empty()) {
    TRAM_ASSIGN(form.parent, key(recorded.parent));
  }
  for (const auto& [name, text] : recorded.fields) {
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

Status Recorder::Write(const RecordedForm& recorded, std::int64_t later_ms) {
  TRAM_ASSIGN(RecordForm form, FormOf(recorded));
  clock_.wall_ms = recorded.at_ms != 0 ? recorded.at_ms + later_ms : clock_.wall_ms + kMinuteMs;
  TRAM_ASSIGN(Saved saved, device_.Save(form));
  keys_[recorded.key] = saved.record;
  return {};
}

Status Recorder::WriteAll(const std::vector<RecordedForm>& forms) {
  device_.BeginBulk();
  for (const RecordedForm& form : forms) TRAM_TRY(Write(form));
  return device_.EndBulk();
}

Result<Founding> OfflineFounding(const std::string& programme) {
  const SigningKey authority = SigningKey::Generate(SystemRandom());
  Founding founding;
  founding.unit = SystemRandom().NewId<UnitId>();
  founding.unit_name = "Bench";
  founding.server = authority.id();
  founding.programme_key = authority.id();
  founding.programme =
      WriteSignedProgramme({authority.Sign(ProgrammeStatement(programme)), programme});
  founding.device_seed = SecretKey::Generate(SystemRandom());
  founding.unit_key = SecretKey::Generate(SystemRandom());
  return founding;
}

Result<std::unique_ptr<UnitDevice>> MakeDevice(const fs::path& folder, Founding founding,
                                               BenchClock& clock) {
  founding.passphrase = kBenchPassphrase;
  TRAM_TRY(UnitDevice::Found(folder, founding, clock, SystemRandom()));
  TRAM_ASSIGN(auto device, UnitDevice::Open(folder, clock, SystemRandom()));
  TRAM_TRY(device->Unlock(kBenchPassphrase));
  return device;
}

}  // namespace tram::bench
