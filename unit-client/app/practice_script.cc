#include "app/practice_script.h"

#include <charconv>

#include "app/output.h"
#include "tram/base/embedded.h"

namespace tram {

std::span<const EmbeddedFile> PracticeSources();  // tram_embed

}  // namespace tram

namespace tram::client {
namespace {

constexpr std::string_view kScriptEnd = ".practice.json", kProgrammeEnd = ".toml";
constexpr std::string_view kYear = "year";

using Kind = ScriptStep::Kind;
constexpr std::pair<std::string_view, Kind> kKinds[] = {
    {"add", Kind::kAdd},       {"edit", Kind::kEdit},   {"work", Kind::kWork},
    {"settle", Kind::kSettle}, {"merge", Kind::kMerge}, {"send", Kind::kSend}};

std::string TextOf(const Json& json, const char* name) {
  return json.contains(name) ? json.at(name).get<std::string>() : "";
}

void ReadRecords(const Json& list, std::optional<std::size_t> above, std::size_t depth,
                 PracticeScript& script) {
  for (const Json& json : list) {
    ScriptRecord record{TextOf(json, "key"), json.at("type"), TextOf(json, "by"), {}, above, depth};
    for (const auto& [field, value] : json.at("values").items()) record.values[field] = value;
    const std::size_t here = script.records.size();
    script.records.push_back(std::move(record));
    if (json.contains("below")) ReadRecords(json.at("below"), here, depth + 1, script);
  }
}

/// Throws where a kind is not known.
Kind KindOf(const std::string& name) {
  for (const auto& [known, kind] : kKinds) {
    if (known == name) return kind;
  }
  throw std::invalid_argument("there is no kind of step " + name);
}

void ReadSteps(const Json& list, PracticeScript& script) {
  for (const Json& json : list) {
    ScriptStep step;
    step.kind = KindOf(json.at("do"));
    step.record = TextOf(json, "record");
    step.under = TextOf(json, "under");
    step.of = TextOf(json, "of");
    step.field = TextOf(json, "field");
    step.list = TextOf(json, "list");
    step.href = json.at("href");
    const Json &vi = json.at("vi"), &en = json.at("en");
    step.title = {vi.at("title"), en.at("title")};
    step.what = {vi.at("what"), en.at("what")};
    script.steps.push_back(std::move(step));
  }
}

std::string_view FileOf(std::string_view name, std::string_view end) {
  for (const EmbeddedFile& file : PracticeSources()) {
    if (file.name.ends_with(end) && file.name.substr(0, file.name.size() - end.size()) == name) {
      return file.bytes;
    }
  }
  return {};
}

/// The programme that comes with the program.
std::string_view OwnName() {
  for (const EmbeddedFile& file : PracticeSources()) {
    if (!file.name.ends_with(kProgrammeEnd)) continue;
    return file.name.substr(0, file.name.size() - kProgrammeEnd.size());
  }
  return {};
}

}  // namespace

Result<PracticeScript> ReadPracticeScript(std::string_view json) {
  try {
    const Json root = Json::parse(json, nullptr, true, true);  // with comments
    PracticeScript script;
    script.programme = root.at("programme");
    script.unit = {root.at("unit").at("vi"), root.at("unit").at("en")};
    script.me = root.at("me");
    ReadRecords(root.at("records"), std::nullopt, 0, script);
    const Json& conflict = root.at("conflict");
    script.conflict.record = conflict.at("record");
    script.conflict.field = conflict.at("field");
    for (const Json& value : conflict.at("values")) {
      script.conflict.values.emplace_back(value.at("by"), value.at("value"));
    }
    ReadSteps(root.at("steps"), script);
    return script;
  } catch (const std::exception& problem) {
    return MakeError(ErrorCode::kInvalid,
                     std::string("the made-up records cannot be read: ") + problem.what());
  }
}

std::string ScriptValue(const std::string& text, Date today) {
  if (!text.starts_with('@')) return text;
  std::string_view rest = std::string_view(text).substr(1);
  const bool year = rest.starts_with(kYear);
  if (year) rest.remove_prefix(kYear.size());
  int offset = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), offset);
  if (!year) return IsoDate(Date{today.days + offset});
  return std::to_string(std::stoi(IsoDate(today).substr(0, 4)) + offset);
}

std::optional<PracticeFiles> FindPracticeFiles(std::string_view programme_name) {
  const std::string_view name = programme_name.empty() ? OwnName() : programme_name;
  const PracticeFiles files{FileOf(name, kProgrammeEnd), FileOf(name, kScriptEnd)};
  if (files.script.empty()) return std::nullopt;
  return files;
}

}  // namespace tram::client
