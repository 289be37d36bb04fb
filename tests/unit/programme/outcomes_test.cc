// The outcomes of the treatment programme, one case a line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/programme/told_person.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutcomesTest : public ToldPersonTest {
 protected:
  /// The only person's bin, "" where he is not in the table.
  std::string BinOf(const std::string& indicator, const std::string& as_of) {
    std::string bin;
    for (const IndicatorRow& row : Rows(indicator, as_of)) {
      if (row.stratum != "all") continue;
      EXPECT_EQ(bin, "") << "two rows of " << indicator;
      bin = row.bin;
    }
    return bin;
  }
  /// The same of a curve: "31" censored on that day, "31!" with an event.
  std::string EndOf(const std::string& indicator, const std::string& as_of) {
    std::string end;
    for (const IndicatorRow& row : Rows(indicator, as_of)) {
      if (row.stratum != "all") continue;
      EXPECT_EQ(row.denominator, 1);
      end += row.bin + (row.numerator == 1 ? "!" : "");
    }
    return end;
  }
};

struct StateCase {
  const char* records;
  int as_of;  // day; 425 is the first on which who came on day 0 is mature
  const char* state;
  const char* no_use;
};

constexpr StateCase kStates[] = {
    // Maturity.
    {"s365:none", 424, "", ""},
    {"s365:none", 425, "not_using_in_treatment", "no_use"},
    {"", 425, "not_known", "not_known"},
    {"s365:none", 900, "not_using_in_treatment", "no_use"},
    // 1. Died by day 365, whatever else is said.
    {"e365:died", 425, "died", "not_known"},
    {"e366:died", 425, "not_known", "not_known"},
    {"s360:relapse e365:died", 425, "died", "some_use"},
    {"s100:none e365:died", 425, "died", "no_use"},
    {"n365:/died/family", 425, "died", "not_known"},
    {"s350:none n366:/died/family", 425, "not_using_in_treatment", "no_use"},
    {"f300:/prison/family f320:/died/family", 425, "died", "not_known"},
    {"f320:/died/family s330:none", 425, "died", "no_use"},
    {"e90:left i200 e300:died", 425, "died", "not_known"},
    {"-n200:/died/family s360:none", 425, "not_using_in_treatment", "no_use"},
    // 2. Detained by day 365, and not met outside after that, up to day 425.
    {"e365:prison", 425, "detained", "not_known"},
    {"e365:compulsory_centre", 425, "detained", "not_known"},
    {"e366:prison", 425, "not_known", "not_known"},
    {"s350:none e366:prison", 425, "not_using_in_treatment", "no_use"},
    {"s310:relapse e320:compulsory_centre", 425, "detained", "some_use"},
    {"f320:/prison/family", 425, "detained", "not_known"},
    {"s320 f320:/prison/family", 425, "detained", "not_known"},  // met on that day, not after it
    {"s319 f320:/prison/family", 425, "detained", "not_known"},
    {"f320:/prison/family s321", 425, "not_known", "not_known"},
    {"f320:/prison/family F321:none", 425, "detained", "no_use"},  // the family came
    {"f320:/prison/family f330:not_known/not_known/family", 425, "detained", "not_known"},
    {"f320:/prison/family f330:none/not_known/phone", 425, "not_using_in_treatment", "no_use"},
    {"f320:/prison/family f330://phone", 425, "not_known", "not_known"},
    {"f320:/prison/family n330:/out_of_treatment/family", 425, "detained", "not_known"},
    {"f320:/prison/family f330:/out_of_treatment/family", 425, "detained", "not_known"},
    {"f320:/prison/family f330:/out_of_treatment", 425, "not_known", "not_known"},
    {"f320:/prison/family f330:/prison/visit", 425, "detained", "not_known"},
    {"f320:/prison/family f330:/moved/phone", 425, "moved_or_transferred", "not_known"},
    {"e320:prison i420", 425, "not_known", "not_known"},
    {"f320:/prison/family s425:none", 425, "not_using_in_treatment", "no_use"},
    {"f320:/prison/family s426:none", 430, "detained", "not_known"},
    {"f100:/prison/family s200 f300:/prison/family", 425, "detained", "not_known"},
    {"f300:/prison/family s350 f370:/prison/family", 425, "not_known", "not_known"},
    {"f320:/prison/family -s340:none", 425, "detained", "not_known"},
    {"f320:/prison/family s320:none e320:left", 425, "detained", "no_use"},
    // 3. The known status nearest to day 365, within 60 days.
    {"s305:none", 425, "not_using_in_treatment", "no_use"},
    {"s304:none", 425, "not_known", "not_known"},
    {"s425:none", 425, "not_using_in_treatment", "no_use"},
    {"s426:none", 430, "not_known", "not_known"},
    {"s365:relapse", 425, "using", "some_use"},
    {"s365:lapse", 425, "not_using_in_treatment", "some_use"},
    {"s365:not_known", 425, "not_known", "not_known"},
    {"F365:relapse", 425, "using", "some_use"},
    {"s340:relapse s391:none", 425, "using", "some_use"},
    {"s340:relapse s389:none", 425, "not_using_in_treatment", "some_use"},
    {"s340:relapse s390:none", 425, "not_using_in_treatment", "some_use"},  // the later date
    {"s340:none s390:relapse", 425, "using", "some_use"},
    {"s340:none s340:relapse", 425, "using", "some_use"},  // then the worse
    {"s340:relapse s340:none", 425, "using", "some_use"},
    {"s340:none f340:lapse/out_of_treatment", 425, "not_using_out_of_treatment", "some_use"},
    {"s305:relapse -s365:none", 425, "using", "some_use"},
    {"s365:none f200:relapse/treated_here", 425, "not_using_in_treatment", "some_use"},
    {"s365:none s425:lapse", 425, "not_using_in_treatment", "some_use"},
    {"s365:none s426:relapse", 430, "not_using_in_treatment", "no_use"},
    {"i30 s365:none", 425, "not_using_in_treatment", "no_use"},
    // In treatment as the follow-up says, else by an episode open on that day.
    {"f365:none/treated_elsewhere e300:left", 425, "not_using_in_treatment", "no_use"},
    {"f365:none/out_of_treatment", 425, "not_using_out_of_treatment", "no_use"},
    {"f365:none/moved", 425, "not_using_out_of_treatment", "no_use"},
    {"f365:none/not_known", 425, "not_using_in_treatment", "no_use"},
    {"s360:none e361:completed", 425, "not_using_in_treatment", "no_use"},
    {"s360:none e360:completed", 425, "not_using_out_of_treatment", "no_use"},
    {"s360:none e359:completed", 425, "not_using_out_of_treatment", "no_use"},
    {"s360:none e359:left i360", 425, "not_using_in_treatment", "no_use"},
    {"s360:none e359:left i361", 425, "not_using_out_of_treatment", "no_use"},
    {"s365:none f365:none/out_of_treatment", 425, "not_using_out_of_treatment", "no_use"},
    {"f365:none/treated_here f365:none/out_of_treatment", 425, "not_using_out_of_treatment",
     "no_use"},
    {"f365:none/treated_here s365:none e365:left", 425, "not_using_out_of_treatment", "no_use"},
    // 4. Moved, transferred or treated elsewhere as the last word on where he is.
    {"e100:moved", 425, "moved_or_transferred", "not_known"},
    {"e100:transferred", 425, "moved_or_transferred", "not_known"},
    {"f400:/treated_elsewhere/phone", 425, "moved_or_transferred", "not_known"},
    {"n425:/moved/family", 425, "moved_or_transferred", "not_known"},
    {"n426:/moved/family", 430, "not_known", "not_known"},
    {"e100:moved s101", 425, "not_known", "not_known"},
    {"s100 e100:moved", 425, "moved_or_transferred", "not_known"},  // the end outweighs
    {"f100:/moved/phone s100", 425, "moved_or_transferred", "not_known"},
    {"f100:/moved/phone e100:left", 425, "not_known", "not_known"},
    {"e100:moved F101 f110:/not_known/family", 425, "moved_or_transferred", "not_known"},
    {"e100:moved f200:/not_known/visit", 425, "moved_or_transferred", "not_known"},
    {"e100:moved f200:/out_of_treatment/phone", 425, "not_known", "not_known"},
    {"e100:moved i200", 425, "not_known", "not_known"},
    {"n50:/moved/family e100:not_known", 425, "moved_or_transferred", "not_known"},
    {"e100:moved n200:/died/family", 425, "died", "not_known"},
    {"e100:moved n400:/died/family", 425, "not_known", "not_known"},
    {"s60:relapse e100:moved", 425, "moved_or_transferred", "not_known"},
    {"e100:moved s365:relapse", 425, "using", "some_use"},
    // 5. Nothing of that.
    {"s100:none e120:left", 425, "not_known", "not_known"},
    {"s100:relapse e120:completed", 425, "not_known", "not_known"},
};

