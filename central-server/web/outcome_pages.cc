// One-year outcomes: what was released of each year's persons, for the country, provinces and
// units. Every number on these pages is a released one, or is worked out from released ones.
#include <algorithm>
#include <cstdlib>

#include "web/outcome_form.h"
#include "web/outcome_section.h"

namespace tram::server {
namespace {

constexpr std::size_t kRowsOnPage = 60;     // of one indicator
constexpr std::size_t kCellsOnPage = 1400;  // of several: what fits
constexpr std::size_t kLinesOnPage = 200;   // the same, where most lines only say why

std::string LinkTo(const Indicator& indicator, const OutcomesAsked& asked, std::size_t page) {
  std::string link = "/outcomes?indicator=" + PercentEncode(indicator.name) + "&" + asked.Link();
  if (page > 1) link += "&page=" + std::to_string(page);
  return link;
}

/// How much of a page a section takes.
struct Room {
  std::size_t lines = 0, cells = 0;
};
Room RoomOf(const Json& section) {
  Room room;
  for (const Json& table : section.at("tables")) {
    room.lines += table.at("rows").size();
    room.cells += table.at("rows").size() * table.at("head").size();
  }
  return room;
}

/// The sections of indicators, until the page is full; of the others, where they stand.
class Sections {
 public:
  Sections(const PageCall& call, const ReleasedReader& reader, const ReleasedIndicators& indicators,
           const OutcomesAsked& asked, Json& model)
      : call_(call), reader_(reader), indicators_(indicators), asked_(asked), model_(model) {}

  Status Add() {
    for (const Indicator* indicator : indicators_.released) {
      if (asked_.indicator != nullptr && indicator != asked_.indicator) continue;
      if (full_) {  // not even read
        AddLink(*indicator);
        continue;
      }
      TRAM_ASSIGN(std::vector<ReleasedRow> rows,
                  OutcomeRows(call_, reader_, indicators_, *indicator, asked_, absent_));
      if (!rows.empty()) TRAM_TRY(AddSection(*indicator, std::move(rows)));
    }
    model_["some_absent"] = !absent_.empty();
    model_["absent"] = std::move(absent_);
    model_["some_more"] = !model_["more"].empty();
    AddAbout(call_, indicators_, shown_, model_);
    return {};
  }

 private:
  void AddLink(const Indicator& indicator) {
    if (indicators_.years.at(&indicator).empty()) return;
    model_["more"].push_back(
        {{"label", call_.In(indicator.label)}, {"href", LinkTo(indicator, asked_, 1)}});
  }

  Status AddSection(const Indicator& indicator, std::vector<ReleasedRow> rows) {
    const std::size_t pages = (rows.size() + kRowsOnPage - 1) / kRowsOnPage;
    const std::size_t wanted =
        asked_.indicator == nullptr
            ? 1
            : std::strtoul(std::string(call_.Query("page")).c_str(), nullptr, 10);
    const std::size_t page = std::clamp<std::size_t>(wanted, 1, pages);
    // What fits no page whole stands alone.
    if (pages > 1 && !shown_.empty()) {
      full_ = true;
      AddLink(indicator);
      return {};
    }
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>((page - 1) * kRowsOnPage);
    rows = std::vector<ReleasedRow>(
        first, first + std::min<std::ptrdiff_t>(kRowsOnPage, rows.end() - first));
    TRAM_ASSIGN(Json section, OutcomeSection(call_, indicator, asked_, rows));
    const Room room = RoomOf(section);
    full_ = pages > 1 || taken_.cells + room.cells > kCellsOnPage ||
            taken_.lines + room.lines > kLinesOnPage;
    if (full_ && !shown_.empty()) {
      AddLink(indicator);
      return {};
    }
    taken_ = {taken_.lines + room.lines, taken_.cells + room.cells};
    AddWays(indicator, page, pages, section);
    model_["sections"].push_back(std::move(section));
    shown_.push_back(&indicator);
    return {};
  }

  void AddWays(const Indicator& indicator, std::size_t page, std::size_t pages, Json& section) {
    section["previous"] = page > 1 ? LinkTo(indicator, asked_, page - 1) : "";
    section["next"] = page < pages ? LinkTo(indicator, asked_, page + 1) : "";
    section["some_pages"] = pages > 1;
    section["page"] = std::to_string(page);
    section["pages"] = std::to_string(pages);
    if (indicator.shape != IndicatorShape::kSurvival) return;
    std::string curves = "/outcomes/curves?indicator=" + PercentEncode(indicator.name);
    for (int year : asked_.years) curves += "&year=" + std::to_string(year);
    section["curves"] = std::move(curves);
  }

  const PageCall& call_;
  const ReleasedReader& reader_;
  const ReleasedIndicators& indicators_;
  const OutcomesAsked& asked_;
  Json& model_;
  std::vector<const Indicator*> shown_;
  std::vector<std::string> absent_;
  Room taken_;
  bool full_ = false;
};

Result<Answer> OutcomesPage(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kOutcomes));
  TRAM_ASSIGN(const ReleasedReader reader, ReleasedReader::Load(call.state, permit, call.language));
  TRAM_ASSIGN(const ReleasedIndicators indicators, IndicatorsOf(call.state));
  Page page{"outcomes", call.Words("Kết quả sau một năm", "Outcomes after a year")};
  Json& model = page.model;
  for (const char* list :
       {"years", "bys", "provinces", "strata", "indicators", "sections", "absent", "more"}) {
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
  TRAM_TRY(Sections(call, reader, indicators, asked, model).Add());
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
