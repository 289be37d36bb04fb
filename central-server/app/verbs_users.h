// Verbs about accounts (app/verbs.h says what a verb is). The console is where the first
// administrator comes from, and where who lost his second factor is let in again.
// Threads: those of verbs.
#pragma once

#include "app/verbs.h"

namespace tram::server {

/// Errors: not_found (it says what to do) | corrupt | io.
Result<Account> AccountNamed(ServerState& state, const std::string& name);

struct UserAddOptions {
  std::string name, role, full_name;
  std::vector<std::string> provinces;  // codes of today
  std::string unit;                    // code; of a committee
};
/// All but UserList and UserDisable give the path of a one-time link.
Result<VerbResult> UserAdd(VerbContext& context, const UserAddOptions& options);
Result<VerbResult> UserList(VerbContext& context);
struct UserLinkOptions {
  std::string name;
  bool without_factor = false;  // the second factor is taken off too
};
Result<VerbResult> UserLink(VerbContext& context, const UserLinkOptions& options);
Result<VerbResult> UserDisable(VerbContext& context, const std::string& name);
Result<VerbResult> UserEnable(VerbContext& context, const std::string& name);

// --- tokens of other programs (verbs_tokens.cc) ---
struct TokenMakeOptions {
  std::string name, label;
  std::vector<std::string> scopes;
  int days = 90;
};
/// The token is on stdout, once.
Result<VerbResult> TokenMake(VerbContext& context, const TokenMakeOptions& options);
Result<VerbResult> TokenList(VerbContext& context, const std::string& name);
struct TokenRevokeOptions {
  std::string name, label;
};
Result<VerbResult> TokenRevoke(VerbContext& context, const TokenRevokeOptions& options);

}  // namespace tram::server
