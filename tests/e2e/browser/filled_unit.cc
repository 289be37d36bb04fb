#include "tests/e2e/browser/filled_unit.h"

#include <regex>

#include "tests/support/paths.h"
#include "tests/support/province.h"
#include "tram/base/clock.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"
#include "tram/session/unit_device.h"
#include "tram/wire/op_codec.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

constexpr char kSettledCheck[] = "registered_late";
constexpr char kProgramme[] = "/libsync/programmes/treatment.toml";

std::string ProgrammeText() {
  auto text = ReadFile(std::string(kSourceDir) + kProgramme, kProgrammeBytesMax);
  EXPECT_TRUE(text) << text.error().message;
  return text ? *text : "";
}

/// The next version: one more thing to record, which programs of this version hold.
std::string NextProgramme() {
  std::string text = std::regex_replace(ProgrammeText(), std::regex("\nversion = 1\n"),
                                        "\nversion = 2\n", std::regex_constants::format_first_only);
  text += R"toml(
[[record]]
number = 90
name = "garden"
vi = "Vườn thuốc"
en = "Garden"
many = { vi = "Vườn thuốc", en = "Gardens" }
shown_as = "name"
fields = [
  { number = 16, name = "name", type = "text", vi = "Tên", en = "Name" },
]
)toml";
  return text;
}

}  // namespace

std::vector<std::string> FilledUnitTest::RecordTypes() {
  static const std::regex head("\\[\\[record\\]\\]\nnumber = [0-9]+\nname = \"([a-z_]+)\"");
  const std::string text = ProgrammeText();
  std::vector<std::string> names;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), head); it != std::sregex_iterator();
       ++it) {
    names.push_back((*it)[1]);
  }
  return names;
}

void FilledUnitTest::SetUp() {
  PagesTest::SetUp();
  if (IsSkipped()) return;
  today_ = LocalDate(SystemClock().WallMs());
  browser_->Go(At("/"));
  AtFirstStart();
  SetUpUnit();
  BecomeWorker("Nguyễn Thị Lan");
  own_ = std::make_unique<RealDevice>(unit_->folder());
  second_ = std::make_unique<RealDevice>(scratch_ / "second");
  second_->Join(*own_, server_->url());
  AddPeople();
  AddOthers();
  DisagreeWithSecond();
  WaitForSomething();
  HoldSomething();
  in_treatment_ = RecordCalled("Bùi Văn Tám");
}

std::string FilledUnitTest::RecordCalled(const std::string& name) {
  const auto clients = own_->Json({"list", "client"})["rows"];
  for (const auto& row : clients) {
    if (row.dump().find(name) != std::string::npos) return row["id"];
  }
  ADD_FAILURE() << "nobody is called " << name;
  return "";
}

std::string FilledUnitTest::Add(const std::string& type, const std::vector<std::string>& values) {
  std::vector<std::string> words{"add", type};
  words.insert(words.end(), values.begin(), values.end());
  record_of_[type] = own_->Json(words).value("id", "");
  return record_of_[type];
}

void FilledUnitTest::SyncBoth() {
  second_->Sync();
  own_->Sync();
  second_->Sync();
}

/// Every third one has ended his treatment; how each is doing follows from his number.
void FilledUnitTest::AddPerson(int number, const std::string& name) {
  static const char* const uses[] = {"none", "none", "lapse", "none", "relapse"};
  const std::string client =
      Add("client", {"full_name=" + name, number % 4 == 3 ? "sex=female" : "sex=male",
                     "birth_year=" + std::to_string(1975 + 2 * number),
                     "age_group=" + std::string(number < 7 ? "age_40_49" : "age_30_39"),
                     "phone=09" + std::to_string(12345670 + number)});
  const int begun = 14 - number;  // months ago
  std::vector<std::string> values{"parent=" + client, "intake_date=" + MonthsAgo(begun),
                                  "referral=self", "primary_drug=heroin",
                                  "diagnosis_date=" + MonthsAgo(begun + 1)};
  if (number % 3 == 0) {
    values.push_back("end_date=" + MonthsAgo(std::max(begun - 6, 0)));
    values.push_back(number % 2 == 0 ? "end_reason=completed" : "end_reason=left");
  }
  const std::string episode = Add("episode", values);
  for (int month = begun - 1; month >= 0 && month > begun - 4; --month) {
    const std::string use = uses[(number + month) % 5];
    std::vector<std::string> session{"parent=" + episode, "date=" + MonthsAgo(month),
                                     "kind=individual", "use_since_last=" + use};
    if (use != "none") session.push_back("use_date=" + MonthsAgo(month));
    if (month == 0) session.push_back("next_appointment=" + IsoDate(AddMonths(today_, 1)));
    Add("session", session);
  }
  const std::pair<const char*, int> slots[] = {{"intake_1", 1}, {"intake_3", 3}};
  for (const auto& [slot, after] : slots) {
    if (begun < after || number % 5 == 4) continue;
    Add("followup", {"parent=" + episode, std::string("slot=") + slot, "reached=1",
                     "date=" + MonthsAgo(begun - after), "method=visit", "use_status=none",
                     "situation=treated_here"});
  }
}

