// Activity on the pages (overview, units, each unit) against what R works out of the devices'
// exports: each figure of December 2020, of the months before it, and after the merger of
// provinces.
#include <algorithm>

#include "tests/e2e/demonstration_pages/kept_pages.h"
#include "tests/e2e/demonstration_pages/shown_figures.h"

namespace tram::test {
namespace {

constexpr char kMonth[] = "2020-12", kMonthBefore[] = "2020-11";
constexpr int kTrendMonths = 24, kListedMonths = 12;

struct Head {
  const char* indicator;
  const char* label;
  enum class Kind { kWhole, kCount, kRatio, kPercent } kind;
};
constexpr Head kHeads[] = {
    {"clients_ever", "Khách hàng từ trước đến nay", Head::Kind::kWhole},
    {"active", "Khách hàng đang hoạt động", Head::Kind::kCount},
    {"new", "Khách hàng mới", Head::Kind::kCount},
    {"served", "Khách hàng được phục vụ", Head::Kind::kCount},
    {"sessions_per_active", "Buổi tư vấn trên một khách hàng đang hoạt động", Head::Kind::kRatio},
    {"followups_due", "Theo dõi đến hạn đã thực hiện", Head::Kind::kPercent},
    {"followups_on_time", "Theo dõi đúng hạn", Head::Kind::kPercent}};

/// "2019-01", 23 months before December 2020.
std::string MonthBack(int months) {
  const int number = 2020 * 12 + 11 - months;
  const std::string month = std::to_string(number % 12 + 1);
  return std::to_string(number / 12) + (month.size() == 1 ? "-0" : "-") + month;
}
/// "01/2019".
std::string MonthWords(const std::string& month) {
  return month.substr(5) + "/" + month.substr(0, 4);
}
const char* WordOf(Time time) { return time == Time::kNow ? "now" : "then"; }

const std::map<std::string, std::string> kNamesThen{
    {"01", "Hà Nội"},    {"10", "Lào Cai"},           {"24", "Bắc Giang"},   {"48", "Đà Nẵng"},
    {"56", "Khánh Hòa"}, {"77", "Bà Rịa - Vũng Tàu"}, {"79", "Hồ Chí Minh"}, {"83", "Bến Tre"}};
const std::map<std::string, std::string> kNamesNow{
    {"01", "Hà Nội"},    {"15", "Lào Cai"},     {"24", "Bắc Ninh"}, {"48", "Đà Nẵng"},
    {"56", "Khánh Hoà"}, {"79", "Hồ Chí Minh"}, {"86", "Vĩnh Long"}};
const std::map<std::string, std::string>& Names(Time time) {
  return time == Time::kNow ? kNamesNow : kNamesThen;
}

class ActivityFiguresTest : public KeptPages {
 protected:
  void SetUp() override {
    KeptPages::SetUp();
    if (IsSkipped()) return;
    ServeAfterTheMerger();
    exact_ = std::make_unique<Recomputed>(kept_, "2020-12-31", scratch_ / "r");
  }

  ExactCounts Of(const std::set<std::string>& units, const Head& head, const std::string& month) {
    const bool whole = head.kind == Head::Kind::kWhole;
    return exact_->Sum(units, head.indicator, whole ? "" : month);
  }
  void Compare(const std::string& where, const Head& head, const std::string& shown,
               const ExactCounts& exact) {
    const std::string at = where + ", " + head.indicator;
    if (head.kind == Head::Kind::kRatio) return compared_.Ratio(at, shown, exact);
    if (head.kind == Head::Kind::kPercent) return compared_.Percent(at, shown, exact);
    compared_.Count(at, shown, exact.numerator);
  }

  void CompareHeads(const std::string& where, const std::set<std::string>& units);
  void CompareTrend(const std::string& where, const std::set<std::string>& units);
  void CompareProvinces(const std::string& where, Time time);
  void CompareTiles(const std::string& where, Time time);
  void CompareUnitRows(const std::string& where, std::set<std::string> units);
  void CompareDrawn(const KeptUnit& unit);
  void CompareListed(const KeptUnit& unit);
  void CompareMonths(const std::string& where, const PageTable& table, const KeptUnit& unit,
                     const std::string& indicator,
                     const std::vector<std::pair<std::string, std::string>>& bins);
  void CompareShares(const std::string& where, const PageTable& table, const KeptUnit& unit,
                     const std::string& indicator, bool monthly);

