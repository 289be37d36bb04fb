#include "web/token_words.h"

namespace tram::server {
namespace {

/// What a token is now, in a word and a colour.
Json StateModel(const PageCall& call, const ApiToken& token) {
  if (token.revoked_ms) {
    return {{"text", call.Words("đã thu hồi {}", "revoked {}", TimeText(*token.revoked_ms))},
            {"kind", "bad"}};
  }
  if (!token.Serves(call.state.NowMs())) {
    return {{"text", call.Words("đã hết hạn", "expired")}, {"kind", "warn"}};
  }
  return {{"text", call.Words("đang dùng được", "serves")}, {"kind", "good"}};
}

}  // namespace

std::string ScopeText(const PageCall& call, Right right) {
  switch (right) {
    case Right::kActivity:
      return call.Words("activity: số liệu hoạt động, ở nơi tài khoản phụ trách",
                        "activity: figures of activity, of the account's places");
    case Right::kOutcomes:
      return call.Words("outcomes: bảng kết quả điều trị đã công bố",
                        "outcomes: released tables of outcomes");
    case Right::kUnits:
      return call.Words("units: danh mục đơn vị và máy", "units: the list of units and devices");
    case Right::kProgrammes:
      return call.Words("programmes: các phiên bản chương trình ghi chép",
                        "programmes: versions of the programme");
    case Right::kAudit:
      return call.Words("audit: nhật ký của máy chủ", "audit: the server's audit trail");
    case Right::kQuestions:
    case Right::kAccounts:
      break;  // never a scope
  }
  return std::string(RightName(right));
}

std::string ScopesText(const ApiToken& token) {
  std::string text;
  for (const std::string& scope : token.scopes) text += (text.empty() ? "" : ", ") + scope;
  return text;
}

Result<Json> TokenListModel(const PageCall& call, const Account& account, const std::string& path) {
  TRAM_ASSIGN(const std::vector<ApiToken> tokens,
              call.state.store().tokens().OfAccount(account.number));
  Json list = Json::array();
  std::size_t over = 0;
  for (const ApiToken& token : tokens) {
    const bool serves = token.Serves(call.state.NowMs());
    if (!serves && ++over > kTokensOverShown) continue;
    list.push_back(
        {{"label", token.label},
         {"scopes", ScopesText(token)},
         {"state", StateModel(call, token)},
         {"made", TimeText(token.made_ms)},
         {"expires", TimeText(token.expires_ms)},
         {"seen", token.seen_ms ? TimeText(*token.seen_ms) : call.Words("chưa lần nào", "never")},
         {"serves", serves},
         {"revoke", path + "/" + std::to_string(token.number) + "/revoke"}});
  }
  return list;
}

}  // namespace tram::server
