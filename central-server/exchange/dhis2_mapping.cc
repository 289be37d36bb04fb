#include "exchange/dhis2_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exchange/exchange_items.h"
#include "storage/settings.h"
#include "tram/base/csv.h"

namespace tram::server {
namespace {

constexpr const char* kColumns[] = {
    "what", "code", "from", "item", "stratum", "uid", "category_option_combo", "name"};
enum Column { kWhat, kCode, kFrom, kItem, kStratum, kUid, kCombo, kName };
constexpr Column kRequired[] = {kWhat, kCode, kUid};
constexpr std::size_t kUidLength = 11;

constexpr char kMonthSet[] = "month_data_set", kYearSet[] = "year_data_set",
               kAttribute[] = "attribute_option_combo", kCountry[] = "country",
               kProvince[] = "province", kUnit[] = "unit", kValue[] = "value";

std::string Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

class MappingReader {
 public:
  MappingReader(ServerState& state, Language in) : state_(state), in_(in) {}

  Result<Dhis2Mapping> Read(std::string_view csv) {
    if (csv.size() > kMappingBytesMax) {
      return Fail("tệp lớn hơn mức máy chủ nhận", "the file is larger than the server takes");
    }
    const Result<CsvTable> table = ParseCsv(csv);
    if (!table) {
      return Fail("tệp này không phải là bảng CSV có dòng tên cột",
                  "this is no CSV file with a line that names the columns");
    }
    TRAM_TRY(FindColumns(table->header));
    TRAM_TRY(Learn());
    for (const CsvRow& row : table->rows) {
      Status taken = row.problem.empty() ? TakeRow(row)
                                         : Fail(
                                               "dòng này không đúng cách viết CSV: xem lại các "
                                               "dấu ngoặc kép",
                                               "this is no CSV: look at its quotation marks");
      if (!taken) mapping_.faults.push_back({row.line, taken.error().message});
    }
    return std::move(mapping_);
  }

 private:
  template <class... Args>
  Error Fail(fmt::format_string<Args...> vi, fmt::format_string<Args...> en, Args&&... args) const {
    return MakeError(ErrorCode::kInvalid, fmt::format(in_ == Language::kVietnamese ? vi : en,
                                                      std::forward<Args>(args)...));
  }

  Status FindColumns(const std::vector<std::string>& header) {
    for (const char* name : kColumns) {
      const auto found = std::find_if(header.begin(), header.end(), [&](const std::string& cell) {
        return Trimmed(cell) == name;
      });
      columns_.push_back(found - header.begin());
    }
    for (const Column column : kRequired) {
      if (columns_[column] < static_cast<std::ptrdiff_t>(header.size())) continue;
      return Fail("dòng đầu phải có tên các cột what, code và uid; không thấy cột {}",
                  "the first line must name the columns what, code and uid; there is no {}",
                  kColumns[column]);
    }
    return {};
  }
  std::string Cell(const CsvRow& row, Column column) const {
    const auto at = static_cast<std::size_t>(columns_[column]);
    return at < row.cells.size() ? WithoutTextMark(Trimmed(row.cells[at])) : "";
  }

  Status Learn() {
    TRAM_ASSIGN(const std::vector<Unit> units, state_.store().units().All());
    for (const Unit& unit : units) units_.insert(unit.code);
    for (const ExchangeItem& item : ExchangeItems(*state_.programme().programme)) {
      items_[item.indicator->name][item.item].insert(item.stratum);
    }
    return {};
  }

