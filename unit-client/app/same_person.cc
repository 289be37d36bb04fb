#include "app/same_person.h"

#include <algorithm>
#include <set>

#include "app/names.h"
#include "tram/programme/table_sql.h"

namespace tram::client {
namespace {

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

/// Whatever a person typed, it is digits in the statement.
std::string TextLiteral(const std::string& text) {
  if (text.size() > kComparedBytesMax) return "NULL";
  return "CAST(x'" + ToHex(AsBytes(text)) + "' AS TEXT)";
}

std::string Literal(const Programme& programme, const TypedRow& row, const Field& field) {
  if (field.type == FieldType::kSet) {
    const auto set = row.sets.find(field.number);
    if (set == row.sets.end() || set->second.empty()) return "NULL";
    return TextLiteral("|" + SetText(programme, field, set->second) + "|");
  }
  const auto value = row.values.find(field.number);
  if (value == row.values.end() || IsNull(value->second)) return "NULL";
  const bool number = field.type == FieldType::kBool || field.type == FieldType::kInt ||
                      field.type == FieldType::kDecimal;
  const std::string text = FieldText(programme, field, value->second);
  return number ? text : TextLiteral(text);
}

/// One row beside those of the type's table.
struct Row {
  const RecordType* type = nullptr;
  RecordId id;      // of a new one: an id that nothing has
  std::string sql;  // SELECT of its columns
};

std::string Columns(const RecordType& type) {
  std::string columns;
  for (const char* column : kOwnColumns) columns += (columns.empty() ? "" : ", ") + Quoted(column);
  for (const Field& field : type.fields) columns += ", " + Quoted(field.name);
  return columns;
}

/// `main.` keeps it from being taken for the table that stands in for it.
std::string FromTable(const RecordType& type) { return " FROM main." + Quoted(type.name); }

std::string WithId(const RecordId& id) { return " WHERE id = '" + id.Hex() + "'"; }

Row StandingRow(const RecordType& type, const RecordId& id) {
  return {&type, id, "SELECT " + Columns(type) + FromTable(type) + WithId(id)};
}

Row RowOf(const Programme& programme, const TypedRow& typed, Date as_of) {
  Row row{&typed.type, typed.record.value_or(RecordId()), "SELECT "};
  if (typed.record) {
    for (const char* column : kOwnColumns) row.sql += Quoted(column) + ", ";
  } else {
    const std::string now = std::to_string(as_of.days * kDayMs);
    row.sql += "'" + row.id.Hex() + "', NULL, NULL, NULL, " + now + ", " + now + ", 0, NULL, ";
  }
  const char* between = "";
  for (const Field& field : typed.type.fields) {
    row.sql += between + Literal(programme, typed, field);
    between = ", ";
  }
  if (typed.record) row.sql += FromTable(typed.type) + WithId(*typed.record);
  return row;
}

/// What `check` finds where the type's table holds `row` and those rows that `others` (SQL) lets
/// in. The table comes first: its columns' types hold for the row too.
Result<std::set<RecordId>> FoundOver(UnitView& view, const Check& check, const Row& row,
                                     const std::string& others, Date as_of) {
  const std::string columns = Columns(*row.type);
  TRAM_ASSIGN(const ViewTable table,
              view.Select("WITH " + Quoted(row.type->name) + "(" + columns + ") AS (SELECT " +
                              columns + FromTable(*row.type) + " WHERE " + others + " UNION ALL " +
                              row.sql + ") SELECT * FROM (" + check.sql + "\n)",
                          as_of));
  std::set<RecordId> found;
  for (const auto& cells : table.rows) {
    if (auto id = RecordId::FromHexText(cells.empty() ? "" : cells[0].value_or(""))) {
      found.insert(*id);
    }
  }
  return found;
}

Result<bool> FindsAlone(UnitView& view, const Check& check, const Row& row, Date as_of) {
  TRAM_ASSIGN(const std::set<RecordId> found, FoundOver(view, check, row, "0", as_of));
  return found.contains(row.id);
}

std::string AmongIds(const std::set<RecordId>& ids) {
  std::string list;
  for (const RecordId& id : ids) list += (list.empty() ? "'" : ", '") + id.Hex() + "'";
  return "id IN (" + list + ")";
}

/// Some checks find nobody where only two are alike. Pre: `found` holds the row, and no other one
/// of them is enough by itself. Those without whom the row would not be found are of its group, and
/// so is whoever is found beside them.
Status AddGroup(UnitView& view, const Check& check, const Row& row, const std::set<RecordId>& found,
                Date as_of, std::set<RecordId>& same) {
  std::set<RecordId> group = found;
  group.erase(row.id);
  const std::set<RecordId> others = group;
  for (const RecordId& other : others) {
    std::set<RecordId> fewer = group;
    fewer.erase(other);
    TRAM_ASSIGN(const std::set<RecordId> still,
                FoundOver(view, check, row, AmongIds(fewer), as_of));
    if (still.contains(row.id)) group = std::move(fewer);
  }
  for (const RecordId& other : others) {
    std::set<RecordId> beside = group;
    beside.insert(other);
    TRAM_ASSIGN(const std::set<RecordId> together,
                FoundOver(view, check, row, AmongIds(beside), as_of));
    if (together.contains(other)) same.insert(other);
  }
  return {};
}

Status AddSame(UnitView& view, const Check& check, const Row& row, Date as_of,
               std::set<RecordId>& same) {
  TRAM_ASSIGN(const std::set<RecordId> found,
              FoundOver(view, check, row, "id <> '" + row.id.Hex() + "'", as_of));
  if (!found.contains(row.id)) return {};
  TRAM_ASSIGN(const bool alone, FindsAlone(view, check, row, as_of));
  if (alone) return {};
  bool paired = false;
  for (const RecordId& other : found) {
    if (other == row.id) continue;
    TRAM_ASSIGN(const std::set<RecordId> pair,
                FoundOver(view, check, row, "id = '" + other.Hex() + "'", as_of));
    if (!pair.contains(row.id)) continue;
    paired = true;
    same.insert(other);
  }
  if (paired) return {};
  return AddGroup(view, check, row, found, as_of, same);
}

Result<std::vector<RecordId>> SameAs(UnitView& view, const Row& row, Date as_of) {
  std::set<RecordId> same;
  for (const Check& check : view.programme().checks) {
    if (check.record != row.type->name || !ComparesPersons(view.programme(), check)) continue;
    TRAM_TRY(AddSame(view, check, row, as_of, same));
  }
  std::vector<RecordId> ordered;
  if (same.empty()) return ordered;
  for (const RecordId& id : view.Records(*row.type)) {
    if (same.contains(id)) ordered.push_back(id);
  }
  return ordered;
}

}  // namespace

bool ComparesPersons(const Programme& programme, const Check& check) {
  const RecordType* type = programme.ByName(check.record);
  return check.device_only && type != nullptr && type->person;
}

Result<bool> Compares(UnitView& view, const Check& check, const RecordId& record, Date as_of) {
  if (!ComparesPersons(view.programme(), check)) return false;
  const RecordType& type = *view.programme().ByName(check.record);
  TRAM_ASSIGN(const bool alone, FindsAlone(view, check, StandingRow(type, record), as_of));
  return !alone;
}

Result<std::vector<RecordId>> SamePersons(UnitView& view, const TypedRow& row, Date as_of) {
  return SameAs(view, RowOf(view.programme(), row, as_of), as_of);
}

Result<std::vector<RecordId>> SamePersons(UnitView& view, const RecordId& record, Date as_of) {
  TRAM_ASSIGN(const RecordView found, view.Find(record));
  return SameAs(view, StandingRow(*found.type, record), as_of);
}

}  // namespace tram::client
