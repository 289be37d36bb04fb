// Who may do what, where: every right and every route with every role, for places that are his and
// that are not. What is allowed stands here once more, as a table, and knows nothing of Authorise.
//
// A route without an example below fails this test.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "exports/data_sets.h"
#include "tests/unit/central_server/made_up_data.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/visitor.h"
#include "tram/web/site.h"

namespace tram::server {
namespace {

/// What the path of an example names.
enum class About { kNothing, kProvince, kUnit };

struct Example {
  const char* route;  // "GET /pattern"
  /// "{unit}" is replaced by a unit's code, "{province}" by a code of today.
  const char* path;
  About about = About::kNothing;
};

/// "{account}" is the number of an account that nothing else depends on.
constexpr Example kExamples[] = {
    {"GET /sign-in", "/sign-in"},
    {"POST /sign-in", "/sign-in"},
    {"GET /sign-in/code", "/sign-in/code"},
    {"POST /sign-in/code", "/sign-in/code"},
    {"POST /sign-out", "/sign-out"},
    {"GET /welcome/{}", "/welcome/0123"},
    {"POST /welcome/{}", "/welcome/0123"},
    {"GET /me", "/me"},
    {"POST /me/name", "/me/name"},
    {"POST /me/password", "/me/password"},
    {"GET /me/factor", "/me/factor"},
    {"POST /me/factor", "/me/factor"},
    {"POST /me/factor/off", "/me/factor/off"},
    {"GET /me/tokens", "/me/tokens"},
    {"POST /me/tokens", "/me/tokens"},
    {"POST /me/tokens/{}/revoke", "/me/tokens/1/revoke"},
    {"POST /accounts/{}/tokens/{}/revoke", "/accounts/{account}/tokens/1/revoke"},
    {"GET /api", "/api"},
    {"GET /accounts", "/accounts"},
    {"GET /accounts/new", "/accounts/new"},
    {"POST /accounts/new", "/accounts/new"},
    {"GET /accounts/{}", "/accounts/{account}"},
    {"POST /accounts/{}/rights", "/accounts/{account}/rights"},
    {"POST /accounts/{}/disable", "/accounts/{account}/disable"},
    {"POST /accounts/{}/enable", "/accounts/{account}/enable"},
    {"POST /accounts/{}/link", "/accounts/{account}/link"},
    {"GET /", "/?place={province}", About::kProvince},
    {"GET /units", "/units"},
    {"GET /unit/{}", "/unit/{unit}", About::kUnit},
    {"GET /units/success", "/units/success"},
    {"GET /outcomes", "/outcomes"},
    {"GET /outcomes/curves", "/outcomes/curves"},
    {"GET /questions", "/questions"},
    {"GET /questions/{}", "/questions/{unit}", About::kUnit},
    {"GET /questions/{}/{}/{}", "/questions/{unit}/check/0123", About::kUnit},
    {"POST /questions/{}/{}/{}", "/questions/{unit}/check/0123", About::kUnit},
    {"POST /questions/{}/asked/{}/close", "/questions/{unit}/asked/0123/close", About::kUnit},
    {"GET /exchange", "/exchange?by=province&province={province}", About::kProvince},
    {"GET /exchange/dhis2.json", "/exchange/dhis2.json?by=province&province={province}",
     About::kProvince},
    {"GET /exchange/fhir.json", "/exchange/fhir.json?by=province&province={province}",
     About::kProvince},
    {"GET /admin/exchange", "/admin/exchange"},
    {"POST /admin/exchange", "/admin/exchange"},
    {"GET /admin/exchange/mapping.csv", "/admin/exchange/mapping.csv"},
    {"GET /admin/units", "/admin/units"},
    {"GET /admin/units/new", "/admin/units/new"},
    {"POST /admin/units/new", "/admin/units/new"},
    {"GET /admin/unit/{}", "/admin/unit/{unit}", About::kUnit},
    {"POST /admin/unit/{}/rename", "/admin/unit/{unit}/rename", About::kUnit},
    {"POST /admin/unit/{}/move", "/admin/unit/{unit}/move", About::kUnit},
    {"POST /admin/unit/{}/close", "/admin/unit/{unit}/close", About::kUnit},
    {"POST /admin/unit/{}/reopen", "/admin/unit/{unit}/reopen", About::kUnit},
    {"GET /admin/unit/{}/code", "/admin/unit/{unit}/code", About::kUnit},
    {"POST /admin/unit/{}/code", "/admin/unit/{unit}/code", About::kUnit},
    {"GET /admin/units/import", "/admin/units/import"},
    {"POST /admin/units/import", "/admin/units/import"},
    {"GET /admin/units/import/{}", "/admin/units/import/0123"},
    {"POST /admin/units/import/{}", "/admin/units/import/0123"},
    {"GET /admin/units/import/{}/rejected.csv", "/admin/units/import/0123/rejected.csv"},
    {"GET /admin/devices", "/admin/devices"},
    {"GET /admin/programmes", "/admin/programmes"},
    {"POST /admin/programmes", "/admin/programmes"},
    {"GET /admin/programmes/new/{}", "/admin/programmes/new/0123"},
    {"POST /admin/programmes/new/{}", "/admin/programmes/new/0123"},
    {"GET /admin/programmes/{}/file", "/admin/programmes/0123/file"},
    {"GET /admin/audit", "/admin/audit"},
    {"GET /export/{}", "/export/indicators.csv"},
    {"GET /api/v1", "/api/v1"},
    {"GET /api/v1/me", "/api/v1/me"},
    {"GET /api/v1/openapi.json", "/api/v1/openapi.json"},
    {"GET /api/v1/data", "/api/v1/data"},
    {"GET /api/v1/data/{}", "/api/v1/data/visits?unit={unit}", About::kUnit},
    {"GET /api/v1/dhis2/data-value-set", "/api/v1/dhis2/data-value-set"},
    {"GET /api/v1/fhir/measure-reports", "/api/v1/fhir/measure-reports"},
};

/// Whose a table is, and for which places; as kExamples.
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

  std::string PathOf(std::string path, const Cell& cell) const {
    for (const auto& [name, value] :
         std::map<std::string, std::string>{{"{unit}", cell.unit.code},
                                            {"{province}", cell.province_today},
                                            {"{account}", std::to_string(subject_.number)}}) {
      if (const std::size_t at = path.find(name); at != std::string::npos) {
        path.replace(at, name.size(), value);
      }
    }
    return path;
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
  for (const Example& example : kExamples) EXPECT_EQ(++known[example.route], 1) << example.route;
  for (const Route& route : Front::Routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    EXPECT_EQ(known.erase(name), 1u) << name << ": give it an example path in this file";
  }
  for (const auto& [name, times] : known) ADD_FAILURE() << name << ": there is no such route";
}

TEST_F(RightsMatrixTest, EveryRouteIsOpenToWhomItShouldBeAndToNobodyElse) {
  Serve();
  std::map<std::string, Route> routes;
  for (const Route& route : Front::Routes()) {
    routes[std::string(route.method) + " " + std::string(route.pattern)] = route;
  }
  for (const Example& example : kExamples) {
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
