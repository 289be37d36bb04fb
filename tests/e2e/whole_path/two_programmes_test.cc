// A unit and a server that take a new version of the programme one after the other, with the real
// programs: what each records meanwhile reaches the others, is held in words where it is not known,
// and is there for everybody in the end.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"
#include "tests/versions/programme_versions.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using versions::ProgrammeOne;
using versions::ProgrammeTwo;

constexpr char kHeldWords[] = "is not in the programme: take the newer programme";

void Write(const fs::path& file, const std::string& text) {
  Status written = WriteFileAtomically(file, AsBytes(text));
  ASSERT_TRUE(written) << written.error().message;
}

class TwoProgrammesTest : public testing::Test {
 protected:
  void SetUp() override {
    Write(one_, ProgrammeOne());
    Write(two_, ProgrammeTwo());
    server_ = std::make_unique<RealServer>(scratch_ / "server",
                                           std::vector<std::string>{"--programme", one_.string()});
    server_->Start();
    const std::string code = server_->AddUnit("U", "Unit", "56", "2024-01-01");
    a_.Enrol(server_->url(), code);
    b_.Join(a_, server_->url());
    client_ = Add(a_, {"client", "full_name=Người Chung", "sex=male"});
    episode_ = Add(a_, {"episode", "parent=" + client_, "intake_date=2026-01-02", "drugs=heroin"});
    session_ = Add(a_, {"session", "parent=" + episode_, "date=2026-01-03", "use=none"});
    SyncAll();
    SignAhead();
  }

  /// The signed file of the new version, while the server itself stays on the old one.
  void SignAhead() {
    server_->Stop();
    fs::copy(server_->folder(), scratch_ / "ahead", fs::copy_options::recursive);
    server_->Start();
    const RunResult run =
        RunProgram({test::kCentralServer, "--data", (scratch_ / "ahead").string(), "programme",
                    "add", two_.string(), "--signed", signed_.string()});
    ASSERT_EQ(run.exit, 0) << run.err;
  }
  void UpdateServer() {
    server_->Stop();
    server_->Json({"programme", "add", two_.string()});
    server_->Start();
  }
  void Update(const RealDevice& device) {
    EXPECT_EQ(device.Json({"programme", "use", signed_.string()}).value("version", 0), 2);
  }

  static std::string Add(const RealDevice& device, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "add");
    return device.Json(arguments).value("id", "");
  }
  static void Set(const RealDevice& device, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "set");
    device.Json(arguments);
  }
  void SyncAll() {
    for (int round = 0; round < 2; ++round) {
      a_.Sync();
      b_.Sync();
    }
  }

  /// What the new version can record and the old one cannot.
  void RecordOnNew(const RealDevice& device) {
    Set(device, {client_, "phone=0901", "district=Xã Bình Hưng", "needs=meth"});
    Set(device, {episode_, "stage=first", "drugs=heroin|meth"});
    Set(device, {session_, "minutes=45", "use=lapse", "use_date=2026-01-02"});
    Add(device, {"visit", "parent=" + client_, "date=2026-01-04", "place=Tại nhà"});
    Add(device, {"relative", "full_name=Người Nhà Mới"});
  }
  void RecordOnOld(const RealDevice& device) {
    Set(device, {client_, "phone=0902", "sex=other"});
    Set(device, {session_, "use=relapse", "use_date=2026-01-03"});
    Add(device, {"client", "full_name=Của Máy Cũ", "sex=other"});
  }
  /// What the old side says of what it holds, for a person and for a program.
  void ExpectHeld(const RealDevice& device) {
    const json held = device.Json({"status"}).at("held");
    ASSERT_EQ(held.size(), 2u) << held.dump();
    for (const json& op : held) {
      EXPECT_NE(op.value("reason", "").find(kHeldWords), std::string::npos) << op.dump();
    }
    const RunResult text = device.Run({"status"});
    EXPECT_NE(text.out.find("held: 2"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("Take the newest forms from the province"), std::string::npos)
        << text.out;
    EXPECT_EQ(device.Run({"verify"}).exit, 0);
  }
  void ExpectEqualAndWhole() {
    for (const RealDevice* device : {&a_, &b_}) {
      const json status = device->Json({"status"});
      EXPECT_TRUE(status.at("held").empty()) << status.at("held").dump();
      EXPECT_TRUE(status.at("rejected").empty());
      EXPECT_EQ(status.value("waiting_for_server", 9), 0);
    }
    for (const char* type : {"client", "episode", "session", "visit", "relative"}) {
      const RunResult of_a = a_.Run({"export", type});
      EXPECT_EQ(of_a.exit, 0) << of_a.err;
      EXPECT_EQ(of_a.out, b_.Run({"export", type}).out) << type;
    }
    const json client = b_.Json({"show", client_}).at("fields");
    EXPECT_EQ(client.at("district").value("value", ""), "Xã Bình Hưng");
    EXPECT_EQ(client.at("needs").at("value"), json::array({"meth"}));
    EXPECT_TRUE(client.at("phone").value("conflict", false));
    const std::string phone = client.at("phone").dump();
    EXPECT_NE(phone.find("0901"), std::string::npos);
    EXPECT_NE(phone.find("0902"), std::string::npos);
    const json session = b_.Json({"show", session_}).at("fields");
    EXPECT_EQ(session.at("minutes").value("value", 0), 45);
    EXPECT_TRUE(session.at("use").value("conflict", false));
    const json drugs = b_.Json({"show", episode_}).at("fields").at("drugs").at("value");
    EXPECT_NE(std::find(drugs.begin(), drugs.end(), "meth"), drugs.end()) << drugs.dump();
    EXPECT_NE(b_.Run({"export", "relative"}).out.find("Người Nhà Mới"), std::string::npos);
    EXPECT_NE(b_.Run({"export", "visit"}).out.find("Tại nhà"), std::string::npos);
    EXPECT_EQ(server_->Run({"verify"}).exit, 0);
  }
  /// Sessions of January, as the server counts them.
  json Report() {
    return server_->Json({"report", "--by", "unit", "--as-of", "2026-01-31", "--exact"});
  }

  ScratchFolder scratch_;
  const fs::path one_ = scratch_ / "one.toml", two_ = scratch_ / "two.toml",
                 signed_ = scratch_ / "two.signed";
  std::unique_ptr<RealServer> server_;
  RealDevice a_{scratch_ / "a"}, b_{scratch_ / "b"};
  std::string client_, episode_, session_;
};

