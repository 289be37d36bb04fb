// CSV files in and out, and two devices that exchange bundles.
#include <filesystem>

#include "tests/e2e/unit_client/unit_fixture.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

TEST_F(UnitClient, AnImportTakesGoodRowsAndListsBadOnes) {
  RealDevice device = Found("a");
  Write("clients.csv",
        "key,full_name,sex,birth_year\r\n"
        "k1,\"Đỗ Minh, Hà\",female,1990\r\n"
        "k2,B,blue,1980\r\n"
        "k3,C,male\r\n"
        ",D,male,1970\r\n"
        "k1,E,male,1960\r\n"
        "k6,\xff\xfe,male,1960\r\n"
        "k7,F,male,1985\r\n");
  RunResult run = device.Run({"import", "client", Path("clients.csv"), "--json"});
  EXPECT_EQ(run.exit, 1);
  auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["added"], 2);
  EXPECT_EQ(json["rejected"], 5);
  const std::string rejected = Read("clients.csv.rejected.csv");
  EXPECT_NE(rejected.find("line,field,reason,key,full_name,sex,birth_year"), std::string::npos);
  EXPECT_NE(rejected.find("3,sex,"), std::string::npos) << rejected;
  EXPECT_NE(rejected.find("5,key,"), std::string::npos) << rejected;
  EXPECT_NE(rejected.find("6,key,"), std::string::npos) << rejected;

  // Mended, it goes in whole; what was there is not doubled, and the list of bad rows goes.
  Write("clients.csv",
        "key,full_name,sex,birth_year\nk1,\"Đỗ Minh, Hà\",female,1991\nk2,B,male,1980\n"
        "k7,F,male,1985\n");
  json = device.Json({"import", "client", Path("clients.csv")});
  EXPECT_EQ(json["added"], 1);
  EXPECT_EQ(json["changed"], 1);
  EXPECT_EQ(json["unchanged"], 1);
  EXPECT_FALSE(fs::exists(scratch_ / "clients.csv.rejected.csv"));

  Write("episodes.csv",
        "key,parent,intake_date,primary_drug,other_drugs\n"
        "e1,k1,2026-01-05,heroin,ketamine|cannabis\ne2,nobody,2026-01-05,heroin,\n");
  run = device.Run({"import", "episode", Path("episodes.csv")});
  EXPECT_EQ(run.exit, 1);
  EXPECT_NE(Read("episodes.csv.rejected.csv").find("3,parent,"), std::string::npos);
  EXPECT_EQ(device.Json({"list", "episode"})["rows"].size(), 1u);
}

TEST_F(UnitClient, TheSameFileAgainChangesNothing) {
  RealDevice device = Found("a");
  Write("clients.csv", "key,full_name,note\nk1,A,first\nk2,B,\n");
  device.Json({"import", "client", Path("clients.csv")});
  const std::string id =
      device.Json({"list", "client", "--where", "full_name = 'A'"})["rows"][0]["id"];
  device.Json({"set", id, "note=changed by hand"});
  const std::size_t ops = device.Json({"status"})["ops"];
  auto json = device.Json({"import", "client", Path("clients.csv")});
  EXPECT_EQ(json["added"], 0);
  EXPECT_EQ(json["changed"], 0);
  EXPECT_EQ(device.Json({"status"})["ops"], ops);
  EXPECT_EQ(device.Json({"show", id})["fields"]["note"]["value"], "changed by hand");
}

