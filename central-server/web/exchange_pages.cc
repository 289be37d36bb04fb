// Data exchange: which documents another system can be given of a month, and what is in them; the
// mapping for DHIS2, for administrators.
#include <algorithm>

#include "tram/base/csv.h"
#include "web/admin_parts.h"
#include "web/exchange_documents.h"
#include "web/figure_page.h"

namespace tram::server {
namespace {

constexpr std::size_t kNamesShown = 30;        // of what is not mapped
constexpr std::size_t kUnitsCountedMax = 400;  // whose released numbers a page looks through

template <class Names>
Json NamesOf(const PageCall& call, const Names& names) {
  Json shown = Json::array();
  std::string more;
  for (const std::string& name : names) {
    if (shown.size() == kNamesShown) break;
    shown.push_back({{"name", name}});
  }
  if (names.size() > kNamesShown) {
    more = call.Words("và {} nữa", "and {} more", names.size() - kNamesShown);
  }
  return {{"count", names.size()}, {"some", !names.empty()}, {"names", shown}, {"more", more}};
}

// ---- the page for everybody ----

struct Choice {
  const char* value;
  Label label;
};

/// Only what the viewer may ask for.
void AddChoices(const PageCall& call, const ExchangeQuery& query, const Permit& activity,
                Json& model) {
  const auto offer = [&](const char* list, const Choice& choice, std::string_view chosen) {
    model[list].push_back({{"value", choice.value},
                           {"label", call.In(choice.label)},
                           {"chosen", choice.value == chosen}});
  };
  model["parts"] = Json::array();
  offer("parts", {"activity", {"Hoạt động trong tháng", "Activity of the month"}},
        NameOf(query.part));
  if (Authorise(*call.viewer, Right::kOutcomes)) {
    offer("parts",
          {"released", {"Kết quả công bố cùng tháng đó", "Outcomes released with that month"}},
          NameOf(query.part));
  }
  const bool released = query.part == ExchangePart::kReleased;
  model["bys"] = Json::array();
  offer("bys", {"unit", {"Từng đơn vị", "Each unit"}}, NameOf(query.by));
  if (released || !activity.unit()) {
    offer("bys", {"province", {"Từng tỉnh", "Each province"}}, NameOf(query.by));
  }
  if (released || activity.country()) {
    offer("bys", {"country", {"Cả nước", "The whole country"}}, NameOf(query.by));
  }
}

void AddProvinces(PageCall& call, const ExchangeQuery& query, const Permit& permit, Json& model) {
  const FigureBoard& board = call.office.figures;
  const Date day = board.DayOf(query.board);
  std::map<std::string, std::string> provinces;
  for (const Unit& unit : board.places().units()) {
    const Place* at = board.places().PlaceOn(unit.number, day);
    const Place* today = board.places().PlaceOn(unit.number, call.state.Today());
    if (at == nullptr || !permit.CoversUnit(unit.number, today == nullptr ? "" : today->code)) {
      continue;
    }
    provinces[at->code] = at->code + " " + at->name;
  }
  model["provinces"] = Json::array();
  for (const auto& [code, name] : provinces) {
    model["provinces"].push_back(
        {{"value", code}, {"label", name}, {"chosen", code == query.province}});
  }
  model["choose_province"] = provinces.size() > 1;
}

/// With which months what was released can be taken.
Status AddReleaseMonths(PageCall& call, const ExchangeQuery& query, Json& model) {
  model["release_months"] = Json::array();
  if (query.part != ExchangePart::kReleased) return {};
  TRAM_ASSIGN(const auto months, ReleaseMonths(call.state));
  for (const auto& [as_of, years] : months) {
    std::string names;
    for (int year : years) names += (names.empty() ? "" : ", ") + std::to_string(year);
    model["release_months"].push_back(
        {{"href", "/exchange?part=released&month=" + MonthText(as_of) +
                      "&by=" + std::string(NameOf(query.by))},
         {"month", MonthWords(MonthNumber(as_of))},
         {"years", names}});
  }
  return {};
}

std::string LinkOf(const ExchangeQuery& query) {
  return "month=" + MonthText(query.board.as_of) +
         "&places=" + (query.board.places == PlaceTime::kNow ? "now" : "then") +
         "&part=" + std::string(NameOf(query.part)) + "&by=" + std::string(NameOf(query.by)) +
         (query.province.empty() ? "" : "&province=" + PercentEncode(query.province));
}

Status AddPreview(PageCall& call, const ExchangeFigures& figures, Json& model) {
  model["ready"] = true;
  model["some"] = !figures.reports.empty();
  model["place_count"] = figures.places.size();
  model["silent"] = figures.silent;
  model["silent_some"] = figures.silent > 0;
  model["hidden"] = figures.hidden;
  model["not_drawn"] = figures.not_drawn;
  model["report_count"] = figures.reports.size();
  model["open"] = figures.query.part == ExchangePart::kActivity && !figures.published_ms;
  const std::string link = LinkOf(figures.query);
  model["dhis2"] = "/exchange/dhis2.json?" + link;
  model["fhir"] = "/exchange/fhir.json?" + link;
  TRAM_ASSIGN(const std::optional<Dhis2Mapping> mapping, UsedMapping(call.state, call.language));
  model["mapped"] = mapping.has_value();
  if (!mapping) return {};
  const Result<DataValueSet> set = MakeDataValueSet(figures, *mapping, call.language);
  if (!set) {
    model["too_large"] = set.error().message;
    return {};
  }
  model["value_count"] = set->values;
  model["unmapped_places"] = NamesOf(call, set->unmapped_places);
  model["unmapped_values"] = NamesOf(call, set->unmapped_values);
  model["no_data_set"] = set->no_data_set;
  return {};
}

Result<Answer> ExchangePage(PageCall& call) {
  TRAM_ASSIGN(const Permit activity, Authorise(*call.viewer, Right::kActivity));
  Page page{"exchange", call.Words("Trao đổi số liệu", "Data exchange")};
  Json& model = page.model;
  TRAM_ASSIGN(const ExchangeQuery query, AskExchange(call, model));
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, RightOf(query.part)));
  model["ready"] = false;
  model["released"] = query.part == ExchangePart::kReleased;
  model["administers"] = Authorise(*call.viewer, Right::kProgrammes).has_value();
  AddChoices(call, query, activity, model);
  AddProvinces(call, query, permit, model);
  TRAM_TRY(AddReleaseMonths(call, query, model));
  // Counting the released numbers of every unit of a country takes half a second.
  model["many"] = query.part == ExchangePart::kReleased && query.by == ExchangeBy::kUnit &&
                  query.province.empty() &&
                  call.office.figures.places().units().size() > kUnitsCountedMax;
  if (model["many"]) return Answer(std::move(page));
  const Result<ExchangeFigures> figures = FiguresFor(call, query);
  if (figures) {
    TRAM_TRY(AddPreview(call, *figures, model));
  } else if (figures.error().code != ErrorCode::kOverloaded) {
    return figures.error();
  }
  return Answer(std::move(page));
}

