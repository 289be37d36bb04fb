#include "tests/sim/sim_programme.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tram/programme/signing.h"

namespace tram::sim {
namespace {

TEST(SimProgramme, VersionTwoAddsATypeAFieldAndACodeAndRetiresCodes) {
  const Programme& one = *SimProgramme(1);
  const Programme& two = *SimProgramme(2);
  EXPECT_EQ(one.ByNumber(kSupport), nullptr);
  ASSERT_NE(two.ByNumber(kSupport), nullptr);
  EXPECT_EQ(one.ByNumber(kClient)->ByNumber(kDistrict), nullptr);
  EXPECT_NE(two.ByNumber(kClient)->ByNumber(kDistrict), nullptr);
  EXPECT_EQ(one.Codes("need")->ByNumber(4), nullptr);
  EXPECT_NE(two.Codes("need")->ByNumber(4), nullptr);
  EXPECT_FALSE(one.Codes("topic")->ByNumber(3)->retired);
  EXPECT_TRUE(two.Codes("topic")->ByNumber(3)->retired);
}

TEST(SimProgramme, UnitsMayGoFromOneToTwo) {
  EXPECT_EQ(SimProgramme(1)->version, 1u);
  EXPECT_EQ(SimProgramme(2)->version, 2u);
  for (const auto& difference : CompareProgrammes(*SimProgramme(1), *SimProgramme(2))) {
    EXPECT_TRUE(difference.safe && !difference.refused) << difference.what;
  }
}

TEST(SimProgramme, IsSigned) {
  for (int version = 1; version <= kSimProgrammes; ++version) {
    auto file = ReadSignedProgramme(SignedSimProgramme(version));
    ASSERT_TRUE(file);
    EXPECT_TRUE(
        VerifySignature(ProgrammeKey().id(), ProgrammeStatement(file->toml), file->signature));
  }
}

}  // namespace
}  // namespace tram::sim
