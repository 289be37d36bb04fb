// Tables as files: what a CSV file and a workbook make of every kind of cell.
#include <gtest/gtest.h>

#include <limits>

#include "exports/data_files.h"
#include "tests/support/process.h"
#include "tests/unit/central_server/taken_files.h"
#include "tram/base/csv.h"

namespace tram::server {
namespace {

using Kind = FigureCell::Kind;

DataTable MadeUp() {
  DataTable table{"units", "Các đơn vị, 10/2026", "2026-10"};
  table.columns = {{"name", "tên"},
                   {"served", "số người", Kind::kCount, "Ai đến trong tháng"},
                   {"share", "tỷ lệ", Kind::kShare},
                   {"share_lower", "từ", Kind::kShare},
                   {"days", "ngày", Kind::kDecimal}};
  const FigureCell interval = ShareIntervalCell(Interval{0.25, 0.5});
  table.rows = {{WordsCell("Trạm \"Một\", xã A"), CountCell(12345678), ShareCell(1.0 / 3),
                 BoundCell(interval, false), DecimalCell(2.25)},
                {WordsCell("=HYPERLINK(\"http://x\")"), CountCell(Shown::Hidden()), ShareCell({}),
                 BoundCell(ShareIntervalCell({}), true), DecimalCell({})},
                {WordsCell("hai\ndòng"), CountCell(-3), ShareCell(0.0), BoundCell(interval, true),
                 DecimalCell(std::numeric_limits<double>::infinity())}};
  table.about = {"Như khi đó."};
  table.age.as_of = DateOf(2026, 10, 31);
  table.age.published_ms = StartOfLocalDay(DateOf(2026, 11, 4));
  table.age.made_ms = StartOfLocalDay(DateOf(2026, 11, 22)) + 5 * 3'600'000LL;
  table.age.units = 58;
  table.age.silent = 7;
  return table;
}

TEST(DataFiles, ACsvFileHasEveryDigitAndEveryWordBack) {
  const TakenCsv csv = ReadTakenCsv(DataCsv(MadeUp()));
  EXPECT_EQ(csv.header,
            (std::vector<std::string>{"name", "served", "share", "share_lower", "days", "as_of",
                                      "published", "made_at", "units_at_work", "units_silent"}));
  ASSERT_EQ(csv.rows.size(), 3u);
  EXPECT_EQ(csv.Cell(0, "name"), "Trạm \"Một\", xã A");
  EXPECT_EQ(csv.Cell(0, "served"), "12345678");
  EXPECT_EQ(std::stod(csv.Cell(0, "share")), 1.0 / 3);
  EXPECT_EQ(csv.Cell(0, "share_lower"), "0.25");
  EXPECT_EQ(csv.Cell(0, "days"), "2.25");
  EXPECT_EQ(csv.Cell(2, "name"), "hai\ndòng");
  EXPECT_EQ(csv.Cell(2, "served"), "-3");
  EXPECT_EQ(csv.Cell(2, "share"), "0");
  EXPECT_EQ(csv.Cell(2, "share_lower"), "0.5");
  EXPECT_EQ(csv.Cell(2, "days"), "") << "no number that JSON does not have";
  for (std::size_t row = 0; row < csv.rows.size(); ++row) {
    EXPECT_EQ(csv.Cell(row, "as_of"), "2026-10-31");
    EXPECT_EQ(csv.Cell(row, "published"), "2026-11-04 00:00");
    EXPECT_EQ(csv.Cell(row, "made_at"), "2026-11-22 05:00");
    EXPECT_EQ(csv.Cell(row, "units_at_work"), "58");
    EXPECT_EQ(csv.Cell(row, "units_silent"), "7");
  }
}

TEST(DataFiles, AHiddenCountIsAStarAndWhatThereIsNoneOfIsEmpty) {
  const TakenCsv csv = ReadTakenCsv(DataCsv(MadeUp()));
  EXPECT_EQ(csv.Cell(1, "served"), "*");
  for (const char* none : {"share", "share_lower", "days"}) EXPECT_EQ(csv.Cell(1, none), "");
}

TEST(DataFiles, WordsOfACsvFileAreNeverAFormula) {
  DataTable table = MadeUp();
  table.rows.clear();
  const std::vector<std::string> bad{"=1+1", "+1",   "-1",  "@A1", "\t=1",
                                     "\r=1", "\n=1", " =1", "＝1", "'=1"};
  for (const std::string& word : bad) {
    table.rows.push_back(
        {WordsCell(word), CountCell(-1), ShareCell({}), ShareCell({}), DecimalCell(-0.5)});
  }
  const TakenCsv csv = ReadTakenCsv(DataCsv(table));
  ASSERT_EQ(csv.rows.size(), bad.size());
  for (std::size_t i = 0; i < bad.size(); ++i) {
    EXPECT_TRUE(csv.Cell(i, "name").starts_with("'")) << csv.Cell(i, "name");
    EXPECT_EQ(WithoutTextMark(csv.Cell(i, "name")), bad[i]);
    EXPECT_EQ(csv.Cell(i, "served"), "-1") << "a number stays one";
    EXPECT_EQ(csv.Cell(i, "days"), "-0.5");
  }
}

TEST(DataFiles, ATableThatIsOfThisMomentSaysOnlyWhenItWasMade) {
  DataTable table = MadeUp();
  table.age = {};
  const TakenCsv csv = ReadTakenCsv(DataCsv(table));
  EXPECT_EQ(csv.header.back(), "made_at");
  EXPECT_EQ(csv.header.size(), table.columns.size() + 1);
}

TEST(DataFiles, AColumnOfItsOwnStandsForThatOfTheTable) {
  DataTable table = MadeUp();
  table.columns[0].name = "as_of";
  table.rows[0][0] = WordsCell("2021-01-31");
  const TakenCsv csv = ReadTakenCsv(DataCsv(table));
  EXPECT_EQ(std::count(csv.header.begin(), csv.header.end(), "as_of"), 1);
  EXPECT_EQ(csv.Cell(0, "as_of"), "2021-01-31");
}

TEST(DataFiles, AWorkbookHasTheSameFiguresAndWhatTheyMean) {
  const test::ScratchFolder scratch;
  const auto bytes = DataXlsx(MadeUp(), Language::kVietnamese, scratch.path());
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path())) << "nothing stays behind";
  const auto book = ReadTakenWorkbook(*bytes);
  if (!book) GTEST_SKIP() << "there is no Python to unzip a workbook with";
  ASSERT_EQ(book->sheets.size(), 2u);
  EXPECT_EQ(book->xml.find("<f>"), std::string::npos) << "no formula anywhere";
  EXPECT_NE(book->xml.find("state=\"frozen\""), std::string::npos);
  const auto& rows = book->sheets[0];
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0], (std::vector<std::string>{"tên", "số người", "tỷ lệ", "từ", "ngày"}));
  EXPECT_EQ(rows[1].at(0), "Trạm \"Một\", xã A");
  EXPECT_EQ(rows[1].at(1), "#12345678");
  EXPECT_NEAR(std::stod(rows[1].at(2).substr(1)), 1.0 / 3, 1e-12);
  EXPECT_EQ(rows[1].at(3), "#0.25");
  EXPECT_EQ(rows[2], (std::vector<std::string>{"=HYPERLINK(\"http://x\")", "*", "-", "-", "-"}));
  std::string words;
  for (const auto& row : book->sheets[1]) words += (row.empty() ? "" : row[0]) + "\n";
  for (const char* said :
       {"Các đơn vị, 10/2026", "Số liệu đến: 2026-10-31", "2026-11-04 00:00", "2026-11-22 05:00",
        "Đơn vị đang làm việc: 58; trong đó không gửi gì từ 7 ngày: 7", "Như khi đó.",
        "số người [served]: Ai đến trong tháng"}) {
    EXPECT_NE(words.find(said), std::string::npos) << said << "\n" << words;
  }
}

TEST(DataFiles, AnOpenMonthIsSaidToBeOpen) {
  const test::ScratchFolder scratch;
  DataTable table = MadeUp();
  table.age.published_ms.reset();
  EXPECT_EQ(ReadTakenCsv(DataCsv(table)).Cell(0, "published"), "");
  const auto bytes = DataXlsx(table, Language::kEnglish, scratch.path());
  ASSERT_TRUE(bytes);
  const auto book = ReadTakenWorkbook(*bytes);
  if (!book) GTEST_SKIP() << "there is no Python to unzip a workbook with";
  EXPECT_NE(book->xml.find("Open: it follows what units send"), std::string::npos);
}

}  // namespace
}  // namespace tram::server
