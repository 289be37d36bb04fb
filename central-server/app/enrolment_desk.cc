#include "app/enrolment_desk.h"

#include "tram/crypto/membership.h"
#include "tram/crypto/passphrase.h"
#include "watch/event_log.h"

namespace tram::server {
namespace {

constexpr std::int64_t kMinuteMs = 60 * 1000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::size_t kAddressesMax = 10'000;

Error Denied(const std::string& why) { return MakeError(ErrorCode::kDenied, why); }

Error WrongCode() {
  return Denied("this code is wrong, used or expired: ask the province for a new one");
}

}  // namespace

Result<NewCode> IssueCode(ServerState& state, const Unit& unit, int hours, const std::string& who,
                          Language in) {
  const bool vi = in == Language::kVietnamese;
  if (unit.closed_on && *unit.closed_on <= state.Today()) {
    const std::string on = IsoDate(*unit.closed_on);
    return MakeError(ErrorCode::kInvalid,
                     vi ? "đơn vị " + unit.code + " đã đóng từ " + on +
                              ": nếu đơn vị làm việc lại, hãy mở lại đơn vị trước"
                        : "unit " + unit.code + " is closed since " + on + ": unit reopen " +
                              unit.code + " first, if it works again");
  }
  if (hours < 1 || hours > kCodeHoursMax) {
    const std::string most = std::to_string(kCodeHoursMax);
    return MakeError(ErrorCode::kInvalid, vi ? "một mã có hạn từ 1 đến " + most + " giờ"
                                             : "a code is valid for 1 to " + most + " hours");
  }
  TRAM_ASSIGN(std::vector<Device> devices, state.store().devices().OfUnit(unit.number));
  if (!devices.empty()) {
    return Denied(vi ? "đơn vị " + unit.code +
                           " đã có máy: hãy tạo lời mời cho máy mới ngay trên một máy của đơn vị"
                     : "unit " + unit.code +
                           " has devices already: make an invitation on one of them with "
                           "unit-client invite");
  }
  const std::int64_t now = state.NowMs();
  NewCode issued{NewSpokenCode(state.random()), now + hours * kHourMs};
  TRAM_ASSIGN(std::string normal, NormalSpokenCode(issued.code));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_TRY(state.store().devices().SetCode(HashOfCode(normal), unit.number, issued.expires_ms));
  TRAM_TRY(state.store().audit().Append(now, who, "device code for unit " + unit.code));
  TRAM_TRY(transaction.Commit());
  return issued;
}

Result<EnrolReply> EnrolmentDesk::Enrol(const EnrolRequest& request, const std::string& address) {
  TRAM_TRY(state_.EnsureUsable());
  TRAM_TRY(CheckAttempts(address));
  const bool by_code = !request.code.empty();
  Result<Unit> unit = by_code ? EnrolByCode(request) : EnrolByTicket(request);
  if (!unit) {
    const bool wrong = unit.error().code == ErrorCode::kDenied ||
                       unit.error().code == ErrorCode::kInvalid ||
                       unit.error().code == ErrorCode::kNotFound;
    if (wrong) CountWrong(address);
    LogEvent(LogLevel::kWarning, "enrolment_refused", {{"error", ErrorText(unit.error().code)}});
    return unit.error();
  }
  LogEvent(LogLevel::kInfo, "device_enrolled");
  return Reply(*unit);
}

Result<Unit> EnrolmentDesk::EnrolByCode(const EnrolRequest& request) {
  Result<std::string> normal = NormalSpokenCode(request.code);
  if (!normal) return WrongCode();
  ServerStore& store = state_.store();
  const Digest hash = HashOfCode(*normal);
  TRAM_ASSIGN(std::optional<EnrolmentCode> code, store.devices().FindCode(hash));
  const std::int64_t now = state_.NowMs();
  if (!code || now > code->expires_ms) return WrongCode();
  TRAM_ASSIGN(Unit unit, store.units().ByNumber(code->unit));
  if (code->used_by == request.device) return unit;  // its reply was lost
  if (code->used_by) return WrongCode();
  TRAM_ASSIGN(std::vector<Device> devices, store.devices().OfUnit(unit.number));
  if (!devices.empty()) {
    return Denied(
        "this unit has devices already: make an invitation on one of them with "
        "unit-client invite");
  }
  TRAM_ASSIGN(OpenUnit * open, state_.units().Open(unit.id));
  Status done = [&]() -> Status {
    TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(store.database()));
    TRAM_TRY(store.devices().Add(request.device, unit.number, now));
    TRAM_TRY(store.devices().UseCode(hash, request.device));
    open->replica->TakeKeys(
        {EnrolDevice(unit.id, request.device, HybridTime{now}, state_.keys().server)});
    TRAM_TRY(open->log->Commit());
    TRAM_TRY(store.audit().Append(
        now, "enrolment",
        "unit " + unit.code + ": first device " + request.device.Hex() + " by code"));
    return transaction.Commit();
  }();
  if (!done) {
    state_.units().Drop(unit.id);
    return done.error();
  }
  return unit;
}