TEST_F(OutcomesTest, StatesAtTwelveMonths) {
  for (const StateCase& one : kStates) {
    Forget();
    Tell(one.records);
    Derive(At(one.as_of));
    SCOPED_TRACE(std::string(one.records) + " as of " + std::to_string(one.as_of));
    EXPECT_EQ(BinOf("state_12m", At(one.as_of)), one.state);
    EXPECT_EQ(BinOf("no_use_12m", At(one.as_of)), one.no_use);
    EXPECT_EQ(Rows("immature", At(one.as_of)).size(), *one.state == '\0' ? 1u : 0u);
  }
}

// From the end of the first completed episode: day 100 in most; 465 is a year later.
constexpr StateCase kStatesFromTheEnd[] = {
    {"e100:completed s465:none", 524, "", ""},
    {"e100:completed s465:none", 525, "not_using_out_of_treatment", "no_use"},
    {"e100:completed_referred s465:relapse", 525, "using", "some_use"},
    {"e100:left s465:none", 900, "", ""},
    {"s465:none", 900, "", ""},
    {"e600:completed s465:none", 599, "", ""},  // not ended yet
    {"s99:relapse e100:completed s465:none", 525, "not_using_out_of_treatment", "no_use"},
    {"s100:relapse e100:completed s465:none", 525, "not_using_out_of_treatment", "some_use"},
    {"e100:completed n465:/died/family", 525, "died", "not_known"},
    {"e100:completed n466:/died/family", 525, "not_known", "not_known"},
    {"e100:completed i200 e465:prison", 525, "detained", "not_known"},
    {"f90:/prison/family e100:completed", 525, "detained", "not_known"},  // not met since
    {"f90:/prison/family s95 e100:completed", 525, "not_known", "not_known"},
    {"n50:/died/family e100:completed", 525, "died", "not_known"},
    {"e100:completed n300:/prison/family", 525, "detained", "not_known"},
    {"e100:completed s404:none", 525, "not_known", "not_known"},
    {"e100:completed s405:none", 525, "not_using_out_of_treatment", "no_use"},
    {"e100:completed i300 s465:none", 525, "not_using_in_treatment", "no_use"},
    {"e100:completed i300 e310:moved", 525, "moved_or_transferred", "not_known"},
    // The first to end, though it began later.
    {"e50:left i60 e200:completed s565:none", 625, "not_using_out_of_treatment", "no_use"},
    {"e50:left i60 e200:completed s565:none", 624, "", ""},
    {"e300:completed i10 e100:completed s465:none", 525, "not_using_out_of_treatment", "no_use"},
};

