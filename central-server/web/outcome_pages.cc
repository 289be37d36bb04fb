// One-year outcomes: what was released of each year's persons, for the country, provinces and
// units. Every number on these pages is a released one, or is worked out from released ones.
#include "web/outcome_form.h"
#include "web/outcome_section.h"

namespace tram::server {
namespace {

Status AddSections(const PageCall& call, const ReleasedReader& reader,
                   const ReleasedIndicators& indicators, const OutcomesAsked& asked, Json& model) {
  std::vector<const Indicator*> shown;
  std::vector<std::string> absent;
  for (const Indicator* indicator : indicators.released) {
    TRAM_ASSIGN(const std::vector<ReleasedRow> rows,
                OutcomeRows(call, reader, indicators, *indicator, asked, absent));
    if (rows.empty()) continue;
    TRAM_ASSIGN(Json section, OutcomeSection(call, *indicator, asked, rows));
    if (indicator->shape == IndicatorShape::kSurvival) {
      section["curves"] = "/outcomes/curves?indicator=" + PercentEncode(indicator->name);
      for (int year : asked.years) {
        section["curves"] = section["curves"].get<std::string>() + "&year=" + std::to_string(year);
      }
    }
    model["sections"].push_back(std::move(section));
    shown.push_back(indicator);
  }
  model["some_absent"] = !absent.empty();
  model["absent"] = std::move(absent);
  AddAbout(call, indicators, shown, model);
  return {};
}

Result<Answer> OutcomesPage(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kOutcomes));
  TRAM_ASSIGN(const ReleasedReader reader, ReleasedReader::Load(call.state, permit, call.language));
  TRAM_ASSIGN(const ReleasedIndicators indicators, IndicatorsOf(call.state));
  Page page{"outcomes", call.Words("Kết quả sau một năm", "Outcomes after a year")};
  Json& model = page.model;
  for (const char* list : {"years", "bys", "provinces", "strata", "sections", "absent"}) {
    model[list] = Json::array();
  }
  TRAM_ASSIGN(const OutcomesAsked asked, AskOutcomes(call, reader, indicators, model));
  TRAM_ASSIGN(model["fresh"], FreshText(call, reader.units()));
  if (!asked.wrong.empty()) {
    page.status = HttpStatusOf(ErrorCode::kInvalid);
    AddAbout(call, indicators, {}, model);
    return Answer(std::move(page));
  }
  model["nothing"] = asked.years.empty();
  TRAM_TRY(AddSections(call, reader, indicators, asked, model));
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> OutcomeRoutes() {
  static const Route routes[] = {
      {"GET", "/outcomes", Access::kRight, Right::kOutcomes, OutcomesPage},
  };
  return routes;
}

}  // namespace tram::server