Result<Unit> EnrolmentDesk::EnrolByTicket(const EnrolRequest& request) {
  ServerStore& store = state_.store();
  const std::int64_t now = state_.NowMs();
  if (!request.unit || !request.member) return WrongCode();
  Result<Unit> unit = store.units().ById(*request.unit);
  if (!unit) return Denied("this invitation is of a unit that this server does not know");
  const KeyEntry& entry = *request.member;
  if (entry.key != ToBytes(request.device.view())) {
    return Denied("this invitation was made for another device");
  }
  TRAM_ASSIGN(Certificate certificate, DecodeCertificate(entry.value));
  TRAM_ASSIGN(OpenUnit * open, state_.units().Open(unit->id));
  if (open->log->FindKey(KeyEntry::Kind::kMember, entry.key) != nullptr) return unit;
  if (certificate.kind != Certificate::Kind::kInvited || certificate.time.ms < now) {
    return Denied("this invitation has expired: make a new one with unit-client invite");
  }
  if (open->replica->TicketIsUsed(entry)) {
    return Denied(
        "this invitation was used by another device: make a new one with unit-client "
        "invite");
  }
  TRAM_TRY(CheckMember(unit->id, entry, state_.keys().server.id(),
                       [&](const DeviceId& id) { return open->replica->IsMember(id); }));
  Status done = [&]() -> Status {
    TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(store.database()));
    TRAM_TRY(store.devices().Add(request.device, unit->number, now));
    open->replica->TakeKeys({entry});
    TRAM_TRY(open->log->Commit());
    TRAM_TRY(store.audit().Append(now, "enrolment",
                                  "unit " + unit->code + ": device " + request.device.Hex() +
                                      " invited by " + certificate.signer.Hex()));
    return transaction.Commit();
  }();
  if (!done) {
    state_.units().Drop(unit->id);
    return done.error();
  }
  return unit;
}

Result<EnrolReply> EnrolmentDesk::Reply(const Unit& unit) {
  TRAM_ASSIGN(OpenUnit * open, state_.units().Open(unit.id));
  EnrolReply reply;
  reply.unit = unit.id;
  reply.unit_name = unit.name;
  reply.server = state_.keys().server.id();
  reply.programme_key = state_.keys().programme.id();
  reply.programme = state_.programme().signed_text;
  for (const KeyEntry& entry : open->log->keys()) {
    if (entry.kind == KeyEntry::Kind::kMember) reply.keys.push_back(entry);
  }
  return reply;
}

Status EnrolmentDesk::CheckAttempts(const std::string& address) {
  const std::int64_t minute = state_.clock().SteadyMs() / kMinuteMs;
  if (minute != minute_ || wrong_.size() > kAddressesMax) {
    minute_ = minute;
    wrong_.clear();
    wrong_total_ = 0;
  }
  auto found = wrong_.find(address);
  if ((found != wrong_.end() && found->second >= kWrongPerMinuteMax) ||
      wrong_total_ >= kWrongPerMinuteTotalMax) {
    return MakeError(ErrorCode::kOverloaded,
                     "too many wrong codes: wait a minute, then type the code again");
  }
  return {};
}

void EnrolmentDesk::CountWrong(const std::string& address) {
  ++wrong_[address];
  ++wrong_total_;
  Status written =
      state_.store().audit().Append(state_.NowMs(), "enrolment", "refused, from " + address);
  if (!written) LogEvent(LogLevel::kError, "audit_failed", {{"why", written.error().message}});
}

}  // namespace tram::server
