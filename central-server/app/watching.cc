#include "app/watching.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "storage/settings.h"
#include "tram/session/enrolment.h"
#include "watch/event_log.h"

namespace tram::server {
namespace {

constexpr char kMetricsType[] = "text/plain; version=0.0.4; charset=utf-8";

/// 0 where there is none: a WAL comes with the first commit.
std::int64_t BytesOf(const std::filesystem::path& path) {
  std::error_code code;
  const std::uintmax_t bytes = std::filesystem::file_size(path, code);
  return code ? 0 : static_cast<std::int64_t>(bytes);
}

std::optional<std::int64_t> NumberIn(const std::string& text) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void Log(std::string_view route, const HttpResponse& response, std::size_t bytes_in,
         double seconds) {
  // Supervisors ask for /healthz all day.
  const LogLevel level = route == "health" ? LogLevel::kDebug : LogLevel::kInfo;
  LogEvent(level, "request",
           {{"route", route},
            {"status", std::int64_t{response.status}},
            {"bytes_in", static_cast<std::int64_t>(bytes_in)},
            {"bytes_out", static_cast<std::int64_t>(response.body.size())},
            {"ms", std::round(seconds * 10'000) / 10}});
}

}  // namespace

std::string_view RouteOf(std::string_view path) {
  if (path == kSyncPath) return "sync";
  if (path == kEnrolPath) return "enrol";
  if (path == "/healthz") return "health";
  return "other";
}

Handler Watched(Handler handler, ServerMetrics& metrics) {
  return [handler = std::move(handler), &metrics](HttpRequest request, Respond respond) {
    const std::string_view route = RouteOf(request.path);
    const std::size_t bytes_in = request.body.size();
    auto answer = [respond = std::move(respond), route, bytes_in, watch = Stopwatch(),
                   &metrics](HttpResponse response) {
      const double seconds = watch.Seconds();
      metrics.Answered(route, response.status, bytes_in, response.body.size(), seconds);
      Log(route, response, bytes_in, seconds);
      respond(std::move(response));
    };
    handler(std::move(request), std::move(answer));
  };
}

Result<StateFigures> CollectFigures(ServerState& state, const RollupWorker& worker) {
  ServerStore& store = state.store();
  StateFigures figures;
  figures.at_ms = state.NowMs();
  TRAM_ASSIGN(figures.units, store.units().Count());
  TRAM_ASSIGN(DeviceCounts devices, store.devices().Count(figures.at_ms));
  figures.devices = devices.all;
  figures.devices_silent_7_days = devices.silent_7_days;
  figures.devices_silent_30_days = devices.silent_30_days;
  TRAM_ASSIGN(std::vector<DirtyUnit> dirty, store.rollups().Dirty());
  figures.dirty_units = static_cast<std::int64_t>(dirty.size());
  if (!dirty.empty()) {
    figures.oldest_dirty_ms = std::max<std::int64_t>(0, figures.at_ms - dirty.front().since_ms);
  }
  figures.failing_units = static_cast<std::int64_t>(worker.failures().size());
  figures.held_ops = static_cast<std::int64_t>(worker.held_ops());
  TRAM_ASSIGN(std::optional<Date> published, store.rollups().LastPublished());
  if (published) figures.published_until_ms = StartOfLocalDay(Date{published->days + 1});
  TRAM_ASSIGN(std::string backup, TextSetting(store.database(), kBackupSetting));
  figures.backup_ms = NumberIn(backup);
  figures.database_bytes = BytesOf(state.folder() / kDatabaseName);
  figures.wal_bytes = BytesOf(state.folder() / (std::string(kDatabaseName) + "-wal"));
  figures.open_logs = static_cast<std::int64_t>(state.units().size());
  figures.open_views = static_cast<std::int64_t>(state.units().views());
  figures.programme = state.programme().programme->name;
  figures.programme_version = std::to_string(state.programme().programme->version);
  return figures;
}

void MetricsPage::Handle(const HttpRequest& request, Respond respond) {
  if (request.path != "/metrics") {
    return respond(TextResponse(404, "there is nothing at this address; try /metrics\n"));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refused = TextResponse(405, "this address takes GET only\n");
    refused.headers.emplace_back("Allow", "GET");
    return respond(std::move(refused));
  }
  auto page = [this] { return HttpResponse{200, kMetricsType, state_.metrics().Text(), {}}; };
  if (asked_.exchange(true)) return respond(page());
  const bool posted = owner_.Post([this, page, respond] {
    asked_ = false;
    if (state_.EnsureUsable()) {
      Result<StateFigures> figures = CollectFigures(state_, owner_.worker());
      if (figures) state_.metrics().SetState(*figures);
    }
    respond(page());
  });
  if (!posted) respond(page());
}

}  // namespace tram::server
