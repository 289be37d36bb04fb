#include "storage/audit.h"

#include "storage/settings.h"
#include "storage/sql_rows.h"
#include "tram/base/hash.h"

namespace tram::server {
namespace {

constexpr char kHeadSetting[] = "audit.head";

Result<AuditRow> ReadAudit(const SqlStatement& row) {
  AuditRow read{row.Int(0), row.Int(1), row.Text(2), row.Text(3), {}};
  TRAM_ASSIGN(read.hash, ReadIdColumn<Digest>(row, 4, "audit"));
  return read;
}

void AddNumber(Bytes& to, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) {
    to.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

Digest HashOf(const Digest& previous, const AuditRow& row) {
  Bytes text;
  AddNumber(text, static_cast<std::uint64_t>(row.number));
  AddNumber(text, static_cast<std::uint64_t>(row.at_ms));
  for (const std::string* part : {&row.who, &row.what}) {
    AddNumber(text, part->size());
    Extend(text, AsBytes(*part));
  }
  return Blake2b160(AsBytes("tram audit"), {previous.view(), text});
}

}  // namespace

Status AuditTrail::Append(std::int64_t at_ms, const std::string& who, const std::string& what) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_ASSIGN(std::optional<AuditRow> last,
              FirstRow(database_,
                       "SELECT number, at_ms, who, what, hash FROM audit ORDER BY number DESC"
                       " LIMIT 1",
                       &ReadAudit));
  AuditRow row{last ? last->number + 1 : 1, at_ms, who, what, {}};
  row.hash = HashOf(last ? last->hash : Digest(), row);
  TRAM_TRY(RunSql(database_, "INSERT INTO audit VALUES(?1, ?2, ?3, ?4, ?5)", row.number, row.at_ms,
                  row.who, row.what, row.hash));
  TRAM_TRY(SetSetting(database_, kHeadSetting, row.hash.view()));
  return transaction.Commit();
}

Result<std::vector<AuditRow>> AuditTrail::All() {
  return AllRows(database_, "SELECT number, at_ms, who, what, hash FROM audit ORDER BY number",
                 &ReadAudit);
}

Result<std::vector<AuditRow>> AuditTrail::Newest(const AuditFilter& filter, std::int64_t most) {
  return AllRows(database_,
                 "SELECT number, at_ms, who, what, hash FROM audit"
                 " WHERE (?1 IS NULL OR number < ?1)"
                 " AND (?2 = '' OR instr(lower(who), lower(?2)) > 0)"
                 " AND (?3 = '' OR instr(lower(what), lower(?3)) > 0)"
                 " ORDER BY number DESC LIMIT ?4",
                 &ReadAudit, filter.before, filter.who, filter.what, most);
}

Result<std::vector<std::string>> AuditTrail::Verify(Language in) {
  const bool vi = in == Language::kVietnamese;
  const std::string trail = vi ? "nhật ký: " : "audit trail: ";
  TRAM_ASSIGN(SqlStatement * rows, Bound(database_,
                                         "SELECT number, at_ms, who, what, hash FROM audit"
                                         " ORDER BY number, at_ms"));
  std::vector<std::string> problems;
  Digest previous;
  std::int64_t expected = 1;
  for (;;) {
    TRAM_ASSIGN(const bool there, rows->Step());
    if (!there) break;
    const Result<AuditRow> row = ReadAudit(*rows);
    if (!row) {
      rows->Reset();
      return row.error();
    }
    if (row->number != expected) {
      const std::string first = std::to_string(expected), last = std::to_string(row->number - 1);
      problems.push_back(trail + (vi ? "mất các dòng từ " + first + " đến " + last
                                     : "rows " + first + " to " + last + " are missing"));
    } else if (row->hash != HashOf(previous, *row)) {
      const std::string number = std::to_string(row->number);
      problems.push_back(trail +
                         (vi ? "dòng " + number + " đã bị sửa" : "row " + number + " was changed"));
    }
    previous = row->hash;
    expected = row->number + 1;
  }
  rows->Reset();
  TRAM_ASSIGN(std::optional<Bytes> head, FindSetting(database_, kHeadSetting));
  if (head.value_or(Bytes()) != (expected == 1 ? Bytes() : ToBytes(previous.view()))) {
    problems.push_back(trail + (vi ? "phần cuối bị mất" : "its end is missing"));
  }
  return problems;
}

}  // namespace tram::server
