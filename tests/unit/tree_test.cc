// The rules of the tree itself: include directions, who may know which library, how long files and
// functions may be, what stands at the top level.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileLinesMax = 600;
constexpr std::size_t kFunctionLinesMax = 70;

struct SourceFile {
  std::string path;  // from the project's root
  std::vector<std::string> lines;
};

const fs::path& Root() {
  static const fs::path root = test::kSourceDir;
  return root;
}

const std::vector<SourceFile>& Sources() {
  static const std::vector<SourceFile> sources = [] {
    std::vector<SourceFile> found;
    for (const char* top : {"libsync", "unit-client", "central-server", "tests"}) {
      for (const auto& entry : fs::recursive_directory_iterator(Root() / top)) {
        if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
        SourceFile file{fs::relative(entry.path(), Root()).string(), {}};
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) file.lines.push_back(line);
        found.push_back(std::move(file));
      }
    }
    return found;
  }();
  return sources;
}

/// The part of libsync that a path or an include belongs to; empty: none.
std::string PartOf(const std::string& path) {
  static const std::regex in_tree("libsync/(include/tram|src)/([a-z_]+)/.*");
  static const std::regex included("(tram/)?([a-z_]+)/[a-z_0-9]+\\.(h|def)");
  std::smatch match;
  if (std::regex_match(path, match, in_tree)) return match[2];
  if (std::regex_match(path, match, included)) return match[2];
  return "";
}

const std::map<std::string, std::set<std::string>>& Allowed() {
  static const std::map<std::string, std::set<std::string>> allowed = [] {
    std::map<std::string, std::set<std::string>> rules;
    const std::set<std::string> middle{"programme", "crypto", "merge", "wire"};
    rules["base"] = {};
    rules["model"] = {"base"};
    for (const std::string& part : middle) rules[part] = {"base", "model"};
    for (const char* part : {"log", "view", "outcome"}) {
      rules[part] = middle;
      rules[part].insert({"base", "model"});
    }
    rules["session"] = middle;
    rules["session"].insert({"base", "model", "log", "view", "outcome"});
    rules["transport"] = {"base"};
    rules["web"] = {"base"};
    return rules;
  }();
  return allowed;
}

std::string IncludeOf(const std::string& line) {
  static const std::regex include("\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"].*");
  std::smatch match;
  return std::regex_match(line, match, include) ? match[1].str() : "";
}

TEST(TreeTest, PartsIncludeOnlyWhatIsBelowThem) {
  for (const SourceFile& file : Sources()) {
    const std::string part = PartOf(file.path);
    if (part.empty()) continue;
    ASSERT_TRUE(Allowed().count(part)) << file.path << ": no such part in the design";
    for (const std::string& line : file.lines) {
      const std::string included = PartOf(IncludeOf(line));
      if (included.empty() || included == part || Allowed().count(included) == 0) continue;
      EXPECT_TRUE(Allowed().at(part).count(included)) << file.path << " includes " << included;
    }
  }
}

TEST(TreeTest, ProgramsDoNotIncludeEachOther) {
  for (const SourceFile& file : Sources()) {
    for (const std::string& line : file.lines) {
      const std::string include = IncludeOf(line);
      if (file.path.starts_with("unit-client/")) {
        EXPECT_FALSE(include.starts_with("central-server/")) << file.path;
      }
      if (file.path.starts_with("central-server/")) {
        EXPECT_FALSE(include.starts_with("unit-client/")) << file.path;
      }
      if (file.path.starts_with("libsync/")) {
        EXPECT_FALSE(include.starts_with("unit-client/") ||
                     include.starts_with("central-server/") || include.starts_with("tests/"))
            << file.path;
      }
    }
  }
}

TEST(TreeTest, PartsOfTheUnitsProgramIncludeOnlyWhatIsBelowThem) {
  static const std::map<std::string, std::set<std::string>> below{
      {"app", {}}, {"web", {"app"}}, {"cli", {"app", "web"}}};
  static const std::regex in_part("unit-client/([a-z]+)/.*");
  static const std::regex of_part("(app|web|cli)/.*");
  for (const SourceFile& file : Sources()) {
    std::smatch part, included;
    if (!std::regex_match(file.path, part, in_part)) continue;
    ASSERT_TRUE(below.count(part[1])) << file.path << ": no such part in the design";
    for (const std::string& line : file.lines) {
      const std::string include = IncludeOf(line);
      if (!std::regex_match(include, included, of_part) || included[1] == part[1]) continue;
      EXPECT_TRUE(below.at(part[1]).count(included[1])) << file.path << " includes " << include;
    }
  }
}

