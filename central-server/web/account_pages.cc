// Accounts, for administrators: who signs in, as what, for which places; new accounts, other
// rights, one-time links to hand over, and accounts that are disabled.
#include <algorithm>

#include "app/account_desk.h"
#include "storage/provinces.h"
#include "web/account_words.h"
#include "web/admin_lines.h"
#include "web/export_links.h"
#include "web/office.h"
#include "web/token_words.h"

namespace tram::server {
namespace {

constexpr char kAccountsPath[] = "/accounts", kNewPath[] = "/accounts/new";

/// Accounts are those of the whole country, as is the permit.
Result<std::optional<Account>> Read(const PageCall& call, const Permit&, AccountNumber number) {
  return call.state.store().accounts().Find(number);
}

Result<Account> Asked(const PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kAccounts));
  const std::string& text = call.parts.front();
  const bool digits = text.size() <= 9 && text.find_first_not_of("0123456789") == text.npos;
  if (digits) {
    TRAM_ASSIGN(std::optional<Account> account, Read(call, permit, std::stoll(text)));
    if (account) return std::move(*account);
  }
  return call.Fail(ErrorCode::kNotFound, "không có tài khoản này", "there is no such account");
}

std::string PathOf(const Account& account) {
  return std::string(kAccountsPath) + "/" + std::to_string(account.number);
}

bool IsMe(const PageCall& call, const Account& account) {
  return account.number == call.viewer->account;
}

// ---- the list ----

Json StateModel(const PageCall& call, const Account& account) {
  const AccountState state = StateOf(account);
  const char* kind = state == AccountState::kDisabled     ? "bad"
                     : state == AccountState::kNoPassword ? "warn"
                                                          : "good";
  return {{"text", AccountStateText(call, state)}, {"kind", kind}};
}

Result<Json> AccountModel(const PageCall& call, const Account& account) {
  TRAM_ASSIGN(const std::string places, PlacesText(call, account));
  return Json{
      {"path", PathOf(account)},
      {"name", account.name},
      {"full_name", account.full_name},
      {"role", RoleText(call, account.role)},
      {"places", places},
      {"state", StateModel(call, account)},
      {"factor", !account.totp_secret.empty()},
      {"seen", account.seen_ms ? TimeText(*account.seen_ms) : call.Words("chưa lần nào", "never")},
      {"me", IsMe(call, account)}};
}

Result<Json> AllAccounts(const PageCall& call, const Permit&) {
  TRAM_ASSIGN(const std::vector<Account> all, call.state.store().accounts().All());
  Json listed = Json::array();
  for (const Account& account : all) {
    TRAM_ASSIGN(Json one, AccountModel(call, account));
    listed.push_back(std::move(one));
  }
  return listed;
}

Result<Answer> ShowAccounts(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kAccounts));
  Page page{"accounts", call.Words("Tài khoản", "Accounts"), {}, 200};
  TRAM_ASSIGN(Json listed, AllAccounts(call, permit));
  page.model = {{"accounts", std::move(listed)}};
  AddExportLinks(call, "accounts", "", call.Words("tài khoản", "accounts"), page.model);
  return Answer(std::move(page));
}

// ---- role and places, in both forms ----

struct Rights {
  Account account;      // with what was typed
  std::string problem;  // "": it fits
  std::string field;    // "name", "full_name", "role", "provinces", "unit"
};

/// Why role and places were not taken. The form offers only provinces of today.
std::string InvalidText(const PageCall& call, const Account& account, const Error& error) {
  if (account.provinces.empty()) return error.message;
  return call.Words("Có tỉnh không còn trong danh mục hiện nay: hãy chọn lại.",
                    "One of these provinces is not there today: choose again.");
}

/// Role and places as typed; places that the role does not have are left out.
Result<Rights> TypedRights(const PageCall& call, Account account) {
  Rights rights{std::move(account), "", ""};
  Account& to = rights.account;
  to.provinces.clear();
  to.unit.reset();
  const std::optional<Role> role = RoleByName(call.Posted("role"));
  if (!role) {
    rights.problem = call.Words("Hãy chọn vai trò.", "Choose a role.");
    rights.field = "role";
    return rights;
  }
  to.role = *role;
  if (to.role == Role::kManager || to.role == Role::kProvince) {
    to.provinces = AllOf(call.form, "province");
  }
  if (to.role == Role::kProvince && to.provinces.empty()) {
    rights.problem =
        call.Words("Cán bộ tỉnh phải có ít nhất một tỉnh.", "Provincial staff need a province.");
    rights.field = "provinces";
  }
  if (to.role != Role::kCommittee) return rights;
  auto unit = call.state.store().units().ByCode(call.Posted("unit"));
  if (unit) {
    to.unit = unit->number;
  } else if (unit.error().code != ErrorCode::kNotFound) {
    return unit.error();
  } else {
    rights.problem = call.Words("Không có đơn vị nào có mã này.", "There is no unit of this code.");
    rights.field = "unit";
  }
  return rights;
}

