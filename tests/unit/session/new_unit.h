// A unit of one device in a scratch folder, on the programme of the golden stores, whose authority
// the test is itself. Threads: one test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/base/limits.h"
#include "tram/programme/signing.h"
#include "tram/session/unit_device.h"

namespace tram {

inline constexpr char kUnitPassphrase[] = "correct horse battery";

class NewUnitTest : public testing::Test {
 protected:
  static std::string Toml() {
    return *ReadFile(test::InSource("tests/golden/store/1/programme.toml"), kProgrammeBytesMax);
  }
  std::string SignedBy(const SigningKey& key, const std::string& toml) const {
    return WriteSignedProgramme({key.Sign(ProgrammeStatement(toml)), toml});
  }
  Founding NewFounding(const std::string& toml = Toml()) const {
    Founding founding;
    founding.unit = SystemRandom().NewId<UnitId>();
    founding.unit_name = "Unit";
    founding.server = founding.programme_key = authority_.id();
    founding.programme = SignedBy(authority_, toml);
    founding.device_seed = SecretKey::Generate(SystemRandom());
    founding.unit_key = SecretKey::Generate(SystemRandom());
    founding.passphrase = kUnitPassphrase;
    return founding;
  }
  Status Found(const Founding& founding) {
    return UnitDevice::Found(folder_, founding, SystemClock(), SystemRandom());
  }
  Result<std::unique_ptr<UnitDevice>> Open() {
    return UnitDevice::Open(folder_, SystemClock(), SystemRandom());
  }
  /// A device that is founded, open and unlocked.
  std::unique_ptr<UnitDevice> NewDevice(const std::string& toml = Toml()) {
    Status found = Found(NewFounding(toml));
    EXPECT_TRUE(found) << found.error().message;
    auto device = Open();
    EXPECT_TRUE(device) << device.error().message;
    EXPECT_TRUE((*device)->Unlock(kUnitPassphrase));
    return std::move(*device);
  }
  static ErrorCode CodeOf(const Result<Saved>& saved) {
    EXPECT_FALSE(saved) << "it was saved";
    return saved ? ErrorCode::kIo : saved.error().code;
  }

  test::ScratchFolder scratch_;
  std::filesystem::path folder_ = scratch_ / "device";
  SigningKey authority_ = SigningKey::Generate(SystemRandom());
};

}  // namespace tram
