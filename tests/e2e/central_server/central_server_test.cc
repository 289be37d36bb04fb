// The real central-server over loopback, with a device made from the library's parts.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"
#include "tram/base/os_file.h"
#include "tram/session/enrolment.h"
#include "tram/session/unit_device.h"
#include "tram/transport/http_client.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

class CentralServerTest : public testing::Test {
 protected:
  void SetUp() override {
    code_ = server_.AddUnit("BG01", "Phương Sơn", "24", "2016-03-01");
    Start();
  }

  void Start() {
    const fs::path port_file = scratch_ / "port";
    fs::remove(port_file);
    child_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{test::kCentralServer, "--data", server_.folder().string(), "serve",
                                 "--listen", "127.0.0.1:0", "--port-file", port_file.string()},
        std::map<std::string, std::string>{}, scratch_ / "serve.log");
    std::string port = AwaitFile(port_file, *child_);
    ASSERT_FALSE(port.empty()) << "the server did not start";
    port.pop_back();
    url_ = "http://127.0.0.1:" + port;
  }

  HttpReply Post(const std::string& path, ByteView body) {
    Result<HttpReply> reply = http_.Post(url_ + path, body);
    EXPECT_TRUE(reply) << (reply ? "" : reply.error().message);
    return reply.value_or(HttpReply());
  }

  void Enrol() {
    Founding founding;
    founding.device_seed = SecretKey::Generate(SystemRandom());
    const DeviceId device = SigningKey::FromSeed(founding.device_seed.Copy()).id();
    HttpReply reply = Post(kEnrolPath, AsBytes(EncodeEnrolRequest({device, code_, {}, {}})));
    ASSERT_EQ(reply.status, 200) << reply.body;
    Result<EnrolReply> enrolled = DecodeEnrolReply(reply.body);
    ASSERT_TRUE(enrolled) << enrolled.error().message;
    EXPECT_EQ(enrolled->unit_name, "Phương Sơn");
    founding.unit = enrolled->unit;
    founding.unit_name = enrolled->unit_name;
    founding.server = enrolled->server;
    founding.server_url = url_;
    founding.programme_key = enrolled->programme_key;
    founding.programme = enrolled->programme;
    founding.keys = enrolled->keys;
    founding.unit_key = SecretKey::Generate(SystemRandom());
    founding.passphrase = kTestPassphrase;
    Status found = UnitDevice::Found(scratch_ / "device", founding, SystemClock(), SystemRandom());
    ASSERT_TRUE(found) << found.error().message;
    auto opened = UnitDevice::Open(scratch_ / "device", SystemClock(), SystemRandom());
    ASSERT_TRUE(opened) << opened.error().message;
    device_ = std::move(*opened);
    ASSERT_TRUE(device_->Unlock(kTestPassphrase));
  }

  RecordId Save(const std::string& type, std::optional<RecordId> parent,
                const std::map<std::string, std::string>& fields) {
    RecordForm form;
    form.type = device_->programme().ByName(type);
    form.parent = parent;
    for (const auto& [name, text] : fields) {
      const Field* field = form.type->ByName(name);
      Result<Value> value = ParseValue(device_->programme(), *field, text);
      EXPECT_TRUE(value) << name;
      form.values[field->number] = *value;
    }
    Result<Saved> saved = device_->Save(form);
    EXPECT_TRUE(saved) << (saved ? "" : saved.error().message);
    return saved ? saved->record : RecordId();
  }

  void Sync() {
    SyncClient sync = device_->NewSync();
    for (bool more = true; more;) {
      Result<Bytes> request = sync.NextRequest({"POST", kSyncPath});
      ASSERT_TRUE(request) << request.error().message;
      HttpReply reply = Post(kSyncPath, *request);
      ASSERT_EQ(reply.status, 200) << reply.body;
      Result<bool> taken = sync.TakeReply(AsBytes(reply.body));
      ASSERT_TRUE(taken) << taken.error().message;
      more = *taken;
    }
    EXPECT_TRUE(sync.report().complete);
    EXPECT_EQ(sync.report().left_ops, 0u);
  }

  void RecordATreatment() {
    const RecordId client = Save("client", std::nullopt, {{"full_name", "Nguyễn Văn Kín"}});
    const RecordId episode =
        Save("episode", client, {{"intake_date", "2024-02-01"}, {"referral", "self"}});
    Save("session", episode, {{"date", "2024-02-10"}});
    Save("session", episode, {{"date", "2024-03-10"}});
  }

  /// Numerators by period of a count indicator, over the country.
  std::map<std::string, std::int64_t> Counts(const std::string& indicator,
                                             std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"report", "--by", "country", "--indicator", indicator});
    std::map<std::string, std::int64_t> counts;
    const nlohmann::json report = server_.Json(more);
    for (const auto& row : report.at("tables").at(0).at("rows")) {
      counts[row.at("period")] = row.at("numerator");
    }
    return counts;
  }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  std::unique_ptr<ChildProcess> child_;
  std::string url_;
  HttpClient http_;
  std::string code_;
  std::unique_ptr<UnitDevice> device_;
};

