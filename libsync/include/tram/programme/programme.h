// Programme: what is recorded, as data. A TOML file names record types, fields, groups, code lists,
// labels (vi, en), slots, checks and indicators. Numbers are never reused; codes are retired, never
// removed. Fields are sealed unless marked clear.
// Format: libsync/docs/programme.md. Threads: immutable after Load.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tram/base/language.h"
#include "tram/base/result.h"
#include "tram/model/op.h"

namespace tram {

struct Label {
  std::string vi;
  std::string en;
  const std::string& In(Language language) const {
    return language == Language::kVietnamese ? vi : en;
  }
  friend bool operator==(const Label&, const Label&) = default;
};

enum class FieldType { kBool, kInt, kDecimal, kDate, kText, kCode, kSet, kRef };

struct CodeValue {
  std::uint32_t number = 0;
  std::string name;  // as in CSV files and SQL: "heroin"
  Label label;
  bool retired = false;
};

struct CodeList {
  std::string name;
  std::vector<CodeValue> values;
  const CodeValue* ByName(std::string_view name) const;
  const CodeValue* ByNumber(std::uint32_t number) const;
};

struct Field {
  std::uint32_t number = 0;  // 16 and above
  std::string name;
  FieldType type = FieldType::kText;
  bool clear = false;
  bool required = false;
  bool retired = false;
  /// Asked for on demand: forms put it behind "more".
  bool more = false;
  bool answer = false;      // of a type of the province: filled in by the unit
  std::uint32_t group = 0;  // lowest number in its group; its own number where it has none
  std::string group_name;
  std::optional<std::int64_t> min, max;  // int, decimal (whole), text length in characters
  std::uint8_t scale = 0;                // decimal: digits after the point
  std::string codes;                     // code, set: name of the list
  std::string refers_to;                 // ref: record type's name; "" for any record
  /// SQL over the row (Sandbox::PrepareRow); "" where none. A default gives what ParseValue takes.
  std::string visible_if, valid_if, default_value;
  Label label, help;
};

struct RecordType {
  std::uint32_t number = 0;  // 16 and above
  std::string name;
  std::string parent;  // record type's name; "" where it has none
  /// A person: has an erasable seed, under which all records below it are sealed.
  bool person = false;
  bool worker = false;  // authors of ops are records of this type
  /// Written by the province (the server's feed); a unit fills in the fields with `answer` only.
  bool of_province = false;
  /// SQL over the row, as visible_if: what a record is called in titles and lists; "" where none.
  std::string shown_as;
  std::string dated_by;             // a date field: its place in a person's time line
  std::vector<std::string> search;  // text fields by which a person is looked for
  std::string next;  // record type that is usually added below a new one; "" where none
  Label label, label_many;
  std::vector<Field> fields;  // in the order of the form
  const Field* ByName(std::string_view name) const;
  const Field* ByNumber(std::uint32_t number) const;
};

/// A planned follow-up of an episode; due dates are computed, never written.
struct Slot {
  std::string code;    // value of the slot field
  std::string anchor;  // field of the parent record that the months count from
  int months = 0;
  int early_days = 0, late_days = 0;  // the window around the due date
};
struct SlotPlan {
  std::string record, field, date_field, done_field;  // "followup", "slot", "date", "reached"
  std::vector<Slot> slots;
};

struct Check {
  std::string name;
  std::string record;        // the type that its findings are about
  std::string sql;           // SELECT id … : ids of records that look wrong, may use :as_of
  bool device_only = false;  // reads sealed fields
  bool by_person = false;    // as Indicator::by_person
  Label label;               // what is wrong, and what to do
};

/// Somebody has looked at what a check found, and it is right as it is: no finding any more, until
/// that is taken back. Both fields are clear.
struct Review {
  std::string record;       // "review"
  std::string about_field;  // ref: the record that was found
  std::string check_field;  // text: name of the check
};

/// A whole number, by which a worklist is ordered before all else.
inline constexpr const char* kRankColumn = "rank";

/// What is to be done, computed by a device for whoever opens it: whom to see, what is overdue.
struct Worklist {
  std::string name;
  std::string record;  // the type that its lines are about
  std::string add;     // record type whose form settles a line, below its record; "" where none
  /// SELECT id, due …: the record's id and a date ('' where there is none); a further column that
  /// is called as a field of `add` fills that field of the form. In order of the column
  /// kRankColumn, where there is one, of `due`, of `id`. May read sealed columns and use :as_of.
  std::string sql;
  bool urgent = false;     // shown above the others
  bool by_person = false;  // as Indicator::by_person
  Label label;             // "Quá hạn theo dõi"
  Label empty;             // what is said where no line is there
};

enum class IndicatorKind { kActivity, kPerson };
/// How rows add up and print. Every row is a sum over persons, so rows of parts simply add up.
/// count: the numerator's sum; with bins, one for each. rate: numerator / denominator; with bins,
/// one for each. survival: bin = day, numerator = events, denominator = leaving on that day (events
/// and censored). competing: bin = "<day>:<cause>" for events and "<day>" for those censored,
/// denominator = leaving in that bin, numerator = those of them with the event; `bins` are the
/// causes. states: bin = state, numerator = persons; exclusive and exhaustive, so that the cohort
/// is the sum over all bins. days: bin = a number of days, numerator = how many took it.
enum class IndicatorShape { kCount, kRate, kSurvival, kCompeting, kStates, kDays };

/// "count", "rate", "survival", "competing", "states", "days": as in programme files and JSON.
const char* ShapeName(IndicatorShape shape);

/// What a state says about the outcome. Where no bin of an indicator is a success, the states are a
/// mere distribution.
enum class Standing { kUnknown, kKnown, kSuccess };

struct Bin {
  std::string name;
  Label label;
  Standing standing = Standing::kUnknown;  // kSuccess is known, too
  friend bool operator==(const Bin&, const Bin&) = default;
};

/// Rows that several indicators read, made once for all of them: SQL reads them like a table. Clear
/// fields only; may read the ones before it.
struct Derived {
  std::string name;
  std::string sql;                       // one SELECT; its columns are the table's
  std::vector<std::string> keys;         // columns with an index
  std::set<std::string> constants = {};  // as those of an indicator
};

/// What persons are told apart by: rows of the stratum "<name>=<code>" count those with this code.
struct Dimension {
  std::string name;
  std::string record, field;  // a clear code field: labels come from its code list
};

struct Indicator {
  std::string name;
  IndicatorKind kind = IndicatorKind::kPerson;
  IndicatorShape shape = IndicatorShape::kCount;
  /// One statement: (period 'YYYY-MM' or '', stratum, bin, numerator, denominator), :as_of a date.
  std::string sql;
  std::vector<Bin> bins;  // in the order of tables
  /// Whether months add up to years. Not so where one person counts in each month anew.
  bool months_add = true;
  /// A rate that is no share: the numerator may exceed the denominator, and there is no interval.
  bool ratio = false;
  /// Each person's rows follow from his own records alone, and no two persons' from one another's:
  /// after a change only the persons concerned are counted again.
  bool by_person = false;
  /// Reads when records arrived: a device, which cannot know, leaves it out.
  bool server_only = false;
  /// Days after a period's end until every person in it can have his outcome.
  int matures_days = 0;
  Label label, definition;
  /// Names of the constants that its text (comments too) or that of the derived rows it reads
  /// names: printed with its tables.
  std::set<std::string> constants;
};

/// One row of an indicator.
struct IndicatorRow {
  std::string period, stratum, bin;
  std::int64_t numerator = 0, denominator = 0;
  friend auto operator<=>(const IndicatorRow&, const IndicatorRow&) = default;
};

/// An indicator's rows of one unit.
struct IndicatorFigures {
  std::string indicator;
  std::vector<IndicatorRow> rows;
};

inline constexpr int kMaturesDaysMax = 3660;
/// A table beside the record types': what the checks at the province have found, as derived rows of
/// (name of the check, id of the record).
inline constexpr const char* kFindingTable = "finding";

struct Constant {
  std::string name;
  std::int64_t value = 0;  // usable in SQL as :name
  Label label;
};

class Programme {
 public:
  /// Parses and checks; every expression is compiled. Errors: invalid: one line per problem, each
  /// "file:line: [record.field] what is wrong".
  static Result<std::shared_ptr<const Programme>> Load(std::string_view toml,
                                                       std::string_view file_name);

