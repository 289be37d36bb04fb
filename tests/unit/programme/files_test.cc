// The programmes that come with the project load, and the example takes its workload.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/unit/programme/loading.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

TEST(ProgrammeFiles, TreatmentLoads) {
  auto programme = LoadFile("treatment.toml");
  ASSERT_TRUE(programme);
  EXPECT_EQ(programme->name, "treatment");
  const RecordType* client = programme->ByName("client");
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->person);
  ASSERT_TRUE(programme->ByName("worker"));
  EXPECT_TRUE(programme->ByName("worker")->worker);
  std::set<std::string> names;
  for (const RecordType& type : programme->records) names.insert(type.name);
  EXPECT_EQ(names,
            (std::set<std::string>{"client", "episode", "session", "medication", "support",
                                   "referral_out", "followup", "unit_profile", "funding", "stock",
                                   "training", "outreach", "worker", "question", "review"}));
  EXPECT_EQ(programme->slot_plans.at(0).slots.size(), 9u);
}

TEST(ProgrammeFiles, PagesOfTreatmentHaveWhatTheyNeed) {
  auto programme = LoadFile("treatment.toml");
  ASSERT_TRUE(programme);
  for (const RecordType& type : programme->records) EXPECT_NE(type.shown_as, "") << type.name;
  const RecordType& client = *programme->ByName("client");
  EXPECT_EQ(client.search, (std::vector<std::string>{"full_name", "phone", "code"}));
  EXPECT_EQ(client.next, "episode");
  EXPECT_EQ(programme->ByName("episode")->next, "session");
  // Every record of a person has its place in his time line.
  for (const RecordType& type : programme->records) {
    EXPECT_EQ(type.dated_by.empty() && !type.parent.empty(), false) << type.name;
  }
}

TEST(ProgrammeFiles, TheExampleOfTheDocumentationLoads) {
  auto text = ReadFile(test::InSource("libsync/docs/programme.md"), kProgrammeBytesMax);
  ASSERT_TRUE(text) << text.error().message;
  std::size_t start = text->find("```toml\n");
  ASSERT_NE(start, std::string::npos);
  start += 8;
  EXPECT_TRUE(MustLoad(text->substr(start, text->find("\n```", start) + 1 - start)));
}

// What can tell who somebody is, or how he is, stays sealed: this list changes only on purpose.
TEST(ProgrammeFiles, TreatmentSealsWhatNamesAPerson) {
  auto programme = LoadFile("treatment.toml");
  ASSERT_TRUE(programme);
  const std::map<std::string, std::set<std::string>> sealed = {
      {"client",
       {"full_name", "phone", "safe_contact", "national_id", "address", "family_contact",
        "birth_year", "ethnic_group", "consent_what", "note"}},
      {"episode",
       {"diagnosis_date", "registered_on", "notice_start", "notice_end", "other_drugs",
        "age_first_use", "hiv_test", "hcv_test", "goal", "plan"}},
      {"session", {"topics", "minutes", "stage_of_change", "next_appointment", "note"}},
      {"medication", {"dose_mg", "days", "prescriber", "note"}},
      {"support", {"note"}},
      {"referral_out", {"note"}},
      {"followup", {"drug_test", "days_used_28", "wellbeing", "physical_health", "remark"}},
      {"stock", {"reason"}},
      {"worker", {"display_name"}},
      {"review", {"why"}}};
  for (const RecordType& type : programme->records) {
    std::set<std::string> found;
    for (const Field& field : type.fields) {
      if (!field.clear) found.insert(field.name);
    }
    auto expected = sealed.find(type.name);
    EXPECT_EQ(found, expected == sealed.end() ? std::set<std::string>() : expected->second)
        << type.name;
  }
}