TEST_F(OutcomesTest, StatesTwelveMonthsAfterCompletion) {
  for (const StateCase& one : kStatesFromTheEnd) {
    Forget();
    Tell(one.records);
    Derive(At(one.as_of));
    SCOPED_TRACE(std::string(one.records) + " as of " + std::to_string(one.as_of));
    EXPECT_EQ(BinOf("state_12m_end", At(one.as_of)), one.state);
    EXPECT_EQ(BinOf("no_use_12m_end", At(one.as_of)), one.no_use);
  }
}

struct CurveCase {
  const char* records;
  int as_of;
  const char* free;       // relapse_free
  const char* or_loss;    // relapse_or_loss
  const char* competing;  // relapse_competing
};

constexpr CurveCase kCurves[] = {
    // The earliest relapse, by its date of use, else that of the record.
    {"s31:none s90:relapse@69 f81:relapse", 365, "69!", "69!", "69:relapse!"},
    {"s31:none s90:relapse@69 f81:relapse", 85, "81!", "81!", "81:relapse!"},
    {"s31:none s90:relapse@69 f81:relapse", 80, "31", "31", "31"},
    {"s40:relapse@-9", 365, "0!", "0!", "0:relapse!"},      // used before the intake
    {"s40:relapse@400", 365, "40!", "40!", "40:relapse!"},  // a day that has not come
    {"s40:relapse@60 s50:relapse@45", 100, "45!", "45!", "45:relapse!"},
    {"s-5:relapse s20:none", 60, "20", "20", "20"},  // dated before the intake
    {"e30:left i130 s140:relapse", 365, "140!", "140!", "140:relapse!"},
    {"-s20:relapse s30:none", 60, "30", "30", "30"},
    {"s30:none s30:relapse", 60, "30!", "30!", "30:relapse!"},  // the event before the censoring
    // Censored at the last word on use.
    {"", 0, "0", "0", "0"},
    {"", 90, "0", "0", "0"},
    {"", 91, "0", "0!", "0"},  // lost: more than 90 days without a word
    {"s30:lapse@22 s58:not_known s89", 120, "30", "30", "30"},
    {"s30:lapse@22 s58:not_known s89", 121, "30", "30!", "30"},
    {"f30:none/moved n200:/moved/family", 365, "30", "30!", "30"},
    // Death and detention end the time of competing risks, and nobody known so is lost.
    {"s30:none e200:died", 365, "30", "30", "200:died!"},
    {"s30:none e200:died", 199, "30", "30!", "30"},
    {"s30:none n40:/prison/family", 365, "30", "30", "40:detained!"},
    {"s30:none n40:/prison/family s60:none", 365, "60", "60!", "40:detained!"},
    {"s30:none n40:/prison/family F60:none", 365, "60", "60", "40:detained!"},
    {"s30:none n40:/prison/family s60 n70:/prison/family", 365, "30", "30", "40:detained!"},
    {"n40:/prison/family s60:relapse", 365, "60!", "60!", "40:detained!"},
    {"n40:/prison/family s60:relapse@40", 365, "40!", "40!", "40:relapse!"},  // on one day
    {"n40:/died/family f40:relapse", 365, "40!", "40!", "40:relapse!"},
    {"n40:/died/family n40:/prison/family", 365, "0", "0", "40:died!"},
    {"n50:/died/family n40:/compulsory_centre/family", 365, "0", "0", "40:detained!"},
    {"n200:/died/family n150:/died/family", 365, "0", "0", "150:died!"},  // the first record
    {"n200:/prison/family n150:/prison/family", 365, "0", "0", "150:detained!"},
    {"n-3:/prison/family", 365, "0", "0!", "0"},  // before the intake
    {"e30:left i60 e90:compulsory_centre", 365, "0", "0", "90:detained!"},
    {"e0:died", 0, "0", "0", "0:died!"},
    {"s20:relapse e200:died", 365, "20!", "20!", "20:relapse!"},
};

