// Nothing sealed leaks: texts are planted in every sealed text field and sent the whole way, and
// then searched for in every file of both devices and the server, in what was carried by hand, in
// the logs and in the bytes of the wire; and in the ops of every message, decoded, whose columns
// show no text. The same search finds what is not sealed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/decoded_messages.h"
#include "tests/support/paths.h"
#include "tests/support/planted_text.h"
#include "tests/support/real_programs.h"
#include "tests/support/recording_proxy.h"
#include "tram/base/bytes.h"
#include "tram/programme/programme.h"
#include "tram/wire/op_codec.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using Direction = RecordingProxy::Direction;
using nlohmann::json;

constexpr std::int64_t kWordsFit = 100;  // characters; telephone numbers take fewer
const std::map<std::string, std::string> kLocked{{"TRAM_PASSPHRASE", ""}};

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string Listed(const std::vector<PlantedText::Found>& all) {
  std::string text;
  for (const PlantedText::Found& found : all) text += found.where + " (" + found.form + ")\n";
  return text;
}

const Programme& Treatment() {
  static const std::shared_ptr<const Programme> programme = [] {
    const fs::path file = test::InSource("libsync/programmes/treatment.toml");
    return Programme::Load(ReadAll(file), file.string()).value();
  }();
  return *programme;
}

std::vector<const Field*> SealedTexts(const RecordType& type) {
  std::vector<const Field*> fields;
  for (const Field& field : type.fields) {
    if (!field.clear && !field.retired && field.type == FieldType::kText) fields.push_back(&field);
  }
  return fields;
}

/// A value for a clear field that a record needs, or that shows a sealed one on the form.
std::string ClearValue(const Field& field) {
  switch (field.type) {
    case FieldType::kDate:
      return "2026-01-01";
    case FieldType::kBool:
      return "1";
    case FieldType::kCode:
      return Treatment().Codes(field.codes)->values[0].name;
    default:
      return "1";
  }
}

bool NeedsValue(const Field& field) {
  return field.clear && (field.required || field.name == "reached" || field.name == "out_days");
}

std::uint16_t PortOf(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

class SealedTest : public testing::Test {
 protected:
  /// Programs put what is temporary below the scratch folder too.
  SealedTest() {
    fs::create_directory(scratch_ / "tmp");
    for (const char* name : {"TMPDIR", "SQLITE_TMPDIR"}) {
      ::setenv(name, (scratch_ / "tmp").c_str(), 1);
    }
  }
  ~SealedTest() override {
    for (const char* name : {"TMPDIR", "SQLITE_TMPDIR"}) ::unsetenv(name);
  }
  void SetUp() override {
    server_.Start();
    proxy_ = std::make_unique<RecordingProxy>(PortOf(server_.url()));
    const std::string code = server_.AddUnit("U", "Trạm thử", "56", "2024-01-01");
    sealed_.Watch("the passphrase", kTestPassphrase);
    sealed_.Watch("the enrolment code", code);
    a_.Enrol(proxy_->url(), code);
    b_.Join(a_, proxy_->url());
    for (const RealDevice* device : {&a_, &b_}) {
      const json status = device->Json({"status"});
      unit_ = UnitId::FromHexText(status.at("unit").get<std::string>()).value();
      devices_.push_back(DeviceId::FromHexText(status.at("device").get<std::string>()).value());
    }
  }

  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name, std::ios::binary) << text;
  }
  static std::string Add(const RealDevice& device, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "add");
    return device.Json(arguments).value("id", "");
  }
  void SyncBoth() {
    for (const RealDevice* device : {&a_, &b_, &a_}) device->Sync();
  }
  /// field=text for every sealed text field of a type: a text that is sealed as it is, and one that
  /// becomes syllable bytes where it fits.
  std::vector<std::string> PlantedValues(const RecordType& type, const std::string& how) {
    std::vector<std::string> values;
    for (const Field* field : SealedTexts(type)) {
      const std::string where = how + " of " + type.name + "." + field->name;
      std::string text = sealed_.Plant(where);
      if (field->max.value_or(kWordsFit) >= kWordsFit) text += " " + sealed_.PlantWords(where);
      values.push_back(field->name + "=" + text);
    }
    return values;
  }

  void ImportEveryType();
  void EditEveryRecord();
  void MakeAndSettleAConflict();
  void DeleteWithAReason();
  void ExportAndReject();
  void CarryByHand();
  void WorkThroughAHolderThatIsKilled();
  DecodedMessages DecodedBundle(const std::string& name) const;
  DecodedWire Wire() const;
  void ExpectNothingSealedAnywhere();
  void ExpectTheClearTextEverywhere();
  void ExpectPrivateFiles(const fs::path& path);

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  RealDevice a_{scratch_ / "a"}, b_{scratch_ / "b"};
  std::unique_ptr<RecordingProxy> proxy_;
  UnitId unit_;
  std::vector<DeviceId> devices_;
  PlantedText sealed_, clear_{1};
  std::map<std::string, std::string> keys_;  // of the imported record of each type
};

