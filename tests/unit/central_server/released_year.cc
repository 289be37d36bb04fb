#include "tests/unit/central_server/released_year.h"

#include <iostream>
#include <random>

#include "app/default_programme.h"
#include "rollup/months.h"
#include "rollup/release.h"

namespace tram::server {
namespace {

constexpr const char* kDimensions[] = {"sex", "age_group", "referral", "primary_drug"};

/// Rows of one unit, added up as they come.
class RowSums {
 public:
  void Add(const std::string& indicator, const std::string& period, const std::string& stratum,
           const std::string& bin, std::int64_t numerator, std::int64_t denominator) {
    auto& [n, d] = sums_[indicator][{period, stratum, bin}];
    n += numerator;
    d += denominator;
  }
  std::vector<IndicatorFigures> Figures() const {
    std::vector<IndicatorFigures> figures;
    for (const auto& [indicator, rows] : sums_) {
      figures.push_back({indicator, {}});
      for (const auto& [key, counts] : rows) {
        const auto& [period, stratum, bin] = key;
        figures.back().rows.push_back({period, stratum, bin, counts.first, counts.second});
      }
    }
    return figures;
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<std::string, std::map<Key, std::pair<std::int64_t, std::int64_t>>> sums_;
};

class Persons {
 public:
  Persons(const Programme& programme, unsigned seed) : programme_(programme), random_(seed) {}

  void AddTo(RowSums& sums, int year) {
    const std::string month =
        std::to_string(year) + (Below(2) == 0 ? "-0" : "-1") + std::to_string(Below(3));
    const std::string period = month.ends_with("-00") ? std::to_string(year) + "-04" : month;
    sums.Add("new_profile", period, "all", "", 1, 0);
    for (const char* dimension : kDimensions) {
      sums.Add("new_profile", period, std::string(dimension) + "=" + Code(dimension), "", 1, 0);
    }
    AddOutcome(sums, period, "");
    for (const char* days : {"90", "180", "365"}) {
      sums.Add("retention", period, "all", days, Below(3) != 0, 1);
    }
    sums.Add("family_present", period, "all", "", Below(4) == 0, 1);
    sums.Add("readmission", period, "all", "", Below(5) == 0, 1);
    sums.Add("relapse_or_loss", period, "all", std::to_string(Below(400)), 1, 1);
    if (Below(2) == 0) AddOutcome(sums, period, "_end");
  }

 private:
  unsigned Below(unsigned end) { return static_cast<unsigned>(random_() % end); }

  std::string Code(const std::string& dimension) {
    for (const Dimension& known : programme_.dimensions) {
      if (known.name != dimension) continue;
      const auto& codes =
          programme_.Codes(programme_.ByName(known.record)->ByName(known.field)->codes)->values;
      // The first ones are common, the others rare.
      return codes[Below(3) == 0 ? Below(static_cast<unsigned>(codes.size())) : Below(2)].name;
    }
    return "";
  }

  /// As the definitions of the two states hang together.
  void AddOutcome(RowSums& sums, const std::string& period, const std::string& end) {
    static constexpr const char* kStates[] = {"using",
                                              "using",
                                              "not_using_in_treatment",
                                              "not_using_in_treatment",
                                              "not_using_out_of_treatment",
                                              "died",
                                              "detained",
                                              "moved_or_transferred",
                                              "not_known"};
    const std::string state = kStates[Below(std::size(kStates))];
    const bool known = state != "moved_or_transferred" && state != "not_known";
    const bool clean = state.starts_with("not_using") && Below(4) != 0;
    sums.Add("state_12m" + end, period, "all", state, 1, 0);
    const char* use = !known ? "not_known" : clean ? "no_use" : "some_use";
    sums.Add("no_use_12m" + end, period, "all", use, 1, 0);
    const bool relapse = Below(2) == 0;
    sums.Add("relapse_free" + end, period, "all",
             std::to_string(relapse ? Below(365) : 100 + Below(400)), relapse, 1);
  }

  const Programme& programme_;
  std::mt19937 random_;
};

}  // namespace

void ReleasedYearTest::SetUp() {
  PagesTest::SetUp();
  auto loaded = Programme::Load(DefaultProgramme(), "treatment.toml");
  ASSERT_OK(loaded);
  ASSERT_OK(state().UseProgramme(**loaded, "test"));
  // Khánh Hòa stays; Bắc Giang (24) and Bắc Ninh (27) are one since 2025; Hà Nội is too small.
  const std::vector<std::pair<const char*, std::size_t>> units = {
      {"56", 151}, {"56", 93}, {"56", 17}, {"24", 128}, {"24", 64}, {"27", 77}, {"01", 3}};
  for (std::size_t i = 0; i < units.size(); ++i) {
    units_.push_back(AddTestUnit("U" + std::to_string(i + 1), units[i].first));
    sizes_.push_back(units[i].second);
  }
  if (seed_ == 0) {
    seed_ = static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed()) + 1;
  }
  std::cout << "seed " << seed_ << "\n";
  StoreRows(seed_, kReleased);
  ASSERT_OK(ReleaseDue(state(), kReleased));
  // All that is due by today's clock, so that the owner's idle work publishes nothing beside a
  // test.
  for (Date month = kReleased; month < MonthEnd(state().Today());
       month = MonthEnd(AddMonths(month, 1))) {
    ASSERT_OK(store().rollups().Publish(month, PublicationMs(month)));
  }
}

void ReleasedYearTest::StoreRows(unsigned seed, Date as_of) {
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    Persons persons(programme(), seed * 100 + static_cast<unsigned>(unit));
    RowSums sums;
    for (int year : {2023, 2024}) {
      for (std::size_t i = 0; i < sizes_[unit]; ++i) persons.AddTo(sums, year);
    }
    const std::vector<IndicatorFigures> figures = sums.Figures();
    ASSERT_OK(store().rollups().Replace(units_[unit].number, as_of, figures,
                                        {clock_.ms, 1, state().programme().programme->digest}));
  }
}

}  // namespace tram::server
