// UnitDevice: one device of one unit, in one folder: its log, its view, its keys, and saving
// records.
//
// The folder holds unit.db (log, keys, settings: the only file that a backup copies), incarnation
// (a random token that is not in backups), lock. Locked is not offline: log and sync work without
// the passphrase; reading and writing sealed fields need it.
// Store format: libsync/docs/store.md. Threads: one thread owns it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tram/base/clock.h"
#include "tram/base/os_file.h"
#include "tram/crypto/seal.h"
#include "tram/log/op_log.h"
#include "tram/model/hybrid_time.h"
#include "tram/session/own_feed.h"
#include "tram/session/replica.h"
#include "tram/session/sync_client.h"
#include "tram/view/unit_view.h"

namespace tram {

/// Pages of a device's database. Half of SQLite's usual size: the log's small tables take a page
/// each, and a commit writes two.
inline constexpr int kUnitPageBytes = 2048;

/// What a new installation is made from: an enrolment or an invitation.
struct Founding {
  UnitId unit;
  std::string unit_name;
  DeviceId server;             // whose receipts and certificates count
  std::string server_url;      // "" for a unit with bundles only
  DeviceId programme_key;      // whose programmes are taken
  std::string programme;       // signed file (programme/signing.h)
  std::vector<KeyEntry> keys;  // members and what else is known
  SecretKey device_seed;       // Ed25519 seed
  SecretKey unit_key;
  std::string passphrase;
};

/// What a person changed on a form. Saving writes only this.
struct RecordForm {
  const RecordType* type = nullptr;
  std::optional<RecordId> record;  // nothing: a new one
  std::optional<RecordId> parent;  // of a new one; of one that exists: where it moves to
  std::map<std::uint32_t, Value> values;
  /// The whole new content of a set; codes that the programme does not know stay in it anyhow.
  std::map<std::uint32_t, std::vector<std::uint32_t>> sets;
  /// What the set held when the form was drawn; nothing for a set: what it holds now. Written is
  /// only what differs from that: an element that somebody removed meanwhile does not come back.
  std::map<std::uint32_t, std::vector<std::uint32_t>> sets_before;
  /// What the form was drawn from; nothing: from what is here now.
  std::optional<std::vector<OpId>> parents;
  std::optional<std::string> import_key;
  std::string reason;  // why a record that exists is corrected; "" where none is given
};

struct Saved {
  RecordId record;
  OpId op;
  bool changed = true;  // false: nothing differed, nothing was written
};

class UnitDevice {
 public:
  /// Makes the folder's files. Errors: exists (there is a unit in it) | invalid | denied
  /// (programme's signature) | io (what was made is removed again).
  static Status Found(const std::filesystem::path& folder, const Founding& founding, Clock& clock,
                      Random& random);
  /// Errors: not_found (no unit here: init) | exists (another process holds it) | corrupt | io.
  static Result<std::unique_ptr<UnitDevice>> Open(const std::filesystem::path& folder, Clock& clock,
                                                  Random& random);
  ~UnitDevice();

  /// Errors: denied (wrong passphrase).
  Status Unlock(std::string_view passphrase);
  /// With the unit's key itself, which is not checked: a wrong one opens nothing. Errors: io.
  Status Unlock(const SecretKey& unit_key);
  void Lock();
  bool unlocked() const;
  /// What the device's passphrase opens: to be wrapped under somebody else's. Unlocks nothing.
  /// Errors: denied (wrong passphrase) | corrupt | overloaded (not enough memory).
  Result<SecretKey> UnitKey(std::string_view passphrase) const;

  const std::filesystem::path& folder() const;
  const UnitId& unit() const;
  const std::string& unit_name() const;
  const std::string& server_url() const;
  const DeviceId& device() const;
  const Programme& programme() const;
  OpLog& log();
  UnitView& view();
  Replica& replica();
  OwnFeed& own();
  HybridClock& time();
  const SigningKey& signing_key() const;
  SqlDatabase& database();

  /// Who writes from now on: a record of type worker. Kept over restarts. Errors: invalid.
  Status SetAuthor(const std::optional<RecordId>& worker);
  std::optional<RecordId> author() const;

  /// Values are checked against the programme. Durable and in the view on return.
  /// Errors: invalid (one line per problem, "field: what is wrong") | denied (locked) | not_found |
  /// io (nothing was written).
  Result<Saved> Save(const RecordForm& form, Language language = Language::kEnglish);
  /// `parents`: see RecordForm. Errors: as Save.
  Result<Saved> Delete(const RecordId& record, const std::string& reason,
                       const std::optional<std::vector<OpId>>& parents);
  Result<Saved> Undelete(const RecordId& record);
  /// Settles a conflict of one group: `values` are the group's fields.
  Result<Saved> Resolve(const RecordId& record, std::uint32_t group,
                        const std::map<std::uint32_t, Value>& values);
  /// Shows `from` as part of `into` (the same person registered twice); `into` nothing: undone.
  Result<Saved> MergeInto(const RecordId& from, const std::optional<RecordId>& into);

  /// Brings what the log got since into the view. Called after every sync and bundle.
  Status RefreshView();
  /// A client for one sync of this device.
  SyncClient NewSync();

  /// Takes another signed programme. Errors: denied (signature; or it unseals a field or reuses a
  /// number) | invalid | io (the old one stays).
  Status UseProgramme(std::string_view signed_file);

  /// Commits of many Save calls are put off until EndBulk: a power cut in between loses the
  /// whole import, which can be run again.
  void BeginBulk();
  Status EndBulk();

  /// What a second device needs, sealed under the code that is returned; to be spoken.
  struct Invitation {
    Bytes file;
    std::string code;
  };
  Result<Invitation> Invite(std::int64_t valid_ms);

  /// Seals what stays in this folder and never syncs: a half-filled form. `purpose` must be the
  /// same when it is opened. Equal texts give different bytes. Errors: denied (locked).
  Result<Bytes> SealLocal(std::string_view purpose, ByteView plain) const;
  /// Errors: denied (locked; sealed for another purpose or unit, or changed) | invalid.
  Result<Bytes> OpenLocal(std::string_view purpose, ByteView sealed) const;

  /// Another passphrase for the same unit key. Errors: denied | invalid.
  Status ChangePassphrase(std::string_view before, std::string_view after);

  struct State;  // libsync's own affair

 private:
  explicit UnitDevice(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Reads an invitation and makes a founding for a new device of that unit (passphrase left empty).
/// Errors: denied (wrong code) | invalid | too_new.
Result<Founding> ReadInvitation(ByteView file, std::string_view code, Clock& clock, Random& random);

}  // namespace tram
