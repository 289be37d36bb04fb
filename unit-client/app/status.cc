#include "app/status.h"

#include <algorithm>

#include "app/export.h"
#include "app/names.h"
#include "app/reasons.h"
#include "app/sync_run.h"

namespace tram::client {
namespace {

Json IdentityJson(Call& call) {
  UnitDevice& device = call.device;
  const Programme& programme = device.programme();
  return {{"unit", device.unit().Hex()},
          {"unit_name", device.unit_name()},
          {"device", device.device().Hex()},
          {"devices", device.replica().Members().size()},
          {"server", device.server_url()},
          {"programme",
           {{"name", programme.name},
            {"version", programme.version},
            {"title", call.out.In(programme.title)}}},
          {"locked", !device.unlocked()}};
}

void AddSyncJson(Call& call, Json& json) {
  const OpLog& log = call.device.log();
  json["waiting_for_server"] = UnconfirmedOps(log);
  auto receipt = LastReceipt(log);
  json["last_receipt"] = receipt ? Json(LocalTimeText(receipt->time.ms)) : Json(nullptr);
  json["last_receipt_ms"] = receipt ? Json(receipt->time.ms) : Json(nullptr);
  json["enrolment_pending"] = EnrolmentPending(log);
  auto last = ReadLastSync(log);
  auto offset = call.device.time().OffsetMs();
  if (!offset && last) offset = last->offset_ms;
  json["clock_difference_ms"] = offset ? Json(*offset) : Json(nullptr);
  json["last_sync"] = nullptr;
  if (last) {
    json["last_sync"] = {
        {"at", LocalTimeText(last->at_ms)}, {"whole", last->whole}, {"message", last->message}};
  }
  json["server_lost"] = nullptr;
  if (auto gone = ReadGoneAlarm(log)) {
    json["server_lost"] = {{"seen", LocalTimeText(gone->at_ms)}, {"ops", gone->ops}};
  }
}

void AddListsJson(Call& call, Json& json) {
  UnitDevice& device = call.device;
  json["conflicts"] = device.view().Conflicts().size();
  json["waiting_records"] = device.view().Waiting().size();
  json["held"] = Json::array();
  for (const HeldOp& held : device.view().Held()) {
    json["held"].push_back({{"op", held.id.Hex()},
                            {"device", held.device.Hex()},
                            {"reason", held.reason},
                            {"words", HeldWords(call.out, WhyHeld(device, held))}});
  }
  json["rejected"] = Json::array();
  for (const Rejected& rejected : device.log().rejected()) {
    json["rejected"].push_back({{"device", rejected.feed.device.Hex()},
                                {"at", LocalTimeText(rejected.at_ms)},
                                {"reason", RefusalText(rejected.reason)},
                                {"words", RefusalWords(call.out, rejected.reason)},
                                {"detail", rejected.detail}});
  }
  json["staged"] = device.log().staged().size();
  json["copied_feeds"] = Json::array();
  for (const FeedId& feed : CopiedFeeds(device.log())) {
    json["copied_feeds"].push_back(
        {{"device", feed.device.Hex()}, {"ours", feed.device == device.device()}});
  }
  json["exports"] = Json::array();
  for (const ExportRecord& one : ListedExports(device.log())) {
    json["exports"].push_back({{"at", LocalTimeText(one.at_ms)},
                               {"type", one.type},
                               {"rows", one.rows},
                               {"file", one.file}});
  }
}

void SayUnit(Call& call, const Json& json) {
  Output& out = call.out;
  const Programme& programme = call.device.programme();
  out.Say(
      "đơn vị: {}  ({})", "unit: {}  ({})", call.device.unit_name(),
      call.device.unlocked() ? out.Words("đang mở", "unlocked") : out.Words("đang khoá", "locked"));
  out.Say("máy: {}, trong {} máy", "device: {}, of {}", ShortDevice(call.device.device()),
          json["devices"].get<std::size_t>());
  out.Say("chương trình: {} ({}, bản {})", "programme: {} ({}, version {})",
          out.In(programme.title), programme.name, programme.version);
  out.Say("thay đổi đã ghi: {}, chờ máy chủ xác nhận: {}",
          "changes recorded: {}, waiting for the server: {}", call.device.log().size(),
          json["waiting_for_server"].get<std::size_t>());
  out.Say("xung đột: {}, hồ sơ chờ phần còn thiếu: {}, giữ lại: {}, bị loại: {}, xếp hàng: {}",
          "conflicts: {}, records that wait for parts: {}, held: {}, rejected: {}, staged: {}",
          json["conflicts"].get<std::size_t>(), json["waiting_records"].get<std::size_t>(),
          json["held"].size(), json["rejected"].size(), json["staged"].get<std::size_t>());
}

void SaySyncState(Call& call, const Json& json) {
  Output& out = call.out;
  if (json["last_receipt"].is_null()) {
    out.Say("máy chủ: chưa có xác nhận nào", "server: no receipt yet");
  } else {
    out.Say("máy chủ xác nhận lần cuối: {}", "last receipt of the server: {}",
            json["last_receipt"].get<std::string>());
  }
  if (!json["last_sync"].is_null() && !json["last_sync"]["whole"].get<bool>()) {
    out.Say("! lần đồng bộ cuối ({}) chưa xong: {}", "! the last sync ({}) did not end well: {}",
            json["last_sync"]["at"].get<std::string>(),
            json["last_sync"]["message"].get<std::string>());
  }
  if (json["enrolment_pending"].get<bool>()) {
    out.Say("! máy này chưa đăng ký với máy chủ: sync sẽ thử lại",
            "! this device is not enrolled at the server yet: sync tries again");
  }
  if (!json["clock_difference_ms"].is_null()) {
    out.Say("đồng hồ lệch so với máy chủ: {} giây", "clock difference to the server: {} s",
            json["clock_difference_ms"].get<std::int64_t>() / 1000);
  }
  if (!json["server_lost"].is_null()) {
    out.Say("! máy chủ đã mất {} thay đổi (thấy lúc {}); chúng được gửi lại",
            "! the server had lost {} changes (seen {}); they are sent again",
            json["server_lost"]["ops"].get<std::size_t>(),
            json["server_lost"]["seen"].get<std::string>());
  }
}

}  // namespace

Json UnitStatus(Call& call) {
  Json json = IdentityJson(call);
  json["ops"] = call.device.log().size();
  AddSyncJson(call, json);
  AddListsJson(call, json);
  return json;
}

Status ShowStatus(Call& call) {
  Json json = UnitStatus(call);
  SayUnit(call, json);
  SaySyncState(call, json);
  for (const Json& feed : json["copied_feeds"]) {
    call.out.Say("! máy {} đã bị sao chép hoặc phục hồi từ bản lưu; mọi nhánh đều được giữ",
                 "! device {} was copied or put back to a backup; every branch is kept",
                 feed["device"].get<std::string>().substr(0, 8));
  }
  for (const Json& held : json["held"]) {
    call.out.Line("  " + held["op"].get<std::string>().substr(0, 10) + "  " +
                  held["words"].get<std::string>());
  }
  for (const Json& rejected : json["rejected"]) {
    call.out.Line("  " + rejected["at"].get<std::string>() + "  " +
                  rejected["words"].get<std::string>() + "  " +
                  rejected["detail"].get<std::string>());
  }
  for (const Json& one : json["exports"]) {
    call.out.Say("xuất ngày {}: {} ({} hồ sơ) {}", "export of {}: {} ({} records) {}",
                 one["at"].get<std::string>(), one["type"].get<std::string>(),
                 one["rows"].get<std::size_t>(), one["file"].get<std::string>());
  }
  call.out.document() = std::move(json);
  return {};
}

}  // namespace tram::client
