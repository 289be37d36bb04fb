// Who may do what, where: every right and every route with every role, for places that are his and
// that are not. What is allowed stands here once more, as a table, and knows nothing of Authorise.
//
// A route without an example in route_examples.cc fails this test.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "exports/data_sets.h"
#include "tests/unit/central_server/made_up_data.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/route_examples.h"
#include "tests/unit/central_server/visitor.h"
#include "tram/web/site.h"

namespace tram::server {
namespace {

/// Whose a table is, and for which places; as RouteExamples().
struct TableExample {
  const char* set;
  Right right;
  const char* query = "";
  About about = About::kNothing;
  bool of_units_too = true;  // a committee has its unit, and nothing of what is above
};
constexpr TableExample kTables[] = {
    {"overview", Right::kActivity, "?place={province}", About::kProvince},
    {"months", Right::kActivity, "?place={province}", About::kProvince},
    {"provinces", Right::kActivity, "", About::kNothing, false},
    {"indicators", Right::kActivity},
    {"units", Right::kActivity},
    {"unit", Right::kActivity, "?unit={unit}", About::kUnit},
    {"unit-devices", Right::kActivity, "?unit={unit}", About::kUnit},
    {"unit-provinces", Right::kActivity, "?unit={unit}", About::kUnit},
    {"states", Right::kOutcomes},
    {"success", Right::kOutcomes},
    {"shares", Right::kOutcomes},
    {"persons", Right::kOutcomes},
    {"survival", Right::kOutcomes},
    {"curves", Right::kOutcomes},
    {"unit-success", Right::kOutcomes},
    {"questions", Right::kQuestions},
    {"unit-list", Right::kUnits},
    {"devices", Right::kUnits},
    {"accounts", Right::kAccounts},
    {"programmes", Right::kProgrammes},
    {"audit", Right::kAudit},
};

/// What a program asks for, and which scope it needs; nothing: any token will do.
struct ApiExample {
  const char* path;
  std::optional<Right> scope;
  About about = About::kNothing;
  int status = 200;  // of who may
};
const std::vector<ApiExample>& ApiExamples() {
  static const std::vector<ApiExample> examples = {
      {"/api/v1", std::nullopt},
      {"/api/v1/me", std::nullopt},
      {"/api/v1/openapi.json", std::nullopt},
      {"/api/v1/data", std::nullopt},
      {"/api/v1/data/visits?unit={unit}", Right::kActivity, About::kUnit},
      {"/api/v1/data/states", Right::kOutcomes},
      {"/api/v1/data/unit_list", Right::kUnits},
      {"/api/v1/data/people", Right::kAccounts},
      // No mapping is in use.
      {"/api/v1/dhis2/data-value-set", Right::kActivity, About::kNothing, 404},
      {"/api/v1/fhir/measure-reports", Right::kActivity},
      {"/api/v1/fhir/measure-reports?part=released", Right::kOutcomes},
  };
  return examples;
}
/// Once more, and by hand: what a token may never do.
bool ForPeopleAlone(Right right) { return right == Right::kAccounts || right == Right::kQuestions; }

bool IsForPrograms(const Route& route) {
  return route.access == Access::kToken || route.access == Access::kTokenRight;
}

struct Cell {
  const char* name;
  Unit unit;
  std::string province_today;
};

class RightsMatrixTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    // 27 became part of 24 on 2025-07-01.
    places_ = {{"his own", AddTestUnit("BG01", "24"), "24"},
               {"merged into his", AddTestUnit("BN01", "27"), "24"},
               {"another's", AddTestUnit("KH01", "56"), "56"}};
    viewers_ = {{"administrator", AddAccount("quan.tri", Role::kAdministrator)},
                {"manager of the country", AddAccount("ca.nuoc", Role::kManager)},
                {"manager", AddAccount("quan.ly", Role::kManager, {"24"})},
                {"province", AddAccount("can.bo", Role::kProvince, {"24"})},
                {"committee", AddAccount("ban", Role::kCommittee, {}, places_[0].unit.number)}};
    subject_ = AddAccount("ai.do", Role::kProvince, {"56"});
  }

  enum class Reach { kNone, kUnit, kProvince, kCountry };

  /// The table of auth/rights.h, once more.
  static Reach ReachOf(const std::string& viewer, Right right) {
    using R = Reach;
    static const std::map<std::string, std::map<Right, Reach>> table{
        {"administrator",
         {{Right::kActivity, R::kCountry},
          {Right::kUnits, R::kCountry},
          {Right::kAccounts, R::kCountry},
          {Right::kProgrammes, R::kCountry},
          {Right::kAudit, R::kCountry}}},
        {"manager of the country",
         {{Right::kActivity, R::kCountry}, {Right::kOutcomes, R::kCountry}}},
        {"manager", {{Right::kActivity, R::kProvince}, {Right::kOutcomes, R::kCountry}}},
        {"province",
         {{Right::kActivity, R::kProvince},
          {Right::kOutcomes, R::kCountry},
          {Right::kQuestions, R::kProvince}}},
        {"committee", {{Right::kActivity, R::kUnit}, {Right::kOutcomes, R::kCountry}}}};
    const auto& of = table.at(viewer);
    return of.contains(right) ? of.at(right) : R::kNone;
  }
  static bool Allowed(const std::string& viewer, Right right, About about, const Cell& cell) {
    const Reach reach = ReachOf(viewer, right);
    if (about == About::kNothing || reach == Reach::kNone) return reach != Reach::kNone;
    const bool his = cell.province_today == "24";
    switch (reach) {
      case Reach::kCountry:
        return true;
      case Reach::kProvince:
        return his;
      default:
        return about == About::kUnit && cell.unit.code == "BG01";
    }
  }

