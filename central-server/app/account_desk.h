// AccountDesk: what is done to accounts, at the console and on the pages alike: added, given other
// rights, disabled, given a one-time link by which a password is chosen. Each writes the audit
// trail in the same transaction. Somebody who administers always stays, once there is one.
// Threads: the owner's.
#pragma once

#include <string>
#include <string_view>

#include "storage/server_state.h"

namespace tram::server {

inline constexpr std::int64_t kLinkMsMax = 48 * 60 * 60 * 1000;  // how long a link is valid
inline constexpr std::size_t kFullNameBytesMax = 200;

struct NewLink {
  Account account;
  std::string path;  // "/welcome/<128 random bits>", shown once: only its hash is stored
  std::int64_t expires_ms = 0;
};

/// NFC, without control characters. Errors: invalid.
Result<std::string> CheckFullName(std::string_view name);

/// Adds `wanted`, without a password, and issues its link. Errors: exists (the name is taken) |
/// invalid (name, places that are not there today or do not fit the role) | io.
Result<NewLink> AddAccount(ServerState& state, const Account& wanted, const std::string& who);

enum class SecondFactor { kKeep, kTakeOff };
/// Another link. The password no longer serves, so every session of the account ends, and its
/// tokens are revoked.
/// Errors: invalid (it is disabled) | io.
Result<NewLink> IssueLink(ServerState& state, Account account, SecondFactor factor,
                          const std::string& who);

/// Role and places are those of `changed`; sessions end. Errors: denied (nobody would be left who
/// administers) | invalid (places) | not_found | io.
Status ChangeRights(ServerState& state, const Account& changed, const std::string& who);

/// His password, his links and his tokens serve no more, also when he is enabled again; sessions
/// end. Errors: denied (as above) | io.
Status DisableAccount(ServerState& state, Account account, const std::string& who);
/// With a new link. Errors: invalid (it is not disabled) | io.
Result<NewLink> EnableAccount(ServerState& state, Account account, const std::string& who);

/// Whether somebody can sign in who administers. Errors: corrupt | io.
Result<bool> HasAdministrator(ServerState& state);

/// Whose link this is; nothing where it was used, is too old, or the account is disabled.
Result<std::optional<Account>> AccountOfLink(ServerState& state, std::string_view token);
/// `account` has this password from now on, chosen by that link, which is used up. Errors:
/// not_found (used meanwhile) | io.
Status ChoosePasswordByLink(ServerState& state, std::string_view token, Account& account,
                            const std::string& password_hash);

}  // namespace tram::server
