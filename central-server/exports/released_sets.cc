// Data sets about persons: released tables alone, rounded and hidden as their pages show them.
#include <algorithm>
#include <map>

#include "exports/data_sets.h"
#include "rollup/release.h"
#include "web/curve_groups.h"
#include "web/outcome_form.h"
#include "web/outcome_tables.h"
#include "web/unit_success.h"

namespace tram::server {
namespace {

using Kind = FigureCell::Kind;
using Holds = OutcomeColumn::Holds;

/// What every table about persons says of itself.
Status AddReleasedAge(const PageCall& call, const UnitPlaces& units, std::optional<Date> as_of,
                      DataTable& table) {
  table.age.as_of = as_of;
  table.age.made_ms = call.state.NowMs();
  if (as_of) {
    TRAM_ASSIGN(table.age.published_ms, call.state.store().rollups().PublishedAt(*as_of));
  }
  TRAM_ASSIGN(const UnitsHeard heard, HeardOf(call, units));
  table.age.units = heard.open;
  table.age.silent = heard.open - heard.heard;
  table.about.push_back(call.Words(
      "Số người đã được làm tròn đến 5, 10 hoặc 20; cột rounded_to cho biết mức thô nhất của dòng. "
      "Dấu * là số từ 0 đến 7, hoặc số không hiện. Tỷ lệ và khoảng tin cậy 95 % được tính từ số đã "
      "làm tròn.",
      "Persons are rounded to 5, 10 or 20; the column rounded_to is the coarsest of its row. The "
      "sign * is a number from 0 to 7, or one that is not shown. Shares and 95 % intervals are "
      "made from the rounded numbers."));
  table.about.push_back(call.Words("Một người điều trị ở hai đơn vị được tính hai lần.",
                                   "A person in two units counts twice."));
  return {};
}

void AddDefinition(const PageCall& call, const Indicator& indicator, DataTable& table) {
  const FigureReport report{call.state.programme().programme.get(), {}, {}, {}};
  FigureTable of;
  of.indicator = &indicator;
  for (std::string& line : FigureDefinitions(report, of, call.language)) {
    table.about.push_back(std::move(line));
  }
}

/// When each year's numbers were released.
class Releases {
 public:
  explicit Releases(const PageCall& call) : call_(call) {}
  static void AddColumns(const PageCall& call, DataTable& table) {
    table.columns.push_back({"as_of", call.Words("số liệu đến", "figures as of")});
    table.columns.push_back({"published", call.Words("công bố lúc", "published")});
  }
  Status AddCells(const std::optional<Date>& as_of, std::vector<FigureCell>& row) {
    row.push_back(DateCell(as_of));
    std::optional<std::int64_t> at;
    if (as_of) {
      const auto found = published_.find(*as_of);
      if (found != published_.end()) {
        at = found->second;
      } else {
        TRAM_ASSIGN(at, call_.state.store().rollups().PublishedAt(*as_of));
        published_[*as_of] = at;
      }
    }
    row.push_back(TimeCell(at));
    return {};
  }

 private:
  const PageCall& call_;
  std::map<Date, std::optional<std::int64_t>> published_;
};

// ---- the tables of the page of outcomes ----

struct OutcomeSource {
  ReleasedReader reader;
  ReleasedIndicators indicators;
  OutcomesAsked asked;
};

Result<OutcomeSource> AskSource(const PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kOutcomes));
  TRAM_ASSIGN(ReleasedReader reader, ReleasedReader::Load(call.state, permit, call.language));
  TRAM_ASSIGN(ReleasedIndicators indicators, IndicatorsOf(call.state));
  Json model;
  TRAM_ASSIGN(OutcomesAsked asked, AskOutcomes(call, reader, indicators, model));
  if (!asked.wrong.empty()) return MakeError(ErrorCode::kInvalid, asked.wrong);
  return OutcomeSource{std::move(reader), std::move(indicators), std::move(asked)};
}

/// Which shape has tables of that name.
IndicatorShape ShapeOf(std::string_view name) {
  if (name == "shares") return IndicatorShape::kRate;
  if (name == "persons") return IndicatorShape::kCount;
  if (name == "survival") return IndicatorShape::kSurvival;
  return IndicatorShape::kStates;
}

