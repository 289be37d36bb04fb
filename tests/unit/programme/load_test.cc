#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "tests/unit/programme/loading.h"
#include "tests/unit/programme/sample.h"

namespace tram {
namespace {

using ::testing::HasSubstr;

struct Mistake {
  const char* from;
  const char* to;
  const char* message;  // part of what Load says
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.to; }

class LoadMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(LoadMistakes, AreNamedWithFileAndLine) {
  auto programme = Programme::Load(SampleWith(GetParam().from, GetParam().to), "x.toml");
  ASSERT_FALSE(programme);
  EXPECT_EQ(programme.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(programme.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Form, LoadMistakes,
    ::testing::Values(
        Mistake{"version = 1", "version = ", "x.toml:2: [programme] not TOML"},
        Mistake{"version = 1", "version = 1\n[.names]", "[programme] not TOML: a key or the name"},
        Mistake{"version = 1", "version = \"1\"",
                "x.toml:2: [programme] `version` must be a whole"},
        Mistake{"version = 1", "version = 0", "[programme] its version must be 1 or above"},
        Mistake{"version = 1", "versions = 1", "x.toml:2: [programme] there is no key `versions`"},
        Mistake{"version = 1", "", "[programme] `version` is missing"},
        Mistake{"name = \"sample\"", "name = \"Sample one\"", "[programme] its name"},
        Mistake{"title = { vi = \"Mẫu\", en = \"Sample\" }", "title = { vi = \"Mẫu\" }",
                "x.toml:3: [programme] `en` is missing"},
        Mistake{"value = 30", "value = 30.5", "x.toml:7: [constant window_days] `value`"},
        Mistake{"\"window_days\"", "\"as_of\"", "[constant as_of] the name `as_of` is used twice"},
        Mistake{"[1, \"one\", \"Một\", \"One\"]", "[1, \"one\", \"Một\"]",
                "x.toml:13: [codes kind] a code is"},
        Mistake{"[1, \"one\", \"Một\", \"One\"]", "[2, \"one\", \"Một\", \"One\"]",
                "x.toml:12: [codes kind] the number 2 is used twice"},
        Mistake{"[1, \"one\",", "[1, \"two\",", "[codes kind] the code `two` is there twice"},
        Mistake{"[1, \"one\",", "[1, \"o|e\",", "[codes kind] the code `o|e` is not of letters"},
        Mistake{"\"Old\", \"retired\"", "\"Old\", \"retried\"",
                "x.toml:15: [codes kind] a code is"},
        Mistake{"person = true", "person = 1",
                "x.toml:22: [client] `person` must be true or false"},
        Mistake{"person = true", "persn = true", "x.toml:22: [client] there is no key `persn`"}));

INSTANTIATE_TEST_SUITE_P(
    Structure, LoadMistakes,
    ::testing::Values(
        Mistake{"number = 17\nname = \"visit\"", "number = 16\nname = \"visit\"",
                "[visit] the number 16 is used twice"},
        Mistake{"number = 17\nname = \"visit\"", "number = 15\nname = \"visit\"",
                "x.toml:32: [visit] its number must be 16 or above"},
        Mistake{"parent = \"client\"", "parent = \"clients\"",
                "[visit] there is no record `clients` above it"},
        Mistake{"parent = \"client\"", "parent = \"visit\"", "[visit] its parents go in a circle"},
        Mistake{"parent = \"client\"", "parent = \"client\"\nperson = true",
                "[visit] a person cannot belong to another person"},
        Mistake{"parent = \"client\"", "parent = \"client\"\nworker = true",
                "[visit] workers stand alone"},
        Mistake{"{ number = 17, name = \"started\"", "{ number = 16, name = \"started\"",
                "x.toml:28: [client.started] the number 16 is used twice"},
        Mistake{"{ number = 17, name = \"started\"", "{ number = 9, name = \"started\"",
                "[client.started] its number must be 16 or above"},
        Mistake{"name = \"full_name\"", "name = \"author\"",
                "x.toml:27: [client.author] the name `author` is reserved"},
        Mistake{"name = \"full_name\"", "name = \"fullName\"",
                "x.toml:27: [client.fullName] the name `fullName` is not of"},
        Mistake{"type = \"text\", max = 10", "type = \"txt\"",
                "x.toml:27: [client.full_name] there is no type `txt`"},
        Mistake{"type = \"code\", codes = \"kind\"", "type = \"code\"",
                "x.toml:29: [client.kind] `codes` is missing"},
        Mistake{"type = \"code\", codes = \"kind\"", "type = \"code\", codes = \"kin\"",
                "x.toml:29: [client.kind] there is no code list `kin`"},
        Mistake{"type = \"int\"", "type = \"int\", codes = \"kind\"",
                "[visit.count] `codes` is for codes and sets only"},
        Mistake{"refers_to = \"client\"", "refers_to = \"clint\"",
                "[visit.other] there is no record `clint`"},
        Mistake{"type = \"int\"", "type = \"int\", refers_to = \"client\"",
                "[visit.count] `refers_to` is for references only"},
        Mistake{"type = \"int\", min = 0", "type = \"int\", min = 10",
                "[visit.count] `min` is above `max`"},
        Mistake{"name = \"started\", type = \"date\"",
                "name = \"started\", type = \"date\", max = 3",
                "[client.started] `min` and `max` are for numbers"},
        Mistake{"type = \"decimal\", scale = 2", "type = \"decimal\"",
                "[visit.score] `scale` is missing"},
        Mistake{"type = \"decimal\", scale = 2", "type = \"decimal\", scale = 19",
                "[visit.score] `scale` is for decimals"},
        Mistake{"max = 20, clear = true", "max = 20",
                "x.toml:43: [visit.score] the group `g` mixes clear and sealed"},
        Mistake{"type = \"set\", codes", "type = \"set\", clear = true, group = \"g\", codes",
                "[visit.kinds] a set merges by its elements"}));

INSTANTIATE_TEST_SUITE_P(
    Slots, LoadMistakes,
    ::testing::Values(Mistake{"field = \"slot\"\n", "field = \"count\"\n",
                              "x.toml:49: [slots visit] `field` must be a code field"},
                      Mistake{"record = \"visit\"", "record = \"client\"",
                              "[slots client] `record` must be a record type with a parent"},
                      Mistake{"date_field = \"date\"", "date_field = \"count\"",
                              "[slots visit] `date_field` must be a date field"},
                      Mistake{"done_field = \"reached\"", "done_field = \"count\"",
                              "[slots visit] `done_field` must be a yes/no"},
                      Mistake{"code = \"m1\"", "code = \"m2\"",
                              "[slots visit] `m2` is no code of slot"},
                      Mistake{"anchor = \"started\"", "anchor = \"start\"",
                              "[slots visit] `start` is no date field of client"}));

INSTANTIATE_TEST_SUITE_P(
    Expressions, LoadMistakes,
    ::testing::Values(
        Mistake{"default = \":as_of\"", "default = \":asof\"",
                "x.toml:41: [visit.date] `default`: there is no parameter :asof"},
        Mistake{"default = \":as_of\"", "default = \"date(\"", "[visit.date] `default`: "},
        Mistake{"default = \":as_of\"", "default = \"1), (2\"",
                "[visit.date] `default`: it gives 2 columns, not 1"},
        Mistake{"default = \":as_of\"", "default = \"days('2026-13-01')\"",
                "[visit.date] `default`: '2026-13-01' is no date"},
        Mistake{"type = \"int\"", "type = \"int\", visible_if = \"other IS NULL\"",
                "x.toml:44: [visit.count] `visible_if`: visit.other is sealed"},
        Mistake{"record = \"client\"\ndevice_only = true", "record = \"client\"",
                "x.toml:61: [check named] client.full_name is sealed"},
        Mistake{"record = \"client\"\ndevice_only", "record = \"clint\"\ndevice_only",
                "[check named] there is no record `clint`"},
        Mistake{"SELECT id FROM client", "SELECT id, id FROM client",
                "[check named] it gives 2 columns, not 1"},
        Mistake{"kind = \"activity\"", "kind = \"people\"",
                "x.toml:66: [indicator visits] `kind` is"},
        Mistake{"shape = \"count\"", "shape = \"sum\"", "x.toml:67: [indicator visits] `shape` is"},
        Mistake{"shape = \"count\"", "shape = \"states\"", "[indicator visits] `bins` is missing"},
        Mistake{"count(*), 0 FROM visit", "count(*) FROM visit",
                "x.toml:71: [indicator visits] it gives 4 columns, not 5"},
        Mistake{"count(*), 0 FROM visit", "count(other), 0 FROM visit",
                "[indicator visits] visit.other is sealed"},
        Mistake{"FROM visit WHERE date", "FROM visits WHERE date",
                "[indicator visits] no such table: visits"},
        Mistake{"month_of(date)", "strftime('%Y-%m', date)",
                "[indicator visits] the function strftime is not allowed here"}));

constexpr char kIndicator[] = "[[indicator]]\n";  // stands in line 64 of the sample
#define DERIVED(name, rest) "[[derived]]\nname = \"" name "\"\n" rest "\n\n[[indicator]]\n"
#define DIMENSION(name, record, field)                                            \
  "[[dimension]]\nname = \"" name "\"\nrecord = \"" record "\"\nfield = \"" field \
  "\"\n"                                                                          \
  "\n[[indicator]]\n"

INSTANTIATE_TEST_SUITE_P(
    Derived, LoadMistakes,
    ::testing::Values(
        Mistake{kIndicator, DERIVED("seen", ""), "x.toml:64: [derived seen] `sql` is missing"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT id FROM visit\"\nkey = [\"id\"]"),
                "x.toml:67: [derived seen] there is no key `key`"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT id FROM visit\"\nkeys = \"id\""),
                "x.toml:67: [derived seen] `keys` must be a list"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT id FROM visit\"\nkeys = [\"day\"]"),
                "x.toml:66: [derived seen] `keys` names `day`, which is no column of it"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT id FROM visit\"\nkeys = [1]"),
                "x.toml:66: [derived seen] `keys` names ``, which is no column of it"},
        Mistake{kIndicator, DERIVED("visit", "sql = \"SELECT id FROM visit\""),
                "x.toml:66: [derived visit] the name `visit` is used twice"},
        Mistake{kIndicator, DERIVED("finding", "sql = \"SELECT id FROM visit\""),
                "x.toml:66: [derived finding] the name `finding` is used twice"},
        Mistake{kIndicator, DERIVED("Seen", "sql = \"SELECT id FROM visit\""),
                "x.toml:66: [derived Seen] the name `Seen` is not of"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT full_name FROM client\""),
                "x.toml:66: [derived seen] client.full_name is sealed"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT id, id FROM visit\""),
                "x.toml:66: [derived seen] two columns are named id"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"DELETE FROM visit\""),
                "x.toml:66: [derived seen] only reading (SELECT) is allowed here"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT days('2026-13-01') AS day\""),
                "x.toml:66: [derived seen] '2026-13-01' is no date"},
        Mistake{kIndicator, DERIVED("seen", "sql = \"SELECT id FROM seen\""),
                "x.toml:66: [derived seen] no such table: seen"}));

