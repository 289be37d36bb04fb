// KillRounds: a device that is worked with, killed in the middle and started again, round after
// round: `unit-client run` with commands through its control socket, or one command by itself.
// Threads: one; the link's and a timer's thread may kill.
#pragma once

#include <functional>

#include "tests/fault/kill/kill_moment.h"
#include "tests/fault/kill/kill_world.h"

namespace tram::test {

class KillRounds {
 public:
  KillRounds(KillWorld& world, KillUnitDevice& device, std::uint64_t seed)
      : world_(world), device_(device), random_(seed) {}

  /// Until there are enough kills.
  void Run();

 private:
  /// What a command is, and what its success means.
  struct Command {
    std::string kind;  // for the figures
    std::vector<std::string> argv;
    std::function<void(const nlohmann::json& said)> acknowledged;
    bool may_fail = false;  // of itself: the link is bad
  };

  Command NextCommand(bool with_key);
  Command Add();
  Command AddEpisode();
  Command Rename();
  Command SetShared();
  Command Import();
  Command Backup();
  Command WriteBundle();
  Command ReadBundle();
  Command Sync() const;

  void HeldRound();
  /// Works with the holder until it is gone. `acks`: kills after so many answers; 0 never.
  void Work(KillSwitch& at, bool with_key, int acks);
  /// Asks the holder. False: it is gone.
  bool Ask(const Command& command);
  void SingleRound();
  /// Where the program said anything that it says only when something is wrong.
  void CheckLog(const std::filesystem::path& log);
  void Took(const Command& command, int exit, const std::string& out, const std::string& err);
  std::vector<std::string> Argv(const std::vector<std::string>& command) const;
  std::string File(const std::string& kind);

  KillWorld& world_;
  KillUnitDevice& device_;
  std::mt19937_64 random_;
  std::vector<std::string> clients_;      // added here and acknowledged
  std::set<std::string> ops_;             // acknowledged here
  std::vector<std::string> import_rows_;  // of a file that did not go in whole yet
  std::size_t files_ = 0;
  std::map<std::string, double> takes_ms_;  // a command that is not killed, lately
};

}  // namespace tram::test