/// The one that is asked for, or the first that has such a table. Null: none is released.
Result<const Indicator*> AskIndicator(const PageCall& call, const ReleasedIndicators& indicators,
                                      std::string_view name) {
  const std::string_view wanted = call.Query("indicator");
  std::string known;
  for (const Indicator* indicator : indicators.released) {
    if (indicator->shape != ShapeOf(name)) continue;
    if (wanted.empty() || wanted == indicator->name) return indicator;
    known += (known.empty() ? "" : ", ") + indicator->name;
  }
  if (wanted.empty()) return nullptr;
  return call.Fail(ErrorCode::kInvalid, "Bảng này không có chỉ số “{}”, chỉ có: {}",
                   "This table has no indicator '{}', only: {}", wanted, known);
}

void AddNameColumns(const PageCall& call, DataTable& table) {
  table.columns = {{"indicator", call.Words("chỉ số", "indicator")},
                   {"place_code", call.Words("mã nơi", "code of the place"), Kind::kWords,
                    call.Words("Trống: cả nước", "Empty: the whole country")},
                   {"place", call.Words("nơi", "place")},
                   {"year", call.Words("năm", "year"), Kind::kCount},
                   {"stratum", call.Words("mã nhóm", "code of the group"), Kind::kWords,
                    call.Words("all: tất cả", "all: everybody")},
                   {"group", call.Words("nhóm", "group")}};
}

/// An interval has a column for each end.
void AddOutcomeColumns(const PageCall& call, const std::vector<OutcomeColumn>& columns,
                       DataTable& table) {
  for (const OutcomeColumn& column : columns) {
    if (column.holds != Holds::kInterval) {
      table.columns.push_back({column.name, column.label, column.kind});
    }
    if (column.holds == Holds::kNumber) continue;
    table.columns.push_back(
        {column.name + "_lower", call.Words("{}: từ", "{}: from", column.label), column.kind});
    table.columns.push_back(
        {column.name + "_upper", call.Words("{}: đến", "{}: to", column.label), column.kind});
  }
}

/// Of a row that is not shown.
FigureCell NoCell(Kind kind) {
  if (kind == Kind::kWords) return WordsCell("");
  return kind == Kind::kCount ? CountCell(Shown::Hidden()) : ShareCell({});
}

void AddOutcomeCells(const std::vector<OutcomeColumn>& columns, const OutcomeLine& line,
                     std::vector<FigureCell>& row) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const FigureCell cell = line.cells.empty() ? NoCell(columns[i].kind) : line.cells[i];
    const FigureCell low = BoundCell(cell, false), high = BoundCell(cell, true);
    if (columns[i].holds != Holds::kInterval) {
      row.push_back(columns[i].holds == Holds::kBoth ? CurveCell(cell.number, {}) : cell);
    }
    if (columns[i].holds == Holds::kNumber) continue;
    row.push_back(low);
    row.push_back(high);
  }
}

Status AddOutcomeTable(const PageCall& call, const Indicator& indicator, const OutcomeTable& of,
                       DataTable& table) {
  const Programme& programme = *call.state.programme().programme;
  AddOutcomeColumns(call, of.columns, table);
  table.columns.push_back({"not_shown", call.Words("không hiện", "not shown"), Kind::kWords,
                           call.Words("Vì sao dòng không có số", "Why a row has no figures")});
  Releases::AddColumns(call, table);
  Releases releases(call);
  for (const OutcomeLine& line : of.lines) {
    const ReleasedRow& row_of = *line.row;
    std::vector<FigureCell> row{WordsCell(indicator.name),
                                WordsCell(row_of.code),
                                WordsCell(row_of.place),
                                CountCell(row_of.year),
                                WordsCell(row_of.stratum),
                                WordsCell(StratumLabel(programme, row_of.stratum, call.language))};
    AddOutcomeCells(of.columns, line, row);
    row.push_back(WordsCell(row_of.why));
    TRAM_TRY(releases.AddCells(row_of.as_of, row));
    table.rows.push_back(std::move(row));
  }
  return {};
}