Json RoleChoices(const PageCall& call, std::optional<Role> chosen) {
  Json choices = Json::array();
  for (const Role role :
       {Role::kProvince, Role::kCommittee, Role::kManager, Role::kAdministrator}) {
    choices.push_back(
        {{"value", RoleName(role)}, {"name", RoleText(call, role)}, {"chosen", chosen == role}});
  }
  return choices;
}

Json ProvinceChoices(const PageCall& call, const std::vector<std::string>& chosen) {
  Json choices = Json::array();
  for (std::size_t i = 0; i < kProvincesSinceCount; ++i) {
    const std::string code = kProvincesSince[i].code;
    const Place* place = call.state.store().places().At(code, call.state.Today());
    if (place == nullptr) continue;
    const bool has = std::find(chosen.begin(), chosen.end(), code) != chosen.end();
    choices.push_back({{"value", code}, {"name", place->name}, {"chosen", has}});
  }
  return choices;
}

/// What the part of both forms (templates/account_rights.html) is drawn from.
Status AddRightsModel(const PageCall& call, Json& model, const Account& account,
                      std::optional<Role> role, const Rights& rights) {
  model["problem"] = rights.problem;
  model["place"] = rights.field;
  model["roles"] = RoleChoices(call, role);
  model["provinces"] = ProvinceChoices(call, account.provinces);
  std::string unit(call.Posted("unit"));
  if (account.unit) {
    TRAM_ASSIGN(const Unit found, call.state.store().units().ByNumber(*account.unit));
    unit = found.code;
  }
  model["unit"] = unit;
  for (const char* field : {"name", "full_name", "role", "provinces", "unit"}) {
    model[std::string(field) + "_problem"] = rights.field == field ? rights.problem : "";
  }
  return {};
}

// ---- a new account ----

/// A link is shown once, on a page that the browser does not keep.
Answer LinkPage(const PageCall& call, const NewLink& link) {
  Page page{"account_link", call.Words("Liên kết dùng một lần", "One-time link"), {}, 200};
  page.model = {{"name", link.account.name},
                {"full_name", link.account.full_name},
                {"back", PathOf(link.account)},
                {"link", (call.office.secure ? "https://" : "http://") +
                             std::string(call.request.Header("host")) + link.path},
                {"expires", TimeText(link.expires_ms)}};
  return page;
}

Result<Answer> NewPage(const PageCall& call, const Rights& rights) {
  Page page{"account_new", call.Words("Thêm tài khoản", "Add an account"), {}, 200};
  if (!rights.problem.empty()) page.status = HttpStatusOf(ErrorCode::kInvalid);
  page.model = {{"name", std::string(call.Posted("name"))},
                {"full_name", std::string(call.Posted("full_name"))}};
  TRAM_TRY(
      AddRightsModel(call, page.model, rights.account, RoleByName(call.Posted("role")), rights));
  return Answer(std::move(page));
}

Result<Answer> ShowNew(PageCall& call) { return NewPage(call, {}); }

Result<Answer> AddNew(PageCall& call) {
  Account wanted;
  wanted.name = call.Posted("name");
  wanted.full_name = call.Posted("full_name");
  TRAM_ASSIGN(Rights rights, TypedRights(call, std::move(wanted)));
  if (!CheckFullName(rights.account.full_name)) {
    rights.problem = call.Words("Họ tên là một dòng, không quá {} byte.",
                                "A full name is one line of at most {} bytes.", kFullNameBytesMax);
    rights.field = "full_name";
  }
  if (!CheckAccountName(rights.account.name)) {
    rights.problem =
        call.Words("Tên đăng nhập gồm 1 đến {} chữ không dấu, chữ số, hoặc dấu . _ - @",
                   "A name for signing in has 1 to {} letters without accents, digits, or . _ - @",
                   kAccountNameBytesMax);
    rights.field = "name";
  }
  if (!rights.problem.empty()) return NewPage(call, rights);
  auto link = AddAccount(call.state, rights.account, call.Who());
  if (link) return LinkPage(call, *link);
  if (link.error().code == ErrorCode::kExists) {
    rights.problem = call.Words("Đã có người dùng tên đăng nhập này: hãy chọn tên khác.",
                                "Somebody signs in with this name already: choose another one.");
    rights.field = "name";
  } else if (link.error().code == ErrorCode::kInvalid) {
    rights.problem = InvalidText(call, rights.account, link.error());
    rights.field = "provinces";
  } else {
    return link.error();
  }
  return NewPage(call, rights);
}