TEST_F(OutcomesTest, Curves) {
  for (const CurveCase& one : kCurves) {
    Forget();
    Tell(one.records);
    Derive(At(one.as_of));
    SCOPED_TRACE(std::string(one.records) + " as of " + std::to_string(one.as_of));
    EXPECT_EQ(EndOf("relapse_free", At(one.as_of)), one.free);
    EXPECT_EQ(EndOf("relapse_or_loss", At(one.as_of)), one.or_loss);
    EXPECT_EQ(EndOf("relapse_competing", At(one.as_of)), one.competing);
  }
}

TEST_F(OutcomesTest, CurvesFromCompletion) {
  Tell("s20:relapse e100:completed s130:none f190:relapse@180");
  Derive(At(365));
  EXPECT_EQ(EndOf("relapse_free", At(365)), "20!");
  EXPECT_EQ(EndOf("relapse_free_end", At(365)), "80!");
  EXPECT_EQ(EndOf("relapse_or_loss_end", At(365)), "80!");
  EXPECT_EQ(EndOf("relapse_competing_end", At(365)), "80:relapse!");
  Derive(At(150));
  EXPECT_EQ(EndOf("relapse_free_end", At(150)), "30");
  Derive(At(99));
  EXPECT_THAT(Rows("relapse_free_end", At(99)), IsEmpty());
  EXPECT_THAT(Run("immature_end", At(524)), ElementsAre("2025-04 1/0"));
  EXPECT_THAT(Run("immature_end", At(525)), IsEmpty());
}