  std::unique_ptr<Recomputed> exact_;
  Comparison compared_;
};

void ActivityFiguresTest::CompareHeads(const std::string& where,
                                       const std::set<std::string>& units) {
  const auto names = Texts(".heads .name"), values = Texts(".heads .value");
  const auto before = Texts(".heads .quiet");
  ASSERT_EQ(names.size(), std::size(kHeads)) << where;
  for (std::size_t i = 0; i < std::size(kHeads); ++i) {
    compared_.Same(where, names[i], kHeads[i].label);
    Compare(where, kHeads[i], values[i], Of(units, kHeads[i], kMonth));
    const std::string words = "tháng trước: ";
    if (kHeads[i].kind == Head::Kind::kWhole) {
      compared_.Same(where, before[i], "đến hết tháng");
    } else {
      ASSERT_TRUE(before[i].starts_with(words)) << before[i];
      Compare(where + ", the month before", kHeads[i], before[i].substr(words.size()),
              Of(units, kHeads[i], kMonthBefore));
    }
  }
}

void ActivityFiguresTest::CompareTrend(const std::string& where,
                                       const std::set<std::string>& units) {
  const PageTable trend =
      TableOf(browser_->Text("h1").substr(0, browser_->Text("h1").find(", 12/")));
  ASSERT_EQ(trend.head.size(), kTrendMonths + 1u) << where;
  std::size_t row = 0;
  for (const Head& head : kHeads) {
    if (head.kind != Head::Kind::kCount) continue;
    ASSERT_LT(row, trend.rows.size()) << where;
    const auto& cells = trend.rows[row++];
    compared_.Same(where, cells.at(0), head.label);
    for (int i = 0; i < kTrendMonths; ++i) {
      const std::string month = MonthBack(kTrendMonths - 1 - i);
      const auto at = static_cast<std::size_t>(i) + 1;
      compared_.Same(where, trend.head[at], MonthWords(month));
      Compare(where + ", " + month, head, cells.at(at), Of(units, head, month));
    }
  }
}

void ActivityFiguresTest::CompareProvinces(const std::string& where, Time time) {
  const PageTable table = TableOf("Cả nước, 12/2020");
  const auto provinces = exact_->Provinces(time);
  ASSERT_EQ(table.rows.size(), provinces.size()) << where;
  auto row = table.rows.begin();
  for (const std::string& province : provinces) {
    const auto units = exact_->UnitsOf(province, time);
    compared_.Same(where, row->at(0), Names(time).at(province));
    for (std::size_t i = 0; i < std::size(kHeads); ++i) {
      Compare(where + ", " + province, kHeads[i], row->at(i + 1), Of(units, kHeads[i], kMonth));
    }
    ++row;
  }
}

void ActivityFiguresTest::CompareTiles(const std::string& where, Time time) {
  const auto names = Texts(".tiles .name"), figures = Texts(".tiles .figure");
  ASSERT_EQ(names.size(), time == Time::kNow ? 34u : 63u) << where;
  const auto shown =
      browser_->Run("return document.querySelector('#show').selectedOptions[0].text");
  for (const Head& head : kHeads) {
    if (shown != head.label) continue;
    std::map<std::string, std::string> codes;
    for (const auto& [code, name] : Names(time)) codes[name] = code;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool ours = codes.contains(names[i]);
      const auto units = ours ? exact_->UnitsOf(codes[names[i]], time) : std::set<std::string>();
      Compare(where + ", tile of " + names[i], head, figures[i], Of(units, head, kMonth));
    }
  }
}

TEST_F(ActivityFiguresTest, TheOverviewHasTheRecomputedFiguresOfThenAndOfNow) {
  for (Time time : {Time::kThen, Time::kNow}) {
    const std::string address = std::string("/?month=2020-12&places=") + WordOf(time);
    Go(address);
    EXPECT_EQ(browser_->Text("h1"), "Cả nước, 12/2020");
    CompareHeads(WordOf(time), exact_->UnitsOf("", time));
    CompareTrend(WordOf(time), exact_->UnitsOf("", time));
    CompareProvinces(WordOf(time), time);
    for (const Head& head : kHeads) {
      if (head.kind != Head::Kind::kWhole && head.kind != Head::Kind::kCount) continue;
      Go(address + "&show=" + head.indicator);
      CompareTiles(std::string(WordOf(time)) + " by " + head.indicator, time);
    }
    for (const std::string& province : exact_->Provinces(time)) {
      Go(address + "&place=" + province);
      const std::string where = std::string(WordOf(time)) + ", " + province;
      EXPECT_EQ(browser_->Text("h1"), Names(time).at(province) + ", 12/2020");
      CompareHeads(where, exact_->UnitsOf(province, time));
      CompareTrend(where, exact_->UnitsOf(province, time));
    }
  }
  std::printf("compared: %ld figures of the overview\n", compared_.count());
  EXPECT_GT(compared_.count(), 2'500);
}

TEST_F(ActivityFiguresTest, MonthsSinceTheMergerCountUnitsForTheNewProvinces) {
  const Recomputed later(kept_, "2026-10-31", scratch_ / "r-later");
  for (Time asked : {Time::kThen, Time::kNow}) {
    Go(std::string("/?month=2026-10&places=") + WordOf(asked));
    const PageTable table = TableOf("Cả nước, 10/2026");
    const auto provinces = later.Provinces(Time::kNow);
    ASSERT_EQ(table.rows.size(), provinces.size());
    auto row = table.rows.begin();
    for (const std::string& province : provinces) {
      compared_.Same(province, row->at(0), kNamesNow.at(province));
      for (std::size_t i = 0; i < std::size(kHeads); ++i) {
        const bool whole = kHeads[i].kind == Head::Kind::kWhole;
        Compare(province, kHeads[i], row->at(i + 1),
                later.Sum(later.UnitsOf(province, Time::kNow), kHeads[i].indicator,
                          whole ? "" : "2026-10"));
      }
      ++row;
    }
  }
  std::printf("compared: %ld figures of October 2026\n", compared_.count());
  EXPECT_GT(compared_.count(), 100);
}

// ---- units ----

void ActivityFiguresTest::CompareUnitRows(const std::string& where, std::set<std::string> units) {
  constexpr std::size_t kNames = 3;  // code, name, province
  while (true) {
    const auto tables = Tables();
    ASSERT_EQ(tables.size(), 1u) << where;
    for (const auto& cells : tables[0].rows) {
      const std::string& code = cells.at(0);
      ASSERT_EQ(units.erase(code), 1u) << where << ": " << code;
      for (std::size_t i = 0; i < std::size(kHeads); ++i) {
        Compare(where + ", " + code, kHeads[i], cells.at(kNames + i),
                Of({code}, kHeads[i], kMonth));
      }
      int months = 0;
      for (int i = 0; i < kListedMonths; ++i) {
        bool some = false;
        for (const Head& head : kHeads) {
          if (head.kind == Head::Kind::kWhole) continue;
          some = some || Of({code}, head, MonthBack(i)) != ExactCounts();
        }
        months += some ? 1 : 0;
      }
      compared_.Count(where + ", " + code + ", months with figures",
                      cells.at(kNames + std::size(kHeads)), months);
    }
    const auto links = Texts("main p.actions a");
    if (links.empty() || links.back() != "Trang sau") break;
    browser_->Follow("main p.actions a:last-child");
  }
  EXPECT_TRUE(units.empty()) << where << " lacks " << *units.begin();
}

TEST_F(ActivityFiguresTest, TheTableOfUnitsHasTheRecomputedFigures) {
  for (Time time : {Time::kThen, Time::kNow}) {
    const std::string address = std::string("/units?month=2020-12&places=") + WordOf(time);
    Go(address);
    CompareUnitRows(WordOf(time), exact_->UnitsOf("", time));
    for (const std::string& province : exact_->Provinces(time)) {
      Go(address + "&place=" + province);
      CompareUnitRows(std::string(WordOf(time)) + ", " + province, exact_->UnitsOf(province, time));
    }
  }
  std::printf("compared: %ld figures of the tables of units\n", compared_.count());
  EXPECT_GT(compared_.count(), 1'800);
}

// ---- a unit ----

void ActivityFiguresTest::CompareDrawn(const KeptUnit& unit) {
  const auto tables = Tables();
  for (const Head& head : kHeads) {
    const std::string id = std::string("#") + head.indicator;
    const std::string title = browser_->Text(id + " h3"), label = std::string(head.label) + ": ";
    ASSERT_TRUE(title.starts_with(label)) << title;
    Compare(unit.code, head, title.substr(label.size()), Of({unit.code}, head, kMonth));
    if (head.kind == Head::Kind::kWhole) continue;
    const auto table = std::find_if(tables.begin(), tables.end(), [&](const PageTable& any) {
      return any.section == head.indicator;
    });
    ASSERT_NE(table, tables.end()) << id;
    ASSERT_EQ(table->head.size(), kTrendMonths + 1u);
    for (int i = 0; i < kTrendMonths; ++i) {
      const std::string month = MonthBack(kTrendMonths - 1 - i), where = unit.code + ", " + month;
      const auto at = static_cast<std::size_t>(i) + 1;
      std::string shown = table->rows.at(0).at(at);
      const ExactCounts exact = Of({unit.code}, head, month);
      compared_.Same(where, table->head[at], MonthWords(month));
      if (head.kind != Head::Kind::kCount && exact.denominator > 0) {
        const std::size_t open = shown.find(" (");
        const std::string both =
            std::to_string(exact.numerator) + "/" + std::to_string(exact.denominator);
        compared_.Same(where, shown.substr(std::min(open, shown.size())), " (" + both + ")");
        shown.resize(std::min(open, shown.size()));
      }
      Compare(where, head, shown, exact);
    }
  }
}

/// Columns are the months that have any; rows are the bins, by label, where there are several.
void ActivityFiguresTest::CompareMonths(
    const std::string& where, const PageTable& table, const KeptUnit& unit,
    const std::string& indicator, const std::vector<std::pair<std::string, std::string>>& bins) {
  const bool labelled = !bins.front().first.empty();
  const std::size_t names = labelled ? 1 : 0;
  std::map<std::string, std::map<std::string, std::string>> shown;  // by label, month
  for (const auto& row : table.rows) {
    for (std::size_t i = names; i < row.size(); ++i) {
      shown[labelled ? row[0] : ""][table.head.at(i)] = row[i];
    }
  }
  for (const auto& [label, bin] : bins) {
    for (int i = 0; i < kListedMonths; ++i) {
      const std::string month = MonthBack(i), at = where + ", " + label + ", " + month;
      const auto exact = exact_->Sum({unit.code}, indicator, month, bin).numerator;
      const bool there = shown.contains(label) && shown[label].contains(MonthWords(month));
      if (there && ShownCount(shown[label][MonthWords(month)])) {
        compared_.Count(at, shown[label][MonthWords(month)], exact);
      } else {
        compared_.Near(at + " is not there", 0, static_cast<double>(exact), 0);
      }
    }
    shown.erase(label);
  }
  EXPECT_TRUE(shown.empty()) << where << " has " << shown.begin()->first;
}

/// Rows are the months that have any: how many, of how many, percent, interval.
void ActivityFiguresTest::CompareShares(const std::string& where, const PageTable& table,
                                        const KeptUnit& unit, const std::string& indicator,
                                        bool monthly) {
  std::map<std::string, std::vector<std::string>> shown;
  for (const auto& row : table.rows) {
    shown[monthly ? row.at(0) : ""].assign(row.begin() + (monthly ? 1 : 0), row.end());
  }
  for (int i = 0; i < (monthly ? kListedMonths : 1); ++i) {
    const std::string month = monthly ? MonthBack(i) : "", at = where + ", " + month;
    const ExactCounts exact = exact_->Sum({unit.code}, indicator, month);
    const auto row = shown.find(monthly ? MonthWords(month) : "");
    if (exact == ExactCounts()) {
      EXPECT_TRUE(row == shown.end()) << at;
      continue;
    }
    ASSERT_TRUE(row != shown.end() && row->second.size() == 4) << at;
    const auto part = static_cast<double>(exact.numerator);
    const auto whole = static_cast<double>(exact.denominator);
    compared_.Count(at, row->second[0], exact.numerator);
    compared_.Count(at, row->second[1], exact.denominator);
    compared_.Share(at, row->second[2], part / whole);
    compared_.Wilson(at, row->second[3], part, whole);
    shown.erase(row);
  }
  EXPECT_TRUE(shown.empty()) << where << " has " << shown.begin()->first;
}

void ActivityFiguresTest::CompareListed(const KeptUnit& unit) {
  using Bins = std::vector<std::pair<std::string, std::string>>;
  const std::map<std::string, std::pair<std::string, Bins>> counts{
      {"Buổi tư vấn", {"sessions", {{"", ""}}}},
      {"Tập huấn", {"training", {{"Lớp", "events"}, {"Ngày", "days"}, {"Lượt người", "people"}}}},
      {"Tiếp cận cộng đồng", {"outreach", {{"Hoạt động", "events"}, {"Lượt người", "people"}}}},
      {"Kinh phí (đồng)",
       {"funding",
        {{"Ngân sách tỉnh", "province"},
         {"Ngân sách trung ương", "government"},
         {"Tổ chức tài trợ", "organisation"}}}}};
  const std::map<std::string, std::pair<std::string, bool>> shares{
      {"Thuốc đã cấp", {"supply", true}},
      {"Hết thuốc", {"stock_out", true}},
      {"Cán bộ đã tập huấn", {"trained_staff", false}}};
  std::set<std::string> seen;
  for (const PageTable& table : Tables()) {
    const std::string where = unit.code + ", " + table.caption;
    if (const auto found = counts.find(table.caption); found != counts.end()) {
      CompareMonths(where, table, unit, found->second.first, found->second.second);
      seen.insert(found->second.first);
    }
    if (const auto found = shares.find(table.caption); found != shares.end()) {
      CompareShares(where, table, unit, found->second.first, found->second.second);
      seen.insert(found->second.first);
    }
  }
  // A table that is not there has nothing to tell.
  for (const auto& [caption, of] : counts) {
    if (seen.contains(of.first)) continue;
    for (const auto& [label, bin] : of.second) {
      for (int i = 0; i < kListedMonths; ++i) {
        EXPECT_EQ(exact_->Sum({unit.code}, of.first, MonthBack(i), bin), ExactCounts())
            << unit.code << " has no " << caption;
      }
    }
  }
  for (const auto& [caption, of] : shares) {
    if (seen.contains(of.first)) continue;
    for (int i = 0; i < kListedMonths; ++i) {
      EXPECT_EQ(exact_->Sum({unit.code}, of.first, of.second ? MonthBack(i) : ""), ExactCounts())
          << unit.code << " has no " << caption;
    }
  }
}

TEST_F(ActivityFiguresTest, EveryUnitsPageHasTheRecomputedFigures) {
  for (const KeptUnit& unit : exact_->units()) {
    Go("/unit/" + unit.code + "?month=2020-12");
    EXPECT_TRUE(browser_->Text("h1").starts_with(unit.name)) << browser_->Text("h1");
    CompareDrawn(unit);
    if (HasFatalFailure()) return;
    CompareListed(unit);
    if (HasFatalFailure()) return;
  }
  std::printf("compared: %ld figures of %zu units\n", compared_.count(), exact_->units().size());
  EXPECT_GT(compared_.count(), 20'000);
}

}  // namespace
}  // namespace tram::test
