// Records that the province writes (RecordType::of_province): what a unit is told that tries to,
// and what the server may say on its feed in a unit's log. libsync/docs/programme.md, "Records of
// the province". Threads: pure functions.
#pragma once

#include <string>

#include "tram/base/language.h"
#include "tram/programme/programme.h"

namespace tram {

/// A unit adds, deletes, moves or merges none. Code: invalid.
Error WrittenByProvince(const RecordType& type, Language language);
/// What is wrong with changing a field of one that is no answer.
std::string FieldOfProvince(Language language);

/// Whether an op of the server is shown: it creates such a record, or sets fields of one that are
/// no answers. It answers, seals, deletes, merges and moves nothing. An op that goes beyond is
/// held.
bool ProvinceMayWrite(const RecordType& type, const OpBody& body);

}  // namespace tram
