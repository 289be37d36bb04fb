#include "tests/e2e/demonstration_pages/kept_pages.h"

#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tram/base/dates.h"
#include "tram/base/os_file.h"
#include "tram/programme/sql.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

constexpr char kPassword[] = "một mật khẩu đủ dài";
constexpr int kAsksMax = 10'000;
constexpr std::int64_t kNoonMs = 12LL * 3600 * 1000;

Status ReleaseAgain(const fs::path& file) {
  TRAM_ASSIGN(auto database, SqlDatabase::Open(file, SqlDatabase::Mode::kExisting));
  for (const char* table : {"released", "released_place", "released_sheet", "released_number"}) {
    TRAM_TRY(database->Execute(std::string("DELETE FROM ") + table));
  }
  return database->Execute("INSERT INTO published(as_of, at_ms) VALUES('2026-09-30', 0)");
}

}  // namespace

void KeptPages::SetUp() {
  kept_ = kDemoKept;
  if (!fs::exists(kept_ / "units.csv")) {
    GTEST_SKIP() << "no run of the demonstration in " << kept_ << ": ctest makes one";
  }
  if (!BrowserIsThere()) GTEST_SKIP() << "needs chromium and chromium-driver";
  if (RscriptProgram().empty()) GTEST_SKIP() << "no R (r-base-core, r-cran-survival)";
  fs::copy(kept_ / "server", scratch_ / "server", fs::copy_options::recursive);
  fs::copy_file(kept_ / "clock", scratch_ / "clock");
}

void KeptPages::TearDown() {
  browser_.reset();
  if (server_ == nullptr) return;
  EXPECT_EQ(server_->Stop(), 0);
}

void KeptPages::TellTime(std::int64_t ms) {
  ASSERT_TRUE(WriteFileAtomically(scratch_ / "clock", AsBytes(std::to_string(ms))));
}

void KeptPages::Serve() {
  const std::map<std::string, std::string> clock{
      {"TRAM_CLOCK_FILE", (scratch_ / "clock").string()}};
  server_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{kCentralServer, "--data", (scratch_ / "server").string(), "serve",
                               "--listen", "127.0.0.1:0", "--port-file",
                               (scratch_ / "port").string()},
      clock, scratch_ / "serve.log");
  std::string port = AwaitFile(scratch_ / "port", *server_);
  while (!port.empty() && port.back() == '\n') port.pop_back();
  ASSERT_FALSE(port.empty()) << "the server did not start";
  url_ = "http://127.0.0.1:" + port;
  browser_ = std::make_unique<Browser>(scratch_ / "browser");
  SignInAs("quan.ly", {"--role", "manager", "--full-name", "Trần Văn Lý"});
}

void KeptPages::ServeAfterTheMerger() {
  const Status made = ReleaseAgain(scratch_ / "server/server.db");
  ASSERT_TRUE(made) << made.error().message;
  TellTime(StartOfLocalDay(DateOf(2026, 11, 5)) + kNoonMs);
  Serve();
  // The server publishes between two requests.
  for (int i = 0; i < kAsksMax; ++i) {
    const std::string text = Command({"report", "--by", "country", "--as-of", "2026-10",
                                      "--indicator", "clients_ever", "--json"});
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.contains("published") && !json["published"].is_null()) return;
  }
  FAIL() << "October 2026 is not published";
}

std::string KeptPages::Command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {kCentralServer, "--data", (scratch_ / "server").string()});
  const RunResult run = RunProgram(arguments, {{"TRAM_CLOCK_FILE", (scratch_ / "clock").string()}});
  EXPECT_EQ(run.exit, 0) << run.err;
  return run.out;
}

void KeptPages::SignInAs(const std::string& name, const std::vector<std::string>& rights) {
  std::vector<std::string> command{"--json", "user", "add", name};
  command.insert(command.end(), rights.begin(), rights.end());
  const auto added = nlohmann::json::parse(Command(command), nullptr, false);
  ASSERT_TRUE(added.contains("link")) << added.dump();
  Go(added["link"].get<std::string>());
  browser_->Type("#password", kPassword);
  browser_->Type("#again", kPassword);
  browser_->Follow("main button.primary");
  ASSERT_TRUE(browser_->Has("header form[action='/sign-out']")) << browser_->Text("body");
}

void KeptPages::Go(const std::string& path) {
  browser_->Go(At(path));
  for (int i = 0; i < kAsksMax && browser_->Has("main .note.warn[role='status']"); ++i) {
    browser_->Reload();
  }
}

std::vector<PageTable> KeptPages::Tables() {
  const auto read = browser_->Run(
      "const text = (cell) => cell.textContent.replace(/\\s+/g, ' ').trim();"
      "return [...document.querySelectorAll('main table')].map((table) => ({"
      "  section: table.closest('section[id], details[id]')?.id ?? '',"
      "  caption: table.caption ? text(table.caption) : '',"
      "  head: [...table.tHead.rows[0].cells].map(text),"
      "  rows: [...table.tBodies].flatMap((body) => [...body.rows])"
      "    .map((row) => [...row.cells].map(text))}))");
  std::vector<PageTable> tables;
  for (const auto& table : read) {
    tables.push_back({table["section"], table["caption"], table["head"], table["rows"]});
  }
  return tables;
}

PageTable KeptPages::TableOf(const std::string& caption) {
  for (PageTable& table : Tables()) {
    if (table.caption == caption) return std::move(table);
  }
  ADD_FAILURE() << "no table " << caption << " on " << browser_->Url();
  return {};
}

std::vector<std::string> KeptPages::Texts(const std::string& css) {
  return browser_
      ->Run(
          "return [...document.querySelectorAll(arguments[0])]"
          ".map((one) => one.textContent.replace(/\\s+/g, ' ').trim())",
          {css})
      .get<std::vector<std::string>>();
}

}  // namespace tram::test
