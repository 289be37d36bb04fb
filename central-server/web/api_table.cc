#include "web/api_table.h"

#include <array>
#include <cmath>

#include "tram/base/assert.h"
#include "web/api.h"

namespace tram::server {
namespace {

constexpr std::array<const char*, 5> kKinds = {"words", "count", "share", "probability", "decimal"};

const char* KindName(FigureCell::Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

bool IsHidden(const FigureCell& cell) { return !cell.number && !cell.interval && cell.text == "*"; }

Json NumberJson(FigureCell::Kind kind, double number) {
  if (!std::isfinite(number)) return nullptr;
  if (kind == FigureCell::Kind::kCount) return std::llround(number);
  return number;
}

Json CellJson(const FigureCell& cell) {
  if (cell.number) return NumberJson(cell.kind, *cell.number);
  if (cell.interval) {
    return {{"low", NumberJson(cell.kind, cell.interval->low)},
            {"high", NumberJson(cell.kind, cell.interval->high)}};
  }
  const bool said = !cell.text.empty() && cell.text != "-" && !IsHidden(cell);
  return said && cell.kind == FigureCell::Kind::kWords ? Json(cell.text) : Json(nullptr);
}

Json RowJson(const DataTable& table, const std::vector<FigureCell>& cells) {
  TRAM_ASSERT(cells.size() == table.columns.size());
  Json row = Json::object();
  Json hidden = Json::array();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& name = table.columns[i].name;
    TRAM_ASSERT(name != kHiddenKey);
    row[name] = CellJson(cells[i]);
    if (IsHidden(cells[i])) hidden.push_back(name);
  }
  if (!hidden.empty()) row[std::string(kHiddenKey)] = std::move(hidden);
  return row;
}

Json AgeJson(const DataAge& age) {
  return {{"as_of", age.as_of ? Json(IsoDate(*age.as_of)) : Json(nullptr)},
          {"published", age.published_ms ? Json(UtcText(*age.published_ms)) : Json(nullptr)},
          {"made", UtcText(age.made_ms)},
          {"units", age.units},
          {"silent", age.silent}};
}

Json Described(Json schema, Language in, const char* vi, const char* en) {
  schema["description"] = in == Language::kVietnamese ? vi : en;
  return schema;
}

/// An object of just these.
Json ObjectSchema(Json properties) {
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

Json AgeSchema(Language in) {
  const Json count{{"type", "integer"}, {"minimum", 0}};
  Json properties = Json::object();
  properties["as_of"] =
      Described({{"type", {"string", "null"}}, {"format", "date"}}, in,
                "ngày cuối của tháng mà số liệu nói về", "the month's end that the figures are of");
  properties["published"] = Described({{"type", {"string", "null"}}, {"format", "date-time"}}, in,
                                      "chốt từ lúc nào; null: số liệu còn thay đổi",
                                      "closed since then; null: they still change");
  properties["made"] = Described({{"type", "string"}, {"format", "date-time"}}, in,
                                 "bảng được lập lúc nào", "when the table was made");
  properties["units"] = Described(count, in, "số đơn vị đang hoạt động mà bảng nói về",
                                  "units at work that the table is about");
  properties["silent"] = Described(count, in, "trong đó, số đơn vị lâu không gửi gì về",
                                   "of those, units that were not heard of for long");
  return ObjectSchema(std::move(properties));
}

Json RowSchema(Language in) {
  return Described(
      {{"type", "object"},
       {"properties",
        {{std::string(kHiddenKey),
          Described({{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}}, in,
                    "các cột bị che vì số nhỏ: giá trị của chúng là null",
                    "columns that are hidden because they are small: their values are null")}}},
       {"additionalProperties", {{"$ref", "#/components/schemas/Cell"}}}},
      in, "một dòng: tên cột và giá trị", "a row: names of columns, and their values");
}

}  // namespace

Json TableJson(const DataTable& table) {
  Json columns = Json::array();
  for (const DataColumn& column : table.columns) {
    columns.push_back({{"name", column.name},
                       {"label", column.label},
                       {"kind", KindName(column.kind)},
                       {"definition", column.definition}});
  }
  Json rows = Json::array();
  for (const std::vector<FigureCell>& row : table.rows) rows.push_back(RowJson(table, row));
  return {{"name", table.name},   {"title", table.title},          {"age", AgeJson(table.age)},
          {"about", table.about}, {"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

Json TableSchemas(Language in) {
  const Json text{{"type", "string"}};
  Json schemas = Json::object();
  schemas["Interval"] = Described(ObjectSchema({{"low", {{"type", {"number", "null"}}}},
                                                {"high", {{"type", {"number", "null"}}}}}),
                                  in, "khoảng tin cậy 95 %", "a 95 % interval");
  schemas["Cell"] = Described(
      {{"anyOf",
        {{{"type", {"string", "number", "null"}}}, {{"$ref", "#/components/schemas/Interval"}}}}},
      in, "null: không có, chưa biết, hoặc bị che (xem hidden của dòng)",
      "null: there is none, it is not known, or it is hidden (the row's hidden)");
  schemas["Row"] = RowSchema(in);
  schemas["Column"] = ObjectSchema(
      {{"name", text}, {"label", text}, {"kind", {{"enum", kKinds}}}, {"definition", text}});
  schemas["Age"] = AgeSchema(in);
  schemas["DataTable"] = ObjectSchema(
      {{"name", text},
       {"title", text},
       {"age", {{"$ref", "#/components/schemas/Age"}}},
       {"about", {{"type", "array"}, {"items", text}}},
       {"columns", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Column"}}}}},
       {"rows", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Row"}}}}}});
  return schemas;
}

}  // namespace tram::server
