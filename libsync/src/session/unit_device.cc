#include "tram/session/unit_device.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "session/device_state.h"
#include "session/packed_text.h"
#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "tram/crypto/passphrase.h"
#include "tram/programme/signing.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr char kDatabaseFile[] = "unit.db";
constexpr char kLockFile[] = "lock";
constexpr char kTokenFile[] = "incarnation";
constexpr std::size_t kTokenBytes = 16;

Status WriteToken(const fs::path& folder, Random& random) {
  Bytes token(kTokenBytes);
  random.Fill(token);
  return WriteFileAtomically(folder / kTokenFile, token);
}

/// The token is outside the database on purpose: a copied or restored database meets another one.
Result<Bytes> ReadOrMakeToken(const fs::path& folder, Random& random) {
  auto token = ReadFile(folder / kTokenFile, kTokenBytes);
  if (!token || token->size() != kTokenBytes) {
    if (!token && token.error().code == ErrorCode::kIo) return token.error();
    TRAM_TRY(WriteToken(folder, random));
    token = ReadFile(folder / kTokenFile, kTokenBytes);
    if (!token) return token.error();
  }
  return ToBytes(AsBytes(*token));
}

Status WriteFounding(const fs::path& path, const Founding& founding, Clock& clock, Random& random) {
  TRAM_ASSIGN(Bytes wrap, WrapSecret(founding.unit_key.view(), founding.passphrase, random));
  TRAM_ASSIGN(auto database, SqlDatabase::Open(path, SqlDatabase::Mode::kCreate, kUnitPageBytes));
  TRAM_ASSIGN(auto store, SqliteLogStore::Open(*database));
  TRAM_ASSIGN(auto log, OpLog::Open(*store, founding.unit, clock));
  auto text = [&](const char* name, std::string_view value) {
    log->SetSetting(name, ToBytes(AsBytes(value)));
  };
  text(kUnitNameSetting, founding.unit_name);
  text(kServerUrlSetting, founding.server_url);
  log->SetSetting(kProgrammeSetting, PackText(founding.programme));
  log->SetSetting(kServerSetting, ToBytes(founding.server.view()));
  log->SetSetting(kProgrammeKeySetting, ToBytes(founding.programme_key.view()));
  log->SetSetting(kDeviceSeedSetting, ToBytes(founding.device_seed.view()));
  log->SetSetting(kUnitKeySetting, std::move(wrap));
  for (const KeyEntry& entry : founding.keys) log->AddKey(entry);
  TRAM_TRY(log->Commit());
  // Closing it would do the same, and say nothing where it fails: the file alone gets its name.
  return database->Execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Result<std::shared_ptr<const Programme>> LoadSigned(std::string_view file, const DeviceId& key) {
  TRAM_ASSIGN(SignedProgramme signed_programme, ReadSignedProgramme(file));
  if (!VerifySignature(key, ProgrammeStatement(signed_programme.toml),
                       signed_programme.signature)) {
    return MakeError(ErrorCode::kDenied,
                     "this programme is not signed by the authority that this unit trusts; ask the "
                     "province for the signed file");
  }
  // To compile one takes longer than all else at opening; many units of a process use the same.
  static std::mutex mutex;
  static std::map<Digest, std::weak_ptr<const Programme>> loaded;
  const std::lock_guard lock(mutex);
  auto& known = loaded[Blake2b160({}, {AsBytes(signed_programme.toml)})];
  if (auto programme = known.lock()) return programme;
  TRAM_ASSIGN(auto programme, Programme::Load(signed_programme.toml, "programme"));
  known = programme;
  return programme;
}

Status UnitDevice::Found(const fs::path& folder, const Founding& founding, Clock& clock,
                         Random& random) {
  std::error_code code;
  if (fs::exists(folder / kDatabaseFile, code)) {
    return MakeError(ErrorCode::kExists, folder.string() +
                                             " holds a unit already; choose another folder with "
                                             "--data");
  }
  TRAM_TRY(SqlDatabase::CheckNoLeftovers(folder / kDatabaseFile));
  TRAM_TRY(CheckPassphrase(founding.passphrase));
  TRAM_TRY(LoadSigned(founding.programme, founding.programme_key));
  TRAM_TRY(MakePrivateFolder(folder));
  TRAM_ASSIGN(auto lock, FileLock::Acquire(folder / kLockFile));
  const fs::path making = folder / (std::string(kDatabaseFile) + ".new");
  auto remove_made = [&] {
    for (const char* suffix : {"", "-wal", "-journal"}) fs::remove(making.string() + suffix, code);
  };
  remove_made();  // left by a set-up that was cut short
  if (Status made = WriteFounding(making, founding, clock, random); !made) {
    remove_made();
    return made;
  }
  TRAM_TRY(WriteToken(folder, random));
  Status named = PutInPlace(making, folder / kDatabaseFile, false);
  if (!named) remove_made();
  return named;
}

std::string UnitDevice::State::TextSetting(const char* name) const {
  auto bytes = log->Setting(name);
  return bytes ? std::string(AsText(*bytes)) : std::string();
}

Result<std::string> UnitDevice::State::ProgrammeFile() const {
  return UnpackText(log->Setting(kProgrammeSetting).value_or(Bytes()), 2 * kProgrammeBytesMax);
}

Status UnitDevice::State::LoadView() {
  TRAM_ASSIGN(view, UnitView::Create(programme, log->unit(), server));
  viewed = 0;
  if (unsealer) TRAM_TRY(view->SetUnsealer(unsealer.get()));
  keys_seen = KeysDigest{};
  tombstones_seen.reset();
  return {};
}

Result<std::unique_ptr<UnitDevice>> UnitDevice::Open(const fs::path& folder, Clock& clock,
                                                     Random& random) {
  std::error_code code;
  if (!fs::exists(folder / kDatabaseFile, code)) {
    return MakeError(ErrorCode::kNotFound, "there is no unit in " + folder.string() +
                                               "; set one up with: unit-client init");
  }
  auto state = std::make_unique<State>(folder, clock, random);
  TRAM_ASSIGN(state->lock, FileLock::Acquire(folder / kLockFile));
  TRAM_ASSIGN(state->database,
              SqlDatabase::Open(folder / kDatabaseFile, SqlDatabase::Mode::kExisting));
  TRAM_ASSIGN(state->store, SqliteLogStore::Open(*state->database));
  TRAM_ASSIGN(std::vector<UnitId> units, state->store->Units());
  if (units.size() != 1) {
    return MakeError(ErrorCode::kCorrupt, (folder / kDatabaseFile).string() + " holds " +
                                              std::to_string(units.size()) +
                                              " units instead of one; restore a backup");
  }
  TRAM_ASSIGN(state->log, OpLog::Open(*state->store, units[0], clock));
  auto id = [&](const char* name, auto& into) {
    using IdType = std::decay_t<decltype(into)>;
    auto bytes = state->log->Setting(name);
    if (!bytes || bytes->size() != IdType::kSize) return false;
    into = IdType::From(*bytes);
    return true;
  };
  auto seed = state->log->Setting(kDeviceSeedSetting);
  if (!id(kServerSetting, state->server) || !id(kProgrammeKeySetting, state->programme_key) ||
      !seed || seed->size() != SecretKey::kSize) {
    return MakeError(ErrorCode::kCorrupt,
                     (folder / kDatabaseFile).string() + " lacks settings; restore a backup");
  }
  state->key = SigningKey::FromSeed(SecretKey::From(*seed));
  state->unit_name = state->TextSetting(kUnitNameSetting);
  state->server_url = state->TextSetting(kServerUrlSetting);
  TRAM_ASSIGN(std::string programme, state->ProgrammeFile());
  TRAM_ASSIGN(state->programme, LoadSigned(programme, state->programme_key));
  TRAM_ASSIGN(Bytes token, ReadOrMakeToken(folder, random));
  state->replica = std::make_unique<Replica>(*state->log, state->server, clock);
  state->own = std::make_unique<OwnFeed>(*state->log, *state->key, random, token);
  if (EntryNumber last = state->own->last()) {
    state->time.SetOwnLast(state->log->entry(last).time);
  }
  if (auto receipt = LastReceipt(*state->log)) state->time.SetLastReceipt(receipt->time);
  TRAM_TRY(state->LoadView());
  auto device = std::unique_ptr<UnitDevice>(new UnitDevice(std::move(state)));
  TRAM_TRY(device->RefreshView());
  return device;
}

UnitDevice::UnitDevice(std::unique_ptr<State> state) : state_(std::move(state)) {}
UnitDevice::~UnitDevice() = default;

Result<SecretKey> UnitDevice::UnitKey(std::string_view passphrase) const {
  auto wrap = state_->log->Setting(kUnitKeySetting);
  if (!wrap) return MakeError(ErrorCode::kCorrupt, "the unit's key is missing; restore a backup");
  return UnwrapKey(*wrap, passphrase);
}

Status UnitDevice::Unlock(std::string_view passphrase) {
  TRAM_ASSIGN(SecretKey unit_key, UnitKey(passphrase));
  return Unlock(unit_key);
}

Status UnitDevice::Unlock(const SecretKey& unit_key) {
  state_->unsealer = std::make_unique<KeyUnsealer>(*state_->log, unit_key.Copy());
  state_->keys_seen = KeysDigest{};
  state_->tombstones_seen.reset();
  return RefreshView();
}

void UnitDevice::Lock() {
  Status forgotten = state_->view->SetUnsealer(nullptr);
  TRAM_ASSERT(forgotten);
  state_->unsealer.reset();
}

bool UnitDevice::unlocked() const { return state_->unsealer != nullptr; }
const fs::path& UnitDevice::folder() const { return state_->folder; }
const UnitId& UnitDevice::unit() const { return state_->log->unit(); }
const std::string& UnitDevice::unit_name() const { return state_->unit_name; }
const std::string& UnitDevice::server_url() const { return state_->server_url; }
const DeviceId& UnitDevice::device() const { return state_->key->id(); }
const Programme& UnitDevice::programme() const { return *state_->programme; }
OpLog& UnitDevice::log() { return *state_->log; }
UnitView& UnitDevice::view() { return *state_->view; }
Replica& UnitDevice::replica() { return *state_->replica; }
OwnFeed& UnitDevice::own() { return *state_->own; }
HybridClock& UnitDevice::time() { return state_->time; }
const SigningKey& UnitDevice::signing_key() const { return *state_->key; }
SqlDatabase& UnitDevice::database() { return *state_->database; }

Status UnitDevice::SetAuthor(const std::optional<RecordId>& worker) {
  if (worker) {
    auto record = state_->view->Find(*worker);
    if (!record || !record->type->worker) {
      return MakeError(ErrorCode::kInvalid, "the author must be a record of a worker");
    }
  }
  state_->log->SetSetting(kAuthorSetting, worker ? ToBytes(worker->view()) : Bytes{});
  return state_->log->Commit();
}

std::optional<RecordId> UnitDevice::author() const {
  auto bytes = state_->log->Setting(kAuthorSetting);
  if (!bytes || bytes->size() != RecordId::kSize) return std::nullopt;
  return RecordId::From(*bytes);
}

// Seeds that came since the last look may open what could not be read before; what has an end is
// forgotten, which takes reading everything again.
Status UnitDevice::RefreshView() {
  State& state = *state_;
  const KeysDigest keys_now = state.log->DigestOfKeys();
  if (state.unsealer && keys_now != state.keys_seen) {
    const std::vector<KeyEntry>& keys = state.log->keys();
    const auto tombstones =
        static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), [](const KeyEntry& entry) {
          return entry.kind == KeyEntry::Kind::kTombstone;
        }));
    if (state.tombstones_seen == tombstones) {
      TRAM_TRY(state.view->OpenUnread());
    } else {
      TRAM_TRY(state.view->SetUnsealer(state.unsealer.get()));
    }
    state.keys_seen = keys_now;
    state.tombstones_seen = tombstones;
  }
  std::vector<ViewEntry> entries;
  while (state.viewed < state.log->committed()) {
    EntryNumber number = ++state.viewed;
    entries.push_back({state.log->entry(number).op, state.log->ReadOp(number)});
  }
  if (entries.empty()) return {};
  return state.view->Apply(entries);
}

