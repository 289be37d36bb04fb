// The deliberate bugs in tests/mutants are kept in order: each says what it breaks and applies to
// the tree as it is, and no law or rule is without one. ./dev mutants runs them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMutantsMin = 36;
constexpr int kLaws = 14;
constexpr char kPatch[] = "/usr/bin/patch";
/// The protocol's rules that a program can break; 25 says what is never done.
constexpr int kRules[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
                          14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26};

std::vector<fs::path> Patches() {
  std::vector<fs::path> patches;
  for (const auto& entry : fs::directory_iterator(test::InSource("tests/mutants"))) {
    if (entry.path().extension() == ".patch") patches.push_back(entry.path());
  }
  std::sort(patches.begin(), patches.end());
  return patches;
}

/// What stands behind `key` before a patch's first file.
std::vector<std::string> Said(const fs::path& patch, const std::string& key) {
  std::vector<std::string> said;
  std::ifstream in(patch);
  for (std::string line; std::getline(in, line) && !line.starts_with("---");) {
    if (line.starts_with(key + ": ")) said.push_back(line.substr(key.size() + 2));
  }
  return said;
}

std::set<int> NumbersSaid(const std::string& key) {
  std::set<int> numbers;
  for (const fs::path& patch : Patches()) {
    for (const std::string& said : Said(patch, key)) {
      std::istringstream list(said);
      for (std::string number; std::getline(list, number, ',');) numbers.insert(std::stoi(number));
    }
  }
  return numbers;
}

TEST(MutantsTest, EachSaysWhatItBreaksAndWhatKillsIt) {
  const std::vector<fs::path> patches = Patches();
  EXPECT_GE(patches.size(), kMutantsMin);
  for (const fs::path& patch : patches) {
    EXPECT_EQ(Said(patch, "Breaks").size(), 1u) << patch;
    EXPECT_GE(Said(patch, "Kill with").size(), 1u) << patch;
  }
}

TEST(MutantsTest, NoLawAndNoRuleIsWithoutOne) {
  const std::set<int> laws = NumbersSaid("Law"), rules = NumbersSaid("Rule");
  for (int law = 1; law <= kLaws; ++law) EXPECT_TRUE(laws.count(law)) << "law " << law;
  for (int rule : kRules) EXPECT_TRUE(rules.count(rule)) << "rule " << rule;
}

TEST(MutantsTest, EachAppliesToTheTreeAsItIs) {
  if (test::RunProgram({kPatch, "--version"}).exit != 0) {
    GTEST_SKIP() << "the program patch is not here: ./dev mutants installs it";
  }
  for (const fs::path& patch : Patches()) {
    const test::RunResult tried = test::RunProgram(
        {kPatch, "-p1", "--forward", "--fuzz=0", "--dry-run", "-i", patch.string()}, {}, "",
        test::kSourceDir);
    EXPECT_EQ(tried.exit, 0) << patch << "\n" << tried.out;
  }
}

}  // namespace
}  // namespace tram