  std::string PathOf(const std::string& path, const Cell& cell) const {
    return ExamplePath(path,
                       {cell.unit.code, cell.province_today, std::to_string(subject_.number)});
  }

  /// What somebody sees at last: a status, or 303 where he is sent to the sign-in page.
  int StatusFor(const Route& route, const std::string& path) {
    HttpResponse response = route.method == "POST" ? Post(path, {}) : Get(path);
    const std::string to = HeaderOf(response, "Location");
    if (to.find("?answer=") != std::string::npos) response = Get(to);
    return response.status;
  }
  /// With the token of a page that nobody in particular sees.
  HttpResponse PostAsNobody(const std::string& path) {
    Visitor nobody(*front_, "203.0.113.7");
    nobody.Get("/sign-in");
    return nobody.Post(path, {});
  }
  static bool SentToSignIn(const HttpResponse& response) {
    return response.status == 303 && HeaderOf(response, "Location").starts_with("/sign-in?back=");
  }

  std::vector<Cell> places_;
  std::map<std::string, Account> viewers_;
  Account subject_;
};

TEST_F(RightsMatrixTest, APermitCoversWhatTheTableSays) {
  int cells = 0;
  for (const auto& [viewer, account] : viewers_) {
    for (const Right right : kRights) {
      const auto permit = Authorise(ViewerOf(account), right);
      EXPECT_EQ(permit.has_value(), ReachOf(viewer, right) != Reach::kNone) << viewer;
      for (const Cell& cell : places_) {
        ++cells;
        if (!permit) continue;
        auto memberships = store().units().MembershipsOf(cell.unit.number);
        ASSERT_TRUE(memberships);
        const Place* place = store().places().Of(*memberships, state().Today());
        ASSERT_NE(place, nullptr);
        EXPECT_EQ(place->code, cell.province_today) << "places follow their successors";
        const std::string what =
            viewer + ", right " + std::to_string(static_cast<int>(right)) + ", " + cell.name;
        EXPECT_EQ(permit->CoversUnit(cell.unit.number, place->code),
                  Allowed(viewer, right, About::kUnit, cell))
            << what;
        EXPECT_EQ(permit->CoversProvince(place->code),
                  Allowed(viewer, right, About::kProvince, cell))
            << what;
        EXPECT_EQ(
            permit->CoversUnit(cell.unit.number, ""),
            ReachOf(viewer, right) == Reach::kCountry ||
                (viewer == "committee" && right == Right::kActivity && cell.unit.code == "BG01"))
            << what << ", of no province";
      }
    }
  }
  EXPECT_EQ(cells, 5 * 7 * 3);
}

TEST_F(RightsMatrixTest, EveryRouteHasAnExample) {
  std::map<std::string, int> known;
  for (const RouteExample& example : RouteExamples())
    EXPECT_EQ(++known[example.route], 1) << example.route;
  for (const Route& route : Front::Routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    EXPECT_EQ(known.erase(name), 1u) << name << ": give it an example in route_examples.cc";
  }
  for (const auto& [name, times] : known) ADD_FAILURE() << name << ": there is no such route";
}

TEST_F(RightsMatrixTest, EveryRouteIsOpenToWhomItShouldBeAndToNobodyElse) {
  Serve();
  std::map<std::string, Route> routes;
  for (const Route& route : Front::Routes()) {
    routes[std::string(route.method) + " " + std::string(route.pattern)] = route;
  }
  for (const RouteExample& example : RouteExamples()) {
    if (!routes.contains(example.route)) continue;  // said above
    const Route& route = routes[example.route];
    for (const Cell& cell : places_) {
      const std::string path = PathOf(example.path, cell);
      const std::string what = std::string(example.route) + ", " + cell.name + ": ";
      for (const auto& [viewer, account] : viewers_) {
        Become(account);
        if (IsForPrograms(route)) {
          EXPECT_EQ(Get(path).status, 401) << what << viewer << ", signed in";
          continue;
        }
        const bool allowed =
            route.access != Access::kRight || Allowed(viewer, route.right, example.about, cell);
        EXPECT_EQ(StatusFor(route, path) != 403, allowed) << what << viewer;
      }
      Become(std::nullopt);
      const HttpResponse nobody = route.method == "POST" ? PostAsNobody(path) : Get(path);
      if (IsForPrograms(route)) {
        EXPECT_EQ(nobody.status, 401) << what << "nobody";
      } else {
        EXPECT_EQ(SentToSignIn(nobody), route.access != Access::kAnybody) << what << "nobody";
      }
      if (example.about == About::kNothing) break;  // the place is in no part of it
    }
  }
}

