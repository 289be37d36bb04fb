// Documents of activity: as the board has it, nothing apart from zero, whose it is.
#include <gmock/gmock.h>

#include "app/verbs_exchange.h"
#include "tests/unit/central_server/exchange_fixture.h"
#include "tram/base/os_file.h"
#include "web/figure_page.h"

namespace tram::server {
namespace {

using testing::HasSubstr;

constexpr int kAtOnce = 1000;
const Date kOctober = DateOf(2026, 10, 31);
const Date kOld = DateOf(2025, 5, 31);  // before provinces merged

class ExchangeActivityTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    figures_ = std::make_unique<MadeUpFigures>(state());
    for (const auto& [code, province] : std::vector<std::pair<const char*, const char*>>{
             {"BG01", "24"}, {"BN01", "27"}, {"KH01", "56"}, {"KH02", "56"}, {"KH03", "56"}}) {
      units_[code] = AddTestUnit(code, province);
      Heard(code, clock_.ms);
    }
    for (const auto& [code, unit] : units_) {
      figures_->Fill(unit, kOctober, 30);
      figures_->Fill(unit, kOld, 20);
    }
    figures_->Publish(kOctober);
  }
  /// Something of a unit has arrived, last at this time.
  void Heard(const std::string& code, std::int64_t at_ms) {
    Unit& unit = units_.at(code);
    ASSERT_OK(store().units().AddEntries(unit.number, 5));
    ASSERT_OK(store().units().Synced(unit.number, at_ms));
    auto now = store().units().ByCode(code);
    ASSERT_TRUE(now);
    unit = *now;
  }
  ExchangeFigures Collect(const ExchangeQuery& query, const Permit& permit) {
    const auto prepared = board_.Prepare(state(), query.board.as_of, kAtOnce);
    EXPECT_TRUE(prepared && prepared->Whole());
    auto figures = CollectExchange(state(), board_, permit, query);
    EXPECT_TRUE(figures) << (figures ? "" : figures.error().message);
    return figures ? std::move(*figures) : ExchangeFigures();
  }
  static ExchangeQuery Asked(ExchangeBy by, Date as_of = kOctober,
                             PlaceTime time = PlaceTime::kThen) {
    ExchangeQuery query;
    query.board = {as_of, time};
    query.by = by;
    return query;
  }
  DataValueSet SetOf(const ExchangeFigures& figures, const std::string& csv) {
    const auto mapping = ReadMapping(state(), csv, Language::kEnglish);
    EXPECT_TRUE(mapping && mapping->faults.empty());
    auto set = MakeDataValueSet(figures, *mapping, Language::kEnglish);
    EXPECT_TRUE(set);
    return std::move(*set);
  }
  static std::vector<std::string> CodesOf(const ExchangeFigures& figures) {
    std::vector<std::string> codes;
    for (const ExchangePlace& place : figures.places) codes.push_back(place.code);
    return codes;
  }

  std::unique_ptr<MadeUpFigures> figures_;
  std::map<std::string, Unit> units_;
  FigureBoard board_;
};

