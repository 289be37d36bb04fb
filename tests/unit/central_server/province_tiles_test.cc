#include "web/province_tiles.h"

#include <gtest/gtest.h>

#include <set>

#include "storage/unit_figures.h"
#include "tests/support/paths.h"
#include "tests/unit/central_server/server_fixture.h"
#include "tram/base/os_file.h"

namespace tram::server {
namespace {

class ProvinceTilesTest : public ServerTest {
 protected:
  std::set<std::pair<int, int>> TilesOn(Date day) {
    std::set<std::pair<int, int>> tiles;
    const auto provinces = PlacesOn(store().database(), day);
    EXPECT_TRUE(provinces);
    for (const Place& province : *provinces) {
      const auto tile = TileOf(province);
      EXPECT_TRUE(tile) << province.name << " has no tile";
      if (!tile) continue;
      EXPECT_TRUE(tiles.emplace(tile->row, tile->column).second) << province.name << " overlaps";
      EXPECT_LE(tile->row, kTileRows);
      EXPECT_LE(tile->column, kTileColumns);
    }
    return tiles;
  }
};

TEST_F(ProvinceTilesTest, EveryProvinceHasATileOfItsOwn) {
  EXPECT_EQ(TilesOn(DateOf(2025, 6, 30)).size(), 63u);
  EXPECT_EQ(TilesOn(DateOf(2025, 7, 1)).size(), 34u);
}

TEST_F(ProvinceTilesTest, TodaysMapFitsSevenColumns) {
  for (const auto& [row, column] : TilesOn(DateOf(2026, 1, 1))) EXPECT_LE(column, 7);
}

TEST_F(ProvinceTilesTest, TheStyleKnowsEveryRowAndColumn) {
  constexpr std::size_t kBytesMax = 100'000;
  const auto css = ReadFile(test::InSource("central-server/web/assets/figures.css"), kBytesMax);
  ASSERT_TRUE(css);
  for (int row = 1; row <= kTileRows; ++row) {
    EXPECT_NE(css->find(".row" + std::to_string(row) + " {"), std::string::npos) << row;
  }
  for (int column = 1; column <= kTileColumns; ++column) {
    EXPECT_NE(css->find(".col" + std::to_string(column) + " {"), std::string::npos) << column;
  }
}

}  // namespace
}  // namespace tram::server
