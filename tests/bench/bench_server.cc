#include "tests/bench/bench_server.h"

#include <spdlog/spdlog.h>

#include "app/unit_import.h"
#include "tram/base/os_file.h"
#include "tram/crypto/passphrase.h"
#include "tram/session/enrolment.h"

namespace tram::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kHttpOk = 200;
constexpr char kProvince[] = "56";  // valid until 2025-06-30
constexpr std::int64_t kHourMs = 3600 * 1000;

Result<EnrolReply> AskForEnrolment(SyncingDevice& device, const std::string& url,
                                   const EnrolRequest& request) {
  const std::string text = EncodeEnrolRequest(request);
  TRAM_ASSIGN(HttpReply reply,
              device.http->Post(client::ServerUrl(url, kEnrolPath), AsBytes(text)));
  if (reply.status != kHttpOk) return client::RefusedBy(reply);
  device.enrolment_bytes = static_cast<double>(device.http->bytes_up() + device.http->bytes_down());
  return DecodeEnrolReply(reply.body);
}

}  // namespace

Result<std::unique_ptr<server::ServerState>> MakeServerState(const fs::path& folder,
                                                             const std::string& programme,
                                                             BenchClock& clock, std::string& code) {
  spdlog::set_level(spdlog::level::off);
  TRAM_TRY(MakePrivateFolder(folder));
  TRAM_ASSIGN(auto loaded, Programme::Load(programme, "programme"));
  TRAM_TRY(
      server::ServerStore::Create(folder / server::kDatabaseName, *loaded, clock, SystemRandom()));
  TRAM_ASSIGN(auto state, server::ServerState::Open(folder, clock, SystemRandom()));
  TRAM_ASSIGN(server::Unit unit, server::AddUnit(*state, "BENCH", "Bench", "",
                                                 {kProvince, DateOf(2020, 1, 1), std::nullopt}));
  TRAM_ASSIGN(server::NewCode made,
              server::IssueCode(*state, unit, server::kCodeHoursDefault, "bench"));
  TRAM_ASSIGN(code, NormalSpokenCode(made.code));
  return state;
}

Result<std::unique_ptr<BenchServer>> BenchServer::Start(const fs::path& folder,
                                                        const std::string& programme,
                                                        BenchClock& clock,
                                                        std::size_t further_units) {
  std::unique_ptr<BenchServer> server(new BenchServer);
  TRAM_ASSIGN(server->state_, MakeServerState(folder, programme, clock, server->code_));
  for (std::size_t i = 0; i < further_units; ++i) {
    TRAM_TRY(server::AddUnit(*server->state_, "F" + std::to_string(i), "Further unit", "",
                             {kProvince, DateOf(2020, 1, 1), std::nullopt}));
  }
  server->owner_ = std::make_unique<server::OwnerThread>(*server->state_);
  server->service_ = std::make_unique<server::HttpService>(*server->owner_, *server->state_);
  TRAM_ASSIGN(server->listener_, Listener::Start({}, [service = server->service_.get()](
                                                         HttpRequest request, Respond respond) {
                service->Handle(std::move(request), std::move(respond));
              }));
  server->url_ = "http://127.0.0.1:" + std::to_string(server->listener_->port());
  return server;
}

void BenchServer::Stop() {
  if (listener_) listener_->Stop();
  if (owner_) owner_->Stop();
}

Founding FoundingOf(const EnrolReply& reply, const std::string& url, SecretKey device_seed) {
  Founding founding;
  founding.unit = reply.unit;
  founding.unit_name = reply.unit_name;
  founding.server = reply.server;
  founding.server_url = url;
  founding.programme_key = reply.programme_key;
  founding.programme = reply.programme;
  founding.keys = reply.keys;
  founding.device_seed = std::move(device_seed);
  founding.unit_key = SecretKey::Generate(SystemRandom());
  return founding;
}

Result<SyncingDevice> EnrolFirst(const BenchServer& server, const fs::path& folder,
                                 BenchClock& clock) {
  SyncingDevice device;
  SecretKey seed = SecretKey::Generate(SystemRandom());
  const DeviceId id = SigningKey::FromSeed(seed.Copy()).id();
  TRAM_ASSIGN(EnrolReply reply, AskForEnrolment(device, server.url(),
                                                {id, server.code(), std::nullopt, std::nullopt}));
  TRAM_ASSIGN(device.unit,
              MakeDevice(folder, FoundingOf(reply, server.url(), std::move(seed)), clock));
  return device;
}

Result<SyncingDevice> EnrolFurther(SyncingDevice& inviter, const BenchServer& server,
                                   const fs::path& folder, BenchClock& clock) {
  TRAM_ASSIGN(UnitDevice::Invitation invitation, inviter.unit->Invite(kHourMs));
  TRAM_ASSIGN(Founding founding,
              ReadInvitation(invitation.file, invitation.code, clock, SystemRandom()));
  SyncingDevice device;
  TRAM_ASSIGN(device.unit, MakeDevice(folder, std::move(founding), clock));
  const DeviceId id = device.unit->device();
  EnrolRequest request{id, "", device.unit->unit(), std::nullopt};
  const KeyEntry* member = device.unit->log().FindKey(KeyEntry::Kind::kMember, id.view());
  if (member != nullptr) request.member = *member;
  TRAM_TRY(AskForEnrolment(device, server.url(), request));
  return device;
}

Result<SyncCost> SyncWhole(SyncingDevice& device, BenchClock& clock) {
  const auto on_owner = [&](const std::function<void(UnitDevice&)>& task) {
    task(*device.unit);
    return true;
  };
  const client::SyncOutcome outcome = client::RunSync(on_owner, *device.http, clock, "", nullptr);
  TRAM_TRY(outcome.status);
  if (!outcome.Whole()) return MakeError(ErrorCode::kInvalid, "a sync left something behind");
  return SyncCost{static_cast<double>(outcome.bytes_up + outcome.bytes_down),
                  outcome.report.requests};
}

}  // namespace tram::bench
