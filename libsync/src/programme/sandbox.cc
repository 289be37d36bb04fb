#include "tram/programme/sandbox.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <utility>

#include "programme/sandbox_functions.h"
#include "tram/programme/table_sql.h"

namespace tram {
namespace {

// About three seconds of SQLite's machine; an indicator over a unit's ten years takes a hundredth.
constexpr std::int64_t kStepsMax = 200'000'000;
constexpr std::int64_t kRowsMax = 200'000;

std::string ColumnType(FieldType type) {
  switch (type) {
    case FieldType::kBool:
    case FieldType::kInt:
      return "INTEGER";
    case FieldType::kDecimal:
      return "REAL";
    default:
      return "TEXT";
  }
}

std::string CreateTable(const RecordType& type) {
  std::string sql = "CREATE TABLE " + Quoted(type.name) +
                    " (id TEXT PRIMARY KEY NOT NULL, parent TEXT, author TEXT, device TEXT, "
                    "created_ms INTEGER, changed_ms INTEGER, conflict INTEGER NOT NULL DEFAULT 0, "
                    "arrived_on TEXT";
  for (const Field& field : type.fields) {
    sql += ", " + Quoted(field.name) + " " + ColumnType(field.type);
  }
  // What is below a record is mostly asked for by its date: the last session, the next visit.
  const std::string dated =
      type.ByName(type.dated_by) == nullptr ? "" : ", " + Quoted(type.dated_by);
  return sql + "); CREATE INDEX " + Quoted(type.name + " by parent") + " ON " + Quoted(type.name) +
         "(parent" + dated + ", created_ms, id);";
}

/// One expression over a row whose columns are parameters.
std::string RowSelect(const RecordType& type, const std::string& expression) {
  std::string columns;
  auto add = [&](const std::string& column) {
    columns +=
        (columns.empty() ? "" : ", ") + Sandbox::RowParameter(column) + " AS " + Quoted(column);
  };
  for (const char* column : kOwnColumns) add(column);
  for (const Field& field : type.fields) add(field.name);
  // The line break ends a comment in the expression.
  return "SELECT (" + expression + "\n) FROM (SELECT " + columns + ") AS " + Quoted(type.name);
}

Status CheckOneValue(const SqlStatement& statement) {
  if (statement.ColumnCount() == 1) return {};
  return MakeError(ErrorCode::kInvalid, "one value is wanted here, not several");
}

void SetLimits(sqlite3* database) {
  constexpr std::pair<int, int> kLimits[] = {
      {SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024}, {SQLITE_LIMIT_SQL_LENGTH, 200'000},
      {SQLITE_LIMIT_EXPR_DEPTH, 200},          {SQLITE_LIMIT_COMPOUND_SELECT, 50},
      {SQLITE_LIMIT_FUNCTION_ARG, 30},         {SQLITE_LIMIT_ATTACHED, 0},
      {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
      {SQLITE_LIMIT_WORKER_THREADS, 0}};
  for (auto [limit, value] : kLimits) sqlite3_limit(database, limit, value);
  // "name" is a column or an error, never a text: a misspelt column must not pass as a constant.
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

}  // namespace

struct Sandbox::State {
  SandboxMode mode = SandboxMode::kTrusted;
  std::string refused;  // what the authorizer said no to, in words
  std::set<std::string> tables_read;
  std::set<std::pair<std::string, std::string>> columns_read;
  std::map<std::string, std::map<std::string, bool>, std::less<>> columns;  // true: sealed
  std::vector<Constant> constants;
  std::vector<std::string> derived;  // statements that make the derived rows, in order
  // What the derived rows were last made for; nothing where they may have been undone since.
  std::optional<Window> derived_for;
  std::int64_t derived_at = 0;  // changes of rows until then

  int Refuse(std::string what) {
    if (refused.empty()) refused = std::move(what);
    return SQLITE_DENY;
  }

  int Read(std::string_view table, std::string_view column) {
    auto found = columns.find(table);
    if (found == columns.end()) {
      // SQLite names a WITH table here too, with no column, where only its rows are counted.
      bool internal = table.starts_with("sqlite_") || table.starts_with("pragma_");
      if (column.empty() && !internal) return SQLITE_OK;
      return Refuse("there is no table " + std::string(table) + " to read here");
    }
    tables_read.insert(found->first);
    if (column.empty()) return SQLITE_OK;
    auto sealed = found->second.find(std::string(column));
    std::string name = std::string(table) + "." + std::string(column);
    if (sealed == found->second.end()) return Refuse(name + " cannot be read here");
    if (sealed->second && mode == SandboxMode::kClear) {
      return Refuse(name + " is sealed: it cannot be read here");
    }
    columns_read.emplace(table, column);
    return SQLITE_OK;
  }

  static int Authorize(void* self, int action, const char* first, const char* second, const char*,
                       const char*) {
    auto& state = *static_cast<State*>(self);
    if (state.mode == SandboxMode::kTrusted) return SQLITE_OK;
    auto text = [](const char* c) { return c == nullptr ? std::string_view() : c; };
    switch (action) {
      case SQLITE_SELECT:
        return SQLITE_OK;
      case SQLITE_READ:
        return state.Read(text(first), text(second));
      case SQLITE_FUNCTION:
        if (IsSandboxFunction(text(second))) return SQLITE_OK;
        return state.Refuse("the function " + std::string(text(second)) + " is not allowed here");
      case SQLITE_RECURSIVE:
        return state.Refuse("a recursive WITH is not allowed here");
      default:
        return state.Refuse("only reading (SELECT) is allowed here");
    }
  }

  /// Constants and the window; names a parameter that nobody would bind.
  Status BindWindow(SqlStatement& statement, const Window& window, bool row) const {
    for (int i = 1; i <= statement.ParameterCount(); ++i) {
      std::string name = statement.ParameterName(i);
      if (name == ":as_of" || name == ":from" || name == ":to") {
        Date date = name == ":as_of" ? window.as_of : name == ":from" ? window.from : window.to;
        statement.Bind(i, std::string_view(IsoDate(date)));
        continue;
      }
      if (row && name.starts_with(":row_")) continue;
      bool bound = false;
      for (const Constant& constant : constants) {
        if (name != ":" + constant.name) continue;
        statement.Bind(i, constant.value);
        bound = true;
      }
      if (!bound) {
        return MakeError(ErrorCode::kInvalid,
                         "there is no parameter " + (name.empty() ? std::string("?") : name) +
                             ": there are :as_of, :from, :to and the constants");
      }
    }
    return {};
  }
};

Sandbox::Sandbox() : state_(std::make_unique<State>()) {}
Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>> Sandbox::Create(const Programme& programme) {
  TRAM_ASSIGN(std::unique_ptr<Sandbox> sandbox, CreateTables(programme));
  for (const Derived& derived : programme.derived) {
    if (Status added = sandbox->AddDerived(derived); !added) {
      return MakeError(added.error().code,
                       "derived " + derived.name + ": " + added.error().message);
    }
  }
  return sandbox;
}

Result<std::unique_ptr<Sandbox>> Sandbox::CreateTables(const Programme& programme) {
  std::unique_ptr<Sandbox> sandbox(new Sandbox);
  TRAM_ASSIGN(sandbox->database_, SqlDatabase::OpenMemory());
  SqlDatabase& database = *sandbox->database_;
  State& state = *sandbox->state_;
  state.constants = programme.constants;
  // Before the schema is written: SQLite's double-quoted texts are switched off for it as well.
  SetLimits(database.raw());
  if (!AddSandboxFunctions(database.raw())) {
    return MakeError(ErrorCode::kIo, "there is not enough memory for the tables");
  }
  for (const RecordType& type : programme.records) {
    TRAM_TRY(database.Execute(CreateTable(type)));
    auto& columns = state.columns[type.name];
    for (const char* column : kOwnColumns) columns[column] = false;
    for (const Field& field : type.fields) columns[field.name] = !field.clear;
  }
  TRAM_TRY(database.Execute("CREATE TABLE " + Quoted(kFindingTable) + " (name TEXT, id TEXT)"));
  state.columns[kFindingTable] = {{"name", false}, {"id", false}};
  sqlite3_set_authorizer(database.raw(), &State::Authorize, &state);
  sandbox->AddFindings(programme);
  return sandbox;
}

void Sandbox::AddFindings(const Programme& programme) {
  const auto reads = [](const auto& figures) {
    return figures.sql.find(kFindingTable) != std::string::npos;
  };
  if (std::none_of(programme.indicators.begin(), programme.indicators.end(), reads) &&
      std::none_of(programme.derived.begin(), programme.derived.end(), reads)) {
    return;
  }
  const std::string table = Quoted(kFindingTable);
  state_->derived.push_back("DELETE FROM " + table);
  for (const Check& check : programme.checks) {
    if (check.device_only) continue;  // figures are the same with and without the key
    state_->derived.push_back("INSERT INTO " + table + " SELECT DISTINCT '" + check.name +
                              "', * FROM (" + FindingsSql(programme, check) + ")");
  }
}

Status Sandbox::AddDerived(const Derived& derived) {
  // Under the rules of indicators; what it gives is then read like a table of clear columns.
  TRAM_ASSIGN(SqlStatement select, PrepareUnder(derived.sql, SandboxMode::kClear, {}, false));
  std::string names;
  std::map<std::string, bool>& columns = state_->columns[derived.name];
  for (int i = 0; i < select.ColumnCount(); ++i) {
    const std::string name = select.ColumnName(i);
    if (!columns.emplace(name, false).second) {
      return MakeError(ErrorCode::kInvalid, "two columns are named " + name);
    }
    names += (names.empty() ? "" : ", ") + Quoted(name);
  }
  std::string sql = "CREATE TABLE " + Quoted(derived.name) + " (" + names + ")";
  TRAM_TRY(database_->Execute(sql));
  for (const std::string& key : derived.keys) {
    if (columns.count(key) == 0) {
      return MakeError(ErrorCode::kInvalid, "`keys` names `" + key + "`, which is no column of it");
    }
    TRAM_TRY(database_->Execute("CREATE INDEX " + Quoted(derived.name + " by " + key) + " ON " +
                                Quoted(derived.name) + "(" + Quoted(key) + ")"));
  }
  state_->derived.push_back("DELETE FROM " + Quoted(derived.name));
  state_->derived.push_back("INSERT INTO " + Quoted(derived.name) + " " + derived.sql);
  return {};
}

Result<SqlStatement*> Sandbox::Kept(const std::string& sql, SandboxMode mode,
                                    const Window& window) {
  return KeptUnder(sql, mode, window, false);
}

Result<SqlStatement*> Sandbox::KeptUnder(const std::string& sql, SandboxMode mode,
                                         const Window& window, bool row) {
  auto found = kept_.find({mode, sql});
  if (found == kept_.end()) {
    TRAM_ASSIGN(SqlStatement prepared, PrepareUnder(sql, mode, window, row));
    return &kept_.emplace(std::pair(mode, sql), std::move(prepared)).first->second;
  }
  SqlStatement& statement = found->second;
  statement.Reset();
  if (mode != SandboxMode::kTrusted) statement.Limit(kStepsMax, kRowsMax);
  TRAM_TRY(state_->BindWindow(statement, window, row));
  return &statement;
}

std::int64_t Sandbox::Changes() const { return sqlite3_total_changes64(database_->raw()); }

Status Sandbox::Derive(const Window& window) {
  const auto is_made = [&] {
    return state_->derived_for && state_->derived_for->as_of == window.as_of &&
           state_->derived_for->from == window.from && state_->derived_for->to == window.to &&
           state_->derived_at == Changes();
  };
  if (is_made()) return {};
  state_->derived_for.reset();
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(*database_));
  for (const std::string& sql : state_->derived) {
    TRAM_ASSIGN(SqlStatement * statement, database_->Cached(sql));
    statement->Limit(kStepsMax, kRowsMax);
    TRAM_TRY(state_->BindWindow(*statement, window, false));
    TRAM_TRY(statement->Run());
  }
  TRAM_TRY(transaction.Commit());
  // Within a transaction that may still be undone they would have to be made again.
  if (sqlite3_get_autocommit(database_->raw()) != 0) {
    state_->derived_for = window;
    state_->derived_at = Changes();
  }
  return {};
}

Result<SqlStatement> Sandbox::PrepareUnder(const std::string& sql, SandboxMode mode,
                                           const Window& window, bool row) {
  state_->mode = mode;
  state_->refused.clear();
  state_->tables_read.clear();
  state_->columns_read.clear();
  Result<SqlStatement> prepared = database_->Prepare(sql);
  state_->mode = SandboxMode::kTrusted;
  if (!prepared) {
    if (state_->refused.empty()) return prepared;
    return MakeError(ErrorCode::kInvalid, std::exchange(state_->refused, {}));
  }
  if (mode != SandboxMode::kTrusted) {
    if (prepared->ColumnCount() == 0 || prepared->IsExplain()) {
      return MakeError(ErrorCode::kInvalid, "only reading (SELECT) is allowed here");
    }
    prepared->Limit(kStepsMax, kRowsMax);
  }
  TRAM_TRY(state_->BindWindow(*prepared, window, row));
  return prepared;
}

Result<SqlStatement> Sandbox::Prepare(const std::string& sql, SandboxMode mode,
                                      const Window& window) {
  return PrepareUnder(sql, mode, window, false);
}

Result<SqlStatement> Sandbox::PrepareRow(const RecordType& type, const std::string& expression,
                                         SandboxMode mode, const Window& window) {
  TRAM_ASSIGN(SqlStatement statement,
              PrepareUnder(RowSelect(type, expression), mode, window, true));
  TRAM_TRY(CheckOneValue(statement));
  return statement;
}

Result<SqlStatement*> Sandbox::KeptRow(const RecordType& type, const std::string& expression,
                                       SandboxMode mode, const Window& window) {
  TRAM_ASSIGN(SqlStatement * statement, KeptUnder(RowSelect(type, expression), mode, window, true));
  TRAM_TRY(CheckOneValue(*statement));
  return statement;
}

const std::set<std::string>& Sandbox::TablesRead() const { return state_->tables_read; }

const std::set<std::pair<std::string, std::string>>& Sandbox::ColumnsRead() const {
  return state_->columns_read;
}

std::string Sandbox::RowParameter(const std::string& column) { return ":row_" + column; }

Result<SqlStatement*> Sandbox::Trusted(const std::string& sql) { return database_->Cached(sql); }

}  // namespace tram
