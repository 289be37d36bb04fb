// The pages of figures: the same figures as a report's, for nobody whom they are not for.
#include <gmock/gmock.h>

#include "rollup/release.h"
#include "tests/unit/central_server/made_up_figures.h"
#include "web/figure_page.h"

namespace tram::server {
namespace {

using testing::HasSubstr;
using testing::Not;

const Date kOctober = DateOf(2026, 10, 31), kNovember = DateOf(2026, 11, 30);
const Date kBeforeMerger = DateOf(2025, 5, 31);

class FigurePagesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    figures_ = std::make_unique<MadeUpFigures>(state());
    giang_ = AddTestUnit("BG01", "24");
    ninh_ = AddTestUnit("BN01", "27");
    khanh_ = AddTestUnit("KH01", "56");
    Work();  // nothing is left to compute, from logs that are empty
  }
  /// Random figures for everybody, of two published months and the open one.
  void FillAll() {
    for (const Unit& unit : {giang_, ninh_, khanh_}) {
      for (const Date as_of : {kOctober, kNovember, kBeforeMerger}) {
        figures_->Fill(unit, as_of, 20);
      }
    }
    figures_->Publish(kBeforeMerger);
    figures_->Publish(kOctober);
  }
  void BecomeNew(const std::string& name, Role role, std::vector<std::string> provinces = {},
                 std::optional<UnitNumber> unit = std::nullopt) {
    Become(AddAccount(name, role, std::move(provinces), unit));
  }
  std::string Body(const std::string& target) {
    const HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 200) << target << "\n" << response.body;
    return response.body;
  }
  /// As a report says it, of one month (of the whole time where there are no months).
  std::string Reported(const Indicator& indicator, GroupBy by, PlaceTime places,
                       const std::string& place, Date as_of) {
    ReportQuery query;
    query.as_of = as_of;
    query.by = by;
    query.places = places;
    query.indicator = indicator.name;
    std::string text;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(const Report report, MakeReport(server, query));
      FigureSum::Counts counts;
      for (const FigureLine& line : report.figures.tables.at(0).lines) {
        if (line.place.code != place) continue;
        if (!line.period.empty() && line.period != MonthText(as_of)) continue;
        if (const auto* count = std::get_if<CountFigure>(&*line.figure)) {
          counts.numerator += *count->parts.at(0).count.value();
        } else {
          const auto& part = std::get<RateFigure>(*line.figure).parts.at(0);
          counts.numerator += *part.numerator.value();
          counts.denominator += *part.denominator.value();
        }
      }
      text = FigureText(indicator, counts, Language::kEnglish);
      return {};
    });
    return text;
  }
  void ExpectHeads(const std::string& body, GroupBy by, PlaceTime places, const std::string& place,
                   Date as_of) {
    for (const Indicator* indicator : HeadlinesOf(figures_->programme()).Both()) {
      EXPECT_THAT(body, HasSubstr("<span class=\"name\">" + indicator->label.en +
                                  "</span> <span class=\"value\">" +
                                  Reported(*indicator, by, places, place, as_of) + "</span>"));
    }
  }

  std::unique_ptr<MadeUpFigures> figures_;
  Unit giang_, ninh_, khanh_;
};

TEST_F(FigurePagesTest, TheOverviewShowsWhatAReportSays) {
  FillAll();
  Serve();
  BecomeNew("quanly", Role::kManager);
  ExpectHeads(Body("/"), GroupBy::kCountry, PlaceTime::kThen, "", kOctober);
  ExpectHeads(Body("/?month=2026-11"), GroupBy::kCountry, PlaceTime::kThen, "", kNovember);
  ExpectHeads(Body("/?place=24"), GroupBy::kProvince, PlaceTime::kThen, "24", kOctober);
  ExpectHeads(Body("/?place=27&month=2025-05"), GroupBy::kProvince, PlaceTime::kThen, "27",
              kBeforeMerger);
  ExpectHeads(Body("/?place=24&month=2025-05"), GroupBy::kProvince, PlaceTime::kThen, "24",
              kBeforeMerger);
  ExpectHeads(Body("/?place=24&month=2025-05&places=now"), GroupBy::kProvince, PlaceTime::kNow,
              "24", kBeforeMerger);
}

TEST_F(FigurePagesTest, AMonthIsSaidToBeClosedOrOpen) {
  FillAll();
  Serve();
  BecomeNew("quanly", Role::kManager);
  EXPECT_THAT(Body("/"), HasSubstr("The figures of 10/2026 were closed at"));
  EXPECT_THAT(Body("/units?month=2026-11"), HasSubstr("11/2026 is still open"));
  EXPECT_EQ(Get("/?month=2031-01").status, 400);
}

