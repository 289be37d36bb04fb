#include "tests/versions/version_world.h"

#include <stdexcept>

#include "app/enrolment_desk.h"
#include "app/sync_group.h"
#include "app/unit_import.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"
#include "tram/programme/signing.h"

namespace tram::versions {

namespace fs = std::filesystem;

void SeededRandom::Fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    byte = static_cast<std::uint8_t>(state_ >> 56);
  }
}

void Must(Status status) {
  if (!status) throw std::runtime_error(status.error().message);
}

std::string TextOf(const fs::path& path) { return Must(ReadFile(path, kBundleBytesMax)); }

std::shared_ptr<const Programme> LoadProgramme(const std::string& toml) {
  return Must(Programme::Load(toml, "test.toml"));
}

std::string Signed(const Programme& programme, server::ServerState& state) {
  return WriteSignedProgramme(
      {state.keys().programme.Sign(ProgrammeStatement(programme.text)), programme.text});
}

void TestServer::Create(const fs::path& folder, const Programme& programme, Clock& clock,
                        Random& random) {
  Must(MakePrivateFolder(folder));
  Must(server::ServerStore::Create(folder / server::kDatabaseName, programme, clock, random));
}

TestServer::TestServer(fs::path folder, Clock& clock, Random& random)
    : folder_(std::move(folder)),
      clock_(clock),
      state_(Must(server::ServerState::Open(folder_, clock, random))),
      worker_(std::make_unique<server::RollupWorker>(*state_)) {}

server::Unit TestServer::AddUnit(const std::string& code, const std::string& province) {
  return Must(server::AddUnit(*state_, code, "Đơn vị mẫu " + code, "",
                              {province, DateOf(2020, 1, 1), std::nullopt}));
}

Founding TestServer::Enrol(const server::Unit& unit, Random& random) {
  Founding founding;
  founding.device_seed = SecretKey::Generate(random);
  founding.unit_key = SecretKey::Generate(random);
  founding.passphrase = kPassphrase;
  const DeviceId device = SigningKey::FromSeed(founding.device_seed.Copy()).id();
  const server::NewCode code =
      Must(server::IssueCode(*state_, unit, server::kCodeHoursDefault, "test"));
  const EnrolReply reply =
      Must(server::EnrolmentDesk(*state_).Enrol({device, code.code, {}, {}}, "127.0.0.1"));
  founding.unit = reply.unit;
  founding.unit_name = reply.unit_name;
  founding.server = reply.server;
  founding.server_url = "http://127.0.0.1:8080";
  founding.programme_key = reply.programme_key;
  founding.programme = reply.programme;
  founding.keys = reply.keys;
  return founding;
}

void TestServer::Welcome(UnitDevice& device) {
  const KeyEntry* member = device.log().FindKey(KeyEntry::Kind::kMember, device.device().view());
  if (member == nullptr) throw std::runtime_error("this device is no member");
  Must(server::EnrolmentDesk(*state_).Enrol({device.device(), "", device.unit(), *member},
                                            "127.0.0.1"));
}

Result<Bytes> TestServer::Answer(const Bytes& request) {
  const std::vector<std::string> bodies{std::string(AsText(request))};
  const HttpResponse response = server::AnswerGroup(*state_, bodies).at(0);
  if (response.status != 200) return MakeError(ErrorCode::kDenied, response.body);
  return ToBytes(AsBytes(response.body));
}

OpLog& TestServer::LogOf(const UnitId& unit) { return *Must(state_->units().Open(unit))->log; }

void TestServer::Work() {
  while (Must(worker_->Step())) {
  }
}

std::unique_ptr<UnitDevice> OpenDevice(const fs::path& folder, Clock& clock, Random& random) {
  auto device = Must(UnitDevice::Open(folder, clock, random));
  Must(device->Unlock(kPassphrase));
  return device;
}

std::unique_ptr<UnitDevice> FoundDevice(const fs::path& folder, Founding founding, Clock& clock,
                                        Random& random) {
  Must(UnitDevice::Found(folder, founding, clock, random));
  return OpenDevice(folder, clock, random);
}

std::unique_ptr<UnitDevice> JoinDevice(const fs::path& folder, UnitDevice& inviter, Clock& clock,
                                       Random& random) {
  const auto invitation = Must(inviter.Invite(24 * 3'600'000LL));
  Founding founding = Must(ReadInvitation(invitation.file, invitation.code, clock, random));
  founding.passphrase = kPassphrase;
  return FoundDevice(folder, std::move(founding), clock, random);
}

Result<SyncReport> Sync(UnitDevice& device, const Exchange& exchange) {
  SyncClient client = device.NewSync();
  for (bool more = true; more;) {
    TRAM_ASSIGN(const Bytes request, client.NextRequest({"POST", kSyncPath}));
    TRAM_ASSIGN(const Bytes reply, exchange(request));
    TRAM_ASSIGN(more, client.TakeReply(reply));
    TRAM_TRY(device.RefreshView());
  }
  return client.report();
}

SyncReport Sync(UnitDevice& device, TestServer& server) {
  return Must(Sync(device, [&](const Bytes& request) { return server.Answer(request); }));
}

Result<Saved> TrySave(UnitDevice& device, const FormText& text) {
  RecordForm form;
  form.type = device.programme().ByName(text.type);
  if (form.type == nullptr) return MakeError(ErrorCode::kNotFound, "no type " + text.type);
  form.record = text.record;
  form.parent = text.parent;
  for (const auto& [name, value] : text.fields) {
    const Field* field = form.type->ByName(name);
    if (field == nullptr) return MakeError(ErrorCode::kNotFound, "no field " + name);
    if (field->type == FieldType::kSet) {
      TRAM_ASSIGN(form.sets[field->number], ParseSet(device.programme(), *field, value));
    } else {
      TRAM_ASSIGN(form.values[field->number], ParseValue(device.programme(), *field, value));
    }
  }
  return device.Save(form);
}

RecordId Save(UnitDevice& device, const FormText& form) {
  return Must(TrySave(device, form)).record;
}

}  // namespace tram::versions
