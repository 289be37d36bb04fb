#include "tests/unit/central_server/released_year.h"

#include <iostream>

#include "app/default_programme.h"
#include "rollup/months.h"
#include "rollup/release.h"
#include "tests/support/made_up_persons.h"

namespace tram::server {

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
    test::MadeUpPersons persons(programme(), seed * 100 + static_cast<unsigned>(unit));
    for (int year : {2023, 2024}) {
      for (std::size_t i = 0; i < sizes_[unit]; ++i) persons.Add(year);
    }
    ASSERT_OK(store().rollups().Replace(units_[unit].number, as_of, persons.Figures(),
                                        {clock_.ms, 1, state().programme().programme->digest}));
  }
}

}  // namespace tram::server
