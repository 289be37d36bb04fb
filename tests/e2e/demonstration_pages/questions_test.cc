// A question of the province about a record of the demonstration that a check has found: asked on
// the server's pages, seen and answered in the unit's program after its sync, read and closed at
// the server; a browser on each side.
#include "tests/e2e/demonstration_pages/kept_pages.h"
#include "tests/support/paths.h"
#include "tram/base/os_file.h"
#include "tram/programme/sql.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

constexpr char kDemoPassphrase[] = "demonstration passphrase";
constexpr char kQuestion[] = "Lần dùng lại này vào khoảng ngày nào?";
constexpr char kReply[] = "Đã hỏi lại, chưa rõ ngày.";
constexpr char kUnitPage[] = "/questions/KH-PS";

class QuestionTest : public KeptPages {
 protected:
  void SetUp() override {
    KeptPages::SetUp();
    if (IsSkipped()) return;
    Serve();
    browser_->Follow("header form[action='/sign-out'] button");
    SignInAs("tinh.56", {"--role", "province", "--province", "56", "--full-name", "Lê Thị Tỉnh"});
  }
  void TearDown() override {
    of_unit_.reset();
    if (unit_) unit_->Stop();
    KeptPages::TearDown();
  }

  /// The unit's own program on one of its devices, which is told where its server is now.
  void ServeUnit() {
    const fs::path device = scratch_ / "device";
    fs::copy(kept_ / "devices/KH-PS/device-1", device, fs::copy_options::recursive);
    {
      auto database = SqlDatabase::Open(device / "unit.db", SqlDatabase::Mode::kExisting);
      ASSERT_TRUE(database);
      auto move =
          (*database)->Prepare("UPDATE log_setting SET value = ? WHERE name = 'server.url'");
      ASSERT_TRUE(move);
      move->BindBlob(1, AsBytes(At("")));
      ASSERT_TRUE(move->Run());
    }
    unit_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{kUnitClient, "--data", device.string(), "serve", "--port", "0",
                                 "--no-browser", "--lang", "vi"},
        std::map<std::string, std::string>{{"TRAM_CLOCK_FILE", (scratch_ / "clock").string()}},
        scratch_ / "unit.log");
    unit_url_ = AwaitFile(device / "pages.address", *unit_);
    ASSERT_FALSE(unit_url_.empty()) << ReadFile(scratch_ / "unit.log", 1 << 16).value_or("");
    unit_url_.pop_back();
    of_unit_ = std::make_unique<Browser>(scratch_ / "unit-browser");
    of_unit_->Go(unit_url_ + "/sign-in");
    of_unit_->Type("#name", "Chị Lan");
    of_unit_->Type("#passphrase", kDemoPassphrase);
    of_unit_->Follow("main button.primary");
  }
  void SyncUnit() {
    of_unit_->Go(unit_url_ + "/sync");
    of_unit_->Follow("form[action='/sync'] button");
  }

  std::unique_ptr<ChildProcess> unit_;
  std::unique_ptr<Browser> of_unit_;
  std::string unit_url_;
};

TEST_F(QuestionTest, IsAskedSeenAnsweredAndClosedInBrowsersOnBothSides) {
  Go("/questions");
  browser_->Follow("main a[href$='/questions/KH-PS']");
  browser_->Follow("section[aria-labelledby='check-session_relapse_without_date'] a.what");
  // What the check read of the record, and nobody's name.
  EXPECT_NE(browser_->Text().find("Ngày sử dụng lại\nchưa ghi"), std::string::npos)
      << browser_->Text();
  const std::string session = browser_->Text("h1");
  browser_->Type("#text", kQuestion);
  browser_->Follow("section[aria-labelledby='ask'] button.primary");
  EXPECT_EQ(browser_->Url(), At("/questions/KH-PS?sent=1"));
  EXPECT_NE(browser_->Text().find("Về " + session + "\n\n" + kQuestion), std::string::npos);

  ServeUnit();
  SyncUnit();
  of_unit_->Go(unit_url_ + "/");
  EXPECT_NE(of_unit_->Text().find("Câu hỏi của tỉnh chờ trả lời"), std::string::npos);
  const auto question = of_unit_->Run(
      "return [...document.querySelectorAll('main a')]"
      ".find((one) => one.innerText.includes(arguments[0]))?.getAttribute('href') ?? ''",
      {kQuestion});
  ASSERT_TRUE(question.get<std::string>().starts_with("/record/")) << of_unit_->Text();
  of_unit_->Go(unit_url_ + question.get<std::string>() + "/edit");
  of_unit_->Click("[name='f.answer'][value='cannot_know']");
  of_unit_->Type("[name='f.answer_text']", kReply);
  of_unit_->Follow("button[name=go][value=save]");
  SyncUnit();
  of_unit_->Go(unit_url_ + "/");
  EXPECT_EQ(of_unit_->Text().find(kQuestion), std::string::npos) << "it waits still";

  Go("/questions");
  EXPECT_NE(browser_->Text("tbody tr").find("cần đọc"), std::string::npos)
      << browser_->Text("tbody tr");
  Go(kUnitPage);
  const std::string answered = browser_->Text("section[aria-labelledby^='asked-']");
  EXPECT_NE(answered.find(kQuestion), std::string::npos) << answered;
  EXPECT_NE(answered.find(kReply), std::string::npos) << answered;
  browser_->Follow("section[aria-labelledby^='asked-'] form button");
  EXPECT_FALSE(browser_->Has("section[aria-labelledby^='asked-']")) << browser_->Text();
  EXPECT_NE(browser_->Text().find("Đã đóng câu hỏi."), std::string::npos);
  Go("/questions");
  EXPECT_EQ(browser_->Text("tbody").find("cần đọc"), std::string::npos);
}

}  // namespace
}  // namespace tram::test
