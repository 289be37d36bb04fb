#include "web/outcome_form.h"

#include <algorithm>
#include <map>
#include <set>

namespace tram::server {
namespace {

constexpr std::string_view kAll = "all";  // every year; everybody

struct ByChoice {
  const char* name;
  ReleasedBy by;
  PlaceTime time;
  Label label;
};
const std::vector<ByChoice>& ByChoices() {
  static const std::vector<ByChoice> choices = {
      {"then",
       ReleasedBy::kProvinceThen,
       PlaceTime::kThen,
       {"Các tỉnh, như khi đó", "Provinces, as they were then"}},
      {"now",
       ReleasedBy::kProvinceNow,
       PlaceTime::kNow,
       {"Các tỉnh, như hiện nay", "Provinces, as they are now"}},
      {"country", ReleasedBy::kCountry, PlaceTime::kThen, {"Cả nước", "The whole country"}},
      {"units-then",
       ReleasedBy::kUnit,
       PlaceTime::kThen,
       {"Các đơn vị của một tỉnh, như khi đó", "Units of a province, as it was then"}},
      {"units-now",
       ReleasedBy::kUnit,
       PlaceTime::kNow,
       {"Các đơn vị của một tỉnh, như hiện nay", "Units of a province, as it is now"}}};
  return choices;
}

/// The latest year of which there are states, else any.
std::optional<int> LatestYear(const ReleasedIndicators& indicators) {
  std::optional<int> latest, latest_states;
  for (const auto& [indicator, years] : indicators.years) {
    if (years.empty()) continue;
    latest = std::max(latest.value_or(years.back()), years.back());
    if (indicator->shape != IndicatorShape::kStates) continue;
    latest_states = std::max(latest_states.value_or(years.back()), years.back());
  }
  return latest_states ? latest_states : latest;
}

/// The form: reads what was chosen, and fills what can be.
class OutcomeForm {
 public:
  OutcomeForm(const PageCall& call, const ReleasedReader& reader,
              const ReleasedIndicators& indicators, Json& model)
      : call_(call), reader_(reader), indicators_(indicators), model_(model) {
    for (const auto& [indicator, years] : indicators.years) {
      years_.insert(years.begin(), years.end());
    }
  }

  Result<OutcomesAsked> Read() {
    asked_.by_name = ByChoices().front().name;
    ReadYears();
    ReadPlaces();
    TRAM_TRY(ReadDimension());
    ReadIndicator();
    model_["problem"] = problem_;
    return asked_;
  }

 private:
  void Wrong(const char* field, std::string what) {
    if (asked_.wrong.empty()) asked_.wrong = what;
    model_[std::string(field) + "_error"] = std::move(what);
    problem_ = call_.Words("Chưa xem được: hãy sửa ô được đánh dấu dưới đây.",
                           "Nothing is shown yet: please correct the field marked below.");
  }
  void Offer(const char* field, std::string_view value, const std::string& label, bool chosen) {
    model_[field].push_back({{"value", std::string(value)}, {"label", label}, {"chosen", chosen}});
  }

  void ReadYears() {
    const std::string_view wanted = call_.Query("year");
    const std::optional<int> latest = LatestYear(indicators_);
    if (wanted == kAll) {
      asked_.years.assign(years_.begin(), years_.end());
      asked_.year_name = kAll;
    }
    for (int year : years_) {
      if (wanted.empty() ? year == latest : wanted == std::to_string(year)) {
        asked_.years = {year};
        asked_.year_name = std::to_string(year);
      }
    }
    if (asked_.year_name.empty() && !wanted.empty()) {
      Wrong("year", call_.Words("Năm này chưa được công bố. Chọn một năm trong danh sách.",
                                "That year is not released. Choose one of the list."));
    }
    for (auto year = years_.rbegin(); year != years_.rend(); ++year) {
      const std::string name = std::to_string(*year);
      Offer("years", name, name, asked_.year_name == name);
    }
    if (years_.size() > 1) {
      Offer("years", kAll, call_.Words("Mọi năm", "All years"), asked_.year_name == kAll);
    }
  }

  void ReadPlaces() {
    const std::string_view wanted = call_.Query("by");
    bool known = wanted.empty();
    for (const ByChoice& choice : ByChoices()) {
      if (wanted == choice.name) {
        known = true;
        asked_.by_name = choice.name;
      }
      if (asked_.by_name != choice.name) continue;
      asked_.places.by = choice.by;
      asked_.places.time = choice.time;
    }
    if (!known) {
      Wrong("by", call_.Words("Không có cách xem này. Chọn trong danh sách.",
                              "There is no such choice. Choose one of the list."));
    }
    for (const ByChoice& choice : ByChoices()) {
      Offer("bys", choice.name, call_.In(choice.label), asked_.by_name == choice.name);
    }
    ReadProvince();
  }

  void ReadProvince() {
    const std::string_view wanted = call_.Query("province");
    std::map<std::string, std::string> provinces;
    for (int year : asked_.years) {
      for (auto& [code, name] : reader_.Provinces(year, asked_.places.time)) {
        provinces[code] = std::move(name);
      }
    }
    if (provinces.contains(std::string(wanted))) asked_.places.province = wanted;
    if (asked_.places.by == ReleasedBy::kUnit && asked_.places.province.empty()) {
      Wrong("province", call_.Words("Chọn tỉnh có các đơn vị muốn xem.",
                                    "Choose the province whose units you want to see."));
    }
    Offer("provinces", "", call_.Words("chọn tỉnh", "choose a province"),
          asked_.places.province.empty());
    for (const auto& [code, name] : provinces) {
      Offer("provinces", code, name, asked_.places.province == code);
    }
  }

