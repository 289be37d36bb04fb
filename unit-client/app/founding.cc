#include "app/founding.h"

#include <algorithm>

#include "app/sync_run.h"
#include "tram/base/os_file.h"
#include "tram/crypto/passphrase.h"
#include "tram/session/enrolment.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;

constexpr char kCodeVariable[] = "TRAM_CODE";
constexpr char kPendingKeyFile[] = "enrolment";
constexpr std::size_t kInvitationBytesMax = 4 * 1024 * 1024;
constexpr int kHttpOk = 200;
constexpr std::int64_t kHourMs = 3600 * 1000;

Result<SecretKey> PendingDeviceSeed(FolderCall& call) {
  const fs::path file = call.folder / kPendingKeyFile;
  auto kept = ReadFile(file, SecretKey::kSize);
  if (kept && kept->size() == SecretKey::kSize) return SecretKey::From(AsBytes(*kept));
  SecretKey seed = SecretKey::Generate(call.random);
  TRAM_TRY(WriteFileAtomically(file, seed.view()));
  return seed;
}

Result<EnrolReply> AskForEnrolment(FolderCall& call, const InitOptions& options,
                                   const EnrolRequest& request) {
  HttpClient http;
  HttpOptions http_options;
  if (!options.ca_file.empty()) http_options.ca_file = call.Path(options.ca_file).string();
  auto reply = http.Post(ServerUrl(options.server, kEnrolPath),
                         AsBytes(EncodeEnrolRequest(request)), http_options);
  if (!reply) return reply.error();
  if (reply->status != kHttpOk) return RefusedBy(*reply);
  return DecodeEnrolReply(reply->body);
}

Result<Founding> EnrolWithCode(FolderCall& call, const InitOptions& options) {
  TRAM_TRY(CheckServerUrl(options.server));
  TRAM_ASSIGN(std::string code, call.secret(options.code_file, kCodeVariable,
                                            call.out.Words("Mã đăng ký do tỉnh cấp: ",
                                                           "Enrolment code from the province: ")));
  TRAM_ASSIGN(code, NormalSpokenCode(code));
  Founding founding;
  TRAM_ASSIGN(founding.device_seed, PendingDeviceSeed(call));
  const DeviceId device = SigningKey::FromSeed(founding.device_seed.Copy()).id();
  TRAM_ASSIGN(EnrolReply reply,
              AskForEnrolment(call, options, {device, code, std::nullopt, std::nullopt}));
  const bool others = std::any_of(reply.keys.begin(), reply.keys.end(), [&](const KeyEntry& key) {
    return key.kind == KeyEntry::Kind::kMember && key.key != ToBytes(device.view());
  });
  if (others) {
    return call.out.Fail(
        ErrorCode::kExists,
        "đơn vị {} đã có máy: hãy tạo lời mời trên máy đó bằng unit-client invite, "
        "rồi: init --invite TỆP",
        "the unit {} has devices already: make an invitation there with "
        "unit-client invite, then: init --invite FILE",
        reply.unit_name);
  }
  founding.unit = reply.unit;
  founding.unit_name = reply.unit_name;
  founding.server = reply.server;
  founding.server_url = options.server;
  founding.programme_key = reply.programme_key;
  founding.programme = reply.programme;
  founding.keys = reply.keys;
  founding.unit_key = SecretKey::Generate(call.random);
  return founding;
}

Result<Founding> ReadInvited(FolderCall& call, const InitOptions& options) {
  if (!options.server.empty()) TRAM_TRY(CheckServerUrl(options.server));
  TRAM_ASSIGN(std::string file, ReadFile(call.Path(options.invite), kInvitationBytesMax));
  TRAM_ASSIGN(std::string code, call.secret(options.code_file, kCodeVariable,
                                            call.out.Words("Mã đọc qua điện thoại của lời mời: ",
                                                           "The invitation's spoken code: ")));
  TRAM_ASSIGN(Founding founding, ReadInvitation(AsBytes(file), code, call.clock, call.random));
  if (!options.server.empty()) founding.server_url = options.server;
  return founding;
}

