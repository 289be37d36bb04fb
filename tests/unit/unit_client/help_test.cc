// The help page says what is there: a heading for each page, keys that do something, commands that
// the program takes.
#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "cli/arguments.h"
#include "tests/unit/unit_client/front_fixture.h"
#include "tram/base/embedded.h"

namespace tram {

std::span<const EmbeddedFile> PageTemplates();  // tram_embed
std::span<const EmbeddedFile> PageAssets();

}  // namespace tram

namespace tram::client {
namespace {

using testing::HasSubstr;

std::string FileOf(std::span<const EmbeddedFile> files, std::string_view name) {
  for (const EmbeddedFile& file : files) {
    if (file.name == name) return std::string(file.bytes);
  }
  ADD_FAILURE() << "there is no " << name;
  return "";
}

/// What stands in the first group of every match.
std::set<std::string> AllOf(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end;
       ++match) {
    found.insert((*match)[1]);
  }
  return found;
}

TEST(HelpKeys, EveryKeyThatIsListedIsHandledAndTheOtherWayRound) {
  const std::string help = FileOf(PageTemplates(), "help.html");
  const std::string script = FileOf(PageAssets(), "app.js");
  const std::set<std::string> listed = AllOf(help, "data-key=\"([^\"]+)\"");
  EXPECT_GE(listed.size(), 8u);
  EXPECT_EQ(listed, AllOf(script, "\n    \"([^\"]+)\": "));
  EXPECT_THAT(script, HasSubstr("addEventListener(\"keydown\""));
}

TEST(HelpKeys, EveryAccesskeyOfAPageIsListed) {
  const std::string help = FileOf(PageTemplates(), "help.html");
  std::set<std::string> used = {"t", "k"};  // the menu's (frame.cc)
  for (const EmbeddedFile& file : PageTemplates()) {
    used.merge(AllOf(std::string(file.bytes), "accesskey=\"([a-z])\""));
  }
  for (const std::string& key : used) {
    const std::string listed = "data-key=\"Alt+" + std::string(1, static_cast<char>(key[0] - 32));
    EXPECT_THAT(help, HasSubstr(listed));
  }
}

class HelpTest : public FrontTest {};

TEST_F(HelpTest, EveryPageOfAPersonHasItsHeading) {
  static const std::set<std::string> without = {"sign-in", "setup", "lock", "help",
                                                "cannot-get-in"};
  const std::string help = FileOf(PageTemplates(), "help.html");
  const std::set<std::string> headings = AllOf(help, "<h2 id=\"([a-z]+)\"");
  for (const EmbeddedFile& file : PageTemplates()) {
    if (!file.bytes.starts_with("{{>head}}")) continue;
    const std::string name(file.name.substr(0, file.name.rfind('.')));
    if (without.contains(name)) continue;
    EXPECT_TRUE(headings.contains(std::string(HelpHeading(name)))) << name;
  }
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  EXPECT_THAT(Get("/people").body, HasSubstr("href=\"/help#people\""));
}

TEST_F(HelpTest, WhatTheCommitteeSeesHasItsHeadingForTheCommittee) {
  ASSERT_EQ(SignIn(kDung, kDungPassphrase).status, 303);
  const std::string help = Get("/help").body;
  for (const char* path : {"/reports", "/reports/month", "/people", "/sync", "/nothing"}) {
    const std::set<std::string> link = AllOf(Get(path).body, "href=\"/help#([a-z]+)\"");
    ASSERT_EQ(link.size(), 1u) << path;
    EXPECT_THAT(help, HasSubstr("<h2 id=\"" + *link.begin() + "\"")) << path;
  }
}

/// As a shell takes them apart: blanks, and quotation marks around a folder's name.
std::vector<std::string> Words(const std::string& line) {
  std::vector<std::string> words;
  bool quoted = false, open = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.compare(i, 6, "&quot;") == 0) {
      quoted = !quoted;
      i += 5;
    } else if (line[i] == ' ' && !quoted) {
      open = false;
    } else {
      if (!open) words.emplace_back();
      open = true;
      words.back() += line[i];
    }
  }
  return words;
}

TEST_F(HelpTest, EveryCommandThatPagesNameIsOne) {
  std::set<std::string> commands;
  const auto take = [&](const std::string& page) {
    commands.merge(AllOf(page, "<code>unit-client ([^<]*)</code>"));
  };
  take(Get("/cannot-get-in").body);
  ASSERT_TRUE(AddPerson(*device_, SystemRandom(), {kLan, kUnitPassphrase},
                        {"Cô Mai", kDungPassphrase}, Role::kClinical, std::nullopt));
  take(Get("/cannot-get-in").body);
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  take(Get("/help").body);
  EXPECT_GE(commands.size(), 6u);
  for (std::string command : commands) {
    // A quotation mark of ours stands as it is; one of a value is escaped.
    for (std::size_t at; (at = command.find('"')) != command.npos;) {
      command.replace(at, 1, "&quot;");
    }
    const auto read =
        ReadArguments(Words(command), [](const char*) { return std::optional<std::string>(); });
    EXPECT_TRUE(std::holds_alternative<Arguments>(read))
        << command << ": " << std::get<UsageText>(read).text;
  }
}

}  // namespace
}  // namespace tram::client