// ---- one account ----

Result<Answer> AccountPage(const PageCall& call, const Account& account, const Rights& rights) {
  Page page{"account", account.name, {}, rights.problem.empty() ? 200 : 400};
  TRAM_ASSIGN(page.model, AccountModel(call, account));
  page.model["done"] = call.Query("done") == "1";
  page.model["disabled"] = account.disabled;
  TRAM_ASSIGN(page.model["tokens"], TokenListModel(call, account, PathOf(account) + "/tokens"));
  page.model["has_tokens"] = !page.model["tokens"].empty();
  const Account& shown = rights.field.empty() ? account : rights.account;
  TRAM_TRY(AddRightsModel(call, page.model, shown, shown.role, rights));
  return Answer(std::move(page));
}

Result<Answer> ShowAccount(PageCall& call) {
  TRAM_ASSIGN(const Account account, Asked(call));
  return AccountPage(call, account, {});
}

/// What is refused, above all because nobody would be left who administers.
Result<Answer> Kept(const PageCall& call, const Account& account, const Account& typed,
                    const Error& error, const std::string& field) {
  Rights rights{typed, InvalidText(call, typed, error), field};
  if (error.code == ErrorCode::kDenied) {
    rights.problem = call.Words(
        "Không còn quản trị viên nào khác: hãy thêm một quản trị viên nữa, đợi người đó chọn mật "
        "khẩu, rồi làm lại.",
        "There is no other administrator: add one, wait until he has chosen his password, then do "
        "this again.");
  } else if (error.code != ErrorCode::kInvalid) {
    return error;
  }
  return AccountPage(call, account, rights);
}

Result<Answer> SetRights(PageCall& call) {
  TRAM_ASSIGN(const Account account, Asked(call));
  TRAM_ASSIGN(const Rights rights, TypedRights(call, account));
  if (!rights.problem.empty()) return AccountPage(call, account, rights);
  if (Status changed = ChangeRights(call.state, rights.account, call.Who()); !changed) {
    return Kept(call, account, rights.account, changed.error(), "role");
  }
  call.office.sessions.EndAccount(account.number);
  return Answer(SeeOther(PathOf(account) + "?done=1"));
}

Result<Answer> Disable(PageCall& call) {
  TRAM_ASSIGN(const Account account, Asked(call));
  if (Status done = DisableAccount(call.state, account, call.Who()); !done) {
    return Kept(call, account, account, done.error(), "state");
  }
  call.office.sessions.EndAccount(account.number);
  return Answer(SeeOther(PathOf(account) + "?done=1"));
}

Result<Answer> Enable(PageCall& call) {
  TRAM_ASSIGN(Account account, Asked(call));
  if (!account.disabled) return Answer(SeeOther(PathOf(account)));
  TRAM_ASSIGN(const NewLink link, EnableAccount(call.state, std::move(account), call.Who()));
  return LinkPage(call, link);
}

Result<Answer> MakeLink(PageCall& call) {
  TRAM_ASSIGN(Account account, Asked(call));
  // His own would sign him out before he has it, and leave nobody who administers.
  if (IsMe(call, account)) return Answer(SeeOther("/me"));
  if (account.disabled) return Answer(SeeOther(PathOf(account)));
  TRAM_ASSIGN(const NewLink link,
              IssueLink(call.state, std::move(account), SecondFactor::kKeep, call.Who()));
  call.office.sessions.EndAccount(link.account.number);
  return LinkPage(call, link);
}

constexpr Route kRoutes[] = {
    {"GET", kAccountsPath, Access::kRight, Right::kAccounts, ShowAccounts},
    {"GET", kNewPath, Access::kRight, Right::kAccounts, ShowNew},
    {"POST", kNewPath, Access::kRight, Right::kAccounts, AddNew},
    {"GET", "/accounts/{}", Access::kRight, Right::kAccounts, ShowAccount},
    {"POST", "/accounts/{}/rights", Access::kRight, Right::kAccounts, SetRights},
    {"POST", "/accounts/{}/disable", Access::kRight, Right::kAccounts, Disable},
    {"POST", "/accounts/{}/enable", Access::kRight, Right::kAccounts, Enable},
    {"POST", "/accounts/{}/link", Access::kRight, Right::kAccounts, MakeLink},
};

}  // namespace

std::span<const Route> AccountRoutes() { return kRoutes; }

}  // namespace tram::server
