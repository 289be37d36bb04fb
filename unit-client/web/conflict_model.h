// What the pages of conflicts show and read: candidates side by side, and a form for a value of
// one's own, drawn and read as every form is (forms.h).
// Threads: the thread that owns the device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "web/forms.h"

namespace tram::client {

inline constexpr char kOwnChoice[] = "own";  // instead of a candidate's op

/// "/record/<id>/conflict/<group>".
std::string ConflictPath(const RecordId& record, std::uint32_t group);
/// What conflicts, by label: "Điện thoại".
std::string GroupLabel(const PageCall& call, const std::vector<const FieldView*>& fields);
/// Every value with its writer, the posted choice chosen: {op, lines, by, chosen} each.
Json CandidatesModel(const PageCall& call, const std::vector<const FieldView*>& fields);
/// The same of places (PlacesOf): records, with the person to whom they belong.
Json PlacesModel(const PageCall& call, const RecordView& record, std::uint32_t group,
                 const FieldView& places);
/// The candidate that was posted as the choice; nothing where it is none.
const CandidateView* ChosenOf(const PageCall& call, const std::vector<CandidateView>& candidates);

/// For a value of one's own: what was typed, else what all candidates say, and texts with all of
/// theirs. Errors: those of EditForm.
Result<FilledForm> OwnForm(PageCall& call, const RecordView& record,
                           const std::vector<const FieldView*>& fields);

/// "{href, label, what}" for a page's list of problems.
Json ProblemModel(const std::string& href, const std::string& what);

}  // namespace tram::client