SyncClient UnitDevice::NewSync() {
  return SyncClient(*state_->replica, *state_->own, state_->time, state_->clock, state_->random);
}

Status UnitDevice::UseProgramme(std::string_view signed_file) {
  State& state = *state_;
  TRAM_ASSIGN(auto next, LoadSigned(signed_file, state.programme_key));
  for (const ProgrammeDifference& difference : CompareProgrammes(*state.programme, *next)) {
    if (difference.refused) {
      return MakeError(ErrorCode::kDenied, "this programme is refused: " + difference.what);
    }
  }
  state.log->SetSetting(kProgrammeSetting, PackText(signed_file));
  TRAM_TRY(state.log->Commit());
  state.programme = std::move(next);
  TRAM_TRY(state.LoadView());
  return RefreshView();
}

void UnitDevice::BeginBulk() { state_->bulk = true; }

Status UnitDevice::EndBulk() {
  state_->bulk = false;
  TRAM_TRY(state_->log->Commit());
  return RefreshView();
}

Status UnitDevice::ChangePassphrase(std::string_view before, std::string_view after) {
  TRAM_TRY(CheckPassphrase(after));
  TRAM_ASSIGN(SecretKey unit_key, UnitKey(before));
  TRAM_ASSIGN(Bytes next, WrapSecret(unit_key.view(), after, state_->random));
  state_->log->SetSetting(kUnitKeySetting, std::move(next));
  return state_->log->Commit();
}

}  // namespace tram