TEST(ProgrammeFiles, TheProvinceAsksAndTheUnitAnswers) {
  auto programme = LoadFile("treatment.toml");
  ASSERT_TRUE(programme);
  for (const RecordType& type : programme->records) {
    EXPECT_EQ(type.of_province, type.name == "question") << type.name;
  }
  for (const Field& field : programme->ByName("question")->fields) {
    EXPECT_EQ(field.answer, field.name == "answer" || field.name == "answer_text") << field.name;
  }
  ASSERT_TRUE(programme->review);
  EXPECT_EQ(programme->review->record, "review");
}

TEST(ProgrammeFiles, UseIsOneGroup) {
  auto programme = LoadFile("treatment.toml");
  ASSERT_TRUE(programme);
  const RecordType& session = *programme->ByName("session");
  EXPECT_EQ(session.ByName("use_date")->group, session.ByName("use_since_last")->number);
  EXPECT_EQ(session.ByName("date")->group, session.ByName("date")->number);
  const RecordType& followup = *programme->ByName("followup");
  for (const char* field : {"reached", "use_status", "use_date"}) {
    EXPECT_EQ(followup.ByName(field)->group, followup.ByName("reached")->number) << field;
  }
}

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> parts;
  std::stringstream stream(line);
  for (std::string part; std::getline(stream, part, '\t');) parts.push_back(part);
  return parts;
}

// Columns as in the workload's schema.json.
const std::map<std::string, std::vector<std::string>> kColumns = {
    {"clients",
     {"id", "code", "full_name", "sex", "birth_year", "phone", "hamlet", "ethnicity", "education",
      "occupation", "registered_on", "recorded_at"}},
    {"episodes",
     {"id", "client_id", "program", "started_on", "ended_on", "status", "baseline_score", "goal",
      "referred_by", "outcome", "staff", "recorded_at"}},
    {"sessions",
     {"id", "episode_id", "session_no", "held_on", "type", "mode", "staff", "minutes", "stage",
      "score_a", "score_b", "risk", "next_on", "referral", "note", "recorded_at"}},
    {"followups",
     {"id", "episode_id", "due_on", "done_on", "method", "result", "days_clean", "staff", "remark",
      "recorded_at"}}};

void Take(const Programme& programme, const RecordType& type, const std::string& column,
          const std::string& text) {
  if (column == "id" || column == "recorded_at" || column.ends_with("_id") || text == "\\N") return;
  const Field* field = type.ByName(column);
  ASSERT_TRUE(field) << type.name << "." << column;
  auto value = ParseValue(programme, *field, text);
  ASSERT_TRUE(value) << type.name << ": " << value.error().message;
  EXPECT_EQ(FieldText(programme, *field, *value), text);
}

TEST(ProgrammeFiles, TobaccoAlcoholTakesItsWorkload) {
  auto programme = LoadFile("examples/tobacco-alcohol.toml");
  ASSERT_TRUE(programme);
  const char* set = std::getenv("TRAM_SHARED");
  fs::path folder = fs::path(set ? set : test::InSource("../shared")) / "workload";
  if (!fs::exists(folder)) GTEST_SKIP() << "there is no workload at " << folder.string();
  std::size_t lines = 0;
  for (const char* name :
       {"initial", "day", "day2", "day3", "day4", "day5", "day6", "confA", "confB"}) {
    std::ifstream file(folder / (std::string(name) + ".tsv"));
    for (std::string line; std::getline(file, line); ++lines) {
      std::vector<std::string> parts = Split(line);
      ASSERT_GE(parts.size(), 5u);
      const RecordType* type = programme->ByName(parts[1]);
      ASSERT_TRUE(type) << parts[1];
      if (parts[0] == "U") {
        Take(*programme, *type, parts[3], parts[4]);
        continue;
      }
      const std::vector<std::string>& columns = kColumns.at(parts[1]);
      ASSERT_EQ(parts.size(), columns.size() + 2);
      for (std::size_t i = 0; i < columns.size(); ++i) {
        Take(*programme, *type, columns[i], parts[i + 2]);
      }
    }
  }
  EXPECT_GT(lines, 2000u);
}

}  // namespace
}  // namespace tram