Result<DataTable> MakeOutcomes(PageCall& call, const char* name) {
  TRAM_ASSIGN(const OutcomeSource source, AskSource(call));
  TRAM_ASSIGN(const Indicator* indicator, AskIndicator(call, source.indicators, name));
  DataTable table{name, "", source.asked.year_name};
  AddNameColumns(call, table);
  if (indicator == nullptr) {
    TRAM_TRY(AddReleasedAge(call, source.reader.units(), {}, table));
    return table;
  }
  std::vector<std::string> absent;
  TRAM_ASSIGN(
      const std::vector<ReleasedRow> rows,
      OutcomeRows(call, source.reader, source.indicators, *indicator, source.asked, absent));
  std::optional<Date> as_of;
  for (const ReleasedRow& row : rows) as_of = std::max(as_of, row.as_of);
  TRAM_TRY(AddReleasedAge(call, source.reader.units(), as_of, table));
  table.title = call.In(indicator->label);
  for (const OutcomeTable& of : OutcomeTables(call, *indicator, rows)) {
    if (of.name != name) continue;
    table.title += ": " + of.caption;
    TRAM_TRY(AddOutcomeTable(call, *indicator, of, table));
  }
  for (std::string& line : absent) table.about.push_back(std::move(line));
  AddDefinition(call, *indicator, table);
  return table;
}

Result<DataTable> MakeStates(PageCall& call) { return MakeOutcomes(call, "states"); }
Result<DataTable> MakeSuccess(PageCall& call) { return MakeOutcomes(call, "success"); }
Result<DataTable> MakeShares(PageCall& call) { return MakeOutcomes(call, "shares"); }
Result<DataTable> MakePersons(PageCall& call) { return MakeOutcomes(call, "persons"); }
Result<DataTable> MakeSurvival(PageCall& call) { return MakeOutcomes(call, "survival"); }

// ---- curves ----

void AddCurveColumns(const PageCall& call, DataTable& table) {
  table.columns = {
      {"indicator", call.Words("chỉ số", "indicator")},
      {"place_code", call.Words("mã nơi", "code of the place"), Kind::kWords,
       call.Words("Trống: cả nước", "Empty: the whole country")},
      {"place", call.Words("nơi", "place")},
      {"year", call.Words("năm", "year"), Kind::kCount},
      {"day", call.Words("ngày", "day"), Kind::kCount},
      {"persons", call.Words("số người", "persons"), Kind::kCount},
      {"at_risk",
       call.Words("còn được theo dõi và chưa có biến cố", "still followed and without event"),
       Kind::kCount},
      {"events", call.Words("đã có biến cố", "with the event"), Kind::kCount},
      {"without_event", call.Words("tỷ lệ chưa có biến cố", "share without event"),
       Kind::kProbability,
       call.Words("Phương pháp bảng sống từ số đã làm tròn; khoảng tin cậy 95 % log-log",
                  "By the life-table method from rounded numbers; 95 % log-log intervals")},
      {"without_event_lower", call.Words("tỷ lệ chưa có biến cố: từ", "share without event: from"),
       Kind::kProbability},
      {"without_event_upper", call.Words("tỷ lệ chưa có biến cố: đến", "share without event: to"),
       Kind::kProbability},
      {"with_event", call.Words("tỷ lệ đã có biến cố trên tất cả", "share with the event, of all"),
       Kind::kProbability,
       call.Words("Rời theo dõi vì lý do khác là kết cục cạnh tranh",
                  "Leaving for another reason competes with it")},
      {"followed",
       call.Words("tỷ lệ còn theo dõi và chưa có biến cố", "share still followed, without event"),
       Kind::kProbability,
       call.Words("Mọi người rời theo dõi đều tính là có biến cố",
                  "Everybody who left counts as with the event")},
      {"rounded_to", call.Words("làm tròn đến", "rounded to"), Kind::kCount}};
  Releases::AddColumns(call, table);
}

Status AddCurve(const Indicator& indicator, const CurveGroup& group, Releases& releases,
                DataTable& table) {
  for (const CurveLine& line : LinesOf(group)) {
    std::vector<FigureCell> row{WordsCell(indicator.name),
                                WordsCell(group.row.code),
                                WordsCell(group.row.place),
                                CountCell(group.row.year),
                                CountCell(line.day),
                                CountCell(group.Persons()),
                                line.at_risk,
                                line.events,
                                CurveCell(line.without_event.number, {}),
                                BoundCell(line.without_event, false),
                                BoundCell(line.without_event, true),
                                line.with_event,
                                line.followed,
                                CountCell(group.row.step)};
    TRAM_TRY(releases.AddCells(group.row.as_of, row));
    table.rows.push_back(std::move(row));
  }
  return {};
}

