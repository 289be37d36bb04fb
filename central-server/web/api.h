// The interface for programs: /api/v1/…, read with a token (app/token_desk.h) and answered in JSON.
// For people: the page /api; libsync/docs/api.md.
//
// One table, ApiRoutes(), says all there is: the door (api_door.cc) finds routes in it and checks
// their parameters by it, and the OpenAPI document (openapi.h) and the page are drawn from it. What
// a route answers is a page's function without a page: it asks Authorise and the Permit as pages
// do, and answers with an HttpResponse.
// Threads: the owner's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exports/data_sets.h"
#include "web/page.h"

namespace tram::server {

inline constexpr std::string_view kApiPath = "/api/v1";
/// Whether it is for the interface, also where nothing is there.
bool IsApiPath(std::string_view path);

struct ApiRoute {
  std::string_view pattern;  // "/api/v1/data/{}"
  std::string_view name;     // for programs: "data"
  Access access = Access::kToken;
  Right right = Right::kActivity;  // of kTokenRight
  Label title, about;
  std::vector<DataParameter> parts;       // one for each `{}`
  std::vector<DataParameter> parameters;  // of the query; `lang` is everywhere
  std::string_view content_type = "application/json";
  /// JSON Schema (2020-12) of what it answers; may refer to "#/components/schemas/…" (openapi.h).
  Json (*schema)() = nullptr;
  Result<Answer> (*run)(PageCall& call) = nullptr;
  /// Its last part names a data set, whose parameters it takes.
  bool of_data_sets = false;
};

/// In the order in which they are listed.
const std::vector<ApiRoute>& ApiRoutes();
/// The same, for Front.
std::span<const Route> ApiRouteTable();

// Each file of routes names its own; api_routes.cc joins them.
std::vector<ApiRoute> ApiDataRoutes();
std::vector<ApiRoute> ApiExchangeRoutes();

// ---- what routes answer with ----

Answer JsonAnswer(const Json& json, std::string_view content_type = "application/json");
/// `lang` with them: what a route of the interface takes.
std::vector<DataParameter> WithLanguage(std::vector<DataParameter> parameters);
/// With an ETag of `tagged`: of what a second answer is compared by.
Answer JsonAnswer(const Json& json, const Json& tagged, std::string_view content_type);
/// "2026-11-22T10:00:00Z".
std::string UtcText(std::int64_t wall_ms);

/// As Authorise, and says why in the caller's language: the token's scope, or its account's role.
Result<Permit> AuthoriseApi(const PageCall& call, Right right);

}  // namespace tram::server