  /// Those by which something is released of the country.
  Result<std::set<std::string>> Dimensions() {
    std::set<std::string> found;
    for (const auto& [indicator, years] : indicators_.years) {
      if (years.empty()) continue;
      TRAM_ASSIGN(const std::set<std::string> of_one,
                  reader_.DimensionsOf(*indicator, years.back()));
      found.insert(of_one.begin(), of_one.end());
    }
    return found;
  }

  Status ReadDimension() {
    const std::string_view wanted = call_.Query("stratum");
    TRAM_ASSIGN(const std::set<std::string> released, Dimensions());
    if (released.contains(std::string(wanted))) asked_.dimension = wanted;
    if (asked_.dimension.empty() && !wanted.empty() && wanted != kAll) {
      Wrong("stratum", call_.Words("Không có số liệu chia theo nhóm này. Chọn trong danh sách.",
                                   "Nothing is released by that. Choose one of the list."));
    }
    Offer("strata", kAll, call_.Words("tất cả", "everybody"), asked_.dimension.empty());
    const Programme& programme = *call_.state.programme().programme;
    for (const Dimension& dimension : programme.dimensions) {
      if (!released.contains(dimension.name)) continue;
      const RecordType* type = programme.ByName(dimension.record);
      const Field* field = type == nullptr ? nullptr : type->ByName(dimension.field);
      Offer("strata", dimension.name, field == nullptr ? dimension.name : call_.In(field->label),
            asked_.dimension == dimension.name);
    }
    return {};
  }

  void ReadIndicator() {
    const std::string_view wanted = call_.Query("indicator");
    for (const Indicator* indicator : indicators_.released) {
      if (indicator->name == wanted) asked_.indicator = indicator;
    }
    if (asked_.indicator == nullptr && !wanted.empty()) {
      Wrong("indicator", call_.Words("Chỉ số này không được công bố. Chọn trong danh sách.",
                                     "That indicator is not released. Choose one of the list."));
    }
    Offer("indicators", "", call_.Words("những bảng vừa một trang", "those that fit on a page"),
          asked_.indicator == nullptr);
    for (const Indicator* indicator : indicators_.released) {
      Offer("indicators", indicator->name, call_.In(indicator->label),
            asked_.indicator == indicator);
    }
  }

  const PageCall& call_;
  const ReleasedReader& reader_;
  const ReleasedIndicators& indicators_;
  Json& model_;
  std::set<int> years_;
  OutcomesAsked asked_;
  std::string problem_;
};

/// When the years asked for of what is not there yet can be.
void AddWaiting(const PageCall& call, const Indicator& indicator, int year,
                std::vector<std::string>& absent) {
  const Programme& programme = *call.state.programme().programme;
  const std::optional<Date> day = ReleaseDay(programme, indicator.name, year);
  if (!day) return;
  const std::string& label = call.In(indicator.label);
  absent.push_back(*day > call.state.Today()
                       ? call.Words("{}, năm {}: sớm nhất ngày {}", "{}, {}: on {} at the earliest",
                                    label, year, DateText(*day))
                       : call.Words("{}, năm {}: chưa có người nào để công bố",
                                    "{}, {}: nobody to be released so far", label, year));
}

}  // namespace

std::string OutcomesAsked::Link() const {
  std::string link = "year=" + PercentEncode(year_name) + "&by=" + by_name;
  if (!places.province.empty()) link += "&province=" + PercentEncode(places.province);
  if (!dimension.empty()) link += "&stratum=" + PercentEncode(dimension);
  return link;
}

Result<OutcomesAsked> AskOutcomes(const PageCall& call, const ReleasedReader& reader,
                                  const ReleasedIndicators& indicators, Json& model) {
  return OutcomeForm(call, reader, indicators, model).Read();
}

Result<std::vector<ReleasedRow>> OutcomeRows(const PageCall& call, const ReleasedReader& reader,
                                             const ReleasedIndicators& indicators,
                                             const Indicator& indicator, const OutcomesAsked& asked,
                                             std::vector<std::string>& absent) {
  const std::vector<int>& released = indicators.years.at(&indicator);
  std::vector<PlacesAsked> places{asked.places};
  const bool provinces =
      asked.places.by == ReleasedBy::kProvinceThen || asked.places.by == ReleasedBy::kProvinceNow;
  if (provinces) places.insert(places.begin(), PlacesAsked{ReleasedBy::kCountry, {}, {}});
  std::vector<ReleasedRow> rows;
  for (int year : asked.years) {
    if (!std::binary_search(released.begin(), released.end(), year)) {
      AddWaiting(call, indicator, year, absent);
      continue;
    }
    for (const PlacesAsked& of : places) {
      TRAM_ASSIGN(std::vector<ReleasedRow> more, reader.Rows(indicator, year, of, asked.dimension));
      std::move(more.begin(), more.end(), std::back_inserter(rows));
    }
    if (rows.empty()) {
      absent.push_back(call.Words("{}, năm {}: không công bố theo từng đơn vị",
                                  "{}, {}: not released by unit", call.In(indicator.label), year));
    }
  }
  return rows;
}

}  // namespace tram::server
