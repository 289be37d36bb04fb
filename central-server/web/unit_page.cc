// A unit's page: all its activity figures, exactly, whether its data comes in, and where it
// belongs.
#include "tram/outcome/figure_sheet.h"
#include "web/export_links.h"
#include "web/office.h"
#include "web/unit_figures.h"

namespace tram::server {
namespace {

std::string ValueOf(const Indicator& indicator, const FigureSum::Counts& counts) {
  if (indicator.shape == IndicatorShape::kCount) return std::to_string(counts.numerator);
  if (counts.denominator == 0) return "";
  const double value =
      static_cast<double>(counts.numerator) / static_cast<double>(counts.denominator);
  return fmt::format("{:.4f}", value);
}

/// A figure's months as a small picture above its table.
Json Drawn(const PageCall& call, const Indicator& indicator, const MonthFigures& figures,
           int last) {
  Json drawn{{"name", call.In(indicator.label)},
             {"id", indicator.name},
             {"value", FigureText(indicator, Newest(figures), call.language)},
             {"months", Json::array()},
             {"cells", Json::array()}};
  drawn["monthly"] = HasMonths(figures);
  const int count = static_cast<int>(figures.months.size());
  for (int i = 0; i < count && drawn["monthly"]; ++i) {
    const FigureSum::Counts& counts = figures.months[static_cast<std::size_t>(i)];
    std::string text = FigureText(indicator, counts, call.language);
    if (indicator.shape == IndicatorShape::kRate && counts.denominator != 0) {
      text += fmt::format(" ({}/{})", counts.numerator, counts.denominator);
    }
    drawn["months"].push_back(MonthWords(last - count + 1 + i));
    drawn["cells"].push_back({{"value", ValueOf(indicator, counts)}, {"text", std::move(text)}});
  }
  return drawn;
}

/// As the rest of the page has it: a month in its own words, a number in those of the language.
std::string CellWords(const FigureCell& cell, Language language) {
  if (cell.kind != FigureCell::Kind::kWords) return NumbersText(cell.text, language);
  const Result<Date> month = ParseMonth(cell.text);
  return month ? MonthWords(MonthNumber(*month)) : cell.text;
}

/// What a report prints of the other indicators, as rows of cells.
Json Listed(const PageCall& call, const FigureReport& report) {
  Json tables = Json::array();
  for (const FigureTable& table : report.tables) {
    for (const FigureSheet& sheet : FigureSheets(report, table, call.language)) {
      const std::string label = call.In(table.indicator->label);
      Json model{{"label", label},
                 {"name", sheet.name.empty() ? label : label + ": " + sheet.name},
                 {"head", Json::array()},
                 {"rows", Json::array()}};
      for (std::size_t i = 0; i < sheet.head.size(); ++i) {
        FigureCell head;
        head.text = sheet.head[i];
        model["head"].push_back(
            {{"text", CellWords(head, call.language)}, {"number", i >= sheet.names}});
      }
      for (const std::vector<FigureCell>& row : sheet.rows) {
        Json cells = Json::array();
        for (std::size_t i = 0; i < row.size(); ++i) {
          cells.push_back({{"text", CellWords(row[i], call.language)}, {"names", i < sheet.names}});
        }
        model["rows"].push_back({{"cells", std::move(cells)}});
      }
      tables.push_back(std::move(model));
    }
  }
  return tables;
}

Status AddFigures(PageCall& call, const Permit& permit, const FigureAsk& ask, const Unit& unit,
                  Json& model) {
  TRAM_ASSIGN(const UnitFigures of, FiguresOfUnit(call, permit, ask, unit));
  const int last = MonthNumber(ask.query.as_of);
  model["drawn"] = Json::array();
  for (std::size_t i = 0; i < of.heads.size(); ++i) {
    model["drawn"].push_back(Drawn(call, *of.heads[i], of.figures[i], last));
  }
  model["tables"] = Listed(call, of.others);
  model["has_tables"] = !model["tables"].empty();
  return {};
}

/// The unit's own files, by where in the model their tables stand.
void AddFiles(const PageCall& call, const FigureAsk& ask, const Unit& unit, Json& model) {
  const std::string of = "unit=" + PercentEncode(unit.code);
  const auto add = [&](const char* to, const char* set, const std::string& query,
                       const std::string& what) {
    Json files = Json::object();
    AddExportLinks(call, set, query, what, files);
    model[to] = Json::array({std::move(files)});
  };
  add("figure_files", "unit", of + "&" + ask.link,
      call.Words("mọi số liệu hoạt động", "all activity figures"));
  add("device_files", "unit-devices", of, call.Words("máy của đơn vị", "its devices"));
  add("place_files", "unit-provinces", of, call.Words("thuộc tỉnh", "its provinces"));
}

Status AddPlaces(PageCall& call, const UnitPlaces& places, const Unit& unit, Json& model) {
  const Place* today = places.PlaceOn(unit.number, call.state.Today());
  model["province"] = today == nullptr ? "–" : today->name;
  TRAM_ASSIGN(const std::vector<UnitProvince> provinces, ProvincesOfUnit(call, unit));
  model["memberships"] = Json::array();
  for (const UnitProvince& of : provinces) {
    const Membership& membership = of.membership;
    model["memberships"].push_back({{"from", DateText(membership.from)},
                                    {"to", membership.to ? DateText(*membership.to) : ""},
                                    {"then", of.then},
                                    {"now", of.now.empty() ? "–" : of.now}});
  }
  if (unit.merged_into) {
    TRAM_ASSIGN(const Unit into, call.state.store().units().ByNumber(*unit.merged_into));
    model["merged"] = {
        {"code", into.code}, {"name", into.name}, {"href", "/unit/" + PercentEncode(into.code)}};
  }
  if (unit.closed_on) model["closed_on"] = DateText(*unit.closed_on);
  return {};
}

Status AddUnitFreshness(PageCall& call, const FigureAsk& ask, const Unit& unit, Json& model) {
  ServerStore& store = call.state.store();
  const std::int64_t now_ms = call.state.NowMs();
  const auto time = [&](const std::optional<std::int64_t>& ms) {
    return ms ? TimeText(*ms) : call.Words("chưa lần nào", "never");
  };
  model["synced"] = time(unit.synced_ms);
  if (WorkedOn(unit, call.state.Today())) {
    model["silent_30"] = IsSilent(unit, now_ms, kSilentLong);
    model["silent_7"] =
        !IsSilent(unit, now_ms, kSilentLong) && IsSilent(unit, now_ms, kSilentShort);
  }
  TRAM_ASSIGN(const std::optional<Computed> computed,
              store.rollups().ComputedOf(unit.number, ask.query.as_of));
  model["computed"] = computed ? TimeText(computed->at_ms) : call.Words("chưa tính", "not yet");
  model["behind"] = !ask.published && (!computed || computed->entries != unit.entries);
  TRAM_ASSIGN(const std::vector<Device> devices, store.devices().OfUnit(unit.number));
  model["device_count"] = std::to_string(devices.size());
  model["has_devices"] = !devices.empty();
  model["devices"] = Json::array();
  for (std::size_t i = 0; i < devices.size(); ++i) {
    model["devices"].push_back({{"number", std::to_string(i + 1)},
                                {"since", TimeText(devices[i].known_since_ms)},
                                {"seen", time(devices[i].seen_ms)}});
  }
  return {};
}

Result<Answer> UnitPage(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  TRAM_ASSIGN(const Unit unit, UnitCalled(call, call.parts[0]));
  Page page{"unit", call.Words("Đơn vị {}", "Unit {}", unit.name)};
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, page.model));
  const UnitPlaces& places = call.office.figures.places();
  TRAM_TRY(call.office.figures.CheckUnit(permit, unit.number));
  page.model["name"] = unit.name;
  page.model["code"] = unit.code;
  page.model["action"] = "/unit/" + PercentEncode(unit.code);
  page.model["list"] = !permit.unit() ? "/units?" + ask.link : "";
  TRAM_TRY(AddPlaces(call, places, unit, page.model));
  TRAM_TRY(AddUnitFreshness(call, ask, unit, page.model));
  TRAM_TRY(AddFigures(call, permit, ask, unit, page.model));
  AddFiles(call, ask, unit, page.model);
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> UnitPageRoutes() {
  static const Route routes[] = {
      {"GET", "/unit/{}", Access::kRight, Right::kActivity, UnitPage},
  };
  return routes;
}

}  // namespace tram::server
