// A unit with no server, founded through the engine, and driven through the real program.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/real_programs.h"
#include "tram/crypto/sign.h"

namespace tram::test {

class UnitClient : public ::testing::Test {
 protected:
  UnitClient();

  /// Founds a unit of the programme `treatment` with one device in the folder `name`.
  RealDevice Found(const std::string& name, const std::string& server_url = "");
  /// A second device of the unit, by invitation, without a network.
  RealDevice Join(const RealDevice& inviter, const std::string& name);
  /// Adds a record and returns its id.
  std::string Add(const RealDevice& device, std::vector<std::string> arguments);
  /// Carries everything from one device to the other by file.
  void Carry(const RealDevice& from, const RealDevice& to);
  void Write(const std::string& name, const std::string& text);
  std::string Read(const std::string& name);
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }
  /// The programme, signed as the authority would, perhaps changed.
  std::string SignedProgramme(const std::string& from = "", const std::string& to = "");

  ScratchFolder scratch_;
  SigningKey server_, authority_;
};

/// exit 1, nothing on stdout, one line on stderr that holds `words`.
void ExpectRefused(const RunResult& run, const std::string& words);

}  // namespace tram::test
