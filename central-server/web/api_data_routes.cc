// Data sets for programs: what there is, and each of them whole. A table is not given in parts: it
// is made whole anyway, and parts of it asked for one after the other might not fit together.
#include "web/api.h"
#include "web/api_table.h"
#include "web/office.h"

namespace tram::server {
namespace {

Json ParameterModel(const PageCall& call, const DataParameter& parameter) {
  return {{"name", parameter.name},
          {"about", call.In(parameter.about)},
          {"example", parameter.example},
          {"required", parameter.required},
          {"choices", parameter.choices}};
}

Result<Answer> ListData(PageCall& call) {
  Json sets = Json::array();
  for (const DataSet& set : call.office.data_sets) {
    if (!IsScope(set.right)) continue;
    Json parameters = Json::array();
    for (const DataParameter& one : set.parameters) parameters.push_back(ParameterModel(call, one));
    sets.push_back({{"name", set.name},
                    {"path", std::string(kApiPath) + "/data/" + std::string(set.name)},
                    {"title", call.In(set.title)},
                    {"about", call.In(set.about)},
                    {"scope", RightName(set.right)},
                    {"permitted", Authorise(*call.viewer, set.right).has_value()},
                    {"parameters", std::move(parameters)}});
  }
  return JsonAnswer({{"data", std::move(sets)}});
}

Json ListSchema() {
  const Json text{{"type", "string"}};
  const Json parameter{{"type", "object"},
                       {"properties",
                        {{"name", text},
                         {"about", text},
                         {"example", text},
                         {"required", {{"type", "boolean"}}},
                         {"choices", {{"type", "array"}, {"items", text}}}}},
                       {"required", {"name", "about", "example", "required", "choices"}},
                       {"additionalProperties", false}};
  const Json set{
      {"type", "object"},
      {"properties",
       {{"name", text},
        {"path", text},
        {"title", text},
        {"about", text},
        {"scope", text},
        {"permitted", {{"type", "boolean"}}},
        {"parameters", {{"type", "array"}, {"items", parameter}}}}},
      {"required", {"name", "path", "title", "about", "scope", "permitted", "parameters"}},
      {"additionalProperties", false}};
  return {{"type", "object"},
          {"properties", {{"data", {{"type", "array"}, {"items", set}}}}},
          {"required", {"data"}},
          {"additionalProperties", false}};
}

Result<Answer> GiveData(PageCall& call) {
  const DataSet* set = DataSetNamed(call.office.data_sets, call.parts.front());
  if (set == nullptr) {
    return call.Fail(ErrorCode::kNotFound,
                     "không có bảng số liệu này: /api/v1/data liệt kê các bảng",
                     "there is no such data set: /api/v1/data lists them");
  }
  TRAM_TRY(AuthoriseApi(call, set->right));
  TRAM_TRY(CheckParameters(call, WithLanguage(set->parameters)));
  TRAM_ASSIGN(const DataTable table, WholeTable(call, *set));
  const Json json = TableJson(table);
  Json tagged = json;
  tagged["age"].erase("made");  // the same figures, made again
  return JsonAnswer(json, tagged, "application/json");
}

Json TableSchema() { return {{"$ref", "#/components/schemas/DataTable"}}; }

}  // namespace

std::vector<ApiRoute> ApiDataRoutes() {
  ApiRoute list;
  list.pattern = "/api/v1/data";
  list.name = "list_data";
  list.title = {"Các bảng số liệu", "Data sets"};
  list.about = {"Mỗi bảng của các trang, với tham số và phạm vi cần có.",
                "Every table of the pages, with its parameters and the scope that it needs."};
  list.schema = &ListSchema;
  list.run = &ListData;
  ApiRoute give;
  give.pattern = "/api/v1/data/{}";
  give.name = "data";
  give.title = {"Một bảng số liệu", "A data set"};
  give.about = {"Cả bảng, một lần. Số nhỏ bị che như trên trang.",
                "The whole table at once. Small numbers are hidden as on the pages."};
  give.parts = {{"name", "units", {"tên của bảng", "the data set's name"}, true, {}}};
  give.schema = &TableSchema;
  give.run = &GiveData;
  give.of_data_sets = true;
  return {list, give};
}

}  // namespace tram::server
