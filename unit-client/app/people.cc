#include "app/people.h"

#include <algorithm>

#include "app/output.h"
#include "tram/base/vietnamese.h"
#include "tram/crypto/passphrase.h"

namespace tram::client {
namespace {

constexpr char kPeopleSetting[] = "client.people";
constexpr int kPeopleFormat = 1;
constexpr char kClinical[] = "clinical", kCommittee[] = "committee";

struct Kept {
  Person person;
  Bytes wrap;  // empty: the keeper's, which is the device's own
};

Error Damaged() {
  return MakeError(ErrorCode::kCorrupt,
                   "the list of the people of this computer is damaged; restore a backup");
}

Json ToJson(const Kept& kept) {
  Json json = {{"name", kept.person.name},
               {"role", kept.person.role == Role::kClinical ? kClinical : kCommittee}};
  if (kept.person.worker) json["worker"] = kept.person.worker->Hex();
  if (!kept.person.keeper) json["wrap"] = ToBase64(kept.wrap);
  return json;
}

std::string TextOf(const Json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<Kept> FromJson(const Json& json) {
  if (!json.is_object()) return Damaged();
  Kept kept;
  kept.person.name = TextOf(json, "name");
  const std::string role = TextOf(json, "role");
  if (kept.person.name.empty() || (role != kClinical && role != kCommittee)) return Damaged();
  kept.person.role = role == kClinical ? Role::kClinical : Role::kCommittee;
  if (json.contains("worker")) {
    auto worker = FromHex(TextOf(json, "worker"));
    if (!worker || worker->size() != RecordId::kSize) return Damaged();
    kept.person.worker = RecordId::From(*worker);
  }
  kept.person.keeper = !json.contains("wrap");
  if (kept.person.keeper) {
    if (kept.person.role != Role::kClinical) return Damaged();
    return kept;
  }
  auto wrap = FromBase64(TextOf(json, "wrap"));
  if (!wrap || wrap->empty()) return Damaged();
  kept.wrap = std::move(*wrap);
  return kept;
}

/// A list that cannot be read is never taken for an empty one: somebody would found it anew.
Result<std::vector<Kept>> Read(const OpLog& log) {
  std::vector<Kept> people;
  auto setting = log.Setting(kPeopleSetting);
  if (!setting) return people;
  const Json json = Json::parse(setting->begin(), setting->end(), nullptr, false);
  if (!json.is_object() || !json.contains("format") || !json["format"].is_number_integer()) {
    return Damaged();
  }
  if (json["format"] > kPeopleFormat) {
    return MakeError(ErrorCode::kTooNew,
                     "the list of the people of this computer was written by a newer version; "
                     "update this program");
  }
  if (!json.contains("people") || !json["people"].is_array()) return Damaged();
  for (const Json& one : json["people"]) {
    TRAM_ASSIGN(Kept kept, FromJson(one));
    people.push_back(std::move(kept));
  }
  const auto keepers = std::count_if(people.begin(), people.end(),
                                     [](const Kept& kept) { return kept.person.keeper; });
  if (keepers != 1) return Damaged();
  return people;
}

void Stage(OpLog& log, const std::vector<Kept>& people) {
  Json json = {{"format", kPeopleFormat}, {"people", Json::array()}};
  for (const Kept& kept : people) json["people"].push_back(ToJson(kept));
  log.SetSetting(kPeopleSetting, ToBytes(AsBytes(JsonText(json))));
}

Status Keep(OpLog& log, const std::vector<Kept>& people) {
  Stage(log, people);
  return log.Commit();
}

Kept* Find(std::vector<Kept>& people, std::string_view name) {
  const std::string key = SignInKey(name);
  auto found = std::find_if(people.begin(), people.end(),
                            [&](const Kept& kept) { return SignInKey(kept.person.name) == key; });
  return found == people.end() ? nullptr : &*found;
}

Result<Kept*> Require(std::vector<Kept>& people, std::string_view name) {
  if (Kept* kept = Find(people, name)) return kept;
  return MakeError(ErrorCode::kNotFound, "nobody of this name signs in at this computer");
}

/// What the person's passphrase opens: the unit key, or a committee person's secret.
Result<SecretKey> Open(const UnitDevice& device, const Kept& kept, std::string_view passphrase) {
  return kept.person.keeper ? device.UnitKey(passphrase) : UnwrapKey(kept.wrap, passphrase);
}

/// Errors: not_found | denied.
Result<SecretKey> OpenAsClinical(const UnitDevice& device, std::vector<Kept>& people,
                                 const SignIn& by) {
  TRAM_ASSIGN(const Kept* kept, Require(people, by.name));
  if (kept->person.role != Role::kClinical) {
    return MakeError(ErrorCode::kDenied, "only somebody who works with clients may do this");
  }
  return Open(device, *kept, by.passphrase);
}

/// What a person of `role` gets wrapped under his passphrase.
Result<Bytes> NewWrap(Role role, const SecretKey& unit_key, std::string_view passphrase,
                      Random& random) {
  if (role == Role::kClinical) return WrapSecret(unit_key.view(), passphrase, random);
  return WrapSecret(SecretKey::Generate(random).view(), passphrase, random);
}

Status CheckWorker(UnitDevice& device, const std::optional<RecordId>& worker) {
  if (!worker) return {};
  auto record = device.view().Find(*worker);
  if (record && record->type->worker) return {};
  return MakeError(ErrorCode::kInvalid, "whose records these are must be a record of a worker");
}

Result<std::string> CheckName(std::string_view typed) {
  auto name = Nfc(typed);
  if (!name) return MakeError(ErrorCode::kInvalid, "the name is not UTF-8 text");
  const std::size_t from = name->find_first_not_of(' ');
  *name = from == name->npos ? "" : name->substr(from, name->find_last_not_of(' ') - from + 1);
  const auto characters = std::count_if(name->begin(), name->end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  });
  const bool printable = std::none_of(name->begin(), name->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!printable || SignInKey(*name).empty() ||
      static_cast<std::size_t>(characters) > kSignInNameCharactersMax) {
    return MakeError(ErrorCode::kInvalid, "a name to sign in with has 1 to " +
                                              std::to_string(kSignInNameCharactersMax) +
                                              " characters on one line");
  }
  return name;
}

}  // namespace

std::string SignInKey(std::string_view name) { return Fold(name); }

Result<std::vector<Person>> AllPeople(const OpLog& log) {
  TRAM_ASSIGN(const std::vector<Kept> people, Read(log));
  std::vector<Person> all;
  for (const Kept& kept : people) all.push_back(kept.person);
  return all;
}

Result<Person> FindPerson(const OpLog& log, std::string_view name) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(log));
  TRAM_ASSIGN(const Kept* kept, Require(people, name));
  return kept->person;
}

