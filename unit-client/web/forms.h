// A record's form between the programme, the record and what a browser sends: which fields it has,
// what stands in them, what stood there when it was drawn, and what each was drawn from.
//
// Names in the HTML form, for field F: f.F what is typed (a set: repeated, codes by name), was.F
// what stood there when it was drawn (a set: names joined by '|'), from.F the ops that it was drawn
// from (hex, joined by ','), q.F what is looked for among the records that it may refer to, wasq.F
// what was looked for when it was drawn. Besides: form, its own path, which names its draft too;
// record or parent; reason, why a record is corrected; what to do: go=next, go=save or go=enter
// (the Enter key), find=F, or not_same, the persons who are not the one that is being registered,
// and then=next. Threads: the thread that owns the device.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "web/record_words.h"

namespace tram::client {

/// The button that looks for records, and in a query where they were looked for: a field's name.
inline constexpr char kFind[] = "find";
/// Of a new record's form: the worklist whose line fills in what may stand in no address. No field
/// is called so.
inline constexpr char kFromList[] = "from-list";

/// Whether a browser may keep what is filled into this field in its history, with the address:
/// clear, and a code or an id.
bool MayStandInAddress(const Field& field);

struct FormField {
  const Field* field = nullptr;
  std::string typed;       // what stands in the input; of a set names joined by '|'
  std::string was;         // the same when the form was drawn
  std::vector<OpId> from;  // what that was drawn from
  std::string words;       // looked for among the records that it may refer to
  std::string error;       // in the person's language; "" where nothing is wrong
  bool conflict = false;
};

struct FilledForm {
  const RecordType* type = nullptr;
  std::optional<RecordId> record;  // that is edited; nothing: a new one
  std::optional<RecordId> parent;  // of either
  std::string path;                // where it is opened: "/record/<id>/edit"
  std::vector<FormField> fields;   // in the programme's order
  /// Asked for is only what this group holds; the rest stands as the record has it. So does what
  /// the province wrote.
  std::optional<std::uint32_t> group;
  std::vector<std::string> problems;  // of no single field that is asked for
  std::vector<RecordId> same;         // seem to be the person that is being typed
  std::string reason, reason_error;   // why a record is corrected, and what is wrong with that
  bool sealed_unread = false;

  bool wrong() const;
  bool Asks(const Field& field) const;
  /// What settles a conflict corrects nothing.
  bool AsksWhy() const { return record && !group; }
};

struct RowValues {
  std::map<std::uint32_t, Value> values;
  std::map<std::uint32_t, std::vector<std::uint32_t>> sets;
};

// --- form_values.cc: what is in a form ---

/// A new record's: defaults of the programme, then what `given` (a query) says by field, as in CSV,
/// where that may stand in an address, and the line of the worklist that it names, where there is
/// one still. `given` holds the parent. Errors: invalid (no parent where the type has one) |
/// not_found.
Result<FilledForm> NewForm(PageCall& page, const RecordType& type, const HttpFields& given);
/// Errors: not_found | invalid (the record is deleted).
Result<FilledForm> EditForm(PageCall& page, const RecordId& record);
/// The form that `posted` comes from, with what is typed in it. Errors: as the two above.
Result<FilledForm> PostedForm(PageCall& page, const HttpFields& posted, const RecordType& type);
/// Takes what was typed, what stood there and what it was drawn from.
void TakeTyped(FilledForm& form, const HttpFields& posted);
/// The field among whose records somebody looks, by what was posted: by its button, or by the Enter
/// key after typing there. "" where nobody does.
std::string LooksIn(const PageCall& page, const FilledForm& form);
/// What of a posted form a draft keeps; nothing where nothing in it differs from what was drawn.
std::optional<HttpFields> DraftFields(const HttpFields& posted);

/// The values of everything typed. What cannot be read is null, and said beside its field.
RowValues ReadTyped(PageCall& page, FilledForm& form);
/// What Save takes: of a record that exists, only what the person changed, with its parents.
RecordForm ToSave(PageCall& page, const FilledForm& form, const RowValues& row);
/// Fields that do not belong there by what is typed: what the programme's visible_if hides, but for
/// old values that nobody touched. Errors: those of UnitView::Hidden.
Result<std::set<std::uint32_t>> HiddenFields(PageCall& page, const FilledForm& form,
                                             const RowValues& row);
/// Says so beside each of them that somebody filled in. Errors: as HiddenFields.
Status AddHiddenProblems(PageCall& page, FilledForm& form, const RowValues& row);
/// "name: what is wrong", as UnitView::Validate and UnitDevice::Save have it, beside each field.
void PutProblems(const PageCall& page, FilledForm& form, const std::vector<std::string>& problems);
/// Says beside each field what the programme's rules have against it. Errors: as
/// UnitView::Validate.
Status AddProblems(PageCall& page, FilledForm& form, const RowValues& row);

// --- form_fields.cc: how it is drawn ---

/// The model of templates/form.html: fields and more. Errors: those of UnitView.
Result<Json> FieldsModel(PageCall& page, const FilledForm& form);

}  // namespace tram::client
