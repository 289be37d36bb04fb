#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "tests/bench/measuring.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"
#include "tests/support/process.h"
#include "tram/base/vietnamese.h"
#include "tram/wire/syllable_text.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

/// Debian's manpages-vi: Vietnamese that the table was not made from.
constexpr char kHeldOutFolder[] = "/usr/share/man/vi";
constexpr char kNoHeldOut[] = "manpages-vi is not installed";
constexpr double kNotesBar = 113'000;  // bytes
constexpr int kRounds = 5;

/// The sealed texts of the workload's year.
Result<Texts> NotesOfTheYear() {
  TRAM_ASSIGN(std::string toml, WorkloadProgramme());
  TRAM_ASSIGN(auto programme, Programme::Load(toml, "the workload's programme"));
  TRAM_ASSIGN(std::vector<RecordedForm> forms, ReadWorkload("initial"));
  Texts texts;
  for (const RecordedForm& form : forms) {
    const RecordType* type = programme->ByName(form.type);
    for (const auto& [name, text] : form.fields) {
      const Field* field = type == nullptr ? nullptr : type->ByName(name);
      if (field == nullptr) return MakeError(ErrorCode::kNotFound, "no field " + name);
      if (!field->clear && field->type == FieldType::kText) texts.push_back(text);
    }
  }
  return texts;
}

/// A line of a manual page without its fonts and escapes; nothing where it is a command of roff.
std::string PlainLine(const std::string& line) {
  if (line.starts_with(".") || line.starts_with("'")) return "";
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size()) {
      plain += line[i];
    } else if (line[++i] == 'f') {
      ++i;
    } else if (line[i] == '-' || line[i] == 'e') {
      plain += line[i] == '-' ? '-' : '\\';
    }
  }
  return plain;
}

/// Its paragraphs, in NFC; those of ASCII alone are not translated.
Result<Texts> HeldOutTexts() {
  Texts texts;
  for (const auto& entry : fs::recursive_directory_iterator(kHeldOutFolder)) {
    if (entry.path().extension() != ".gz" || !entry.is_regular_file()) continue;
    const test::RunResult page = test::RunProgram({"/bin/gzip", "-dc", entry.path().string()});
    if (page.exit != 0) return MakeError(ErrorCode::kIo, entry.path().string() + ": " + page.err);
    std::istringstream lines(page.out + "\n.\n");
    std::string paragraph;
    for (std::string line; std::getline(lines, line);) {
      const std::string plain = PlainLine(line);
      if (!plain.empty()) {
        paragraph += paragraph.empty() ? plain : " " + plain;
        continue;
      }
      if (std::any_of(paragraph.begin(), paragraph.end(), [](char c) { return c < 0; })) {
        TRAM_ASSIGN(std::string text, Nfc(paragraph));
        texts.push_back(std::move(text));
      }
      paragraph.clear();
    }
  }
  return texts;
}

void AddSizes(const std::string& name, const Texts& texts, std::optional<double> bar,
              BenchTable& table) {
  std::size_t raw = 0, coded = 0, packed = 0;
  for (const std::string& text : texts) {
    raw += text.size();
    coded += std::min(text.size(), EncodeSyllables(text).size());
    packed += ZstdBytes(text);
  }
  BenchRow row;
  row.name = "text: " + name;
  row.ours = static_cast<double>(coded);
  row.unit = "B";
  row.baseline = static_cast<double>(raw);
  row.baseline_name = "UTF-8";
  row.bar = bar;
  row.remark = std::to_string(texts.size()) + " texts; zstd-19 of each alone " +
               std::to_string(packed) + " B";
  table.Add(std::move(row));
}

void AddTimes(const Texts& texts, BenchTable& table) {
  std::vector<double> writing, reading;
  for (int round = 0; round < kRounds; ++round) {
    const ProcessorWatch write;
    std::vector<Bytes> coded;
    for (const std::string& text : texts) coded.push_back(EncodeSyllables(text));
    writing.push_back(write.Seconds());
    const ProcessorWatch read;
    for (const Bytes& bytes : coded) TRAM_ASSERT(DecodeSyllables(bytes));
    reading.push_back(read.Seconds());
  }
  for (const auto& [name, seconds] : {std::pair{"write one", &writing}, {"read one", &reading}}) {
    BenchRow row;
    row.name = std::string("text: ") + name;
    row.ours = Median(*seconds) / static_cast<double>(texts.size()) * kMicroseconds;
    row.unit = "us";
    row.decimals = 1;
    row.remark = "processor time, the mean of the year's texts";
    table.Add(std::move(row));
  }
}

}  // namespace

Status MeasureText(const fs::path&, BenchTable& table) {
  if (WorkloadFolder().empty()) {
    table.Skip("text: the year's sealed texts", kNoWorkload);
  } else {
    TRAM_ASSIGN(Texts notes, NotesOfTheYear());
    AddSizes("the year's sealed texts", notes, kNotesBar, table);
    AddTimes(notes, table);
  }
  if (!fs::exists(kHeldOutFolder)) {
    table.Skip("text: manual pages, held out", kNoHeldOut);
    return {};
  }
  TRAM_ASSIGN(Texts held_out, HeldOutTexts());
  AddSizes("manual pages, held out", held_out, std::nullopt, table);
  return {};
}

}  // namespace tram::bench
