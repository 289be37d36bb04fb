// One device: records, lists, deletion, reports, backups, and everything that can be typed wrong.
#include <filesystem>

#include "tests/e2e/unit_client/unit_fixture.h"
#include "tests/support/paths.h"
#include "tests/support/province.h"
#include "tram/programme/sql.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

TEST_F(UnitClient, ARecordIsAddedShownChangedListedAndDeleted) {
  RealDevice device = Found("a");
  const std::string client =
      Add(device, {"client", "full_name=Đỗ Minh Hà", "sex=female", "birth_year=1990"});
  const std::string episode =
      Add(device, {"episode", "parent=" + client.substr(0, 8), "intake_date=02/03/2026",
                   "primary_drug=heroin", "other_drugs=ketamine|cannabis"});
  auto shown = device.Json({"show", episode.substr(0, 6)});
  EXPECT_EQ(shown["id"], episode);
  EXPECT_EQ(shown["type"], "episode");
  EXPECT_EQ(shown["parent"], client);
  EXPECT_EQ(shown["fields"]["intake_date"]["value"], "2026-03-02");
  EXPECT_EQ(shown["fields"]["other_drugs"]["value"].size(), 2u);
  EXPECT_EQ(shown["fields"]["primary_drug"]["conflict"], false);
  ASSERT_EQ(shown["fields"]["primary_drug"]["parents"].size(), 1u);
  ASSERT_EQ(shown["fields"]["primary_drug"]["candidates"].size(), 1u);
  EXPECT_EQ(shown["fields"]["primary_drug"]["candidates"][0]["value"], "heroin");

  auto set = device.Json({"set", episode, "primary_drug=methamphetamine"});
  EXPECT_EQ(set["changed"], true);
  EXPECT_EQ(device.Json({"set", episode, "primary_drug=methamphetamine"})["changed"], false);

  auto list = device.Json({"list", "client", "--where", "sex = 'female'"});
  ASSERT_EQ(list["rows"].size(), 1u);
  EXPECT_EQ(list["rows"][0]["full_name"], "Đỗ Minh Hà");
  EXPECT_EQ(list["rows"][0]["birth_year"], 1990);
  EXPECT_EQ(device.Json({"list", "client", "--where", "sex = 'male'"})["rows"].size(), 0u);

  device.Json({"delete", episode, "--reason", "nhập nhầm"});
  EXPECT_EQ(device.Json({"show", episode})["deleted"], true);
  EXPECT_EQ(device.Json({"list", "episode"})["rows"].size(), 0u);
  ExpectRefused(device.Run({"set", episode, "primary_drug=heroin"}), "undelete");
  device.Json({"undelete", episode});
  EXPECT_EQ(device.Json({"list", "episode"})["rows"].size(), 1u);
  EXPECT_EQ(device.Json({"verify"})["problems"].size(), 0u);
}

TEST_F(UnitClient, WhoSeemsToBeThereAlreadyIsNotAddedBeforeSomebodyHasLooked) {
  RealDevice device = Found("a");
  const std::vector<std::string> person{"client", "full_name=Đỗ Minh Hà", "sex=female",
                                        "birth_year=1990"};
  const std::string known = Add(device, person);
  std::vector<std::string> again{"add", "client", "full_name=do minh ha", "sex=female",
                                 "birth_year=1991"};
  ExpectRefused(device.Run(again), "--same-person-ok");
  again.push_back("--json");
  const RunResult refused = device.Run(again);
  EXPECT_EQ(refused.exit, 1);
  const auto said = nlohmann::json::parse(refused.out);
  EXPECT_EQ(said["same_person"], nlohmann::json::array({known}));
  EXPECT_EQ(said["error"]["code"], "exists already");
  EXPECT_EQ(device.Json({"list", "client"})["rows"].size(), 1u);
  again.back() = "--same-person-ok";
  EXPECT_NE(device.Json(again)["id"], known);
  EXPECT_EQ(device.Json({"list", "client"})["rows"].size(), 2u);

  Write("more.csv",
        "key,full_name,sex,birth_year\n1,Vàng A Sình,male,1980\n2,Lê Hoa,female,1970\n"
        "3,ĐỖ MINH HÀ,female,1990\n4,Le Hoa,female,1971\n");
  const RunResult run = device.Run({"import", "client", Path("more.csv"), "--json"});
  EXPECT_EQ(run.exit, 0) << run.err;
  const auto taken = nlohmann::json::parse(run.out);
  EXPECT_EQ(taken["added"], 4) << "nobody is refused";
  std::vector<int> lines;
  for (const auto& warning : taken["same_person"]) lines.push_back(warning["line"]);
  EXPECT_EQ(lines, (std::vector<int>{3, 4, 5}));
  EXPECT_NE(run.err.find("line 4: this person may be registered already"), std::string::npos)
      << run.err;
  EXPECT_EQ(device.Json({"import", "client", Path("more.csv")})["same_person"].size(), 0u);
}

