// What pages and worklists are made of: read, and refused with file and line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "tests/unit/programme/loading.h"
#include "tests/unit/programme/sample.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The sample with all keys of this part: line 23 to 26 are the client's, 68 is the worklist's.
std::string Shown() {
  std::string text = kSample;
  const auto insert = [&](const std::string& before, const std::string& what) {
    const std::size_t at = text.find(before);
    ASSERT_NE(at, std::string::npos) << before;
    text.insert(at, what);
  };
  insert("vi = \"Khách hàng\"\nen", "shown_as = \"full_name\"\ndated_by = \"started\"\n");
  insert("vi = \"Khách hàng\"\nen", "search = [\"full_name\"]\nnext = \"visit\"\n");
  insert("clear = true, vi = \"Bắt đầu\"", "more = true, ");
  insert("[[indicator]]\n", R"toml([[worklist]]
name = "seen"
record = "client"
add = "visit"
urgent = true
vi = "Cần gặp"
en = "To be seen"
empty = { vi = "Không ai", en = "Nobody" }
sql = "SELECT id, started AS due, 'm1' AS slot FROM client WHERE full_name <> '' AND started <= :as_of"

)toml");
  return text;
}

TEST(LoadWork, EveryKeyIsRead) {
  const auto programme = MustLoad(Shown());
  ASSERT_TRUE(programme);
  const RecordType& client = *programme->ByName("client");
  EXPECT_EQ(client.shown_as, "full_name");
  EXPECT_EQ(client.dated_by, "started");
  EXPECT_THAT(client.search, ElementsAre("full_name"));
  EXPECT_EQ(client.next, "visit");
  EXPECT_TRUE(client.ByName("started")->more);
  EXPECT_FALSE(client.ByName("kind")->more);
  ASSERT_EQ(programme->worklists.size(), 1u);
  const Worklist& list = programme->worklists[0];
  EXPECT_EQ(list.name, "seen");
  EXPECT_EQ(list.record, "client");
  EXPECT_EQ(list.add, "visit");
  EXPECT_THAT(list.sql, HasSubstr("AS due"));
  EXPECT_TRUE(list.urgent);
  EXPECT_EQ(list.label, (Label{"Cần gặp", "To be seen"}));
  EXPECT_EQ(list.empty, (Label{"Không ai", "Nobody"}));
}

TEST(LoadWork, AllOfItMayBeLeftOut) {
  const auto programme = MustLoad(kSample);
  ASSERT_TRUE(programme);
  const RecordType& client = *programme->ByName("client");
  EXPECT_EQ(client.shown_as + client.dated_by + client.next, "");
  EXPECT_THAT(client.search, IsEmpty());
  EXPECT_THAT(programme->worklists, IsEmpty());
}

struct Mistake {
  const char* from;
  const char* to;
  const char* message;  // part of what Load says
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.to; }

class WorkMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(WorkMistakes, AreNamedWithFileAndLine) {
  std::string text = Shown();
  const std::string from = GetParam().from;
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(text.find(from, at + 1), std::string::npos) << "not exactly once";
  const auto programme = Programme::Load(text.replace(at, from.size(), GetParam().to), "x.toml");
  ASSERT_FALSE(programme);
  EXPECT_EQ(programme.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(programme.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Records, WorkMistakes,
    ::testing::Values(Mistake{"shown_as = \"full_name\"", "shown_as = 1",
                              "x.toml:23: [client] `shown_as` must be a text"},
                      Mistake{"shown_as = \"full_name\"", "shown_as = \"name\"",
                              "x.toml:19: [client] `shown_as`: no such column: name"},
                      Mistake{"shown_as = \"full_name\"", "shown_as = \"full_name), (kind\"",
                              "x.toml:19: [client] `shown_as`: it gives 2 columns, not 1"},
                      Mistake{"shown_as = \"full_name\"", "shown_as = \"random()\"",
                              "x.toml:19: [client] `shown_as`: the function random is not allowed"},
                      Mistake{"dated_by = \"started\"", "dated_by = \"kind\"",
                              "x.toml:19: [client] `dated_by`: `kind` is no date field of it"},
                      Mistake{"dated_by = \"started\"", "dated_by = \"begun\"",
                              "x.toml:19: [client] `dated_by`: `begun` is no date field of it"},
                      Mistake{"search = [\"full_name\"]", "search = \"full_name\"",
                              "x.toml:25: [client] `search` must be a list"},
                      Mistake{"search = [\"full_name\"]", "search = [\n  16]",
                              "x.toml:26: [client] `search` holds names of fields"},
                      Mistake{"search = [\"full_name\"]", "search = [\"full_name\", \"kind\"]",
                              "x.toml:19: [client] `search`: `kind` is no text field of it"},
                      Mistake{"search = [\"full_name\"]", "search = [\"phone\"]",
                              "x.toml:19: [client] `search`: `phone` is no text field of it"},
                      Mistake{"person = true\n", "", "[client] `search` is for persons only"},
                      Mistake{"next = \"visit\"", "next = \"visits\"",
                              "x.toml:19: [client] `next`: there is no record `visits`"},
                      Mistake{"next = \"visit\"", "next = \"client\"",
                              "x.toml:19: [client] `next`: `client` does not stand below it"},
                      Mistake{"more = true", "more = \"yes\"",
                              "x.toml:32: [client.started] `more` must be true or false"}));

INSTANTIATE_TEST_SUITE_P(
    Worklists, WorkMistakes,
    ::testing::Values(
        Mistake{"name = \"seen\"", "name = \"Seen\"",
                "x.toml:76: [worklist Seen] the name `Seen` is not of"},
        Mistake{"urgent = true", "urgent = 1",
                "x.toml:72: [worklist seen] `urgent` must be true or false"},
        Mistake{"urgent = true", "hurry = true",
                "x.toml:72: [worklist seen] there is no key `hurry`"},
        Mistake{"empty = { vi = \"Không ai\", en = \"Nobody\" }\n", "",
                "x.toml:68: [worklist seen] `empty` is missing"},
        Mistake{"en = \"To be seen\"\n", "", "x.toml:68: [worklist seen] `en` is missing"},
        Mistake{"record = \"client\"\nadd", "record = \"clients\"\nadd",
                "x.toml:76: [worklist seen] there is no record `clients`"},
        Mistake{"record = \"client\"\nadd", "record = \"visit\"\nadd",
                "x.toml:76: [worklist seen] `add`: `visit` does not stand below visit"},
        Mistake{"add = \"visit\"", "add = \"visits\"",
                "x.toml:76: [worklist seen] `add`: there is no record `visits`"},
        Mistake{"add = \"visit\"\n", "",
                "[worklist seen] the column `slot` fills a field of `add`, which is missing"},
        Mistake{"'m1' AS slot", "'m1' AS time",
                "x.toml:76: [worklist seen] the column `time` is no field of visit"},
        Mistake{"'m1' AS slot", "1 AS count, 2 AS count",
                "x.toml:76: [worklist seen] two columns are named count"},
        Mistake{"started AS due, 'm1' AS slot", "started AS date",
                "x.toml:76: [worklist seen] its first two columns must be `id` and `due`"},
        Mistake{"SELECT id, started AS due", "SELECT started AS due, id",
                "x.toml:76: [worklist seen] its first two columns must be `id` and `due`"},
        Mistake{"SELECT id, started AS due, 'm1' AS slot", "SELECT id",
                "x.toml:76: [worklist seen] its first two columns must be `id` and `due`"},
        Mistake{"FROM client WHERE full_name <>", "FROM clients WHERE full_name <>",
                "x.toml:76: [worklist seen] no such table: clients"},
        Mistake{"<= :as_of\"\n\n[[ind", "<= :today\"\n\n[[ind",
                "x.toml:76: [worklist seen] there is no parameter :today"},
        Mistake{"AND started <= :as_of\"\n\n", "AND random() > 0\"\n\n",
                "x.toml:76: [worklist seen] the function random is not allowed"},
        Mistake{
            "started AS due, 'm1' AS slot FROM client",
            "due FROM (SELECT 1 AS id, days('2026-13-01') AS due, 'a' AS full_name, '' AS started)",
            "x.toml:76: [worklist seen] '2026-13-01' is no date"},
        Mistake{"FROM client WHERE full_name <>",
                "FROM client WHERE id IN (SELECT id FROM finding) AND full_name <>",
                "x.toml:76: [worklist seen] only figures can read findings"}));

TEST(LoadWork, AWorklistIsThereOnce) {
  std::string text = Shown();
  const std::size_t at = text.find("[[worklist]]");
  const std::string list = text.substr(at, text.find("[[indicator]]") - at);
  const auto programme = Programme::Load(text.insert(at, list), "x.toml");
  ASSERT_FALSE(programme);
  EXPECT_THAT(programme.error().message,
              HasSubstr("[worklist seen] the name `seen` is used twice"));
}

// Derived rows are made anew for figures only: a list over them would tell of yesterday.
TEST(LoadWork, AWorklistDoesNotReadDerivedRows) {
  std::string text = Shown();
  const std::string from = "FROM client WHERE full_name <>";
  text.replace(text.find(from), from.size(), "FROM begun AS client WHERE '' <>");
  const auto with_rows = [&](const std::string& rows) {
    std::string whole = text;
    return whole.insert(whole.find("[[indicator]]\n"), rows);
  };
  const auto programme = Programme::Load(
      with_rows("[[derived]]\nname = \"begun\"\nsql = \"SELECT id, started FROM client\"\n\n"),
      "x.toml");
  ASSERT_FALSE(programme);
  EXPECT_THAT(programme.error().message, HasSubstr("[worklist seen] no such table: begun"));
}

struct Change {
  const char* from;
  const char* to;
  const char* what;
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.to; }

class CompareShown : public ::testing::TestWithParam<Change> {};

TEST_P(CompareShown, IsASafeChange) {
  std::string after_text = Shown();
  const std::string from = GetParam().from;
  const std::size_t at = after_text.find(from);
  ASSERT_NE(at, std::string::npos);
  after_text.replace(at, from.size(), GetParam().to);
  after_text.replace(after_text.find("version = 1"), 11, "version = 2");
  const auto before = MustLoad(Shown());
  const auto after = MustLoad(after_text);
  ASSERT_TRUE(before && after);
  const std::vector<ProgrammeDifference> differences = CompareProgrammes(*before, *after);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_TRUE(differences[0].safe);
  EXPECT_FALSE(differences[0].refused);
  EXPECT_EQ(differences[0].what, GetParam().what);
}

constexpr char kShownOtherwise[] = "client: shown or looked for in another way";
constexpr char kComputedOtherwise[] = "worklist seen: computed in another way";

INSTANTIATE_TEST_SUITE_P(
    Changes, CompareShown,
    ::testing::Values(Change{"shown_as = \"full_name\"", "shown_as = \"kind\"", kShownOtherwise},
                      Change{"dated_by = \"started\"\n", "", kShownOtherwise},
                      Change{"search = [\"full_name\"]\n", "", kShownOtherwise},
                      Change{"next = \"visit\"\n", "", kShownOtherwise},
                      Change{"more = true, ", "", "client.started: always asked for"},
                      Change{"vi = \"Họ tên\"", "more = true, vi = \"Họ tên\"",
                             "client.full_name: asked for on demand"},
                      Change{"'m1' AS slot", "'m1' AS slot, 1 AS reached", kComputedOtherwise},
                      Change{"urgent = true\n", "", kComputedOtherwise}));

TEST(CompareWork, ListsAreComparedByWhatTheySettle) {
  const auto before = MustLoad(Shown());
  ASSERT_TRUE(before);
  const auto whats = [&](void (*change)(Programme&)) {
    Programme after = *before;
    after.version = 2;
    change(after);
    std::vector<std::string> lines;
    for (const ProgrammeDifference& difference : CompareProgrammes(*before, after)) {
      EXPECT_TRUE(difference.safe);
      lines.push_back(difference.what);
    }
    return lines;
  };
  EXPECT_THAT(whats([](Programme&) {}), IsEmpty());
  EXPECT_THAT(whats([](Programme& after) { after.worklists[0].add = ""; }),
              ElementsAre(kComputedOtherwise));
  EXPECT_THAT(whats([](Programme& after) { after.worklists[0].record = "visit"; }),
              ElementsAre(kComputedOtherwise));
  EXPECT_THAT(whats([](Programme& after) { after.worklists[0].name = "met"; }),
              ElementsAre("worklist seen: removed", "worklist met: new"));
}

}  // namespace
}  // namespace tram
