// What only a person can settle: conflicts (with both values, who, when, on which device) and what
// the programme's checks find, also what is right as it is (app/reviews.h).
// Threads: the thread that owns the device.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/verb.h"

namespace tram::client {

struct ResolveOptions {
  std::string id;
  /// Or a group's name, "parent", "merged_into"; a check's with `finding`; "" with `deletion`.
  std::string field;
  /// One of the four:
  std::optional<std::size_t> keep;  // number of a candidate, from 1
  std::vector<std::string> values;  // "value" for the field, or "field=value" for several
  enum class Deletion { kNone, kDelete, kKeepRecord } deletion = Deletion::kNone;
  enum class Finding { kNone, kRight, kReopen } finding = Finding::kNone;
  std::string reason;  // of the deletion; why a finding is right as it is
};

/// The fields that conflict together, sets aside. They point into `record`.
std::vector<const FieldView*> GroupFields(const RecordView& record, std::uint32_t group);
/// The values that keeping the `keep`-th candidate writes. Errors: invalid (no such candidate).
Result<std::map<std::uint32_t, Value>> ChosenCandidate(Call& call,
                                                       const std::vector<const FieldView*>& fields,
                                                       std::size_t keep);
/// The values that were typed, as ResolveOptions has them. Errors: invalid | not_found.
Result<std::map<std::uint32_t, Value>> TypedValues(Call& call, const RecordView& record,
                                                   const std::vector<const FieldView*>& fields,
                                                   const std::vector<std::string>& typed);
/// Settles what `record` showed: a value that came after it was read stays in conflict.
/// Errors: not_found (no conflict there) | those of UnitDevice::Save.
Result<Saved> SettleFields(Call& call, const RecordView& record,
                           const std::vector<const FieldView*>& fields,
                           const std::map<std::uint32_t, Value>& values);
/// Errors: not_found (there is no conflict about its deletion) | those of UnitDevice::Delete.
Result<Saved> SettleDeletion(Call& call, const RecordView& record, ResolveOptions::Deletion choice,
                             const std::string& reason);

/// Where a record stands, or what it was merged into, where several say differently: kFieldParent
/// or kFieldMergedInto. Nothing where nobody disagrees. It points into `record`.
const FieldView* PlacesOf(const RecordView& record, std::uint32_t group);
/// Keeps the place of one of PlacesOf's candidates. Errors: invalid (no record may stand there; one
/// line per problem) | not_found (no conflict there; the place is not here) | those of Save.
Result<Saved> SettlePlace(Call& call, const RecordView& record, std::uint32_t group,
                          const CandidateView& kept);

Status ListConflicts(Call& call);
/// Errors: not_found (no conflict there) | invalid.
Status ResolveConflict(Call& call, const ResolveOptions& options);

}  // namespace tram::client
