#include "exchange/data_value_set.h"

#include <fmt/format.h>

#include <algorithm>

namespace tram::server {
namespace {

using Json = nlohmann::ordered_json;

/// "2026-10" → "202610"; a year stays as it is.
std::string PeriodText(std::string period) {
  std::erase(period, '-');
  return period;
}

class SetMaker {
 public:
  SetMaker(const ExchangeFigures& figures, const Dhis2Mapping& mapping, Language in)
      : figures_(figures), mapping_(mapping), vi_(in == Language::kVietnamese) {}

  Result<DataValueSet> Make() {
    values_ = Json::array();
    for (const ExchangeReport& report : figures_.reports) {
      const ExchangePlace& place = figures_.places[report.place];
      const std::string* org_unit = mapping_.OrgUnit(place);
      if (org_unit == nullptr) {
        made_.unmapped_places.insert(NameOfPlace(place));
        continue;
      }
      for (const ExchangeLine& line : report.lines) AddLine(report, line, place, *org_unit);
    }
    if (made_.values > kDataValuesMax) {
      return MakeError(ErrorCode::kInvalid,
                       "tài liệu này quá lớn: hãy chọn một tỉnh · this document is too large: "
                       "choose a province");
    }
    AddHead();
    made_.document["dataValues"] = std::move(values_);
    return std::move(made_);
  }

 private:
  std::string NameOfPlace(const ExchangePlace& place) const {
    if (place.kind == ExchangeBy::kCountry) return vi_ ? "Cả nước" : "Whole country";
    return place.code + " " + place.name;
  }

  void AddLine(const ExchangeReport& report, const ExchangeLine& line, const ExchangePlace& place,
               const std::string& org_unit) {
    const std::string period = PeriodText(report.period), comment = CommentOf(line, place);
    for (const ExchangeNumber& number : line.numbers) {
      const Dhis2Value* to = mapping_.Value(report.indicator->name, number.item, line.stratum);
      if (to == nullptr) {
        made_.unmapped_values.insert(ValueName(report.indicator->name, number.item, line.stratum));
        continue;
      }
      if (number.shown.hidden()) {
        ++made_.hidden;
        continue;
      }
      if (++made_.values > kDataValuesMax) continue;  // refused at the end
      Json value{{"dataElement", to->data_element}};
      if (!to->category_option_combo.empty()) {
        value["categoryOptionCombo"] = to->category_option_combo;
      }
      if (!mapping_.attribute_option_combo.empty()) {
        value["attributeOptionCombo"] = mapping_.attribute_option_combo;
      }
      value["period"] = period;
      value["orgUnit"] = org_unit;
      value["value"] = std::to_string(*number.shown.value());
      if (!comment.empty()) value["comment"] = comment;
      values_.push_back(std::move(value));
      periods_.insert(period);
      org_units_.insert(org_unit);
    }
  }

  std::string CommentOf(const ExchangeLine& line, const ExchangePlace& place) const {
    if (line.rounded_to > 1) {
      return vi_ ? fmt::format("làm tròn đến {}", line.rounded_to)
                 : fmt::format("rounded to {}", line.rounded_to);
    }
    if (place.silent == 0) return "";
    return vi_ ? fmt::format("{} trên {} đơn vị đã gửi số liệu", place.units - place.silent,
                             place.units)
               : fmt::format("{} of {} units have sent data", place.units - place.silent,
                             place.units);
  }

  void AddHead() {
    const bool activity = figures_.query.part == ExchangePart::kActivity;
    const std::string& set = activity ? mapping_.month_data_set : mapping_.year_data_set;
    made_.no_data_set = set.empty();
    Json& head = made_.document;
    head = Json::object();
    if (!set.empty()) head["dataSet"] = set;
    const bool one = periods_.size() == 1 && org_units_.size() == 1;
    // What is complete: one place's month that no longer changes.
    if (one && activity && figures_.published_ms && !set.empty()) {
      head["completeDate"] = IsoDate(LocalDate(*figures_.published_ms));
    }
    if (periods_.size() == 1) head["period"] = *periods_.begin();
    if (one) head["orgUnit"] = *org_units_.begin();
    if (!mapping_.attribute_option_combo.empty()) {
      head["attributeOptionCombo"] = mapping_.attribute_option_combo;
    }
  }

  const ExchangeFigures& figures_;
  const Dhis2Mapping& mapping_;
  const bool vi_;
  DataValueSet made_;
  Json values_;
  std::set<std::string> periods_, org_units_;
};

}  // namespace

Result<DataValueSet> MakeDataValueSet(const ExchangeFigures& figures, const Dhis2Mapping& mapping,
                                      Language in) {
  return SetMaker(figures, mapping, in).Make();
}

}  // namespace tram::server
