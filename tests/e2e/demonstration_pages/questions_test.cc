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
    of_unit_->Click("input[name=name]");
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
  std::printf("%s\n", browser_->Text().c_str());
  Go(kUnitPage);
  std::printf("%s\n", browser_->Text().substr(0, 3000).c_str());
  browser_->Follow("section[aria-labelledby='check-session_relapse_without_date'] a.what");
  std::printf("%s\n%s\n", browser_->Url().c_str(), browser_->Text().c_str());
  browser_->Type("#text", kQuestion);
  browser_->Follow("section[aria-labelledby='ask'] button.primary");
  std::printf("%s\n%s\n", browser_->Url().c_str(), browser_->Text().substr(0, 1500).c_str());
  ServeUnit();
  std::printf("UNIT %s\n%s\n", of_unit_->Url().c_str(), of_unit_->Text().substr(0, 1500).c_str());
  SyncUnit();
  std::printf("UNIT %s\n%s\n", of_unit_->Url().c_str(), of_unit_->Text().substr(0, 1500).c_str());
  of_unit_->Go(unit_url_ + "/");
  std::printf("UNIT %s\n%s\n", of_unit_->Url().c_str(),
              of_unit_
                  ->Run("return [...document.querySelectorAll('a')].map((a)=>a.innerText+' "
                        "'+a.getAttribute('href')).join('\\n')")
                  .get<std::string>()
                  .c_str());
}

}  // namespace
}  // namespace tram::test
