// Values as people type them.
#include "app/typed_values.h"

#include <gmock/gmock.h>

namespace tram::client {
namespace {

using testing::HasSubstr;

const Date kToday = DateOf(2026, 11, 22);

std::string Iso(std::string_view text) {
  const Result<Date> date = ParseTypedDate(text, kToday);
  return date ? IsoDate(*date) : "no date";
}

TEST(TypedValuesTest, DatesAsPeopleWriteThem) {
  for (const char* text : {"05/01/2026", "5/1/2026", "5/1/26", "05.01.2026", "5-1-26", "05012026",
                           "5 / 1 / 2026", "2026-01-05"}) {
    EXPECT_EQ(Iso(text), "2026-01-05") << text;
  }
  for (const char* text : {"", "5/1", "31/02/2026", "29/02/2025", "13/13/2026", "050126", "5/1/026",
                           "5/1/20266", "/1/2026", "5//2026", "hôm nay", "5/1/2026/1", "-5/1/26"}) {
    EXPECT_EQ(Iso(text), "no date") << text;
  }
  EXPECT_EQ(Iso("29/02/2024"), "2024-02-29");
}

TEST(TypedValuesTest, AYearOfTwoDigitsIsTheOneNearby) {
  EXPECT_EQ(Iso("1/1/46"), "2046-01-01") << "twenty years ahead at most";
  EXPECT_EQ(Iso("1/1/47"), "1947-01-01");
  EXPECT_EQ(Iso("1/1/99"), "1999-01-01");
  EXPECT_EQ(Iso("1/1/00"), "2000-01-01");
}

TEST(TypedValuesTest, EveryDayIsReadBackAsItIsShown) {
  for (std::int32_t days = kToday.days - 800; days < kToday.days + 800; ++days) {
    EXPECT_EQ(Iso(TypedDate(Date{days})), IsoDate(Date{days}));
  }
}

TEST(TypedValuesTest, LineEndsAndSpaceAroundAreNobodysText) {
  EXPECT_EQ(Tidy("  a\r\nb\rc \n\t"), "a\nb\nc");
  EXPECT_EQ(Tidy(" \r\n"), "");
  EXPECT_EQ(Tidy("một  hai"), "một  hai");
}

TEST(TypedValuesTest, DecimalsWithCommaOrPointAndProblemsInThePersonsLanguage) {
  const Programme programme;
  Field field;
  field.type = FieldType::kDecimal;
  field.scale = 2;
  field.min = 0;
  field.max = 100;
  const Output vi(Language::kVietnamese, false), en(Language::kEnglish, false);
  EXPECT_EQ(*ParseTyped(vi, programme, field, " 2,5 ", kToday), Value(Decimal{250, 2}));
  EXPECT_EQ(*ParseTyped(en, programme, field, "2.5", kToday), Value(Decimal{250, 2}));
  EXPECT_EQ(*ParseTyped(en, programme, field, "  ", kToday), Value());
  EXPECT_EQ(TypedText(programme, field, Decimal{250, 2}, Language::kVietnamese), "2,50");
  EXPECT_EQ(TypedText(programme, field, Decimal{250, 2}, Language::kEnglish), "2.50");
  EXPECT_THAT(ParseTyped(vi, programme, field, "101", kToday).error().message,
              HasSubstr("từ 0 đến 100"));
  EXPECT_THAT(ParseTyped(en, programme, field, "1.000,5", kToday).error().message,
              HasSubstr("at most 2 digits"));
}

TEST(TypedValuesTest, WhatStoodThereIsReadWhereItCouldNoLongerBeTyped) {
  Programme programme;
  programme.code_lists = {{"c", {{1, "now", {}, false}, {2, "before", {}, true}}}};
  Field field;
  field.type = FieldType::kCode;
  field.codes = "c";
  const Output out(Language::kEnglish, false);
  EXPECT_FALSE(ParseTyped(out, programme, field, "before", kToday));
  EXPECT_EQ(*ParseHeld(out, programme, field, "before", kToday), Value(Code{2}));
  EXPECT_EQ(*ParseHeld(out, programme, field, "now", kToday), Value(Code{1}));
  EXPECT_EQ(*ParseHeld(out, programme, field, "#7", kToday), Value(Code{7}));
  EXPECT_EQ(*ParseHeld(out, programme, field, "", kToday), Value());
  EXPECT_FALSE(ParseHeld(out, programme, field, "#x", kToday));
}

}  // namespace
}  // namespace tram::client
