// A programme with an indicator of every shape, for the tests of figures.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "tram/outcome/figure_table.h"

namespace tram::test {

inline constexpr char kFigureProgramme[] = R"(
name = "figures"
version = 1
title = { vi = "Số liệu", en = "Figures" }

[[constant]]
name = "days_max"
value = 3
vi = "Nhiều nhất"
en = "At most"

[[constant]]
name = "days"
value = 9
vi = "Không dùng"
en = "Not used"

[codes]
sex = [ [1, "male", "Nam", "Male"], [2, "female", "Nữ", "Female"] ]

[[record]]
number = 16
name = "visit"
vi = "Lượt khám"
en = "Visit"
many = { vi = "Lượt khám", en = "Visits" }
fields = [
  { number = 16, name = "sex", type = "code", codes = "sex", clear = true, vi = "Giới tính", en = "Sex" },
]

[[dimension]]
name = "sex"
record = "visit"
field = "sex"

[[derived]]
name = "seen"
sql = "SELECT id FROM visit WHERE :days_max > 0"

[[indicator]]
name = "visits"
kind = "activity"
shape = "count"
vi = "Lượt khám"
en = "Visits"
definition = { vi = "Số lượt khám trong tháng.", en = "Visits in the month." }
sql = "SELECT '', 'all', '', count(*), 0 FROM seen"

[[indicator]]
name = "active"
kind = "activity"
shape = "count"
months_apart = true
vi = "Đang điều trị"
en = "Active"
definition = { vi = "Cuối tháng.", en = "At the month's end." }
sql = "SELECT '', 'all', '', 0, 0"

[[indicator]]
name = "on_time"
kind = "activity"
shape = "rate"
vi = "Đúng hẹn"
en = "On time"
definition = { vi = "Trong số đến hạn.", en = "Of those due." }
sql = "SELECT '', 'all', '', 0, 0"

[[indicator]]
name = "each"
kind = "activity"
shape = "rate"
ratio = true
months_apart = true
vi = "Bình quân"
en = "For each"
definition = { vi = "Buổi cho mỗi người.", en = "Sessions for each." }
sql = "SELECT '', 'all', '', 0, 0"

[[indicator]]
name = "free"
kind = "person"
shape = "survival"
vi = "Thời gian"
en = "Time"
definition = { vi = "Từ đầu.", en = "Since the start." }
sql = "SELECT '', 'all', '0', 0, 0"

[[indicator]]
name = "fate"
kind = "person"
shape = "competing"
bins = [ ["relapse", "Tái nghiện", "Relapse"], ["died", "Đã chết", "Died"] ]
vi = "Biến cố"
en = "Fate"
definition = { vi = "Biến cố đầu tiên.", en = "The first event." }
sql = "SELECT '', 'all', '0', 0, 0"

[[indicator]]
name = "state"
kind = "person"
shape = "states"
bins = [
  ["using", "Đang dùng", "Using", "known"],
  ["clean", "Không dùng", "Not using", "success"],
  ["not_known", "Không rõ", "Not known"],
]
vi = "Tình trạng"
en = "State"
definition = { vi = "Sau một năm.", en = "After a year." }
sql = "SELECT '', 'all', 'using', 0, 0"

[[indicator]]
name = "no_use"
kind = "person"
shape = "states"
bins = [ ["no_use", "Không", "None", "success"], ["some_use", "Có", "Some", "known"] ]
vi = "Không dùng lần nào"
en = "No use at all"
definition = { vi = "Sau một năm.", en = "After a year." }
sql = "SELECT '', 'all', 'no_use', 0, 0"

[[indicator]]
name = "immature"
kind = "person"
shape = "count"
vi = "Chưa đủ thời gian"
en = "Too early"
definition = { vi = "Chưa đủ một năm.", en = "Less than a year." }
sql = "SELECT '', 'all', '', 0, 0"

[[indicator]]
name = "delay"
kind = "activity"
shape = "days"
vi = "Số ngày"
en = "Days"
definition = { vi = "Đến khi tới.", en = "Until arrival." }
sql = "SELECT '', 'all', '0', 0, 0"
)";

inline const Programme& FigureProgramme() {
  static const std::shared_ptr<const Programme> programme = [] {
    auto loaded = Programme::Load(kFigureProgramme, "figures.toml");
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return loaded ? *loaded : std::make_shared<Programme>();
  }();
  return *programme;
}

/// Rows of one place after another, by indicator.
struct PlacedRow {
  FigurePlace place;
  IndicatorRow row;
};
using PlacedRows = std::map<std::string, std::vector<PlacedRow>>;

inline RowSource SourceOf(const PlacedRows& rows) {
  return [&rows](const Indicator& indicator, const TakeRow& take) -> Status {
    auto found = rows.find(indicator.name);
    if (found == rows.end()) return {};
    for (const PlacedRow& row : found->second) take(row.place, row.row);
    return {};
  };
}

inline FigureQuery QueryUpTo(int year, unsigned month) {
  FigureQuery query;
  query.as_of = MonthEnd(DateOf(year, month, 1));
  return query;
}

/// The table of one indicator; a failure and an empty one where it cannot be made.
inline FigureTable TableOf(const std::string& indicator, const FigureQuery& query,
                           const PlacedRows& rows) {
  const Programme& programme = FigureProgramme();
  auto table =
      MakeFigureTable(programme, *programme.IndicatorByName(indicator), query, SourceOf(rows));
  EXPECT_TRUE(table) << (table ? "" : table.error().message);
  return table ? *table : FigureTable();
}

}  // namespace tram::test
