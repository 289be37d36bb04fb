// OwnPassword: who is signed in types his password again (field `current`) before something about
// his account is decided: an open session alone decides nothing, and is no place to guess.
// Threads: the owner's.
#pragma once

#include <variant>

#include "web/page.h"

namespace tram::server {

/// Whose page it is. Errors: not_found | corrupt | io.
Result<Account> OwnAccount(const PageCall& call);

/// The work that compares what was typed; or what to tell him instead. A try is counted.
std::variant<SecretWork, std::string> AskOwnPassword(const PageCall& call, const Account& account);
/// Of the work's result: whether it is the account's password, also now.
bool WasOwnPassword(const PageCall& call, const Account& account);
std::string WrongPasswordText(const PageCall& call);
std::string BusyText(const PageCall& call);

}  // namespace tram::server
