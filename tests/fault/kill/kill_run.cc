#include "tests/fault/kill/kill_run.h"

#include <signal.h>

#include <filesystem>
#include <sstream>
#include <thread>

#include "tests/fault/kill/kill_check.h"
#include "tests/fault/kill/kill_device.h"

namespace tram::test {
namespace {

using std::chrono::milliseconds;

constexpr int kServeMsMax = 300;
constexpr int kCommandMsMax = 120;
constexpr int kPatienceMs = 500;     // for bytes that may never come
constexpr int kLinkBytesMax = 6000;  // killed after so many

/// Starts the server, lets it serve until its moment, kills it, and again.
class ServerRounds {
 public:
  ServerRounds(KillWorld& world, std::uint64_t seed) : world_(world), random_(seed) {}

  void Run() {
    while (!world_.Enough(true)) {
      if (!Start()) return;
      world_.AwaitDevices();
      Round();
      world_.server().Kill();
      world_.CountKill(true);
    }
    Start();  // for the devices, that go on
  }

 private:
  bool Start() {
    world_.server().Start({"--log-level", "warning"});
    const bool running = world_.server().Running();
    world_.Count("server start", running);
    if (!running) world_.Problem("the server did not start again");
    return running;
  }

  void Round() {
    KillSwitch at(world_.server().pid());
    const int how = Drawn(random_, 0, 5);
    if (how < 3) {
      InAMessage(at);
    } else if (how < 5) {  // whatever it does
      KillTimer timer(at, milliseconds(Drawn(random_, 0, kServeMsMax)));
      world_.server().AwaitEnd();
    } else {
      InACommand(at);
    }
    if (const int exit = world_.server().AwaitEnd(); exit != 128 + SIGKILL) {
      world_.Problem("the server ended by itself, with " + std::to_string(exit));
    }
  }

  void InAMessage(KillSwitch& at) {
    auto& devices = world_.devices();
    const int which = Drawn(random_, 0, static_cast<int>(devices.size()) - 1);
    const auto direction = Chance(random_, 50) ? Direction::kToServer : Direction::kToClient;
    BadLink::ByteWatch watch(devices[static_cast<std::size_t>(which)]->link, direction,
                             static_cast<std::size_t>(Drawn(random_, 1, kLinkBytesMax)),
                             [&at] { at.Kill(); });
    KillTimer timer(at, milliseconds(kPatienceMs));
    world_.server().AwaitEnd();
  }

  void InACommand(KillSwitch& at) {
    const std::string file = world_.Path("server-" + std::to_string(++files_) + ".db").string();
    const std::vector<std::string> commands[] = {
        {"backup", file}, {"verify"}, {"report", "--by", "unit"}};
    const auto& command = commands[static_cast<std::size_t>(Drawn(random_, 0, 2))];
    KillTimer timer(at, milliseconds(Drawn(random_, 1, kCommandMsMax)));
    world_.Count("server " + command[0], world_.server().Run(command).exit == 0);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    world_.server().AwaitEnd();
  }

  KillWorld& world_;
  std::mt19937_64 random_;
  std::size_t files_ = 0;
};

void Add(LinkCounts& sum, const LinkCounts& one) {
  sum.connections += one.connections;
  sum.refused += one.refused;
  sum.cut += one.cut;
  sum.truncated += one.truncated;
  sum.delayed += one.delayed;
  sum.held += one.held;
  sum.replayed += one.replayed;
}

}  // namespace

KillOutcome RunKills(const KillOptions& options) {
  KillWorld world(options);
  {
    std::vector<std::jthread> threads;
    std::uint64_t seed = options.seed * 1009;
    threads.emplace_back([&world, own = ++seed] { ServerRounds(world, own).Run(); });
    for (auto& device : world.devices()) {
      threads.emplace_back(
          [&world, &device, own = ++seed] { KillRounds(world, *device, own).Run(); });
    }
  }
  KillOutcome outcome;
  for (auto& device : world.devices()) {
    Add(outcome.links, device->link.counts());
    device->link.SetGood(true);
  }
  outcome.ops = CheckAfterKills(world);
  outcome.problems = world.problems();
  outcome.server_kills = world.server_kills();
  outcome.device_kills = world.device_kills();
  outcome.acknowledged = world.ledger().acknowledged();
  outcome.commands = world.counts();
  return outcome;
}

std::string KillText(const KillOutcome& outcome) {
  std::ostringstream text;
  text << outcome.server_kills << " kills of the server, " << outcome.device_kills
       << " of devices; " << outcome.acknowledged << " ops acknowledged, " << outcome.ops
       << " there at the end\n";
  const LinkCounts& links = outcome.links;
  text << "connections " << links.connections << ": refused " << links.refused << ", cut "
       << links.cut << ", truncated " << links.truncated << ", blocks delayed " << links.delayed
       << ", held " << links.held << ", replayed " << links.replayed << "\n";
  for (const auto& [what, times] : outcome.commands) {
    text << "  " << what << ": " << times.first << " done, " << times.second << " not\n";
  }
  for (const std::string& problem : outcome.problems) text << "PROBLEM: " << problem << "\n";
  return text.str();
}

}  // namespace tram::test
