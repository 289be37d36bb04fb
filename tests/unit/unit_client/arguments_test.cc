#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace tram::client {
namespace {

Variable Environment(std::map<std::string, std::string> variables) {
  return [variables](const char* name) -> std::optional<std::string> {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
}

std::variant<Arguments, UsageText> Read(const std::vector<std::string>& argv) {
  return ReadArguments(argv, Environment({{"LANG", "en_GB.UTF-8"}}));
}

TEST(Arguments, CommonOptionsStandBeforeOrAfterTheVerb) {
  for (const auto& argv : {std::vector<std::string>{"--json", "--data", "x", "status"},
                           std::vector<std::string>{"status", "--json", "--data", "x"}}) {
    auto read = Read(argv);
    ASSERT_TRUE(std::holds_alternative<Arguments>(read)) << std::get<UsageText>(read).text;
    const auto& arguments = std::get<Arguments>(read);
    EXPECT_TRUE(arguments.json);
    EXPECT_EQ(arguments.data, "x");
    EXPECT_EQ(arguments.verb.name, "status");
    EXPECT_EQ(arguments.verb.kind, Verb::Kind::kDevice);
  }
}

TEST(Arguments, DataFolderComesFromTheEnvironment) {
  auto read = ReadArguments({"status"}, Environment({{"TRAM_DATA", "/somewhere"}}));
  EXPECT_EQ(std::get<Arguments>(read).data, "/somewhere");
  EXPECT_EQ(std::get<Arguments>(Read({"status"})).data, "tram-data");
}

TEST(Arguments, EveryVerbReads) {
  using Key = Verb::Key;
  using Kind = Verb::Kind;
  const std::string id(40, 'a');
  struct Case {
    std::vector<std::string> argv;
    Kind kind;
    Key key;
  };
  for (const Case& one : std::vector<Case>{
           {{"init", "--server", "https://x"}, Kind::kFolder, Key::kNotNeeded},
           {{"init", "--invite", "f"}, Kind::kFolder, Key::kNotNeeded},
           {{"invite", "f", "--hours", "5"}, Kind::kDevice, Key::kNeeded},
           {{"run", "--every", "60"}, Kind::kRun, Key::kNotNeeded},
           {{"sync"}, Kind::kSync, Key::kNotNeeded},
           {{"lock"}, Kind::kLock, Key::kNotNeeded},
           {{"unlock"}, Kind::kUnlock, Key::kNotNeeded},
           {{"status"}, Kind::kDevice, Key::kIfGiven},
           {{"add", "client", "full_name=A=B", "note="}, Kind::kDevice, Key::kNeeded},
           {{"show", id}, Kind::kDevice, Key::kIfGiven},
           {{"set", id, "--parents", id + "," + id, "a=1"}, Kind::kDevice, Key::kNeeded},
           {{"set", id, "--parents", "", "a=1"}, Kind::kDevice, Key::kNeeded},
           {{"set", id, "a=1", "--reason", "typing mistake"}, Kind::kDevice, Key::kNeeded},
           {{"list", "client", "--where", "sex = 'male'"}, Kind::kDevice, Key::kIfGiven},
           {{"delete", id, "--reason", "twice"}, Kind::kDevice, Key::kNeeded},
           {{"undelete", id}, Kind::kDevice, Key::kNeeded},
           {{"author", "none"}, Kind::kDevice, Key::kIfGiven},
           {{"conflicts"}, Kind::kDevice, Key::kIfGiven},
           {{"resolve", id, "sex", "--keep", "1"}, Kind::kDevice, Key::kNeeded},
           {{"resolve", id, "sex", "male"}, Kind::kDevice, Key::kNeeded},
           {{"resolve", id, "--delete"}, Kind::kDevice, Key::kNeeded},
           {{"resolve", id, "registered_late", "--right", "--reason", "x"},
            Kind::kDevice,
            Key::kNeeded},
           {{"resolve", id, "registered_late", "--reopen"}, Kind::kDevice, Key::kNeeded},
           {{"add", "client", "full_name=A", "--same-person-ok"}, Kind::kDevice, Key::kNeeded},
           {{"import", "client", "f.csv"}, Kind::kDevice, Key::kNeeded},
           {{"export", "client", "--out", "f"}, Kind::kDevice, Key::kNeeded},
           {{"report", "--as-of", "2026-11"}, Kind::kDevice, Key::kNotNeeded},
           {{"report", "--by", "sex", "--per", "year"}, Kind::kDevice, Key::kNotNeeded},
           {{"bundle", "write", "f", "--all"}, Kind::kDevice, Key::kNotNeeded},
           {{"bundle", "read", "f", "g"}, Kind::kDevice, Key::kNotNeeded},
           {{"programme", "check", "a", "b"}, Kind::kFolder, Key::kNotNeeded},
           {{"programme", "use", "a"}, Kind::kDevice, Key::kNotNeeded},
           {{"verify"}, Kind::kDevice, Key::kNotNeeded},
           {{"backup", "f"}, Kind::kDevice, Key::kNotNeeded},
           {{"restore", "f"}, Kind::kFolder, Key::kNotNeeded}}) {
    SCOPED_TRACE(one.argv[0] + (one.argv.size() > 1 ? " " + one.argv[1] : ""));
    auto read = Read(one.argv);
    ASSERT_TRUE(std::holds_alternative<Arguments>(read)) << std::get<UsageText>(read).text;
    const Verb& verb = std::get<Arguments>(read).verb;
    EXPECT_EQ(verb.kind, one.kind);
    EXPECT_EQ(verb.key, one.key);
    EXPECT_EQ(verb.on_device != nullptr, one.kind == Kind::kDevice);
    EXPECT_EQ(verb.on_folder != nullptr, one.kind == Kind::kFolder);
  }
}

TEST(Arguments, WrongUsageIsOneLineAndSaysWhereToLook) {
  const std::string id(40, 'a');
  for (const auto& argv :
       std::vector<std::vector<std::string>>{{},
                                             {"frobnicate"},
                                             {"add"},
                                             {"add", "client", "no-equals-sign"},
                                             {"add", "client", "=value"},
                                             {"add", "client", "note=\xff\xfe"},
                                             {"status", "--nonsense"},
                                             {"status", "--lang", "fr"},
                                             {"status", "--data", ""},
                                             {"set", id},
                                             {"set", id, "--parents", "xyz", "a=1"},
                                             {"show"},
                                             {"show", id, id},
                                             {"delete", id},
                                             {"run", "--every", "0"},
                                             {"run", "--every", "soon"},
                                             {"invite"},
                                             {"invite", "f", "--hours", "100000"},
                                             {"resolve", id},
                                             {"resolve", id, "sex"},
                                             {"resolve", id, "sex", "--keep", "x"},
                                             {"resolve", id, "sex", "male", "--keep", "1"},
                                             {"resolve", id, "sex", "--delete"},
                                             {"resolve", id, "--delete", "--keep-record"},
                                             {"bundle"},
                                             {"bundle", "read"},
                                             {"programme", "check", "a"},
                                             {"import", "client"}}) {
    std::string typed;
    for (const std::string& argument : argv) typed += argument + " ";
    SCOPED_TRACE(typed);
    auto read = Read(argv);
    ASSERT_TRUE(std::holds_alternative<UsageText>(read));
    const UsageText& usage = std::get<UsageText>(read);
    EXPECT_EQ(usage.exit, kExitUsage);
    EXPECT_EQ(usage.text.find('\n'), usage.text.size() - 1) << usage.text;
    EXPECT_NE(usage.text.find("--help"), std::string::npos) << usage.text;
  }
}

TEST(Arguments, HelpIsNoError) {
  for (const auto& argv :
       {std::vector<std::string>{"--help"}, {"add", "--help"}, {"bundle", "write", "-h"}}) {
    auto read = Read(argv);
    ASSERT_TRUE(std::holds_alternative<UsageText>(read));
    EXPECT_EQ(std::get<UsageText>(read).exit, 0);
    EXPECT_GT(std::get<UsageText>(read).text.size(), 50u);
  }
}

TEST(Arguments, VietnameseUnlessSaidOtherwise) {
  EXPECT_EQ(ChooseLanguage({}, Environment({})), Language::kVietnamese);
  EXPECT_EQ(ChooseLanguage({}, Environment({{"LANG", "C.UTF-8"}})), Language::kVietnamese);
  EXPECT_EQ(ChooseLanguage({}, Environment({{"LANG", "en_US.UTF-8"}})), Language::kEnglish);
  EXPECT_EQ(ChooseLanguage({}, Environment({{"LC_ALL", "vi_VN"}, {"LANG", "en_US"}})),
            Language::kVietnamese);
  EXPECT_EQ(ChooseLanguage({"status", "--lang", "vi"}, Environment({{"LANG", "en_US"}})),
            Language::kVietnamese);
  EXPECT_EQ(ChooseLanguage({"--lang=en", "status"}, Environment({})), Language::kEnglish);
}

}  // namespace
}  // namespace tram::client
