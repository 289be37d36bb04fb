// unit-client's import of a CSV file into a unit that is unlocked. The unit goes on through some
// inputs, for opening one takes a tenth of a second on purpose: what is found here may need those
// before it.
#include "app/import.h"

#include <fstream>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_scratch.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tests/support/paths.h"
#include "tram/base/limits.h"
#include "tram/programme/signing.h"

namespace tram::fuzz {
namespace {

constexpr EntryNumber kEntriesMax = 400;
constexpr char kPassphrase[] = "correct horse battery";

struct Unit {
  StillClock clock;
  CountedRandom random{40};
  std::unique_ptr<UnitDevice> device;
};

Founding FoundingOf(Random& random) {
  const World& world = World::One();
  const std::string toml =
      ReadFile(test::InSource("libsync/programmes/examples") / "tobacco-alcohol.toml",
               kProgrammeBytesMax)
          .value();
  Founding founding;
  founding.unit = world.unit();
  founding.unit_name = "A";
  founding.server = founding.programme_key = world.server_key().id();
  founding.programme =
      WriteSignedProgramme({world.server_key().Sign(ProgrammeStatement(toml)), toml});
  founding.device_seed = SecretKey::Generate(random);
  founding.unit_key = SecretKey::Generate(random);
  founding.passphrase = kPassphrase;
  return founding;
}

Unit& OneUnit() {
  static std::unique_ptr<Unit> unit;
  if (unit && unit->device->log().size() <= kEntriesMax) return *unit;
  unit.reset();
  unit = std::make_unique<Unit>();
  const std::filesystem::path folder = ScratchFile("unit");
  std::filesystem::remove_all(folder);
  Promise(
      UnitDevice::Found(folder, FoundingOf(unit->random), unit->clock, unit->random).has_value(),
      "a unit can be founded");
  unit->device = UnitDevice::Open(folder, unit->clock, unit->random).value();
  Promise(unit->device->Unlock(kPassphrase).has_value(), "its passphrase opens it");
  return *unit;
}

}  // namespace

void FuzzImport(ByteView bytes) {
  Unit& unit = OneUnit();
  FuzzInput input(bytes);
  const std::vector<RecordType>& types = unit.device->programme().records;
  const RecordType& type = types[input.Below(types.size())];
  const std::string_view text = AsText(input.Rest());
  const std::filesystem::path file = ScratchFile("rows.csv");
  std::ofstream(file, std::ios::binary | std::ios::trunc)
      .write(text.data(), static_cast<std::streamsize>(text.size()));
  const EntryNumber before = unit.device->log().committed();
  for (bool again : {false, true}) {
    client::Output out(Language::kEnglish, false);
    client::Call call{*unit.device, out, unit.clock, unit.random, file.parent_path()};
    const EntryNumber size = unit.device->log().size();
    const Status imported = client::ImportFile(call, {type.name, file.string()});
    Promise(imported || imported.error().code == ErrorCode::kInvalid ||
                imported.error().code == ErrorCode::kNotFound,
            "a bad file is said to be bad");
    Promise(!again || unit.device->log().size() == size, "the same file again changes nothing");
  }
  Promise(unit.device->log().committed() == unit.device->log().size() &&
              unit.device->log().size() >= before,
          "what was imported is durable");
  Promise(unit.device->view().Held().empty(), "what was imported is shown");
}

}  // namespace tram::fuzz
