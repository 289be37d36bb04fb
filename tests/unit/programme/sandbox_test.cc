#include "tram/programme/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <ostream>

#include "tests/unit/programme/loading.h"
#include "tests/unit/programme/sample.h"

namespace tram {
namespace {

using ::testing::HasSubstr;

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    programme_ = MustLoad(kSample);
    ASSERT_TRUE(programme_);
    auto created = Sandbox::Create(*programme_);
    ASSERT_TRUE(created) << created.error().message;
    sandbox_ = std::move(*created);
    Status filled = sandbox_->database().Execute(
        "INSERT INTO client(id, full_name, started, kind) "
        "VALUES('c1', 'Đỗ Hà', '2026-01-31', 'one'), ('c2', NULL, NULL, 'two');"
        "INSERT INTO visit(id, parent, date, kinds) VALUES('v1', 'c1', '2026-02-03', '|one|two|')");
    ASSERT_TRUE(filled) << filled.error().message;
  }

  /// The first column of the first row; nothing where it is NULL; the error's text where there is
  /// one.
  std::optional<std::string> First(const std::string& sql, SandboxMode mode = SandboxMode::kClear) {
    auto statement = sandbox_->Prepare(sql, mode, window_);
    if (!statement) return "error: " + statement.error().message;
    auto row = statement->Step();
    if (!row) return "error: " + row.error().message;
    if (!*row || statement->IsNull(0)) return std::nullopt;
    return statement->Text(0);
  }

  std::shared_ptr<const Programme> programme_;
  std::unique_ptr<Sandbox> sandbox_;
  Sandbox::Window window_{DateOf(2026, 3, 31), DateOf(2026, 1, 1), DateOf(2026, 12, 31)};
};

TEST_F(SandboxTest, TheColumnsThatAStatementReadsAreKnown) {
  const auto reads = [&](const std::string& sql) {
    EXPECT_TRUE(sandbox_->Prepare(sql, SandboxMode::kClear, window_)) << sql;
    return sandbox_->ColumnsRead();
  };
  using Columns = std::set<std::pair<std::string, std::string>>;
  EXPECT_EQ(reads("SELECT v.id FROM visit AS v WHERE EXISTS (SELECT 1 FROM client AS c"
                  " WHERE c.id = v.parent AND v.date < c.started)"),
            (Columns{{"client", "id"},
                     {"client", "started"},
                     {"visit", "date"},
                     {"visit", "id"},
                     {"visit", "parent"}}));
  EXPECT_EQ(reads("SELECT count(*) FROM visit"), Columns()) << "not those of the one before";
}

TEST_F(SandboxTest, AKeptStatementIsBoundAnewAndReadsWhatTheTablesHoldNow) {
  const std::string sql = "SELECT count(*) FROM visit WHERE date <= :as_of";
  auto count = [&](Date as_of) {
    auto kept = sandbox_->Kept(sql, SandboxMode::kClear, {as_of, as_of, as_of});
    EXPECT_TRUE(kept) << kept.error().message;
    const auto row = (*kept)->Step();
    EXPECT_TRUE(row && *row);
    return (*kept)->Int(0);  // left before its end: the next use resets it
  };
  EXPECT_EQ(count(DateOf(2026, 2, 28)), 1);
  EXPECT_EQ(count(DateOf(2026, 2, 1)), 0);
  ASSERT_TRUE(
      sandbox_->database().Execute("INSERT INTO visit(id, date) VALUES('v2', '2026-01-01')"));
  EXPECT_EQ(count(DateOf(2026, 2, 1)), 1);
}

TEST_F(SandboxTest, AKeptStatementStandsUnderTheRulesOfItsMode) {
  const std::string sql = "SELECT full_name FROM client";
  EXPECT_TRUE(sandbox_->Kept(sql, SandboxMode::kSealed, window_));
  const auto clear = sandbox_->Kept(sql, SandboxMode::kClear, window_);
  ASSERT_FALSE(clear);
  EXPECT_THAT(clear.error().message, HasSubstr("client.full_name is sealed"));
}