TEST_F(RightsMatrixTest, EveryTableIsTakenByWhomItIsForAndByNobodyElse) {
  Work();
  Serve();
  std::map<std::string, Right> sets;
  for (const DataSet& set : DataSets()) sets[std::string(set.name)] = set.right;
  int cells = 0;
  for (const TableExample& example : kTables) {
    EXPECT_EQ(sets.erase(example.set), 1u) << example.set << ": there is no such table";
    for (const Cell& cell : places_) {
      for (const char* ending : {".csv", ".xlsx"}) {
        const std::string path =
            PathOf(std::string("/export/") + example.set + ending + example.query, cell);
        for (const auto& [viewer, account] : viewers_) {
          Become(account);
          const bool allowed = Allowed(viewer, example.right, example.about, cell) &&
                               (example.of_units_too || viewer != "committee");
          const HttpResponse file = Get(path);
          EXPECT_EQ(file.status, allowed ? 200 : 403) << viewer << " " << path << file.body;
          ++cells;
        }
        Become(std::nullopt);
        EXPECT_TRUE(SentToSignIn(Get(path))) << path;
      }
      if (example.about == About::kNothing) break;
    }
  }
  for (const auto& [name, right] : sets) {
    ADD_FAILURE() << name << ": say in this file whose table it is";
  }
  EXPECT_EQ(cells, 2 * 5 * (16 + 5 * 3));
}

TEST_F(RightsMatrixTest, ATokenMayWhatBothItsScopesAndItsAccountMay) {
  Serve({{kTestHost}, false, &MadeUpDataSets()});
  std::vector<std::set<Right>> all_scopes{{}, {std::begin(kRights), std::end(kRights)}};
  for (const Right right : kRights) all_scopes.push_back({right});
  int answers = 0;
  for (const auto& [viewer, account] : viewers_) {
    for (const std::set<Right>& scopes : all_scopes) {
      AsToken(account, scopes);
      for (const ApiExample& example : ApiExamples()) {
        for (const Cell& cell : places_) {
          const std::string path = PathOf(example.path, cell);
          const bool allowed =
              !example.scope ||
              (scopes.contains(*example.scope) && !ForPeopleAlone(*example.scope) &&
               Allowed(viewer, *example.scope, example.about, cell));
          EXPECT_EQ(Get(path).status, allowed ? example.status : 403)
              << viewer << ", " << path << ", " << cell.name << ", " << scopes.size() << " scopes";
          ++answers;
          if (example.about == About::kNothing) break;
        }
      }
      EXPECT_EQ(Get("/").status, 303) << "no page is open to it";
    }
  }
  EXPECT_EQ(answers, 5 * 9 * (10 + 3));
}

TEST_F(RightsMatrixTest, EveryRouteForProgramsIsTriedWithEveryScope) {
  for (const Route& route : Front::Routes()) {
    if (!IsForPrograms(route)) continue;
    EXPECT_EQ(route.method, "GET") << route.pattern;
    EXPECT_TRUE(route.pattern.starts_with("/api/v1")) << route.pattern;
    const auto& examples = ApiExamples();
    EXPECT_TRUE(
        std::any_of(examples.begin(), examples.end(),
                    [&](const ApiExample& example) {
                      const std::string path = example.path;
                      return MatchPath(route.pattern, path.substr(0, path.find('?'))).has_value();
                    }))
        << route.pattern << ": give it an example in ApiExamples()";
  }
}

TEST_F(RightsMatrixTest, ATokenTakesTheTablesThatItsScopesAndItsAccountAllow) {
  Work();
  Serve();
  int cells = 0;
  for (const auto& [viewer, account] : viewers_) {
    for (const std::optional<Right> without :
         {std::optional<Right>(), std::optional(Right::kActivity), std::optional(Right::kOutcomes),
          std::optional(Right::kUnits)}) {
      std::set<Right> scopes{std::begin(kRights), std::end(kRights)};
      if (without) scopes.erase(*without);
      AsToken(account, scopes);
      for (const TableExample& example : kTables) {
        for (const Cell& cell : places_) {
          const std::string path =
              PathOf(std::string("/api/v1/data/") + example.set + example.query, cell);
          const bool allowed = Allowed(viewer, example.right, example.about, cell) &&
                               (example.of_units_too || viewer != "committee") &&
                               !ForPeopleAlone(example.right) && example.right != without;
          const HttpResponse answer = Get(path);
          EXPECT_EQ(answer.status, allowed ? 200 : 403) << viewer << " " << path << answer.body;
          ++cells;
          if (example.about == About::kNothing) break;
        }
      }
    }
  }
  EXPECT_EQ(cells, 5 * 4 * (16 + 5 * 3));
}

}  // namespace
}  // namespace tram::server
