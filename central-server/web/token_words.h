// Words about tokens that several pages say, and the list of an account's tokens
// (templates/token_list.html). Threads: the owner's.
#pragma once

#include "web/page.h"

namespace tram::server {

/// What a scope gives: "số liệu hoạt động của nơi bạn phụ trách".
std::string ScopeText(const PageCall& call, Right right);
/// "activity, outcomes", as programs know them.
std::string ScopesText(const ApiToken& token);
/// Newest first; those that are over only as far as kTokensOverShown. A form below `path`
/// ("/me/tokens") revokes one. Errors: corrupt | io.
Result<Json> TokenListModel(const PageCall& call, const Account& account, const std::string& path);

inline constexpr std::size_t kTokensOverShown = 10;

}  // namespace tram::server
