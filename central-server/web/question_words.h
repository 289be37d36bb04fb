// What of a flagged record the province is shown, in words: the clear fields that the check reads,
// of the record and of those above it, and nothing else.
// Threads: the owner's.
#pragma once

#include <string>

#include "tram/base/language.h"
#include "tram/view/unit_view.h"
#include "web/page.h"

namespace tram::server {

/// The first digits of a record's id: what the unit's pages call it where they may not name
/// anybody.
std::string ShortCode(const RecordId& record);

/// A value as a person reads it: codes by their label, dates as dd/mm/yyyy.
std::string ValueWords(const Programme& programme, const FieldView& field, Language language);

/// One part for the record and each above it of which the check reads something:
/// {name, fields: [{label, text, conflict}]}. Errors: not_found | invalid.
Result<Json> WhatTheCheckRead(const UnitView& view, const Check& check, const RecordId& record,
                              Language language);

/// Without blanks at both ends; line ends as '\n'.
std::string TrimmedLines(std::string_view text);

}  // namespace tram::server