  std::string name;
  std::uint32_t version = 0;
  Label title;
  std::string text;  // the file as it was
  Digest digest;     // of the text
  std::vector<CodeList> code_lists;
  std::vector<RecordType> records;
  std::vector<SlotPlan> slot_plans;
  std::vector<Check> checks;
  std::optional<Review> review;
  std::vector<Worklist> worklists;
  std::vector<Derived> derived;
  std::vector<Dimension> dimensions;
  std::vector<Indicator> indicators;
  std::vector<Constant> constants;

  const RecordType* ByName(std::string_view record) const;
  const RecordType* ByNumber(std::uint32_t record) const;
  const CodeList* Codes(std::string_view list) const;
  const Indicator* IndicatorByName(std::string_view indicator) const;
};

/// One difference between two versions, and whether a unit may take it.
struct ProgrammeDifference {
  bool safe = true;      // units still on the old one lose nothing
  bool refused = false;  // unseals a field, reuses a number, removes a code: never taken
  std::string what;
};
std::vector<ProgrammeDifference> CompareProgrammes(const Programme& before, const Programme& after);

/// What a person or a CSV file wrote for a field: codes by name (retired ones are refused), dates
/// as dd/mm/yyyy or ISO, decimals brought to the field's scale. Empty text is null. A set is given
/// as names joined with '|': ParseSet, sorted and unique; retired ones too, for they may stay in a
/// set that holds them (UnitView::Validate knows). Errors: invalid ("field: what is wrong", and
/// what is allowed).
Result<Value> ParseValue(const Programme& programme, const Field& field, std::string_view text);
Result<std::vector<std::uint32_t>> ParseSet(const Programme& programme, const Field& field,
                                            std::string_view text);
/// "Giới tính: nam" for "sex=male", "tất cả" for "all"; a stratum that the programme does not know
/// comes back as it is.
std::string StratumLabel(const Programme& programme, const std::string& stratum, Language language);
/// The text of a value in CSV and SQL: codes by name, dates ISO, bools "1"/"0". Null is "".
std::string FieldText(const Programme& programme, const Field& field, const Value& value);

}  // namespace tram
