#include "cli/run.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>

#include "cli/command_desk.h"
#include "cli/serve.h"
#include "tram/base/os_control.h"
#include "tram/base/os_file.h"
#include "tram/base/os_process.h"
#include "tram/base/text_table.h"
#include "tram/base/vietnamese.h"

namespace tram::server {
namespace {

namespace fs = std::filesystem;

/// What is no UTF-8 (a file's name, say) is replaced, never thrown about.
std::string JsonText(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string Who() {
  for (const char* name : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return "console:" + std::string(value).substr(0, 64);
  }
  return "console";
}

void ShowProgress(const std::string& what, std::size_t done, std::size_t all) {
  std::fprintf(stderr, "\r%s %zu/%zu ", what.c_str(), done + 1, all);
  if (done + 1 >= all) std::fputs("\r\033[K", stderr);
}

/// Sends the command to the process that holds the folder.
Result<Outcome> SendToHolder(const fs::path& folder, const std::vector<std::string>& arguments) {
  const bool watched = IsTerminal(2);
  ControlRequest request{arguments, fs::current_path().string(), Who(), 0};
  for (;;) {
    Result<std::string> text = AskControl(folder / kControlName, EncodeControlRequest(request));
    if (!text && text.error().code == ErrorCode::kNotFound) {
      return MakeError(ErrorCode::kExists, "another command is using " + folder.string() +
                                               ": try again when it has ended");
    }
    if (!text) return text.error();
    TRAM_ASSIGN(ControlReply reply, DecodeControlReply(*text));
    if (reply.ticket == 0) return reply.outcome;
    if (watched && !reply.what.empty()) ShowProgress(reply.what, reply.done, reply.all);
    request.ticket = reply.ticket;
  }
}

Result<Outcome> RunVerb(const Invocation& invocation, const std::vector<std::string>& arguments,
                        Clock& clock, Random& random) {
  const fs::path folder = fs::absolute(invocation.data);
  std::error_code code;
  if (!fs::exists(folder / kDatabaseName, code)) {
    return MakeError(ErrorCode::kNotFound, "there is no server in " + folder.string() +
                                               ": make one with init, or name its folder with "
                                               "--data");
  }
  Result<std::unique_ptr<FileLock>> lock = FileLock::Acquire(folder / kLockName);
  if (!lock) {
    if (lock.error().code == ErrorCode::kExists) return SendToHolder(folder, arguments);
    return lock.error();
  }
  TRAM_ASSIGN(std::unique_ptr<ServerState> state, ServerState::Open(folder, clock, random));
  DirectOwner owner(*state);
  VerbContext context{owner, Who(), fs::current_path(), invocation.language, nullptr};
  if (IsTerminal(2)) context.progress = ShowProgress;
  return Render(invocation, invocation.run(context));
}

Result<Outcome> Run(const Invocation& invocation, const std::vector<std::string>& arguments,
                    Clock& clock, Random& random) {
  switch (invocation.kind) {
    case Invocation::Kind::kVerb:
      return RunVerb(invocation, arguments, clock, random);
    case Invocation::Kind::kInit:
      return Render(invocation,
                    Init(fs::absolute(invocation.data), invocation.init, clock, random));
    case Invocation::Kind::kRestore:
      return Render(invocation,
                    Restore(fs::absolute(invocation.data), invocation.restore_file, clock));
    case Invocation::Kind::kServe:
      TRAM_TRY(Serve(fs::absolute(invocation.data), invocation.serve, clock, random));
      return Outcome{};
  }
  return Outcome{};
}

int Print(const Outcome& outcome) {
  std::fwrite(outcome.out.data(), 1, outcome.out.size(), stdout);
  std::fwrite(outcome.err.data(), 1, outcome.err.size(), stderr);
  if (std::fflush(stdout) != 0) {
    std::fputs("central-server: the output could not be written\n", stderr);
    return 1;
  }
  return outcome.exit;
}

}  // namespace

Outcome Render(const Invocation& invocation, const Result<VerbResult>& result) {
  Outcome outcome;
  if (!result) {
    outcome.exit = 1;
    outcome.err = "central-server: " + ErrorLine(result.error().message) + "\n";
    if (invocation.json) {
      outcome.out =
          JsonText({{"error", result.error().message}, {"code", ErrorText(result.error().code)}}) +
          "\n";
    }
    return outcome;
  }
  outcome.exit = result->exit;
  outcome.out = invocation.json ? JsonText(result->json) + "\n" : result->text;
  for (const std::string& note : result->notes) outcome.err += note + "\n";
  return outcome;
}

int RunProgram(const std::vector<std::string>& arguments, Clock& clock, Random& random) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (Nfc(arguments[i])) continue;
    return Print({2, "",
                  "central-server: argument " + std::to_string(i + 1) +
                      " is not UTF-8 text (central-server --help says more)\n"});
  }
  auto parsed = ParseCommandLine(arguments);
  if (const auto* stop = std::get_if<UsageStop>(&parsed)) {
    return Print(stop->exit == 0 ? Outcome{0, stop->text, ""}
                                 : Outcome{2, "", "central-server: " + stop->text});
  }
  const auto& invocation = std::get<Invocation>(parsed);
  if (invocation.kind != Invocation::Kind::kServe) spdlog::set_level(spdlog::level::off);
  Result<Outcome> outcome = Run(invocation, arguments, clock, random);
  return Print(outcome ? *outcome : Render(invocation, outcome.error()));
}

}  // namespace tram::server