Result<DataTable> MakeCurves(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kOutcomes));
  TRAM_ASSIGN(const ReleasedReader reader, ReleasedReader::Load(call.state, permit, call.language));
  TRAM_ASSIGN(const ReleasedIndicators indicators, IndicatorsOf(call.state));
  Json model;
  const CurvesAsked asked = AskCurves(call, indicators, model);
  DataTable table{"curves", call.Words("Các đường cong", "Curves")};
  AddCurveColumns(call, table);
  if (asked.indicator == nullptr) {
    TRAM_TRY(AddReleasedAge(call, reader.units(), {}, table));
    return table;
  }
  table.title = call.In(asked.indicator->label);
  for (int year : asked.years)
    table.period += (table.period.empty() ? "" : "-") + std::to_string(year);
  TRAM_ASSIGN(std::vector<ReleasedRow> rows, CurveRows(reader, asked));
  std::optional<Date> as_of;
  for (const ReleasedRow& row : rows) as_of = std::max(as_of, row.as_of);
  TRAM_TRY(AddReleasedAge(call, reader.units(), as_of, table));
  std::vector<std::string> not_drawn;
  Releases releases(call);
  for (const CurveGroup& group : ChosenCurves(asked, std::move(rows), not_drawn)) {
    TRAM_TRY(AddCurve(*asked.indicator, group, releases, table));
  }
  for (std::string& line : not_drawn) table.about.push_back(std::move(line));
  AddDefinition(call, *asked.indicator, table);
  return table;
}

// ---- success between units ----

const char* DistanceName(const SuccessPoint& point) {
  switch (point.distance) {
    case Distance::kFar:
      return point.above ? "above_998" : "below_998";
    case Distance::kNear:
      return point.above ? "above_95" : "below_95";
    case Distance::kWithin:
      break;
  }
  return "within";
}

std::vector<DataColumn> UnitSuccessColumns(const PageCall& call) {
  std::vector<DataColumn> columns{
      {"code", call.Words("mã", "code")},
      {"name", call.Words("đơn vị", "unit")},
      {"year", call.Words("năm tiếp nhận", "year of intake"), Kind::kCount},
      {"known", call.Words("biết kết quả", "outcome known"), Kind::kCount},
      {"success", call.Words("thành công", "success"), Kind::kCount},
      {"share", call.Words("tỷ lệ", "share"), Kind::kShare},
      {"mean", call.Words("trung bình của các đơn vị", "mean of the units"), Kind::kShare}};
  for (const auto& [name, percent] :
       {std::pair("limit_95", "95"), std::pair("limit_998", "99.8")}) {
    columns.push_back({name + std::string("_lower"),
                       call.Words("giới hạn {} %: từ", "{} % limits: from", percent),
                       Kind::kShare});
    columns.push_back({name + std::string("_upper"),
                       call.Words("giới hạn {} %: đến", "{} % limits: to", percent), Kind::kShare});
  }
  columns.push_back({"beside_others", call.Words("so với các đơn vị khác", "beside the others"),
                     Kind::kWords,
                     call.Words("within: trong giới hạn; below_95, above_95, below_998, above_998: "
                                "ngoài giới hạn",
                                "within the limits; below_95, above_95, below_998, above_998: "
                                "outside of them")});
  columns.push_back({"beside_others_label", call.Words("bằng lời", "in words")});
  return columns;
}

