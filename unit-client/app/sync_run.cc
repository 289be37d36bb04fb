#include "app/sync_run.h"

#include <algorithm>

#include "app/reasons.h"
#include "tram/session/enrolment.h"

namespace tram::client {
namespace {

constexpr char kEnrolSetting[] = "client.enrolment_pending";
constexpr char kCaFileSetting[] = "client.ca_file";
constexpr char kLastSyncSetting[] = "client.last_sync";
constexpr char kGoneSetting[] = "client.gone";
constexpr int kHttpOk = 200;
constexpr std::size_t kRefusalsKept = 20;

Json JsonSetting(const OpLog& log, const char* name) {
  auto bytes = log.Setting(name);
  return bytes ? Json::parse(bytes->begin(), bytes->end(), nullptr, false) : Json();
}

void SetJsonSetting(OpLog& log, const char* name, const Json& json) {
  log.SetSetting(name, ToBytes(AsBytes(JsonText(json))));
}

/// One exchange after the other until the session has nothing more to ask.
class Exchange {
 public:
  Exchange(const OnOwner& on_owner, HttpClient& http, const std::string& ca_file)
      : on_owner_(on_owner), http_(http) {
    options_.ca_file = ca_file;
  }

  Status Run(SyncReport& report, const std::function<void(std::size_t, std::size_t)>& progress) {
    TRAM_TRY(Prepare());
    if (enrol_) TRAM_TRY(Enrol());
    bool more = true;
    while (more) {
      Result<Bytes> request = Bytes{};
      TRAM_TRY(Owner([&](UnitDevice& device) {
        if (!client_) client_.emplace(device.NewSync());
        request = client_->NextRequest({"POST", kSyncPath});
      }));
      if (!request) return request.error();
      auto reply = http_.Post(ServerUrl(url_, kSyncPath), *request, options_);
      if (!reply) return reply.error();
      if (reply->status != kHttpOk) return RefusedBy(*reply);
      Result<bool> taken = false;
      TRAM_TRY(Owner([&](UnitDevice& device) {
        taken = client_->TakeReply(AsBytes(reply->body));
        report = client_->report();
        Status refreshed = device.RefreshView();
        if (taken && !refreshed) taken = refreshed.error();
      }));
      if (!taken) return taken.error();
      more = *taken;
      if (progress) progress(report.requests, report.left_ops);
    }
    return {};
  }

 private:
  Status Owner(const std::function<void(UnitDevice&)>& task) {
    if (on_owner_(task)) return {};
    return MakeError(ErrorCode::kDisconnected, "the sync was stopped; it goes on at the next one");
  }

  Status Prepare() {
    Status ready;
    TRAM_TRY(Owner([&](UnitDevice& device) {
      url_ = device.server_url();
      if (options_.ca_file.empty()) options_.ca_file = CaFileOf(device.log());
      if (!EnrolmentPending(device.log())) return;
      const KeyEntry* member =
          device.log().FindKey(KeyEntry::Kind::kMember, device.device().view());
      enrol_ = EnrolRequest{device.device(), "", device.unit(), std::nullopt};
      if (member != nullptr) enrol_->member = *member;
    }));
    if (url_.empty()) {
      return MakeError(ErrorCode::kInvalid,
                       "this unit has no server; carry its records with: unit-client bundle write");
    }
    return ready;
  }

  Status Enrol() {
    auto reply =
        http_.Post(ServerUrl(url_, kEnrolPath), AsBytes(EncodeEnrolRequest(*enrol_)), options_);
    if (!reply) return reply.error();
    if (reply->status != kHttpOk) {
      return MakeError(ErrorCode::kDenied,
                       "the server does not take this device: " + RefusedBy(*reply).message +
                           "; make a new invitation on a device of the unit");
    }
    Status saved;
    TRAM_TRY(Owner([&](UnitDevice& device) {
      SetEnrolmentPending(device.log(), false);
      saved = device.log().Commit();
    }));
    return saved;
  }

