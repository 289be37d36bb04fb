// The worked example of libsync's public headers: it runs, and README.md shows it as it is.
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

TEST(ExampleTest, RunsAndStandsInTheReadme) {
  ScratchFolder scratch;
  const fs::path root = test::kSourceDir;
  RunResult run = RunProgram({std::string(test::kBinaryDir) + "/tests/tram-example",
                              (scratch / "unit").string(),
                              (root / "libsync/programmes/treatment.toml").string()});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.out.find(": 1 client, 1 op waits for a server"), std::string::npos) << run.out;
  auto example = ReadFile(root / "tests/e2e/example/example.cc", 1 << 16);
  auto readme = ReadFile(root / "README.md", 1 << 20);
  ASSERT_TRUE(example && readme);
  EXPECT_NE(readme->find(*example), std::string::npos) << "README.md shows another example";
}

}  // namespace
}  // namespace tram::test
