#include "tests/fault/kill/kill_device.h"

#include <signal.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "app/control.h"
#include "tests/support/paths.h"
#include "tram/base/os_control.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr int kStartMsMax = 250;     // of `run`, about: killed while it opens
constexpr int kWorkMsMax = 350;      // killed after so long at work
constexpr int kPatienceMs = 1500;    // for bytes that may never come
constexpr int kLinkBytesMax = 4000;  // killed after so many
constexpr int kAcksMax = 9;
constexpr int kImportRows = 12;
constexpr double kFirstGuessMs = 250;  // of a command
constexpr int kEndMsMax = 60'000;      // a command that takes longer hangs

std::string TextOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The one JSON document among lines for people.
json DocumentIn(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] == '{') return json::parse(line, nullptr, false);
  }
  return json();
}

}  // namespace

std::vector<std::string> KillRounds::Argv(const std::vector<std::string>& command) const {
  std::vector<std::string> argv{test::kUnitClient, "--data", device_.real.folder().string(),
                                "--lang", "en"};
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

std::string KillRounds::File(const std::string& kind) {
  return world_.Path(device_.name + "-" + std::to_string(++files_) + "." + kind).string();
}

KillRounds::Command KillRounds::Add() {
  const std::string name = world_.ledger().NewName(device_.name);
  world_.ledger().Adding(name);
  return {
      "add", {"add", "client", "full_name=" + name, "sex=male"}, [this, name](const json& said) {
        world_.ledger().Added(name, said.value("id", ""), said.value("op", ""));
        clients_.push_back(said.value("id", ""));
        ops_.insert(said.value("op", ""));
      }};
}

KillRounds::Command KillRounds::AddEpisode() {
  const auto which =
      static_cast<std::size_t>(Drawn(random_, 0, static_cast<int>(clients_.size()) - 1));
  return {
      "add",
      {"add", "episode", "parent=" + clients_[which], "intake_date=2026-01-05", "referral=self"},
      [this](const json& said) {
        world_.ledger().Wrote(said.value("op", ""));
        ops_.insert(said.value("op", ""));
      }};
}

KillRounds::Command KillRounds::Rename() {
  const auto which =
      static_cast<std::size_t>(Drawn(random_, 0, static_cast<int>(clients_.size()) - 1));
  const std::string id = clients_[which], name = world_.ledger().NewName(device_.name);
  world_.ledger().Renaming(id, name);
  return {"set", {"set", id, "full_name=" + name}, [this, id, name](const json& said) {
            world_.ledger().Renamed(id, name, said.value("op", ""));
            ops_.insert(said.value("op", ""));
          }};
}

// Everybody changes it: conflicts, of which every value is kept.
KillRounds::Command KillRounds::SetShared() {
  return {"set",
          {"set", world_.shared_client(), "phone=" + world_.ledger().NewName(device_.name)},
          [this](const json& said) {
            world_.ledger().Wrote(said.value("op", ""));
            ops_.insert(said.value("op", ""));
          }};
}

// One that was killed in the middle is run again, with the same file.
KillRounds::Command KillRounds::Import() {
  const std::string file = world_.Path(device_.name + ".import.csv").string();
  if (import_rows_.empty()) {
    std::ofstream out(file, std::ios::trunc);
    out << "key,full_name\n";
    for (int i = 0; i < kImportRows; ++i) {
      import_rows_.push_back(world_.ledger().NewName(device_.name));
      world_.ledger().Adding(import_rows_.back());
      out << import_rows_.back() << "," << import_rows_.back() << "\n";
    }
  }
  return {"import", {"import", "client", file}, [this](const json& said) {
            if (said.value("rejected", 1) != 0) world_.Problem("import: " + said.dump());
            world_.ledger().Imported(import_rows_);
            import_rows_.clear();
          }};
}

KillRounds::Command KillRounds::Backup() {
  const std::string file = File("backup.db");
  KillBackup backup{file, ops_};
  return {"backup", {"backup", file}, [this, backup](const json&) {
            world_.KeepBackup(device_.name, backup);
          }};
}

KillRounds::Command KillRounds::WriteBundle() {
  const std::string file = File("bundle");
  return {"bundle write", {"bundle", "write", file, "--all"}, [this, file](const json&) {
            world_.OfferBundle(file);
          }};
}

KillRounds::Command KillRounds::ReadBundle() {
  const auto file = world_.SomeBundle(random_);
  if (!file) return WriteBundle();
  return {"bundle read", {"bundle", "read", *file}, [](const json&) {}};
}

KillRounds::Command KillRounds::Sync() const {
  return {"sync", {"sync"}, [](const json&) {}, true};
}

KillRounds::Command KillRounds::NextCommand(bool with_key) {
  const int drawn = Drawn(random_, 0, 99);
  if (drawn < 25) return Sync();
  if (drawn < 29) return Backup();
  if (drawn < 33) return WriteBundle();
  if (drawn < 37) return ReadBundle();
  if (!with_key) return Sync();
  if (drawn < 42) return Import();
  if (drawn < 55) return SetShared();
  if (drawn < 62 && !clients_.empty()) return AddEpisode();
  if (drawn < 80 && !clients_.empty()) return Rename();
  return Add();
}

void KillRounds::Took(const Command& command, int exit, const std::string& out,
                      const std::string& err) {
  world_.Count(command.kind, exit == 0);
  if (exit == 0) {
    command.acknowledged(DocumentIn(out));
  } else if (!command.may_fail) {
    world_.Problem(device_.name + " " + command.kind + " ended with " + std::to_string(exit) +
                   ": " + err + out);
  }
}

bool KillRounds::Ask(const Command& command) {
  client::ControlRequest request;
  request.argv = Argv(command.argv);
  request.argv.erase(request.argv.begin());
  request.argv.push_back("--json");
  request.cwd = world_.Path("").string();
  request.language = Language::kEnglish;
  request.json = true;
  const bool waits = Chance(random_, 50);
  do {
    auto answer = AskControl(device_.real.folder() / client::kControlSocket,
                             client::EncodeControlRequest(request));
    if (!answer) return false;
    auto reply = client::DecodeControlReply(*answer);
    if (!reply) {
      world_.Problem(device_.name + ": " + reply.error().message);
      return false;
    }
    request.sync_ticket = reply->sync_ticket;
    // A sync that nobody waits for goes on while the next command runs.
    if (request.sync_ticket != 0 && !waits) return true;
    if (request.sync_ticket == 0) {
      Took(command, reply->outcome.exit, reply->outcome.out, reply->outcome.err);
    }
  } while (request.sync_ticket != 0);
  return true;
}

void KillRounds::Work(KillSwitch& at, bool with_key, int acks) {
  for (int answered = 0; !world_.Enough(true) || !world_.Enough(false);) {
    if (!Ask(NextCommand(with_key))) break;
    if (++answered == acks) break;
  }
  at.Kill();
}

void KillRounds::CheckLog(const fs::path& log) {
  std::istringstream lines(TextOf(log));
  for (std::string line; std::getline(lines, line);) {
    if (line != "ready" && !line.starts_with("sync: ")) {
      world_.Problem(device_.name + " run says: " + line);
    }
  }
  std::error_code ignored;
  fs::remove(log, ignored);
}

void KillRounds::HeldRound() {
  const bool with_key = Chance(random_, 60);
  const fs::path log = File("log");
  ChildProcess child(Argv({"run"}), {{"TRAM_PASSPHRASE", with_key ? kTestPassphrase : ""}}, log);
  KillSwitch at(child.pid());
  if (Chance(random_, 10)) {
    KillTimer timer(at, milliseconds(Drawn(random_, 0, kStartMsMax)));
    child.AwaitEnd(kEndMsMax);
  } else if (AwaitFile(log, child).substr(0, 5) != "ready") {
    world_.Problem(device_.name + " did not start: " + TextOf(log));
  } else if (const int how = Drawn(random_, 0, 2); how == 0) {
    Work(at, with_key, Drawn(random_, 1, kAcksMax));
  } else if (how == 1) {
    KillTimer timer(at, milliseconds(Drawn(random_, 0, kWorkMsMax)));
    Work(at, with_key, 0);
  } else {
    const auto direction = Chance(random_, 50) ? Direction::kToServer : Direction::kToClient;
    BadLink::ByteWatch watch(device_.link, direction,
                             static_cast<std::size_t>(Drawn(random_, 1, kLinkBytesMax)),
                             [&at] { at.Kill(); });
    KillTimer timer(at, milliseconds(kPatienceMs));
    Ask(Sync());
    Work(at, with_key, 0);
  }
  if (!child.AwaitEnd(kEndMsMax)) world_.Problem(device_.name + " is not to be killed");
  if (child.exit() == 128 + SIGKILL) {
    world_.CountKill(false);
  } else {
    world_.Problem(device_.name + " run ended with " + std::to_string(child.exit()));
  }
  CheckLog(log);
}

void KillRounds::SingleRound() {
  const Command command = NextCommand(true);
  const fs::path log = File("log");
  double& takes_ms = takes_ms_.try_emplace(command.kind, kFirstGuessMs).first->second;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::string> argv = Argv(command.argv);
  argv.push_back("--json");
  ChildProcess child(argv, {{"TRAM_PASSPHRASE", kTestPassphrase}}, log);
  {
    KillSwitch at(child.pid());
    std::optional<KillTimer> timer;
    // Most of what a command takes is the key; what is worth breaking off comes after it.
    const int until_ms = static_cast<int>(takes_ms);
    if (Chance(random_, 85))
      timer.emplace(at, milliseconds(Drawn(random_, until_ms / 3, until_ms)));
    child.AwaitEnd(kEndMsMax);
  }
  if (child.exit() == 128 + SIGKILL) {
    world_.CountKill(false);
    world_.Count(command.kind, false);
  } else {
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    takes_ms = (takes_ms + took.count()) / 2;
    Took(command, child.exit(), TextOf(log), "");
  }
  std::error_code ignored;
  fs::remove(log, ignored);
}

void KillRounds::Run() {
  while (!world_.Enough(true) || !world_.Enough(false)) {
    if (Chance(random_, 60)) {
      HeldRound();
    } else {
      SingleRound();
    }
  }
}

}  // namespace tram::test
