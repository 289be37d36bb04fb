#include "tram/base/csv.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

using Cells = std::vector<std::string>;

TEST(Csv, QuotesLineBreaksAndLines) {
  auto table = ParseCsv("key,note\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n\r\n2,plain\n3,\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->header, (Cells{"key", "note"}));
  ASSERT_EQ(table->rows.size(), 3u);
  EXPECT_EQ(table->rows[0].cells, (Cells{"1", "a, \"b\"\r\nc"}));
  EXPECT_EQ(table->rows[0].line, 2u);
  EXPECT_EQ(table->rows[0].raw, "1,\"a, \"\"b\"\"\r\nc\"");
  EXPECT_EQ(table->rows[1].line, 5u);
  EXPECT_EQ(table->rows[2].cells, (Cells{"3", ""}));
  EXPECT_EQ(table->rows[2].line, 6u);
}

TEST(Csv, EmptyLinesBeforeTheHeaderDecideNothing) {
  auto table = ParseCsv("\r\n\nkey;note\n1;a");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->separator, ';');
  EXPECT_EQ(table->header, (Cells{"key", "note"}));
}

TEST(Csv, ByteOrderMarkSemicolonsAndNoLastLineEnd) {
  auto table = ParseCsv("\xef\xbb\xbfkey;tên\n1;Đỗ Minh, Hà");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->separator, ';');
  EXPECT_EQ(table->header, (Cells{"key", "tên"}));
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_EQ(table->rows[0].cells, (Cells{"1", "Đỗ Minh, Hà"}));
}

TEST(Csv, ABadRowDoesNotTakeTheNextOnesWithIt) {
  auto table = ParseCsv("key,note\n1,a\"b\n2,good\n\"3\"x,y\n4,good\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 4u);
  EXPECT_FALSE(table->rows[0].problem.empty());
  EXPECT_EQ(table->rows[0].raw, "1,a\"b");
  EXPECT_EQ(table->rows[1].cells, (Cells{"2", "good"}));
  EXPECT_EQ(table->rows[1].line, 3u);
  EXPECT_FALSE(table->rows[2].problem.empty());
  EXPECT_EQ(table->rows[3].cells, (Cells{"4", "good"}));
}

TEST(Csv, AQuoteThatIsNeverClosedKeepsTheRowsBefore) {
  auto table = ParseCsv("key,note\n1,good\n2,\"open\n3,lost\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].cells, (Cells{"1", "good"}));
  EXPECT_EQ(table->rows[1].line, 3u);
  EXPECT_NE(table->rows[1].problem.find("never closed"), std::string::npos);
}

TEST(Csv, NothingAndBytesAreNoTable) {
  EXPECT_FALSE(ParseCsv(""));
  EXPECT_FALSE(ParseCsv("\n\r\n"));
  EXPECT_FALSE(ParseCsv("a\"b,c\n1,2\n"));
}

TEST(Csv, WhatIsWrittenIsReadBack) {
  const Cells cells{"", "plain", " edge ", "a,b", "say \"so\"", "two\r\nlines", "Nguyễn"};
  for (char separator : {',', ';'}) {
    std::string text;
    AppendCsvRow(text, Cells{"c1", "c2", "c3", "c4", "c5", "c6", "c7"}, separator);
    AppendCsvRow(text, cells, separator);
    auto table = ParseCsv(text);
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows.size(), 1u);
    EXPECT_EQ(table->rows[0].cells, cells);
  }
}

TEST(Csv, ALineOfWhiteSpaceBeforeTheHeaderDecidesNothing) {
  auto table = ParseCsv("\t\n1;2\nb,c;d\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->separator, ';');
  EXPECT_EQ(table->header, (Cells{"1", "2"}));
  EXPECT_EQ(table->rows.at(0).cells, (Cells{"b,c", "d"}));
}

TEST(Csv, WhiteSpaceAtTheEdgesIsReadBack) {
  const Cells cells{"\t", "\ta", "b\t", " "};
  std::string text;
  AppendCsvRow(text, Cells{"a", "b", "c", "d"}, ',');
  AppendCsvRow(text, cells, ',');
  auto table = ParseCsv(text);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->rows.at(0).cells, cells);
}

TEST(Csv, ARowOfOneEmptyCellIsReadBack) {
  std::string text;
  AppendCsvRow(text, Cells{"name"}, ',');
  AppendCsvRow(text, Cells{""}, ',');
  AppendCsvRow(text, Cells{"An"}, ',');
  auto table = ParseCsv(text);
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].cells, Cells{""});
}

TEST(Csv, WhatASpreadsheetTakesForAFormulaIsMarkedAsTextAndGivenBack) {
  for (const char* formula : {"=1+1", "+84 58", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1",
                              "'=1", "''=1", "＝1", "＋1", "-"}) {
    EXPECT_EQ(MarkedAsText(formula), "'" + std::string(formula));
    EXPECT_EQ(WithoutTextMark(MarkedAsText(formula)), formula);
  }
  for (const char* text : {"", "Trạm 1", "'", "'tên'", " a=1", "1-2", "–", "*"}) {
    EXPECT_EQ(MarkedAsText(text), text);
    EXPECT_EQ(WithoutTextMark(text), text);
  }
}

}  // namespace
}  // namespace tram