/// What only the program needs to know, beside what the engine keeps.
Status KeepSettings(FolderCall& call, const InitOptions& options, bool invited, Json& json) {
  TRAM_ASSIGN(auto device, UnitDevice::Open(call.folder, call.clock, call.random));
  if (!options.ca_file.empty()) {
    SetCaFile(device->log(), fs::absolute(call.Path(options.ca_file)).string());
  }
  if (invited) SetEnrolmentPending(device->log(), true);
  TRAM_TRY(device->log().Commit());
  json = {{"unit", device->unit().Hex()},
          {"unit_name", device->unit_name()},
          {"device", device->device().Hex()},
          {"server", device->server_url()},
          {"programme",
           {{"name", device->programme().name}, {"version", device->programme().version}}}};
  if (!invited || device->server_url().empty()) return {};
  HttpClient http;
  const SyncOutcome synced = RunSync(
      [&](const std::function<void(UnitDevice&)>& task) {
        task(*device);
        return true;
      },
      http, call.clock, "", nullptr);
  if (!synced.status) {
    call.out.Note("chưa đăng ký với máy chủ được ({}); lần đồng bộ sau sẽ thử lại",
                  "not enrolled at the server yet ({}); each later sync tries again",
                  OneLine(synced.status.error().message));
  }
  json["enrolment_pending"] = EnrolmentPending(device->log());
  return {};
}

}  // namespace

Status InitUnit(FolderCall& call, const InitOptions& options) {
  const bool invited = !options.invite.empty();
  // Everything that can go wrong here goes wrong before a one-time code is used up.
  std::error_code code;
  if (fs::exists(call.folder / "unit.db", code)) {
    return call.out.Fail(ErrorCode::kExists, "{} đã có một đơn vị: chọn thư mục khác bằng --data",
                         "{} holds a unit already: choose another folder with --data",
                         call.folder.string());
  }
  TRAM_TRY(MakePrivateFolder(call.folder));
  TRAM_ASSIGN(std::string passphrase, call.new_passphrase());
  TRAM_TRY(CheckPassphrase(passphrase));
  if (!options.ca_file.empty()) {
    TRAM_TRY(ReadFile(call.Path(options.ca_file), kInvitationBytesMax));
  }
  Founding founding;
  if (invited) {
    TRAM_ASSIGN(founding, ReadInvited(call, options));
  } else {
    TRAM_ASSIGN(founding, EnrolWithCode(call, options));
  }
  founding.passphrase = passphrase;
  TRAM_TRY(UnitDevice::Found(call.folder, founding, call.clock, call.random));
  fs::remove(call.folder / kPendingKeyFile, code);
  TRAM_TRY(KeepSettings(call, options, invited, call.out.document()));
  call.out.Say("đã lập đơn vị {} trong {}", "the unit {} is set up in {}", founding.unit_name,
               call.folder.string());
  call.out.Say(
      "mật khẩu không lấy lại được: hãy giữ kỹ; mỗi tuần sao lưu một lần: backup",
      "the passphrase cannot be recovered: keep it well; make a backup every week: backup");
  return {};
}

Status InviteDevice(Call& call, const InviteOptions& options) {
  TRAM_ASSIGN(const fs::path file, call.OutputPath(options.file));
  std::error_code code;
  if (fs::exists(file, code)) {
    return call.out.Fail(ErrorCode::kExists, "đã có tệp {}: chọn tên khác",
                         "{} exists: choose another name", file.string());
  }
  TRAM_ASSIGN(UnitDevice::Invitation invitation, call.device.Invite(options.hours * kHourMs));
  TRAM_TRY(WriteFileAtomically(file, invitation.file));
  call.out.document() = {
      {"file", file.string()}, {"code", invitation.code}, {"hours", options.hours}};
  call.out.Say("lời mời: {} (dùng một lần, trong {} giờ)", "invitation: {} (one device, {} hours)",
               file.string(), options.hours);
  call.out.Say("mã, chỉ đọc qua điện thoại, không gửi cùng tệp: {}",
               "code, to be spoken, never sent with the file: {}", invitation.code);
  return {};
}

}  // namespace tram::client
