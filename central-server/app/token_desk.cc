#include "app/token_desk.h"

#include <algorithm>

#include "tram/base/hash.h"
#include "tram/base/vietnamese.h"

namespace tram::server {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

Digest HashOfToken(std::string_view secret) {
  return Blake2b160(AsBytes("tram api token"), {AsBytes(secret)});
}

std::string Said(Language in, const char* vi, std::string en) {
  return in == Language::kVietnamese ? std::string(vi) : std::move(en);
}

/// NFC, one line, without spaces around it; "" where it cannot be a label.
std::string LabelFrom(std::string_view typed) {
  const Result<std::string> normal = Nfc(typed);
  if (!normal) return "";
  const std::size_t begin = normal->find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  std::string label = normal->substr(begin, normal->find_last_not_of(' ') - begin + 1);
  const bool control = std::any_of(label.begin(), label.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return control || label.size() > kTokenLabelBytesMax ? "" : label;
}

std::string NameOf(const Account& account, const ApiToken& token) {
  return account.name + "/" + token.label;
}

Status Audit(ServerState& state, const std::string& who, const std::string& what) {
  return state.store().audit().Append(state.NowMs(), who, what);
}

/// "": they fit.
std::string ScopesFault(const Account& account, const std::set<Right>& scopes, Language in) {
  if (scopes.empty()) {
    return Said(in, "Hãy chọn ít nhất một phạm vi.", "Choose at least one scope.");
  }
  for (const Right right : scopes) {
    if (IsScope(right) && Authorise(ViewerOf(account), right)) continue;
    return Said(in, "Vai trò của tài khoản không gồm phạm vi này: hãy bỏ chọn.",
                "The account's role does not include the scope " + std::string(RightName(right)) +
                    ": leave it out.");
  }
  return "";
}

}  // namespace

Result<TokenFault> CheckToken(ServerState& state, const Account& account, TokenWish& wish,
                              Language in) {
  const std::string label = LabelFrom(wish.label);
  if (label.empty()) {
    return TokenFault{
        "label", Said(in, "Hãy ghi khoá này dùng vào việc gì, trên một dòng, không quá 80 byte.",
                      "Say in one line what the token is for, in at most 80 bytes.")};
  }
  wish.label = label;
  TRAM_ASSIGN(const std::vector<ApiToken> tokens, state.store().tokens().OfAccount(account.number));
  std::size_t serve = 0;
  for (const ApiToken& other : tokens) {
    if (!other.Serves(state.NowMs())) continue;
    ++serve;
    if (other.label != label) continue;
    return TokenFault{"label", Said(in, "Đã có một khoá mang tên này: hãy đặt tên khác.",
                                    "Another token has this name: choose another one.")};
  }
  if (serve >= kTokensOfAccountMax) {
    return TokenFault{"label",
                      Said(in, "Tài khoản đã có 20 khoá: hãy thu hồi một khoá không dùng nữa.",
                           "This account has 20 tokens: revoke one that is no longer used.")};
  }
  if (std::string fault = ScopesFault(account, wish.scopes, in); !fault.empty()) {
    return TokenFault{"scopes", std::move(fault)};
  }
  if (wish.days < 1 || wish.days > kTokenDaysMax) {
    return TokenFault{
        "days", Said(in, "Thời hạn từ 1 đến 365 ngày.", "A token is valid for 1 to 365 days.")};
  }
  return TokenFault{};
}

Result<NewToken> MakeToken(ServerState& state, const Account& account, TokenWish wish,
                           const std::string& who, Language in) {
  if (account.disabled) {
    return MakeError(ErrorCode::kInvalid,
                     Said(in, "tài khoản này đang bị khoá", "this account is disabled"));
  }
  TRAM_ASSIGN(const TokenFault fault, CheckToken(state, account, wish, in));
  if (!fault.text.empty()) return MakeError(ErrorCode::kInvalid, fault.text);
  Bytes random(kSecretBytes);
  state.random().Fill(random);
  NewToken made;
  made.secret = std::string(kTokenPrefix) + ToHex(random);
  made.token.account = account.number;
  made.token.label = wish.label;
  for (const Right right : wish.scopes) made.token.scopes.emplace_back(RightName(right));
  made.token.made_ms = state.NowMs();
  made.token.expires_ms = made.token.made_ms + wish.days * kDayMs;
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_ASSIGN(made.token, state.store().tokens().Add(made.token, HashOfToken(made.secret)));
  std::string scopes;
  for (const std::string& scope : made.token.scopes) scopes += " " + scope;
  TRAM_TRY(Audit(state, who,
                 "token make " + NameOf(account, made.token) + ":" + scopes + ", until " +
                     LocalTimeText(made.token.expires_ms)));
  TRAM_TRY(transaction.Commit());
  return made;
}

Status RevokeToken(ServerState& state, const Account& account, const ApiToken& token,
                   const std::string& who) {
  if (token.revoked_ms) return {};
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_TRY(state.store().tokens().Revoke(token.number, state.NowMs()));
  TRAM_TRY(Audit(state, who, "token revoke " + NameOf(account, token)));
  return transaction.Commit();
}

Result<std::size_t> RevokeTokens(ServerState& state, const Account& account,
                                 const std::string& who) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_ASSIGN(const std::vector<ApiToken> tokens, state.store().tokens().OfAccount(account.number));
  std::size_t revoked = 0;
  for (const ApiToken& token : tokens) {
    if (!token.Serves(state.NowMs())) continue;
    TRAM_TRY(RevokeToken(state, account, token, who));
    ++revoked;
  }
  TRAM_TRY(transaction.Commit());
  return revoked;
}

Result<std::size_t> TokensThatServe(ServerState& state, const Account& account) {
  TRAM_ASSIGN(const std::vector<ApiToken> tokens, state.store().tokens().OfAccount(account.number));
  const std::int64_t now = state.NowMs();
  return static_cast<std::size_t>(std::count_if(
      tokens.begin(), tokens.end(), [now](const ApiToken& token) { return token.Serves(now); }));
}

bool LooksLikeToken(std::string_view secret) {
  return secret.starts_with(kTokenPrefix) &&
         secret.size() == kTokenPrefix.size() + 2 * kSecretBytes &&
         secret.find_first_not_of("0123456789abcdef", kTokenPrefix.size()) == secret.npos;
}

Result<std::optional<ApiToken>> TokenOf(ServerState& state, std::string_view secret) {
  if (!LooksLikeToken(secret)) return std::optional<ApiToken>();
  return state.store().tokens().ByHash(HashOfToken(secret));
}

}  // namespace tram::server
