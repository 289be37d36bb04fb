#include "tests/sim/founded_unit.h"

#include <filesystem>
#include <map>

#include "tests/sim/sim_programme.h"
#include "tests/sim/sim_random.h"
#include "tests/support/process.h"
#include "tram/session/unit_device.h"

namespace tram::sim {
namespace {

constexpr std::uint64_t kUnitSeed = 100;
constexpr std::size_t kFileBytesMax = 1 << 20;

/// Nothing that is founded depends on when.
class NoClock : public Clock {
 public:
  std::int64_t WallMs() override { return 0; }
  std::int64_t SteadyMs() override { return 0; }
};

std::string Found(std::size_t unit) {
  SimRandom random(kUnitSeed + unit);
  NoClock clock;
  const test::ScratchFolder folder;
  Founding founding;
  founding.unit = SimUnitId(unit);
  founding.unit_name = "unit " + std::to_string(unit);
  founding.programme_key = ProgrammeKey().id();
  founding.programme = SignedSimProgramme(1);
  founding.device_seed = SecretKey::Generate(random);
  founding.unit_key = SimUnitKey(unit).Copy();
  founding.passphrase = "a simulated unit";
  Status made = UnitDevice::Found(folder.path(), founding, clock, random);
  TRAM_ASSERT(made);
  auto file = ReadFile(folder / "unit.db", kFileBytesMax);
  TRAM_ASSERT(file);
  return *file;
}

}  // namespace

UnitId SimUnitId(std::size_t unit) {
  SimRandom random(kUnitSeed + unit);
  return random.NewId<UnitId>();
}

const SecretKey& SimUnitKey(std::size_t unit) {
  static std::map<std::size_t, SecretKey> keys;
  auto found = keys.find(unit);
  if (found == keys.end()) {
    SimRandom random(~(kUnitSeed + unit));
    found = keys.emplace(unit, SecretKey::Generate(random)).first;
  }
  return found->second;
}

const std::string& FoundedUnitFile(std::size_t unit) {
  static std::map<std::size_t, std::string> files;
  auto found = files.find(unit);
  if (found == files.end()) found = files.emplace(unit, Found(unit)).first;
  return found->second;
}

}  // namespace tram::sim
