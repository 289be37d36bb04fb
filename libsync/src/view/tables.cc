#include "view/tables.h"

#include <cmath>

namespace tram {
namespace {

constexpr int kFixedColumns = 8;

std::string SetText(const CodeList* codes, const std::vector<std::uint32_t>& elements) {
  std::string text = "|";
  for (std::uint32_t element : elements) text += CodeName(codes, element) + "|";
  return text;
}

}  // namespace

void BindCell(SqlStatement& statement, int index, const FieldPlan& plan, const Cell& cell) {
  if (plan.field->type == FieldType::kSet) {
    if (cell.elements.empty()) {
      statement.BindNull(index);
    } else {
      statement.Bind(index, SetText(plan.codes, cell.elements));
    }
  } else if (const auto* yes = std::get_if<bool>(&cell.value)) {
    statement.Bind(index, std::int64_t{*yes ? 1 : 0});
  } else if (const auto* number = std::get_if<std::int64_t>(&cell.value)) {
    statement.Bind(index, *number);
  } else if (const auto* decimal = std::get_if<Decimal>(&cell.value)) {
    statement.Bind(index, static_cast<double>(decimal->mantissa) / std::pow(10.0, decimal->scale));
  } else if (const auto* date = std::get_if<Date>(&cell.value)) {
    statement.Bind(index, IsoDate(*date));
  } else if (const auto* text = std::get_if<std::string>(&cell.value)) {
    statement.Bind(index, *text);
  } else if (const auto* code = std::get_if<Code>(&cell.value)) {
    statement.Bind(index, CodeName(plan.codes, code->number));
  } else if (const auto* ref = std::get_if<RecordId>(&cell.value)) {
    statement.Bind(index, ref->Hex());
  } else {
    statement.BindNull(index);
  }
}

Result<Tables> Tables::Create(const Programme& programme) {
  TRAM_ASSIGN(std::unique_ptr<Sandbox> sandbox, Sandbox::Create(programme));
  // What is removed when the view is locked must not stay in free pages.
  TRAM_TRY(sandbox->database().Execute("PRAGMA secure_delete = ON"));
  Tables tables(std::move(sandbox));
  for (const RecordType& type : programme.records) tables.changes_[type.name] = 0;
  return tables;
}

const Tables::Statements& Tables::StatementsOf(const RecordType& type) {
  const auto [found, added] = statements_.try_emplace(type.number);
  Statements& statements = found->second;
  if (!added) return statements;
  std::string columns = "id, parent, author, device, created_ms, changed_ms, conflict, arrived_on";
  std::string places = "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8";
  int index = kFixedColumns;
  for (const Field& field : type.fields) {
    columns += ", " + Quoted(field.name);
    places += ", ?" + std::to_string(++index);
  }
  statements.insert =
      "INSERT OR REPLACE INTO " + Quoted(type.name) + " (" + columns + ") VALUES (" + places + ")";
  statements.remove = "DELETE FROM " + Quoted(type.name) + " WHERE id = ?1";
  statements.read = "SELECT " + columns + " FROM " + Quoted(type.name) + " WHERE id = ?1";
  return statements;
}

Status Tables::CopyRow(const Record& record, Tables& from) {
  const Statements& statements = StatementsOf(record.plan->type());
  ++changes_[record.plan->type().name];
  TRAM_ASSIGN(SqlStatement* const read, from.sandbox_->Trusted(statements.read));
  read->Bind(1, record.id.Hex());
  TRAM_ASSIGN(const bool there, read->Step());
  if (!there) return {};
  TRAM_ASSIGN(SqlStatement* const insert, sandbox_->Trusted(statements.insert));
  for (int column = 0; column < read->ColumnCount(); ++column) {
    insert->BindColumn(column + 1, *read, column);
  }
  Status inserted = insert->Run();
  read->Reset();
  return inserted;
}

Status Tables::Write(Record& record, const Placement& placement) {
  const TypePlan& plan = *record.plan;
  const Statements& statements = StatementsOf(plan.type());
  ++changes_[plan.type().name];
  if (!placement.InTables(record)) {
    TRAM_ASSIGN(SqlStatement* const remove, sandbox_->Trusted(statements.remove));
    remove->Bind(1, record.id.Hex());
    TRAM_TRY(remove->Run());
    record.row = {};
    return {};
  }
  TRAM_ASSIGN(SqlStatement* const insert, sandbox_->Trusted(statements.insert));
  const StoredOp& created = *record.creating;
  const std::optional<RecordId> parent = placement.Parent(record);
  insert->Bind(1, record.id.Hex());
  if (parent) insert->Bind(2, parent->Hex());
  if (created.body.author) insert->Bind(3, created.body.author->Hex());
  insert->Bind(4, created.envelope.device.Hex());
  insert->Bind(5, created.envelope.time.ms);
  insert->Bind(6, record.summary.changed.ms);
  insert->Bind(7, std::int64_t{record.summary.clear_conflict ? 1 : 0});
  if (created.arrived_ms != 0) insert->Bind(8, IsoDate(LocalDate(created.arrived_ms)));
  TRAM_ASSERT(record.row.size() == plan.fields().size());
  for (std::size_t i = 0; i < record.row.size(); ++i) {
    BindCell(*insert, kFixedColumns + 1 + static_cast<int>(i), plan.fields()[i], record.row[i]);
  }
  TRAM_TRY(insert->Run());
  record.row = {};
  return {};
}

Status Tables::Clear(const Programme& programme) {
  for (const RecordType& type : programme.records) {
    ++changes_[type.name];
    TRAM_ASSIGN(SqlStatement* const remove, sandbox_->Trusted("DELETE FROM " + Quoted(type.name)));
    TRAM_TRY(remove->Run());
  }
  return {};
}

std::int64_t Tables::ChangesOf(const std::set<std::string>& tables) const {
  std::int64_t changes = 0;
  for (const std::string& table : tables) {
    const auto written = changes_.find(table);
    // Derived rows change with any of them.
    changes += written != changes_.end() ? written->second : sandbox_->Changes();
  }
  return changes;
}

Result<ViewTable> Tables::Read(const std::string& sql, SandboxMode mode, Date as_of) {
  TRAM_ASSIGN(SqlStatement statement, sandbox_->Prepare(sql, mode, {as_of, as_of, as_of}));
  ViewTable table;
  const int columns = statement.ColumnCount();
  for (int i = 0; i < columns; ++i) table.columns.push_back(statement.ColumnName(i));
  for (;;) {
    TRAM_ASSIGN(const bool more, statement.Step());
    if (!more) return table;
    std::vector<std::optional<std::string>>& row = table.rows.emplace_back();
    row.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) {
      row.push_back(statement.IsNull(i) ? std::nullopt
                                        : std::optional<std::string>(statement.Text(i)));
    }
  }
}

}  // namespace tram
