#include "tests/support/browser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "tram/base/bytes.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

using Json = nlohmann::json;

constexpr char kChromium[] = "/usr/bin/chromium", kDriver[] = "/usr/bin/chromedriver";
constexpr char kElementKey[] = "element-6066-11e4-a52e-4f735466cecf";  // WebDriver, section 12.1
constexpr std::size_t kReplyBytesMax = 32 << 20;                       // a picture of a long page
constexpr int kStartPatienceMs = 30'000;

Json Capabilities(const std::filesystem::path& profile) {
  Json arguments = {"--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-dev-shm-usage",
                    "--window-size=1280,900",
                    "--user-data-dir=" + profile.string()};
  return {{"capabilities",
           {{"alwaysMatch",
             {{"browserName", "chrome"},
              {"unhandledPromptBehavior", "accept"},
              {"timeouts", {{"script", 20'000}, {"pageLoad", 60'000}}},
              {"goog:chromeOptions", {{"binary", kChromium}, {"args", arguments}}}}}}}};
}

/// Whether a process that was started with this profile is there.
bool IsUsed(const std::filesystem::path& profile) {
  std::error_code code;
  for (const auto& process : std::filesystem::directory_iterator("/proc", code)) {
    std::ifstream in(process.path() / "cmdline", std::ios::binary);
    const std::string line((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (line.find("--user-data-dir=" + profile.string()) != std::string::npos) return true;
  }
  return false;
}

/// "…was started successfully on port 41234." in the driver's log, when it is there.
std::string AwaitPort(const std::filesystem::path& log, ChildProcess& driver) {
  constexpr std::string_view kWords = "started successfully on port ";
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartPatienceMs);
  while (driver.Running() && std::chrono::steady_clock::now() < until) {
    const std::string text = ReadFile(log, 1 << 20).value_or("");
    const std::size_t at = text.find(kWords);
    const std::size_t end = text.find('.', at == text.npos ? at : at + kWords.size());
    if (at != text.npos && end != text.npos) {
      return text.substr(at + kWords.size(), end - at - kWords.size());
    }
    std::this_thread::yield();
  }
  return "";
}

}  // namespace

bool BrowserIsThere() {
  return std::filesystem::exists(kChromium) && std::filesystem::exists(kDriver);
}

Browser::Browser(std::filesystem::path folder) : profile_(folder / "profile") {
  std::filesystem::create_directories(profile_);
  const std::filesystem::path log = folder / "driver.log";
  driver_ = std::make_unique<ChildProcess>(std::vector<std::string>{kDriver, "--port=0"},
                                           std::map<std::string, std::string>{}, log);
  const std::string port = AwaitPort(log, *driver_);
  EXPECT_FALSE(port.empty()) << "chromedriver does not start: " << log;
  url_ = "http://127.0.0.1:" + port + "/session";
  const Json session = Ask("", Capabilities(profile_));
  url_ += "/" + session.value("sessionId", "");
}

Browser::~Browser() {
  if (driver_) Close();
}

void Browser::Close() {
  const Json handles = Get("/window/handles");
  // chromedriver has no other way than DELETE to end a session; a window that closes itself is one.
  Command("Browser.close", Json::object(), false);
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartPatienceMs);
  while (IsUsed(profile_) && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  driver_->Stop();
  driver_.reset();
}

Json Browser::Ask(const std::string& path, const Json& body, bool fail) {
  HttpOptions options;
  options.reply_bytes_max = kReplyBytesMax;
  auto reply = http_.Post(url_ + path, AsBytes(body.dump()), options);
  if (!reply) {
    if (fail) ADD_FAILURE() << path << ": " << reply.error().message;
    return nullptr;
  }
  const Json json = Json::parse(reply->body, nullptr, false);
  if (reply->status != 200 && fail) ADD_FAILURE() << path << ": " << json.dump().substr(0, 600);
  return json.is_object() && json.contains("value") ? json["value"] : Json();
}

Json Browser::Get(const std::string& path) {
  auto reply = http_.Get(url_ + path);
  if (!reply) return nullptr;
  const Json json = Json::parse(reply->body, nullptr, false);
  return json.is_object() && json.contains("value") ? json["value"] : Json();
}

void Browser::Go(const std::string& url) { Ask("/url", {{"url", url}}); }
void Browser::Reload() { Ask("/refresh", Json::object()); }
std::string Browser::Url() { return Get("/url").get<std::string>(); }
std::string Browser::Title() { return Get("/title").get<std::string>(); }

