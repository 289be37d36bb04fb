// Curves beside each other: the chance to be without event, by month, for places and years that
// were released, worked out from their rounded counts alone.
#include <algorithm>
#include <set>

#include "web/figure_table_model.h"
#include "web/outcome_words.h"
#include "web/released_rows.h"

namespace tram::server {
namespace {

constexpr std::size_t kCurvesMax = 6;  // as many as a chart can tell apart
constexpr std::string_view kCountry = "country";

/// One curve.
struct CurveGroup {
  ReleasedRow row;
  std::string label;
  std::vector<ReleasedStep> steps;

  Shown Persons() const {
    const auto found = row.line.numbers.find("persons");
    if (found == row.line.numbers.end()) return Shown::Hidden();
    return Of(found->second);
  }
  Shown Of(const std::optional<std::int64_t>& number) const {
    return number ? Shown::Rounded(*number, row.step) : Shown::Hidden();
  }
};

/// What the form asks for, and what of it there is.
struct CurvesAsked {
  const Indicator* indicator = nullptr;
  std::set<int> years;
  std::set<std::string> places;  // codes; "" is the country
  PlaceTime time = PlaceTime::kThen;
};

class CurveForm {
 public:
  CurveForm(const PageCall& call, const ReleasedIndicators& indicators, Json& model)
      : call_(call), indicators_(indicators), model_(model) {}

  CurvesAsked Read() {
    ReadIndicator();
    if (asked_.indicator == nullptr) return asked_;
    ReadYears();
    for (const std::string& place : AllOf(call_.request.query, "place")) {
      asked_.places.insert(place == kCountry ? "" : place);
    }
    if (asked_.places.empty()) asked_.places.insert("");
    const bool now = call_.Query("places") == "now";
    asked_.time = now ? PlaceTime::kNow : PlaceTime::kThen;
    Offer("times", "then", call_.Words("như khi đó", "as they were then"), !now);
    Offer("times", "now", call_.Words("như hiện nay", "as they are now"), now);
    return asked_;
  }
  void Offer(const char* field, std::string_view value, const std::string& label, bool chosen) {
    model_[field].push_back({{"value", std::string(value)}, {"label", label}, {"chosen", chosen}});
  }

 private:
  /// Curves are found by their shape.
  void ReadIndicator() {
    std::vector<const Indicator*> curves;
    for (const Indicator* indicator : indicators_.released) {
      const bool curve = indicator->shape == IndicatorShape::kSurvival;
      if (curve && !indicators_.years.at(indicator).empty()) curves.push_back(indicator);
    }
    for (const Indicator* indicator : curves) {
      if (call_.Query("indicator") == indicator->name) asked_.indicator = indicator;
    }
    if (asked_.indicator == nullptr && !curves.empty()) asked_.indicator = curves.front();
    for (const Indicator* indicator : curves) {
      Offer("indicators", indicator->name, call_.In(indicator->label),
            indicator == asked_.indicator);
    }
  }

  void ReadYears() {
    const std::vector<int>& years = indicators_.years.at(asked_.indicator);
    const std::vector<std::string> wanted = AllOf(call_.request.query, "year");
    for (int year : years) {
      if (std::count(wanted.begin(), wanted.end(), std::to_string(year)) > 0) {
        asked_.years.insert(year);
      }
    }
    if (asked_.years.empty()) asked_.years.insert(years.back());
    for (int year : years) {
      const std::string name = std::to_string(year);
      Offer("years", name, name, asked_.years.contains(year));
    }
  }

