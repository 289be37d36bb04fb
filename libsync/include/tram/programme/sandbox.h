// The tables of a programme in an in-memory SQLite, and the rules under which its expressions run.
//
// One table per record type, named as the type: id TEXT (hex) PRIMARY KEY, parent TEXT, author
// TEXT, device TEXT, created_ms INTEGER, changed_ms INTEGER, conflict INTEGER (0/1), arrived_on
// TEXT (the date on which it reached the server; NULL on a device), then one column per field:
// codes by name, dates as 'YYYY-MM-DD' text, bools 0/1, decimals REAL, sets as
// '|a|b|' (NULL where empty), refs as hex. Deleted and merged records are not in the tables. Sealed
// columns are NULL where the key is not there. Each table has an index on parent and the field that
// dates it. Reading runs under an authorizer: SELECT only, the programme's tables only; in kClear
// mode sealed columns are refused; SQLite's date functions are gone, ours know no "now": days(date)
// → integer, date_of(days) → text, add_days(date, n), add_months(date, n), month_of(date) →
// 'YYYY-MM', month_end(date), age_years(from, to), has(set, element) (0 if empty), fold(text); NULL
// in, NULL out; a text that is no date is an error. No random, no recursion; limits on steps, rows
// and memory. Parameters: :as_of, :from, :to and the programme's constants. Threads: as
// SqlDatabase.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "tram/programme/programme.h"
#include "tram/programme/sql.h"

namespace tram {

enum class SandboxMode {
  kTrusted,  // our own statements: all is allowed
  kSealed,   // the programme's or a user's, where the key is: reading every column
  kClear,    // indicators and checks at the province: sealed columns are refused
};

class Sandbox {
 public:
  /// Creates the tables, those of derived rows too. Errors: invalid (a programme that does not
  /// compile).
  static Result<std::unique_ptr<Sandbox>> Create(const Programme& programme);
  /// Without those of derived rows, for a loader that says of each what is wrong with it.
  static Result<std::unique_ptr<Sandbox>> CreateTables(const Programme& programme);
  /// The table of one of the programme's derived rows; its statement may read those added before.
  /// Errors: invalid.
  Status AddDerived(const Derived& derived);

  SqlDatabase& database() { return *database_; }
  /// Rows written so far, derived ones too: while it is the same, so is what is read.
  std::int64_t Changes() const;
  struct Window {
    Date as_of, from, to;
  };
  /// Prepares one SELECT under the rules of `mode`; binds the constants, and :as_of, :from and :to
  /// as ISO dates; other parameters are refused. Errors: invalid (names what is not allowed, or
  /// SQLite's words).
  Result<SqlStatement> Prepare(const std::string& sql, SandboxMode mode, const Window& window);
  /// As Prepare, for the programme's own statements, which run again and again: compiled once, kept
  /// by text and mode, reset and bound anew. One use at a time; whoever stops before its last row
  /// resets it. Errors: as Prepare.
  Result<SqlStatement*> Kept(const std::string& sql, SandboxMode mode, const Window& window);
  /// Makes the derived rows anew from what the tables hold now, where that has changed. Errors:
  /// invalid (the rows are as they were).
  Status Derive(const Window& window);
  /// The tables that the statement prepared last reads, under the rules of whatever mode.
  const std::set<std::string>& TablesRead() const;
  /// The same of columns: (table, column), `id` and `parent` among them.
  const std::set<std::pair<std::string, std::string>>& ColumnsRead() const;
  /// SELECT of one value: a visible_if, valid_if or default over a row that need not be in the
  /// tables. In the expression the row's columns stand under their names, qualified by the type's
  /// name where a subquery hides them: (SELECT intake_date FROM episode WHERE id = session.parent).
  /// The caller binds RowParameter(column) for id, parent and each field; unbound ones are NULL.
  /// Errors: as Prepare.
  Result<SqlStatement> PrepareRow(const RecordType& type, const std::string& expression,
                                  SandboxMode mode, const Window& window);
  /// The same, kept as by Kept. What was bound for a row stays until it is bound anew: whoever
  /// binds takes it away again. Errors: as Prepare.
  Result<SqlStatement*> KeptRow(const RecordType& type, const std::string& expression,
                                SandboxMode mode, const Window& window);
  /// ":row_" and the column's name, for BindNamed.
  static std::string RowParameter(const std::string& column);
  /// Our own statements, outside the rules.
  Result<SqlStatement*> Trusted(const std::string& sql);

  ~Sandbox();

 private:
  Sandbox();
  void AddFindings(const Programme& programme);
  Result<SqlStatement> PrepareUnder(const std::string& sql, SandboxMode mode, const Window& window,
                                    bool row);
  /// One that is kept, made where there is none yet.
  Result<SqlStatement*> KeptUnder(const std::string& sql, SandboxMode mode, const Window& window,
                                  bool row);
  struct State;
  std::unique_ptr<State> state_;  // before the database: its authorizer points here
  std::unique_ptr<SqlDatabase> database_;
  std::map<std::pair<SandboxMode, std::string>, SqlStatement> kept_;  // after it: they need it
};

}  // namespace tram
