#include "watch/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <ctime>
#include <mutex>

#include "tram/base/os_process.h"

namespace tram::server {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

const Histogram::BucketBoundaries kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                           0.25,  0.5,    1,     2.5,  5,     10,   30};
const Histogram::BucketBoundaries kSizes{1, 2, 4, 8, 16, 32, 64};

Family<Counter>& CounterFamily(Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}

Counter& OneCounter(Registry& registry, const char* name, const char* help) {
  return CounterFamily(registry, name, help).Add({});
}

Gauge& OneGauge(Registry& registry, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

Family<Histogram>& HistogramFamily(Registry& registry, const char* name, const char* help) {
  return BuildHistogram().Name(name).Help(help).Register(registry);
}

Histogram& OneHistogram(Registry& registry, const char* name, const char* help,
                        const Histogram::BucketBoundaries& buckets) {
  return HistogramFamily(registry, name, help).Add({}, buckets);
}

double SecondsOf(std::int64_t ms) { return static_cast<double>(ms) / 1000; }
double NumberOf(std::size_t number) { return static_cast<double>(number); }

}  // namespace

struct ServerMetrics::Families {
  Registry registry;

  Family<Counter>& requests =
      CounterFamily(registry, "tram_http_requests_total", "Requests that were answered.");
  Family<Histogram>& request_seconds =
      HistogramFamily(registry, "tram_http_request_duration_seconds",
                      "From the whole request to its answer, waiting included.");
  Family<Counter>& bytes_in =
      CounterFamily(registry, "tram_http_request_bytes_total", "Bytes of request bodies.");
  Family<Counter>& bytes_out =
      CounterFamily(registry, "tram_http_response_bytes_total", "Bytes of response bodies.");
  Gauge& connections = OneGauge(registry, "tram_http_connections", "Connections open now.");

  Counter& accepted =
      OneCounter(registry, "tram_sync_ops_accepted_total", "Ops that were new, and taken.");
  Counter& served = OneCounter(registry, "tram_sync_ops_served_total", "Ops sent to devices.");
  Family<Counter>& refused = CounterFamily(registry, "tram_sync_pieces_refused_total",
                                           "Parts of messages that were not taken.");

  Counter& commits =
      OneCounter(registry, "tram_commits_total", "Transactions for a group of syncs.");
  Counter& commit_failures =
      OneCounter(registry, "tram_commit_failures_total",
                 "Groups of syncs that could not be stored; all of them were refused.");
  Histogram& group_size = OneHistogram(registry, "tram_commit_group_size",
                                       "Syncs answered with one transaction.", kSizes);
  Histogram& commit_seconds =
      OneHistogram(registry, "tram_commit_duration_seconds",
                   "Taking a group of syncs and making it durable.", kSeconds);

  Family<Gauge>& waiting = BuildGauge()
                               .Name("tram_owner_queue_length")
                               .Help("What waits for the thread that owns the data.")
                               .Register(registry);
  Gauge& waiting_syncs = waiting.Add({{"kind", "sync"}});
  Gauge& waiting_other = waiting.Add({{"kind", "other"}});
  Histogram& waited = OneHistogram(registry, "tram_owner_queue_wait_seconds",
                                   "How long syncs waited for that thread.", kSeconds);

  Histogram& rollup_seconds =
      OneHistogram(registry, "tram_rollup_duration_seconds",
                   "One step of the figures: at most one unit's.", kSeconds);
  Counter& rollup_failures =
      OneCounter(registry, "tram_rollup_failures_total", "Steps that ended with an error.");
  Gauge& dirty = OneGauge(registry, "tram_rollup_dirty_units", "Units to be computed again.");
  Gauge& dirty_age = OneGauge(registry, "tram_rollup_oldest_dirty_age_seconds",
                              "How long the longest of them has waited; 0: none waits.");
  Gauge& failing = OneGauge(registry, "tram_rollup_failing_units",
                            "Units whose figures cannot be computed (report names them).");
  Gauge& published = OneGauge(registry, "tram_published_until_timestamp_seconds",
                              "End of the last published month; 0: none is.");

  Gauge& units = OneGauge(registry, "tram_units", "Units.");
  Gauge& devices = OneGauge(registry, "tram_devices", "Devices of all units.");
  Family<Gauge>& silent_devices = BuildGauge()
                                      .Name("tram_devices_silent")
                                      .Help("Devices that have not synced for so many days.")
                                      .Register(registry);
  Gauge& silent_7 = silent_devices.Add({{"days", "7"}});
  Gauge& silent_30 = silent_devices.Add({{"days", "30"}});
  Gauge& held = OneGauge(registry, "tram_ops_held",
                         "Ops that are kept but not understood (a newer programme, say), in units "
                         "computed since the start.");