TEST_F(UnitClient, AnExportComesBackAndIsListed) {
  RealDevice device = Found("a");
  Write("clients.csv", "key,full_name,note\nk1,A,\"two\nlines, and \"\"quotes\"\"\"\n");
  device.Json({"import", "client", Path("clients.csv")});
  const std::string id = device.Json({"list", "client"})["rows"][0]["id"];
  Write("episodes.csv", "key,parent,intake_date,other_drugs\ne1," + id + ",2026-01-05,cannabis\n");
  device.Json({"import", "episode", Path("episodes.csv")});
  EXPECT_EQ(device.Json({"export", "client", "--out", Path("out.csv")})["rows"], 1);
  device.Json({"export", "episode", "--out", Path("out2.csv")});
  EXPECT_NE(Read("out2.csv").find(id + ",k1,"), std::string::npos) << Read("out2.csv");
  const std::size_t ops = device.Json({"status"})["ops"];
  auto again = device.Json({"import", "client", Path("out.csv")});
  EXPECT_EQ(again["unchanged"], 1);
  EXPECT_EQ(device.Json({"import", "episode", Path("out2.csv")})["unchanged"], 1);
  auto status = device.Json({"status"});
  EXPECT_EQ(status["ops"], ops);
  ASSERT_EQ(status["exports"].size(), 2u);
  EXPECT_EQ(status["exports"][0]["type"], "client");
  EXPECT_EQ(status["exports"][0]["rows"], 1);
  RunResult plain = device.Run({"export", "client"});
  EXPECT_EQ(plain.out, Read("out.csv"));
}

TEST_F(UnitClient, AHeaderThatIsWrongIsRefusedAsAWhole) {
  RealDevice device = Found("a");
  for (const char* header :
       {"full_name,sex\nA,male\n", "key,colour\nk,red\n", "key,key\na,b\n", ""}) {
    Write("bad.csv", header);
    ExpectRefused(device.Run({"import", "client", Path("bad.csv")}), "");
  }
  EXPECT_EQ(device.Json({"status"})["ops"], 0);
}

TEST_F(UnitClient, AYearGoesInByOneFile) {
  RealDevice device = Found("a");
  std::string text = "key,full_name,sex,note\n";
  for (int i = 0; i < 2000; ++i) {
    text += "k" + std::to_string(i) + ",Người " + std::to_string(i) + ",male,ghi chú\n";
  }
  Write("many.csv", text);
  EXPECT_EQ(device.Json({"import", "client", Path("many.csv")})["added"], 2000);
  EXPECT_EQ(device.Json({"import", "client", Path("many.csv")})["unchanged"], 2000);
  EXPECT_EQ(device.Json({"verify"})["entries"], 2000);
}

TEST_F(UnitClient, TwoDevicesAConflictAndItsSettlement) {
  RealDevice a = Found("a");
  const std::string client = Add(a, {"client", "full_name=A", "sex=male", "phone=1"});
  RealDevice b = Join(a, "b");
  Carry(a, b);
  EXPECT_EQ(b.Json({"status"})["unit_name"], "Trạm thử");
  // The same field on both, different fields on both.
  a.Json({"set", client, "full_name=Từ máy A", "phone=2"});
  b.Json({"set", client, "full_name=Từ máy B", "address=Phương Sơn"});
  Carry(a, b);
  Carry(b, a);
  for (const RealDevice* device : {&a, &b}) {
    auto conflicts = device->Json({"conflicts"})["conflicts"];
    ASSERT_EQ(conflicts.size(), 1u);
    EXPECT_EQ(conflicts[0]["record"], client);
    EXPECT_EQ(conflicts[0]["field"], "full_name");
    ASSERT_EQ(conflicts[0]["candidates"].size(), 2u);
    EXPECT_NE(conflicts[0]["candidates"][0]["device"], conflicts[0]["candidates"][1]["device"]);
    auto fields = device->Json({"show", client})["fields"];
    EXPECT_EQ(fields["full_name"]["conflict"], true);
    EXPECT_EQ(fields["phone"]["value"], "2");
    EXPECT_EQ(fields["address"]["value"], "Phương Sơn");
  }
  RunResult text = a.Run({"show", client});
  EXPECT_NE(text.out.find("Từ máy A"), std::string::npos);
  EXPECT_NE(text.out.find("Từ máy B"), std::string::npos);

  ExpectRefused(a.Run({"resolve", client, "full_name", "--keep", "3"}), "1 to 2");
  a.Json({"resolve", client, "full_name", "--keep", "2"});
  Carry(a, b);
  EXPECT_EQ(b.Json({"conflicts"})["conflicts"].size(), 0u);
  EXPECT_EQ(a.Json({"show", client})["fields"]["full_name"]["value"],
            b.Json({"show", client})["fields"]["full_name"]["value"]);
}

