#include "cli/command_line.h"

#include <gtest/gtest.h>

#include "cli/run.h"
#include "tests/unit/central_server/server_fixture.h"
#include "tram/base/os_file.h"
#include "tram/session/bundle.h"

namespace tram::server {
namespace {

using Arguments = std::vector<std::string>;

TEST(CommandLineTest, WrongUsageIsExitTwo) {
  for (const Arguments& arguments : {Arguments{},
                                     {"nothing"},
                                     {"unit"},
                                     {"unit", "add", "A1"},
                                     {"device", "code"},
                                     {"report", "--by", "village"},
                                     {"report", "--per", "week"},
                                     {"serve", "--listen", "8080"},
                                     {"serve", "--listen", "127.0.0.1:99999"},
                                     {"serve", "--tls-cert", "x.pem"},
                                     {"verify", "--lang", "fr"},
                                     {"unit", "move", "A1", "24"},
                                     {"user", "add", "an", "--role", "king"},
                                     {"user", "add", "an"},
                                     {"user", "link"},
                                     {"backup", "a", "b"}}) {
    auto parsed = ParseCommandLine(arguments);
    ASSERT_TRUE(std::holds_alternative<UsageStop>(parsed));
    EXPECT_EQ(std::get<UsageStop>(parsed).exit, 2);
    EXPECT_FALSE(std::get<UsageStop>(parsed).text.empty());
  }
  EXPECT_EQ(std::get<UsageStop>(ParseCommandLine({"--help"})).exit, 0);
}

TEST(CommandLineTest, CommonOptionsStandAnywhere) {
  for (const Arguments& arguments :
       {Arguments{"--data", "d", "--json", "--lang", "en", "unit", "list"},
        {"unit", "list", "--lang", "en", "--json", "--data", "d"}}) {
    auto parsed = ParseCommandLine(arguments);
    ASSERT_TRUE(std::holds_alternative<Invocation>(parsed));
    const auto& invocation = std::get<Invocation>(parsed);
    EXPECT_EQ(invocation.data, "d");
    EXPECT_TRUE(invocation.json);
    EXPECT_EQ(invocation.language, Language::kEnglish);
    EXPECT_TRUE(invocation.run);
  }
}

TEST(CommandLineTest, ServeTakesAnAddress) {
  auto parsed = ParseCommandLine({"serve", "--listen", "[::1]:0", "--port-file", "p"});
  ASSERT_TRUE(std::holds_alternative<Invocation>(parsed));
  const auto& serve = std::get<Invocation>(parsed).serve;
  EXPECT_EQ(serve.listen.address, "::1");
  EXPECT_EQ(serve.listen.port, 0);
  EXPECT_EQ(serve.port_file, "p");
  EXPECT_FALSE(serve.metrics) << "metrics are shown only where somebody asked for them";
  EXPECT_EQ(serve.log.level, LogLevel::kInfo);
}

TEST(CommandLineTest, MetricsAreForThisMachineOnly) {
  for (const char* outside : {"0.0.0.0:9090", "192.168.1.5:9090", "[::]:9090", "9090", ""}) {
    auto parsed = ParseCommandLine({"serve", "--metrics-listen", outside});
    ASSERT_TRUE(std::holds_alternative<UsageStop>(parsed)) << outside;
    EXPECT_EQ(std::get<UsageStop>(parsed).exit, 2);
  }
  for (const char* inside : {"127.0.0.1:9090", "[::1]:9090"}) {
    auto parsed = ParseCommandLine({"serve", "--metrics-listen", inside});
    ASSERT_TRUE(std::holds_alternative<Invocation>(parsed)) << inside;
    EXPECT_EQ(std::get<Invocation>(parsed).serve.metrics->port, 9090);
  }
}

TEST(CommandLineTest, TheLogHasALevelAndAFile) {
  auto parsed = ParseCommandLine({"serve", "--log-level", "warning", "--log-file", "f",
                                  "--log-file-bytes", "8192", "--log-files", "2"});
  ASSERT_TRUE(std::holds_alternative<Invocation>(parsed));
  const LogOptions& log = std::get<Invocation>(parsed).serve.log;
  EXPECT_EQ(log.level, LogLevel::kWarning);
  EXPECT_EQ(log.file, "f");
  EXPECT_EQ(log.file_bytes_max, 8192u);
  EXPECT_EQ(log.files, 2u);
  EXPECT_TRUE(std::holds_alternative<UsageStop>(ParseCommandLine({"serve", "--log-level", "x"})));
}

class VerbsTest : public ServerTest {
 protected:
  Outcome Run(Arguments arguments) {
    arguments.insert(arguments.end(), {"--lang", "en"});
    auto parsed = ParseCommandLine(arguments);
    EXPECT_TRUE(std::holds_alternative<Invocation>(parsed)) << arguments.at(0);
    DirectOwner owner(state());
    VerbContext context{owner, "console:test", outside_.path(), Language::kEnglish, nullptr};
    const auto& invocation = std::get<Invocation>(parsed);
    context.language = invocation.language;
    return Render(invocation, invocation.run(context));
  }
  Json RunJson(Arguments arguments) {
    arguments.push_back("--json");
    Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    return Json::parse(outcome.out);
  }
};

TEST_F(VerbsTest, UnitsFromAddToMove) {
  EXPECT_EQ(RunJson({"unit", "add", "BG01", "Phương Sơn", "--province", "24", "--from",
                     "2016-03-01"})["code"],
            "BG01");
  EXPECT_EQ(Run({"unit", "add", "BG01", "x", "--province", "24"}).exit, 1);
  EXPECT_EQ(Run({"unit", "add", "BG02", "x", "--province", "27"}).exit, 1);
  EXPECT_EQ(Run({"unit", "move", "BG01", "48", "--from", "2026-01-01"}).exit, 0);
  Json list = RunJson({"unit", "list"});
  ASSERT_EQ(list["units"].size(), 1u);
  EXPECT_EQ(list["units"][0]["province"]["code"], "48");
  EXPECT_EQ(list["units"][0]["synced"], nullptr);
}

TEST_F(VerbsTest, ErrorsAreOneLineAndExitOne) {
  for (const Arguments& arguments : {Arguments{"device", "code", "NONE"},
                                     {"unit", "import", "none.csv"},
                                     {"bundle", "read", "none"},
                                     {"bundle", "write", "NONE", "out"},
                                     {"programme", "add", "none.toml"},
                                     {"report", "--as-of", "soon"},
                                     {"report", "--as-of", "2030-01"},
                                     {"report", "--from", "2026"},
                                     {"report", "--stratum", "sex"},
                                     {"report", "--indicator", "none"},
                                     {"backup", "/no/such/folder/copy.db"}}) {
    Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.exit, 1) << arguments[0];
    EXPECT_TRUE(outcome.out.empty());
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    Arguments json = arguments;
    json.push_back("--json");
    EXPECT_TRUE(Json::parse(Run(json).out).contains("error"));
  }
}

TEST_F(VerbsTest, AUnitIsMergedClosedAndOpenedAgain) {
  const Unit unit = AddTestUnit("BG01", "24");
  AddTestUnit("KH01", "56");
  auto device = Enrolled(unit);
  device->Visit(DateOf(2025, 7, 2), false, 1);
  Sync(*device);
  const auto visits = [&](const std::string& places) {
    return Run({"report", "--by", "unit", "--indicator", "visits", "--places", places}).out;
  };
  EXPECT_EQ(Run({"unit", "merge", "BG01", "BG01", "--on", "2026-01-01"}).exit, 1);
  ASSERT_EQ(Run({"unit", "merge", "BG01", "KH01", "--on", "2026-01-01"}).exit, 0);
  EXPECT_EQ(Run({"unit", "merge", "KH01", "BG01", "--on", "2025-01-01"}).exit, 1) << "a ring";
  EXPECT_NE(visits("then").find("BG01"), std::string::npos);
  EXPECT_EQ(visits("now").find("BG01"), std::string::npos);
  EXPECT_NE(visits("now").find("KH01"), std::string::npos);
  EXPECT_NE(Run({"device", "code", "BG01"}).err.find("unit reopen BG01"), std::string::npos);
  device->Visit(DateOf(2025, 7, 3), false, 1);
  Sync(*device);  // what a closed unit still has is taken
  ASSERT_EQ(Run({"unit", "reopen", "BG01"}).exit, 0);
  EXPECT_NE(visits("now").find("BG01"), std::string::npos);
  EXPECT_EQ(Run({"unit", "reopen", "BG01"}).exit, 1);
  ASSERT_EQ(Run({"unit", "close", "BG01", "--on", "2026-01-01"}).exit, 0);
  EXPECT_NE(Run({"unit", "list"}).out.find("closed since 2026-01-01"), std::string::npos);
  const Outcome before =
      Run({"report", "--by", "country", "--indicator", "visits", "--known-by", "2020-01-01"});
  EXPECT_EQ(before.exit, 0);
  EXPECT_NE(before.out.find("no data"), std::string::npos) << before.out;
  EXPECT_EQ(Run({"report", "--known-by", "2999-01-01"}).exit, 1);
}

TEST_F(VerbsTest, AnExactReportIsWrittenDownFirst) {
  const Unit unit = AddTestUnit("BG01", "24");
  auto device = Enrolled(unit);
  device->Visit(DateOf(2026, 11, 1), true, 100);
  Sync(*device);
  Outcome plain = Run({"report"});
  EXPECT_NE(plain.out.find("24 Bắc Ninh"), std::string::npos) << plain.out;
  EXPECT_NE(plain.out.find("Not released above the unit"), std::string::npos) << plain.out;
  EXPECT_EQ(plain.out.find("not_using"), std::string::npos);
  auto audited = [&] {
    auto rows = store().audit().All();
    EXPECT_TRUE(rows);
    return rows->back().what;
  };
  EXPECT_EQ(audited().find("--exact"), std::string::npos);
  Json exact = RunJson({"report", "--exact", "--by", "unit"});
  EXPECT_NE(audited().find("report --exact, by unit"), std::string::npos);
  Json year = RunJson({"report", "--by", "country", "--per", "year", "--indicator", "visits"});
  EXPECT_EQ(year["tables"][0]["rows"][0]["period"], "2026");
  ASSERT_EQ(exact["tables"].size(), 4u);
  EXPECT_EQ(exact["tables"][0]["rows"][0]["numerator"], 1);
  EXPECT_EQ(exact["tables"][3]["rows"][0]["states"]["using"], 1);
}

TEST_F(VerbsTest, ExportGivesTheRowsBehindTheReport) {
  const Unit unit = AddTestUnit("BN01", "27");
  auto device = Enrolled(unit);
  device->Visit(DateOf(2025, 6, 1), true, 100);
  Sync(*device);
  EXPECT_EQ(Run({"export"}).out,
            "unit,unit_name,province_then,province_now,indicator,as_of,period,stratum,bin,"
            "numerator,denominator\r\n"
            "BN01,Đơn vị BN01,27,24,visits,2026-11-30,2025-06,all,,1,0\r\n");
  EXPECT_EQ(RunJson({"export", "--exact", "--out", "rows.csv"})["rows"], 4);
}

TEST_F(VerbsTest, AProgrammeThatDevicesWouldRefuseIsRefused) {
  std::string text = kTestProgramme;
  text.replace(text.find("name = \"note\", type = \"text\""), 28,
               "name = \"note\", type = \"text\", clear = true");
  text.replace(text.find("version = 1"), 11, "version = 2");
  ASSERT_OK(WriteFileAtomically(outside_ / "unsealed.toml", AsBytes(text)));
  Outcome outcome = Run({"programme", "add", "unsealed.toml"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_NE(outcome.err.find("note"), std::string::npos) << outcome.err;
  text = kTestProgramme;
  text.replace(text.find("version = 1"), 11, "version = 2");
  ASSERT_OK(WriteFileAtomically(outside_ / "next.toml", AsBytes(text)));
  EXPECT_EQ(RunJson({"programme", "add", "next.toml", "--signed", "next.signed"})["version"], 2);
  EXPECT_TRUE(ReadFile(outside_ / "next.signed", 1 << 20));
}

TEST_F(VerbsTest, BundlesGoInAndOut) {
  const Unit unit = AddTestUnit("BG01", "24");
  auto device = Enrolled(unit);
  device->Visit(DateOf(2026, 11, 1), true, 100);
  auto bundle = WriteBundle(device->replica(), Known(device->log()), device->key(),
                            device->log().feed(1), HybridTime{clock_.ms}, SystemRandom());
  ASSERT_TRUE(bundle);
  ASSERT_OK(WriteFileAtomically(outside_ / "in.tram", bundle->file));
  EXPECT_EQ(RunJson({"bundle", "read", "in.tram", "--answer", "out.tram"})["new_ops"], 1);
  EXPECT_EQ(RunJson({"bundle", "read", "in.tram"})["new_ops"], 0);
  EXPECT_TRUE(ReadFile(outside_ / "out.tram", 1 << 20));
  EXPECT_EQ(RunJson({"bundle", "write", "BG01", "all.tram"})["ops"], 1);
  EXPECT_EQ(Run({"bundle", "read", "out.tram"}).exit, 1);
}

}  // namespace
}  // namespace tram::server
