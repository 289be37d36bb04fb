#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/programme/loading.h"
#include "tests/unit/programme/sample.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ValuesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    programme_ = MustLoad(kSample);
    ASSERT_TRUE(programme_);
  }
  const Field& FieldOf(const std::string& record, const std::string& field) const {
    return *programme_->ByName(record)->ByName(field);
  }
  Result<Value> Parse(const std::string& record, const std::string& field, std::string_view text) {
    return ParseValue(*programme_, FieldOf(record, field), text);
  }
  /// The value's text again, or "error: …".
  std::string RoundTrip(const std::string& record, const std::string& field,
                        std::string_view text) {
    auto value = Parse(record, field, text);
    if (!value) return "error: " + value.error().message;
    return FieldText(*programme_, FieldOf(record, field), *value);
  }
  std::shared_ptr<const Programme> programme_;
};

TEST_F(ValuesTest, NothingIsNull) {
  for (const char* field : {"slot", "date", "reached", "score", "count", "other"}) {
    auto value = Parse("visit", field, "");
    ASSERT_TRUE(value) << field;
    EXPECT_TRUE(IsNull(*value)) << field;
    EXPECT_EQ(FieldText(*programme_, FieldOf("visit", field), *value), "");
  }
  EXPECT_TRUE(IsNull(*Parse("client", "full_name", "")));
  EXPECT_TRUE(IsNull(*Parse("visit", "count", "  ")));
}

TEST_F(ValuesTest, DatesAsPeopleAndFilesWriteThem) {
  EXPECT_EQ(RoundTrip("visit", "date", "21/11/2026"), "2026-11-21");
  EXPECT_EQ(RoundTrip("visit", "date", "1/2/2026"), "2026-02-01");
  EXPECT_EQ(RoundTrip("visit", "date", " 2026-11-21 "), "2026-11-21");
  for (const char* wrong : {"11/21/2026", "31/02/2026", "21-11-2026", "now", "2026"}) {
    EXPECT_THAT(RoundTrip("visit", "date", wrong),
                HasSubstr("is no date: write day/month/year or year-month-day"))
        << wrong;
  }
}

TEST_F(ValuesTest, CodesByNameOnly) {
  EXPECT_EQ(std::get<Code>(*Parse("client", "kind", "two")).number, 2u);
  EXPECT_EQ(RoundTrip("client", "kind", "two"), "two");
  EXPECT_EQ(RoundTrip("client", "kind", "Hai"), "error: kind: 'Hai' is not one of: one, two");
  EXPECT_EQ(RoundTrip("client", "kind", "2"), "error: kind: '2' is not one of: one, two");
  EXPECT_EQ(RoundTrip("client", "kind", "old"),
            "error: kind: 'old' is no longer used; allowed: one, two");
  EXPECT_EQ(FieldText(*programme_, FieldOf("client", "kind"), Code{3}), "old");
  EXPECT_EQ(FieldText(*programme_, FieldOf("client", "kind"), Code{77}), "#77");
}

TEST_F(ValuesTest, SetsElementByElement) {
  const Field& kinds = FieldOf("visit", "kinds");
  EXPECT_THAT(*ParseSet(*programme_, kinds, "two|one|two"), ElementsAre(1u, 2u));
  EXPECT_THAT(*ParseSet(*programme_, kinds, "|one| two |"), ElementsAre(1u, 2u));
  EXPECT_TRUE(ParseSet(*programme_, kinds, "")->empty());
  auto wrong = ParseSet(*programme_, kinds, "one|three");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "kinds: 'three' is not one of: one, two");
  EXPECT_FALSE(Parse("visit", "kinds", "one"));
}

TEST_F(ValuesTest, NumbersInTheirRange) {
  EXPECT_EQ(RoundTrip("visit", "count", "9"), "9");
  EXPECT_EQ(RoundTrip("visit", "count", "10"), "error: count: 10 is out of range: from 0 up to 9");
  EXPECT_EQ(RoundTrip("visit", "count", "-1"), "error: count: -1 is out of range: from 0 up to 9");
  EXPECT_EQ(RoundTrip("visit", "count", "1.5"), "error: count: '1.5' is no whole number");
  EXPECT_EQ(RoundTrip("visit", "count", "99999999999999999999"),
            "error: count: '99999999999999999999' is no whole number");
}

TEST_F(ValuesTest, EqualDecimalsAreEqualValues) {
  EXPECT_EQ(*Parse("visit", "score", "2.5"), *Parse("visit", "score", "2.50"));
  EXPECT_EQ(RoundTrip("visit", "score", "2.5"), "2.50");
  EXPECT_EQ(RoundTrip("visit", "score", "2,5"), "2.50");
  EXPECT_EQ(RoundTrip("visit", "score", "2.500"), "2.50");
  EXPECT_EQ(RoundTrip("visit", "score", "20"), "20.00");
  EXPECT_THAT(RoundTrip("visit", "score", "2.505"), HasSubstr("more than 2 digits"));
  EXPECT_THAT(RoundTrip("visit", "score", "20.01"), HasSubstr("out of range: from 0 up to 20"));
  EXPECT_THAT(RoundTrip("visit", "score", "-0.01"), HasSubstr("out of range"));
  EXPECT_THAT(RoundTrip("visit", "score", "1,000.5"), HasSubstr("is no number"));
  EXPECT_THAT(RoundTrip("visit", "score", "9223372036854775807"), HasSubstr("error: "));
}

TEST_F(ValuesTest, TextInNormalFormCountedInCharacters) {
  EXPECT_EQ(RoundTrip("client", "full_name", "Ha\xcc\x80"), "Hà");
  EXPECT_EQ(RoundTrip("client", "full_name", " Hà "), " Hà ") << "text stays as it was written";
  EXPECT_EQ(RoundTrip("client", "full_name", "Đỗ Thị Đàà"), "Đỗ Thị Đàà") << "ten characters";
  EXPECT_EQ(RoundTrip("client", "full_name", "12345678901"),
            "error: full_name: the text has 11 characters; allowed are up to 10");
  EXPECT_THAT(RoundTrip("client", "full_name", "\xff"), HasSubstr("is not UTF-8"));
}

TEST_F(ValuesTest, YesAndNo) {
  for (const char* yes : {"1", "yes", "TRUE", "Có"})
    EXPECT_EQ(RoundTrip("visit", "reached", yes), "1");
  for (const char* no : {"0", "no", "false", "Không"}) {
    EXPECT_EQ(RoundTrip("visit", "reached", no), "0");
  }
  EXPECT_THAT(RoundTrip("visit", "reached", "perhaps"), HasSubstr("is not one of: 1, 0, yes, no"));
}

TEST_F(ValuesTest, ReferencesAreIds) {
  std::string id(40, 'a');
  EXPECT_EQ(RoundTrip("visit", "other", id), id);
  EXPECT_THAT(RoundTrip("visit", "other", "abc"), HasSubstr("40 hexadecimal digits"));
}

}  // namespace
}  // namespace tram