  Status TakeRow(const CsvRow& row) {
    const std::string what = Cell(row, kWhat), uid = Cell(row, kUid), combo = Cell(row, kCombo);
    if (what.empty() && uid.empty() && Cell(row, kCode).empty()) return {};
    if (uid.empty() && !combo.empty()) {
      return Fail("có category_option_combo mà cột uid để trống",
                  "there is a category_option_combo, and the column uid is empty");
    }
    for (const std::string& one : {uid, combo}) {
      if (one.empty() || IsDhis2Uid(one)) continue;
      return Fail("“{}” không phải là mã của DHIS2: một chữ cái, rồi mười chữ cái hoặc chữ số",
                  "“{}” is no UID of DHIS2: a letter, then ten letters or digits", one);
    }
    if (!combo.empty() && what != kValue) {
      return Fail("chỉ dòng value mới có category_option_combo",
                  "only a line value has a category_option_combo");
    }
    if (what == kUnit) return TakeUnit(row, uid);
    if (what == kProvince) return TakeProvince(row, uid);
    if (what == kValue) return TakeValue(row, {uid, combo});
    const std::map<std::string, std::string*> single{{kMonthSet, &mapping_.month_data_set},
                                                     {kYearSet, &mapping_.year_data_set},
                                                     {kAttribute, &mapping_.attribute_option_combo},
                                                     {kCountry, &mapping_.country}};
    const auto found = single.find(what);
    if (found == single.end()) {
      return Fail(
          "cột what có “{}”; phải là unit, province, country, value, month_data_set, "
          "year_data_set hoặc attribute_option_combo",
          "the column what has “{}”; it is unit, province, country, value, month_data_set, "
          "year_data_set or attribute_option_combo",
          what);
    }
    if (uid.empty()) return {};
    TRAM_TRY(CheckNew(what));
    if (what == kCountry) TRAM_TRY(TakeOrgUnit(uid, row.line, nullptr));
    *found->second = uid;
    lines_[what] = row.line;
    return {};
  }

  /// A second line about the same would silently win or lose.
  Status CheckNew(const std::string& key) const {
    const auto found = lines_.find(key);
    if (found == lines_.end()) return {};
    return Fail("dòng {} đã nói về điều này", "line {} is about the same", found->second);
  }
  /// In one document no two places are the same organisation unit: one would overwrite the other.
  /// Provinces of different times may be.
  Status TakeOrgUnit(const std::string& uid, std::size_t line, const Place* province) {
    for (const auto& [other, other_line] : org_units_[uid]) {
      const auto ends_before = [](const Place& a, const Place& b) {
        return a.to && *a.to < b.from;
      };
      if (province != nullptr && other != nullptr &&
          (ends_before(*province, *other) || ends_before(*other, *province))) {
        continue;
      }
      return Fail("dòng {} đã dùng đơn vị tổ chức {}",
                  "line {} has the organisation unit {} already", other_line, uid);
    }
    org_units_[uid].emplace_back(province, line);
    return {};
  }

  Status TakeUnit(const CsvRow& row, const std::string& uid) {
    const std::string code = Cell(row, kCode);
    if (!units_.contains(code)) {
      return Fail("máy chủ không có đơn vị mang mã “{}”", "the server has no unit “{}”", code);
    }
    if (uid.empty()) return {};
    TRAM_TRY(CheckNew("unit " + code));
    TRAM_TRY(TakeOrgUnit(uid, row.line, nullptr));
    mapping_.units[code] = uid;
    lines_["unit " + code] = row.line;
    return {};
  }

  Status TakeProvince(const CsvRow& row, const std::string& uid) {
    const std::string code = Cell(row, kCode), from = Cell(row, kFrom);
    Date day = state_.Today();
    if (!from.empty()) {
      const Result<Date> read = ParsePersonDate(from);
      if (!read) return Fail("“{}” không phải là một ngày", "“{}” is no date", from);
      day = *read;
    }
    const Place* place = state_.store().places().At(code, day);
    if (place == nullptr) {
      return Fail("ngày {} không có tỉnh mang mã “{}”", "on {} no province has the code “{}”",
                  IsoDate(day), code);
    }
    if (uid.empty()) return {};
    const std::string key = "province " + code + " " + IsoDate(place->from);
    TRAM_TRY(CheckNew(key));
    TRAM_TRY(TakeOrgUnit(uid, row.line, place));
    mapping_.provinces[{code, place->from}] = uid;
    lines_[key] = row.line;
    return {};
  }

