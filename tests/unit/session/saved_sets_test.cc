// Saving sets through UnitDevice: from every content to every other one.
#include "tests/unit/session/new_unit.h"

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

/// The elements whose bit is set.
std::vector<std::uint32_t> Elements(unsigned bits) {
  std::vector<std::uint32_t> elements;
  for (std::uint32_t element = 1; element <= 3; ++element) {
    if ((bits >> (element - 1) & 1) != 0) elements.push_back(element);
  }
  return elements;
}

using SavedSetsTest = NewUnitTest;

TEST_F(SavedSetsTest, EveryContentCanBecomeEveryOther) {
  auto device = NewDevice(kProgramme);
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