void FilledUnitTest::AddPeople() {
  const char* const names[] = {"Trần Văn An",   "Lò Văn Páo",      "Đỗ Minh Hà",
                               "Phạm Thị Nga",  "Vàng A Sình",     "Hoàng Văn Bốn",
                               "Lê Quốc Khánh", "Nguyễn Thị Mười", "Bùi Văn Tám"};
  int number = 0;
  for (const char* name : names) AddPerson(number++, name);
  twin_ = Add("client", {"full_name=Nguyễn Văn Đôi", "sex=male", "birth_year=1990"});
  other_twin_ = Add("client", {"full_name=Nguyễn Văn Đôi", "sex=male", "birth_year=1990",
                               "phone=0987654321", "--same-person-ok"});
}

void FilledUnitTest::AddOthers() {
  const std::string episode = record_of_["episode"], today = IsoDate(today_);
  Add("medication", {"parent=" + episode, "date=" + today, "medicine=methadone", "dose_mg=40.5",
                     "days=7", "supply=dispensed"});
  Add("support", {"parent=" + episode, "date=" + today, "kind=job", "result=under_way"});
  Add("referral_out", {"parent=" + episode, "date=" + today, "to=hiv"});
  Add("unit_profile", {"opened_on=2016-03-01", "staff=4", "trained_staff=2"});
  Add("funding",
      {"year=" + today.substr(0, 4), "item=staff", "source=province", "amount=120000000"});
  Add("stock", {"month=" + today.substr(0, 8) + "01", "medicine=methadone", "received=200",
                "out_days=3", "reason=Xe giao thuốc đến muộn"});
  Add("training", {"date=" + today, "topic=counselling", "days=2", "people=6"});
  Add("outreach", {"date=" + today, "kind=meeting", "people=45"});
  record_of_["worker"] = own_->Json({"list", "worker"})["rows"][0]["id"];
  const std::string about = record_of_["client"];
  AskAsProvince(about);
  LookAtFindings();
  deleted_ = Add("client", {"full_name=Ghi Nhầm"});
  own_->Json({"delete", deleted_, "--reason", "ghi nhầm người"});
}

/// On the second device, which nobody holds open, past the rules that keep a unit from asking.
void FilledUnitTest::AskAsProvince(const std::string& about) {
  auto device = UnitDevice::Open(second_->folder(), SystemClock(), SystemRandom());
  ASSERT_TRUE(device) << device.error().message;
  record_of_["question"] =
      WriteAsProvince(**device, "question",
                      {{"about", about}, {"text", "Hồ sơ này có hai ngày tiếp nhận khác nhau?"}})
          .Hex();
}

/// Some of what the checks found is right as it is; the rest stays.
void FilledUnitTest::LookAtFindings() {
  const auto found = own_->Json({"conflicts"})["checks"];
  for (const auto& finding : found) {
    if (finding["check"] != kSettledCheck) continue;
    own_->Json({"resolve", finding["record"], kSettledCheck, "--right", "--reason",
                "chuyển từ huyện khác đến"});
    settled_ = finding["record"];
    break;
  }
  ASSERT_NE(settled_, "") << "nothing was found to settle";
  record_of_["review"] = own_->Json({"list", "review"})["rows"][0]["id"];
}

void FilledUnitTest::DisagreeWithSecond() {
  in_conflict_ = Add("client", {"full_name=Lý Thị Hai", "sex=female", "birth_year=1988"});
  deleted_and_changed_ = Add("client", {"full_name=Giàng Seo Phử", "sex=male"});
  SyncBoth();
  own_->Json({"set", in_conflict_, "phone=0901111111"});
  second_->Json({"set", in_conflict_, "phone=0902222222"});
  own_->Json({"set", deleted_and_changed_, "birth_year=1979"});
  second_->Json({"delete", deleted_and_changed_, "--reason", "đã chuyển đi"});
  SyncBoth();
  record_of_["client"] = in_conflict_;
}

void FilledUnitTest::WaitForSomething() {
  waiting_ = Add("client", {"full_name=Hà Thị Chờ", "sex=female", "birth_year=1992"});
  record_of_["client"] = in_conflict_;
  SyncBoth();
  {
    auto device = UnitDevice::Open(second_->folder(), SystemClock(), SystemRandom());
    ASSERT_TRUE(device) << device.error().message;
    const RecordType& type = *(*device)->programme().ByName("client");
    OpBody body;
    body.type = type.number;
    body.edits.push_back({type.ByName("sex")->number, Code{1}});
    Op op;
    op.device = (*device)->device();
    op.record = *RecordId::FromHexText(waiting_);
    op.parents = {SystemRandom().NewId<OpId>()};  // of a computer that was lost before it synced
    op.time = (*device)->time().Next({});
    op.body = EncodeBody(body);
    (*device)->own().Append(op);
    ASSERT_TRUE((*device)->log().Commit());
  }
  SyncBoth();
  EXPECT_EQ(own_->Json({"show", waiting_})["waits_for"], 1);
}

void FilledUnitTest::HoldSomething() {
  const fs::path text = scratch_ / "two.toml", ahead = scratch_ / "two.signed";
  ASSERT_TRUE(WriteFileAtomically(text, AsBytes(NextProgramme())));
  // Signed by a copy of the server, so that the server itself stays on the old one.
  server_->Stop();
  fs::copy(server_->folder(), scratch_ / "ahead", fs::copy_options::recursive);
  server_->Start();
  const RunResult run = RunProgram({kCentralServer, "--data", (scratch_ / "ahead").string(),
                                    "programme", "add", text.string(), "--signed", ahead.string()});
  ASSERT_EQ(run.exit, 0) << run.err;
  second_->Json({"programme", "use", ahead.string()});
  second_->Json({"add", "garden", "name=Vườn sau trạm"});
  second_->Sync();
  own_->Sync();
}

}  // namespace tram::test
