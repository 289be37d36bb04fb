#include "tram/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace tram {

// NOLINTBEGIN(bugprone-branch-clone): one case for each row of errors.def; rows may be alike.

std::string_view ErrorText(ErrorCode code) {
  switch (code) {
#define TRAM_ERROR(name, text, http, retry) \
  case ErrorCode::name:                     \
    return text;
#include "tram/base/errors.def"
#undef TRAM_ERROR
  }
  return "unknown";
}

int HttpStatusOf(ErrorCode code) {
  switch (code) {
#define TRAM_ERROR(name, text, http, retry) \
  case ErrorCode::name:                     \
    return http;
#include "tram/base/errors.def"
#undef TRAM_ERROR
  }
  return 500;
}

bool RetryHelps(ErrorCode code) {
  switch (code) {
#define TRAM_ERROR(name, text, http, retry) \
  case ErrorCode::name:                     \
    return retry;
#include "tram/base/errors.def"
#undef TRAM_ERROR
  }
  return false;
}

// NOLINTEND(bugprone-branch-clone)

void AssertFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "tram: our own bug: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace tram