void SealedTest::ImportEveryType() {
  for (const RecordType& type : Treatment().records) {
    const std::string key = sealed_.Plant("import key of " + type.name);
    std::string head = "key", row = key;
    auto add = [&](const std::string& name, const std::string& value) {
      head += "," + name;
      row += "," + value;
    };
    if (!type.parent.empty()) add("parent", keys_.at(type.parent));
    for (const Field& field : type.fields) {
      if (NeedsValue(field) && field.type != FieldType::kRef) add(field.name, ClearValue(field));
    }
    const auto planted = PlantedValues(type, "import");
    if (planted.empty()) continue;
    for (const std::string& value : planted) {
      add(value.substr(0, value.find('=')), value.substr(value.find('=') + 1));
    }
    if (type.person) add("code", clear_.Plant("import of client.code"));
    Write("list.csv", head + "\n" + row + "\n");
    ASSERT_EQ(a_.Json({"import", type.name, Path("list.csv")}).value("added", 0), 1) << type.name;
    keys_[type.name] = key;
  }
  ASSERT_GE(keys_.size(), 9u);
  fs::remove(scratch_ / "list.csv");
}

void SealedTest::EditEveryRecord() {
  for (const auto& [type, key] : keys_) {
    const json rows = a_.Json({"list", type}).at("rows");
    ASSERT_FALSE(rows.empty());
    std::vector<std::string> edit{"set", rows[0].at("id")};
    for (const std::string& value : PlantedValues(*Treatment().ByName(type), "edit")) {
      edit.push_back(value);
    }
    EXPECT_TRUE(a_.Json(edit).value("changed", false));
  }
  const json workers = a_.Json({"list", "worker"}).at("rows");
  a_.Json({"author", workers[0].at("id")});
}

void SealedTest::MakeAndSettleAConflict() {
  std::vector<std::string> values = PlantedValues(*Treatment().ByName("client"), "add");
  values.insert(values.begin(), {"client", "code=" + clear_.Plant("add of client.code")});
  const std::string client = Add(a_, values);
  SyncBoth();
  a_.Json({"set", client, "note=" + sealed_.Plant("one side of a conflict")});
  b_.Json({"set", client, "note=" + sealed_.Plant("other side of a conflict")});
  SyncBoth();
  ASSERT_EQ(a_.Json({"conflicts"}).at("conflicts").size(), 1u);
  a_.Json({"resolve", client, "note", sealed_.Plant("settlement of a conflict")});
  SyncBoth();
  ASSERT_EQ(b_.Json({"conflicts"}).at("conflicts").size(), 0u);
}

void SealedTest::DeleteWithAReason() {
  const std::string client = Add(b_, {"client", "full_name=" + sealed_.Plant("deleted client")});
  b_.Json({"delete", client, "--reason", sealed_.Plant("reason of a deletion")});
  SyncBoth();
}

