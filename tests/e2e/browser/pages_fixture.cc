#include "tests/e2e/browser/pages_fixture.h"

#include "tests/support/page_checks.h"
#include "tests/support/paths.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

constexpr char kAddressFile[] = "pages.address";
constexpr char kWorker[] = "Chị Lan";

}  // namespace

void ServedUnit::Start() {
  std::error_code code;
  std::filesystem::remove(folder_ / kAddressFile, code);
  child_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{test::kUnitClient, "--data", folder_.string(), "serve", "--port",
                               "0", "--no-browser", "--lang", "vi"},
      std::map<std::string, std::string>{}, folder_.string() + ".log");
  url_ = AwaitFile(folder_ / kAddressFile, *child_);
  ASSERT_FALSE(url_.empty()) << ReadFile(folder_.string() + ".log", 1 << 16).value_or("no log");
  url_.pop_back();  // the slash
}

void ServedUnit::Kill() {
  child_->Kill();
  child_->AwaitEnd();
}

void PagesTest::SetUp() {
  if (!BrowserIsThere()) GTEST_SKIP() << "needs chromium and chromium-driver";
  server_ = std::make_unique<RealServer>(scratch_ / "server");
  server_->Start();
  unit_ = std::make_unique<ServedUnit>(scratch_ / "unit");
  unit_->Start();
  browser_ = std::make_unique<Browser>(scratch_ / "browser");
}

void PagesTest::SetUpUnit() {
  const std::string code = server_->AddUnit("KH-001", "Trạm Phương Sơn", "56", "2016-03-01");
  browser_->Go(At("/"));
  browser_->Type("#server", server_->url());
  browser_->Type("#code", code);
  browser_->Type("#name", kWorker);
  browser_->Type("#passphrase", kTestPassphrase);
  browser_->Type("#again", kTestPassphrase);
  browser_->Follow("main button.primary");
}

void PagesTest::BecomeWorker(const std::string& name) {
  browser_->Go(At("/new/worker"));
  browser_->Type("[name='f.display_name']", name);
  browser_->Follow("button[name=go][value=save]");
  browser_->Go(At("/me"));
  if (!browser_->Has("input[name=worker]:checked")) {
    browser_->Click("input[name=worker]");
    browser_->Follow("main button.primary");
  }
}

void PagesTest::AwaitDraft() {
  browser_->Wait("document.getElementById('form').dataset.kept === 'true'");
}

void PagesTest::SignIn(const std::string& pin) {
  browser_->Go(At("/sign-in"));
  browser_->Click("input[name=name]");
  browser_->Type("#passphrase", kTestPassphrase);
  if (!pin.empty()) browser_->Type("#pin", pin);
  browser_->Follow("main button.primary");
}

void PagesTest::Shoot(const std::string& name) { KeepScreenshots(*browser_, name); }

}  // namespace tram::test
