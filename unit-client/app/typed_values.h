// Values as a person types and reads them in a form: dates as 22/11/2026, decimals with a comma or
// a point, and what is wrong with them in his language. Knows nothing of pages.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/output.h"

namespace tram::client {

/// "22/11/2026".
std::string TypedDate(Date date);
/// dd/mm/yyyy, d/m/yy, ddmmyyyy or YYYY-MM-DD; '.' and '-' part as '/' does. A year of two digits
/// is the one that lies at most 20 years after `today`, or before it. Errors: invalid.
Result<Date> ParseTypedDate(std::string_view text, Date today);

/// What stands in the input of a value: codes by name, references in hex. Null is "".
std::string TypedText(const Programme& programme, const Field& field, const Value& value,
                      Language language);
/// The value of what was typed; line ends become '\n', space around it goes. Empty is null.
/// Errors: invalid (one sentence in the person's language, without the field's name).
Result<Value> ParseTyped(const Output& out, const Programme& programme, const Field& field,
                         std::string_view text, Date today);
/// The value of a text that TypedText gave: a code that is retired, or that a newer programme
/// knows ("#7"), too. Errors: invalid.
Result<Value> ParseHeld(const Output& out, const Programme& programme, const Field& field,
                        std::string_view text, Date today);
/// As browsers and people change a text without meaning to: line ends, space around it.
std::string Tidy(std::string_view text);

}  // namespace tram::client
