// What people and programs type wrongly for the unit's program: every verb with arguments that are
// missing, unknown, wrong, too large or no text, and files that are no such thing. Each is refused
// as design says (2: wrong usage, 1: refused, in one line), and nothing changes.
#include "tests/e2e/whole_path/bad_input_fixture.h"
#include "tests/support/paths.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::vector<BadCall> kClientUsage = {
    {2, {}},
    {2, {""}},
    {2, {"frobnicate"}},
    {2, {"--frobnicate", "status"}},
    {2, {"--lang", "xx", "status"}},
    {2, {"status", "--data"}},
    {2, {"status", "extra"}},
    {2, {"status", Long()}},
    {2, {Long()}},
    {2, {"sync", "extra"}},
    {2, {"verify", "extra"}},
    {2, {"conflicts", "extra"}},
    {2, {"report", "extra"}},
    {2, {"report", "--per", "week"}},
    {2, {"init", "extra"}},
    {2, {"init", "--bogus"}},
    {2, {"invite"}},
    {2, {"invite", kMissing, "extra"}},
    {2, {"invite", kMissing, "--hours", "0"}},
    {2, {"invite", kMissing, "--hours", "many"}},
    {2, {"run", "--every", "1"}},
    {2, {"run", "--every", "often"}},
    {2, {"run", "extra"}},
    {2, {"add"}},
    {2, {"add", "client", "no equals sign"}},
    {2, {"add", "client", "=x"}},
    {2, {"add", "client", "full_name=\xff\xfe"}},
    {2, {"show"}},
    {2, {"show", kClient, "extra"}},
    {2, {"show", "\xc3("}},
    {2, {"set"}},
    {2, {"set", kClient}},
    {2, {"set", kClient, "--parents", "zz", "note=1"}},
    {2, {"set", kClient, "--parents", Long(), "note=1"}},
    {2, {"set", kClient, "--parents"}},
    {1, {"set", kClient, "note=x", "--parents", ManyIds()}},
    {1, {"set", kClient, "note=x", "--parents", kUnknownId}},
    {1, {"delete", kClient, "--reason", "x", "--parents", kUnknownId}},
    {2, {"list"}},
    {2, {"list", "client", "extra"}},
    {2, {"list", "client", "--where", "full_name = '\xed\xa0\x80'"}},
    {2, {"delete"}},
    {2, {"delete", kClient}},
    {2, {"undelete"}},
    {2, {"import"}},
    {2, {"import", "client"}},
    {2, {"import", "client", kText, "extra"}},
    {2, {"export"}},
    {2, {"export", "client", "extra"}},
    {2, {"resolve"}},
    {2, {"resolve", kClient}},
    {2, {"resolve", kClient, "note"}},
    {2, {"resolve", kClient, "note", "--keep"}},
    {2, {"resolve", kClient, "note", "--keep", "one"}},
    {2, {"resolve", kClient, "--delete", "--keep-record"}},
    {2, {"bundle"}},
    {2, {"bundle", "frobnicate"}},
    {2, {"bundle", "write"}},
    {2, {"bundle", "read"}},
    {2, {"programme"}},
    {2, {"programme", "check", kText}},
    {2, {"programme", "use"}},
    {2, {"backup"}},
    {2, {"backup", kMissing, "extra"}},
    {2, {"restore"}},
    {2, {"restore", kText, "extra"}},
};