/// What a person asked to have in the clear is his to keep and to remove; nothing else stays.
void SealedTest::ExportAndReject() {
  a_.Json({"export", "client", "--out", Path("clients.csv")});
  ExpectPrivateFiles(scratch_ / "clients.csv");
  EXPECT_GT(sealed_.SearchFiles(scratch_ / "clients.csv").size(), 10u);
  Write("bad.csv", "key,full_name,sex\nk," + sealed_.Plant("rejected row") + ",blue\n");
  EXPECT_EQ(a_.Run({"import", "client", Path("bad.csv")}).exit, 1);
  ExpectPrivateFiles(scratch_ / "bad.csv.rejected.csv");
  EXPECT_EQ(sealed_.SearchFiles(scratch_ / "bad.csv.rejected.csv").size(), 1u);
  for (const char* name : {"clients.csv", "bad.csv", "bad.csv.rejected.csv"}) {
    fs::remove(scratch_ / name);
  }
}

void SealedTest::CarryByHand() {
  a_.Json({"backup", Path("device.backup")});
  a_.Json({"bundle", "write", Path("device.bundle"), "--all"});
  sealed_.Watch("an invitation's code", a_.Json({"invite", Path("third.invitation")}).at("code"));
  server_.Json({"bundle", "read", Path("device.bundle"), "--answer", Path("answer.bundle")});
  server_.Json({"bundle", "write", "U", Path("server.bundle")});
  server_.Json({"backup", Path("server.backup")});
  server_.Json({"export", "--exact", "--out", Path("figures.csv")});
  b_.Json({"bundle", "read", Path("server.bundle")});
  for (const char* name : {"device.backup", "device.bundle", "third.invitation", "answer.bundle",
                           "server.bundle", "server.backup", "figures.csv"}) {
    ExpectPrivateFiles(scratch_ / name);
  }
}

void SealedTest::WorkThroughAHolderThatIsKilled() {
  const fs::path log = scratch_ / "run.log";
  ChildProcess holder({test::kUnitClient, "--data", a_.folder().string(), "run", "--every", "5"},
                      {{"TRAM_PASSPHRASE", kTestPassphrase}}, log);
  ASSERT_EQ(AwaitFile(log, holder).substr(0, 5), "ready");
  const std::string name = sealed_.Plant("add through a holder");
  const std::string client = Add(a_, {"client", "full_name=" + name});
  a_.Json({"set", client, "note=" + sealed_.Plant("set through a holder")});
  EXPECT_EQ(a_.Json({"list", "client", "--where", "full_name = '" + name + "'"}).at("rows").size(),
            1u);
  a_.Json({"show", client});
  a_.Sync();
  // What is typed in the wrong place is a secret all the same.
  const std::string slip = sealed_.Plant("typed in the wrong place");
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"add", "client", "sex=" + slip},
                                             {"add", "client", slip + "=1"},
                                             {"add", slip},
                                             {"set", client, "birth_year=" + slip},
                                             {"show", slip},
                                             {"list", "client", "--where", "full_name = " + slip},
                                             {"resolve", client, "note", slip},
                                             {"delete", slip, "--reason", slip},
                                             {slip}}) {
    EXPECT_NE(a_.Run(wrong).exit, 0) << wrong[0];
  }
  Write("held.csv",
        "key,full_name,sex\n" + sealed_.Plant("key through a holder") + "," + slip + ",blue\n");
  EXPECT_EQ(a_.Run({"import", "client", Path("held.csv")}).exit, 1);
  fs::remove(scratch_ / "held.csv");
  fs::remove(scratch_ / "held.csv.rejected.csv");
  EXPECT_EQ(a_.Run({"export", "client"}).exit, 0);
  Add(a_, {"client", "full_name=" + sealed_.Plant("just before the kill")});
  holder.Kill();
}

DecodedMessages SealedTest::DecodedBundle(const std::string& name) const {
  const Result<DecodedMessages> decoded = DecodeBundleMessages(ReadAll(scratch_ / name));
  EXPECT_TRUE(decoded) << name << ": " << decoded.error().message;
  if (!decoded) return {};
  EXPECT_GE(decoded->messages, 1u) << name;
  return *decoded;
}

DecodedWire SealedTest::Wire() const {
  const Result<DecodedWire> wire = DecodeWire(proxy_->Recordings(), unit_, devices_);
  EXPECT_TRUE(wire) << wire.error().message;
  if (!wire) return {};
  EXPECT_LE(wire->cut, 1u);  // the killed holder's
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    EXPECT_GE((*wire)[direction].messages, 5u);
    EXPECT_GT((*wire)[direction].ops, keys_.size());
  }
  return *wire;
}

