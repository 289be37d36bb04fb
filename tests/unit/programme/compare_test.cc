#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "tests/unit/programme/loading.h"
#include "tests/unit/programme/sample.h"

namespace tram {
namespace {

enum class Verdict { kSafe, kUnsafe, kRefused };

struct Change {
  const char* from;
  const char* to;
  Verdict verdict;
  const char* what;
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.what; }

/// The sample with a higher version and one more text exchanged.
std::shared_ptr<const Programme> Changed(const std::string& from, const std::string& to) {
  std::string text = SampleWith(from, to);
  return MustLoad(text.replace(text.find("version = 1"), 11, "version = 2"));
}

class Compare : public ::testing::TestWithParam<Change> {};

TEST_P(Compare, Judges) {
  auto before = MustLoad(kSample);
  auto after = Changed(GetParam().from, GetParam().to);
  ASSERT_TRUE(before && after);
  auto differences = CompareProgrammes(*before, *after);
  auto found = std::find_if(differences.begin(), differences.end(), [](const auto& difference) {
    return difference.what.find(GetParam().what) != std::string::npos;
  });
  ASSERT_NE(found, differences.end());
  EXPECT_EQ(found->safe, GetParam().verdict == Verdict::kSafe);
  EXPECT_EQ(found->refused, GetParam().verdict == Verdict::kRefused);
}

constexpr char kName[] = "type = \"text\", max = 10,";
constexpr char kCount[] = "{ number = 20, name = \"count\", type = \"int\",";

INSTANTIATE_TEST_SUITE_P(
    Changes, Compare,
    ::testing::Values(
        Change{kName, "type = \"text\", max = 10, clear = true,", Verdict::kRefused,
               "client.full_name: was sealed and would be clear"},
        Change{"{ number = 16, name = \"full_name\"", "{ number = 30, name = \"full_name\"",
               Verdict::kRefused, "client.full_name: removed"},
        Change{"name = \"count\"", "name = \"amount\"", Verdict::kRefused,
               "visit.count: its number 20 is used again for amount"},
        Change{kCount, "{ number = 20, name = \"count\", type = \"decimal\", scale = 0,",
               Verdict::kRefused, "visit.count: is of another type"},
        Change{"scale = 2", "scale = 3", Verdict::kRefused, "visit.score: has another number of"},
        Change{"\"kinds\", type = \"set\", codes = \"kind\"",
               "\"kinds\", type = \"set\", codes = \"slot\"", Verdict::kRefused,
               "visit.kinds: takes its codes from another list"},
        Change{"  [2, \"two\", \"Hai\", \"Two\"],\n", "", Verdict::kRefused,
               "codes kind: 2 two: removed: retire it"},
        Change{"[2, \"two\"", "[2, \"three\"", Verdict::kRefused,
               "codes kind: 2: the number of two is used again for three"},
        Change{"person = true\n", "", Verdict::kRefused, "client: `person` changed"},
        Change{"[2, \"two\", \"Hai\", \"Two\"]", "[2, \"two\", \"Hai\", \"Two\", \"retired\"]",
               Verdict::kSafe, "codes kind: 2 two: retired"},
        Change{"[2, \"two\", \"Hai\", \"Two\"],",
               "[2, \"two\", \"Hai\", \"Two\"], "
               "[4, \"four\", \"Bốn\", \"Four\"],",
               Verdict::kSafe, "codes kind: new four"},
        Change{kCount, "{ number = 20, name = \"count\", type = \"int\", retired = true,",
               Verdict::kSafe, "visit.count: retired"},
        Change{kCount, "{ number = 20, name = \"count\", type = \"int\", required = true,",
               Verdict::kSafe, "visit.count: now required"},
        Change{"min = 0, max = 9,", "min = 0, max = 99,", Verdict::kSafe,
               "visit.count: other limits"},
        Change{kCount,
               "{ number = 30, name = \"new_one\", type = \"bool\", vi = \"a\", en = \"b\" }, "
               "{ number = 20, name = \"count\", type = \"int\",",
               Verdict::kSafe, "visit.new_one: new field"},
        Change{"min = 0, max = 9, clear = true", "min = 0, max = 9", Verdict::kUnsafe,
               "visit.count: becomes sealed"},
        Change{"min = 0, max = 9, clear = true", "min = 0, max = 9, clear = true, group = \"g\"",
               Verdict::kRefused, "visit.count: would merge in one group with "},
        Change{kCount,
               "{ number = 30, name = \"new_one\", type = \"bool\", clear = true, group = \"g\", "
               "vi = \"a\", en = \"b\" }, { number = 20, name = \"count\", type = \"int\",",
               Verdict::kRefused, "visit.score: would merge in one group with new_one"},
        Change{kCount,
               "{ number = 30, name = \"one\", type = \"bool\", clear = true, group = \"n\", vi = "
               "\"a\", en = \"b\" }, { number = 31, name = \"two\", type = \"bool\", clear = true, "
               "group = \"n\", vi = \"a\", en = \"b\" }, { number = 20, name = \"count\", type = "
               "\"int\",",
               Verdict::kSafe, "visit.two: new field"},
        Change{"max = 20, clear = true, group = \"g\",", "max = 20, clear = true,",
               Verdict::kUnsafe, "visit.score: no longer merges in one group with reached"},
        Change{"value = 30", "value = 31", Verdict::kSafe,
               "constant window_days: computed in another way"},
        Change{"WHERE full_name IS NULL", "WHERE kind IS NULL", Verdict::kSafe,
               "check named: computed in another way"},
        Change{"name = \"visits\"", "name = \"seen\"", Verdict::kSafe, "indicator seen: new"}));

/// The sample with what figures are made of.
constexpr char kFigures[] = R"toml([[derived]]
name = "seen"
sql = "SELECT id, date FROM visit"
keys = ["id"]

[[dimension]]
name = "sort"
record = "client"
field = "kind"

[[indicator]]
name = "states"
kind = "person"
shape = "states"
by_person = true
server_only = true
months_apart = true
matures_days = 30
bins = [["a", "A", "A", "known"]]
vi = "a"
en = "a"
definition = { vi = "a", en = "a" }
sql = "SELECT '', 'all', 'a', count(*), 0 FROM seen"

[[indicator]]
)toml";

class CompareFigures : public ::testing::TestWithParam<Change> {};

TEST_P(CompareFigures, Judges) {
  const std::string before_text = SampleWith("[[indicator]]\n", kFigures);
  std::string after_text = before_text;
  const std::string from = GetParam().from;
  const std::size_t at = after_text.find(from);
  ASSERT_NE(at, std::string::npos);
  after_text.replace(at, from.size(), GetParam().to);
  after_text.replace(after_text.find("version = 1"), 11, "version = 2");
  auto before = MustLoad(before_text);
  auto after = MustLoad(after_text);
  ASSERT_TRUE(before && after);
  std::vector<std::string> differences;
  for (const ProgrammeDifference& difference : CompareProgrammes(*before, *after)) {
    EXPECT_TRUE(difference.safe);
    differences.push_back(difference.what);
  }
  EXPECT_EQ(differences, std::vector<std::string>{GetParam().what});
}

INSTANTIATE_TEST_SUITE_P(
    Changes, CompareFigures,
    ::testing::Values(
        Change{"SELECT id, date FROM visit", "SELECT id, slot FROM visit", Verdict::kSafe,
               "derived seen: computed in another way"},
        Change{"keys = [\"id\"]", "keys = [\"date\"]", Verdict::kSafe,
               "derived seen: computed in another way"},
        Change{"record = \"client\"\nfield = \"kind\"", "record = \"visit\"\nfield = \"slot\"",
               Verdict::kSafe, "dimension sort: computed in another way"},
        Change{"[[dimension]]\nname = \"sort\"\nrecord = \"client\"\nfield = \"kind\"\n", "",
               Verdict::kSafe, "dimension sort: removed"},
        Change{"by_person = true\n", "", Verdict::kSafe,
               "indicator states: computed in another way"},
        Change{"server_only = true\n", "", Verdict::kSafe,
               "indicator states: computed in another way"},
        Change{"months_apart = true\n", "", Verdict::kSafe,
               "indicator states: computed in another way"},
        Change{"matures_days = 30", "matures_days = 31", Verdict::kSafe,
               "indicator states: computed in another way"},
        Change{"\"known\"", "\"success\"", Verdict::kSafe,
               "indicator states: computed in another way"}));

TEST(CompareHead, AnotherProgrammeOrAnOlderOneIsRefused) {
  auto one = MustLoad(kSample);
  auto two = Changed("value = 30", "value = 31");
  auto other = Changed("name = \"sample\"", "name = \"other\"");
  auto same_version = MustLoad(SampleWith("value = 30", "value = 32"));
  ASSERT_TRUE(one && two && other && same_version);
  EXPECT_TRUE(CompareProgrammes(*one, *one).empty());
  auto refused = [](const std::vector<ProgrammeDifference>& differences) {
    return std::any_of(differences.begin(), differences.end(),
                       [](const auto& difference) { return difference.refused; });
  };
  EXPECT_FALSE(refused(CompareProgrammes(*one, *two)));
  EXPECT_TRUE(refused(CompareProgrammes(*two, *one)));
  EXPECT_TRUE(refused(CompareProgrammes(*one, *other)));
  EXPECT_TRUE(refused(CompareProgrammes(*one, *same_version)));
}

TEST(CompareRecords, ARecordTypeStays) {
  std::string text = kSample;
  std::string without =
      text.substr(0, text.find("[[record]]\nnumber = 17")) +
      text.substr(text.find("[[check]]"), text.find("[[indicator]]") - text.find("[[check]]"));
  without.replace(without.find("version = 1"), 11, "version = 2");
  auto before = MustLoad(text);
  auto after = MustLoad(without);
  ASSERT_TRUE(before && after);
  auto differences = CompareProgrammes(*before, *after);
  EXPECT_TRUE(std::any_of(differences.begin(), differences.end(), [](const auto& difference) {
    return difference.refused && difference.what == "visit: removed: keep it";
  }));
  auto back = CompareProgrammes(*after, *before);
  EXPECT_TRUE(std::any_of(back.begin(), back.end(), [](const auto& difference) {
    return difference.safe && difference.what == "new record visit";
  }));
}

TEST(CompareRecords, ARecordStaysBelowItsParent) {
  std::string text = SampleWith("parent = \"client\"", "parent = \"root\"");
  text.replace(text.find("version = 1"), 11, "version = 2");
  text.insert(text.find("[[slots]]"), R"toml([[record]]
number = 18
name = "root"
vi = "Gốc"
en = "Root"
many = { vi = "Gốc", en = "Roots" }
fields = [{ number = 16, name = "started", type = "date", clear = true, vi = "Bắt đầu", en = "Started" }]

)toml");
  auto before = MustLoad(kSample);
  auto after = MustLoad(text);
  ASSERT_TRUE(before && after);
  auto differences = CompareProgrammes(*before, *after);
  EXPECT_TRUE(std::any_of(differences.begin(), differences.end(), [](const auto& difference) {
    return difference.refused && difference.what == "visit: stands below another record";
  }));
}

}  // namespace
}  // namespace tram