  Status TakeValue(const CsvRow& row, Dhis2Value value) {
    const std::string name = Cell(row, kCode), item = Cell(row, kItem);
    std::string stratum = Cell(row, kStratum);
    if (stratum.empty()) stratum = kEverybody;
    const auto indicator = items_.find(name);
    if (indicator == items_.end()) {
      return Fail("không có chỉ số “{}” để trao đổi", "there is no indicator “{}” to be exchanged",
                  name);
    }
    const auto known = indicator->second.find(item);
    if (known == indicator->second.end()) {
      std::string all;
      for (const auto& [other, strata] : indicator->second)
        all += (all.empty() ? "" : ", ") + other;
      return Fail("chỉ số {} không có số “{}”; có: {}", "{} has no number “{}”; it has: {}", name,
                  item, all);
    }
    if (!known->second.contains(stratum)) {
      return Fail("{}, {} không có nhóm “{}”", "{}, {} has no group “{}”", name, item, stratum);
    }
    if (value.data_element.empty()) return {};
    const std::string key = "value " + ValueName(name, item, stratum);
    TRAM_TRY(CheckNew(key));
    const std::string target = value.data_element + " " + value.category_option_combo;
    if (const auto [it, is_new] = targets_.emplace(target, row.line); !is_new) {
      return Fail("dòng {} đã dùng phần tử dữ liệu này với category_option_combo này",
                  "line {} has this data element with this category_option_combo already",
                  it->second);
    }
    mapping_.values[{name, item, stratum}] = std::move(value);
    lines_[key] = row.line;
    return {};
  }

  ServerState& state_;
  Language in_;
  std::vector<std::ptrdiff_t> columns_;  // as kColumns: where each is; the header's end where not
  std::set<std::string> units_;
  std::map<std::string, std::map<std::string, std::set<std::string>>> items_;
  std::map<std::string, std::size_t> lines_;    // what a line is about
  std::map<std::string, std::size_t> targets_;  // where a value goes
  std::map<std::string, std::vector<std::pair<const Place*, std::size_t>>> org_units_;
  Dhis2Mapping mapping_;
};

/// By code and first day: all that a unit belonged to at any time, and what became of it.
Result<std::map<std::pair<std::string, Date>, const Place*>> ProvincesOfUnits(ServerState& state) {
  TRAM_ASSIGN(const auto memberships, state.store().units().AllMemberships());
  const Places& places = state.store().places();
  std::map<std::pair<std::string, Date>, const Place*> found;
  for (const auto& [unit, of_unit] : memberships) {
    for (const Membership& membership : of_unit) {
      const Place* place = places.At(membership.province, membership.from);
      while (place != nullptr && found.emplace(std::pair(place->code, place->from), place).second &&
             place->to) {
        place = places.At(place->successor, Date{place->to->days + 1});
      }
    }
  }
  return found;
}

void AddLine(std::string& csv, const char* what, const std::string& code, const std::string& uid,
             const std::string& name, const std::string& from = "") {
  AppendCsvRow(csv, std::vector<std::string>{what, MarkedAsText(code), from, "", "", uid, "",
                                             MarkedAsText(name)});
}

}  // namespace

bool IsDhis2Uid(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return text.size() == kUidLength && letter(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string ValueName(const std::string& indicator, const std::string& item,
                      const std::string& stratum) {
  return indicator + ", " + item + (stratum == kEverybody ? "" : ", " + stratum);
}

const std::string* Dhis2Mapping::OrgUnit(const ExchangePlace& place) const {
  if (place.kind == ExchangeBy::kCountry) return country.empty() ? nullptr : &country;
  if (place.kind == ExchangeBy::kUnit) {
    const auto found = units.find(place.code);
    return found == units.end() ? nullptr : &found->second;
  }
  const auto found = provinces.find({place.code, place.from});
  return found == provinces.end() ? nullptr : &found->second;
}

const Dhis2Value* Dhis2Mapping::Value(const std::string& indicator, const std::string& item,
                                      const std::string& stratum) const {
  const auto found = values.find({indicator, item, stratum});
  return found == values.end() ? nullptr : &found->second;
}

Result<Dhis2Mapping> ReadMapping(ServerState& state, std::string_view csv, Language in) {
  return MappingReader(state, in).Read(csv);
}

Result<std::optional<Dhis2Mapping>> UsedMapping(ServerState& state, Language in) {
  TRAM_ASSIGN(const std::string csv, TextSetting(state.store().database(), kMappingSetting));
  if (csv.empty()) return std::optional<Dhis2Mapping>();
  TRAM_ASSIGN(Dhis2Mapping mapping, ReadMapping(state, csv, in));
  return std::optional<Dhis2Mapping>(std::move(mapping));
}

Status UseMapping(ServerState& state, std::string_view csv, const std::string& who) {
  TRAM_ASSIGN(const Dhis2Mapping mapping, ReadMapping(state, csv, Language::kEnglish));
  if (!mapping.faults.empty()) {
    const MappingFault& first = mapping.faults.front();
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("wrong lines: {}; the first is line {}: {}", mapping.faults.size(),
                                 first.line, first.reason));
  }
  SqlDatabase& database = state.store().database();
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database));
  TRAM_TRY(SetSetting(database, kMappingSetting, AsBytes(csv)));
  TRAM_TRY(state.store().audit().Append(state.NowMs(), who,
                                        fmt::format("DHIS2 mapping: {} places and {} numbers",
                                                    mapping.places(), mapping.values.size())));
  return transaction.Commit();
}

