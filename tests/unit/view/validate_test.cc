// Whether a row may be saved, and what a new one starts from.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ValidateTest : public ViewTest {
 protected:
  using Values = std::map<std::uint32_t, Value>;
  using Sets = std::map<std::uint32_t, std::vector<std::uint32_t>>;

  ValidateTest() {
    client = Client();
    episode = Episode(RecordOf(client.id));
    Apply({client, episode});
  }
  std::vector<std::string> Problems(std::uint32_t type, const Values& values, const Sets& sets = {},
                                    const std::optional<RecordId>& record = std::nullopt) {
    const std::optional<RecordId> parent = type == kSession   ? std::optional(RecordOf(episode.id))
                                           : type == kEpisode ? std::optional(RecordOf(client.id))
                                                              : std::nullopt;
    Result<std::vector<std::string>> problems =
        view->Validate(TypeOf(type), values, sets, parent, Language::kEnglish, record, today);
    EXPECT_TRUE(problems) << problems.error().message;
    return problems.value_or({});
  }
  ViewEntry client, episode;
};

TEST_F(ValidateTest, AGoodRowHasNoProblem) {
  EXPECT_THAT(
      Problems(kClient,
               {{kCode, std::string("ĐỖHÀ12")}, {kSex, Code{2}}, {kBirthYear, std::int64_t{1990}}}),
      IsEmpty());
  EXPECT_THAT(Problems(kSession, {{kDate, DateOf(2026, 1, 5)}}, {{kTopics, {1, 2}}}), IsEmpty());
  EXPECT_THAT(Problems(kEpisode, {{kIntake, today}, {kEnd, today}, {kScore, Decimal{100, 1}}}),
              IsEmpty());
}