Result<DataTable> MakeUnitSuccess(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kOutcomes));
  TRAM_ASSIGN(const SuccessAsked asked, AskSuccess(call));
  TRAM_ASSIGN(const UnitPlaces units, UnitPlaces::Load(call.state));
  DataTable table{"unit-success", call.Words("Kết quả giữa các đơn vị", "Outcomes between units")};
  table.columns = UnitSuccessColumns(call);
  if (asked.year == 0) {
    TRAM_TRY(AddReleasedAge(call, units, {}, table));
    return table;
  }
  table.period = std::to_string(asked.year);
  TRAM_ASSIGN(const std::optional<Date> as_of,
              ReleasedAsOf(call.state, asked.indicator->name, asked.year));
  TRAM_TRY(AddReleasedAge(call, units, as_of, table));
  TRAM_ASSIGN(const Success success, ReadSuccess(call.state, *asked.indicator, asked.year));
  for (const SuccessPoint& point : success.points) {
    table.rows.push_back({WordsCell(point.unit.code), WordsCell(point.unit.name),
                          CountCell(asked.year), CountCell(point.known), CountCell(point.success),
                          ShareCell(point.Share()), ShareCell(success.mean),
                          ShareCell(point.limits_95.low), ShareCell(point.limits_95.high),
                          ShareCell(point.limits_998.low), ShareCell(point.limits_998.high),
                          WordsCell(DistanceName(point)), WordsCell(DistanceText(call, point))});
  }
  table.about.push_back(call.Words(
      "Đơn vị không có ở đây vì số quá nhỏ, không công bố riêng để bảo vệ từng người: {}",
      "Units that are not here, for their numbers are too small to be published: {}",
      success.not_drawn));
  AddDefinition(call, *asked.indicator, table);
  return table;
}

DataSet OutcomeSet(std::string_view name, const char* indicator, Label title,
                   Result<DataTable> (*make)(PageCall&)) {
  return {name,
          Right::kOutcomes,
          std::move(title),
          {"Số đã công bố, của cả nước và các tỉnh hoặc các đơn vị của một tỉnh",
           "Released numbers, of the country and provinces, or of a province's units"},
          {{"indicator",
            indicator,
            {"Chỉ số; không ghi: chỉ số đầu tiên", "The indicator; without: the first one"}},
           {"year",
            "2024",
            {"Năm, hoặc all; không ghi: năm mới nhất", "A year, or all; without: the last one"}},
           {"by",
            "then",
            {"Nơi", "Places"},
            false,
            {"then", "now", "country", "units-then", "units-now"}},
           {"province",
            "56",
            {"Mã tỉnh, khi xem các đơn vị", "Code of a province, where units are asked for"}},
           {"stratum",
            "sex",
            {"Chia theo nhóm này; không ghi: tất cả", "By these groups; without: everybody"}}},
          make};
}

}  // namespace

std::vector<DataSet> ReleasedSets() {
  return {
      OutcomeSet("states", "state_12m", {"Số người theo tình trạng", "Persons by state"},
                 &MakeStates),
      OutcomeSet("success", "state_12m", {"Tỷ lệ thành công", "Success"}, &MakeSuccess),
      OutcomeSet("shares", "retention", {"Tỷ lệ", "Shares"}, &MakeShares),
      OutcomeSet("persons", "new_profile", {"Số người", "Persons"}, &MakePersons),
      OutcomeSet("survival", "relapse_free", {"Chưa có biến cố", "Without event"}, &MakeSurvival),
      {"curves",
       Right::kOutcomes,
       {"Các đường cong", "Curves"},
       {"Theo tháng: số người còn theo dõi, tỷ lệ chưa có biến cố, kết cục cạnh tranh",
        "By month: persons at risk, the share without event, competing events"},
       {{"indicator",
         "relapse_free",
         {"Chỉ số; không ghi: chỉ số đầu tiên", "The indicator; without: the first one"}},
        {"year",
         "2024",
         {"Năm; ghi được nhiều lần; không ghi: năm mới nhất",
          "A year; may stand several times; without: the last one"}},
        {"place",
         "country",
         {"country, hoặc mã tỉnh; ghi được nhiều lần",
          "country, or a province's code; may stand several times"}},
        {"places",
         "then",
         {"Tỉnh như khi đó hay hiện nay", "Provinces as they were then or are now"},
         false,
         {"then", "now"}}},
       &MakeCurves},
      {"unit-success",
       Right::kOutcomes,
       {"Kết quả giữa các đơn vị", "Outcomes between units"},
       {"Mỗi đơn vị một dòng, với giới hạn của điều chỉ do ngẫu nhiên",
        "A row for each unit, with the limits of what chance alone explains"},
       {{"year",
         "2024",
         {"Năm tiếp nhận; không ghi: năm mới nhất", "Year of intake; without: the last one"}}},
       &MakeUnitSuccess}};
}

}  // namespace tram::server
