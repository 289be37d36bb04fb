#include "programme/draft.h"
#include "tram/programme/sandbox.h"

namespace tram {
namespace {

constexpr int kIndicatorColumns = 5;  // period, stratum, bin, numerator, denominator

/// Also runs it on the empty tables: some mistakes (a date in quotes that is none) show only then.
Status Try(Result<SqlStatement> prepared, int columns) {
  if (!prepared) return prepared.error();
  if (prepared->ColumnCount() != columns) {
    return MakeError(ErrorCode::kInvalid, "it gives " + std::to_string(prepared->ColumnCount()) +
                                              " columns, not " + std::to_string(columns));
  }
  return prepared->Run();
}

/// One value over a row of the type.
Status TryOverRow(Sandbox& sandbox, const RecordType& type, const std::string& expression,
                  SandboxMode mode) {
  // Over the table first: there the authorizer knows which columns are sealed.
  const std::string sql = "SELECT (" + expression + "\n) FROM \"" + type.name + "\"";
  TRAM_TRY(Try(sandbox.Prepare(sql, mode, {}), 1));
  return Try(sandbox.PrepareRow(type, expression, mode, {}), 1);
}

void CompileField(Draft& draft, Sandbox& sandbox, const RecordType& type, const Field& field) {
  const std::pair<const char*, const std::string*> expressions[] = {
      {"visible_if", &field.visible_if},
      {"valid_if", &field.valid_if},
      {"default", &field.default_value}};
  SandboxMode mode = field.clear ? SandboxMode::kClear : SandboxMode::kSealed;
  for (auto [key, expression] : expressions) {
    if (expression->empty()) continue;
    if (Status status = TryOverRow(sandbox, type, *expression, mode); !status) {
      draft.Complain(PlaceOf(type, field), "`" + std::string(key) + "`: " + status.error().message);
    }
  }
}

void CompileTitle(Draft& draft, Sandbox& sandbox, const RecordType& type) {
  if (type.shown_as.empty()) return;
  if (Status status = TryOverRow(sandbox, type, type.shown_as, SandboxMode::kSealed); !status) {
    draft.Complain(PlaceOf(type), "`shown_as`: " + status.error().message);
  }
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool Names(const std::string& sql, const std::string& constant) {
  const std::string name = ":" + constant;
  for (std::size_t at = sql.find(name); at != sql.npos; at = sql.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (end == sql.size() || !IsWordCharacter(sql[end])) return true;
  }
  return false;
}

/// Those that the text names, and those of the derived rows among the tables that it reads.
std::set<std::string> ConstantsOf(const Programme& programme, const std::string& sql,
                                  const std::set<std::string>& tables) {
  std::set<std::string> constants;
  for (const Constant& constant : programme.constants) {
    if (Names(sql, constant.name)) constants.insert(constant.name);
  }
  for (const Derived& derived : programme.derived) {
    if (tables.count(derived.name) == 0) continue;
    constants.insert(derived.constants.begin(), derived.constants.end());
  }
  return constants;
}

}  // namespace

void CompileDraft(Draft& draft) {
  Programme& programme = draft.programme;
  auto created = Sandbox::CreateTables(programme);
  if (!created) return draft.Complain("programme", created.error().message);
  Sandbox& sandbox = **created;
  for (const RecordType& type : programme.records) {
    CompileTitle(draft, sandbox, type);
    for (const Field& field : type.fields) CompileField(draft, sandbox, type, field);
  }
  bool all_checks = true;
  for (const Check& check : programme.checks) {
    SandboxMode mode = check.device_only ? SandboxMode::kSealed : SandboxMode::kClear;
    Status status = Try(sandbox.Prepare(check.sql, mode, {}), 1);
    if (!status) {
      draft.Complain(PlaceOf(check), status.error().message);
      all_checks = false;
    }
  }
  CompileWorklists(draft, sandbox);
  bool all_derived = true;
  for (Derived& derived : programme.derived) {
    Status status = sandbox.AddDerived(derived);
    derived.constants = ConstantsOf(programme, derived.sql, sandbox.TablesRead());
    if (status && all_checks) status = sandbox.Derive({});  // runs the checks, too
    if (!status) {
      draft.Complain(PlaceOf(derived), status.error().message);
      all_derived = false;
    }
  }
  if (!all_derived) return;  // else each indicator that reads them would complain as well
  for (Indicator& indicator : programme.indicators) {
    Status status = Try(sandbox.Prepare(indicator.sql, SandboxMode::kClear, {}), kIndicatorColumns);
    indicator.constants = ConstantsOf(programme, indicator.sql, sandbox.TablesRead());
    if (!status) draft.Complain(PlaceOf(indicator), status.error().message);
  }
}

}  // namespace tram