TEST_F(UnitClient, AFindingThatIsRightAsItIsIsSettledAndOpenedAgain) {
  RealDevice device = Found("a");
  const std::string client = Add(device, {"client", "full_name=A"});
  const std::string episode =
      Add(device, {"episode", "parent=" + client, "diagnosis_date=2026-01-05",
                   "registered_on=2026-02-09", "intake_date=2026-02-09", "notice_start=2026-02-10",
                   "end_date=2026-02-20", "end_reason=died", "notice_end=2026-02-20"});
  auto open = device.Json({"conflicts"});
  ASSERT_EQ(open["checks"].size(), 1u);
  EXPECT_EQ(open["checks"][0]["check"], "registered_late");
  const RunResult listed = device.Run({"conflicts"});
  EXPECT_NE(listed.out.find("registered_late --right"), std::string::npos) << listed.out;
  ExpectRefused(device.Run({"resolve", client, "registered_late", "--right"}), "does not find");
  ExpectRefused(device.Run({"resolve", episode, "nonsense", "--right"}), "nonsense");
  ExpectRefused(device.Run({"resolve", episode, "registered_late", "--reopen"}), "nobody has");
  EXPECT_EQ(device.Run({"resolve", episode, "registered_late", "--right", "--reopen"}).exit, 2);
  EXPECT_EQ(device.Json({"resolve", episode, "registered_late", "--right", "--reason",
                         "chuyển đến"})["checks_left"],
            0);
  auto settled = device.Json({"conflicts"});
  EXPECT_EQ(settled["checks"].size(), 0u);
  ASSERT_EQ(settled["looked_at"].size(), 1u);
  EXPECT_EQ(settled["looked_at"][0]["record"], episode);
  EXPECT_EQ(settled["looked_at"][0]["check"], "registered_late");
  EXPECT_EQ(settled["looked_at"][0]["why"], "chuyển đến");
  device.Json({"set", episode, "registered_on=2026-02-08"});
  EXPECT_EQ(device.Json({"conflicts"})["checks"].size(), 0u) << "a change does not open it again";
  EXPECT_EQ(device.Json({"resolve", episode, "registered_late", "--reopen"})["checks_left"], 1);
  EXPECT_EQ(device.Json({"conflicts"})["looked_at"].size(), 0u);
}

TEST_F(UnitClient, WhatTheProvinceWritesIsAnsweredAndNothingElse) {
  RealDevice device = Found("a");
  ExpectRefused(device.Run({"add", "question", "text=Tự hỏi?"}), "written by the province");
  std::string question;
  {
    auto open = UnitDevice::Open(device.folder(), SystemClock(), SystemRandom());
    ASSERT_TRUE(open) << open.error().message;
    question = WriteAsProvince(**open, "question", {{"text", "Đúng không?"}}).Hex();
  }
  EXPECT_EQ(device.Json({"set", question, "answer=right"})["changed"], true);
  ExpectRefused(device.Run({"set", question, "text=Khác"}), "text: is written by the province");
  ExpectRefused(device.Run({"delete", question, "--reason", "x"}), "written by the province");
  ExpectRefused(device.Run({"undelete", question}), "written by the province");
  Write("q.csv", "key,text\n1,Tự hỏi?\n");
  const RunResult taken = device.Run({"import", "question", Path("q.csv")});
  EXPECT_EQ(taken.exit, 1);
  EXPECT_NE(taken.err.find("is written by the province"), std::string::npos) << taken.err;
  EXPECT_EQ(device.Json({"list", "question"})["rows"].size(), 1u);
}

