// Where syncing stands, in words and with the next step; carrying records on a stick.
#include <algorithm>

#include "app/bundles.h"
#include "app/names.h"
#include "app/reasons.h"
#include "app/status.h"
#include "tram/base/limits.h"
#include "tram/web/multipart.h"
#include "web/page.h"

namespace tram::client {
namespace {

constexpr std::size_t kShownMax = 50;  // of what is held, of what was refused

/// Why the last sync did not come to its end, and what to do about it.
std::string FailureWords(const PageCall& call, ErrorCode code) {
  switch (code) {
    case ErrorCode::kDisconnected:
    case ErrorCode::kOutcomeUnknown:
      return call.Words(
          "Không nối được với máy chủ. Hãy xem máy có mạng không; chương trình sẽ tự thử lại.",
          "The server could not be reached. See whether there is a network; the program tries "
          "again by itself.");
    case ErrorCode::kOverloaded:
      return call.Words("Máy chủ đang bận. Chương trình sẽ tự thử lại.",
                        "The server is busy. The program tries again by itself.");
    case ErrorCode::kTooNew:
      return call.Words("Máy chủ dùng bản mới hơn. Hãy cập nhật chương trình này.",
                        "The server is newer. Update this program.");
    case ErrorCode::kDenied:
      return call.Words("Máy chủ không nhận máy này. Hãy gọi cho tỉnh.",
                        "The server does not take this computer. Call the province.");
    case ErrorCode::kIo:
      return call.Words("Không ghi được vào đĩa. Hãy xem đĩa còn chỗ không.",
                        "The disk could not be written. See whether it is full.");
    default:
      return call.Words("Đồng bộ không xong. Hãy báo cho tỉnh câu dưới đây.",
                        "The sync did not end well. Tell the province the line below.");
  }
}

std::string LastWords(const PageCall& call, const std::optional<LastSync>& last) {
  if (!last) return call.Words("Máy này chưa đồng bộ lần nào.", "This computer never synced yet.");
  const std::string at = TimeText(last->at_ms);
  if (last->whole) {
    return call.Words("Lần đồng bộ cuối, lúc {}, đã xong.", "The last sync, at {}, ended well.",
                      at);
  }
  if (last->code) {
    return call.Words("Lần đồng bộ cuối, lúc {}, không xong. {}",
                      "The last sync, at {}, did not end well. {}", at,
                      FailureWords(call, *last->code));
  }
  if (!last->refusals.empty()) {
    return call.Words(
        "Lần đồng bộ cuối, lúc {}: máy chủ không nhận một phần. Phần đó vẫn còn trên máy này; hãy "
        "báo cho tỉnh.",
        "The last sync, at {}: the server refused a part. It is still on this computer; tell the "
        "province.",
        at);
  }
  return call.Words("Lần đồng bộ cuối, lúc {}, chưa hết; lần sau sẽ tiếp tục.",
                    "The last sync, at {}, did not finish; the next one goes on.", at);
}

/// What the server has not confirmed is never said to be sent.
std::string WaitingWords(const PageCall& call, std::size_t waiting) {
  if (waiting > 0) {
    return call.Words(
        "Còn {} thay đổi mà máy chủ chưa xác nhận. Chúng đã được lưu an toàn trên máy này.",
        "{} changes are not confirmed by the server. They are saved safely on this computer.",
        waiting);
  }
  if (auto receipt = LastReceipt(call.device().log())) {
    return call.Words("Máy chủ đã xác nhận mọi thay đổi (lúc {}).",
                      "The server has confirmed every change (at {}).", TimeText(receipt->time.ms));
  }
  return call.Words("Chưa có thay đổi nào.", "There are no changes yet.");
}

std::string RunningWords(const PageCall& call, const SyncState& state) {
  if (!state.running) return "";
  if (state.left_ops == 0) return call.Words("Đang đồng bộ…", "Syncing…");
  return call.Words("Đang đồng bộ… còn {} thay đổi", "Syncing… {} changes left", state.left_ops);
}

std::string NextWords(const PageCall& call, const SyncState& state) {
  if (!state.has_server) {
    return call.Words("Đơn vị này không có máy chủ: hãy dùng USB ở dưới.",
                      "This unit has no server: use a USB stick, below.");
  }
  if (state.running || !state.next_in) return "";
  const std::int64_t minutes = state.next_in->count() / 60000;
  if (minutes < 1) {
    return call.Words("Lần thử tiếp theo: chưa đến một phút nữa.",
                      "Next try: in less than a minute.");
  }
  return call.Words("Lần thử tiếp theo: khoảng {} phút nữa.", "Next try: in about {} minutes.",
                    minutes);
}

/// What changes while a sync runs: drawn into the page, and asked for by its script.
Json StateModel(const PageCall& call) {
  const SyncState state = call.services.sync_state();
  const OpLog& log = call.device().log();
  const std::size_t waiting = UnconfirmedOps(log);
  const std::optional<LastSync> last = ReadLastSync(log);
  return {{"running", state.running},
          {"has_server", state.has_server},
          {"left", state.left_ops},
          {"waiting", waiting},
          {"confirmed", waiting == 0 && LastReceipt(log).has_value()},
          {"last_text", LastWords(call, last)},
          {"last_whole", last && last->whole},
          {"waiting_text", WaitingWords(call, waiting)},
          {"running_text", RunningWords(call, state)},
          {"next_text", NextWords(call, state)}};
}

void AddNotice(Json& notices, std::string text) { notices.push_back({{"text", std::move(text)}}); }

Json Notices(PageCall& call) {
  Json notices = Json::array();
  const OpLog& log = call.device().log();
  if (EnrolmentPending(log)) {
    AddNotice(notices, call.Words("Máy này chưa đăng ký xong với máy chủ: lần đồng bộ sau sẽ thử "
                                  "lại.",
                                  "This computer is not enrolled at the server yet: the next sync "
                                  "tries again."));
  }
  if (auto gone = ReadGoneAlarm(log)) {
    AddNotice(notices,
              call.Words("Máy chủ đã mất {} thay đổi (thấy lúc {}), vì bị đưa về một bản cũ. Máy "
                         "này tự gửi lại; hãy báo cho tỉnh.",
                         "The server had lost {} changes (seen at {}): it was put back to an older "
                         "copy. They are sent again by themselves; tell the province.",
                         gone->ops, TimeText(gone->at_ms)));
  }
  for (const FeedId& feed : CopiedFeeds(log)) {
    if (feed.device == call.device().device()) {
      AddNotice(notices, call.Words("Dữ liệu của máy này đã bị sao chép, hoặc được phục hồi từ bản "
                                    "lưu. Không mất gì; nếu có máy thứ hai dùng bản sao, hãy ngừng "
                                    "dùng máy đó.",
                                    "This installation was copied, or put back to a backup. "
                                    "Nothing is lost; if a second computer uses the copy, stop "
                                    "using it."));
    } else {
      AddNotice(notices, call.Words("Dữ liệu của máy {} đã bị sao chép, hoặc được phục hồi từ bản "
                                    "lưu. Không mất gì.",
                                    "The installation of computer {} was copied, or put back to a "
                                    "backup. Nothing is lost.",
                                    ShortDevice(feed.device)));
    }
  }
  const std::optional<LastSync> last = ReadLastSync(log);
  auto offset = call.device().time().OffsetMs();
  if (!offset && last) offset = last->offset_ms;
  if (offset && std::abs(*offset) > kClockNoticeMs) {
    AddNotice(notices, call.Words("Đồng hồ máy này lệch {} phút so với máy chủ: hãy chỉnh lại giờ.",
                                  "This computer's clock differs from the server's by {} minutes: "
                                  "set it right.",
                                  std::abs(*offset) / 60000));
  }
  if (const std::size_t staged = log.staged().size(); staged > 0) {
    AddNotice(notices, call.Words("{} phần từ USB đã được cất lại, chờ gói có phần đứng trước.",
                                  "{} parts from USB are kept and wait for the bundle with what "
                                  "comes before them.",
                                  staged));
  }
  return notices;
}

/// What does not show as data, with its reasons.
void AddLists(PageCall& call, Json& model) {
  for (const HeldOp& held : call.device().view().Held()) {
    if (model["held"].size() == kShownMax) break;
    model["held"].push_back({{"device", ShortDevice(held.device)},
                             {"reason", HeldWords(call.call.out, WhyHeld(call.device(), held))}});
  }
  const std::vector<Rejected>& rejected = call.device().log().rejected();
  for (auto one = rejected.rbegin(); one != rejected.rend(); ++one) {
    if (model["rejected"].size() == kShownMax) break;
    model["rejected"].push_back({{"device", ShortDevice(one->feed.device)},
                                 {"at", TimeText(one->at_ms)},
                                 {"reason", RefusalWords(call.call.out, one->reason)}});
  }
  const std::optional<LastSync> last = ReadLastSync(call.device().log());
  for (const Refusal& refusal : last ? last->refusals : std::vector<Refusal>()) {
    model["refused"].push_back({{"device", ShortDevice(refusal.feed.device)},
                                {"reason", RefusalWords(call.call.out, refusal.reason)}});
  }
  if (last && last->code && !RetryHelps(*last->code)) model["detail"] = last->message;
}

Page NewPage(PageCall& call) {
  Page page{"sync", call.Words("Đồng bộ", "Syncing"), Json::object()};
  page.anew = "/sync";
  page.model["state"] = StateModel(call);
  page.model["notices"] = Notices(call);
  page.model["clinical"] = call.session.clinical();
  page.model["bytes_max_mb"] = kBundleBytesMax / (1024 * 1024);
  AddLists(call, page.model);
  return page;
}

Result<Answer> SyncPage(PageCall& call) { return Answer(NewPage(call)); }

Result<Answer> SyncStatePage(PageCall& call) {
  HttpResponse response;
  response.content_type = "application/json";
  response.body = JsonText(StateModel(call));
  return Answer(std::move(response));
}

Result<Answer> BeginSync(PageCall& call) {
  call.services.ask_sync();
  return Answer(SeeOther("/sync"));
}

Result<Answer> GiveBundle(PageCall& call) {
  TRAM_ASSIGN(WrittenBundle bundle, MakeBundle(call.call, call.Posted("all") == "1"));
  HttpResponse response;
  response.content_type = "application/octet-stream";
  response.headers.emplace_back(
      "Content-Disposition", "attachment; filename=\"tram-" + ShortDevice(call.device().device()) +
                                 "-" + IsoDate(call.call.Today()) + ".bundle\"");
  response.body.assign(AsText(bundle.file));
  return Answer(std::move(response));
}

/// Why a file was not taken, for who chose it.
std::string FileWords(const PageCall& call, ErrorCode code) {
  switch (code) {
    case ErrorCode::kDenied:
      return call.Words("Gói này của đơn vị khác, hoặc đã bị sửa. Không lấy gì từ nó.",
                        "This bundle is of another unit, or was changed. Nothing was taken.");
    case ErrorCode::kTooNew:
      return call.Words("Gói này do bản mới hơn ghi: hãy cập nhật chương trình.",
                        "A newer version wrote this bundle: update the program.");
    default:
      return call.Words("Tệp này không phải gói đồng bộ, hoặc bị hỏng. Không lấy gì từ nó.",
                        "This file is no bundle, or it is damaged. Nothing was taken.");
  }
}

Answer FileProblem(PageCall& call, std::string text) {
  Page page = NewPage(call);
  page.model["file_error"] = std::move(text);
  page.status = HttpStatusOf(ErrorCode::kInvalid);
  return page;
}

Result<Answer> ReadUpload(PageCall& call) {
  TRAM_ASSIGN(const std::vector<FormPart> parts,
              ParseMultipart(call.request.Header("content-type"), call.request.body));
  const FormPart* file = FileOf(parts, "file");
  if (file == nullptr || file->content.empty()) {
    return FileProblem(call, call.Words("Hãy chọn một tệp", "Choose a file"));
  }
  BundleSums sums;
  if (Status taken = TakeBundle(call.call, file->content, sums); !taken) {
    const ErrorCode code = taken.error().code;
    if (code == ErrorCode::kIo || code == ErrorCode::kCorrupt) return taken.error();
    return FileProblem(call, FileWords(call, code));
  }
  Page page = NewPage(call);
  page.model["read"] = {{"new_ops", sums.new_ops},
                        {"answer", sums.answers > 0},
                        {"conflicts", call.device().view().Conflicts().size()}};
  for (const Refusal& refusal : sums.refusals) {
    page.model["read"]["refused"].push_back(
        {{"device", ShortDevice(refusal.feed.device)},
         {"reason", RefusalWords(call.call.out, refusal.reason)}});
  }
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> SyncRoutes() {
  static const Route routes[] = {
      {"GET", "/sync", Access::kSignedIn, SyncPage},
      {"GET", "/sync/state", Access::kSignedIn, SyncStatePage},
      {"POST", "/sync", Access::kClinical, BeginSync},
      {"POST", "/bundle/write", Access::kClinical, GiveBundle},
      {"POST", "/bundle/read", Access::kClinical, ReadUpload},
  };
  return routes;
}

}  // namespace tram::client