TEST_F(SandboxTest, AKeptStatementHasItsStepsAnewEachTime) {
  const std::string sql = "SELECT count(*) FROM client AS a, client AS b, client AS c";
  for (int i = 0; i < 3; ++i) {
    auto kept = sandbox_->Kept(sql, SandboxMode::kClear, window_);
    ASSERT_TRUE(kept);
    (*kept)->Limit(0, 0);  // used up
    EXPECT_FALSE((*kept)->Step());
    kept = sandbox_->Kept(sql, SandboxMode::kClear, window_);
    ASSERT_TRUE(kept);
    const auto row = (*kept)->Step();
    ASSERT_TRUE(row) << row.error().message;
    EXPECT_EQ((*kept)->Int(0), 8);
  }
}

class DerivedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    programme_ = MustLoad(SampleWith("[[indicator]]\n", R"toml([[derived]]
name = "seen"
sql = "SELECT parent, days(date) - days(:as_of) AS day FROM visit WHERE date <= :as_of"
keys = ["parent"]

[[derived]]
name = "often"
sql = "SELECT parent, count(*) AS times FROM seen GROUP BY parent"

[[indicator]]
)toml"));
    ASSERT_TRUE(programme_);
    auto created = Sandbox::Create(*programme_);
    ASSERT_TRUE(created) << created.error().message;
    sandbox_ = std::move(*created);
  }
  void Execute(const std::string& sql) {
    const Status status = sandbox_->database().Execute(sql);
    ASSERT_TRUE(status) << status.error().message;
  }
  std::int64_t Number(const std::string& sql) {
    auto statement = sandbox_->Prepare(sql, SandboxMode::kClear, {});
    EXPECT_TRUE(statement && *statement->Step());
    return statement->Int(0);
  }
  std::int64_t Times() { return Number("SELECT coalesce(sum(times), 0) FROM often"); }
  static Sandbox::Window At(Date day) { return {day, day, day}; }

  std::shared_ptr<const Programme> programme_;
  std::unique_ptr<Sandbox> sandbox_;
};

TEST_F(DerivedTest, RowsAreMadeAnewInOrder) {
  Execute("INSERT INTO visit(id, parent, date) VALUES('v1', 'c1', '2026-02-03')");
  ASSERT_TRUE(sandbox_->Derive(At(DateOf(2026, 2, 3))));
  EXPECT_EQ(Times(), 1);
  Execute("INSERT INTO visit(id, parent, date) VALUES('v2', 'c1', '2026-02-04')");
  EXPECT_EQ(Times(), 1) << "what was derived stays";
  ASSERT_TRUE(sandbox_->Derive(At(DateOf(2026, 2, 4))));
  EXPECT_EQ(Times(), 2);
  ASSERT_TRUE(sandbox_->Derive(At(DateOf(2026, 2, 2))));
  EXPECT_EQ(Times(), 0);
}

TEST_F(DerivedTest, AFailureLeavesTheRowsAsTheyWere) {
  Execute("INSERT INTO visit(id, parent, date) VALUES('v1', 'c1', '2026-02-03')");
  ASSERT_TRUE(sandbox_->Derive(At(DateOf(2026, 2, 3))));
  Execute("INSERT INTO visit(id, parent, date) VALUES('v2', 'c1', '2026-02-')");
  EXPECT_FALSE(sandbox_->Derive(At(DateOf(2026, 2, 4))));
  EXPECT_EQ(Times(), 1);
  EXPECT_EQ(Number("SELECT count(*) FROM seen"), 1);
}

struct Refusal {
  const char* sql;
  const char* message;
};
void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.sql; }