  const PageCall& call_;
  const ReleasedIndicators& indicators_;
  Json& model_;
  CurvesAsked asked_;
};

/// Every released row of the chosen years: the country's, then the provinces'.
Result<std::vector<ReleasedRow>> RowsOf(const ReleasedReader& reader, const CurvesAsked& asked) {
  const ReleasedBy provinces =
      asked.time == PlaceTime::kNow ? ReleasedBy::kProvinceNow : ReleasedBy::kProvinceThen;
  std::vector<ReleasedRow> rows;
  for (ReleasedBy by : {ReleasedBy::kCountry, provinces}) {
    for (int year : asked.years) {
      TRAM_ASSIGN(std::vector<ReleasedRow> more,
                  reader.Rows(*asked.indicator, year, {by, asked.time, {}}, ""));
      std::move(more.begin(), more.end(), std::back_inserter(rows));
    }
  }
  return rows;
}

/// The tables of the chosen curves, each column one of them.
class CurveTables {
 public:
  CurveTables(const PageCall& call, const std::vector<CurveGroup>& groups)
      : call_(call), groups_(groups) {
    for (const CurveGroup& group : groups) labels_.push_back(group.label);
  }

  void AddTo(Json& model) const {
    model["groups"] = Json::array({Groups()});
    model["survival"] = Json::array({ByStep(Text("Tỷ lệ chưa có biến cố, với khoảng tin cậy 95 %",
                                                 "The share without event, with its 95 % interval"),
                                            true, CurveCell(1.0, std::nullopt),
                                            [](const CurveGroup&, const ReleasedStep& step) {
                                              return CurveCell(step.survival, step.interval);
                                            })});
    model["at_risk"] =
        Json::array({ByStep(Text("Số người còn được theo dõi và chưa có biến cố (làm tròn)",
                                 "Persons still followed and without event (rounded)"),
                            false, {}, [](const CurveGroup& group, const ReleasedStep& step) {
                              return CountCell(group.Of(step.at_risk));
                            })});
    model["incidence"] = Json::array({ByStep(
        Text("Tỷ lệ đã có biến cố trên tất cả; rời theo dõi vì lý do khác là kết cục cạnh "
             "tranh",
             "The share with the event, of all; leaving for another reason competes with "
             "it"),
        true, CurveCell(0.0, std::nullopt), [](const CurveGroup& group, const ReleasedStep& step) {
          return CurveCell(ShareOf(group.Of(step.events), group.Persons()).value, {});
        })});
    model["loss"] = Json::array({ByStep(
        Text("Tỷ lệ còn được theo dõi và chưa có biến cố: mọi người rời theo dõi đều tính "
             "là có biến cố",
             "The share still followed and without event: everybody who left counts as "
             "with the event"),
        true, CurveCell(1.0, std::nullopt), [](const CurveGroup& group, const ReleasedStep& step) {
          return CurveCell(ShareOf(group.Of(step.at_risk), group.Persons()).value, {});
        })});
  }

 private:
  std::string Text(const char* vi, const char* en) const {
    return call_.language == Language::kVietnamese ? vi : en;
  }

  Json Groups() const {
    FigureTableModel table(
        Text("Các nhóm", "Groups"), {Text("nhóm", "group")},
        {Text("số người", "persons"), Text("có biến cố đến ngày 365", "with the event by day 365"),
         Text("làm tròn đến", "rounded to"), Text("số liệu đến", "figures as of")});
    for (const CurveGroup& group : groups_) {
      const auto& as_of = group.row.as_of;
      table.Add(
          {group.label},
          {CountCell(group.Persons()), CountCell(group.Of(group.steps.back().events)),
           CountCell(Shown::Exact(group.row.step)), WordsCell(as_of ? DateText(*as_of) : "-")});
    }
    return std::move(table).Take();
  }

  /// `start`: of day 0; without one day 0 has the persons.
  template <class Cell>
  Json ByStep(const std::string& caption, bool drawn, const Json& start, const Cell& cell) const {
    FigureTableModel table(caption, {Text("ngày", "day")}, labels_);
    std::vector<Json> first;
    for (const CurveGroup& group : groups_) {
      first.push_back(start.is_null() ? CountCell(group.Persons()) : start);
    }
    table.Add({"0"}, std::move(first));
    for (std::size_t step = 0; step < groups_.front().steps.size(); ++step) {
      std::vector<Json> cells;
      for (const CurveGroup& group : groups_) cells.push_back(cell(group, group.steps[step]));
      table.Add({std::to_string(groups_.front().steps[step].day)}, std::move(cells));
    }
    if (drawn) table.DrawCurves();
    return std::move(table).Take();
  }

