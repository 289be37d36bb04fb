#include "cli/serve.h"

#include <cstdio>

#include "app/account_desk.h"
#include "app/http_service.h"
#include "app/watching.h"
#include "cli/command_desk.h"
#include "tram/base/os_control.h"
#include "tram/base/os_file.h"
#include "tram/base/os_process.h"
#include "tram/web/listener.h"
#include "web/front.h"

namespace tram::server {
namespace {

namespace fs = std::filesystem;

ListenerOptions OptionsOf(const ServeOptions& options) {
  ListenerOptions listener;
  listener.address = options.listen.address;
  listener.port = options.listen.port;
  listener.certificate_file = options.certificate_file;
  listener.key_file = options.key_file;
  return listener;
}

/// One thread is enough for who asks every few seconds; a page that the owner cannot give soon is
/// not waited for.
ListenerOptions MetricsOptions(const ListenAddress& listen) {
  ListenerOptions listener;
  listener.address = listen.address;
  listener.port = listen.port;
  listener.threads = 1;
  listener.connections_max = 16;
  listener.request_deadline_ms = 10 * 1000;
  return listener;
}

/// What browsers may call the pages: `site`, or the address that is listened on.
Front::Options PagesOptions(const ServeOptions& options, std::uint16_t port) {
  Front::Options pages;
  const std::string tls = "https://";
  const bool secure = !options.certificate_file.empty();
  const std::string_view site = options.site;
  pages.secure = secure || site.starts_with(tls);
  if (!site.empty()) {
    const bool plain = !site.starts_with(tls);
    pages.hosts.emplace_back(plain ? site.substr(site.find("//") + 2) : site);
  }
  const std::string& address = options.listen.address;
  const std::string shown = address.find(':') == address.npos ? address : "[" + address + "]";
  const std::string end = ":" + std::to_string(port);
  for (const std::string& name : {shown, std::string("localhost"), std::string("127.0.0.1")}) {
    pages.hosts.push_back((secure ? tls : "") + name + end);
  }
  return pages;
}

/// Files that were named must not be the server's own. A log is written through a link.
Status CheckFiles(const fs::path& folder, ServeOptions& options) {
  if (!options.port_file.empty()) TRAM_TRY(CheckOutputFile(folder, options.port_file));
  if (options.log.file.empty()) return {};
  std::error_code code;
  const fs::path real = fs::weakly_canonical(options.log.file, code);
  if (!code) options.log.file = real;
  return CheckOutputFile(folder, options.log.file);
}

/// Says where the first administrator comes from. No link is made here: what this prints may end
/// up in a log.
Status SayWhoIsMissing(OwnerThread& owner, const fs::path& folder) {
  return owner.Do([&](ServerState& state, RollupWorker&) -> Status {
    TRAM_ASSIGN(const bool there, HasAdministrator(state));
    if (there) return {};
    LogEvent(LogLevel::kWarning, "no_administrator");
    if (!IsTerminal(2)) return {};
    std::fprintf(stderr,
                 "nobody can administer the pages yet: central-server --data %s user add NAME "
                 "--role administrator prints a one-time link\n",
                 folder.c_str());
    return {};
  });
}

/// The two listeners, as long as they serve. `service` and `page` must outlive it.
struct Listeners {
  std::unique_ptr<Listener> devices, metrics;

  Status Start(const ServeOptions& options, ServerMetrics& counts, HttpService& service,
               MetricsPage& page) {
    Handler handle = [&service](HttpRequest request, Respond respond) {
      service.Handle(std::move(request), std::move(respond));
    };
    TRAM_ASSIGN(devices, Listener::Start(OptionsOf(options), Watched(std::move(handle), counts)));
    if (!options.metrics) return {};
    TRAM_ASSIGN(metrics, Listener::Start(
                             MetricsOptions(*options.metrics),
                             [this, &page, &counts](const HttpRequest& request, Respond respond) {
                               counts.SetConnections(devices->connections());
                               page.Handle(request, std::move(respond));
                             }));
    return {};
  }
  void Stop() {
    if (metrics) metrics->Stop();
    if (devices) devices->Stop();
  }
};

}  // namespace

Status Serve(const fs::path& folder, const ServeOptions& wanted, Clock& clock, Random& random) {
  BlockStopSignals();
  std::error_code code;
  if (!fs::exists(folder / kDatabaseName, code)) {
    return MakeError(ErrorCode::kNotFound,
                     "there is no server in " + folder.string() + ": make one with init");
  }
  ServeOptions options = wanted;
  TRAM_TRY(CheckFiles(folder, options));
  TRAM_ASSIGN(std::unique_ptr<FileLock> lock, FileLock::Acquire(folder / kLockName));
  TRAM_TRY(StartLog(options.log, IsTerminal(2)));
  TRAM_ASSIGN(std::unique_ptr<ServerState> state, ServerState::Open(folder, clock, random));
  OwnerThread owner(*state);
  HttpService service(owner, *state);
  MetricsPage page(owner, *state);
  Listeners listeners;
  Status ready = listeners.Start(options, state->metrics(), service, page);
  std::unique_ptr<Front> front;
  if (ready) {
    auto made = Front::Create(PagesOptions(options, listeners.devices->port()), owner, *state);
    ready = made ? Status() : Status(made.error());
    if (made) front = std::move(*made);
  }
  const Handler pages = [&front](HttpRequest request, Respond respond) {
    front->Handle(std::move(request), std::move(respond));
  };
  if (ready) service.SetPages(&pages);
  CommandDesk desk(owner);
  std::unique_ptr<ControlServer> control;
  if (ready) {
    auto listening =
        ControlServer::Listen(folder / kControlName,
                              [&desk](const std::string& request) { return desk.Answer(request); });
    ready = listening ? Status() : Status(listening.error());
    if (listening) control = std::move(*listening);
  }
  if (ready && !options.port_file.empty()) {
    ready = WriteFileAtomically(options.port_file,
                                AsBytes(std::to_string(listeners.devices->port()) + "\n"));
  }
  if (ready) {
    LogEvent(LogLevel::kInfo, "serving",
             {{"version", TRAM_VERSION},
              {"address", options.listen.address},
              {"port", std::int64_t{listeners.devices->port()}},
              {"scheme", options.certificate_file.empty() ? "http" : "https"},
              {"metrics_port", std::int64_t{listeners.metrics ? listeners.metrics->port() : 0}}});
    ready = SayWhoIsMissing(owner, folder);
  }
  if (ready) {
    const int signal = WaitForStopSignal();
    LogEvent(LogLevel::kInfo, "stopping", {{"signal", std::int64_t{signal}}});
  }
  control.reset();  // commands first: they use the owner
  desk.Stop();
  listeners.Stop();
  owner.Stop();
  if (ready) LogEvent(LogLevel::kInfo, "stopped");
  return ready;
}

}  // namespace tram::server
