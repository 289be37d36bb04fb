#include "storage/places.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "storage/provinces.h"
#include "tests/unit/central_server/server_fixture.h"
#include "tram/base/csv.h"

namespace tram::server {
namespace {

class PlacesTest : public ServerTest {
 protected:
  const Places& places() { return store().places(); }
  std::string Of(const std::vector<Membership>& memberships, Date day) {
    const Place* place = places().Of(memberships, day);
    return place == nullptr ? "nowhere" : place->code + " " + place->name;
  }
};

TEST_F(PlacesTest, SixtyThreeProvincesBecameThirtyFour) {
  EXPECT_EQ(kProvincesBeforeCount, 63u);
  EXPECT_EQ(kProvincesSinceCount, 34u);
  std::set<std::string> successors;
  for (std::size_t i = 0; i < kProvincesBeforeCount; ++i) {
    const Place* now =
        places().Follow(kProvincesBefore[i].code, DateOf(2024, 1, 1), DateOf(2026, 1, 1));
    ASSERT_NE(now, nullptr) << kProvincesBefore[i].name;
    successors.insert(now->code);
  }
  EXPECT_EQ(successors.size(), 34u);
}

TEST_F(PlacesTest, AgreesWithThePublicList) {
  std::ifstream file(test::SharedFolder() / "data" / "provinces.csv");
  if (!file) GTEST_SKIP() << "no provinces.csv: set TRAM_SHARED to the folder of shared inputs";
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto table = ParseCsv(text);
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 63u);
  for (const CsvRow& row : table->rows) {
    const std::vector<std::string>& cells = row.cells;
    const Place* before = places().At(cells[0], DateOf(2025, 6, 30));
    ASSERT_NE(before, nullptr) << cells[0];
    EXPECT_EQ(before->name, cells[1]);
    const Place* since = places().Follow(cells[0], DateOf(2025, 6, 30), DateOf(2025, 7, 1));
    ASSERT_NE(since, nullptr) << cells[0];
    EXPECT_EQ(since->code, cells[2]);
    EXPECT_EQ(since->name, cells[3]);
  }
}

TEST_F(PlacesTest, AMembershipPassesToTheSuccessor) {
  const std::vector<Membership> memberships{{"24", DateOf(2016, 3, 1), std::nullopt}};
  EXPECT_EQ(Of(memberships, DateOf(2016, 2, 28)), "nowhere");
  EXPECT_EQ(Of(memberships, DateOf(2025, 6, 30)), "24 Bắc Giang");
  EXPECT_EQ(Of(memberships, DateOf(2025, 7, 1)), "24 Bắc Ninh");
}

TEST_F(PlacesTest, ACodeIsReadAsOfItsDay) {
  // 27 was Bắc Ninh and is nothing now; 24 was Bắc Giang and is Bắc Ninh now.
  EXPECT_EQ(Of({{"27", DateOf(2016, 3, 1), std::nullopt}}, DateOf(2026, 1, 1)), "24 Bắc Ninh");
  EXPECT_EQ(Of({{"24", DateOf(2025, 7, 1), std::nullopt}}, DateOf(2026, 1, 1)), "24 Bắc Ninh");
  EXPECT_EQ(places().At("27", DateOf(2025, 7, 1)), nullptr);
}

TEST_F(PlacesTest, AMoveEndsTheMembershipBeforeIt) {
  const std::vector<Membership> memberships{{"56", DateOf(2016, 3, 1), std::nullopt},
                                            {"48", DateOf(2025, 9, 1), DateOf(2026, 2, 28)}};
  EXPECT_EQ(Of(memberships, DateOf(2025, 8, 31)), "56 Khánh Hoà");
  EXPECT_EQ(Of(memberships, DateOf(2025, 9, 1)), "48 Đà Nẵng");
  EXPECT_EQ(Of(memberships, DateOf(2026, 3, 1)), "nowhere");
}

class UnitImportTest : public ServerTest {
 protected:
  ImportedUnits Import(const std::string& csv) {
    Result<ImportedUnits> imported = ImportUnits(state(), csv, "test");
    EXPECT_TRUE(imported) << (imported ? "" : imported.error().message);
    return imported ? *imported : ImportedUnits();
  }
};

constexpr char kUnits[] =
    "code,name,province_code,commune_code,from,to\n"
    "BG01,Phương Sơn,24,07450,2016-03-01,\n"
    "BG01,Phương Sơn,24,07450,2025-07-01,\n"
    "KH01,\"Cam Thuận, Cam Ranh\",56,,01/05/2017,\n";

TEST_F(UnitImportTest, TheSameFileAgainChangesNothing) {
  EXPECT_EQ(Import(kUnits).added, 2u);
  ImportedUnits again = Import(kUnits);
  EXPECT_EQ(again.added + again.changed, 0u);
  EXPECT_EQ(again.unchanged, 2u);
  auto unit = store().units().ByCode("KH01");
  ASSERT_OK(unit);
  EXPECT_EQ(unit->name, "Cam Thuận, Cam Ranh");
}

TEST_F(UnitImportTest, AlsoAfterAMove) {
  Import(kUnits);
  auto unit = store().units().ByCode("KH01");
  ASSERT_OK(unit);
  ASSERT_OK(store().units().SetMembership(unit->number, {"48", DateOf(2026, 1, 1), std::nullopt}));
  EXPECT_EQ(Import(kUnits).unchanged, 2u);
  auto memberships = store().units().MembershipsOf(unit->number);
  ASSERT_OK(memberships);
  EXPECT_EQ(store().places().Of(*memberships, DateOf(2026, 5, 1))->code, "48");
}

TEST_F(UnitImportTest, BadRowsAreListedAndTheOthersTaken) {
  ImportedUnits imported = Import(
      "name,code,province_code,commune_code,from\r\n"
      "Một,A1,24,,2020-01-01\r\n"
      "Hai,A 2,24,,2020-01-01\r\n"
      "Ba,A3,99,,2020-01-01\r\n"
      "Bốn,A4,27,,2025-07-01\r\n"
      "Năm,A5,24,12,2020-01-01\r\n"
      "Sáu,A6,24,,2020-02-30\r\n"
      ",A7,24,,2020-01-01\r\n"
      "Tám,A8\r\n"
      "Chín,A9,24,,2020-01-01\r\n");
  EXPECT_EQ(imported.added, 2u);
  ASSERT_EQ(imported.bad.size(), 7u);
  EXPECT_EQ(imported.bad[0].line, 3u);
  EXPECT_NE(imported.bad[2].reason.find("27"), std::string::npos) << imported.bad[2].reason;
  EXPECT_EQ(imported.bad[6].line, 9u);
}

TEST_F(UnitImportTest, RefusesWhatIsNoTableOfUnits) {
  for (const char* text : {"", "code,name\nA1,x\n"}) {
    EXPECT_FALSE(ImportUnits(state(), text, "test")) << text;
  }
  auto imported = ImportUnits(state(), "code,name,province_code,commune_code,from\n\"A", "test");
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->bad.size(), 1u);
}

}  // namespace
}  // namespace tram::server