  Gauge& database = OneGauge(registry, "tram_database_bytes", "Size of server.db.");
  Gauge& wal = OneGauge(registry, "tram_database_wal_bytes", "Size of its write-ahead log.");
  Gauge& backup = OneGauge(registry, "tram_backup_timestamp_seconds",
                           "When the last verified backup was finished; 0: never.");
  Family<Gauge>& open_units =
      BuildGauge().Name("tram_open_units").Help("Units open in memory.").Register(registry);
  Gauge& open_logs = open_units.Add({{"part", "log"}});
  Gauge& open_views = open_units.Add({{"part", "view"}});
  Gauge& state_time = OneGauge(registry, "tram_state_timestamp_seconds",
                               "When the gauges of data and caches were last looked up.");

  Family<Gauge>& build = BuildGauge()
                             .Name("tram_build_info")
                             .Help("Always 1; the version, and the current programme.")
                             .Register(registry);
  Gauge& resident =
      OneGauge(registry, "process_resident_memory_bytes", "Resident memory of the process.");
  Gauge& started = OneGauge(registry, "process_start_time_seconds",
                            "Start time of the process since the Unix epoch.");

  std::mutex mutex;  // of the next two
  Gauge* build_row = nullptr;
  std::string programme, programme_version;
};

ServerMetrics::ServerMetrics() : families_(std::make_unique<Families>()) {
  families_->started.Set(static_cast<double>(std::time(nullptr)));
}

ServerMetrics::~ServerMetrics() = default;

void ServerMetrics::Answered(std::string_view route, int status, std::size_t bytes_in,
                             std::size_t bytes_out, double seconds) {
  const std::string name(route);
  const std::string status_class = std::to_string(status / 100) + "xx";
  families_->requests.Add({{"route", name}, {"class", status_class}}).Increment();
  families_->bytes_in.Add({{"route", name}}).Increment(NumberOf(bytes_in));
  families_->bytes_out.Add({{"route", name}}).Increment(NumberOf(bytes_out));
  families_->request_seconds.Add({{"route", name}}, kSeconds).Observe(seconds);
}

void ServerMetrics::OpsAccepted(std::size_t ops) { families_->accepted.Increment(NumberOf(ops)); }
void ServerMetrics::OpsServed(std::size_t ops) { families_->served.Increment(NumberOf(ops)); }

void ServerMetrics::PieceRefused(std::string_view reason) {
  families_->refused.Add({{"reason", std::string(reason)}}).Increment();
}

void ServerMetrics::Committed(std::size_t syncs, double seconds) {
  families_->commits.Increment();
  families_->group_size.Observe(NumberOf(syncs));
  families_->commit_seconds.Observe(seconds);
}

void ServerMetrics::CommitFailed() { families_->commit_failures.Increment(); }

void ServerMetrics::Waited(double seconds) { families_->waited.Observe(seconds); }

void ServerMetrics::Waiting(std::size_t syncs, std::size_t other) {
  families_->waiting_syncs.Set(NumberOf(syncs));
  families_->waiting_other.Set(NumberOf(other));
}

void ServerMetrics::RolledUp(double seconds) { families_->rollup_seconds.Observe(seconds); }
void ServerMetrics::RollupFailed() { families_->rollup_failures.Increment(); }

void ServerMetrics::SetState(const StateFigures& figures) {
  Families& to = *families_;
  to.units.Set(static_cast<double>(figures.units));
  to.devices.Set(static_cast<double>(figures.devices));
  to.silent_7.Set(static_cast<double>(figures.devices_silent_7_days));
  to.silent_30.Set(static_cast<double>(figures.devices_silent_30_days));
  to.dirty.Set(static_cast<double>(figures.dirty_units));
  to.dirty_age.Set(SecondsOf(figures.oldest_dirty_ms));
  to.failing.Set(static_cast<double>(figures.failing_units));
  to.held.Set(static_cast<double>(figures.held_ops));
  to.published.Set(SecondsOf(figures.published_until_ms.value_or(0)));
  to.backup.Set(SecondsOf(figures.backup_ms.value_or(0)));
  to.database.Set(static_cast<double>(figures.database_bytes));
  to.wal.Set(static_cast<double>(figures.wal_bytes));
  to.open_logs.Set(static_cast<double>(figures.open_logs));
  to.open_views.Set(static_cast<double>(figures.open_views));
  to.state_time.Set(SecondsOf(figures.at_ms));
  std::lock_guard lock(to.mutex);
  if (to.build_row != nullptr && to.programme == figures.programme &&
      to.programme_version == figures.programme_version) {
    return;
  }
  if (to.build_row != nullptr) to.build.Remove(to.build_row);
  to.programme = figures.programme;
  to.programme_version = figures.programme_version;
  to.build_row = &to.build.Add({{"version", TRAM_VERSION},
                                {"programme", to.programme},
                                {"programme_version", to.programme_version}});
  to.build_row->Set(1);
}

void ServerMetrics::SetConnections(std::size_t connections) {
  families_->connections.Set(NumberOf(connections));
}

std::string ServerMetrics::Text() const {
  families_->resident.Set(static_cast<double>(ResidentBytes()));
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace tram::server