void SealedTest::ExpectNothingSealedAnywhere() {
  EXPECT_EQ(Listed(sealed_.SearchFiles(scratch_.path())), "");
  for (const char* name : {"device.bundle", "answer.bundle", "server.bundle"}) {
    EXPECT_EQ(Listed(sealed_.Search(DecodedBundle(name).bytes)), "") << name;
  }
  const DecodedWire wire = Wire();
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    EXPECT_EQ(Listed(sealed_.Search(proxy_->Recorded(direction))), "");
    EXPECT_EQ(Listed(sealed_.Search(wire[direction].bytes)), "");
  }
}

void SealedTest::ExpectTheClearTextEverywhere() {
  for (const char* name : {"a", "b", "server", "device.backup", "server.backup"}) {
    EXPECT_GE(clear_.SearchFiles(scratch_ / name).size(), 2u) << name;
  }
  for (const char* name : {"device.bundle", "server.bundle"}) {
    EXPECT_GE(clear_.Search(DecodedBundle(name).bytes).size(), 2u) << name;
  }
  const DecodedWire wire = Wire();
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    EXPECT_GE(clear_.Search(wire[direction].bytes).size(), 2u);
  }
}

void SealedTest::ExpectPrivateFiles(const fs::path& path) {
  constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;
  EXPECT_EQ(fs::status(path).permissions() & kOthers, fs::perms::none) << path;
  if (!fs::is_directory(path)) return;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    EXPECT_EQ(entry.status().permissions() & kOthers, fs::perms::none) << entry.path();
  }
}

// What must be sealed, whatever the programme's file says: the tests below follow the file.
TEST(SealedFieldsTest, AreTheseTexts) {
  std::string sealed;
  for (const RecordType& type : Treatment().records) {
    for (const Field* field : SealedTexts(type)) sealed += type.name + "." + field->name + " ";
  }
  EXPECT_EQ(sealed,
            "client.full_name client.phone client.safe_contact client.national_id client.address "
            "client.family_contact client.consent_what client.note episode.goal episode.plan "
            "session.note medication.prescriber medication.note support.note referral_out.note "
            "followup.remark stock.reason worker.display_name review.why ");
}

TEST_F(SealedTest, NothingSealedIsInAFileOrOnTheWire) {
  ASSERT_NO_FATAL_FAILURE(ImportEveryType());
  ASSERT_NO_FATAL_FAILURE(EditEveryRecord());
  ASSERT_NO_FATAL_FAILURE(MakeAndSettleAConflict());
  DeleteWithAReason();
  ExportAndReject();
  CarryByHand();
  ASSERT_NO_FATAL_FAILURE(WorkThroughAHolderThatIsKilled());
  ExpectNothingSealedAnywhere();  // with the write-ahead logs of the killed and the running
  ExpectTheClearTextEverywhere();
  for (const RealDevice* device : {&a_, &b_}) ExpectPrivateFiles(device->folder());
  ExpectPrivateFiles(server_.folder());

  // All of it is there, for who has the key.
  SyncBoth();
  server_.Stop();
  for (const RealDevice* device : {&a_, &b_}) {
    for (const auto& [type, key] : keys_) {
      const RunResult shown = device->Run({"export", type});
      const std::size_t texts = SealedTexts(*Treatment().ByName(type)).size();
      EXPECT_GE(sealed_.Search(shown.out).size(), texts + 1) << type;
    }
  }
  ExpectNothingSealedAnywhere();  // and once everybody has closed his files
}

