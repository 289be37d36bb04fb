// References to records of a type that has more of them than a list can hold: found by words.
// Threads: the thread that owns the device.
#pragma once

#include <string>

#include "web/page.h"

namespace tram::client {

inline constexpr std::size_t kReferenceChoicesMax = 50;  // offered at once

/// Records of `type`, and of no other, that fit `words` as UnitView::Search says; "" fits all. A
/// type without `search` fields (a book of the unit) is looked through by its titles. Those changed
/// last first, at most kReferenceChoicesMax, and how many there are.
/// Errors: invalid (not UTF-8).
Result<UnitView::Found> FindChoices(PageCall& page, const RecordType& type,
                                    const std::string& words);
/// How many were found, and what to do where that is not the one.
std::string FoundWords(const PageCall& page, const std::string& words,
                       const UnitView::Found& found);
/// POST /form/{type}/choices with field and q: {choices: [{id, title}], said}.
Result<Answer> PostChoices(PageCall& page);

}  // namespace tram::client