TEST_F(UnitClient, WhoWritesIsShown) {
  RealDevice device = Found("a");
  const std::string worker = Add(device, {"worker", "display_name=Chị Lan"});
  EXPECT_EQ(device.Json({"author", worker})["author"], worker);
  const std::string client = Add(device, {"client", "full_name=A"});
  EXPECT_EQ(device.Json({"show", client})["created"]["author"], "Chị Lan");
  EXPECT_TRUE(device.Json({"author", "none"})["author"].is_null());
}

TEST_F(UnitClient, LockedShowsClearFieldsOnlyAndWritesNothing) {
  RealDevice device = Found("a");
  const std::string client = Add(device, {"client", "full_name=Bí mật", "sex=male"});
  const std::map<std::string, std::string> locked{{"TRAM_PASSPHRASE", ""}};
  RunResult run = device.Run({"show", client, "--json"}, locked);
  ASSERT_EQ(run.exit, 0) << run.err;
  auto shown = nlohmann::json::parse(run.out);
  EXPECT_EQ(shown["fields"]["sex"]["value"], "male");
  EXPECT_TRUE(shown["fields"]["full_name"]["value"].is_null());
  EXPECT_EQ(shown["sealed_unread"], true);
  ExpectRefused(device.Run({"add", "client", "full_name=B"}, locked), "TRAM_PASSPHRASE");
  ExpectRefused(device.Run({"export", "client"}, locked), "locked");
  ExpectRefused(device.Run({"add", "client"}, {{"TRAM_PASSPHRASE", "không phải thế"}}),
                "passphrase");
  EXPECT_EQ(device.Json({"status"})["ops"], 1);
}

TEST_F(UnitClient, AReportGivesFiguresAndDefinitions) {
  RealDevice device = Found("a");
  const std::string client = Add(device, {"client", "sex=male"});
  const std::string episode =
      Add(device, {"episode", "parent=" + client, "intake_date=2026-01-10", "referral=self"});
  Add(device, {"session", "parent=" + episode, "date=2026-02-09", "use_since_last=none"});
  auto report = device.Json({"report", "--as-of", "2026-03"});
  EXPECT_EQ(report["as_of"], "2026-03-31");
  ASSERT_GT(report["tables"].size(), 5u);
  bool survival = false;
  for (const auto& table : report["tables"]) {
    EXPECT_NE(table["definition"], "") << table["indicator"];
    if (table["indicator"] != "relapse_free") continue;
    survival = true;
    ASSERT_EQ(table["rows"].size(), 1u);
    EXPECT_EQ(table["rows"][0]["cohort"], 1);
    EXPECT_TRUE(table["rows"][0]["survival"][2]["survival"].is_null());  // nobody for a year yet
  }
  EXPECT_TRUE(survival);
  EXPECT_EQ(device.Json({"report", "--indicator", "new"})["tables"].size(), 1u);
  auto year = device.Json({"report", "--indicator", "sessions", "--per", "year", "--from",
                           "2026-02", "--as-of", "2026-03"});
  ASSERT_EQ(year["tables"][0]["rows"].size(), 1u);
  EXPECT_EQ(year["tables"][0]["rows"][0]["period"], "2026");
  EXPECT_EQ(year["tables"][0]["rows"][0]["numerator"], 1);
  RunResult text = device.Run({"report", "--as-of", "2026-03"});
  EXPECT_EQ(text.exit, 0) << text.err;
  EXPECT_NE(text.out.find("2026-01"), std::string::npos);
  ExpectRefused(device.Run({"report", "--indicator", "nonsense"}), "clients_ever");
  ExpectRefused(device.Run({"report", "--as-of", "soon"}), "YYYY-MM");
  ExpectRefused(device.Run({"report", "--from", "2026"}), "YYYY-MM");
  ExpectRefused(device.Run({"report", "--from", "2026-03", "--to", "2026-02"}), "2026-02");
  ExpectRefused(device.Run({"report", "--stratum", "nonsense"}), "nonsense");
  EXPECT_EQ(device.Run({"report", "--per", "week"}).exit, 2);
}

