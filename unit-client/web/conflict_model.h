// What the pages of conflicts show and read: candidates side by side, and a value of one's own.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <vector>

#include "web/page.h"

namespace tram::client {

/// The controls of a form begin so; a field's name follows.
inline constexpr std::string_view kOwnValue = "own.";
inline constexpr char kOwnChoice[] = "own";  // instead of a candidate's op

/// One line for each of the fields that conflict together: {label, value}.
Json CandidateLines(const PageCall& call, const std::vector<const FieldView*>& fields,
                    const CandidateView& candidate);
/// The controls for a value of one's own, filled in with what was posted, else with what the
/// candidates agree on, and texts with all of theirs.
Json OwnControls(const PageCall& call, const std::vector<const FieldView*>& fields, bool posted);
/// What conflicts, by label: "Điện thoại".
std::string GroupLabel(const PageCall& call, const std::vector<const FieldView*>& fields);
/// Whether every field can be typed: references are chosen among the candidates.
bool CanBeTyped(const std::vector<const FieldView*>& fields);
/// "name=value" for each control.
std::vector<std::string> TypedTexts(const PageCall& call,
                                    const std::vector<const FieldView*>& fields);
/// "field: what is wrong" a line, beside its controls; returns them all as {text, href}.
Json PutErrors(const PageCall& call, const std::vector<const FieldView*>& fields,
               const std::string& message, Json& controls);

}  // namespace tram::client
