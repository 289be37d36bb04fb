#include "tests/unit/central_server/route_examples.h"

namespace tram::server {
namespace {

constexpr RouteExample kExamples[] = {
    {"GET /sign-in", "/sign-in", About::kNothing, "back=%2Fme&out=1"},
    {"POST /sign-in", "/sign-in", About::kNothing, "name=can.bo&password=sai&back=%2Fme"},
    {"GET /sign-in/code", "/sign-in/code", About::kNothing, "back=%2Fme"},
    {"POST /sign-in/code", "/sign-in/code", About::kNothing, "code=123456&back=%2Fme"},
    {"POST /sign-out", "/sign-out"},
    {"GET /welcome/{}", "/welcome/0123"},
    {"POST /welcome/{}", "/welcome/0123", About::kNothing, "password=ba&again=bon&weak_accepted=1"},
    {"GET /me", "/me", About::kNothing, "done=1"},
    {"POST /me/name", "/me/name", About::kNothing, "full_name=An"},
    {"POST /me/password", "/me/password", About::kNothing,
     "current=sai&password=ba&again=bon&weak_accepted=1&revoke_tokens=1"},
    {"GET /me/factor", "/me/factor"},
    {"POST /me/factor", "/me/factor", About::kNothing, "code=123456"},
    {"POST /me/factor/off", "/me/factor/off", About::kNothing, "current=sai"},
    {"GET /me/tokens", "/me/tokens", About::kNothing, "done=1"},
    {"POST /me/tokens", "/me/tokens", About::kNothing,
     "label=kho&scope=activity&days=90&current=sai"},
    {"POST /me/tokens/{}/revoke", "/me/tokens/1/revoke"},
    {"POST /accounts/{}/tokens/{}/revoke", "/accounts/{account}/tokens/1/revoke"},
    {"GET /api", "/api"},
    {"GET /accounts", "/accounts"},
    {"GET /accounts/new", "/accounts/new"},
    {"POST /accounts/new", "/accounts/new", About::kNothing,
     "name=ai.{n}&full_name=An&role=province&province=56&unit="},
    {"GET /accounts/{}", "/accounts/{account}", About::kNothing, "done=1"},
    {"POST /accounts/{}/rights", "/accounts/{account}/rights", About::kNothing,
     "role=province&province=56&unit="},
    {"POST /accounts/{}/disable", "/accounts/{account}/disable"},
    {"POST /accounts/{}/enable", "/accounts/{account}/enable"},
    {"POST /accounts/{}/link", "/accounts/{account}/link"},
    {"GET /", "/?place={province}", About::kProvince, "place={province}&show=&month=&places=now"},
    {"GET /units", "/units", About::kNothing,
     "q=U&place=56&closed=1&sort=code&desc=1&page=1&month=&places=now"},
    {"GET /unit/{}", "/unit/{unit}", About::kUnit, "month=&places=now"},
    {"GET /units/success", "/units/success", About::kNothing, "year=2024&page=1"},
    {"GET /outcomes", "/outcomes", About::kNothing,
     "year=2024&by=then&province=56&stratum=&indicator=state_12m&page=1"},
    {"GET /outcomes/curves", "/outcomes/curves", About::kNothing,
     "indicator=&year=2024&place=56&places=now"},
    {"GET /questions", "/questions", About::kNothing, "page=1"},
    {"GET /questions/{}", "/questions/{unit}", About::kUnit, "page=1&closed=1"},
    {"GET /questions/{}/{}/{}", "/questions/{unit}/check/0123", About::kUnit, "sent=1&closed=1"},
    {"POST /questions/{}/{}/{}", "/questions/{unit}/check/0123", About::kUnit, "text=c%C3%A2u"},
    {"POST /questions/{}/asked/{}/close", "/questions/{unit}/asked/0123/close", About::kUnit},
    {"GET /exchange", "/exchange?by=province&province={province}", About::kProvince,
     "part=activity&by=province&province={province}&month=&places=now"},
    {"GET /exchange/dhis2.json", "/exchange/dhis2.json?by=province&province={province}",
     About::kProvince, "part=activity&by=province&province={province}&month=&places=now"},
    {"GET /exchange/fhir.json", "/exchange/fhir.json?by=province&province={province}",
     About::kProvince, "part=activity&by=province&province={province}&month=&places=now"},
    {"GET /admin/exchange", "/admin/exchange", About::kNothing, "done=1"},
    {"POST /admin/exchange", "/admin/exchange", About::kNothing, "file="},
    {"GET /admin/exchange/mapping.csv", "/admin/exchange/mapping.csv"},
    {"GET /admin/units", "/admin/units", About::kNothing, "q=U&show=all&page=1&done=import"},
    {"GET /admin/units/new", "/admin/units/new"},
    {"POST /admin/units/new", "/admin/units/new", About::kNothing,
     "code=V{n}&name=Tr%E1%BA%A1m&province=56&commune=&from=01%2F01%2F2026"},
    {"GET /admin/unit/{}", "/admin/unit/{unit}", About::kUnit, "done=1"},
    {"POST /admin/unit/{}/rename", "/admin/unit/{unit}/rename", About::kUnit,
     "name=Tr%E1%BA%A1m&commune="},
    {"POST /admin/unit/{}/move", "/admin/unit/{unit}/move", About::kUnit,
     "province=24&from=01%2F01%2F2026"},
    {"POST /admin/unit/{}/close", "/admin/unit/{unit}/close", About::kUnit,
     "on=01%2F01%2F2026&into="},
    {"POST /admin/unit/{}/reopen", "/admin/unit/{unit}/reopen", About::kUnit},
    {"GET /admin/unit/{}/code", "/admin/unit/{unit}/code", About::kUnit},
    {"POST /admin/unit/{}/code", "/admin/unit/{unit}/code", About::kUnit, "hours=24"},
    {"GET /admin/units/import", "/admin/units/import"},
    {"POST /admin/units/import", "/admin/units/import", About::kNothing, "file="},
    {"GET /admin/units/import/{}", "/admin/units/import/0123"},
    {"POST /admin/units/import/{}", "/admin/units/import/0123", About::kNothing, "seen=0123"},
    {"GET /admin/units/import/{}/rejected.csv", "/admin/units/import/0123/rejected.csv"},
    {"GET /admin/devices", "/admin/devices", About::kNothing, "unit=U1&page=1"},
    {"GET /admin/programmes", "/admin/programmes", About::kNothing, "done=1"},
    {"POST /admin/programmes", "/admin/programmes", About::kNothing, "file="},
    {"GET /admin/programmes/new/{}", "/admin/programmes/new/0123"},
    {"POST /admin/programmes/new/{}", "/admin/programmes/new/0123", About::kNothing, "seen=0123"},
    {"GET /admin/programmes/{}/file", "/admin/programmes/0123/file"},
    {"GET /admin/audit", "/admin/audit", About::kNothing, "who=quan&text=sign&before=9"},
    {"GET /export/{}", "/export/indicators.csv"},
    {"GET /api/v1", "/api/v1", About::kNothing, "lang=en"},
    {"GET /api/v1/me", "/api/v1/me", About::kNothing, "lang=en"},
    {"GET /api/v1/openapi.json", "/api/v1/openapi.json", About::kNothing, "lang=en"},
    {"GET /api/v1/data", "/api/v1/data", About::kNothing, "lang=en"},
    {"GET /api/v1/data/{}", "/api/v1/data/visits?unit={unit}", About::kUnit, "unit={unit}&lang=en"},
    {"GET /api/v1/dhis2/data-value-set", "/api/v1/dhis2/data-value-set", About::kNothing,
     "month=2026-10&places=then&part=activity&by=unit&province=56&lang=en"},
    {"GET /api/v1/fhir/measure-reports", "/api/v1/fhir/measure-reports", About::kNothing,
     "month=2026-10&places=then&part=activity&by=unit&province=56&lang=en"},
};

}  // namespace

std::span<const RouteExample> RouteExamples() { return kExamples; }

std::string ExamplePath(std::string_view path, const ExamplePlaces& places) {
  std::string made(path);
  const std::pair<std::string_view, const std::string*> names[] = {
      {"{unit}", &places.unit}, {"{province}", &places.province}, {"{account}", &places.account}};
  for (const auto& [name, value] : names) {
    for (std::size_t at = 0; (at = made.find(name, at)) != made.npos; at += value->size()) {
      made.replace(at, name.size(), *value);
    }
  }
  return made;
}

}  // namespace tram::server