TEST_F(UnitClient, ABackupIsVerifiedAndRestoredAsANewInstallation) {
  RealDevice device = Found("a");
  const std::string client = Add(device, {"client", "full_name=Trước"});
  device.Json({"backup", Path("copy.db")});
  Add(device, {"client", "full_name=Sau"});
  ExpectRefused(device.Run({"backup", Path("copy.db")}), "--force");
  ExpectRefused(device.Run({"backup", Path("no/such/folder.db")}), "no/such");

  RealDevice restored(scratch_ / "b");
  EXPECT_EQ(restored.Json({"restore", Path("copy.db")})["ops"], 1);
  EXPECT_EQ(restored.Json({"show", client})["fields"]["full_name"]["value"], "Trước");
  // Both installations write on: neither loses, and both say that there was a copy.
  Add(restored, {"client", "full_name=Từ bản sao"});
  Carry(device, restored);
  Carry(restored, device);
  EXPECT_EQ(restored.Json({"list", "client"})["rows"].size(), 3u);
  EXPECT_EQ(device.Json({"list", "client"})["rows"].size(), 3u);
  ExpectRefused(restored.Run({"restore", Path("copy.db")}), "holds a unit already");
  device.Json({"backup", Path("copy.db"), "--force"});
}

TEST_F(UnitClient, ABackupIsNotRestoredBesideTheWalOfADatabaseThatWasMovedAway) {
  RealDevice device = Found("a");
  const std::string client = Add(device, {"client", "full_name=Trước"});
  device.Json({"backup", Path("copy.db")});
  Write("b/unit.db-wal", "what the database that was moved away had not yet taken in");
  RealDevice restored(scratch_ / "b");
  ExpectRefused(restored.Run({"restore", Path("copy.db")}), "unit.db-wal");
  EXPECT_FALSE(fs::exists(scratch_ / "b" / "unit.db"));
  EXPECT_TRUE(fs::exists(scratch_ / "b" / "unit.db-wal")) << "it may hold what nothing else does";
  fs::rename(scratch_ / "b" / "unit.db-wal", scratch_ / "moved-wal");
  EXPECT_EQ(restored.Json({"restore", Path("copy.db")})["ops"], 1);
}

TEST_F(UnitClient, ADamagedBackupIsRefusedAndLeavesNothing) {
  RealDevice device = Found("a");
  Add(device, {"client", "full_name=A"});
  device.Json({"backup", Path("copy.db")});
  std::string bytes = Read("copy.db");
  for (std::size_t i = 2000; i < bytes.size(); i += 97) bytes[i] = static_cast<char>(~bytes[i]);
  Write("damaged.db", bytes);
  // Damage that opening does not meet: only verifying the copy finds it.
  RealDevice other = Join(device, "other");
  Carry(device, other);  // with a signature of ours
  other.Json({"backup", Path("forged.db")});
  {
    auto database = SqlDatabase::Open(scratch_ / "forged.db", SqlDatabase::Mode::kExisting);
    ASSERT_TRUE(database);
    Status forged = (*database)->Execute("UPDATE log_checkpoint SET signature = zeroblob(64)");
    ASSERT_TRUE(forged) << forged.error().message;
    ASSERT_GT((*database)->Changes(), 0);
  }
  Write("empty.db", "");
  Write("text.db", "this is a letter, not a database, and it is long enough to be read as one\n");
  for (const char* name : {"damaged.db", "forged.db", "empty.db", "text.db", "missing.db"}) {
    SCOPED_TRACE(name);
    RealDevice restored(scratch_ / "b");
    ExpectRefused(restored.Run({"restore", Path(name)}), "");
    EXPECT_FALSE(fs::exists(scratch_ / "b" / "unit.db"));
  }
}

