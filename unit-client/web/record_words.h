// Records, values and authors in the words of pages.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/page.h"

namespace tram::client {

inline constexpr std::size_t kReasonBytesMax = 2000;  // some 500 characters

/// What a record is called.
std::string TitleOf(const PageCall& page, const RecordId& record);
/// Whether a type's records say of a finding that it is right (Programme::review).
bool IsReview(const PageCall& page, const RecordType& type);
/// Of a review the words of the check that `text` names: its name in the programme says nothing to
/// people. Else `text`.
std::string CheckWords(const PageCall& page, const RecordType& type, const std::string& text);
/// The same, after its person where it is of one: "Lê Thị Hoa (1990) · 22/05/2026".
std::string FullTitleOf(const PageCall& page, const RecordId& record);
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
/// Ops that a page was drawn from, in one field of its form: joined by ','; what is no id is left
/// out when they are read.
std::string OpsText(const std::vector<OpId>& ops);
std::vector<OpId> ParseOps(std::string_view text);
/// What is wrong with why a record is deleted, as Tidy gave it; "" where it will do.
std::string ReasonProblem(const PageCall& page, std::string_view reason);
/// The same of a reason that may be left out: why a record is corrected.
std::string ReasonTooLong(const PageCall& page, std::string_view reason);
/// A reason as it lies in a record, as it is read: what the program gave by itself is said in the
/// person's language.
std::string ReasonWords(const PageCall& page, const std::string& reason);
/// Why the change `op` of this record was made; "" where nothing was said, or a later change of
/// that field has taken its place.
std::string ReasonOf(const PageCall& page, const RecordView& record, const OpId& op);
/// The record whose page shows this one: its person's, or itself.
RecordId PageOf(const PageCall& page, const RecordId& record);
/// "/record/<id>?saved=<op>" of that page; without the query where nothing was written.
std::string SavedPath(const PageCall& page, const Saved& saved);

}  // namespace tram::client