  const PageCall& call_;
  const std::vector<CurveGroup>& groups_;
  std::vector<std::string> labels_;
};

/// Splits the rows into curves and, in the model, what was chosen and is not drawn.
std::vector<CurveGroup> ChosenCurves(const PageCall& call, const CurvesAsked& asked,
                                     std::vector<ReleasedRow> rows, Json& model) {
  std::vector<CurveGroup> groups;
  for (ReleasedRow& row : rows) {
    if (!asked.places.contains(row.code)) continue;
    const std::string label = row.place + ", " + std::to_string(row.year);
    if (!row.why.empty()) {
      model["not_drawn"].push_back(label + ": " + row.why);
    } else {
      std::vector<ReleasedStep> steps = ReleasedCurve(row.line);
      groups.push_back({std::move(row), label, std::move(steps)});
    }
  }
  if (groups.size() > kCurvesMax) {
    model["too_many"] = call.Words(
        "Bạn chọn {} đường cong, hình chỉ vẽ được {}: dưới đây là {} đường đầu. Hãy bỏ bớt năm "
        "hoặc nơi.",
        "You chose {} curves; the chart can tell {} apart: below are the first {}. Please choose "
        "fewer years or places.",
        groups.size(), kCurvesMax, kCurvesMax);
    groups.resize(kCurvesMax);
  }
  model["some_not_drawn"] = !model["not_drawn"].empty();
  return groups;
}

/// The places that have a row in one of the years; each once, by its name in the last of them.
void OfferPlaces(const CurvesAsked& asked, const std::vector<ReleasedRow>& rows, CurveForm& form) {
  std::map<std::string, std::string> names;
  for (const ReleasedRow& row : rows) names[row.code] = row.place;
  for (const auto& [code, name] : names) {
    form.Offer("places", code.empty() ? kCountry : code, name, asked.places.contains(code));
  }
}

Result<Answer> CurvesPage(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kOutcomes));
  TRAM_ASSIGN(const ReleasedReader reader, ReleasedReader::Load(call.state, permit, call.language));
  TRAM_ASSIGN(const ReleasedIndicators indicators, IndicatorsOf(call.state));
  Page page{"curves", call.Words("So sánh các đường cong", "Curves compared")};
  Json& model = page.model;
  for (const char* list :
       {"indicators", "years", "times", "places", "not_drawn", "released", "groups"}) {
    model[list] = Json::array();
  }
  CurveForm form(call, indicators, model);
  const CurvesAsked asked = form.Read();
  model["there"] = asked.indicator != nullptr;
  if (asked.indicator == nullptr) {
    AddAbout(call, indicators, {}, model);
    return Answer(std::move(page));
  }
  model["label"] = call.In(asked.indicator->label);
  TRAM_ASSIGN(std::vector<ReleasedRow> rows, RowsOf(reader, asked));
  OfferPlaces(asked, rows, form);
  for (int year : asked.years) {
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const ReleasedRow& any) { return any.year == year; });
    if (row == rows.end()) continue;
    TRAM_ASSIGN(const std::string text, ReleasedText(call, year, row->as_of));
    model["released"].push_back(text);
  }
  const std::vector<CurveGroup> groups = ChosenCurves(call, asked, std::move(rows), model);
  model["drawn"] = !groups.empty();
  if (!groups.empty()) CurveTables(call, groups).AddTo(model);
  AddAbout(call, indicators, {asked.indicator}, model);
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> CurveRoutes() {
  static const Route routes[] = {
      {"GET", "/outcomes/curves", Access::kRight, Right::kOutcomes, CurvesPage},
  };
  return routes;
}

}  // namespace tram::server
