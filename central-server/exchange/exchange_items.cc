#include "exchange/exchange_items.h"

#include <algorithm>
#include <map>

#include "rollup/figure_board.h"
#include "rollup/person_tables.h"

namespace tram::server {
namespace {

void AddActivity(const Indicator& indicator, std::vector<ExchangeItem>& items) {
  if (indicator.shape == IndicatorShape::kCount) items.push_back({&indicator, kCountItem});
  if (indicator.shape != IndicatorShape::kRate) return;
  items.push_back({&indicator, kNumeratorItem});
  items.push_back({&indicator, kDenominatorItem});
}

/// Each once, in the order in which they come.
class ItemList {
 public:
  ItemList(const Indicator& indicator, std::vector<ExchangeItem>& items)
      : indicator_(indicator), items_(items) {}

  void Add(const std::string& item, const std::string& stratum = kEverybody) {
    const bool known = std::any_of(items_.begin(), items_.end(), [&](const ExchangeItem& other) {
      return other.indicator == &indicator_ && other.item == item && other.stratum == stratum;
    });
    if (!known) items_.push_back({&indicator_, item, stratum});
  }

 private:
  const Indicator& indicator_;
  std::vector<ExchangeItem>& items_;
};

template <class Take>
void ForEachRow(const CohortPlan& plan, Take take) {
  for (const RowRange& range : plan.dimensions) {
    for (const std::string& name : range.names) take(name);
  }
}

void AddReleased(const CohortPlan& plan, const Indicator& indicator,
                 std::vector<ExchangeItem>& items) {
  ItemList list(indicator, items);
  if (plan.profile == &indicator) {
    list.Add(kPersonsItem);
    ForEachRow(plan, [&](const std::string& row) { list.Add(kPersonsItem, row); });
  }
  for (const PlannedTable& planned : plan.tables) {
    if (planned.indicator != &indicator) continue;
    list.Add(kPersonsItem);
    for (const TableItem& item : planned.table.items) list.Add(item.name);
    for (const TableItem& item : planned.table.unit_items) list.Add(item.name);
    if (!planned.table.strata) continue;
    ForEachRow(plan, [&](const std::string& row) {
      list.Add(kPersonsItem, row);
      for (const TableItem& item : planned.table.items) {
        if (item.in_rows) list.Add(item.name, row);
      }
    });
  }
}

/// "events_90" is of day 90.
std::string After(const std::string& item, std::string_view prefix) {
  return item.starts_with(prefix) ? item.substr(prefix.size()) : "";
}

Label BinLabel(const Indicator& indicator, const std::string& name) {
  for (const Bin& bin : indicator.bins) {
    if (bin.name == name) return bin.label;
  }
  return {name, name};
}

}  // namespace

std::string DimensionOfStratum(const std::string& stratum) {
  const std::size_t sign = stratum.find('=');
  return sign == std::string::npos ? "" : stratum.substr(0, sign);
}

std::vector<ExchangeItem> ExchangeItems(const Programme& programme) {
  const std::vector<CohortPlan> plans = CohortPlans(programme);
  std::vector<ExchangeItem> items;
  for (const Indicator& indicator : programme.indicators) {
    if (FigureBoard::Holds(indicator)) AddActivity(indicator, items);
    if (indicator.kind != IndicatorKind::kPerson) continue;
    for (const CohortPlan& plan : plans) AddReleased(plan, indicator, items);
  }
  return items;
}

Label ItemLabel(const Indicator& indicator, const std::string& item) {
  static const std::map<std::string, Label> kLabels{
      {kNumeratorItem, {"Tử số", "Numerator"}},
      {kDenominatorItem, {"Mẫu số", "Denominator"}},
      {kPersonsItem, {"Số người", "Persons"}},
      {"success", {"Thành công", "Success"}},
      {"known_other", {"Đã rõ, không thành công", "Known, no success"}},
      {"known", {"Đã rõ tình trạng", "State known"}},
      {"unknown", {"Chưa rõ", "Unknown"}},
      {"yes", {"Có", "Yes"}},
      {"no", {"Không", "No"}}};
  if (item == kCountItem) return indicator.label;
  if (indicator.shape == IndicatorShape::kSurvival) {
    if (const std::string day = After(item, "events_"); !day.empty()) {
      return {"Có biến cố đến ngày " + day, "With the event by day " + day};
    }
    if (const std::string day = After(item, "at_risk_"); !day.empty()) {
      return {"Còn theo dõi, chưa có biến cố sau ngày " + day,
              "Followed without the event after day " + day};
    }
  }
  if (indicator.shape == IndicatorShape::kRate) {
    for (const auto& [word, label] : {std::pair<std::string, Label>{"yes_", {"có", "yes"}},
                                      std::pair<std::string, Label>{"no_", {"không", "no"}}}) {
      const std::string bin = After(item, word);
      if (bin.empty()) continue;
      const Label of = BinLabel(indicator, bin);
      return {of.vi + ": " + label.vi, of.en + ": " + label.en};
    }
  }
  const auto found = kLabels.find(item);
  // A programme may call one of its states so.
  const Label own = BinLabel(indicator, item);
  if (found != kLabels.end() && own.vi == item) return found->second;
  return own;
}

}  // namespace tram::server
