// The page about the interface for programs, in plain words: how a program asks, what it may ask
// for, and what it is told where something is wrong.
#include "auth/request_rate.h"
#include "web/api.h"
#include "web/api_problem.h"
#include "web/office.h"
#include "web/openapi.h"

namespace tram::server {
namespace {

/// "/api/v1/data/units?month=2026-10": with an example for each parameter that is needed.
std::string ExampleOf(const DataSet& set) {
  std::string path = std::string(kApiPath) + "/data/" + std::string(set.name);
  char before = '?';
  for (const DataParameter& parameter : set.parameters) {
    if (!parameter.required) continue;
    path += before + std::string(parameter.name) + "=" + PercentEncode(parameter.example);
    before = '&';
  }
  return path;
}

Json DataSetModel(const PageCall& call, const DataSet& set) {
  std::string parameters;
  for (const DataParameter& parameter : set.parameters) {
    parameters += (parameters.empty() ? "" : ", ") + std::string(parameter.name);
  }
  return {{"title", call.In(set.title)},
          {"about", call.In(set.about)},
          {"path", ExampleOf(set)},
          {"scope", RightName(set.right)},
          {"parameters", parameters}};
}

Json ProblemsModel(const PageCall& call) {
  Json problems = Json::array();
  for (const ProblemKind& kind : ProblemKinds()) {
    problems.push_back({{"name", kind.name},
                        {"status", std::to_string(kind.status)},
                        {"title", call.In(kind.title)},
                        {"to_do", call.In(kind.to_do)}});
  }
  return problems;
}

Result<Answer> ShowApi(PageCall& call) {
  Page page{"api", call.Words("Giao diện cho chương trình khác", "The interface for programs"), {}};
  Json sets = Json::array();
  std::string example(kApiPath);
  for (const DataSet& set : call.office.data_sets) {
    if (!IsScope(set.right) || !Authorise(*call.viewer, set.right)) continue;
    if (sets.empty()) example = ExampleOf(set);
    sets.push_back(DataSetModel(call, set));
  }
  Json routes = Json::array();
  for (const ApiRoute& route : ApiRoutes()) {
    routes.push_back({{"path", PathTemplate(route)}, {"about", call.In(route.about)}});
  }
  page.model = {{"site", (call.office.secure ? "https://" : "http://") +
                             std::string(call.request.Header("host"))},
                {"example", example},
                {"has_sets", !sets.empty()},
                {"sets", std::move(sets)},
                {"routes", std::move(routes)},
                {"problems", ProblemsModel(call)},
                {"at_once", std::to_string(kRequestsAtOnce)}};
  return Answer(std::move(page));
}

constexpr Route kRoutes[] = {{"GET", "/api", Access::kSignedIn, {}, ShowApi}};

}  // namespace

std::span<const Route> ApiPageRoutes() { return kRoutes; }

}  // namespace tram::server