TEST_F(FigurePagesTest, TheMapHasATileForEveryProvinceOfTheTime) {
  FillAll();
  Serve();
  BecomeNew("quanly", Role::kManager);
  const auto tiles = [&](const std::string& target) {
    const std::string body = Body(target);
    std::size_t count = 0;
    for (std::size_t at = 0; (at = body.find("<li class=\"row", at)) != std::string::npos; ++at) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(tiles("/"), 34u);
  EXPECT_EQ(tiles("/?month=2025-05"), 63u);
  EXPECT_EQ(tiles("/?month=2025-05&places=now"), 34u);
}

TEST_F(FigurePagesTest, AProvincesStaffNeverSeesAnotherProvincesFigures) {
  constexpr std::int64_t kTheirs = 777'123;
  for (const Date as_of : {kOctober, kNovember, kBeforeMerger}) {
    figures_->FillWith(giang_, as_of, 5);
    figures_->FillWith(ninh_, as_of, 6);
    figures_->FillWith(khanh_, as_of, kTheirs);
  }
  figures_->Publish(kBeforeMerger);
  figures_->Publish(kOctober);
  Serve();
  const auto look = [&] {
    for (const std::string month : {"2026-10", "2026-11", "2025-05"}) {
      for (const std::string places : {"then", "now"}) {
        for (const std::string target :
             {"/?", "/?place=56&", "/?place=24&", "/?place=27&", "/units?", "/units?place=56&",
              "/units?q=KH01&", "/units?sort=f0&desc=1&closed=1&", "/unit/KH01?", "/unit/BG01?",
              "/units/success?"}) {
          const std::string address = target + "month=" + month + "&places=" + places;
          const std::string body = Follow(Get(address)).body;
          EXPECT_THAT(body, Not(HasSubstr("777,1"))) << address;
          EXPECT_THAT(body, Not(HasSubstr("7771"))) << address;
        }
      }
    }
  };
  BecomeNew("bacninh", Role::kProvince, {"24"});
  look();
  EXPECT_EQ(Get("/?place=56").status, 403);
  EXPECT_EQ(Get("/unit/KH01").status, 403);
  EXPECT_THAT(Body("/"), HasSubstr("<h1>Bắc Ninh, 10/2026</h1>"));  // he lands on his province
  EXPECT_THAT(Body("/?month=2025-05"), HasSubstr("Your provinces"));
  BecomeNew("banquanly", Role::kCommittee, {}, giang_.number);
  look();
  EXPECT_THAT(Follow(Get("/")).body, HasSubstr("Đơn vị BG01, 10/2026"));
  EXPECT_EQ(Get("/unit/KH01").status, 403);
  EXPECT_EQ(Get("/unit/BN01").status, 403);
  EXPECT_EQ(Get("/?place=24").status, 403);
  // The search would find it: the manager does see it.
  BecomeNew("quanly", Role::kManager);
  EXPECT_THAT(Body("/units?q=KH01"), HasSubstr("777,123"));
}

TEST_F(FigurePagesTest, UnitsAreSortedFilteredAndSplitIntoPages) {
  std::vector<Unit> units;
  for (int i = 0; i < 60; ++i) {
    units.push_back(AddTestUnit("X" + std::to_string(100 + i), i % 2 == 0 ? "24" : "56"));
  }
  Work();
  for (int i = 0; i < 60; ++i)
    figures_->FillWith(units[static_cast<std::size_t>(i)], kOctober, 1000 - i);
  figures_->Publish(kOctober);
  Serve();
  BecomeNew("quanly", Role::kManager);
  const std::string first = Body("/units"), second = Body("/units?page=2");
  EXPECT_THAT(first, HasSubstr("Units: 63; page 1 of 2"));
  EXPECT_THAT(first, HasSubstr("BG01"));
  EXPECT_THAT(second, HasSubstr("X159"));
  EXPECT_THAT(second, Not(HasSubstr("BG01")));
  const std::string sorted = Body("/units?sort=f1&desc=1");
  EXPECT_LT(sorted.find("X100"), sorted.find("X101"));
  EXPECT_THAT(sorted, HasSubstr("aria-sort=\"descending\""));
  EXPECT_THAT(sorted, Not(HasSubstr("BG01")));  // without figures: on the last page
  const std::string rising = Body("/units?sort=f1");
  EXPECT_LT(rising.find("X159"), rising.find("X158"));
  const std::string found = Body("/units?q=don+vi+x111");
  EXPECT_THAT(found, HasSubstr("Units: 1; page 1 of 1"));
  EXPECT_THAT(found, HasSubstr("Đơn vị X111"));
  EXPECT_THAT(Body("/units?place=56"), HasSubstr("Units: 31;"));
}

TEST_F(FigurePagesTest, AUnitsPageShowsItsFiguresItsDevicesAndItsProvinces) {
  FillAll();
  auto device = Enrolled(giang_);
  Serve();
  BecomeNew("bacninh", Role::kProvince, {"24"});
  const std::string body = Body("/unit/BG01");
  for (const Indicator* indicator : HeadlinesOf(figures_->programme()).Both()) {
    EXPECT_THAT(body,
                HasSubstr("<h3>" + indicator->label.en + ": " +
                          Reported(*indicator, GroupBy::kUnit, PlaceTime::kThen, "BG01", kOctober) +
                          "</h3>"));
  }
  EXPECT_THAT(body, HasSubstr("<td>Bắc Giang</td><td>Bắc Ninh</td>"));
  EXPECT_THAT(body, HasSubstr("<dt>Devices</dt><dd>1</dd>"));
  EXPECT_THAT(body, HasSubstr("Medicine dispensed"));
  EXPECT_EQ(Get("/unit/none").status, 404);
}

TEST(NumbersTextTest, NumbersAreWrittenAsTheLanguageDoes) {
  const auto vi = [](const char* text) { return NumbersText(text, Language::kVietnamese); };
  const auto en = [](const char* text) { return NumbersText(text, Language::kEnglish); };
  EXPECT_EQ(vi("2125 (35.2-64.8 %)"), "2.125 (35,2-64,8 %)");
  EXPECT_EQ(en("2125 (35.2-64.8 %)"), "2,125 (35.2-64.8 %)");
  EXPECT_EQ(vi("17000000"), "17.000.000");
  EXPECT_EQ(vi("-1234.5678"), "-1.234,5678");
  EXPECT_EQ(en("999"), "999");
  EXPECT_EQ(vi("12."), "12.");
  EXPECT_EQ(vi(""), "");
  EXPECT_EQ(vi("*"), "*");
}

TEST_F(FigurePagesTest, AUnitThatIsSilentIsSaidToBe) {
  FillAll();
  ASSERT_OK(store().units().Synced(giang_.number, clock_.ms - 8 * 86'400'000LL));
  ASSERT_OK(store().units().Synced(ninh_.number, clock_.ms - 1000));
  Serve();
  BecomeNew("quanly", Role::kManager);
  const std::string units = Body("/units");
  EXPECT_THAT(units, HasSubstr("silent for 7 days"));
  EXPECT_THAT(units, HasSubstr("silent for 30 days"));  // KH01 never synced
  const std::string overview = Body("/");
  EXPECT_THAT(overview, HasSubstr("<dt>Silent for 7 days</dt><dd>2"));
  EXPECT_THAT(overview, HasSubstr("<dt>Silent for 30 days</dt><dd>1</dd>"));
  EXPECT_THAT(Body("/unit/BN01"), Not(HasSubstr("silent for")));
}

TEST_F(FigurePagesTest, TheFunnelShowsReleasedNumbersOfUnitsThatAreDrawn) {
  const Date year_end = DateOf(2025, 12, 31);
  const std::string year = "2023-05";
  const auto store = [&](const Unit& unit, std::int64_t success, std::int64_t failure) {
    // Nothing that is not small in itself, so that only the small unit is hidden for its own sake.
    const std::int64_t rest = success < 10 ? 0 : 20;
    const std::vector<IndicatorRow> rows{{year, "all", "died", rest, 0},
                                         {year, "all", "detained", rest, 0},
                                         {year, "all", "using", failure, 0},
                                         {year, "all", "not_using_in_treatment", success - rest, 0},
                                         {year, "all", "not_using_out_of_treatment", rest, 0},
                                         {year, "all", "moved_or_transferred", rest, 0},
                                         {year, "all", "not_known", rest, 0}};
    std::vector<IndicatorFigures> all{{"state_12m", rows}, {"new_profile", {}}};
    all[1].rows = {{year, "all", "", success + failure + 4 * rest, 0}};
    ASSERT_OK(state().store().rollups().Replace(unit.number, year_end, all,
                                                {1, 1, state().programme().programme->digest}));
  };
  store(giang_, 103, 41);
  store(ninh_, 61, 217);
  store(khanh_, 2, 3);
  for (int i = 0; i < 12; ++i) {
    store(AddTestUnit("X" + std::to_string(i), i % 2 == 0 ? "24" : "56"), 90 + 3 * i, 60 + 2 * i);
  }
  Work();
  ASSERT_OK(ReleaseDue(state(), year_end));
  const auto years = ReleasedYears(state(), "state_12m");
  ASSERT_TRUE(years);
  Serve();
  BecomeNew("quantri", Role::kAdministrator);
  EXPECT_EQ(Get("/units/success").status, 403);
  BecomeNew("quanly", Role::kManager);
  const std::string body = Body("/units/success");
  if (years->empty()) {
    EXPECT_THAT(body, HasSubstr("No table of outcomes is released yet"));
    FAIL() << "nothing was released: the test shows nothing";
  }
  EXPECT_THAT(body, HasSubstr("<svg class=\"funnel\""));
  EXPECT_THAT(body, HasSubstr("Đơn vị BG01"));
  EXPECT_THAT(body, Not(HasSubstr("Đơn vị KH01")));  // suppressed
  EXPECT_THAT(body, HasSubstr("Not drawn, for their numbers are too small to be published: 1"));
  EXPECT_THAT(body, HasSubstr("below the 99.8 % limit"));
  EXPECT_THAT(body, HasSubstr("<td class=\"number\">105</td>"));  // 103, rounded
  EXPECT_THAT(body, Not(HasSubstr(">103<")));
}

}  // namespace
}  // namespace tram::server
