// What UnitDevice is made of; shared by the sources that implement it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "session/key_unsealer.h"
#include "tram/log/sqlite_log_store.h"
#include "tram/session/unit_device.h"

namespace tram {

// Settings of a device's log. They are part of backups.
inline constexpr char kUnitNameSetting[] = "unit.name";
inline constexpr char kServerSetting[] = "server.id";
inline constexpr char kServerUrlSetting[] = "server.url";
inline constexpr char kProgrammeKeySetting[] = "programme.key";
inline constexpr char kProgrammeSetting[] = "programme.file";  // packed
inline constexpr char kDeviceSeedSetting[] = "device.seed";
inline constexpr char kUnitKeySetting[] = "unit.key";  // wrapped under the passphrase
inline constexpr char kAuthorSetting[] = "author";

struct UnitDevice::State {
  State(std::filesystem::path path, Clock& machine_clock, Random& machine_random)
      : folder(std::move(path)),
        clock(machine_clock),
        random(machine_random),
        time(machine_clock) {}

  /// Nothing where it was never set.
  std::string TextSetting(const char* name) const;
  /// The signed file of the programme in use. Errors: corrupt.
  Result<std::string> ProgrammeFile() const;
  Status LoadView();

  std::filesystem::path folder;
  Clock& clock;
  Random& random;
  HybridClock time;
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<SqlDatabase> database;
  std::unique_ptr<SqliteLogStore> store;
  std::unique_ptr<OpLog> log;
  std::optional<SigningKey> key;
  DeviceId server;
  DeviceId programme_key;
  std::string unit_name, server_url;
  std::shared_ptr<const Programme> programme;
  std::unique_ptr<Replica> replica;
  std::unique_ptr<OwnFeed> own;
  std::unique_ptr<KeyUnsealer> unsealer;  // while unlocked
  std::unique_ptr<UnitView> view;
  EntryNumber viewed = 0;                      // entries that the view has
  KeysDigest keys_seen;                        // of the key table when sealed parts were last read
  std::optional<std::size_t> tombstones_seen;  // in it; nothing: the view was not read with a key
  bool bulk = false;
};

/// Takes a signed programme file apart and loads it; one that somebody in this process has loaded
/// and still holds is not loaded again. Any thread.
/// Errors: denied (not signed by `key`) | invalid.
Result<std::shared_ptr<const Programme>> LoadSigned(std::string_view file, const DeviceId& key);

}  // namespace tram