Result<Answer> Give(PageCall& call, const Result<ExchangeDocument>& document) {
  if (!document) return document.error();
  TRAM_TRY(call.Audit(document->audit));
  HttpResponse response;
  response.content_type = document->content_type;
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + document->file_name + "\"");
  response.body = document->json.dump() + "\n";
  return Answer(std::move(response));
}
Result<Answer> GiveDhis2(PageCall& call) { return Give(call, Dhis2DocumentOf(call)); }
Result<Answer> GiveFhir(PageCall& call) { return Give(call, FhirDocumentOf(call)); }

// ---- the mapping ----

Result<Answer> MappingPageOf(PageCall& call, const std::string& problem,
                             const std::vector<MappingFault>& faults) {
  TRAM_TRY(Authorise(*call.viewer, Right::kProgrammes));
  Page page{"admin-exchange", call.Words("Đối chiếu với DHIS2", "Mapping for DHIS2")};
  page.status = problem.empty() ? 200 : 400;
  TRAM_ASSIGN(const std::optional<Dhis2Mapping> used, UsedMapping(call.state, call.language));
  const Dhis2Mapping mapping = used.value_or(Dhis2Mapping());
  TRAM_ASSIGN(const MappingGaps gaps, GapsOf(call.state, mapping));
  const auto lines = [](const std::vector<MappingFault>& of) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < std::min(of.size(), kNamesShown); ++i) {
      rows.push_back({{"line", of[i].line}, {"reason", of[i].reason}});
    }
    return rows;
  };
  page.model = {{"done", call.Query("done") == "1"},
                {"problem", problem},
                {"fault_count", faults.size()},
                {"faults_shown", !faults.empty()},
                {"faults", lines(faults)},
                {"used", used.has_value()},
                {"stale_shown", !mapping.faults.empty()},
                {"stale_count", mapping.faults.size()},
                {"stale", lines(mapping.faults)},
                {"places", mapping.places()},
                {"values", mapping.values.size()},
                {"month_data_set", mapping.month_data_set},
                {"year_data_set", mapping.year_data_set},
                {"gaps", Json::array()}};
  const auto add = [&](const char* vi, const char* en, const std::vector<std::string>& names) {
    Json gap = NamesOf(call, names);
    gap["title"] = call.language == Language::kVietnamese ? vi : en;
    page.model["gaps"].push_back(std::move(gap));
  };
  add("Đơn vị chưa có mã", "Units without a UID", gaps.units);
  add("Tỉnh chưa có mã", "Provinces without a UID", gaps.provinces);
  add("Số chưa có mã", "Numbers without a UID", gaps.values);
  return Answer(std::move(page));
}

