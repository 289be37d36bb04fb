#include "storage/questions.h"

#include <algorithm>

#include "storage/sql_rows.h"

namespace tram::server {
namespace {

Result<QuestionStanding> ReadStanding(const SqlStatement& row, int column) {
  const std::int64_t number = row.Int(column);
  if (number < static_cast<std::int64_t>(QuestionStanding::kWaiting) ||
      number > static_cast<std::int64_t>(QuestionStanding::kClosed)) {
    return DamagedTable("question");
  }
  return static_cast<QuestionStanding>(number);
}

Result<AskedQuestion> ReadQuestion(const SqlStatement& row) {
  AskedQuestion question;
  TRAM_ASSIGN(question.record, ReadIdColumn<RecordId>(row, 0, "question"));
  TRAM_ASSIGN(question.standing, ReadStanding(row, 1));
  return question;
}

struct Count {
  UnitNumber unit = 0;
  QuestionStanding standing = QuestionStanding::kWaiting;
  std::int64_t questions = 0;
};

Result<Count> ReadCount(const SqlStatement& row) {
  Count count{row.Int(0), {}, row.Int(2)};
  TRAM_ASSIGN(count.standing, ReadStanding(row, 1));
  return count;
}

}  // namespace

Status QuestionTable::Replace(UnitNumber unit, std::vector<AskedQuestion> questions) {
  std::sort(questions.begin(), questions.end());
  TRAM_ASSIGN(const std::vector<AskedQuestion> before, OfUnit(unit));
  if (before == questions) return {};
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_TRY(RunSql(database_, "DELETE FROM question WHERE unit = ?1", unit));
  for (const AskedQuestion& question : questions) {
    TRAM_TRY(RunSql(database_, "INSERT INTO question VALUES(?1, ?2, ?3)", unit, question.record,
                    static_cast<std::int64_t>(question.standing)));
  }
  return transaction.Commit();
}

Result<std::vector<AskedQuestion>> QuestionTable::OfUnit(UnitNumber unit) {
  return AllRows(database_, "SELECT record, standing FROM question WHERE unit = ?1 ORDER BY record",
                 &ReadQuestion, unit);
}

Result<std::map<UnitNumber, QuestionCounts>> QuestionTable::Counts() {
  TRAM_ASSIGN(const std::vector<Count> rows,
              AllRows(database_,
                      "SELECT unit, standing, count(*) FROM question WHERE standing <> 3"
                      " GROUP BY unit, standing",
                      &ReadCount));
  std::map<UnitNumber, QuestionCounts> counts;
  for (const Count& row : rows) {
    QuestionCounts& of_unit = counts[row.unit];
    (row.standing == QuestionStanding::kWaiting ? of_unit.waiting : of_unit.answered) +=
        row.questions;
  }
  return counts;
}

}  // namespace tram::server
