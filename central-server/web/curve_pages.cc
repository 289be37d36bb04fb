// Curves beside each other: the chance to be without event, by month, for places and years that
// were released, worked out from their rounded counts alone.
#include <algorithm>

#include "web/curve_groups.h"
#include "web/export_links.h"
#include "web/figure_table_model.h"
#include "web/outcome_words.h"

namespace tram::server {
namespace {

constexpr std::size_t kCurvesMax = 6;  // as many as a chart can tell apart

/// The tables of the chosen curves, each column one of them.
class CurveTables {
 public:
  CurveTables(const PageCall& call, const std::vector<CurveGroup>& groups, std::string link)
      : call_(call), groups_(groups), link_(std::move(link)) {
    for (const CurveGroup& group : groups) {
      labels_.push_back(group.label);
      lines_.push_back(LinesOf(group));
    }
  }

  void AddTo(Json& model) const {
    model["groups"] = Json::array({Groups()});
    model["survival"] = ByStep(Text("Tỷ lệ chưa có biến cố, với khoảng tin cậy 95 %",
                                    "The share without event, with its 95 % interval"),
                               true, &CurveLine::without_event);
    model["at_risk"] = ByStep(Text("Số người còn được theo dõi và chưa có biến cố (làm tròn)",
                                   "Persons still followed and without event (rounded)"),
                              false, &CurveLine::at_risk);
    model["incidence"] =
        ByStep(Text("Tỷ lệ đã có biến cố trên tất cả; rời theo dõi vì lý do khác là kết cục cạnh "
                    "tranh",
                    "The share with the event, of all; leaving for another reason competes with "
                    "it"),
               true, &CurveLine::with_event);
    model["loss"] =
        ByStep(Text("Tỷ lệ còn được theo dõi và chưa có biến cố: mọi người rời theo dõi đều tính "
                    "là có biến cố",
                    "The share still followed and without event: everybody who left counts as "
                    "with the event"),
               true, &CurveLine::followed);
  }

 private:
  std::string Text(const char* vi, const char* en) const {
    return call_.language == Language::kVietnamese ? vi : en;
  }

  Json Groups() const {
    const std::string caption = Text("Các nhóm", "Groups");
    FigureTableModel table(
        call_.language, caption, {Text("nhóm", "group")},
        {Text("số người", "persons"), Text("có biến cố đến ngày 365", "with the event by day 365"),
         Text("làm tròn đến", "rounded to"), Text("số liệu đến", "figures as of")});
    for (const CurveGroup& group : groups_) {
      const auto& as_of = group.row.as_of;
      table.Add({group.label},
                {CountCell(group.Persons()), CountCell(group.Of(group.steps.back().events)),
                 CountCell(group.row.step), WordsCell(as_of ? DateText(*as_of) : "-")});
    }
    Json model = std::move(table).Take();
    AddExportLinks(call_, "curves", link_, caption, model);
    return model;
  }

  Json ByStep(const std::string& caption, bool drawn, FigureCell CurveLine::*figure) const {
    FigureTableModel table(call_.language, caption, {Text("ngày", "day")}, labels_);
    for (std::size_t step = 0; step < lines_.front().size(); ++step) {
      std::vector<FigureCell> cells;
      for (const std::vector<CurveLine>& lines : lines_) cells.push_back(lines[step].*figure);
      table.Add({std::to_string(lines_.front()[step].day)}, cells);
    }
    if (drawn) table.DrawCurves();
    Json model = std::move(table).Take();
    AddExportLinks(call_, "curves", link_, caption, model);
    return Json::array({std::move(model)});
  }

  const PageCall& call_;
  const std::vector<CurveGroup>& groups_;
  std::string link_;
  std::vector<std::string> labels_;
  std::vector<std::vector<CurveLine>> lines_;  // of each group
};

void DropWhatCannotBeToldApart(const PageCall& call, std::vector<CurveGroup>& groups, Json& model) {
  if (groups.size() <= kCurvesMax) return;
  model["too_many"] = call.Words(
      "Bạn chọn {} đường cong, hình chỉ vẽ được {}: dưới đây là {} đường đầu. Hãy bỏ bớt năm "
      "hoặc nơi.",
      "You chose {} curves; the chart can tell {} apart: below are the first {}. Please choose "
      "fewer years or places.",
      groups.size(), kCurvesMax, kCurvesMax);
  groups.resize(kCurvesMax);
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
  const CurvesAsked asked = AskCurves(call, indicators, model);
  model["there"] = asked.indicator != nullptr;
  if (asked.indicator == nullptr) {
    AddAbout(call, indicators, {}, model);
    return Answer(std::move(page));
  }
  model["label"] = call.In(asked.indicator->label);
  TRAM_ASSIGN(std::vector<ReleasedRow> rows, CurveRows(reader, asked));
  OfferCurvePlaces(asked, rows, model);
  for (int year : asked.years) {
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const ReleasedRow& any) { return any.year == year; });
    if (row == rows.end()) continue;
    TRAM_ASSIGN(const std::string text, ReleasedText(call, year, row->as_of));
    model["released"].push_back(text);
  }
  std::vector<std::string> not_drawn;
  std::vector<CurveGroup> groups = ChosenCurves(asked, std::move(rows), not_drawn);
  model["some_not_drawn"] = !not_drawn.empty();
  model["not_drawn"] = std::move(not_drawn);
  DropWhatCannotBeToldApart(call, groups, model);
  model["drawn"] = !groups.empty();
  if (!groups.empty()) CurveTables(call, groups, asked.Link()).AddTo(model);
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