Result<Answer> ShowMapping(PageCall& call) { return MappingPageOf(call, "", {}); }

Result<Answer> TakeMapping(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kProgrammes));
  const Result<SentFile> file = TakeSentFile(call, "file");
  if (!file) return MappingPageOf(call, file.error().message, {});
  const Result<Dhis2Mapping> mapping = ReadMapping(call.state, file->text, call.language);
  if (!mapping) return MappingPageOf(call, file->name + ": " + mapping.error().message, {});
  if (!mapping->faults.empty()) {
    return MappingPageOf(call,
                         call.Words("Chưa thay đổi gì. Số dòng sai trong tệp {}: {}.",
                                    "Nothing was changed. Wrong lines in {}: {}.", file->name,
                                    mapping->faults.size()),
                         mapping->faults);
  }
  TRAM_TRY(UseMapping(call.state, file->text, call.Who()));
  return Answer(SeeOther("/admin/exchange?done=1"));
}

Result<Answer> GiveMapping(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kProgrammes));
  TRAM_ASSIGN(const std::optional<Dhis2Mapping> used, UsedMapping(call.state, call.language));
  TRAM_ASSIGN(std::string csv,
              MappingTable(call.state, used.value_or(Dhis2Mapping()), call.language));
  TRAM_TRY(call.Audit("export of the DHIS2 mapping"));
  return Answer(CsvFile(std::move(csv), "tram-dhis2-mapping.csv"));
}

}  // namespace

std::span<const Route> ExchangeRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/exchange", Access::kRight, Right::kActivity, &ExchangePage},
      {"GET", "/exchange/dhis2.json", Access::kRight, Right::kActivity, &GiveDhis2},
      {"GET", "/exchange/fhir.json", Access::kRight, Right::kActivity, &GiveFhir},
      {"GET", "/admin/exchange", Access::kRight, Right::kProgrammes, &ShowMapping},
      {"POST", "/admin/exchange", Access::kRight, Right::kProgrammes, &TakeMapping},
      {"GET", "/admin/exchange/mapping.csv", Access::kRight, Right::kProgrammes, &GiveMapping},
  };
  return kRoutes;
}

}  // namespace tram::server
