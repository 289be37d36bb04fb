// Records, values and authors in the words of pages.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <vector>

#include "web/page.h"

namespace tram::client {

/// What a record is called.
std::string TitleOf(const PageCall& page, const RecordId& record);
/// {title, type, href} of a record.
Json RecordLink(const PageCall& page, const RecordId& record);
/// A value as a person reads it: codes by label, dates as 22/11/2026, references by title. Null is
/// "".
std::string ValueWords(const PageCall& page, const Field& field, const Value& value);
/// The same, and "(để trống)" where nothing stands there: for values side by side.
std::string ValueOrEmptyWords(const PageCall& page, const Field& field, const Value& value);
std::string CodeWords(const PageCall& page, const Field& field, std::uint32_t number);
/// {who, when, device}.
Json WrittenBy(const PageCall& page, const Provenance& by);
/// The same in one line.
std::string WrittenByLine(const PageCall& page, const Provenance& by);
/// Every op that a page was drawn from, in one field of its form.
std::string SeenText(std::vector<OpId> ops);
/// The record whose page shows this one: its person's, or itself.
RecordId PageOf(const PageCall& page, const RecordId& record);
/// "/record/<id>?saved=<op>" of that page; without the query where nothing was written.
std::string SavedPath(const PageCall& page, const Saved& saved);

}  // namespace tram::client