Result<Person> AddKeeper(UnitDevice& device, const SignIn& keeper,
                         const std::optional<RecordId>& worker) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  if (!people.empty()) {
    return MakeError(ErrorCode::kExists, "people work here already; one of them adds the others");
  }
  TRAM_ASSIGN(std::string name, CheckName(keeper.name));
  TRAM_TRY(CheckWorker(device, worker));
  TRAM_TRY(device.UnitKey(keeper.passphrase));
  people.push_back({{std::move(name), Role::kClinical, true, worker}, {}});
  TRAM_TRY(Keep(device.log(), people));
  return people.front().person;
}

Result<Person> AddPerson(UnitDevice& device, Random& random, const SignIn& by, const SignIn& person,
                         Role role, const std::optional<RecordId>& worker) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  TRAM_ASSIGN(std::string name, CheckName(person.name));
  TRAM_TRY(CheckPassphrase(person.passphrase));
  TRAM_TRY(CheckWorker(device, worker));
  if (Find(people, name) != nullptr) {
    return MakeError(ErrorCode::kExists,
                     "somebody signs in with this name, or one that differs in accents and "
                     "capitals only; choose another");
  }
  if (people.size() >= kPeopleMax) {
    return MakeError(ErrorCode::kInvalid, "at most " + std::to_string(kPeopleMax) +
                                              " people sign in at a computer; remove who left");
  }
  TRAM_ASSIGN(SecretKey unit_key, OpenAsClinical(device, people, by));
  TRAM_ASSIGN(Bytes wrap, NewWrap(role, unit_key, person.passphrase, random));
  people.push_back({{std::move(name), role, false, worker}, std::move(wrap)});
  TRAM_TRY(Keep(device.log(), people));
  return people.back().person;
}

