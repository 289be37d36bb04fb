// NewPassword: what the pages ask of a password that somebody chooses, and how its form is drawn
// (templates/new_password.html). Threads: the owner's.
#pragma once

#include "web/page.h"

namespace tram::server {

struct NewPassword {
  std::string problem;  // "": it may be chosen
  bool weak = false;    // asked whether he wants it all the same
};

/// Of the fields `password`, `again` and `weak_accepted`.
NewPassword CheckNewPassword(const PageCall& call, const Account& account);
/// What the part of the form is drawn from.
void AddTo(Json& model, const NewPassword& chosen);

}  // namespace tram::server