const std::vector<BadCall> kClientRecords = {
    {1, {"add", "nothing"}},
    {1, {"add", Long()}},
    {1, {"add", "client", "bogus=1"}},
    {1, {"add", "client", Long() + "=1"}},
    {1, {"add", "client", "sex=blue"}},
    {1, {"add", "client", "sex=" + Long()}},
    {1, {"add", "client", "birth_year=old"}},
    {1, {"add", "client", "birth_year=99999999999999999999999999"}},
    {1, {"add", "client", "birth_year=-1"}},
    {1, {"add", "client", "consent_date=2026-02-30"}},
    {1, {"add", "client", "consent_date=2999-01-01"}},
    {1, {"add", "client", "full_name=" + Long()}},
    {1, {"add", "client", "note=" + Long()}},
    {1, {"add", "client", "full_name=A", "full_name=B"}},
    {1, {"add", "client", std::string("parent=") + kClient}},
    {1, {"add", "client", "import_key=k"}},
    {1, {"add", "client", "deleted=1"}},
    {1, {"add", "episode", "intake_date=2026-01-01"}},
    {1, {"add", "episode", std::string("parent=") + kUnknownId}},
    {1, {"add", "episode", "parent="}},
    {1, {"add", "episode", std::string("parent=") + kClient, "intake_date=today"}},
    {1, {"add", "episode", std::string("parent=") + kClient, "other_drugs=heroin|bogus"}},
    {1, {"add", "session", std::string("parent=") + kClient}},
    {1, {"add", "question", std::string("about=") + kUnknownId, "text=x"}},
    {1, {"show", ""}},
    {1, {"show", "zz"}},
    {1, {"show", "0"}},
    {1, {"show", kUnknownId}},
    {1, {"show", Long()}},
    {1, {"set", kUnknownId, "note=x"}},
    {1, {"set", "not an id", "note=x"}},
    {1, {"set", kClient, "bogus=1"}},
    {1, {"set", kClient, "sex=blue"}},
    {1, {"set", kClient, "note=" + Long()}},
    {1, {"set", kClient, std::string("parent=") + kClient}},
    {1, {"list", "nothing"}},
    {1, {"list", "client", "--where", "bogus = 1"}},
    {1, {"list", "client", "--where", "full_name = 'unclosed"}},
    {1, {"list", "client", "--where", "1); DROP TABLE client; --"}},
    {1, {"list", "client", "--where", "length(randomblob(1000000000)) > 0"}},
    {1,
     {"list", "client", "--where",
      "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n)"}},
    {1, {"list", "client", "--where", "load_extension('x')"}},
    {1, {"list", "client", "--where", std::string(100'000, '(') + "1"}},
    {1, {"delete", kUnknownId, "--reason", "x"}},
    {1, {"delete", "zz", "--reason", "x"}},
    {1, {"delete", kClient, "--reason", Long()}},
    {1, {"undelete", kUnknownId}},
    {1, {"author", kClient}},
    {1, {"author", "zz"}},
    {1, {"resolve", kUnknownId, "note", "x"}},
    {1, {"resolve", kClient, "bogus", "x"}},
    {1, {"resolve", kClient, "note", "--keep", "99"}},
    {1, {"resolve", kClient, "note", Long()}},
    {1, {"resolve", kClient, "--delete", "--reason", "x"}},
    {1, {"report", "--as-of", "yesterday"}},
    {1, {"report", "--as-of", "2026-13"}},
    {1, {"report", "--from", "2026"}},
    {1, {"report", "--stratum", Long()}},
    {1, {"report", "--indicator", "bogus"}},
    {1, {"report", "--indicator", Long()}},
};

const std::vector<BadCall> kClientFiles = {
    {1, {"import", "client", kMissing}},
    {1, {"import", "client", kFolder}},
    {1, {"import", "client", kBinary}},
    {1, {"import", "client", kEmpty}},
    {1, {"import", "client", kText}},
    {1, {"import", "client", Long()}},
    {1, {"import", "nothing", kText}},
    {1, {"import", "client", kOwnDatabase}},
    {1, {"export", "nothing"}},
    {1, {"export", "client", "--out", kFolder}},
    {1, {"export", "client", "--out", kNowhere}},
    {1, {"export", "client", "--out", kPipe}},
    {1, {"export", "client", "--out", Long()}},
    {1, {"export", "client", "--out", kOwnDatabase}},
    {1, {"bundle", "write", kFolder}},
    {1, {"bundle", "write", kNowhere}},
    {1, {"bundle", "write", kPipe}},
    {1, {"bundle", "write", kOwnDatabase}},
    {1, {"bundle", "read", kMissing}},
    {1, {"bundle", "read", kFolder}},
    {1, {"bundle", "read", kBinary}},
    {1, {"bundle", "read", kEmpty}},
    {1, {"bundle", "read", kText}},
    {1, {"invite", kFolder}},
    {1, {"invite", kNowhere}},
    {1, {"invite", kText}},
    {1, {"invite", kOwnDatabase}},
    {1, {"programme", "use", kMissing}},
    {1, {"programme", "use", kFolder}},
    {1, {"programme", "use", kBinary}},
    {1, {"programme", "use", kEmpty}},
    {1, {"programme", "use", kText}},
    {1, {"backup", kFolder}},
    {1, {"backup", kNowhere}},
    {1, {"backup", kText}},
    {1, {"backup", kOwnDatabase}},
    {1, {"backup", kOwnDatabase, "--force"}},
    {1, {"backup", kPipe, "--force"}},
    {1, {"backup", ""}},
    {1, {"add", "client", "full_name=A", "--passphrase-file", kMissing}},
    {1, {"add", "client", "full_name=A", "--passphrase-file", kFolder}},
    {1, {"add", "client", "full_name=A", "--passphrase-file", kOwnDatabase}},
};

TEST_F(BadInputTest, EveryVerbOfTheUnitsProgram) {
  const json before = StateOfUnit();
  const fs::path database = a_.folder() / "unit.db";
  for (const auto* calls : {&kClientUsage, &kClientRecords, &kClientFiles}) {
    ExpectAllOrderly(*calls, database, false,
                     [&](const std::vector<std::string>& arguments) { return a_.Run(arguments); });
  }
  for (const char* passphrase : {"wrong passphrase", "x", "\xff\xff\xff\xff\xff\xff\xff\xff"}) {
    ExpectOrderly(a_.Run({"add", "client", "full_name=A"}, {{"TRAM_PASSPHRASE", passphrase}}), 1,
                  false, passphrase);
  }
  EXPECT_EQ(StateOfUnit(), before);
}

// The same through a program that holds the log, as JSON: it must outlive all of it.
TEST_F(BadInputTest, EveryVerbThroughAHolder) {
  const json before = StateOfUnit();
  const fs::path log = scratch_ / "run.log";
  ChildProcess holder({test::kUnitClient, "--data", a_.folder().string(), "run"},
                      {{"TRAM_PASSPHRASE", kTestPassphrase}}, log);
  ASSERT_EQ(AwaitFile(log, holder).substr(0, 5), "ready");
  std::vector<BadCall> files = kClientFiles;
  // A holder that has the key does not look at a passphrase; a file that is named must be there.
  std::erase_if(files, [](const BadCall& call) { return call.arguments[0] == "add"; });
  for (const auto& calls : {kClientUsage, kClientRecords, files}) {
    ExpectAllOrderly(calls, a_.folder() / "unit.db", true,
                     [&](const std::vector<std::string>& arguments) { return a_.Run(arguments); });
  }
  ASSERT_TRUE(holder.Running());
  EXPECT_EQ(holder.Stop(), 0);
  EXPECT_EQ(StateOfUnit(), before);
}

const std::vector<BadCall> kFounding = {
    {2, {"init"}},
    {1, {"init", "--server", "ftp://example"}},
    {1, {"init", "--server", "http://"}},
    {1, {"init", "--server", "no kServerUrl at all"}},
    {1, {"init", "--server", Long()}},
    {1, {"init", "--server", "http://127.0.0.1:1"}},
    {1, {"init", "--server", kServerUrl, "--ca-file", kMissing}},
    {1, {"init", "--server", kServerUrl, "--code-file", kMissing}},
    {1, {"init", "--server", kServerUrl, "--code-file", kBinary}},
    {1, {"init", "--server", kServerUrl, "--passphrase-file", kEmpty}},
    {1, {"init", "--server", kServerUrl, "--passphrase-file", kBinary}},
    {1, {"init", "--server", kServerUrl}},
    {1, {"init", "--invite", kMissing}},
    {1, {"init", "--invite", kFolder}},
    {1, {"init", "--invite", kBinary}},
    {1, {"init", "--invite", kEmpty}},
    {1, {"restore", kMissing}},
    {1, {"restore", kFolder}},
    {1, {"restore", kBinary}},
    {1, {"restore", kEmpty}},
    {1, {"restore", kServerBackup}},
    {1, {"programme", "check", kMissing, kMissing}},
    {1, {"programme", "check", kBinary, kBinary}},
    {1, {"programme", "check", kFolder, kText}},
    {1, {"status"}},
    {1, {"sync"}},
    {1, {"run"}},
    {1, {"add", "client", "full_name=A"}},
    {1, {"verify"}},
};

TEST_F(BadInputTest, AUnitThatCannotBeFoundedOrOpened) {
  const json before = StateOfUnit();
  const std::string new_folder = Path("new");
  auto in = [&](const std::string& folder) {
    return [folder](std::vector<std::string> arguments) {
      return RunProgram(
          [&] {
            arguments.insert(arguments.begin(),
                             {test::kUnitClient, "--data", folder, "--lang", "en"});
            return arguments;
          }(),
          {{"TRAM_PASSPHRASE", kTestPassphrase}, {"TRAM_CODE", "0000-0000-0000-0000"}});
    };
  };
  server_.Json({"backup", Path("server.backup")});
  for (const bool as_json : {false, true}) {
    ExpectAllOrderly(kFounding, "", as_json, in(new_folder));
    EXPECT_FALSE(fs::exists(fs::path(new_folder) / "unit.db"));
  }
  const std::vector<BadCall> not_a_unit = {{1, {"status"}},
                                           {1, {"add", "client", "full_name=A"}},
                                           {1, {"sync"}},
                                           {1, {"run"}},
                                           {1, {"backup", kMissing}}};
  ExpectAllOrderly(not_a_unit, "", false, in(Path("binary")));  // a file
  ExpectAllOrderly({{1, {"init", "--server", server_.url()}}}, "", false, in(Path("text")));
  ExpectAllOrderly(not_a_unit, "", false, in(server_.folder().string()));
  ExpectAllOrderly({{2, {"status"}}}, "", false, in(""));
  // A folder in which noise bears the database's name.
  fs::create_directory(scratch_ / "noise");
  fs::copy(scratch_ / "binary", scratch_ / "noise" / "unit.db");
  ExpectAllOrderly(not_a_unit, "", false, in(Path("noise")));
  ExpectAllOrderly({{1, {"verify"}}}, "", false, in(Path("noise")));
  // A unit is there already.
  a_.Json({"backup", Path("good.backup")});
  ExpectAllOrderly(
      {{1, {"init", "--server", server_.url()}}, {1, {"restore", Path("good.backup")}}}, "", false,
      in(a_.folder().string()));
  EXPECT_EQ(StateOfUnit(), before);
}

TEST_F(BadInputTest, BadRowsOfAFileAreListedAndTheOthersTaken) {
  Write("rows.csv",
        "key,full_name,sex,birth_year,consent_date,note\n"
        "k1,Lê Thị Tốt,female,1990,2026-01-02,\n"
        "k2,B,blue,1990,,\n"
        "k3,C,male,nineteen,,\n"
        "k4,D,male,1990,2026-02-30,\n"
        "k5,E,male,1990,,\xff\xfe\n"
        "k6,F,male\n"
        ",G,male,1990,,\n"
        "k1,H,male,1990,,\n"
        "k8," +
            std::string(101, 'x') +
            ",male,1990,,\n"
            "k9,Trần Văn Tốt,male,1985,,\"hai\ndòng\"\n"
            "k10,J,male,1990,,\"never closed\n");
  const RunResult run = a_.Run({"import", "client", Path("rows.csv"), "--json"});
  EXPECT_EQ(run.exit, 1);
  EXPECT_EQ(Lines(run.err), 1u) << run.err;
  const json counts = json::parse(run.out);
  EXPECT_EQ(counts.value("added", 0), 2);
  EXPECT_EQ(counts.value("rejected", 0), 9);
  std::ifstream in(scratch_ / "rows.csv.rejected.csv");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_GE(lines.size(), 10u);
  EXPECT_EQ(lines[0].substr(0, 17), "line,field,reason");
  const std::string begins[] = {"3,sex,", "4,birth_year,", "5,consent_date,", "6,", "7,",
                                "8,key,", "9,key,",        "10,full_name,",   "13,"};
  for (std::size_t i = 0; i < std::size(begins); ++i) {
    EXPECT_EQ(lines[i + 1].substr(0, begins[i].size()), begins[i]) << lines[i + 1];
    EXPECT_GT(lines[i + 1].size(), begins[i].size() + 5) << "a reason is given";
  }
  EXPECT_EQ(a_.Json({"list", "client"}).at("rows").size(), 3u);
  EXPECT_EQ(a_.Run({"verify"}).exit, 0);
}

TEST_F(BadInputTest, EnrolmentCodesThatAreWrongUsedOrExpired) {
  server_.Stop();
  const fs::path clock = scratch_ / "clock";
  auto set_clock = [&](std::int64_t hours) {
    Write("clock.new", std::to_string(1'790'000'000'000 + hours * 3'600'000));
    fs::rename(scratch_ / "clock.new", clock);
  };
  set_clock(0);
  ::setenv("TRAM_CLOCK_FILE", clock.c_str(), 1);
  server_.Start();
  const std::string code = server_.AddUnit("V", "Unit", "56", "2024-01-01");
  auto enrol = [&](const std::string& folder, const std::string& typed) {
    return RealDevice(scratch_ / folder)
        .Run({"init", "--server", server_.url()}, {{"TRAM_CODE", typed}});
  };
  ExpectOrderly(enrol("b", "0000-0000-0000-0000"), 1, false, "a wrong code");
  ExpectOrderly(enrol("b", "no code"), 1, false, "no code");
  ExpectOrderly(enrol("b", Long()), 1, false, "a long code");
  ExpectOrderly(enrol("b", "\xff\xfe\xfd"), 1, false, "a code of bytes");
  set_clock(24 * 365);
  ExpectOrderly(enrol("b", code), 1, false, "an expired code");
  EXPECT_FALSE(fs::exists(scratch_ / "b" / "unit.db"));
  const std::string fresh = server_.Json({"device", "code", "V"}).value("code", "");
  EXPECT_EQ(enrol("b", fresh).exit, 0);
  ExpectOrderly(enrol("c", fresh), 1, false, "a used code");
  EXPECT_FALSE(fs::exists(scratch_ / "c" / "unit.db"));
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
  ::unsetenv("TRAM_CLOCK_FILE");
}

}  // namespace
}  // namespace tram::test