  const OnOwner& on_owner_;
  HttpClient& http_;
  HttpOptions options_;
  std::string url_;
  std::optional<EnrolRequest> enrol_;
  std::optional<SyncClient> client_;  // made, used and meaningful on the owner's thread only
};

std::size_t OpsOf(const std::vector<GoneRange>& gone) {
  std::size_t ops = 0;
  for (const GoneRange& range : gone) ops += range.to_seq - range.from_seq + 1;
  return ops;
}

Json ReportJson(const SyncOutcome& outcome) {
  const SyncReport& report = outcome.report;
  Json json = {{"complete", outcome.Whole()},      {"sent", report.sent_ops},
               {"received", report.received_ops},  {"waiting", report.left_ops},
               {"requests", report.requests},      {"bytes_up", outcome.bytes_up},
               {"bytes_down", outcome.bytes_down}, {"conflicts", outcome.conflicts},
               {"new_feed", report.new_feed}};
  json["clock_difference_ms"] = report.offset_ms ? Json(*report.offset_ms) : Json(nullptr);
  json["refused"] = Json::array();
  for (const Refusal& refusal : report.refusals) {
    json["refused"].push_back(
        {{"device", refusal.feed.device.Hex()}, {"reason", RefusalText(refusal.reason)}});
  }
  json["gone"] = Json::array();
  for (const GoneRange& range : report.gone) {
    json["gone"].push_back(
        {{"device", range.feed.device.Hex()}, {"from", range.from_seq}, {"to", range.to_seq}});
  }
  return json;
}

void SayNotices(Output& out, const SyncOutcome& outcome) {
  const SyncReport& report = outcome.report;
  for (const Refusal& refusal : report.refusals) {
    out.Note("máy chủ chưa nhận một phần của máy {}: {}",
             "the server refused a part written on device {}: {}",
             refusal.feed.device.Hex().substr(0, 8), RefusalWords(out, refusal.reason));
  }
  if (!report.gone.empty()) {
    out.Note(
        "CẢNH BÁO: máy chủ đã trở về một bản cũ và mất {} thay đổi; phần đã mất đang được gửi "
        "lại",
        "ALARM: the server was put back to an older copy and lost {} changes; what it lost is "
        "being sent again",
        OpsOf(report.gone));
  }
  if (report.new_feed) {
    out.Note(
        "CHÚ Ý: dữ liệu của máy này đã bị sao chép hoặc phục hồi; từ nay máy ghi vào một dòng "
        "mới, không mất gì",
        "NOTICE: this installation was copied or restored; it writes a new feed from now on, "
        "and nothing is lost");
  }
  if (report.offset_ms && std::abs(*report.offset_ms) > kClockNoticeMs) {
    out.Note("đồng hồ máy này lệch {} phút so với máy chủ: hãy chỉnh lại giờ",
             "this computer's clock differs from the server's by {} minutes: set it right",
             std::abs(*report.offset_ms) / 60000);
  }
}

}  // namespace

void RememberSync(UnitDevice& device, const SyncOutcome& outcome, std::int64_t now_ms) {
  Json last = {{"at_ms", now_ms},
               {"whole", outcome.Whole()},
               {"message", outcome.status ? "" : OneLine(outcome.status.error().message)}};
  if (!outcome.status) last["code"] = ErrorText(outcome.status.error().code);
  for (const Refusal& refusal : outcome.report.refusals) {
    if (last["refusals"].size() == kRefusalsKept) break;
    last["refusals"].push_back(
        {{"device", refusal.feed.device.Hex()}, {"reason", static_cast<unsigned>(refusal.reason)}});
  }
  if (outcome.report.offset_ms) last["offset_ms"] = *outcome.report.offset_ms;
  SetJsonSetting(device.log(), kLastSyncSetting, last);
  if (!outcome.report.gone.empty()) {
    SetJsonSetting(device.log(), kGoneSetting,
                   {{"at_ms", now_ms}, {"ops", OpsOf(outcome.report.gone)}});
  }
}

SyncOutcome RunSync(const OnOwner& on_owner, HttpClient& http, Clock& clock,
                    const std::string& ca_file,
                    const std::function<void(std::size_t, std::size_t)>& progress) {
  SyncOutcome outcome;
  const std::uint64_t up = http.bytes_up(), down = http.bytes_down();
  outcome.status = Exchange(on_owner, http, ca_file).Run(outcome.report, progress);
  outcome.bytes_up = http.bytes_up() - up;
  outcome.bytes_down = http.bytes_down() - down;
  outcome.retry_after_ms = http.retry_after_ms();
  on_owner([&](UnitDevice& device) {
    outcome.report.left_ops = UnconfirmedOps(device.log());
    outcome.conflicts = device.view().Conflicts().size();
    RememberSync(device, outcome, clock.WallMs());
    if (Status saved = device.log().Commit(); !saved && outcome.status) outcome.status = saved;
  });
  return outcome;
}

Status SaySync(Output& out, const SyncOutcome& outcome) {
  const SyncReport& report = outcome.report;
  out.document() = ReportJson(outcome);
  if (report.requests > 0) {
    out.Say(
        "gửi {}, nhận {}, chờ xác nhận {}, xung đột {} ({} lần hỏi, {} B đi, {} B về)",
        "sent {}, received {}, waiting for confirmation {}, conflicts {} ({} requests, {} B up, "
        "{} B down)",
        report.sent_ops, report.received_ops, report.left_ops, outcome.conflicts, report.requests,
        outcome.bytes_up, outcome.bytes_down);
  }
  SayNotices(out, outcome);
  if (!outcome.status) {
    const Error& error = outcome.status.error();
    if (!RetryHelps(error.code)) return error;
    return out.Fail(error.code, "chưa đồng bộ xong ({}); còn {} thay đổi trên máy này: thử lại sau",
                    "not synced ({}); {} changes wait on this device: try again later",
                    OneLine(error.message), report.left_ops);
  }
  if (!report.refusals.empty()) {
    return out.Fail(ErrorCode::kDenied,
                    "máy chủ từ chối {} phần, lý do ở trên; dữ liệu vẫn còn trên máy này: báo cho "
                    "tỉnh",
                    "the server refused {} parts, with the reasons above; they are safe on this "
                    "device: tell the province",
                    report.refusals.size());
  }
  if (!outcome.Whole()) {
    return out.Fail(ErrorCode::kDisconnected,
                    "chưa đồng bộ hết: còn {} thay đổi chờ xác nhận; chạy lại: unit-client sync",
                    "not everything is synced: {} changes wait for confirmation; run again: "
                    "unit-client sync",
                    report.left_ops);
  }
  return {};
}

namespace {

std::optional<ErrorCode> CodeByText(const std::string& text) {
#define TRAM_ERROR(code, words, http, retry) \
  if (ErrorText(ErrorCode::code) == text) return ErrorCode::code;
#include "tram/base/errors.def"
#undef TRAM_ERROR
  return std::nullopt;
}

std::vector<Refusal> ReadRefusals(const Json& json) {
  std::vector<Refusal> refusals;
  if (!json.is_array()) return refusals;
  for (const Json& one : json) {
    if (!one.is_object()) continue;
    auto device = DeviceId::FromHexText(one.value("device", std::string()));
    if (!device) continue;
    Refusal refusal;
    refusal.feed.device = *device;
    refusal.reason = static_cast<RefusalReason>(one.value("reason", 0U));
    refusals.push_back(refusal);
  }
  return refusals;
}

}  // namespace

std::optional<LastSync> ReadLastSync(const OpLog& log) {
  const Json json = JsonSetting(log, kLastSyncSetting);
  if (!json.is_object()) return std::nullopt;
  LastSync last;
  last.at_ms = json.value("at_ms", std::int64_t{0});
  last.whole = json.value("whole", false);
  last.code = CodeByText(json.value("code", std::string()));
  last.message = json.value("message", std::string());
  if (json.contains("refusals")) last.refusals = ReadRefusals(json["refusals"]);
  if (json.contains("offset_ms")) last.offset_ms = json.value("offset_ms", std::int64_t{0});
  return last;
}

std::optional<GoneAlarm> ReadGoneAlarm(const OpLog& log) {
  const Json json = JsonSetting(log, kGoneSetting);
  if (!json.is_object()) return std::nullopt;
  return GoneAlarm{json.value("at_ms", std::int64_t{0}), json.value("ops", std::size_t{0})};
}

bool EnrolmentPending(const OpLog& log) { return log.Setting(kEnrolSetting).has_value(); }
void SetEnrolmentPending(OpLog& log, bool pending) {
  log.SetSetting(kEnrolSetting, pending ? Bytes{1} : Bytes{});
}

std::string CaFileOf(const OpLog& log) {
  auto file = log.Setting(kCaFileSetting);
  return file ? std::string(AsText(*file)) : "";
}
void SetCaFile(OpLog& log, const std::string& file) {
  log.SetSetting(kCaFileSetting, ToBytes(AsBytes(file)));
}

std::string ServerUrl(std::string url, const char* path) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url + path;
}

Error RefusedBy(const HttpReply& reply) {
  constexpr std::size_t kShown = 300;  // of whatever a wrong address answers
  const std::string line = OneLine(reply.body.substr(0, std::min(reply.body.find('\n'), kShown)));
  return MakeError(reply.status == HttpStatusOf(ErrorCode::kTooNew) ? ErrorCode::kTooNew
                   : reply.status >= 500                            ? ErrorCode::kOutcomeUnknown
                                                                    : ErrorCode::kDenied,
                   line.empty() ? "the server answered with status " +
                                      std::to_string(reply.status) + "; check its address"
                                : "the server says: " + line);
}

}  // namespace tram::client