bool InFolder(const std::string& path, std::initializer_list<const char*> folders) {
  for (const char* folder : folders) {
    if (path.starts_with(folder)) return true;
  }
  return false;
}

TEST(TreeTest, LibrariesAreKnownOnlyWhereTheDesignSays) {
  for (const SourceFile& file : Sources()) {
    if (file.path.starts_with("tests/")) continue;
    for (const std::string& line : file.lines) {
      const std::string include = IncludeOf(line);
      if (include == "sqlite3.h") {
        EXPECT_TRUE(InFolder(file.path, {"libsync/src/programme/", "libsync/src/log/",
                                         "libsync/src/view/", "central-server/storage/"}))
            << file.path;
      }
      if (include.starts_with("cereal/")) {
        EXPECT_TRUE(InFolder(file.path, {"libsync/src/wire/"})) << file.path;
        EXPECT_EQ(include.find("archives/"), std::string::npos)
            << file.path << ": cereal's stock archives must never see bytes from outside";
      }
      if (include.starts_with("curl/")) {
        EXPECT_TRUE(InFolder(file.path, {"libsync/src/transport/"})) << file.path;
      }
      if (include.starts_with("boost/beast") || include.starts_with("boost/asio")) {
        EXPECT_EQ(file.path, "libsync/src/web/listener.cc");
      }
    }
  }
}

TEST(TreeTest, FilesAreShort) {
  for (const SourceFile& file : Sources()) {
    EXPECT_LE(file.lines.size(), kFileLinesMax)
        << file.path << ": which part of it has no name yet?";
  }
}

/// Code is formatted, so a function begins on a line indented by 0 or 2 that ends with "{" and ends
/// with a "}" at the same depth.
TEST(TreeTest, FunctionsAreShort) {
  static const std::regex not_a_function(
      "\\s*(namespace|class|struct|enum|union|extern|typedef)\\b.*|.*=\\s*\\{|.*\\]\\s*\\{");
  for (const SourceFile& file : Sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      const std::size_t indent = line.find_first_not_of(' ');
      if (indent == std::string::npos || indent > 2 || line.back() != '{') continue;
      if (std::regex_match(line, not_a_function)) continue;
      const std::string end = std::string(indent, ' ') + "}";
      std::size_t last = i + 1;
      while (last < file.lines.size() && !file.lines[last].starts_with(end)) ++last;
      EXPECT_LE(last - i + 1, kFunctionLinesMax) << file.path << ":" << i + 1 << " " << line;
    }
  }
}

TEST(TreeTest, NamesSaySomething) {
  static const std::regex vague(".*(^|[_/])(utils?|helpers?|managers?|misc|common|stuff)[_.].*");
  for (const SourceFile& file : Sources()) {
    EXPECT_FALSE(std::regex_match(file.path, vague)) << file.path;
    for (const std::string& line : file.lines) {
      EXPECT_EQ(line.find("TO"
                          "DO"),
                std::string::npos)
          << file.path << ": " << line;
    }
  }
}

TEST(TreeTest, PublicHeadersSayWhatTheyAre) {
  for (const SourceFile& file : Sources()) {
    if (!file.path.starts_with("libsync/include/tram/") || !file.path.ends_with(".h")) continue;
    ASSERT_FALSE(file.lines.empty());
    EXPECT_TRUE(file.lines[0].starts_with("//")) << file.path << " opens without a contract";
  }
}

TEST(TreeTest, TopLevelHoldsOnlyWhatItShould) {
  const std::set<std::string> allowed{
      "CMakeLists.txt", "CMakePresets.json", "README.md",      "LICENSE", "dev",
      "libsync",        "unit-client",       "central-server", "tests",   "build"};
  for (const auto& entry : fs::directory_iterator(Root())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".")) continue;
    EXPECT_TRUE(allowed.count(name)) << name;
  }
}

}  // namespace
}  // namespace tram