TEST_F(TwoProgrammesTest, ADeviceAheadOfTheOtherAndOfTheServer) {
  Update(a_);
  RecordOnNew(a_);
  RecordOnOld(b_);
  SyncAll();
  ExpectHeld(b_);
  EXPECT_GT(Report().at("tables").size(), 0u);
  // The old side goes on with the records that it sees a part of.
  Set(b_, {client_, "full_name=Tên Từ Máy Cũ"});
  Set(b_, {episode_, "drugs=ketamine"});
  const RunResult shown = b_.Run({"show", episode_});
  EXPECT_NE(shown.out.find("#4"), std::string::npos) << shown.out;
  SyncAll();
  Update(b_);
  UpdateServer();
  SyncAll();
  ExpectEqualAndWhole();
}

TEST_F(TwoProgrammesTest, ADeviceBehindTheOtherAndTheServer) {
  UpdateServer();
  Update(b_);
  RecordOnNew(b_);
  RecordOnOld(a_);
  SyncAll();
  ExpectHeld(a_);
  Set(a_, {client_, "full_name=Tên Từ Máy Cũ"});
  SyncAll();
  // The new side is gone and its disk with it: the old one has it all.
  fs::remove_all(b_.folder());
  RealDevice fresh(scratch_ / "c");
  fresh.Join(a_, server_->url());
  fresh.Sync();
  Update(fresh);
  EXPECT_TRUE(fresh.Json({"status"}).at("held").empty());
  EXPECT_NE(fresh.Run({"export", "relative"}).out.find("Người Nhà Mới"), std::string::npos);
  EXPECT_NE(fresh.Run({"export", "visit"}).out.find("Tại nhà"), std::string::npos);
  EXPECT_EQ(fresh.Json({"show", client_}).at("fields").at("district").value("value", ""),
            "Xã Bình Hưng");
}

TEST_F(TwoProgrammesTest, AnOlderProgrammeAndOneThatHidesValuesAreRefused) {
  Update(a_);
  const fs::path grown = scratch_ / "grown.toml";
  Write(grown,
        versions::Exchanged(versions::Exchanged(ProgrammeTwo(), "version = 2", "version = 3"),
                            "name = \"minutes\", type = \"int\",",
                            "name = \"minutes\", type = \"int\", group = \"use\","));
  const RunResult checked = a_.Run({"programme", "check", two_.string(), grown.string()});
  EXPECT_EQ(checked.exit, 1);
  EXPECT_NE(checked.out.find("would merge in one group with minutes"), std::string::npos)
      << checked.out;
  UpdateServer();
  EXPECT_EQ(server_->Run({"programme", "add", grown.string()}).exit, 1);
  EXPECT_EQ(server_->Run({"programme", "add", one_.string()}).exit, 1);
  EXPECT_EQ(a_.Json({"status"}).at("programme").value("version", 0), 2);
}

}  // namespace
}  // namespace tram::test