Result<std::string> MappingTable(ServerState& state, const Dhis2Mapping& mapping, Language in) {
  const bool vi = in == Language::kVietnamese;
  std::string csv;
  AppendCsvRow(csv, std::vector<std::string>(std::begin(kColumns), std::end(kColumns)));
  AddLine(csv, kMonthSet, "", mapping.month_data_set,
          vi ? "Tập dữ liệu theo tháng: hoạt động" : "Monthly data set: activity");
  AddLine(csv, kYearSet, "", mapping.year_data_set,
          vi ? "Tập dữ liệu theo năm: kết quả đã công bố" : "Yearly data set: released outcomes");
  AddLine(csv, kAttribute, "", mapping.attribute_option_combo,
          vi ? "Không bắt buộc" : "May be left empty");
  AddLine(csv, kCountry, "", mapping.country, vi ? "Cả nước" : "Whole country");
  TRAM_ASSIGN(const auto provinces, ProvincesOfUnits(state));
  for (const auto& [key, place] : provinces) {
    const auto found = mapping.provinces.find(key);
    AddLine(csv, kProvince, place->code, found == mapping.provinces.end() ? "" : found->second,
            place->name, IsoDate(place->from));
  }
  TRAM_ASSIGN(const std::vector<Unit> units, state.store().units().All());
  for (const Unit& unit : units) {
    const auto found = mapping.units.find(unit.code);
    AddLine(csv, kUnit, unit.code, found == mapping.units.end() ? "" : found->second, unit.name);
  }
  const Programme& programme = *state.programme().programme;
  for (const ExchangeItem& item : ExchangeItems(programme)) {
    const Indicator& indicator = *item.indicator;
    const Dhis2Value* value = mapping.Value(indicator.name, item.item, item.stratum);
    std::string name = indicator.label.In(in);
    if (item.item != kCountItem) name += ": " + ItemLabel(indicator, item.item).In(in);
    if (item.stratum != kEverybody) name += ", " + StratumLabel(programme, item.stratum, in);
    AppendCsvRow(csv, std::vector<std::string>{kValue, indicator.name, "", item.item, item.stratum,
                                               value == nullptr ? "" : value->data_element,
                                               value == nullptr ? "" : value->category_option_combo,
                                               MarkedAsText(name)});
  }
  return csv;
}

Result<MappingGaps> GapsOf(ServerState& state, const Dhis2Mapping& mapping) {
  MappingGaps gaps;
  TRAM_ASSIGN(const UnitPlaces places, UnitPlaces::Load(state));
  const Date today = state.Today();
  std::map<std::pair<std::string, Date>, const Place*> provinces;
  for (const Unit& unit : places.units()) {
    if (unit.closed_on && *unit.closed_on <= today) continue;
    if (!mapping.units.contains(unit.code)) gaps.units.push_back(unit.code + " " + unit.name);
    const Place* place = places.PlaceOn(unit.number, today);
    if (place != nullptr) provinces[{place->code, place->from}] = place;
  }
  for (const auto& [key, place] : provinces) {
    if (!mapping.provinces.contains(key)) gaps.provinces.push_back(place->code + " " + place->name);
  }
  for (const ExchangeItem& item : ExchangeItems(*state.programme().programme)) {
    if (mapping.Value(item.indicator->name, item.item, item.stratum) == nullptr) {
      gaps.values.push_back(ValueName(item.indicator->name, item.item, item.stratum));
    }
  }
  return gaps;
}

}  // namespace tram::server
