#include "tests/e2e/demo/demo_plans.h"

#include <algorithm>

namespace tram::demo {
namespace {

constexpr int kMonthsBetweenDevices = 5;
constexpr int kGovernmentOld = 14, kGovernmentNew = 4;

struct Row {
  const char* code;
  const char* name;
  int year;
  unsigned month;
  int intakes_permille;
  int devices;
};

constexpr Row kKhanhHoa[] = {
    {"KH-PS", "Phương Sơn", 2016, 3, 3100, 3}, {"KH-CT", "Cam Thuận", 2017, 2, 650, 1},
    {"KH-03", "Diên Lạc", 2016, 6, 2150, 2},   {"KH-04", "Vĩnh Khê", 2016, 9, 1650, 2},
    {"KH-05", "Ninh Thạnh", 2017, 3, 1900, 2}, {"KH-06", "Cam Hưng", 2017, 7, 1350, 1},
    {"KH-07", "Suối Hòa", 2017, 11, 1100, 1},  {"KH-08", "Phước Khánh", 2018, 4, 2000, 2},
    {"KH-09", "Vạn An", 2018, 9, 1450, 1},     {"KH-10", "Lộc Hải", 2019, 3, 1650, 1},
    {"KH-11", "Diên Tân", 2019, 10, 1350, 1},  {"KH-12", "Khánh Lâm", 2020, 4, 1200, 1}};
constexpr Row kBacGiang[] = {
    {"BG-01", "Đồng Khê", 2016, 8, 2250, 2},    {"BG-02", "Tân Lạng", 2016, 11, 1750, 2},
    {"BG-03", "Hương Thịnh", 2017, 4, 1650, 1}, {"BG-04", "Yên Lâm", 2017, 8, 1450, 2},
    {"BG-05", "Lục Bình", 2018, 2, 1900, 1},    {"BG-06", "Việt Hòa", 2018, 6, 1600, 1},
    {"BG-07", "Sơn Lạc", 2018, 11, 1350, 1},    {"BG-08", "Hiệp Tân", 2019, 5, 1650, 1},
    {"BG-09", "Xuân Thắng", 2019, 11, 1350, 1}, {"BG-10", "Bình Lạng", 2020, 5, 1100, 1}};
constexpr Row kBaRiaVungTau[] = {
    {"VT-01", "Phước Lâm", 2016, 12, 2150, 2}, {"VT-02", "Long Thịnh", 2017, 5, 1900, 2},
    {"VT-03", "Hòa Khánh", 2017, 10, 1450, 1}, {"VT-04", "Xuyên An", 2018, 3, 1750, 2},
    {"VT-05", "Tam Hải", 2018, 8, 1450, 1},    {"VT-06", "Phú Lợi Đông", 2019, 2, 1650, 2},
    {"VT-07", "Bàu Sen", 2019, 8, 1350, 1},    {"VT-08", "Láng Hạ", 2020, 2, 1200, 1}};
constexpr Row kHoChiMinh[] = {{"SG-01", "Phường Bình Lạc", 2017, 3, 2900, 3},
                              {"SG-02", "Phường Tân Khê", 2017, 9, 2450, 2},
                              {"SG-03", "Phường An Thạnh", 2018, 1, 2250, 2},
                              {"SG-04", "Phường Phú Khánh", 2018, 5, 2150, 2},
                              {"SG-05", "Xã Bình Hưng Lợi", 2018, 10, 1750, 1},
                              {"SG-06", "Phường Hiệp An", 2019, 4, 2150, 2},
                              {"SG-07", "Phường Long Tân", 2019, 9, 1900, 1},
                              {"SG-08", "Xã Tân Hưng Hòa", 2020, 3, 1600, 1}};
constexpr Row kBenTre[] = {
    {"BT-01", "Giồng Dừa", 2017, 6, 1650, 2},   {"BT-02", "An Thạnh Tây", 2018, 3, 1450, 1},
    {"BT-03", "Mỹ Hòa Đông", 2018, 7, 1350, 1}, {"BT-04", "Thạnh Khê", 2019, 1, 1450, 1},
    {"BT-05", "Bình Lợi", 2019, 7, 1200, 1},    {"BT-06", "Châu Tân", 2020, 1, 1100, 1}};
constexpr Row kDaNang[] = {{"DN-01", "Phường Hòa Sơn Đông", 2017, 6, 2150, 2},
                           {"DN-02", "Phường Hải An", 2018, 4, 1900, 2},
                           {"DN-03", "Xã Hòa Lạc", 2018, 12, 1450, 1},
                           {"DN-04", "Phường Thanh Lộc", 2019, 6, 1600, 1},
                           {"DN-05", "Phường Mỹ Khê Tây", 2020, 3, 1350, 1}};
constexpr Row kLaoCai[] = {{"LC-01", "Bản Khê", 2017, 12, 1450, 2},
                           {"LC-02", "Nậm Sơn", 2018, 9, 1350, 1},
                           {"LC-03", "Cốc Lâm", 2019, 4, 1350, 1},
                           {"LC-04", "Mường Lạc", 2020, 2, 1100, 1}};
constexpr Row kHaNoi[] = {{"HN-01", "Phường Yên Thịnh", 2018, 1, 2250, 3},
                          {"HN-02", "Xã Kim Lâm", 2018, 6, 1650, 2},
                          {"HN-03", "Phường Đông Hà Lạc", 2019, 2, 1750, 1},
                          {"HN-04", "Xã Vân Khê", 2019, 10, 1450, 1},
                          {"HN-05", "Phường Tây Lâm", 2020, 6, 1350, 1}};

template <std::size_t kRows>
void AddAll(const char* province, const Row (&rows)[kRows], std::vector<UnitPlan>& units) {
  for (const Row& row : rows) {
    UnitPlan plan;
    plan.code = row.code;
    plan.name = row.name;
    plan.province = province;
    plan.opened = DateOf(row.year, row.month, 1);
    plan.intakes_permille = row.intakes_permille;
    plan.devices = row.devices;
    plan.invented = plan.code != "KH-PS" && plan.code != "KH-CT";
    units.push_back(std::move(plan));
  }
}

/// In 2019 the government paid the running costs of 14 units and 4 new ones.
void SetGovernment(std::vector<UnitPlan>& units) {
  int before = 0, in_2019 = 0;
  for (UnitPlan& plan : units) {
    if (plan.opened < DateOf(2019, 1, 1)) {
      plan.government = ++before <= kGovernmentOld;
    } else if (plan.opened < DateOf(2020, 1, 1)) {
      plan.government = ++in_2019 <= kGovernmentNew;
    }
  }
}

void SetIncidents(std::vector<UnitPlan>& units) {
  using Kind = Incident::Kind;
  for (UnitPlan& plan : units) {
    if (plan.code == "KH-03") {
      plan.incidents = {{Kind::kWrongClock, 1, DateOf(2018, 3, 1), DateOf(2018, 8, 1)}};
    } else if (plan.code == "BG-01") {
      plan.incidents = {{Kind::kLost, 1, DateOf(2018, 5, 20), DateOf(2018, 5, 20)}};
    } else if (plan.code == "VT-01") {
      plan.incidents = {{Kind::kRestored, 0, DateOf(2018, 9, 10), DateOf(2018, 10, 25)}};
    } else if (plan.code == "LC-01") {
      plan.bundles = true;
    } else if (plan.code == "SG-05") {
      plan.silent_from = DateOf(2020, 10, 9);
    } else if (plan.code == "HN-03") {
      plan.silent_from = DateOf(2020, 11, 17);
    }
  }
}

std::vector<UnitPlan> MakeUnits() {
  std::vector<UnitPlan> units;
  AddAll("56", kKhanhHoa, units);
  AddAll("24", kBacGiang, units);
  AddAll("77", kBaRiaVungTau, units);
  AddAll("79", kHoChiMinh, units);
  AddAll("83", kBenTre, units);
  AddAll("48", kDaNang, units);
  AddAll("10", kLaoCai, units);
  AddAll("01", kHaNoi, units);
  std::stable_sort(units.begin(), units.end(),
                   [](const UnitPlan& a, const UnitPlan& b) { return a.opened < b.opened; });
  for (std::size_t i = 0; i < units.size(); ++i) units[i].seed = 100 + i;
  SetGovernment(units);
  SetIncidents(units);
  return units;
}

}  // namespace

const std::vector<UnitPlan>& DemoUnits() {
  static const std::vector<UnitPlan> units = MakeUnits();
  return units;
}

const ProvinceOdds& OddsOf(const std::string& province) {
  static const std::vector<ProvinceOdds> odds{
      {"56", 36, 12, 25, 6, 15},  {"24", 52, 19, 15, -4, 30}, {"77", 54, 22, 40, 0, 25},
      {"79", 58, 26, 55, 4, 35},  {"83", 50, 17, 45, -2, 20}, {"48", 46, 17, 50, 5, 20},
      {"10", 60, 24, 5, -10, 40}, {"01", 55, 22, 30, 2, 35}};
  static const ProvinceOdds elsewhere{};
  for (const ProvinceOdds& one : odds) {
    if (one.code == province) return one;
  }
  return elsewhere;
}

Date DeviceFrom(const UnitPlan& plan, int device) {
  return AddMonths(plan.opened, device * kMonthsBetweenDevices);
}

}  // namespace tram::demo
