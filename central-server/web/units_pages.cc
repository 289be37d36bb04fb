// Units: how each works, side by side. Exact figures of those that the Permit covers.
#include <algorithm>

#include "web/export_links.h"
#include "web/unit_lines.h"

namespace tram::server {
namespace {

constexpr std::size_t kUnitsOnPage = 50;

/// A column that lines are sorted by.
struct Column {
  std::string key, name;
  bool number = true;
  bool highest_first = true;  // when it is first asked for
};

class UnitList {
 public:
  UnitList(PageCall& call, const Permit& permit, const FigureAsk& ask)
      : call_(call), ask_(ask), units_(call, permit, ask) {}

  Status Fill(Json& model);

 private:
  std::vector<Column> Columns() const;
  Json Row(const UnitLine& line) const;
  void AddProvinceChoice(Json& model) const;
  void AddColumns(Json& model) const;
  void AddPages(Json& model, std::size_t page, std::size_t pages) const;
  /// Which units, of which month.
  std::string Chosen() const;
  std::string Link(const std::string& sort, bool descending, std::size_t page) const;

  PageCall& call_;
  const FigureAsk& ask_;
  UnitLines units_;
};

std::string UnitList::Chosen() const {
  std::string chosen = ask_.link;
  for (const char* name : {"q", "place", "closed"}) {
    if (!call_.Query(name).empty()) {
      chosen += std::string("&") + name + "=" + PercentEncode(call_.Query(name));
    }
  }
  return chosen;
}

std::string UnitList::Link(const std::string& sort, bool descending, std::size_t page) const {
  std::string link = "/units?" + Chosen() + "&sort=" + sort;
  if (descending) link += "&desc=1";
  if (page > 1) link += "&page=" + std::to_string(page);
  return link;
}

std::vector<Column> UnitList::Columns() const {
  std::vector<Column> columns = {{"code", call_.Words("Mã", "Code"), false, false},
                                 {"name", call_.Words("Tên", "Name"), false, false},
                                 {"province", call_.Words("Tỉnh", "Province"), false, false}};
  for (std::size_t i = 0; i < units_.figures().size(); ++i) {
    columns.push_back({"f" + std::to_string(i), call_.In(units_.figures()[i]->label), true, true});
  }
  columns.push_back({"complete",
                     call_.Words("Tháng có số liệu, trong 12 tháng", "Months with figures, of 12"),
                     true, false});
  if (ask_.heads.days != nullptr) {
    columns.push_back(
        {"days", call_.Words("Số ngày đến khi về máy chủ (trung vị)", "Days to arrival (median)"),
         true, true});
  }
  columns.push_back({"synced", call_.Words("Lần gửi cuối", "Last sync"), false, false});
  return columns;
}

Json UnitList::Row(const UnitLine& line) const {
  Json row{{"code", line.unit->code},
           {"name", line.unit->name},
           {"href", "/unit/" + PercentEncode(line.unit->code) + "?" + ask_.link},
           {"province", line.province == nullptr ? "–" : line.province->name},
           {"cells", Json::array()}};
  for (std::size_t i = 0; i < units_.figures().size(); ++i) {
    row["cells"].push_back(FigureText(*units_.figures()[i], line.figures[i], call_.language));
  }
  row["cells"].push_back(std::to_string(line.months_with_figures));
  if (ask_.heads.days != nullptr) {
    row["cells"].push_back(line.days ? DecimalText(*line.days, call_.language) : "–");
  }
  row["synced"] =
      line.unit->synced_ms ? TimeText(*line.unit->synced_ms) : call_.Words("chưa lần nào", "never");
  switch (units_.StateOf(*line.unit)) {
    case UnitState::kClosed:
      row["state"] = call_.Words("đã đóng", "closed");
      break;
    case UnitState::kLost:
      row["silent"] = call_.Words("im lặng từ 30 ngày", "silent for 30 days");
      break;
    case UnitState::kQuiet:
      row["silent"] = call_.Words("im lặng từ 7 ngày", "silent for 7 days");
      break;
    case UnitState::kInTouch:
      break;
  }
  return row;
}

void UnitList::AddProvinceChoice(Json& model) const {
  model["choices"] = Json::array();
  for (const auto& [code, name] : units_.provinces()) {
    model["choices"].push_back(
        {{"value", code}, {"label", name}, {"chosen", code == call_.Query("place")}});
  }
  model["choose_place"] = units_.provinces().size() > 1;
}

void UnitList::AddColumns(Json& model) const {
  model["columns"] = Json::array();
  for (const Column& column : Columns()) {
    const bool here = column.key == units_.sorted_by();
    const bool descending = here ? !units_.descending() : column.highest_first;
    model["columns"].push_back({{"name", column.name},
                                {"number", column.number},
                                {"href", Link(column.key, descending, 1)},
                                {"up", here && !units_.descending()},
                                {"down", here && units_.descending()}});
  }
}

void UnitList::AddPages(Json& model, std::size_t page, std::size_t pages) const {
  const std::string& sort = units_.sorted_by();
  const bool descending = units_.descending();
  model["sort"] = sort;
  model["desc"] = descending;
  model["count"] = call_.Words(
      "{} đơn vị; trang {} trên {}", "Units: {}; page {} of {}",
      CountText(static_cast<std::int64_t>(units_.lines().size()), call_.language), page, pages);
  if (page > 1) model["previous"] = Link(sort, descending, page - 1);
  if (page < pages) model["next"] = Link(sort, descending, page + 1);
  AddExportLinks(call_, "units", Chosen() + "&sort=" + sort + (descending ? "&desc=1" : ""),
                 call_.Words("đơn vị, mọi trang", "units, all pages"), model);
}

Status UnitList::Fill(Json& model) {
  TRAM_TRY(units_.Read());
  const std::size_t count = units_.lines().size();
  const std::size_t pages = std::max<std::size_t>(1, (count + kUnitsOnPage - 1) / kUnitsOnPage);
  const std::size_t asked = std::strtoul(std::string(call_.Query("page")).c_str(), nullptr, 10);
  const std::size_t page = std::clamp<std::size_t>(asked, 1, pages);
  const std::size_t first = (page - 1) * kUnitsOnPage, end = std::min(count, page * kUnitsOnPage);
  TRAM_TRY(units_.AddDays(first, end));
  model["rows"] = Json::array();
  for (std::size_t i = first; i < end; ++i) model["rows"].push_back(Row(units_.lines()[i]));
  AddColumns(model);
  AddProvinceChoice(model);
  AddPages(model, page, pages);
  model["q"] = std::string(call_.Query("q"));
  model["closed"] = call_.Query("closed") == "1";
  model["success"] = Authorise(*call_.viewer, Right::kOutcomes).has_value();
  return {};
}

Result<Answer> UnitsPage(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Page page{"units", call.Words("Đơn vị", "Units")};
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, page.model));
  TRAM_TRY(UnitList(call, permit, ask).Fill(page.model));
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> UnitListRoutes() {
  static const Route routes[] = {
      {"GET", "/units", Access::kRight, Right::kActivity, UnitsPage},
  };
  return routes;
}

}  // namespace tram::server
