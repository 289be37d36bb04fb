// Verb: a command after its arguments were read. Every verb is a function over a UnitDevice and an
// Output, so that the same code runs in a command of its own and in the program that holds the log.
// Threads: a verb runs on the thread that owns the device.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "app/output.h"
#include "tram/session/unit_device.h"

namespace tram::client {

/// What a verb on a unit gets.
struct Call {
  UnitDevice& device;
  Output& out;
  Clock& clock;
  Random& random;
  std::filesystem::path cwd;  // of the person who typed it

  std::filesystem::path Path(const std::string& name) const { return cwd / name; }
  /// Of a file that is to be written. Errors: those of CheckOutputFile.
  Result<std::filesystem::path> OutputPath(const std::string& name) const {
    TRAM_TRY(CheckOutputFile(device.folder(), Path(name)));
    return Path(name);
  }
  Date Today() const { return LocalDate(clock.WallMs()); }
};

/// What a verb on a folder gets that has no unit in it yet, or none that opens.
struct FolderCall {
  std::filesystem::path folder;
  Output& out;
  Clock& clock;
  Random& random;
  std::filesystem::path cwd;
  /// Asks for a secret: the file of an option, else a variable, else the terminal.
  std::function<Result<std::string>(const std::string& file, const char* variable,
                                    const std::string& prompt)>
      secret;
  /// A passphrase that is new: from where `secret` takes it; on a terminal it is typed twice.
  std::function<Result<std::string>()> new_passphrase;

  std::filesystem::path Path(const std::string& name) const { return cwd / name; }
};

struct SyncOptions {
  std::string ca_file;  // PEM; "" is what was given at init
};
struct ServeOptions {
  std::uint16_t port = 7780;  // 0: any free one
  bool browser = true;
};
struct RunOptions {
  int every_s = 300;
  std::string ca_file;
  std::optional<ServeOptions> serve;  // with pages
};

struct Verb {
  enum class Kind {
    kFolder,  // needs no unit
    kDevice,  // on the unit's device
    kSync,    // on the device and the network by turns
    kRun,     // holds the device until it is stopped
    kUnlock,  // of a running holder
    kLock,
  };
  enum class Key {
    kNotNeeded,
    kIfGiven,  // sees more with the key, works without
    kNeeded,
  };
  std::string name;
  Kind kind = Kind::kDevice;
  Key key = Key::kNotNeeded;
  std::function<Status(Call&)> on_device;        // kDevice
  std::function<Status(FolderCall&)> on_folder;  // kFolder
  /// kDevice: for a unit that does not open; gets what is wrong. Nothing: that is the error.
  std::function<Status(FolderCall&, const Error&)> on_damaged;
  SyncOptions sync;
  RunOptions run;
};

/// Runs a verb of kind kDevice; unlocks first where it needs the key and `passphrase` is given, and
/// locks again what was locked. Never throws.
Outcome Execute(const Verb& verb, Call call, const std::optional<std::string>& passphrase);

}  // namespace tram::client