INSTANTIATE_TEST_SUITE_P(
    Dimensions, LoadMistakes,
    ::testing::Values(
        Mistake{kIndicator, DIMENSION("kind", "client", "kinds"),
                "x.toml:64: [dimension kind] `record` and `field` must name a clear code field"},
        Mistake{kIndicator, DIMENSION("kind", "clients", "kind"),
                "x.toml:64: [dimension kind] `record` and `field` must name a clear code field"},
        Mistake{kIndicator, DIMENSION("kind", "client", "full_name"),
                "[dimension kind] `record` and `field` must name a clear code field"},
        Mistake{kIndicator, DIMENSION("kind", "client", "started"),
                "[dimension kind] `record` and `field` must name a clear code field"},
        Mistake{kIndicator, DIMENSION("a=b", "client", "kind"),
                "x.toml:64: [dimension a=b] the name `a=b` is not of"},
        Mistake{kIndicator, "[[dimension]]\nname = \"kind\"\n\n[[indicator]]\n",
                "x.toml:64: [dimension kind] `record` is missing"}));

constexpr char kShape[] = "shape = \"count\"\n";  // line 67
#define STATES(bins) "shape = \"states\"\nbins = [" bins "]\n"

INSTANTIATE_TEST_SUITE_P(
    Indicators, LoadMistakes,
    ::testing::Values(
        Mistake{kShape, "shape = \"count\"\nmonths_apart = 1\n",
                "x.toml:68: [indicator visits] `months_apart` must be true or false"},
        Mistake{kShape, "shape = \"count\"\nby_person = \"yes\"\n",
                "x.toml:68: [indicator visits] `by_person` must be true or false"},
        Mistake{kShape, "shape = \"count\"\nserver_only = 0\n",
                "x.toml:68: [indicator visits] `server_only` must be true or false"},
        Mistake{kShape, "shape = \"count\"\nmatures_days = \"1\"\n",
                "x.toml:68: [indicator visits] `matures_days` must be a whole number"},
        Mistake{kShape, "shape = \"count\"\nmatures_days = -1\n",
                "[indicator visits] `matures_days` is from 0 to 3660"},
        Mistake{kShape, "shape = \"count\"\nmatures_days = 3661\n",
                "[indicator visits] `matures_days` is from 0 to 3660"},
        Mistake{kShape, "shape = \"competing\"\n", "[indicator visits] `bins` is missing"},
        Mistake{kShape, "shape = \"survival\"\nbins = [[\"a\", \"A\", \"A\"]]\n",
                "x.toml:68: [indicator visits] the bins of this shape are days"},
        Mistake{kShape, "shape = \"days\"\nbins = [[\"a\", \"A\", \"A\"]]\n",
                "x.toml:68: [indicator visits] the bins of this shape are days"},
        Mistake{kShape, STATES("[\"a\", \"A\"]"), "x.toml:68: [indicator visits] a bin is"},
        Mistake{kShape, STATES("[\"a\", \"A\", \"A\", \"good\"]"),
                "x.toml:68: [indicator visits] a bin is"},
        Mistake{kShape, STATES("[\"a\", \"A\", \"A\"], [\"a\", \"B\", \"B\"]"),
                "[indicator visits] the bin `a` is there twice"},
        Mistake{kShape, "shape = \"rate\"\nbins = [[\"a\", \"A\", \"A\", \"known\"]]\n",
                "[indicator visits] only a state is known or a success"}));