TEST_F(ValidateTest, SingleValues) {
  struct Case {
    std::uint32_t type, field;
    Value value;
    std::string says;
  };
  const Case cases[] = {
      {kClient, kCode, std::string("ĐỖHÀ123"), "code: has at most 6 characters"},
      {kClient, kCode, std::string("\xff"), "code: is not UTF-8"},
      {kClient, kFullName, std::string(70'000, 'a'), "full_name: is too long"},
      {kClient, kSex, Code{3}, "sex: “other” is no longer used"},
      {kClient, kSex, Code{7}, "sex: code 7 is not in the list"},
      {kClient, kSex, std::string("female"), "sex: is a value of another type"},
      {kClient, kBirthYear, std::int64_t{1899}, "birth_year: must be at least 1900"},
      {kClient, kBirthYear, std::int64_t{2101}, "birth_year: must be at most 2100"},
      {kEpisode, kScore, Decimal{101, 1}, "score: must be at most 10"},
      {kEpisode, kScore, Decimal{-1, 1}, "score: must be at least 0"},
      {kEpisode, kScore, Decimal{125, 2}, "score: has at most 1 digits"},
      {kEpisode, kEnd, Date{kDateDaysMax + 1}, "end_date: there is no such day"},
      {kSession, kBy, RecordOf(client.id), "held_by: needs a record of type worker"},
  };
  for (const Case& c : cases) {
    Values values = {{c.field, c.value}};
    if (c.type == kEpisode) values[kIntake] = today;
    if (c.type == kSession) values[kDate] = today;
    EXPECT_THAT(Problems(c.type, values), ElementsAre(StartsWith(c.says)));
  }
  EXPECT_THAT(Problems(kSession, {{kDate, today}}, {{kTopics, {1, 9}}}),
              ElementsAre("topics: code 9 is not in the list"));
}

TEST_F(ValidateTest, RequiredOnlyWhereVisible) {
  EXPECT_THAT(Problems(kEpisode, {}), ElementsAre("intake_date: must be filled in"));
  const Value day = DateOf(2026, 3, 1);
  EXPECT_THAT(Problems(kSession, {{kDate, day}, {kUse, Code{1}}}), IsEmpty()) << "use is none";
  EXPECT_THAT(Problems(kSession, {{kDate, day}}), IsEmpty()) << "NULL hides";
  EXPECT_THAT(Problems(kSession, {{kDate, day}, {kUse, Code{3}}}),
              ElementsAre("use_date: must be filled in"));
  EXPECT_THAT(Problems(kSession, {{kDate, day}, {kUse, Code{3}}, {kUseDate, day}}), IsEmpty());
}

TEST_F(ValidateTest, ValidIfReadsTheRowTheParentAndTheDay) {
  EXPECT_THAT(Problems(kEpisode, {{kIntake, DateOf(2026, 1, 5)}, {kEnd, DateOf(2026, 1, 4)}}),
              ElementsAre("end_date: is not valid here: the end is before the intake"));
  EXPECT_THAT(Problems(kEpisode, {{kIntake, DateOf(2026, 1, 5)}}), IsEmpty()) << "NULL passes";
  EXPECT_THAT(Problems(kSession, {{kDate, DateOf(2026, 1, 4)}}),
              ElementsAre("date: is not valid here"));
  const Value tomorrow = DateOf(2026, 11, 22);
  const Values values = {{kDate, today}, {kUse, Code{3}}, {kUseDate, tomorrow}};
  EXPECT_THAT(Problems(kSession, values), ElementsAre("use_date: is not valid here"));
  EXPECT_THAT(
      *view->Validate(TypeOf(kSession), values, {}, RecordOf(episode.id), Language::kEnglish),
      IsEmpty())
      << "the day is not known";
}

TEST_F(ValidateTest, AParentIsNeeded) {
  const Values values = {{kIntake, today}};
  for (const std::optional<RecordId>& parent :
       {std::optional<RecordId>(), std::optional(RecordOf(episode.id))}) {
    EXPECT_THAT(*view->Validate(TypeOf(kEpisode), values, {}, parent, Language::kVietnamese),
                ElementsAre(HasSubstr("parent: cần một hồ sơ")));
  }
}

TEST_F(ValidateTest, WhatTheRecordHoldsAlreadyMayStay) {
  const ViewEntry old = a.Create({.type = kClient, .clear = {{kSex, Code{3}}}, .person = true});
  Apply({old});
  const RecordId id = RecordOf(old.id);
  EXPECT_THAT(Problems(kClient, {{kSex, Code{3}}}, {}, id), IsEmpty());
  EXPECT_EQ(Problems(kClient, {{kSex, Code{3}}}, {}, RecordOf(client.id)).size(), 1u);
  EXPECT_EQ(view->Validate(TypeOf(kClient), {}, {}, std::nullopt, Language::kEnglish,
                           RecordOf(a.Create({.type = kClient}).id))
                .error()
                .code,
            ErrorCode::kNotFound);
}

TEST_F(ValidateTest, SpeaksVietnamese) {
  EXPECT_THAT(*view->Validate(TypeOf(kEpisode), {}, {}, RecordOf(client.id), Language::kVietnamese),
              ElementsAre("intake_date: bắt buộc phải điền"));
}

TEST_F(ValidateTest, ARuleThatCannotBeEvaluatedIsNamed) {
  auto spoilt = std::make_shared<Programme>(*programme);
  spoilt->records[0].fields[0].valid_if = "nothing_like_it = 1";
  programme = spoilt;
  view = NewView();
  const Result<std::vector<std::string>> problems =
      view->Validate(TypeOf(kClient), {}, {}, std::nullopt, Language::kEnglish);
  ASSERT_FALSE(problems);
  EXPECT_THAT(problems.error().message, HasSubstr("client.code"));
}

TEST_F(ValidateTest, Defaults) {
  const auto episode_values = view->Defaults(TypeOf(kEpisode), RecordOf(client.id), today);
  ASSERT_TRUE(episode_values) << episode_values.error().message;
  EXPECT_THAT(*episode_values, ElementsAre(std::pair(kIntake, Value(today))));
  const auto client_values = view->Defaults(TypeOf(kClient), std::nullopt, today);
  ASSERT_TRUE(client_values);
  EXPECT_THAT(*client_values, ElementsAre(std::pair(kCode, Value(std::string("C1")))));
}

}  // namespace
}  // namespace tram