TEST_F(SealedTest, LockedIsNotOffline) {
  const std::string name = sealed_.Plant("client.full_name");
  const std::string client = Add(a_, {"client", "full_name=" + name, "sex=male"});
  for (const std::vector<std::string>& works :
       std::vector<std::vector<std::string>>{{"status"}, {"sync"}, {"report"}, {"verify"}}) {
    const RunResult run = a_.Run(works, kLocked);
    EXPECT_EQ(run.exit, 0) << works[0] << ": " << run.err;
  }
  EXPECT_EQ(a_.Json({"status"}).value("waiting_for_server", 9), 0);

  for (std::vector<std::string> shows : std::vector<std::vector<std::string>>{
           {"show", client}, {"list", "client"}, {"conflicts"}, {"status"}}) {
    for (const bool as_json : {false, true}) {
      if (as_json) shows.push_back("--json");
      const RunResult run = a_.Run(shows, kLocked);
      EXPECT_EQ(run.exit, 0) << shows[0] << ": " << run.err;
      EXPECT_EQ(Listed(sealed_.Search(run.out + run.err)), "") << shows[0];
    }
  }
  const json shown = json::parse(a_.Run({"show", client, "--json"}, kLocked).out);
  EXPECT_EQ(shown.at("fields").at("sex").at("value"), "male");
  EXPECT_EQ(shown.at("sealed_unread"), true);

  for (const std::vector<std::string>& refused :
       std::vector<std::vector<std::string>>{{"export", "client"},
                                             {"export", "client", "--out", Path("locked.csv")},
                                             {"add", "client", "sex=male"},
                                             {"set", client, "sex=female"},
                                             {"delete", client, "--reason", "x"},
                                             {"undelete", client},
                                             {"resolve", client, "--keep-record"},
                                             {"import", "client", Path("list.csv")},
                                             {"invite", Path("i")}}) {
    const RunResult run = a_.Run(refused, kLocked);
    EXPECT_EQ(run.exit, 1) << refused[0];
    EXPECT_EQ(run.out, "") << refused[0];
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << refused[0] << run.err;
    EXPECT_NE(run.err.find("TRAM_PASSPHRASE"), std::string::npos) << run.err;
  }
  EXPECT_FALSE(fs::exists(scratch_ / "locked.csv"));
  EXPECT_FALSE(fs::exists(scratch_ / "i"));
}

/// A program that may write cores as large as it likes, in a folder of its own.
std::unique_ptr<ChildProcess> StartWhereCoresAreAllowed(const fs::path& folder,
                                                        const std::vector<std::string>& program) {
  fs::create_directory(folder);
  std::vector<std::string> argv{"/bin/sh", "-c", "ulimit -c unlimited; cd \"$0\"; exec \"$@\"",
                                folder.string()};
  argv.insert(argv.end(), program.begin(), program.end());
  return std::make_unique<ChildProcess>(
      argv, std::map<std::string, std::string>{{"TRAM_PASSPHRASE", kTestPassphrase}},
      folder / "log");
}

std::vector<std::string> CoresIn(const fs::path& folder) {
  std::vector<std::string> cores;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.find("core") != std::string::npos) cores.push_back(name);
  }
  return cores;
}

/// Ends it as a fault of its own would.
void Crash(ChildProcess& child, int signal) {
  ASSERT_EQ(::kill(child.pid(), signal), 0);
  EXPECT_TRUE(child.AwaitEnd());  // Stop() would race with it: a second signal
  EXPECT_EQ(child.exit(), 128 + signal);
}

TEST_F(SealedTest, ACrashWritesNoCore) {
  server_.Stop();
  int n = 0;
  for (const int signal : {SIGSEGV, SIGABRT}) {
    const fs::path folder = scratch_ / ("cores" + std::to_string(++n));
    auto holder = StartWhereCoresAreAllowed(
        folder, {test::kUnitClient, "--data", a_.folder().string(), "run"});
    ASSERT_EQ(AwaitFile(folder / "log", *holder).substr(0, 5), "ready");
    const fs::path server_folder = scratch_ / ("server_cores" + std::to_string(n));
    auto server = StartWhereCoresAreAllowed(
        server_folder, {test::kCentralServer, "--data", server_.folder().string(), "serve",
                        "--listen", "127.0.0.1:0", "--port-file", (scratch_ / "port").string()});
    ASSERT_NE(AwaitFile(scratch_ / "port", *server), "");
    fs::remove(scratch_ / "port");
    for (ChildProcess* child : {holder.get(), server.get()}) {
      const std::string limits = ReadAll("/proc/" + std::to_string(child->pid()) + "/limits");
      const std::size_t line = limits.find("Max core file size");
      ASSERT_NE(line, std::string::npos);
      const std::string none = "Max core file size        0                    0 ";
      EXPECT_EQ(limits.substr(line, none.size()), none);
      Crash(*child, signal);
    }
    EXPECT_EQ(CoresIn(folder), std::vector<std::string>());
    EXPECT_EQ(CoresIn(server_folder), std::vector<std::string>());
  }
  // The same signal in a program that does not forbid it, where cores are files in its folder.
  if (const std::string pattern = ReadAll("/proc/sys/kernel/core_pattern");
      pattern.rfind("core", 0) != 0) {
    GTEST_SKIP() << "cores go to " << pattern << ": only the limits were looked at";
  }
  auto other = StartWhereCoresAreAllowed(scratch_ / "control",
                                         {"/bin/sh", "-c", "echo ready; exec sleep 1000"});
  ASSERT_EQ(AwaitFile(scratch_ / "control" / "log", *other), "ready\n");
  Crash(*other, SIGSEGV);
  EXPECT_EQ(CoresIn(scratch_ / "control").size(), 1u);
}

