// TokenDesk: tokens are made, looked up and revoked, on the pages, at the console and by whoever
// presents one. Each change writes the audit trail in the same transaction.
//
// A token is "tram_" and 256 random bits as hex: not to be guessed, so that it is hashed without
// salt or cost and found by its hash. Whose account is disabled, or gets a one-time link for a new
// password, loses all of his.
// Threads: the owner's.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "auth/rights.h"
#include "storage/server_state.h"

namespace tram::server {

inline constexpr std::string_view kTokenPrefix = "tram_";
inline constexpr std::size_t kTokenLabelBytesMax = 80;
inline constexpr int kTokenDaysMax = 365;
inline constexpr int kTokenDaysDefault = 90;
inline constexpr std::size_t kTokensOfAccountMax = 20;  // that serve at one time

struct TokenWish {
  std::string label;
  std::set<Right> scopes;
  int days = kTokenDaysDefault;
};

/// What is wrong with a wish, and where: "label", "scopes", "days"; "" everywhere: nothing.
struct TokenFault {
  std::string field, text;
};
/// With the label as it is stored. Errors: corrupt | io.
Result<TokenFault> CheckToken(ServerState& state, const Account& account, TokenWish& wish,
                              Language in);

struct NewToken {
  ApiToken token;
  std::string secret;  // shown once: only its hash is stored
};
/// Errors: invalid (as CheckToken says) | io.
Result<NewToken> MakeToken(ServerState& state, const Account& account, TokenWish wish,
                           const std::string& who, Language in);

/// Nothing changes where it is revoked already.
Status RevokeToken(ServerState& state, const Account& account, const ApiToken& token,
                   const std::string& who);
/// All that serve. Gives how many.
Result<std::size_t> RevokeTokens(ServerState& state, const Account& account,
                                 const std::string& who);
/// How many of an account's serve now.
Result<std::size_t> TokensThatServe(ServerState& state, const Account& account);

/// Whether `secret` has the form of a token: asks nothing of the store.
bool LooksLikeToken(std::string_view secret);
/// Nothing where there is none. Whether it serves, and whose account it is, is for the caller.
Result<std::optional<ApiToken>> TokenOf(ServerState& state, std::string_view secret);

}  // namespace tram::server
