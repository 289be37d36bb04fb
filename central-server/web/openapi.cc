#include "web/openapi.h"

#include "web/api_problem.h"
#include "web/api_table.h"
#include "web/office.h"

namespace tram::server {
namespace {

constexpr char kSecurity[] = "token";

Json ParameterJson(const PageCall& call, const DataParameter& parameter, const char* where) {
  Json schema{{"type", "string"}};
  if (!parameter.choices.empty()) schema["enum"] = parameter.choices;
  Json json{{"name", parameter.name},
            {"in", where},
            {"description", call.In(parameter.about)},
            {"required", parameter.required || std::string_view(where) == "path"},
            {"schema", std::move(schema)}};
  if (!parameter.example.empty()) json["example"] = parameter.example;
  return json;
}

Json Responses(const ApiRoute& route) {
  const Json content{{std::string(route.content_type), {{"schema", route.schema()}}}};
  Json responses = Json::object();
  responses["200"] = {{"description", "OK"}, {"content", content}};
  responses["304"] = {{"$ref", "#/components/responses/Unchanged"}};
  responses["default"] = {{"$ref", "#/components/responses/Problem"}};
  return responses;
}

struct Operation {
  std::string id, title, about;
  std::optional<Right> right;
  std::vector<DataParameter> parts, parameters;
};

Json OperationJson(const PageCall& call, const ApiRoute& route, const Operation& operation) {
  Json parameters = Json::array();
  for (const DataParameter& part : operation.parts) {
    parameters.push_back(ParameterJson(call, part, "path"));
  }
  for (const DataParameter& one : operation.parameters) {
    parameters.push_back(ParameterJson(call, one, "query"));
  }
  parameters.push_back({{"$ref", "#/components/parameters/lang"}});
  Json scopes = Json::array();
  if (operation.right) scopes.push_back(RightName(*operation.right));
  return {{"operationId", operation.id},
          {"summary", operation.title},
          {"description", operation.about},
          {"security", Json::array({Json{{kSecurity, std::move(scopes)}}})},
          {"parameters", std::move(parameters)},
          {"responses", Responses(route)}};
}

void AddDataSets(const PageCall& call, const ApiRoute& route, Json& paths) {
  const std::string before(route.pattern.substr(0, route.pattern.rfind('{')));
  for (const DataSet& set : call.office.data_sets) {
    if (!IsScope(set.right)) continue;
    const Operation operation{std::string(route.name) + "_" + std::string(set.name),
                              call.In(set.title),
                              call.In(set.about),
                              set.right,
                              {},
                              set.parameters};
    paths[before + std::string(set.name)]["get"] = OperationJson(call, route, operation);
  }
}

Json Paths(const PageCall& call) {
  Json paths = Json::object();
  for (const ApiRoute& route : ApiRoutes()) {
    if (route.of_data_sets) {
      AddDataSets(call, route, paths);
      continue;
    }
    Operation operation{std::string(route.name),
                        call.In(route.title),
                        call.In(route.about),
                        std::nullopt,
                        route.parts,
                        route.parameters};
    if (route.access == Access::kTokenRight) operation.right = route.right;
    paths[PathTemplate(route)]["get"] = OperationJson(call, route, operation);
  }
  return paths;
}

Json ProblemSchema() {
  Json types = Json::array();
  for (const ProblemKind& kind : ProblemKinds()) {
    types.push_back(std::string("/api#") + kind.name);
  }
  return {{"type", "object"},
          {"properties",
           {{"type", {{"enum", std::move(types)}}},
            {"title", {{"type", "string"}}},
            {"status", {{"type", "integer"}}},
            {"detail", {{"type", "string"}, {"minLength", 1}}}}},
          {"required", {"type", "title", "status", "detail"}},
          {"additionalProperties", false}};
}

Json Components(const PageCall& call) {
  Json schemas = TableSchemas(call.language);
  schemas["Problem"] = ProblemSchema();
  const Json retry{{"schema", {{"type", "integer"}}},
                   {"description", call.Words("đợi bấy nhiêu giây; khi trạng thái là 429",
                                              "wait so many seconds; where the status is 429")}};
  Json responses = Json::object();
  responses["Problem"] = {
      {"description", call.Words("Có gì không ổn, và cần làm gì (RFC 9457)",
                                 "What is wrong, and what to do (RFC 9457)")},
      {"headers", {{"Retry-After", retry}}},
      {"content",
       {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
  responses["Unchanged"] = {
      {"description", call.Words("Như lần trước (If-None-Match)", "As before (If-None-Match)")}};
  const Json lang{{"name", "lang"},
                  {"in", "query"},
                  {"description", call.Words("ngôn ngữ của nhãn và lời giải thích; mặc định: vi",
                                             "the language of labels and words; vi without it")},
                  {"required", false},
                  {"schema", {{"enum", {"vi", "en"}}}}};
  const Json scheme{{"type", "http"},
                    {"scheme", "bearer"},
                    {"description",
                     call.Words("Khoá truy cập, tạo ở trang /me/tokens. Ghi kèm là phạm vi cần có.",
                                "An access token, made on the page /me/tokens. What stands with it "
                                "is the scope that is needed.")}};
  return {{"schemas", std::move(schemas)},
          {"responses", std::move(responses)},
          {"parameters", {{"lang", lang}}},
          {"securitySchemes", {{kSecurity, scheme}}}};
}

}  // namespace

std::string PathTemplate(const ApiRoute& route) {
  std::string path(route.pattern);
  for (const DataParameter& part : route.parts) {
    if (const std::size_t at = path.find("{}"); at != path.npos) {
      path.replace(at, 2, "{" + std::string(part.name) + "}");
    }
  }
  return path;
}

Json OpenApi(const PageCall& call) {
  return {{"openapi", "3.1.1"},
          {"info",
           {{"title",
             call.Words("Trạm: số liệu cho chương trình khác", "Trạm: figures for other programs")},
            {"version", TRAM_VERSION},
            {"description",
             call.Words("Chỉ đọc. Số nhỏ bị che như trên các trang; mỗi lần đọc được ghi vào nhật "
                        "ký của máy chủ. Trang /api giải thích bằng lời.",
                        "Reading only. Small numbers are hidden as on the pages; each read is in "
                        "the server's audit trail. The page /api says it in words.")}}},
          {"servers", Json::array({Json{{"url", "/"}}})},
          {"paths", Paths(call)},
          {"components", Components(call)}};
}

}  // namespace tram::server
