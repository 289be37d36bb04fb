// People: who works at this installation, in which role, and what opens it for them.
//
// Kept in this log's setting "client.people" (libsync/docs/store.md): it never syncs, and backups
// hold it. Sign-in names stand in it in the clear, for the sign-in page shows them before anything
// is unlocked; so does who has which role. A clinical person's wrap holds the unit key under a
// passphrase of his own. The keeper is the clinical person whose passphrase is the device's: what
// the command line asks for. A committee person's wrap holds a random secret that opens nothing.
// What decides something asks for the passphrase of the clinical person who decides it.
// Each change is durable when it is answered. After an io error the device is opened again.
// Threads: the thread that owns the device; every function that takes a passphrase needs 64 MiB and
// a tenth of a second or more for each, on purpose: slow guessing down (tram/web/throttle.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tram/session/unit_device.h"

namespace tram::client {

inline constexpr std::size_t kPeopleMax = 50;
inline constexpr std::size_t kSignInNameCharactersMax = 40;

enum class Role {
  kClinical,   // reads and writes records
  kCommittee,  // reads reports
};

struct Person {
  std::string name;  // NFC, trimmed, 1 to kSignInNameCharactersMax characters
  Role role = Role::kClinical;
  bool keeper = false;             // one of all people; clinical
  std::optional<RecordId> worker;  // author of what he writes: a record of a worker

  bool operator==(const Person&) const = default;
};

/// What somebody typed to say who he is.
struct SignIn {
  std::string_view name, passphrase;
};

struct Admitted {
  Person person;
  std::optional<SecretKey> unit_key;  // of clinical people only
};

/// What all spellings of one sign-in name share ("Mai", "mai "): nobody else may have it, and it is
/// what tries are counted by.
std::string SignInKey(std::string_view name);

/// In the order of their coming; nobody: pages are not set up.
/// Errors: corrupt | too_new.
Result<std::vector<Person>> AllPeople(const OpLog& log);
/// Errors: not_found | corrupt | too_new.
Result<Person> FindPerson(const OpLog& log, std::string_view name);

/// The first one. Errors: denied (not the device's passphrase) | exists (there are people) |
/// invalid (name, worker) | corrupt | too_new | io.
Result<Person> AddKeeper(UnitDevice& device, const SignIn& keeper,
                         const std::optional<RecordId>& worker);

/// `passphrase` is the new person's. `by` is clinical; so it is below.
/// Errors: denied | not_found (`by`) | exists (the name) | invalid (name, passphrase, worker, or
/// kPeopleMax are there) | corrupt | too_new | io.
Result<Person> AddPerson(UnitDevice& device, Random& random, const SignIn& by, const SignIn& person,
                         Role role, const std::optional<RecordId>& worker);

/// Unlocks nothing by itself. Errors: denied (wrong passphrase) | not_found | corrupt | too_new |
/// overloaded (not enough memory).
Result<Admitted> Admit(UnitDevice& device, const SignIn& who);

/// His own; the keeper's is the device's too. Errors: denied | not_found | invalid | corrupt |
/// too_new | io.
Status ChangeOwnPassphrase(UnitDevice& device, Random& random, const SignIn& who,
                           std::string_view next);

/// Another role, or the same one where he forgot his passphrase: `passphrase` is what he chose now.
/// Errors: as AddPerson; invalid for the keeper.
Status SetRole(UnitDevice& device, Random& random, const SignIn& by, std::string_view name,
               Role role, std::string_view passphrase);

/// Whose records his are from now on. Errors: not_found | invalid (no worker) | corrupt | too_new |
/// io.
Status SetWorker(UnitDevice& device, std::string_view name, const std::optional<RecordId>& worker);

/// `to`, who is clinical, becomes the keeper, and his passphrase the device's; the keeper before
/// him stays, clinical, with his own. Errors: denied | not_found | invalid (`keeper` is not, or
/// `to` is or is not clinical) | corrupt | too_new | io.
Status HandOver(UnitDevice& device, Random& random, const SignIn& keeper, const SignIn& to);

/// Never the keeper, who hands over before; so somebody is left who opens the unit. What the
/// removed person kept elsewhere (the unit key, a backup with his wrap) stays his. Errors: denied |
/// not_found | invalid (the keeper) | corrupt | too_new | io.
Status RemovePerson(UnitDevice& device, const SignIn& by, std::string_view name);

}  // namespace tram::client
