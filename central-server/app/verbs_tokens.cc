#include <algorithm>

#include "app/token_desk.h"
#include "app/verbs_users.h"
#include "tram/base/text_table.h"

namespace tram::server {
namespace {

std::string ScopesOf(const ApiToken& token) {
  std::string text;
  for (const std::string& scope : token.scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

std::string StateOf(const ApiToken& token, std::int64_t now_ms) {
  if (token.revoked_ms) return "revoked";
  return token.Serves(now_ms) ? "serves" : "expired";
}

}  // namespace

Result<VerbResult> TokenMake(VerbContext& context, const TokenMakeOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Account account, AccountNamed(state, options.name));
    TokenWish wish{options.label, {}, options.days};
    for (const std::string& scope : options.scopes) {
      if (const auto right = RightByName(scope)) wish.scopes.insert(*right);
    }
    TRAM_ASSIGN(const NewToken made,
                MakeToken(state, account, wish, context.who, Language::kEnglish));
    const std::string expires = LocalTimeText(made.token.expires_ms);
    result.json = {{"name", account.name},
                   {"label", made.token.label},
                   {"scopes", made.token.scopes},
                   {"expires", expires},
                   {"token", made.secret}};
    result.text = made.secret + "\n";
    result.notes.push_back(
        "shown this once; a program sends it as 'Authorization: Bearer TOKEN' "
        "to /api/v1/..., until " +
        expires + "; user revoke " + account.name + " '" + made.token.label + "' ends it");
    return {};
  });
}

Result<VerbResult> TokenList(VerbContext& context, const std::string& name) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Account account, AccountNamed(state, name));
    TRAM_ASSIGN(const std::vector<ApiToken> tokens,
                state.store().tokens().OfAccount(account.number));
    result.json["tokens"] = Json::array();
    TextTable table({"label", "scopes", "state", "made", "expires", "last use"});
    for (const ApiToken& token : tokens) {
      const std::string seen = token.seen_ms ? LocalTimeText(*token.seen_ms) : "never";
      const std::string now = StateOf(token, state.NowMs());
      result.json["tokens"].push_back({{"label", token.label},
                                       {"scopes", token.scopes},
                                       {"state", now},
                                       {"made", LocalTimeText(token.made_ms)},
                                       {"expires", LocalTimeText(token.expires_ms)},
                                       {"seen", token.seen_ms ? Json(seen) : Json(nullptr)}});
      table.Add({token.label, ScopesOf(token), now, LocalTimeText(token.made_ms),
                 LocalTimeText(token.expires_ms), seen});
    }
    result.text = table.Text();
    if (tokens.empty()) {
      result.notes.push_back("no tokens yet: user token NAME --label TEXT --scope activity");
    }
    return {};
  });
}

Result<VerbResult> TokenRevoke(VerbContext& context, const TokenRevokeOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Account account, AccountNamed(state, options.name));
    TRAM_ASSIGN(const std::vector<ApiToken> tokens,
                state.store().tokens().OfAccount(account.number));
    const auto found = std::find_if(tokens.begin(), tokens.end(), [&](const ApiToken& token) {
      return token.label == options.label && token.Serves(state.NowMs());
    });
    if (found == tokens.end()) {
      return MakeError(ErrorCode::kNotFound, "no token of " + account.name + " that serves is '" +
                                                 options.label + "': user tokens " + account.name +
                                                 " lists them");
    }
    TRAM_TRY(RevokeToken(state, account, *found, context.who));
    result.json = {{"name", account.name}, {"label", options.label}, {"state", "revoked"}};
    result.text = options.label + " of " + account.name + " is revoked\n";
    return {};
  });
}

}  // namespace tram::server
