// Saving sets through UnitDevice: from every content to every other one.
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tram/programme/signing.h"
#include "tram/session/unit_device.h"

namespace tram {
namespace {

constexpr std::uint32_t kClearSet = 16, kSealedSet = 17;
constexpr char kProgramme[] = R"(
name = "sets"
version = 1
title = { vi = "a", en = "b" }
[codes]
drug = [[1, "a", "a", "a"], [2, "b", "b", "b"], [3, "c", "c", "c"]]
[[record]]
number = 16
name = "visit"
vi = "a"
en = "b"
many = { vi = "a", en = "b" }
fields = [
  { number = 16, name = "seen", type = "set", codes = "drug", clear = true, vi = "a", en = "b" },
  { number = 17, name = "told", type = "set", codes = "drug", vi = "a", en = "b" },
]
)";

std::unique_ptr<UnitDevice> NewDevice(const std::filesystem::path& folder) {
  SigningKey authority = SigningKey::Generate(SystemRandom());
  Founding founding;
  founding.unit = SystemRandom().NewId<UnitId>();
  founding.unit_name = "Unit";
  founding.server = founding.programme_key = authority.id();
  founding.programme =
      WriteSignedProgramme({authority.Sign(ProgrammeStatement(kProgramme)), kProgramme});
  founding.device_seed = SecretKey::Generate(SystemRandom());
  founding.unit_key = SecretKey::Generate(SystemRandom());
  founding.passphrase = "correct horse battery";
  Status found = UnitDevice::Found(folder, founding, SystemClock(), SystemRandom());
  EXPECT_TRUE(found) << found.error().message;
  auto device = UnitDevice::Open(folder, SystemClock(), SystemRandom());
  EXPECT_TRUE(device) << device.error().message;
  EXPECT_TRUE((*device)->Unlock(founding.passphrase));
  return std::move(*device);
}

/// The elements whose bit is set.
std::vector<std::uint32_t> Elements(unsigned bits) {
  std::vector<std::uint32_t> elements;
  for (std::uint32_t element = 1; element <= 3; ++element) {
    if ((bits >> (element - 1) & 1) != 0) elements.push_back(element);
  }
  return elements;
}

TEST(SavedSetsTest, EveryContentCanBecomeEveryOther) {
  test::ScratchFolder scratch;
  auto device = NewDevice(scratch / "device");
  for (unsigned before = 0; before < 8; ++before) {
    for (unsigned after = 0; after < 8; ++after) {
      RecordForm form;
      form.type = device->programme().ByName("visit");
      form.sets = {{kClearSet, Elements(before)}, {kSealedSet, Elements(7 - before)}};
      Result<Saved> made = device->Save(form);
      ASSERT_TRUE(made) << made.error().message;
      form.record = made->record;
      form.sets = {{kClearSet, Elements(after)}, {kSealedSet, Elements(7 - after)}};
      Result<Saved> saved = device->Save(form);
      ASSERT_TRUE(saved) << saved.error().message;
      EXPECT_EQ(saved->changed, before != after);
      const RecordView record = *device->view().Find(made->record);
      EXPECT_EQ(record.fields[0].elements, Elements(after)) << before << " to " << after;
      EXPECT_EQ(record.fields[1].elements, Elements(7 - after)) << before << " to " << after;
    }
  }
}

}  // namespace
}  // namespace tram