TEST_F(OutcomesTest, OnePersonStandsInOneMonthAndInEachOfHisStrata) {
  Tell("i100 s365:none", "c1");
  Tell("s365:relapse", "c2");
  Execute("UPDATE client SET sex = 'male', age_group = 'age_20_29' WHERE id = 'c1'");
  Execute("UPDATE episode SET primary_drug = 'heroin', referral = 'gp' WHERE id = 'c1e1'");
  Execute("UPDATE episode SET primary_drug = 'ketamine', referral = 'self' WHERE id = 'c1e2'");
  const std::string day = At(500);
  EXPECT_THAT(Run("state_12m", day),
              ElementsAre("2025-01 not_using_in_treatment 1/0", "2025-01 using 1/0"));
  for (const char* stratum :
       {"sex=male", "age_group=age_20_29", "primary_drug=heroin", "referral=gp"}) {
    EXPECT_THAT(Run("state_12m", day, stratum), ElementsAre("2025-01 not_using_in_treatment 1/0"))
        << stratum;
    EXPECT_THAT(Run("new_profile", day, stratum), ElementsAre("2025-01 1/0")) << stratum;
    EXPECT_THAT(Run("relapse_free", day, stratum), ElementsAre("2025-01 365 0/1")) << stratum;
  }
  for (const char* stratum : {"sex=", "age_group=", "primary_drug=", "referral="}) {
    EXPECT_THAT(Run("state_12m", day, stratum), ElementsAre("2025-01 using 1/0")) << stratum;
  }
  EXPECT_THAT(Run("new_profile", day), ElementsAre("2025-01 2/0"));
  EXPECT_THAT(Run("state_12m", day, "referral=self"), IsEmpty()) << "of a later episode";
}

TEST_F(OutcomesTest, OfTwoFirstEpisodesOnOneDayTheOneWrittenFirst) {
  Tell("i0");
  Execute("UPDATE episode SET created_ms = 20, referral = 'gp' WHERE id = 'c1e1'");
  Execute("UPDATE episode SET created_ms = 10, referral = 'self' WHERE id = 'c1e2'");
  EXPECT_THAT(Run("new_profile", At(10), "referral=self"), ElementsAre("2025-01 1/0"));
  Execute("UPDATE episode SET created_ms = 20");
  EXPECT_THAT(Run("new_profile", At(10), "referral=gp"), ElementsAre("2025-01 1/0")) << "by id";
  EXPECT_THAT(Run("new_profile", At(10)), ElementsAre("2025-01 1/0"));
}

struct RetentionCase {
  const char* records;
  int as_of;
  std::vector<std::string> rows;
};

TEST_F(OutcomesTest, Retention) {
  const RetentionCase cases[] = {
      {"", 89, {}},
      {"", 90, {"90 1/1"}},
      {"", 365, {"180 1/1", "365 1/1", "90 1/1"}},
      {"e90:left", 90, {"90 0/1"}},
      {"e91:left", 90, {"90 1/1"}},  // the end has not come yet
      {"e91:left", 180, {"180 0/1", "90 1/1"}},
      {"e90:completed", 180, {"180 1/1", "90 1/1"}},
      {"e20:completed_referred", 90, {"90 1/1"}},
      {"e20:left i30", 90, {"90 0/1"}},  // only the first episode
      {"e20:died", 364, {"180 0/1", "90 0/1"}},
  };
  for (const RetentionCase& one : cases) {
    Forget();
    Tell(one.records);
    SCOPED_TRACE(std::string(one.records) + " as of " + std::to_string(one.as_of));
    std::vector<std::string> rows;
    for (const std::string& row : one.rows) rows.push_back("2025-01 " + row);
    EXPECT_EQ(Run("retention", At(one.as_of)), rows);
  }
}

TEST_F(OutcomesTest, ReadmissionWithinAYear) {
  const RetentionCase cases[] = {
      {"e10:left i20", 374, {}},  // 365 days are not over
      {"e10:left i20", 375, {"1/1"}},
      {"e10:left", 375, {"0/1"}},
      {"e10:left i10", 375, {"0/1"}},  // not after the end
      {"e10:left i11", 375, {"1/1"}},
      {"e10:left i375", 375, {"1/1"}},
      {"e10:left i376", 376, {"0/1"}},
      {"e10:completed i20", 375, {"1/1"}},
      {"e10:died i20", 375, {}},
      {"e10:transferred i20", 375, {}},
      {"e10:left i20 e25:left i300", 400, {"2/2"}},  // each end counts
      {"e-5:left", 375, {"0/1"}},  // an end before its own intake is no readmission
  };
  for (const RetentionCase& one : cases) {
    Forget();
    Tell(one.records);
    SCOPED_TRACE(std::string(one.records) + " as of " + std::to_string(one.as_of));
    std::vector<std::string> rows;
    for (const std::string& row : Run("readmission", At(one.as_of))) rows.push_back(row.substr(8));
    EXPECT_EQ(rows, one.rows);
  }
}

}  // namespace
}  // namespace tram
