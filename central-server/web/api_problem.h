// Problems: what went wrong with a request of a program, as RFC 9457 (application/problem+json):
// `type` names the kind and is the address of what the page /api says about it, `detail` says what
// is wrong and what to do. Threads: pure functions.
#pragma once

#include <span>
#include <string>

#include "web/page.h"

namespace tram::server {

enum class Problem {
  kInvalid,
  kNoToken,
  kBadToken,
  kNotPermitted,
  kNotFound,
  kMethod,
  kTooMany,
  kFailed,
  kLater
};

struct ProblemKind {
  Problem problem;
  const char* name;  // "bad-token"
  int status;
  Label title, to_do;
};
std::span<const ProblemKind> ProblemKinds();

HttpResponse ProblemResponse(Problem problem, const std::string& detail, Language in);
/// What a route's error is.
HttpResponse ProblemOf(const Error& error, Language in);

}  // namespace tram::server
