#include "tests/e2e/demo/demo_server.h"
#include "tests/support/paths.h"

#include "tram/base/os_file.h"

namespace tram::demo {

namespace fs = std::filesystem;

DemoServer::DemoServer(fs::path folder) : folder_(std::move(folder)) {}

void DemoServer::Stop() {
  if (process_) process_->Stop();
  process_.reset();
}

Status DemoServer::TellTime(Date day) {
  return WriteFileAtomically(clock_file(), AsBytes(std::to_string(StartOfLocalDay(day) + kNoonMs)));
}

Result<std::string> DemoServer::Command(std::vector<std::string> arguments) const {
  const std::string verb = arguments.empty() ? "" : arguments.front();
  arguments.insert(arguments.begin(),
                   {test::kCentralServer, "--data", data().string(), "--lang", "en"});
  test::RunResult run = test::RunProgram(arguments, {{"TRAM_CLOCK_FILE", clock_file().string()}});
  if (run.exit == 0) return run.out;
  return MakeError(ErrorCode::kInvalid, "central-server " + verb + ": " + run.err);
}

Status DemoServer::Start(Date day) {
  TRAM_TRY(TellTime(day));
  TRAM_TRY(Command({"init"}));
  const fs::path port_file = folder_ / "port", log = folder_ / "server.log";
  process_ = std::make_unique<test::ChildProcess>(
      std::vector<std::string>{test::kCentralServer, "--data", data().string(), "serve", "--listen",
                               "127.0.0.1:0", "--port-file", port_file.string()},
      std::map<std::string, std::string>{{"TRAM_CLOCK_FILE", clock_file().string()}}, log);
  std::string port = test::AwaitFile(port_file, *process_);
  if (port.empty()) {
    return MakeError(ErrorCode::kIo, "the server did not start; see " + log.string());
  }
  while (!port.empty() && port.back() == '\n') port.pop_back();
  url_ = "http://127.0.0.1:" + port;
  return {};
}

}  // namespace tram::demo
