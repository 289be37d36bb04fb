// A headless Chromium, driven over the WebDriver protocol (w3.org/TR/webdriver2) through
// chromedriver, as a person would use it: pages, keys, clicks, what is to be read.
//
// Its profile lies in a folder of the test's. Nothing here waits for a time: Wait() lets the page
// itself say when a condition holds.
// Threads: one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tram/transport/http_client.h"

namespace tram::test {

inline constexpr char kEnter[] = "\ue007";
inline constexpr char kTab[] = "\ue004";
inline constexpr char kDown[] = "\ue015";
inline constexpr char kAltKey[] = "\ue00a";

/// Paths of both programs are known; else a test skips.
bool BrowserIsThere();

class Browser {
 public:
  /// Fails the test where it does not start. `folder` is made.
  explicit Browser(std::filesystem::path folder);
  ~Browser();

  /// Waits until the page is loaded.
  void Go(const std::string& url);
  void Reload();
  std::string Url();
  std::string Title();
  /// Visible text of the first element that fits; fails the test where there is none.
  std::string Text(const std::string& css = "main");
  bool Has(const std::string& css);
  /// Empties a field and types into it; \ue007 is Enter, \ue004 Tab.
  void Type(const std::string& css, const std::string& text);
  /// Types to wherever the focus is.
  void Keys(const std::string& text);
  /// Presses keys one after the other wherever the focus is, and lets go of the last one first:
  /// {kAltKey, "n"}.
  void Press(const std::vector<std::string>& keys);
  void Click(const std::string& css);
  /// A click that loads another page: waits until that is there.
  void Follow(const std::string& css);
  std::string Value(const std::string& css);
  /// The value of a script's `return`.
  nlohmann::json Run(const std::string& script,
                     const nlohmann::json& arguments = nlohmann::json::array());
  /// Until the expression is true in the page; fails the test after 20 s.
  void Wait(const std::string& expression);
  /// Pages that are loaded from now on get no script, as where scripts are blocked.
  void BlockScripts();
  void Resize(int width, int height);
  /// What printing to A4 makes of the page, as the page itself wishes it: a PDF.
  void Print(const std::filesystem::path& file);
  /// A PNG of the whole page.
  void Screenshot(const std::filesystem::path& file);
  /// Closes it as a person does, so that it writes its profile to the disk.
  void Close();

  const std::filesystem::path& profile() const { return profile_; }

 private:
  nlohmann::json Ask(const std::string& path, const nlohmann::json& body, bool fail = true);
  nlohmann::json Get(const std::string& path);
  std::string Element(const std::string& css);
  /// A command of the Chrome DevTools protocol.
  nlohmann::json Command(const std::string& name, const nlohmann::json& params, bool fail = true);
  void WriteAnswer(const nlohmann::json& answer, const std::filesystem::path& file);

  std::filesystem::path profile_;
  HttpClient http_;
  std::unique_ptr<ChildProcess> driver_;
  std::string url_;  // of the session
};

}  // namespace tram::test
