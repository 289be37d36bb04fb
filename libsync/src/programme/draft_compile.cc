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

void CompileField(Draft& draft, Sandbox& sandbox, const RecordType& type, const Field& field) {
  const std::pair<const char*, const std::string*> expressions[] = {
      {"visible_if", &field.visible_if},
      {"valid_if", &field.valid_if},
      {"default", &field.default_value}};
  SandboxMode mode = field.clear ? SandboxMode::kClear : SandboxMode::kSealed;
  for (auto [key, expression] : expressions) {
    if (expression->empty()) continue;
    // Over the table first: there the authorizer knows which columns are sealed.
    std::string sql = "SELECT (" + *expression + "\n) FROM \"" + type.name + "\"";
    Status status = Try(sandbox.Prepare(sql, mode, {}), 1);
    if (status) status = Try(sandbox.PrepareRow(type, *expression, mode, {}), 1);
    if (!status) {
      draft.Complain(PlaceOf(type, field), "`" + std::string(key) + "`: " + status.error().message);
    }
  }
}

}  // namespace

void CompileDraft(Draft& draft) {
  const Programme& programme = draft.programme;
  auto created = Sandbox::CreateTables(programme);
  if (!created) return draft.Complain("programme", created.error().message);
  Sandbox& sandbox = **created;
  for (const RecordType& type : programme.records) {
    for (const Field& field : type.fields) CompileField(draft, sandbox, type, field);
  }
  bool all_derived = true;
  for (const Derived& derived : programme.derived) {
    Status status = sandbox.AddDerived(derived);
    if (status) status = sandbox.Derive({});
    if (!status) {
      draft.Complain(PlaceOf(derived), status.error().message);
      all_derived = false;
    }
  }
  for (const Check& check : programme.checks) {
    SandboxMode mode = check.device_only ? SandboxMode::kSealed : SandboxMode::kClear;
    Status status = Try(sandbox.Prepare(check.sql, mode, {}), 1);
    if (!status) {
      draft.Complain(PlaceOf(check), status.error().message);
    }
  }
  if (!all_derived) return;  // else each indicator that reads them would complain as well
  for (const Indicator& indicator : programme.indicators) {
    Status status = Try(sandbox.Prepare(indicator.sql, SandboxMode::kClear, {}), kIndicatorColumns);
    if (!status) draft.Complain(PlaceOf(indicator), status.error().message);
  }
}

}  // namespace tram