std::string ThroughProgram(const std::vector<std::string>& argv, const std::string& input) {
  const RunResult run = RunProgram(argv, {}, input);
  EXPECT_EQ(run.exit, 0) << argv[0] << ": " << run.err;
  return run.out;
}

// The bytes that stand in a blob before it is sealed are found where somebody wrote them.
TEST(PlantedTextTest, IsFoundAsSyllableBytes) {
  PlantedText planted;
  const std::string words = planted.PlantWords("a note");
  auto forms = [&](const std::string& text) {
    const Bytes plain = EncodeSealedEdits({{20, text}, {21, Code{1}}});
    EXPECT_EQ(plain[0], 1) << text;
    std::string all;
    for (const PlantedText::Found& found : planted.Search(AsText(plain))) all += found.form + ";";
    return all;
  };
  std::string capital = words;
  capital[0] = 'K';
  ASSERT_EQ(words[0], 'k');  // khuỷu or khâu
  EXPECT_EQ(forms("Khuỷu sỏi đèo trâu ngách vườn thận"), "");
  for (const std::string& note : {words, capital, "Hẹn " + words, "Hẹn gặp. " + words + ". Ổn.",
                                  "Hẹn gặp. " + capital + ", ổn.", "(" + words + ")", "5 " + words,
                                  "trâu-" + words, "Trạm: " + capital}) {
    EXPECT_NE(forms(note).find("NFC, syllable bytes"), std::string::npos) << note << forms(note);
  }
}

// The search itself, against other people's encoders.
TEST(PlantedTextTest, IsFoundInEveryForm) {
  PlantedText planted;
  const std::string text = planted.Plant("a field");
  const std::string around = "Ghi chú: " + text + ".";
  auto forms = [&](const std::string& bytes) {
    std::string all;
    for (const PlantedText::Found& found : planted.Search(bytes)) all += found.form + ";";
    return all;
  };
  EXPECT_EQ(forms("Ghi chú: Đặng Văn Một, Đặ"), "");
  EXPECT_EQ(forms(around), "NFC;");
  EXPECT_EQ(forms(ToHex(AsBytes(around))), "NFC, hexadecimal;");
  EXPECT_EQ(forms(ThroughProgram({"/usr/bin/iconv", "-f", "UTF-8", "-t", "UTF-16LE"}, around)),
            "NFC, UTF-16LE;");
  for (const char* before : {"", "a", "ab"}) {
    const std::string coded = ThroughProgram({"/usr/bin/base64", "-w0"}, before + around);
    EXPECT_EQ(forms(coded).rfind("NFC, Base64", 0), 0u) << before;
  }
  EXPECT_EQ(forms(json(around).dump(-1, ' ', true)), "NFC, escaped as in JSON;");
  std::string frame(ZSTD_compressBound(around.size() * 9), '\0');
  std::string content;
  for (int i = 0; i < 9; ++i) content += around;
  frame.resize(ZSTD_compress(frame.data(), frame.size(), content.data(), content.size(), 9));
  EXPECT_NE(forms("x" + frame.substr(4) + "y").find("NFC, in a zstd frame"), std::string::npos);
}

}  // namespace
}  // namespace tram::test