TEST_F(UnitClient, AGroupConflictIsSettledByTypedValues) {
  RealDevice a = Found("a");
  const std::string client = Add(a, {"client", "sex=male"});
  const std::string episode = Add(a, {"episode", "parent=" + client, "intake_date=2026-01-01"});
  const std::string session = Add(a, {"session", "parent=" + episode, "date=2026-02-01"});
  RealDevice b = Join(a, "b");
  Carry(a, b);
  a.Json({"set", session, "use_since_last=lapse", "use_date=2026-01-20"});
  b.Json({"set", session, "use_since_last=none"});
  Carry(b, a);
  auto conflicts = a.Json({"conflicts"})["conflicts"];
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0]["field"], "use");
  ExpectRefused(a.Run({"resolve", session, "use", "use_since_last=lapse"}), "use_date");
  a.Json({"resolve", session, "use", "use_since_last=lapse", "use_date=2026-01-21"});
  EXPECT_EQ(a.Json({"conflicts"})["conflicts"].size(), 0u);
  EXPECT_EQ(a.Json({"show", session})["fields"]["use_date"]["value"], "2026-01-21");
}

TEST_F(UnitClient, DeletedHereChangedThere) {
  RealDevice a = Found("a");
  const std::string client = Add(a, {"client", "full_name=A"});
  RealDevice b = Join(a, "b");
  Carry(a, b);
  a.Json({"delete", client, "--reason", "trùng"});
  b.Json({"set", client, "phone=123"});
  Carry(b, a);
  auto conflicts = a.Json({"conflicts"})["conflicts"];
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0]["kind"], "deletion");
  a.Json({"resolve", client, "--delete", "--reason", "trùng"});
  EXPECT_EQ(a.Json({"show", client})["deleted"], true);
  EXPECT_EQ(a.Json({"conflicts"})["conflicts"].size(), 0u);
}

TEST_F(UnitClient, AFormThatWasOpenWhileAValueArrivedMakesAConflict) {
  RealDevice a = Found("a");
  const std::string client = Add(a, {"client", "full_name=A"});
  const std::string parent = a.Json({"show", client})["fields"]["full_name"]["parents"][0];
  a.Json({"set", client, "full_name=B"});
  a.Json({"set", client, "--parents", parent, "full_name=C"});
  EXPECT_EQ(a.Json({"conflicts"})["conflicts"].size(), 1u);
}

TEST_F(UnitClient, AnInvitationOpensWithItsCodeOnly) {
  RealDevice a = Found("a");
  a.Json({"invite", Path("i")});
  ExpectRefused(RealDevice(scratch_ / "b")
                    .Run({"init", "--invite", Path("i")}, {{"TRAM_CODE", "0000-0000-0000-0000"}}),
                "code");
  ExpectRefused(a.Run({"invite", Path("i")}), "exists");
  EXPECT_FALSE(fs::exists(scratch_ / "b" / "unit.db"));
}

TEST_F(UnitClient, BundlesInTheWrongOrderWaitAndABundleOfAnotherUnitIsRefused) {
  RealDevice a = Found("a");
  RealDevice b = Join(a, "b");
  RealDevice other = Found("c");
  Add(other, {"client", "full_name=X"});
  other.Json({"bundle", "write", Path("other")});
  ExpectRefused(a.Run({"bundle", "read", Path("other")}), "another unit");
  Add(a, {"client", "full_name=1"});
  a.Json({"bundle", "write", Path("one")});
  b.Json({"bundle", "read", Path("one")});
  b.Json({"bundle", "read", Path("one")});
  EXPECT_EQ(b.Json({"list", "client"})["rows"].size(), 1u);
}

}  // namespace
}  // namespace tram::test
