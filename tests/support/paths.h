// Where the sources and the built programs lie. One object knows it, so that every other object of
// the tests is the same wherever the tree lies, and the compiler's cache serves all clones.
// Threads: constants.
#pragma once

#include <filesystem>
#include <string_view>

namespace tram::test {

// Constants from the beginning: other constants are made from them.
extern const char kSourceDir[];
extern const char kBinaryDir[];
extern const char kCentralServer[];  // the program
extern const char kUnitClient[];     // the program
extern const char kDemoKept[];       // what the demonstration leaves; fixture demo_kept of CTest

/// A file of the tree by its path in it.
std::filesystem::path InSource(std::string_view path);

}  // namespace tram::test
