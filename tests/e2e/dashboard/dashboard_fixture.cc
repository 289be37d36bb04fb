#include "tests/e2e/dashboard/dashboard_fixture.h"

#include <algorithm>

#include "auth/totp.h"
#include "storage/server_state.h"
#include "tram/crypto/password.h"
#include "web/front.h"

namespace tram::test {
namespace {

bool HasPage(std::string_view pattern) {
  const std::vector<server::Route> routes = server::Front::Routes();
  return std::any_of(routes.begin(), routes.end(),
                     [&](const server::Route& route) { return route.pattern == pattern; });
}

Status AddAccounts(const std::filesystem::path& folder) {
  TRAM_ASSIGN(const auto state, server::ServerState::Open(folder, SystemClock(), SystemRandom()));
  server::ServerStore& store = state->store();
  TRAM_ASSIGN(const std::string hash, HashPassword(kTestPassword));
  TRAM_ASSIGN(const server::Unit unit, store.units().ByCode("KH-001"));
  const auto add = [&](const char* name, const char* full_name, server::Role role,
                       std::vector<std::string> provinces,
                       std::optional<server::UnitNumber> of) -> Status {
    server::Account account;
    account.name = name;
    account.full_name = full_name;
    account.role = role;
    account.provinces = std::move(provinces);
    account.unit = of;
    account.password_hash = hash;
    if (std::string(name) == kWithFactor) account.totp_secret = Bytes(server::kTotpSecretBytes, 7);
    TRAM_TRY(store.accounts().Add(account, state->NowMs()));
    return {};
  };
  TRAM_TRY(add(kAdministrator, "Nguyễn Thị Quản", server::Role::kAdministrator, {}, {}));
  TRAM_TRY(add(kManager, "Trần Văn Lý", server::Role::kManager, {}, {}));
  TRAM_TRY(add(kWithFactor, "Phạm Thị Bước", server::Role::kManager, {}, {}));
  TRAM_TRY(add(kProvince, "Lê Thị Tỉnh", server::Role::kProvince, {"56"}, {}));
  return add(kCommittee, "Ban quản lý Phương Sơn", server::Role::kCommittee, {}, unit.number);
}

}  // namespace

void DashboardTest::SetUp() {
  if (!BrowserIsThere()) GTEST_SKIP() << "needs chromium and chromium-driver";
  if (!HasPage("/sign-in")) GTEST_SKIP() << "the server has no sign-in page";
  server_ = std::make_unique<RealServer>(scratch_ / "server");
  for (const auto& [code, name, province] :
       std::initializer_list<std::tuple<const char*, const char*, const char*>>{
           {"KH-001", "Trạm Phương Sơn", "56"},
           {"KH-002", "Trạm Vĩnh Hải", "56"},
           {"BN-001", "Trạm Kinh Bắc", "24"}}) {
    server_->Json({"unit", "add", code, name, "--province", province, "--from", "2025-07-01"});
  }
  const Status added = AddAccounts(server_->folder());
  ASSERT_TRUE(added) << added.error().message;
  server_->Start();
  browser_ = std::make_unique<Browser>(scratch_ / "browser");
}

void DashboardTest::SignIn(const std::string& name) {
  browser_->Go(At("/sign-in"));
  browser_->Type("#name", name);
  browser_->Type("#password", kTestPassword);
  browser_->Follow("main button.primary");
  ASSERT_TRUE(browser_->Has("header form[action='/sign-out']")) << browser_->Text("body");
}

void DashboardTest::SignOut() { browser_->Follow("header form[action='/sign-out'] button"); }

}  // namespace tram::test