Result<Admitted> Admit(UnitDevice& device, const SignIn& who) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  TRAM_ASSIGN(const Kept* kept, Require(people, who.name));
  TRAM_ASSIGN(SecretKey opened, Open(device, *kept, who.passphrase));
  Admitted admitted{kept->person, std::nullopt};
  if (kept->person.role == Role::kClinical) admitted.unit_key = std::move(opened);
  return admitted;
}

Status ChangeOwnPassphrase(UnitDevice& device, Random& random, const SignIn& who,
                           std::string_view next) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  TRAM_ASSIGN(Kept * kept, Require(people, who.name));
  if (kept->person.keeper) return device.ChangePassphrase(who.passphrase, next);
  TRAM_TRY(CheckPassphrase(next));
  TRAM_ASSIGN(SecretKey opened, Open(device, *kept, who.passphrase));
  TRAM_ASSIGN(kept->wrap, WrapSecret(opened.view(), next, random));
  return Keep(device.log(), people);
}

Status SetRole(UnitDevice& device, Random& random, const SignIn& by, std::string_view name,
               Role role, std::string_view passphrase) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  TRAM_ASSIGN(Kept * kept, Require(people, name));
  if (kept->person.keeper) {
    return MakeError(ErrorCode::kInvalid,
                     "the keeper works with clients and has the device's passphrase; he hands "
                     "over first");
  }
  TRAM_TRY(CheckPassphrase(passphrase));
  TRAM_ASSIGN(SecretKey unit_key, OpenAsClinical(device, people, by));
  TRAM_ASSIGN(kept->wrap, NewWrap(role, unit_key, passphrase, random));
  kept->person.role = role;
  return Keep(device.log(), people);
}

Status SetWorker(UnitDevice& device, std::string_view name, const std::optional<RecordId>& worker) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  TRAM_ASSIGN(Kept * kept, Require(people, name));
  TRAM_TRY(CheckWorker(device, worker));
  kept->person.worker = worker;
  return Keep(device.log(), people);
}

Status HandOver(UnitDevice& device, Random& random, const SignIn& keeper, const SignIn& to) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  TRAM_ASSIGN(Kept * before, Require(people, keeper.name));
  TRAM_ASSIGN(Kept * after, Require(people, to.name));
  if (!before->person.keeper || after->person.keeper || after->person.role != Role::kClinical) {
    return MakeError(ErrorCode::kInvalid,
                     "the keeper hands over to somebody else who works with clients");
  }
  TRAM_ASSIGN(SecretKey unit_key, Open(device, *before, keeper.passphrase));
  TRAM_ASSIGN(SecretKey same, Open(device, *after, to.passphrase));
  if (!std::ranges::equal(unit_key.view(), same.view())) return Damaged();
  TRAM_ASSIGN(before->wrap, WrapSecret(unit_key.view(), keeper.passphrase, random));
  before->person.keeper = false;
  after->wrap.clear();
  after->person.keeper = true;
  // Both in one commit: otherwise a fall in between would leave nobody who opens the device.
  const Bytes staged_before = device.log().Setting(kPeopleSetting).value_or(Bytes());
  Stage(device.log(), people);
  Status changed = device.ChangePassphrase(keeper.passphrase, to.passphrase);
  if (!changed) device.log().SetSetting(kPeopleSetting, staged_before);
  return changed;
}

Status RemovePerson(UnitDevice& device, const SignIn& by, std::string_view name) {
  TRAM_ASSIGN(std::vector<Kept> people, Read(device.log()));
  TRAM_ASSIGN(const Kept* kept, Require(people, name));
  if (kept->person.keeper) {
    return MakeError(ErrorCode::kInvalid,
                     "the keeper has the device's passphrase; he hands over first");
  }
  TRAM_TRY(OpenAsClinical(device, people, by));
  people.erase(people.begin() + (kept - people.data()));
  return Keep(device.log(), people);
}

}  // namespace tram::client
