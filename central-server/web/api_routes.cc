#include <fmt/chrono.h>

#include <algorithm>

#include "auth/request_rate.h"
#include "tram/base/hash.h"
#include "web/api.h"
#include "web/openapi.h"

namespace tram::server {
namespace {

Json StringList() { return {{"type", "array"}, {"items", {{"type", "string"}}}}; }

// ---- what there is ----

Result<Answer> ShowIndex(PageCall& call) {
  Json routes = Json::array();
  for (const ApiRoute& route : ApiRoutes()) {
    routes.push_back({{"path", PathTemplate(route)},
                      {"title", call.In(route.title)},
                      {"about", call.In(route.about)}});
  }
  return JsonAnswer({{"name", "Trạm"},
                     {"version", TRAM_VERSION},
                     {"openapi", "/api/v1/openapi.json"},
                     {"routes", std::move(routes)}});
}

Json IndexSchema() {
  const Json text{{"type", "string"}};
  const Json route{{"type", "object"},
                   {"properties", {{"path", text}, {"title", text}, {"about", text}}},
                   {"required", {"path", "title", "about"}},
                   {"additionalProperties", false}};
  return {{"type", "object"},
          {"properties",
           {{"name", text},
            {"version", text},
            {"openapi", text},
            {"routes", {{"type", "array"}, {"items", route}}}}},
          {"required", {"name", "version", "openapi", "routes"}},
          {"additionalProperties", false}};
}

Result<Answer> ShowOpenApi(PageCall& call) {
  const Json document = OpenApi(call);
  return JsonAnswer(document, document, "application/json");
}

Json AnyObject() { return {{"type", "object"}}; }

// ---- who asks ----

/// Where the account may see activity: what of it the token may is under "rights".
Result<Json> PlacesModel(const PageCall& call) {
  Viewer himself = *call.viewer;
  himself.token.reset();
  TRAM_ASSIGN(const Permit permit, Authorise(himself, Right::kActivity));
  Json provinces = Json::array();
  for (const std::string& code : permit.provinces()) {
    const Place* place = call.state.store().places().At(code, call.state.Today());
    provinces.push_back({{"code", code}, {"name", place == nullptr ? code : place->name}});
  }
  Json unit = nullptr;
  if (permit.unit()) {
    TRAM_ASSIGN(const Unit found, call.state.store().units().ByNumber(*permit.unit()));
    unit = {{"code", found.code}, {"name", found.name}};
  }
  return Json{{"country", permit.country()},
              {"provinces", std::move(provinces)},
              {"unit", std::move(unit)}};
}

Result<Answer> ShowMe(PageCall& call) {
  const Viewer& viewer = *call.viewer;
  TRAM_ASSIGN(const std::optional<ApiToken> token,
              call.state.store().tokens().Find(viewer.token->number));
  TRAM_ASSIGN(Json places, PlacesModel(call));
  Json rights = Json::array();
  for (const Right right : kRights) {
    if (Authorise(viewer, right)) rights.push_back(RightName(right));
  }
  return JsonAnswer({{"account", viewer.name},
                     {"full_name", viewer.full_name},
                     {"role", RoleName(viewer.role)},
                     {"label", viewer.token->label},
                     {"scopes", token ? token->scopes : std::vector<std::string>()},
                     {"rights", std::move(rights)},
                     {"places", std::move(places)},
                     {"expires", token ? UtcText(token->expires_ms) : ""},
                     {"requests_at_once", kRequestsAtOnce},
                     {"seconds_per_request", kMsPerRequest / 1000}});
}

Json MeSchema() {
  const Json text{{"type", "string"}};
  const Json place{{"type", "object"},
                   {"properties", {{"code", text}, {"name", text}}},
                   {"required", {"code", "name"}},
                   {"additionalProperties", false}};
  Json unit = place;
  unit["type"] = {"object", "null"};
  const Json places{{"type", "object"},
                    {"properties",
                     {{"country", {{"type", "boolean"}}},
                      {"provinces", {{"type", "array"}, {"items", place}}},
                      {"unit", unit}}},
                    {"required", {"country", "provinces", "unit"}},
                    {"additionalProperties", false}};
  Json properties{{"account", text},
                  {"full_name", text},
                  {"role", text},
                  {"label", text},
                  {"scopes", StringList()},
                  {"rights", StringList()},
                  {"places", places},
                  {"expires", {{"type", "string"}, {"format", "date-time"}}},
                  {"requests_at_once", {{"type", "integer"}}},
                  {"seconds_per_request", {{"type", "integer"}}}};
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

std::vector<ApiRoute> OwnRoutes() {
  ApiRoute index;
  index.pattern = kApiPath;
  index.name = "index";
  index.title = {"Mục lục", "What there is"};
  index.about = {"Các địa chỉ của giao diện này.", "The addresses of this interface."};
  index.schema = &IndexSchema;
  index.run = &ShowIndex;
  ApiRoute me;
  me.pattern = "/api/v1/me";
  me.name = "me";
  me.title = {"Khoá này là của ai", "Whose token this is"};
  me.about = {"Tài khoản, phạm vi của khoá, quyền đang có và nơi phụ trách.",
              "The account, the token's scopes, the rights that it has now, and the places."};
  me.schema = &MeSchema;
  me.run = &ShowMe;
  ApiRoute openapi;
  openapi.pattern = "/api/v1/openapi.json";
  openapi.name = "openapi";
  openapi.title = {"Mô tả cho máy đọc", "A description for programs"};
  openapi.about = {"Tài liệu OpenAPI 3.1 của giao diện này.",
                   "This interface as an OpenAPI 3.1 document."};
  openapi.schema = &AnyObject;
  openapi.run = &ShowOpenApi;
  return {index, me, openapi};
}

HttpResponse JsonResponse(const Json& json, std::string_view content_type) {
  HttpResponse response;
  response.content_type = content_type;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace

bool IsApiPath(std::string_view path) {
  return path == kApiPath || path.starts_with(std::string(kApiPath) + "/");
}

const std::vector<ApiRoute>& ApiRoutes() {
  static const std::vector<ApiRoute> routes = [] {
    std::vector<ApiRoute> all;
    for (std::vector<ApiRoute> part : {OwnRoutes(), ApiDataRoutes(), ApiExchangeRoutes()}) {
      std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
  }();
  return routes;
}

std::span<const Route> ApiRouteTable() {
  static const std::vector<Route> routes = [] {
    std::vector<Route> all;
    for (const ApiRoute& route : ApiRoutes()) {
      all.push_back({"GET", route.pattern, route.access, route.right, route.run});
    }
    return all;
  }();
  return routes;
}

Answer JsonAnswer(const Json& json, std::string_view content_type) {
  return JsonResponse(json, content_type);
}

Answer JsonAnswer(const Json& json, const Json& tagged, std::string_view content_type) {
  HttpResponse response = JsonResponse(json, content_type);
  const std::string text = tagged.dump(-1, ' ', false, Json::error_handler_t::replace);
  response.headers.emplace_back(
      "ETag", "W/\"" + Blake2b160(AsBytes("tram etag"), {AsBytes(text)}).Hex() + "\"");
  return response;
}

std::string UtcText(std::int64_t wall_ms) {
  const std::time_t seconds = wall_ms / 1000 - (wall_ms % 1000 < 0 ? 1 : 0);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::vector<DataParameter> WithLanguage(std::vector<DataParameter> parameters) {
  parameters.push_back({"lang", "en", {"ngôn ngữ", "language"}, false, {"vi", "en"}});
  return parameters;
}

Result<Permit> AuthoriseApi(const PageCall& call, Right right) {
  Result<Permit> permit = Authorise(*call.viewer, right);
  if (permit) return permit;
  if (IsScope(right) && !call.viewer->token->scopes.contains(right)) {
    return call.Fail(ErrorCode::kDenied,
                     "khoá này không có phạm vi “{}”: hãy tạo khoá có phạm vi đó",
                     "this token has not the scope '{}': make one that has it", RightName(right));
  }
  if (!IsScope(right)) {
    return call.Fail(ErrorCode::kDenied, "việc này không dành cho chương trình: hãy đăng nhập",
                     "this is not for programs: sign in");
  }
  return call.Fail(ErrorCode::kDenied, "vai trò của tài khoản không gồm “{}”",
                   "the account's role does not include '{}'", RightName(right));
}

}  // namespace tram::server
