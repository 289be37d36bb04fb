#include "tests/support/paths.h"

namespace tram::test {

const char kSourceDir[] = TRAM_SOURCE_DIR;
const char kBinaryDir[] = TRAM_BINARY_DIR;
const char kCentralServer[] = TRAM_BINARY_DIR "/central-server/central-server";
const char kUnitClient[] = TRAM_BINARY_DIR "/unit-client/unit-client";
const char kDemoKept[] = TRAM_BINARY_DIR "/tests/demo-kept";

std::filesystem::path InSource(std::string_view path) {
  return std::filesystem::path(kSourceDir) / path;
}

}  // namespace tram::test