TEST_F(ExchangeActivityTest, EveryNumberIsTheBoards) {
  const Permit permit = PermitOf(Role::kManager);
  std::size_t compared = 0;
  for (const Date as_of : {kOctober, kOld}) {
    for (const PlaceTime time : {PlaceTime::kThen, PlaceTime::kNow}) {
      for (const ExchangeBy by : {ExchangeBy::kUnit, ExchangeBy::kProvince, ExchangeBy::kCountry}) {
        const ExchangeFigures all = Collect(Asked(by, as_of, time), permit);
        const BoardQuery query{as_of, time};
        EXPECT_EQ(all.places.size(), by == ExchangeBy::kUnit                     ? 5u
                                     : by == ExchangeBy::kCountry                ? 1u
                                     : as_of == kOld && time == PlaceTime::kThen ? 3u
                                                                                 : 2u);
        EXPECT_EQ(all.reports.size(), all.places.size() * figures_->Counted().size());
        for (const ExchangeReport& report : all.reports) {
          const ExchangePlace& place = all.places[report.place];
          Result<MonthFigures> expected = MonthFigures();
          if (by == ExchangeBy::kUnit) {
            auto of = board_.OfUnit(permit, query, units_.at(place.code).number,
                                    std::vector<const Indicator*>{report.indicator});
            ASSERT_TRUE(of);
            expected = of->at(0);
          } else if (by == ExchangeBy::kProvince) {
            expected = board_.OfProvince(permit, query, place.code, *report.indicator);
          } else {
            expected = board_.OfCovered(permit, query, *report.indicator);
          }
          ASSERT_TRUE(expected);
          const FigureSum::Counts counts = Newest(*expected);
          ASSERT_EQ(report.lines.size(), 1u);
          const ExchangeLine& line = report.lines[0];
          EXPECT_EQ(report.period, MonthText(as_of));
          if (report.indicator->shape == IndicatorShape::kCount) {
            EXPECT_EQ(*line.Find("count"), Shown::Exact(counts.numerator));
          } else {
            EXPECT_EQ(*line.Find("numerator"), Shown::Exact(counts.numerator));
            EXPECT_EQ(*line.Find("denominator"), Shown::Exact(counts.denominator));
          }
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 200u);
}

TEST_F(ExchangeActivityTest, ADocumentSaysWhatTheFiguresSay) {
  const std::string csv = FilledMapping(state());
  const auto mapping = ReadMapping(state(), csv, Language::kEnglish);
  ASSERT_TRUE(mapping);
  for (const ExchangeBy by : {ExchangeBy::kUnit, ExchangeBy::kProvince, ExchangeBy::kCountry}) {
    const ExchangeFigures figures = Collect(Asked(by), PermitOf(Role::kManager));
    const DataValueSet set = SetOf(figures, csv);
    const Said said = ValuesOf(set.document);
    std::size_t numbers = 0;
    for (const ExchangeReport& report : figures.reports) {
      for (const ExchangeNumber& number : report.lines.at(0).numbers) {
        const Dhis2Value* to = mapping->Value(report.indicator->name, number.item, "all");
        ASSERT_NE(to, nullptr);
        const std::string& org_unit = *mapping->OrgUnit(figures.places[report.place]);
        EXPECT_EQ(said.at({to->data_element, org_unit, "202610"}), number.shown.Text());
        ++numbers;
      }
    }
    EXPECT_EQ(said.size(), numbers);
    EXPECT_EQ(set.values, numbers);
    EXPECT_TRUE(set.unmapped_places.empty() && set.unmapped_values.empty());
    EXPECT_EQ(set.document.at("dataSet"), mapping->month_data_set);
    EXPECT_EQ(set.document.at("period"), "202610");
    EXPECT_EQ(set.document.contains("completeDate"), by == ExchangeBy::kCountry);
  }
}

TEST_F(ExchangeActivityTest, ASmallDocumentIsExactlyThis) {
  figures_->FillWith(units_.at("KH01"), kOctober, 7, 2);
  ExchangeQuery query = Asked(ExchangeBy::kUnit);
  const ExchangeFigures figures =
      Collect(query, PermitOf(Role::kCommittee, {}, units_.at("KH01").number));
  const std::string csv =
      "what,code,item,uid,category_option_combo\r\n"
      "month_data_set,,,pBOMPrpg1QX,\r\n"
      "attribute_option_combo,,,HllvX50cXC0,\r\n"
      "unit,KH01,,DiszpKrYNg8,\r\n"
      "value,new,count,f7n9E0hX8qk,bRowv6yZOF2\r\n"
      "value,followups_due,denominator,Ix2HsbDMLea,\r\n";
  const DataValueSet set = SetOf(figures, csv);
  EXPECT_EQ(set.document.dump(),
            R"({"dataSet":"pBOMPrpg1QX","completeDate":"2026-11-21","period":"202610",)"
            R"("orgUnit":"DiszpKrYNg8","attributeOptionCombo":"HllvX50cXC0","dataValues":[)"
            R"({"dataElement":"f7n9E0hX8qk","categoryOptionCombo":"bRowv6yZOF2",)"
            R"("attributeOptionCombo":"HllvX50cXC0","period":"202610","orgUnit":"DiszpKrYNg8",)"
            R"("value":"7"},{"dataElement":"Ix2HsbDMLea","attributeOptionCombo":"HllvX50cXC0",)"
            R"("period":"202610","orgUnit":"DiszpKrYNg8","value":"14"}]})");
  // What is mapped to nothing is named.
  EXPECT_EQ(set.unmapped_values.size(), 16u);
  EXPECT_TRUE(set.unmapped_values.contains("followups_due, numerator"));
}

TEST_F(ExchangeActivityTest, NothingIsNotZero) {
  figures_->FillWith(units_.at("KH01"), kOctober, 0, 2);
  const std::int64_t september = StartOfLocalDay(DateOf(2026, 10, 1)) - 1;
  Heard("KH02", september);                      // its rows are of what it sent before
  const Unit fresh = AddTestUnit("KH04", "56");  // never sent anything; rows of an empty log
  figures_->Fill(fresh, kOctober, 3);
  ASSERT_OK(store().units().Synced(fresh.number, clock_.ms));
  AddTestUnit("KH05", "56");  // no rows either
  const ExchangeFigures figures = Collect(Asked(ExchangeBy::kUnit), PermitOf(Role::kManager));
  EXPECT_THAT(CodesOf(figures), testing::ElementsAre("BG01", "BN01", "KH01", "KH03"));
  EXPECT_EQ(figures.silent, 3u);
  const auto mapping = ReadMapping(state(), FilledMapping(state()), Language::kEnglish);
  const DataValueSet set = SetOf(figures, FilledMapping(state()));
  std::size_t zeros = 0;
  for (const auto& value : set.document.at("dataValues")) {
    if (value.at("orgUnit") != mapping->units.at("KH01")) continue;
    EXPECT_EQ(value.at("value"), "0");
    ++zeros;
  }
  EXPECT_EQ(zeros, 18u);
  // A province says how many of its units it is made of.
  ExchangeQuery by_province = Asked(ExchangeBy::kProvince);
  by_province.province = "56";
  const ExchangeFigures province = Collect(by_province, PermitOf(Role::kManager));
  ASSERT_EQ(province.places.size(), 1u);
  EXPECT_EQ(province.places[0].units, 5u);
  EXPECT_EQ(province.places[0].silent, 3u);
  EXPECT_EQ(SetOf(province, FilledMapping(state())).document.at("dataValues")[0].at("comment"),
            "2 of 5 units have sent data");
  // One of which no unit has sent is left out.
  for (const char* code : {"KH01", "KH03"}) Heard(code, september);
  const ExchangeFigures left = Collect(Asked(ExchangeBy::kProvince), PermitOf(Role::kManager));
  EXPECT_THAT(CodesOf(left), testing::ElementsAre("24"));
  EXPECT_EQ(left.silent, 1u);
}

TEST_F(ExchangeActivityTest, ClosedAndMergedUnitsAreNoPlacesOfTheirOwn) {
  ASSERT_OK(store().units().Close(units_.at("KH02").number, DateOf(2026, 9, 1),
                                  units_.at("KH01").number));
  ASSERT_OK(store().units().Close(units_.at("KH03").number, DateOf(2026, 9, 1), std::nullopt));
  const Permit permit = PermitOf(Role::kManager);
  EXPECT_THAT(CodesOf(Collect(Asked(ExchangeBy::kUnit), permit)),
              testing::ElementsAre("BG01", "BN01", "KH01"));
  EXPECT_THAT(CodesOf(Collect(Asked(ExchangeBy::kUnit, kOld), permit)),
              testing::ElementsAre("BG01", "BN01", "KH01", "KH02", "KH03"));
  EXPECT_THAT(CodesOf(Collect(Asked(ExchangeBy::kUnit, kOld, PlaceTime::kNow), permit)),
              testing::ElementsAre("BG01", "BN01", "KH01", "KH03"));
}

TEST_F(ExchangeActivityTest, APermitDecidesWhichPlaces) {
  const auto codes = [&](const ExchangeQuery& query, const Permit& permit) {
    return CodesOf(Collect(query, permit));
  };
  const Permit province = PermitOf(Role::kProvince, {"24"});
  EXPECT_THAT(codes(Asked(ExchangeBy::kUnit), province), testing::ElementsAre("BG01", "BN01"));
  EXPECT_THAT(codes(Asked(ExchangeBy::kProvince), province), testing::ElementsAre("24"));
  const Permit committee = PermitOf(Role::kCommittee, {}, units_.at("KH01").number);
  EXPECT_THAT(codes(Asked(ExchangeBy::kUnit), committee), testing::ElementsAre("KH01"));
  const auto refused = [&](ExchangeQuery query, const Permit& permit) {
    EXPECT_TRUE(board_.Prepare(state(), kOctober, kAtOnce));
    const auto figures = CollectExchange(state(), board_, permit, query);
    return !figures && figures.error().code == ErrorCode::kDenied;
  };
  EXPECT_TRUE(refused(Asked(ExchangeBy::kProvince), committee));
  EXPECT_TRUE(refused(Asked(ExchangeBy::kCountry), committee));
  EXPECT_TRUE(refused(Asked(ExchangeBy::kCountry), province)) << "its sum is not the country's";
  ExchangeQuery other = Asked(ExchangeBy::kUnit);
  other.province = "56";
  EXPECT_TRUE(refused(other, province));
  // A right for one part opens none of the other.
  EXPECT_TRUE(refused(Asked(ExchangeBy::kUnit),
                      PermitOf(Role::kManager, {}, std::nullopt, Right::kOutcomes)));
  ExchangeQuery released = Asked(ExchangeBy::kUnit);
  released.part = ExchangePart::kReleased;
  EXPECT_TRUE(refused(released, PermitOf(Role::kManager)));
}

TEST_F(ExchangeActivityTest, WhatIsStillBeingReadIsNotGiven) {
  FigureBoard cold;
  class RunningClock : public Clock {
   public:
    std::int64_t WallMs() override { return ms_ += 1000; }
    std::int64_t SteadyMs() override { return ms_ += 1000; }
    std::int64_t ms_ = 0;
  } running;
  running.ms_ = clock_.ms;
  worker_.reset();
  state_.reset();
  auto opened = ServerState::Open(folder_.path(), running, SystemRandom());
  ASSERT_TRUE(opened);
  state_ = std::move(*opened);
  const Permit permit = PermitOf(Role::kManager);
  const auto early = CollectExchange(state(), cold, permit, Asked(ExchangeBy::kUnit));
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::kOverloaded);
  while (*cold.Step(state(), kAtOnce * 100)) {
  }
  EXPECT_TRUE(CollectExchange(state(), cold, permit, Asked(ExchangeBy::kUnit)));
  state_.reset();  // before its clock
}

TEST_F(ExchangeActivityTest, FhirReportsFitThePublishedSchemaAndSayWhatTheFiguresSay) {
  std::vector<FhirJson> bundles;
  for (const Language in : {Language::kVietnamese, Language::kEnglish}) {
    for (const ExchangeBy by : {ExchangeBy::kUnit, ExchangeBy::kProvince, ExchangeBy::kCountry}) {
      const ExchangeFigures figures = Collect(Asked(by), PermitOf(Role::kManager));
      const auto bundle = MakeMeasureReports(figures, in);
      ASSERT_TRUE(bundle);
      const std::vector<FhirJson> reports = ReportsOf(*bundle);
      ASSERT_EQ(reports.size(), figures.reports.size());
      std::set<std::string> ids;
      for (std::size_t i = 0; i < reports.size(); ++i) {
        const ExchangeReport& of = figures.reports[i];
        const FhirJson& report = reports[i];
        ids.insert(report.at("id").get<std::string>());
        EXPECT_EQ(report.at("status"), "complete");
        EXPECT_EQ(report.at("period").dump(), R"({"start":"2026-10-01","end":"2026-10-31"})");
        EXPECT_EQ(report.at("measure"),
                  "urn:x-tram:measure:treatment:" + of.indicator->name + "|1");
        const std::string code = figures.places[of.place].code;
        EXPECT_EQ(report.at("subject").at("identifier").at("value"), code.empty() ? "VN" : code);
        const FhirJson& group = report.at("group").at(0);
        const ExchangeLine& line = of.lines[0];
        if (of.indicator->shape == IndicatorShape::kCount) {
          EXPECT_EQ(PopulationIn(group, "initial-population"), line.Find("count")->Text());
          EXPECT_FALSE(group.contains("measureScore"));
          continue;
        }
        EXPECT_EQ(PopulationIn(group, "numerator"), line.Find("numerator")->Text());
        EXPECT_EQ(PopulationIn(group, "denominator"), line.Find("denominator")->Text());
        const auto n = static_cast<double>(*line.Find("numerator")->value()),
                   d = static_cast<double>(*line.Find("denominator")->value());
        EXPECT_EQ(group.contains("measureScore"), d > 0);
        if (d > 0) {
          EXPECT_EQ(group.at("measureScore").at("value").get<double>(), n / d);
        }
      }
      EXPECT_EQ(ids.size(), reports.size());
      bundles.push_back(*bundle);
    }
  }
  // An open month is no last word.
  figures_->Fill(units_.at("KH01"), DateOf(2026, 11, 30), 3);
  const auto open = MakeMeasureReports(
      Collect(Asked(ExchangeBy::kUnit, DateOf(2026, 11, 30)), PermitOf(Role::kManager)),
      Language::kEnglish);
  ASSERT_TRUE(open);
  ASSERT_FALSE(ReportsOf(*open).empty());
  for (const FhirJson& report : ReportsOf(*open)) EXPECT_EQ(report.at("status"), "pending");
  if (!FhirSchemaMissing().empty()) GTEST_SKIP() << FhirSchemaMissing();
  ExpectFhirSchema(bundles, outside_.path());
}

TEST_F(ExchangeActivityTest, AProvinceIsMappedForEachTimeOfItsCode) {
  const std::string csv =
      "what,code,from,item,uid\n"
      "province,24,2020-01-01,,Aaaaaaaaaa1\nprovince,24,2025-07-01,,Aaaaaaaaaa2\n"
      "province,27,2020-01-01,,Aaaaaaaaaa2\n"  // the same one, before and since
      "value,new,,count,Vaaaaaaaaa1\n";
  const auto org_units = [&](Date as_of, PlaceTime time) {
    const DataValueSet set =
        SetOf(Collect(Asked(ExchangeBy::kProvince, as_of, time), PermitOf(Role::kManager)), csv);
    std::set<std::string> found;
    for (const auto& value : set.document.at("dataValues")) found.insert(value.at("orgUnit"));
    EXPECT_EQ(set.unmapped_places.size(), 1u) << "Khánh Hòa";
    return found;
  };
  EXPECT_THAT(org_units(kOctober, PlaceTime::kThen), testing::ElementsAre("Aaaaaaaaaa2"));
  EXPECT_THAT(org_units(kOld, PlaceTime::kThen),
              testing::ElementsAre("Aaaaaaaaaa1", "Aaaaaaaaaa2"));
  EXPECT_THAT(org_units(kOld, PlaceTime::kNow), testing::ElementsAre("Aaaaaaaaaa2"));
}

TEST_F(ExchangeActivityTest, TheConsoleGivesDocumentsAndSaysWhatIsWrong) {
  DirectOwner owner(state());
  VerbContext context{owner, "console:test", outside_.path(), Language::kEnglish, {}, {}};
  ExportOptions options;
  options.format = "dhis2";
  options.report.as_of = "2026-10";
  const auto wrong = [&](const ExportOptions& given) {
    const auto result = Export(context, given);
    EXPECT_FALSE(result);
    return result ? "" : result.error().message;
  };
  EXPECT_THAT(wrong(options), HasSubstr("no mapping is in use"));
  ExportOptions odd = options;
  odd.report.exact = true;
  EXPECT_THAT(wrong(odd), HasSubstr("--exact is not for --format dhis2"));
  odd = options;
  odd.report.as_of = "";
  EXPECT_THAT(wrong(odd), HasSubstr("--as-of YYYY-MM"));
  odd = options;
  odd.format = "csv";
  odd.by = "unit";
  EXPECT_THAT(wrong(odd), HasSubstr("--format dhis2 and fhir"));

  ASSERT_TRUE(WriteFileAtomically(outside_ / "bad.csv", AsBytes("what,code,uid\nunit,X,\n")));
  const auto refused = ExchangeUse(context, "bad.csv");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->exit, 1);
  EXPECT_THAT(refused->notes.at(0), HasSubstr("bad.csv:2: the server has no unit"));
  ASSERT_TRUE(WriteFileAtomically(outside_ / "map.csv", AsBytes(FilledMapping(state()))));
  const auto used = ExchangeUse(context, "map.csv");
  ASSERT_TRUE(used) << used.error().message;
  EXPECT_EQ(used->exit, 0);
  EXPECT_EQ(ExchangeShow(context)->json.at("unmapped").at("units").size(), 0u);

  options.out = "october.json";
  const auto given = Export(context, options);
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->text, "90 values in october.json\n");
  const auto read = ReadFile(outside_ / "october.json", 1 << 20);
  ASSERT_TRUE(read);
  const auto document = nlohmann::ordered_json::parse(*read);
  EXPECT_EQ(document, SetOf(Collect(Asked(ExchangeBy::kUnit), PermitOf(Role::kManager)),
                            FilledMapping(state()))
                          .document);
  options.format = "fhir";
  options.out = "";
  options.by = "province";
  const auto bundle = Export(context, options);
  ASSERT_TRUE(bundle) << bundle.error().message;
  EXPECT_EQ(bundle->json.at("resourceType"), "Bundle");
  EXPECT_THAT(Trail(),
              testing::AllOf(HasSubstr("console:test: DHIS2 mapping: 11 places and "),
                             HasSubstr("export --format dhis2, activity of 2026-10 by unit, places "
                                       "then: 90 values"),
                             HasSubstr("export --format fhir, activity of 2026-10 by province")));
}

}  // namespace
}  // namespace tram::server
