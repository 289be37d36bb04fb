#include "cli/serve.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "app/http_service.h"
#include "cli/run.h"
#include "tram/base/os_control.h"
#include "tram/base/os_file.h"
#include "tram/base/os_process.h"
#include "tram/web/listener.h"

namespace tram::server {
namespace {

void LogOnStderr() {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("server"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::flush_on(spdlog::level::info);
}

ListenerOptions OptionsOf(const ServeOptions& options) {
  ListenerOptions listener;
  listener.address = options.address;
  listener.port = options.port;
  listener.certificate_file = options.certificate_file;
  listener.key_file = options.key_file;
  return listener;
}

}  // namespace

Status Serve(const std::filesystem::path& folder, const ServeOptions& options, Clock& clock,
             Random& random) {
  BlockStopSignals();
  LogOnStderr();
  std::error_code code;
  if (!std::filesystem::exists(folder / kDatabaseName, code)) {
    return MakeError(ErrorCode::kNotFound,
                     "there is no server in " + folder.string() + ": make one with init");
  }
  TRAM_ASSIGN(std::unique_ptr<FileLock> lock, FileLock::Acquire(folder / kLockName));
  TRAM_ASSIGN(std::unique_ptr<ServerState> state, ServerState::Open(folder, clock, random));
  OwnerThread owner(*state);
  HttpService service(owner, *state);
  TRAM_ASSIGN(std::unique_ptr<Listener> listener,
              Listener::Start(OptionsOf(options), [&](HttpRequest request, Respond respond) {
                service.Handle(std::move(request), std::move(respond));
              }));
  Result<std::unique_ptr<ControlServer>> control = ControlServer::Listen(
      folder / kControlName,
      [&owner](const std::string& request) { return AnswerControl(owner, request); });
  Status ready = control ? Status() : Status(control.error());
  if (ready && !options.port_file.empty()) {
    ready =
        WriteFileAtomically(options.port_file, AsBytes(std::to_string(listener->port()) + "\n"));
  }
  if (ready) {
    spdlog::info("serving on {}:{} ({})", options.address, listener->port(),
                 options.certificate_file.empty() ? "plain http: for this machine or behind a proxy"
                                                  : "https");
    const int signal = WaitForStopSignal();
    spdlog::info("signal {}: finishing what runs", signal);
    (*control).reset();  // commands first: they use the owner
  }
  listener->Stop();
  owner.Stop();
  if (ready) spdlog::info("stopped");
  return ready;
}

}  // namespace tram::server
