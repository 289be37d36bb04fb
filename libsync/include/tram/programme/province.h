// Records that the province writes (RecordType::of_province): what a unit is told that tries to.
// libsync/docs/programme.md, "Records of the province". Threads: pure functions.
#pragma once

#include <string>

#include "tram/base/language.h"
#include "tram/programme/programme.h"

namespace tram {

/// A unit adds, deletes, moves or merges none. Code: invalid.
Error WrittenByProvince(const RecordType& type, Language language);
/// What is wrong with changing a field of one that is no answer.
std::string FieldOfProvince(Language language);

}  // namespace tram