std::string Browser::Element(const std::string& css) {
  const Json found = Ask("/element", {{"using", "css selector"}, {"value", css}}, false);
  if (found.is_object() && found.contains(kElementKey)) return found[kElementKey];
  ADD_FAILURE() << "no element " << css << " on " << Url() << ":\n" << Text("body");
  return "";
}

bool Browser::Has(const std::string& css) {
  return !Ask("/elements", {{"using", "css selector"}, {"value", css}}).empty();
}

std::string Browser::Text(const std::string& css) {
  const Json text = Run("return document.querySelector(arguments[0])?.innerText ?? null", {css});
  if (text.is_string()) return text;
  ADD_FAILURE() << "no element " << css << " on " << Url();
  return "";
}

std::string Browser::Value(const std::string& css) {
  const Json value = Run("return document.querySelector(arguments[0])?.value ?? null", {css});
  EXPECT_TRUE(value.is_string()) << css;
  return value.is_string() ? value.get<std::string>() : "";
}

void Browser::Type(const std::string& css, const std::string& text) {
  const std::string element = Element(css);
  if (element.empty()) return;
  Ask("/element/" + element + "/clear", Json::object());
  Ask("/element/" + element + "/value", {{"text", text}});
}

void Browser::Keys(const std::string& text) {
  const Json active = Get("/element/active");
  ASSERT_TRUE(active.is_object() && active.contains(kElementKey));
  Ask("/element/" + active[kElementKey].get<std::string>() + "/value", {{"text", text}});
}

void Browser::Press(const std::vector<std::string>& keys) {
  Json strokes = Json::array();
  for (const std::string& key : keys) strokes.push_back({{"type", "keyDown"}, {"value", key}});
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    strokes.push_back({{"type", "keyUp"}, {"value", *key}});
  }
  Ask("/actions", {{"actions", {{{"type", "key"}, {"id", "keys"}, {"actions", strokes}}}}});
}

void Browser::Click(const std::string& css) {
  const std::string element = Element(css);
  if (!element.empty()) Ask("/element/" + element + "/click", Json::object());
}

void Browser::Follow(const std::string& css) {
  Run("window.tramOld = true");
  Click(css);
  Wait("!window.tramOld && document.readyState === 'complete'");
}

Json Browser::Run(const std::string& script, const Json& arguments) {
  return Ask("/execute/sync", {{"script", script}, {"args", arguments}});
}

void Browser::Wait(const std::string& expression) {
  // A page that is left takes its script along: the question is asked again in the next one.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < until) {
    const Json held = Ask("/execute/async",
                          {{"script",
                            "const done = arguments[0], end = performance.now() + 2000;"
                            "const look = () => { if (" +
                                expression +
                                ") done(true);"
                                "else if (performance.now() > end) done(false);"
                                "else setTimeout(look, 10); }; look();"},
                           {"args", Json::array()}},
                          false);
    if (held == true) return;
  }
  ADD_FAILURE() << "never true: " << expression << " on " << Url() << ":\n" << Text("body");
}

void Browser::BlockScripts() {
  Ask("/goog/cdp/execute", {{"cmd", "Network.enable"}, {"params", Json::object()}});
  Ask("/goog/cdp/execute",
      {{"cmd", "Network.setBlockedURLs"}, {"params", {{"urls", Json::array({"*.js*"})}}}});
}

void Browser::Resize(int width, int height) {
  Ask("/window/rect", {{"width", width}, {"height", height}});
}

Json Browser::Command(const std::string& name, const Json& params, bool fail) {
  return Ask("/goog/cdp/execute", {{"cmd", name}, {"params", params}}, fail);
}

void Browser::WriteAnswer(const Json& answer, const std::filesystem::path& file) {
  // In the alphabet of RFC 4648, section 4.
  std::string text = answer.is_object() ? answer.value("data", "") : "";
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  auto bytes = FromBase64(text);
  ASSERT_TRUE(bytes && !bytes->empty()) << file;
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes->data()),
             static_cast<std::streamsize>(bytes->size()));
}

void Browser::Screenshot(const std::filesystem::path& file) {
  WriteAnswer(
      Command("Page.captureScreenshot", {{"format", "png"}, {"captureBeyondViewport", true}}),
      file);
}

void Browser::Print(const std::filesystem::path& file) {
  WriteAnswer(Command("Page.printToPDF", {{"preferCSSPageSize", true}}), file);
}

}  // namespace tram::test
