// Tokens for other programs: everybody's own, made here and shown once; and everyone's, for
// administrators, on the page of the account, to revoke.
#include <charconv>

#include "app/token_desk.h"
#include "web/office.h"
#include "web/own_password.h"
#include "web/token_words.h"

namespace tram::server {
namespace {

constexpr char kTokensPath[] = "/me/tokens";
constexpr int kDayChoices[] = {30, kTokenDaysDefault, 180, kTokenDaysMax};

// ---- one's own ----

TokenWish WishOf(const PageCall& call) {
  TokenWish wish;
  wish.label = call.Posted("label");
  for (const std::string& name : AllOf(call.form, "scope")) {
    if (const auto right = RightByName(name)) wish.scopes.insert(*right);
  }
  const std::string_view days = call.Posted("days");
  if (!days.empty()) {
    wish.days = 0;
    std::from_chars(days.data(), days.data() + days.size(), wish.days);
  }
  return wish;
}

/// Those that the account's role has: nobody chooses what would give nothing.
Json ScopeChoices(const PageCall& call, const Account& account, const TokenWish& wish) {
  Json choices = Json::array();
  for (const Right right : kRights) {
    if (!IsScope(right) || !Authorise(ViewerOf(account), right)) continue;
    choices.push_back({{"value", RightName(right)},
                       {"name", ScopeText(call, right)},
                       {"chosen", wish.scopes.contains(right)}});
  }
  return choices;
}

Json DayChoices(const PageCall& call, const TokenWish& wish) {
  Json choices = Json::array();
  for (const int days : kDayChoices) {
    choices.push_back({{"value", std::to_string(days)},
                       {"name", call.Words("{} ngày", "{} days", days)},
                       {"chosen", days == wish.days}});
  }
  return choices;
}

Result<Answer> TokensPage(const PageCall& call, const Account& account, const TokenWish& wish,
                          const TokenFault& fault) {
  Page page{"tokens", call.Words("Khoá truy cập", "Access tokens"), {}, 200};
  if (!fault.text.empty()) page.status = HttpStatusOf(ErrorCode::kInvalid);
  TRAM_ASSIGN(Json tokens, TokenListModel(call, account, kTokensPath));
  page.model = {{"problem", fault.text},
                {"place", fault.field},
                {"done", call.Query("done") == "1"},
                {"tokens", std::move(tokens)},
                {"label", wish.label},
                {"scopes", ScopeChoices(call, account, wish)},
                {"days", DayChoices(call, wish)}};
  page.model["none"] = page.model["tokens"].empty();
  for (const char* field : {"label", "scopes", "days", "current"}) {
    page.model[std::string(field) + "_problem"] = fault.field == field ? fault.text : "";
  }
  return Answer(std::move(page));
}

Result<Answer> ShowTokens(PageCall& call) {
  TRAM_ASSIGN(const Account account, OwnAccount(call));
  return TokensPage(call, account, {}, {});
}

/// A token is shown once, on a page that the browser does not keep.
Answer MadePage(const PageCall& call, const NewToken& made) {
  Page page{"token_made", call.Words("Khoá mới", "A new token"), {}, 200};
  page.model = {{"label", made.token.label},
                {"secret", made.secret},
                {"scopes", ScopesText(made.token)},
                {"expires", TimeText(made.token.expires_ms)}};
  return page;
}

Result<Answer> MakeOwn(PageCall& call) {
  TRAM_ASSIGN(const Account account, OwnAccount(call));
  TokenWish wish = WishOf(call);
  const TokenWish typed = wish;
  TRAM_ASSIGN(const TokenFault fault, CheckToken(call.state, account, wish, call.language));
  if (!fault.text.empty()) return TokensPage(call, account, typed, fault);
  if (call.secret == nullptr) {
    std::variant<SecretWork, std::string> asked = AskOwnPassword(call, account);
    if (auto* work = std::get_if<SecretWork>(&asked)) return Answer(std::move(*work));
    return TokensPage(call, account, typed, {"current", std::get<std::string>(asked)});
  }
  if (!WasOwnPassword(call, account)) {
    return TokensPage(call, account, typed, {"current", WrongPasswordText(call)});
  }
  TRAM_ASSIGN(const NewToken made, MakeToken(call.state, account, wish, call.Who(), call.language));
  return MadePage(call, made);
}

// ---- revoked ----

/// The account's token that the address names in its last part.
Result<ApiToken> TokenAsked(const PageCall& call, const Account& account) {
  const std::string& text = call.parts.back();
  TokenNumber number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  TRAM_ASSIGN(std::optional<ApiToken> token, call.state.store().tokens().Find(number));
  if (token && token->account == account.number) return std::move(*token);
  return call.Fail(ErrorCode::kNotFound, "không có khoá này", "there is no such token");
}

Result<Answer> RevokeOwn(PageCall& call) {
  TRAM_ASSIGN(const Account account, OwnAccount(call));
  TRAM_ASSIGN(const ApiToken token, TokenAsked(call, account));
  TRAM_TRY(RevokeToken(call.state, account, token, call.Who()));
  return Answer(SeeOther(std::string(kTokensPath) + "?done=1"));
}

Result<Answer> RevokeOfAccount(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kAccounts));
  AccountNumber number = 0;
  const std::string& text = call.parts.front();
  std::from_chars(text.data(), text.data() + text.size(), number);
  TRAM_ASSIGN(const std::optional<Account> account, call.state.store().accounts().Find(number));
  if (!account) {
    return call.Fail(ErrorCode::kNotFound, "không có tài khoản này", "there is no such account");
  }
  TRAM_ASSIGN(const ApiToken token, TokenAsked(call, *account));
  TRAM_TRY(RevokeToken(call.state, *account, token, call.Who()));
  return Answer(SeeOther("/accounts/" + std::to_string(number) + "?done=1"));
}

constexpr Route kRoutes[] = {
    {"GET", kTokensPath, Access::kSignedIn, {}, ShowTokens},
    {"POST", kTokensPath, Access::kSignedIn, {}, MakeOwn},
    {"POST", "/me/tokens/{}/revoke", Access::kSignedIn, {}, RevokeOwn},
    {"POST", "/accounts/{}/tokens/{}/revoke", Access::kRight, Right::kAccounts, RevokeOfAccount},
};

}  // namespace

std::span<const Route> TokenRoutes() { return kRoutes; }

}  // namespace tram::server
