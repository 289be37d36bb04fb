// What a programme lets the province ask with, and what was asked in a unit, read from its records.
// The programme says it by what its types are made of, not by their names:
// libsync/docs/programme.md, "Records of the province".
// Threads: the owner's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/questions.h"
#include "tram/view/unit_view.h"

namespace tram::server {

/// The record type of a question, and its parts; they point into the programme.
struct QuestionForm {
  const RecordType* type = nullptr;
  const Field* about = nullptr;  // the record that is asked about
  const Field* text = nullptr;
  const Field* state = nullptr;
  std::uint32_t open = 0, closed = 0;  // codes of `state`
};
inline constexpr char kOpenState[] = "open";
inline constexpr char kClosedState[] = "closed";

/// The first type of the province below no other that has a clear reference, a clear text and a
/// clear code with the values `open` and `closed`, each a field of its own that is no answer.
std::optional<QuestionForm> QuestionFormOf(const Programme& programme);

/// A question as it stands in a unit.
struct Question {
  RecordView record;
  std::optional<RecordId> about;
  std::string text;
  QuestionStanding standing = QuestionStanding::kWaiting;
};
/// Errors: not_found (it is no question).
Result<Question> FindQuestion(const UnitView& view, const QuestionForm& form, const RecordId& id);
/// In order of creation.
Result<std::vector<Question>> QuestionsIn(const UnitView& view, const QuestionForm& form);

/// Where the unit's questions stand, for the table; none where the programme asks nothing.
Result<std::vector<AskedQuestion>> AskedIn(const UnitView& view);

/// The indicator that counts what each check finds: its bins are checks. Nothing: there is none.
const Indicator* FindingsIndicator(const Programme& programme);

}  // namespace tram::server
