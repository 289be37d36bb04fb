#include "app/sync_group.h"

#include <limits>

#include "tram/session/enrolment.h"
#include "tram/session/sync_server.h"
#include "watch/event_log.h"

namespace tram::server {
namespace {

constexpr char kRetryAfterSeconds[] = "15";

const char* ReasonName(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kGap:
      return "gap";
    case RefusalReason::kUnresolved:
      return "unresolved";
    case RefusalReason::kBadHash:
      return "bad_hash";
    case RefusalReason::kBadSignature:
      return "bad_signature";
    case RefusalReason::kUnknownDevice:
      return "unknown_device";
    case RefusalReason::kNotPermitted:
      return "not_permitted";
    case RefusalReason::kLimit:
      return "limit";
  }
  return "unknown";
}

/// What one request did, counted once its group is durable.
struct Effect {
  std::size_t accepted = 0, served = 0;
  std::vector<Refusal> refusals;
};

void CountEffects(ServerMetrics& metrics, const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) {
    metrics.OpsAccepted(effect.accepted);
    metrics.OpsServed(effect.served);
    for (const Refusal& refusal : effect.refusals) {
      metrics.PieceRefused(ReasonName(refusal.reason));
      LogEvent(LogLevel::kWarning, "piece_refused", {{"reason", ReasonName(refusal.reason)}});
    }
  }
}

/// A device may say any time.
std::int64_t ClockDifference(HybridTime device, std::int64_t now_ms) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(device.ms, now_ms, &difference)) return difference;
  return device.ms < 0 ? std::numeric_limits<std::int64_t>::min()
                       : std::numeric_limits<std::int64_t>::max();
}

/// Commits the unit's log inside the group's transaction: all that belongs to the request, or
/// nothing of it.
Result<Bytes> AnswerOne(ServerState& state, ByteView body, std::vector<UnitId>& touched,
                        std::vector<Effect>& effects) {
  TRAM_ASSIGN(DevicePrefix prefix, PeekSender(body));
  DeviceTable& devices = state.store().devices();
  TRAM_ASSIGN(std::optional<Device> device, devices.Find(prefix));
  if (!device) {
    return MakeError(ErrorCode::kDenied,
                     "this device is not known here: enrol it, with a code for a unit's first "
                     "device or an invitation for a further one");
  }
  TRAM_ASSIGN(OpenUnit * unit, state.units().Open(device->unit_id));
  touched.push_back(device->unit_id);
  TRAM_ASSIGN(Answer answer,
              AnswerRequest(*unit->replica, state.keys().server, body,
                            MessageTarget{"POST", kSyncPath}, device->key, state.clock()));
  const std::int64_t now = state.NowMs();
  const Status written = [&]() -> Status {
    TRAM_ASSIGN(SqlTransaction part, SqlTransaction::Begin(state.store().database()));
    TRAM_TRY(unit->log->Commit());
    TRAM_TRY(devices.Seen(device->key, now, ClockDifference(answer.device_time, now)));
    TRAM_TRY(state.store().units().Synced(device->unit, now));
    return part.Commit();
  }();
  if (!written) {
    state.units().Drop(device->unit_id);
    return written.error();
  }
  effects.push_back({answer.new_ops, answer.served_ops, std::move(answer.refusals)});
  return std::move(answer.reply);
}

Status AnswerAll(ServerState& state, std::span<const std::string> bodies,
                 std::vector<UnitId>& touched, std::vector<HttpResponse>& responses) {
  const Stopwatch watch;
  std::vector<Effect> effects;
  SqlDatabase& database = state.store().database();
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database));
  for (const std::string& body : bodies) {
    Result<Bytes> reply = AnswerOne(state, AsBytes(body), touched, effects);
    // SQLite may undo a whole transaction when the disk is full or fails.
    if (!database.InTransaction()) {
      return reply ? MakeError(ErrorCode::kIo, "the transaction was undone") : reply.error();
    }
    if (reply) {
      responses.push_back({200, "", std::string(AsText(*reply)), {}});
    } else {
      LogEvent(LogLevel::kWarning, "sync_refused", {{"error", ErrorText(reply.error().code)}});
      responses.push_back(ErrorResponse(reply.error()));
    }
  }
  TRAM_TRY(transaction.Commit());
  state.metrics().Committed(bodies.size(), watch.Seconds());
  CountEffects(state.metrics(), effects);
  return {};
}

}  // namespace

HttpResponse ComeBackLater(const std::string& why) {
  HttpResponse response = ErrorResponse(MakeError(ErrorCode::kOverloaded, why));
  response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  return response;
}

std::vector<HttpResponse> AnswerGroup(ServerState& state, std::span<const std::string> bodies) {
  std::vector<HttpResponse> responses;
  std::vector<UnitId> touched;
  Status done = state.EnsureUsable();
  if (done) {
    done = AnswerAll(state, bodies, touched, responses);
    if (done) return responses;
    for (const UnitId& unit : touched) state.units().Drop(unit);
  }
  state.metrics().CommitFailed();
  LogEvent(LogLevel::kError, "commit_failed",
           {{"syncs", static_cast<std::int64_t>(bodies.size())}, {"why", done.error().message}});
  return std::vector<HttpResponse>(
      bodies.size(),
      ComeBackLater("the server could not store anything just now; nothing was taken: try again"));
}

}  // namespace tram::server