TEST_F(UnitClient, VerifyNamesDamage) {
  RealDevice device = Found("a");
  for (int i = 0; i < 20; ++i)
    Add(device, {"stock", "month=2026-0" + std::to_string(i % 9 + 1) + "-01",
                 "received=" + std::to_string(i)});
  std::string bytes = Read("a/unit.db");
  std::size_t last = bytes.size();
  for (std::size_t i = bytes.size() / 2; i < last; i += 61)
    bytes[i] = static_cast<char>(bytes[i] ^ 8);
  Write("a/unit.db", bytes);
  RunResult run = device.Run({"verify"});
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_FALSE(run.err.empty());
}

TEST_F(UnitClient, AProgrammeIsCheckedAndUsed) {
  RealDevice device = Found("a");
  Write("old", SignedProgramme());
  Write("new", SignedProgramme("version = 1", "version = 2"));
  Write("unsealed", SignedProgramme("name = \"full_name\", type = \"text\",",
                                    "name = \"full_name\", type = \"text\", clear = true,"));
  EXPECT_EQ(device.Json({"programme", "check", Path("old"), Path("new")})["safe"], true);
  RunResult unsafe = device.Run({"programme", "check", Path("old"), Path("unsealed"), "--json"});
  EXPECT_EQ(unsafe.exit, 1);
  EXPECT_EQ(nlohmann::json::parse(unsafe.out)["safe"], false);
  EXPECT_EQ(device.Json({"programme", "use", Path("new")})["version"], 2);
  EXPECT_EQ(device.Json({"status"})["programme"]["version"], 2);
  ExpectRefused(device.Run({"programme", "use", Path("unsealed")}), "refused");
  std::string forged = Read("old");
  forged.replace(forged.find("version = 1"), 11, "version = 9");
  Write("forged", forged);
  ExpectRefused(device.Run({"programme", "use", Path("forged")}), "signed");
}

