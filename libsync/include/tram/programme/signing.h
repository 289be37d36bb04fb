// A programme travels with a signature of the key that devices pin at init.
// File form: "tram-programme 1 ", the signature in hex, a line break, then the TOML as it was.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tram/base/bytes.h"
#include "tram/base/ids.h"
#include "tram/base/result.h"

namespace tram {

/// What is signed: a fixed tag and the text.
Bytes ProgrammeStatement(std::string_view toml);

struct SignedProgramme {
  Signature signature;
  std::string toml;
};
std::string WriteSignedProgramme(const SignedProgramme& programme);
/// Plain TOML comes back with a zero signature. Errors: invalid | too_new.
Result<SignedProgramme> ReadSignedProgramme(std::string_view file);

}  // namespace tram