class SandboxRefuses : public SandboxTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(SandboxRefuses, InBothModes) {
  for (SandboxMode mode : {SandboxMode::kClear, SandboxMode::kSealed}) {
    auto statement = sandbox_->Prepare(GetParam().sql, mode, window_);
    ASSERT_FALSE(statement);
    EXPECT_EQ(statement.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(statement.error().message, HasSubstr(GetParam().message));
  }
  EXPECT_EQ(First("SELECT count(*) FROM client"), "2");
}

INSTANTIATE_TEST_SUITE_P(
    Statements, SandboxRefuses,
    ::testing::Values(
        Refusal{"INSERT INTO client(id) VALUES('x')", "only reading"},
        Refusal{"UPDATE client SET kind = 'two'", "only reading"},
        Refusal{"DELETE FROM client", "only reading"}, Refusal{"DROP TABLE client", ""},
        Refusal{"CREATE TABLE t(x)", ""}, Refusal{"CREATE TEMP TABLE t(x)", ""},
        Refusal{"ATTACH '/tmp/x.db' AS x", "only reading"},
        Refusal{"PRAGMA table_info(client)", "only reading"}, Refusal{"BEGIN", "only reading"},
        Refusal{"VACUUM", "only reading"}, Refusal{"EXPLAIN SELECT 1", "only reading"},
        Refusal{"SELECT 1; DELETE FROM client", "only reading"},
        Refusal{"SELECT * FROM sqlite_schema", "there is no table"},
        Refusal{"SELECT count(*) FROM sqlite_master", "there is no table"},
        Refusal{"SELECT count(*) FROM pragma_database_list", "only reading"},
        Refusal{"SELECT * FROM pragma_table_info('client')", "only reading"},
        Refusal{"SELECT * FROM json_each('[1]')", "only reading"},
        Refusal{"SELECT rowid FROM client", "cannot be read here"},
        Refusal{"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
                "recursive"},
        Refusal{"SELECT \"two\"", "no such column"},
        Refusal{"SELECT :nothing", "there is no parameter :nothing"},
        Refusal{"SELECT :row_id", "there is no parameter :row_id"},
        Refusal{"SELECT ?", "there is no parameter ?"}));

INSTANTIATE_TEST_SUITE_P(
    Functions, SandboxRefuses,
    ::testing::Values(Refusal{"SELECT date('now')", "the function date is not"},
                      Refusal{"SELECT time('now')", "the function time is not"},
                      Refusal{"SELECT datetime('now')", "the function datetime is not"},
                      Refusal{"SELECT julianday('now')", "the function julianday is not"},
                      Refusal{"SELECT unixepoch()", "the function unixepoch is not"},
                      Refusal{"SELECT strftime('%s')", "the function strftime is not"},
                      Refusal{"SELECT CURRENT_DATE", "the function current_date is not"},
                      Refusal{"SELECT CURRENT_TIMESTAMP", "the function current_timestamp is not"},
                      Refusal{"SELECT random()", "the function random is not"},
                      Refusal{"SELECT 1 FROM client ORDER BY random()", "the function random is"},
                      Refusal{"SELECT randomblob(4)", "the function randomblob is not"},
                      Refusal{"SELECT load_extension('x')", "the function load_extension is not"},
                      Refusal{"SELECT zeroblob(9)", "the function zeroblob is not"},
                      Refusal{"SELECT printf('%9d', 1)", "the function printf is not"},
                      Refusal{"SELECT sqlite_version()", "the function sqlite_version is not"}));

TEST_F(SandboxTest, SealedColumnsAreReadOnlyWithTheKey) {
  EXPECT_EQ(First("SELECT full_name FROM client", SandboxMode::kSealed), "Đỗ Hà");
  for (const char* sql :
       {"SELECT full_name FROM client", "SELECT * FROM client",
        "SELECT kind FROM client WHERE full_name IS NULL",
        "SELECT kind FROM client ORDER BY full_name",
        "SELECT (SELECT full_name FROM client AS c WHERE c.id = v.parent) FROM visit AS v",
        "WITH x AS (SELECT full_name AS n FROM client) SELECT n FROM x",
        "SELECT count(full_name) FROM client", "SELECT 1 FROM client GROUP BY full_name"}) {
    auto value = First(sql);
    ASSERT_TRUE(value) << sql;
    EXPECT_THAT(*value, HasSubstr("client.full_name is sealed")) << sql;
  }
  EXPECT_EQ(First("SELECT count(*) FROM client WHERE id <> '' AND conflict = 0 AND parent IS NULL "
                  "AND author IS NULL AND device IS NULL AND created_ms IS NULL "
                  "AND changed_ms IS NULL AND kind IS NOT NULL"),
            "2");
  EXPECT_EQ(First("WITH c AS (SELECT 1 FROM client) SELECT count(*) FROM c"), "2");
}

TEST_F(SandboxTest, OurFunctionsKnowTheCalendar) {
  const std::pair<const char*, std::optional<std::string>> kCases[] = {
      {"days('1970-01-02')", "1"},
      {"date_of(1)", "1970-01-02"},
      {"date_of(days('2024-02-29'))", "2024-02-29"},
      {"add_days('2024-02-28', 2)", "2024-03-01"},
      {"add_days('2024-03-01', -1)", "2024-02-29"},
      {"add_months('2026-01-31', 1)", "2026-02-28"},
      {"add_months('2026-01-31', -11)", "2025-02-28"},
      {"month_of('2026-11-21')", "2026-11"},
      {"month_end('2024-02-10')", "2024-02-29"},
      {"age_years('2000-05-20', '2026-05-19')", "25"},
      {"age_years('2000-05-20', '2026-05-20')", "26"},
      {"age_years('2000-02-29', '2025-02-28')", "24"},
      {"has('|one|two|', 'two')", "1"},
      {"has('|one|two|', 'tw')", "0"},
      {"has(NULL, 'two')", "0"},
      {"fold('Đỗ  Minh HÀ')", "do minh ha"},
      {"days(NULL)", std::nullopt},
      {"add_days(NULL, 1)", std::nullopt},
      {"add_months('2026-01-01', NULL)", std::nullopt},
      {"month_of(NULL)", std::nullopt},
      {"month_end(NULL)", std::nullopt},
      {"fold(NULL)", std::nullopt},
      {"age_years(NULL, '2026-01-01')", std::nullopt},
      {":as_of", "2026-03-31"},
      {":from || :to", "2026-01-012026-12-31"},
      {":window_days", "30"}};
  for (const auto& [expression, value] : kCases) {
    EXPECT_EQ(First("SELECT " + std::string(expression)), value) << expression;
  }
}

TEST_F(SandboxTest, WhatIsNoDateIsAnError) {
  for (const char* expression :
       {"days('yesterday')", "days('now')", "days('2026-02-30')", "date_of(99999999)",
        "add_days('2026-01-01', 9223372036854775807)", "add_months('2026-01-01', 9999999999)",
        "add_months('2026-01-01', -99999)", "month_of('2026-11')", "age_years('2026-01-01', '')"}) {
    auto value = First("SELECT " + std::string(expression));
    ASSERT_TRUE(value) << expression;
    EXPECT_THAT(*value, HasSubstr("error: ")) << expression;
  }
}

TEST_F(SandboxTest, ARowNeedNotBeInTheTables) {
  const RecordType& visit = *programme_->ByName("visit");
  auto run = [&](const std::string& expression, const char* parent, const char* date) {
    auto statement = sandbox_->PrepareRow(visit, expression, SandboxMode::kClear, window_);
    if (!statement) return "error: " + statement.error().message;
    statement->BindNamed(Sandbox::RowParameter("parent"), std::string_view(parent));
    statement->BindNamed(Sandbox::RowParameter("date"), std::string_view(date));
    auto row = statement->Step();
    if (!row || !*row) return std::string("no row");
    return statement->IsNull(0) ? "null" : statement->Text(0);
  };
  const std::string& rule = visit.ByName("date")->valid_if;
  EXPECT_EQ(run(rule, "c1", "2026-02-01"), "1");
  EXPECT_EQ(run(rule, "c1", "2026-01-30"), "0");
  EXPECT_EQ(run(rule, "c2", "2026-01-30"), "null");
  EXPECT_EQ(run("score IS NULL -- a comment", "c1", "2026-01-30"), "1");
  EXPECT_THAT(run("1), (2", "c1", "2026-01-30"), HasSubstr("one value"));
  EXPECT_THAT(run("(SELECT full_name FROM client)", "c1", "2026-01-30"), HasSubstr("is sealed"));
}

TEST_F(SandboxTest, OurOwnStatementsAreFree) {
  auto statement = sandbox_->Trusted("UPDATE client SET kind = ? WHERE id = 'c1'");
  ASSERT_TRUE(statement);
  (*statement)->Bind(1, std::string_view("two"));
  EXPECT_TRUE((*statement)->Run());
  EXPECT_EQ(First("SELECT kind FROM client WHERE id = 'c1'"), "two");
}

TEST_F(SandboxTest, AStatementThatTakesTooLongIsStopped) {
  // Ten thousand visits, each with each, and again: 10^12 steps.
  ASSERT_TRUE(sandbox_->database().Execute(
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 10000) "
      "INSERT INTO visit(id) SELECT 'n' || x FROM n"));
  auto value =
      First("SELECT count(*) FROM visit AS a, visit AS b, visit AS c WHERE a.id > b.id || c.id");
  ASSERT_TRUE(value);
  EXPECT_THAT(*value, HasSubstr("too many steps"));
  EXPECT_EQ(First("SELECT count(*) FROM client"), "2");
}

}  // namespace
}  // namespace tram