TEST_F(CentralServerTest, IsHealthyAndRefusesWhatItDoesNotKnow) {
  Result<HttpReply> health = http_.Get(url_ + "/healthz");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);
  EXPECT_EQ(health->body, "ok\n");
  EXPECT_EQ(http_.Get(url_ + "/nothing")->status, 404);
  EXPECT_EQ(http_.Get(url_ + "/s")->status, 405);
  for (const char* path : {kSyncPath, kEnrolPath}) {
    for (const std::string& body :
         {std::string(), std::string("{}"), std::string(100'000, '\xff')}) {
      HttpReply reply = Post(path, AsBytes(body));
      EXPECT_GE(reply.status, 400) << path;
      EXPECT_LT(reply.status, 500) << path;
      EXPECT_EQ(std::count(reply.body.begin(), reply.body.end(), '\n'), 1) << reply.body;
    }
  }
}

TEST_F(CentralServerTest, FromACodeToAFigure) {
  Enrol();
  RecordATreatment();
  Sync();
  EXPECT_EQ(Counts("sessions"),
            (std::map<std::string, std::int64_t>{{"2024-02", 1}, {"2024-03", 1}}));
  EXPECT_EQ(Counts("new").at("2024-02"), 1);
  EXPECT_EQ(Counts("sessions", {"--as-of", "2024-02"}).count("2024-03"), 0u);
  auto then = server_.Json({"report", "--indicator", "sessions"}).at("tables").at(0).at("rows");
  EXPECT_EQ(then.at(0).at("place_name"), "Bắc Giang");
  auto now = server_.Json({"report", "--indicator", "sessions", "--places", "now"});
  EXPECT_EQ(now.at("tables").at(0).at("rows").at(0).at("place_name"), "Bắc Ninh");
  EXPECT_TRUE(now.at("silent").empty());
}

TEST_F(CentralServerTest, NoNameReachesTheDisk) {
  Enrol();
  RecordATreatment();
  Sync();
  child_->Stop();
  for (const auto& entry : fs::directory_iterator(server_.folder())) {
    if (!entry.is_regular_file()) continue;
    Result<std::string> content = ReadFile(entry.path(), 1 << 28);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->find("Văn Kín"), std::string::npos) << entry.path();
  }
}

TEST_F(CentralServerTest, CommandsGoToTheRunningServer) {
  EXPECT_EQ(server_.Json({"unit", "list"}).at("units").size(), 1u);
  EXPECT_EQ(server_.Json({"verify"}).at("problems").size(), 0u);
  server_.Json({"backup", (scratch_ / "copy.db").string()});
  EXPECT_EQ(server_.Run({"unit", "move", "NONE", "24", "--from", "2026-01-01"}).exit, 1);
  EXPECT_EQ(server_.Run({"init"}).exit, 1);
  RunResult second = server_.Run({"serve", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit, 1);
  EXPECT_EQ(fs::status(server_.folder() / "control.sock").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(child_->Stop(), 0);
  EXPECT_FALSE(fs::exists(server_.folder() / "control.sock"));
  EXPECT_EQ(server_.Json({"unit", "list"}).at("units").size(), 1u);
}

TEST_F(CentralServerTest, AKilledServerKeepsWhatItAcknowledged) {
  Enrol();
  RecordATreatment();
  Sync();
  child_->Kill();
  Start();
  EXPECT_EQ(Counts("sessions").size(), 2u);
  EXPECT_TRUE(server_.Json({"verify"}).at("problems").empty());
  Sync();
}

}  // namespace
}  // namespace tram::test
