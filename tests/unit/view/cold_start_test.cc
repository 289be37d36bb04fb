// A year of one unit, from nothing: how long until its figures can be read. Prints, asserts only
// what came out: times differ between machines.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

std::string WholeFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
  return cells;
}

/// The workload's table of inserts as creating ops, in its order.
class Year {
 public:
  Year(const std::filesystem::path& folder, const Programme& programme) : programme_(programme) {
    std::ifstream schema(folder / "schema.txt");
    for (std::string line; std::getline(schema, line);) {
      std::vector<std::string> cells = Split(line);
      for (std::string& cell : cells) cell = cell.substr(0, cell.find(':'));
      columns_[cells[0]] = {cells.begin() + 1, cells.end()};
    }
    std::ifstream rows(folder / "initial.tsv");
    for (std::string line; std::getline(rows, line);) Add(Split(line));
  }

  TestKeys keys{TestUnit()};
  std::vector<ViewEntry> entries;

 private:
  void Add(const std::vector<std::string>& cells) {
    const RecordType* type = programme_.ByName(cells.at(1));
    ASSERT_NE(type, nullptr) << cells[1];
    OpDraft draft{.type = type->number, .person = type->person};
    const std::vector<std::string>& columns = columns_[cells[1]];
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& text = cells.at(i + 2);
      if (columns[i] == "id" || text == "\\N") continue;
      if (columns[i] == "recorded_at") {
        draft.time_ms = std::stoll(text);
      } else if (columns[i] == "client_id" || columns[i] == "episode_id") {
        draft.clear.push_back({kFieldParent, ids_.at(text)});
        draft.root = roots_.at(ids_.at(text));
      } else {
        const Field* field = type->ByName(columns[i]);
        ASSERT_NE(field, nullptr) << columns[i];
        const Result<Value> value = ParseValue(programme_, *field, text);
        ASSERT_TRUE(value) << value.error().message;
        (field->clear ? draft.clear : draft.sealed).push_back({field->number, *value});
      }
    }
    entries.push_back(device_.Create(draft));
    const RecordId id = RecordOf(entries.back().id);
    ids_[cells[2]] = id;
    roots_[id] = type->person ? std::optional(id) : draft.root;
  }

  const Programme& programme_;
  OpBuilder device_{TestUnit(), TestDevice(1), &keys};
  std::map<std::string, std::vector<std::string>> columns_;
  std::map<std::string, RecordId> ids_;
  std::map<RecordId, std::optional<RecordId>> roots_;
};

class Stopwatch {
 public:
  double Ms() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

TEST(ColdStart, AYearOfOneUnit) {
  const char* shared = std::getenv("TRAM_SHARED");
  const std::filesystem::path folder =
      std::filesystem::path(shared != nullptr ? shared : test::InSource("../shared")) / "workload";
  if (!std::filesystem::exists(folder / "initial.tsv")) {
    GTEST_SKIP() << "the workload is not here: " << folder;
  }
  const Result<std::shared_ptr<const Programme>> programme =
      Programme::Load(WholeFile(test::InSource("libsync/programmes/examples/tobacco-alcohol.toml")),
                      "tobacco-alcohol.toml");
  ASSERT_TRUE(programme) << programme.error().message;
  Year year(folder, **programme);
  ASSERT_EQ(year.entries.size(), 2470u);

  for (Unsealer* unsealer : {static_cast<Unsealer*>(nullptr), static_cast<Unsealer*>(&year.keys)}) {
    const Stopwatch create;
    const std::unique_ptr<UnitView> view = *UnitView::Create(*programme, TestUnit());
    ASSERT_TRUE(view->SetUnsealer(unsealer));
    const double create_ms = create.Ms();
    const Stopwatch apply;
    ASSERT_TRUE(view->Apply(year.entries));
    const double apply_ms = apply.Ms();
    const Stopwatch read;
    const Result<ViewTable> count =
        view->Select("SELECT count(*) FROM sessions", DateOf(2026, 1, 1));
    ASSERT_TRUE(count) << count.error().message;
    EXPECT_EQ(count->rows[0][0], "1800");
    std::printf("%s: tables %.1f ms, 2470 ops %.1f ms, last rows %.1f ms\n",
                unsealer == nullptr ? "locked" : "unlocked", create_ms, apply_ms, read.Ms());
    const RecordType& sessions = *(*programme)->ByName("sessions");
    const Result<RecordView> last = view->Find(view->Records(sessions).back());
    ASSERT_TRUE(last);
    EXPECT_EQ(last->sealed_unread, unsealer == nullptr);
    EXPECT_TRUE(view->Held().empty());
    EXPECT_TRUE(view->Waiting().empty());
  }
}

}  // namespace
}  // namespace tram
