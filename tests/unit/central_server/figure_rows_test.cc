#include "storage/figure_rows.h"

#include <gtest/gtest.h>

#include <random>

namespace tram::server {
namespace {

TEST(FigureRowsTest, RowsComeBackAsTheyWere) {
  std::vector<IndicatorRow> rows{{"", "all", "", 5, 0},
                                 {"2026-10", "all", "died", 1, 0},
                                 {"2026-10", "all", "using", 2, 0},
                                 {"2026-10", "sex=", "using", 2, 0},
                                 {"2026-11", "sex=", "365:relapse", 3, 7},
                                 {"2026-11", "tình trạng \"x\"", "-", -3, 1'000'000'000'000}};
  const Result<std::vector<IndicatorRow>> back = UnpackFigureRows(PackFigureRows(rows));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, rows);
  EXPECT_TRUE(UnpackFigureRows(PackFigureRows({}))->empty());
}

TEST(FigureRowsTest, FiveYearsOfStrataAreSmall) {
  std::vector<IndicatorRow> rows;
  for (int month = 0; month < 60; ++month) {
    for (const char* stratum : {"all", "referral=self", "sex=female", "sex=male"}) {
      const int year = 2016 + month / 12;
      rows.push_back(
          {std::to_string(year) + (month % 12 < 9 ? "-0" : "-") + std::to_string(month % 12 + 1),
           stratum, "not_using_in_treatment", month % 5, 0});
    }
  }
  EXPECT_LT(PackFigureRows(rows).size(), 900u);
}

TEST(FigureRowsTest, DamagedBlobsAreRefused) {
  const Bytes blob = PackFigureRows({{"2026-10", "all", "a", 1, 2}, {"2026-10", "all", "b", 3, 4}});
  for (std::size_t size = 0; size < blob.size(); ++size) {
    EXPECT_FALSE(UnpackFigureRows(ByteView(blob).first(size))) << size;
  }
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    Bytes broken = blob;
    broken[random() % broken.size()] ^= static_cast<std::uint8_t>(1u << (random() % 8));
    const Result<std::vector<IndicatorRow>> rows = UnpackFigureRows(broken);
    if (!rows) {
      EXPECT_EQ(rows.error().code, ErrorCode::kCorrupt);
    }
  }
}

}  // namespace
}  // namespace tram::server