TEST_F(UnitClient, BadInputIsOneLineAndChangesNothing) {
  RealDevice device = Found("a");
  const std::string client = Add(device, {"client", "full_name=A"});
  const std::string long_text(200'000, 'x');
  Write("binary", std::string("\x00\x01\xff\xfe binary", 11));
  const std::size_t ops = device.Json({"status"})["ops"];
  struct Case {
    std::vector<std::string> argv;
    std::string words;
  };
  for (const Case& one : std::vector<Case>{
           {{"add", "nobody", "a=b"}, "client"},
           {{"add", "client", "colour=red"}, "full_name"},
           {{"add", "client", "sex=blue"}, "male"},
           {{"add", "client", "birth_year=soon"}, "birth_year"},
           {{"add", "client", "birth_year=99999999999999999999"}, "birth_year"},
           {{"add", "client", "note=" + std::string(100'000, 'x')}, "note"},
           {{"add", "client", "full_name=A", "full_name=B"}, "twice"},
           {{"add", "client", "parent=" + client}, "parent"},
           {{"add", "episode"}, "parent"},
           {{"add", "episode", "parent=ffffffffff"}, "ffffffffff"},
           {{"add", "session", "parent=" + client}, "episode"},
           {{"add", "episode", "parent=" + client, "intake_date=31/02/2026"}, "intake_date"},
           {{"add", "episode", "parent=" + client, "end_date=2020-01-01"}, "end_date"},
           {{"show", "abc"}, "6"},
           {{"show", "no-hex-at-all"}, "hexadecimal"},
           {{"show", std::string(40, '0')}, "no record"},
           {{"show", long_text.substr(0, 10'000)}, "hexadecimal"},
           {{"set", client, "colour=red"}, "colour"},
           {{"set", client, "parent=" + client}, "parent"},
           {{"list", "client", "--where", "DROP TABLE client"}, ""},
           {{"list", "client", "--where", "1); DELETE FROM client; --"}, ""},
           {{"list", "client", "--where", "no_such_column = 1"}, "no_such_column"},
           {{"resolve", client, "sex", "--keep", "1"}, "conflict"},
           {{"resolve", client, "--delete"}, "conflict"},
           {{"import", "client", Path("missing.csv")}, "missing.csv"},
           {{"import", "client", Path("")}, ""},
           {{"import", "client", Path("binary")}, ""},
           {{"export", "client", "--out", Path("no/folder/x.csv")}, "no/folder"},
           {{"bundle", "read", Path("binary")}, "bundle"},
           {{"bundle", "read", Path("missing")}, "missing"},
           {{"programme", "use", Path("binary")}, ""},
           {{"programme", "check", Path("binary"), Path("binary")}, ""},
           {{"author", client}, "worker"},
           {{"sync"}, "bundle"},
           {{"lock"}, "run"},
           {{"init", "--server", "https://x.example"}, "already"},
           {{"status", "--passphrase-file", Path("missing")}, "missing"}}) {
    SCOPED_TRACE(one.argv[0] + " " + (one.argv.size() > 1 ? one.argv[1].substr(0, 60) : ""));
    ExpectRefused(device.Run(one.argv), one.words);
  }
  EXPECT_EQ(device.Json({"status"})["ops"], ops);
  EXPECT_EQ(device.Json({"verify"})["problems"].size(), 0u);
}

TEST_F(UnitClient, FoldersThatCannotHoldAUnit) {
  Write("file", "a file");
  const std::map<std::string, std::string> code{{"TRAM_CODE", "ABCD-EFGH-JKMN-PQRS"}};
  ExpectRefused(RealDevice(scratch_ / "nothing").Run({"status"}), "init");
  ExpectRefused(
      RealDevice(scratch_ / "file" / "below").Run({"init", "--server", "https://x"}, code), "file");
  EXPECT_EQ(RealDevice(scratch_ / "new").Run({"init"}).exit, 2);
  ExpectRefused(RealDevice(scratch_ / "new").Run({"init", "--server", "http://example.org"}, code),
                "https");
  ExpectRefused(RealDevice(scratch_ / "new").Run({"init", "--server", "http://127.0.0.1:1"}, code),
                "");
  ExpectRefused(RealDevice(scratch_ / "new")
                    .Run({"init", "--server", "http://127.0.0.1:1"}, {{"TRAM_CODE", "x"}}),
                "code");
  ExpectRefused(RealDevice(scratch_ / "new")
                    .Run({"init", "--server", "http://127.0.0.1:1"}, {{"TRAM_PASSPHRASE", "kurz"}}),
                "8");
  EXPECT_FALSE(fs::exists(scratch_ / "new" / "unit.db"));
}

TEST_F(UnitClient, AFullDiskLosesNothing) {
  RealDevice device = Found("a");
  Add(device, {"client", "full_name=A"});
  // Files may not grow beyond 8 KiB: what the database needs for one more record fails.
  RunResult run = RunProgram({"/bin/bash", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"",
                              test::kUnitClient, "--data", device.folder().string(), "--lang", "en",
                              "add", "client", "note=" + std::string(60'000, 'y')},
                             {{"TRAM_PASSPHRASE", kTestPassphrase}});
  ExpectRefused(run, "");
  EXPECT_EQ(device.Json({"verify"})["problems"].size(), 0u);
  EXPECT_EQ(device.Json({"list", "client"})["rows"].size(), 1u);
  Add(device, {"client", "full_name=B"});
}

}  // namespace
}  // namespace tram::test