TEST(Load, WhatFiguresAreMadeOf) {
  auto programme = MustLoad(SampleWith(kIndicator, R"toml([[derived]]
name = "seen"
sql = "SELECT parent, count(*) AS times FROM visit WHERE date <= :as_of GROUP BY parent"
keys = ["parent", "times"]

[[derived]]
name = "often"
sql = "SELECT parent FROM seen WHERE times > :window_days"

[[dimension]]
name = "sort"
record = "client"
field = "kind"

[[indicator]]
name = "regular"
kind = "person"
shape = "states"
by_person = true
server_only = true
months_apart = true
matures_days = 30
bins = [["yes", "Có", "Yes", "success"], ["no", "Không", "No", "known"], ["x", "Khác", "Other"]]
vi = "Đều"
en = "Regular"
definition = { vi = "Đều.", en = "Regular." }
sql = "SELECT '', 'all', 'yes', count(*), 0 FROM often HAVING count(*) > 0"

[[indicator]]
)toml"));
  ASSERT_TRUE(programme);
  ASSERT_EQ(programme->derived.size(), 2u);
  EXPECT_EQ(programme->derived[0].keys, (std::vector<std::string>{"parent", "times"}));
  ASSERT_EQ(programme->dimensions.size(), 1u);
  EXPECT_EQ(StratumLabel(*programme, "sort=one", Language::kEnglish), "Kind: One");
  const Indicator& regular = *programme->IndicatorByName("regular");
  EXPECT_TRUE(regular.by_person && regular.server_only && !regular.months_add);
  EXPECT_EQ(regular.matures_days, 30);
  ASSERT_EQ(regular.bins.size(), 3u);
  EXPECT_EQ(regular.bins[0].standing, Standing::kSuccess);
  EXPECT_EQ(regular.bins[1].standing, Standing::kKnown);
  EXPECT_EQ(regular.bins[2].standing, Standing::kUnknown);
  EXPECT_EQ(regular.constants, std::set<std::string>{"window_days"}) << "through derived rows";
  const Indicator& visits = *programme->IndicatorByName("visits");
  EXPECT_TRUE(visits.constants.empty());
  EXPECT_TRUE(!visits.by_person && !visits.server_only && visits.months_add);
}

TEST(Load, TheSampleIsGood) {
  auto programme = MustLoad(kSample);
  ASSERT_TRUE(programme);
  EXPECT_EQ(programme->text, kSample);
  EXPECT_FALSE(programme->digest.IsZero());
  EXPECT_EQ(programme->ByName("visit")->number, 17u);
  EXPECT_EQ(programme->ByNumber(17)->ByNumber(19)->group, 18u);
  EXPECT_EQ(programme->Codes("kind")->ByName("old")->retired, true);
  EXPECT_EQ(programme->ByName("client")->label.In(Language::kVietnamese), "Khách hàng");
  EXPECT_EQ(programme->ByName("nothing"), nullptr);
  EXPECT_NE(programme->IndicatorByName("visits"), nullptr);
}

TEST(Load, TellsAllProblemsAtOnceInTheOrderOfTheFile) {
  std::string text = SampleWith("name = \"full_name\"", "name = \"author\"");
  std::size_t at = text.find("codes = \"slot\"");
  text.replace(at, 14, "codes = \"slut\"");
  auto programme = Programme::Load(text, "x.toml");
  ASSERT_FALSE(programme);
  const std::string& message = programme.error().message;
  EXPECT_LT(message.find("x.toml:27:"), message.find("x.toml:40:"));
  EXPECT_NE(message.find("x.toml:40:"), std::string::npos);
}

TEST(Load, LabelsComeOutInNormalForm) {
  auto programme = MustLoad(SampleWith("vi = \"Mẫu\"", "vi = \"Ma\xcc\x82\xcc\x83u\""));
  ASSERT_TRUE(programme);
  EXPECT_EQ(programme->title.vi, "Mẫu");
}

}  // namespace
}  // namespace tram
