#include "storage/server_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "app/verbs.h"
#include "storage/store_check.h"
#include "tests/support/paths.h"
#include "tests/unit/central_server/server_fixture.h"
#include "tram/base/os_file.h"

namespace tram::server {
namespace {

namespace fs = std::filesystem;

class ServerStoreTest : public ServerTest {
 protected:
  /// A copy of a golden store, in the place of the server's.
  fs::path Golden(const std::string& name) {
    state_.reset();
    const fs::path file = folder_ / kDatabaseName;
    fs::copy_file(test::InSource("tests/golden/store/" + name + "/server.db"), file,
                  fs::copy_options::overwrite_existing);
    return file;
  }
  static std::string Rows(const fs::path& file, const std::vector<std::string>& later);
  static bool IsWhole(ServerStore& store) {
    StoreCheck check;
    return CheckTables(store, check) && check.problems.empty();
  }
  void Sql(const std::string& sql) { ASSERT_OK(store().database().Execute(sql)); }
  std::string OpenError() {
    state_.reset();
    auto opened = ServerState::Open(folder_.path(), clock_, SystemRandom());
    EXPECT_FALSE(opened);
    return opened ? "" : std::string(ErrorText(opened.error().code));
  }
};

TEST_F(ServerStoreTest, KeysAndProgrammeOutliveARestart) {
  const DeviceId server = state().keys().server.id();
  const DeviceId programme = state().keys().programme.id();
  EXPECT_NE(server, programme);
  Reopen();
  EXPECT_EQ(state().keys().server.id(), server);
  EXPECT_EQ(state().keys().programme.id(), programme);
  EXPECT_EQ(state().programme().programme->name, "visits");
  EXPECT_EQ(fs::status(folder_ / kDatabaseName).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(ServerStoreTest, ALaterFormatIsRefused) {
  Sql("UPDATE server_setting SET value = '4' WHERE name = 'format'");
  EXPECT_EQ(OpenError(), ErrorText(ErrorCode::kTooNew));
}

/// Every row of every table, but those that are named `later`; the setting of the format aside.
std::string RowsOf(SqlDatabase& database, const std::vector<std::string>& later) {
  std::string rows;
  const auto each = [&](const std::string& sql, const auto& visit) -> Status {
    TRAM_ASSIGN(SqlStatement statement, database.Prepare(sql));
    for (;;) {
      TRAM_ASSIGN(const bool more, statement.Step());
      if (!more) return {};
      visit(statement);
    }
  };
  std::vector<std::string> tables;
  EXPECT_TRUE(
      each("SELECT name, sql FROM sqlite_schema ORDER BY type, name", [&](const SqlStatement& row) {
        const std::string name = row.Text(0);
        if (std::any_of(later.begin(), later.end(),
                        [&](const std::string& part) { return name.find(part) != name.npos; })) {
          return;
        }
        rows += name + ": " + row.Text(1) + "\n";
        if (row.Text(1).starts_with("CREATE TABLE")) tables.push_back(name);
      }));
  for (const std::string& table : tables) {
    EXPECT_TRUE(each("SELECT * FROM " + table + " ORDER BY 1, 2", [&](const SqlStatement& row) {
      if (table == "server_setting" && row.Text(0) == "format") return;
      rows += table;
      for (int i = 0; i < row.ColumnCount(); ++i) rows += "|" + ToHex(row.Blob(i));
      rows += "\n";
    }));
  }
  return rows;
}

std::string ServerStoreTest::Rows(const fs::path& file, const std::vector<std::string>& later) {
  auto database = SqlDatabase::Open(file, SqlDatabase::Mode::kReadOnly);
  EXPECT_TRUE(database);
  return database ? RowsOf(**database, later) : "";
}

TEST_F(ServerStoreTest, AStoreOfFormat1GetsAccountsQuestionsAndTokensAndIsOtherwiseAsItWas) {
  const fs::path file = Golden("1/server");
  const auto rows = [&] { return Rows(file, {"account", "question", "api_token"}); };
  const std::string before = rows();
  EXPECT_NE(before.find("log_entry"), std::string::npos) << "it has logs";
  EXPECT_EQ(before.find("account"), std::string::npos) << "and no accounts";
  {
    auto only_read = ServerStore::Open(file, clock_, SqlDatabase::Mode::kReadOnly);
    ASSERT_TRUE(only_read) << only_read.error().message;
  }
  EXPECT_EQ(rows(), before) << "who only reads it changes nothing";
  {
    auto opened = ServerStore::Open(file, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    auto format = TextSetting((*opened)->database(), "format");
    ASSERT_OK(format);
    EXPECT_EQ(*format, "3");
    Account account;
    account.name = "quan.tri";
    account.role = Role::kAdministrator;
    ASSERT_OK((*opened)->accounts().Add(account, clock_.ms));
  }
  EXPECT_EQ(rows(), before);
  auto again = ServerStore::Open(file, clock_);
  ASSERT_TRUE(again) << again.error().message;
  auto all = (*again)->accounts().All();
  ASSERT_OK(all);
  EXPECT_EQ(all->size(), 1u);
  auto questions = (*again)->questions().Counts();
  ASSERT_OK(questions);
  EXPECT_TRUE(questions->empty());
  auto tokens = (*again)->tokens().OfAccount(1);
  ASSERT_OK(tokens);
  EXPECT_TRUE(tokens->empty());
  EXPECT_TRUE(IsWhole(**again));
}

TEST_F(ServerStoreTest, AStoreOfFormat2GetsTokensAndIsOtherwiseAsItWas) {
  const fs::path file = Golden("server-format-2");
  const std::string before = Rows(file, {"api_token"});
  EXPECT_NE(before.find("account_link"), std::string::npos);
  {
    auto only_read = ServerStore::Open(file, clock_, SqlDatabase::Mode::kReadOnly);
    ASSERT_TRUE(only_read) << only_read.error().message;
  }
  EXPECT_EQ(Rows(file, {}), before) << "who only reads it changes nothing";
  for (const char* time : {"first", "second"}) {
    auto opened = ServerStore::Open(file, clock_);
    ASSERT_TRUE(opened) << time << ": " << opened.error().message;
    auto format = TextSetting((*opened)->database(), "format");
    ASSERT_OK(format);
    EXPECT_EQ(*format, "3");
    auto account = (*opened)->accounts().ByName("giam.doc");
    ASSERT_TRUE(account && *account) << "its accounts are there";
    EXPECT_EQ((*account)->role, Role::kAdministrator);
    auto tokens = (*opened)->tokens().OfAccount((*account)->number);
    ASSERT_OK(tokens);
    EXPECT_TRUE(tokens->empty());
    EXPECT_TRUE(IsWhole(**opened));
  }
  EXPECT_EQ(Rows(file, {"api_token"}), before);
}

TEST_F(ServerStoreTest, AStoreThatCannotGetItsTableStaysOfItsFormat) {
  const fs::path file = Golden("server-format-2");
  {
    auto database = SqlDatabase::Open(file, SqlDatabase::Mode::kExisting);
    ASSERT_TRUE(database);
    ASSERT_OK((*database)->Execute("CREATE TABLE api_token(one, two)"));
  }
  const std::string before = Rows(file, {});
  EXPECT_FALSE(ServerStore::Open(file, clock_));
  EXPECT_EQ(Rows(file, {}), before);
  auto database = SqlDatabase::Open(file, SqlDatabase::Mode::kReadOnly);
  ASSERT_TRUE(database);
  EXPECT_EQ(*TextSetting(**database, "format"), "2");
}

TEST_F(ServerStoreTest, AnotherProgramsDatabaseIsRefused) {
  state_.reset();
  fs::remove(folder_ / kDatabaseName);
  {
    auto other = SqlDatabase::Open(folder_ / kDatabaseName, SqlDatabase::Mode::kCreate);
    ASSERT_TRUE(other);
    ASSERT_OK((*other)->Execute("CREATE TABLE t(a)"));
  }
  EXPECT_EQ(OpenError(), ErrorText(ErrorCode::kCorrupt));
}

TEST_F(ServerStoreTest, NothingIsMadeOverAServer) {
  auto programme = Programme::Load(kTestProgramme, "test.toml");
  ASSERT_OK(programme);
  Status made = ServerStore::Create(folder_ / kDatabaseName, **programme, clock_, SystemRandom());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kExists);
}

TEST_F(ServerStoreTest, AnInitThatWasCutShortIsDoneAgain) {
  state_.reset();
  fs::remove(folder_ / kDatabaseName);
  ASSERT_OK(WriteFileAtomically(folder_ / "server.db.new", AsBytes("half a file")));
  EXPECT_TRUE(Init(folder_.path(), {}, clock_, SystemRandom()));
  EXPECT_FALSE(fs::exists(folder_ / "server.db.new"));
}

TEST_F(ServerStoreTest, TheAuditTrailShowsWhatWasChanged) {
  for (const char* what : {"one", "two", "three", "four"}) {
    ASSERT_OK(store().audit().Append(clock_.ms, "test", what));
  }
  auto problems = [&] {
    auto found = store().audit().Verify();
    EXPECT_TRUE(found);
    return found ? *found : std::vector<std::string>();
  };
  EXPECT_TRUE(problems().empty());
  EXPECT_FALSE(store().database().Execute("UPDATE audit SET what = 'x' WHERE number = 2"));
  EXPECT_FALSE(store().database().Execute("DELETE FROM audit WHERE number = 2"));
  Sql("DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks");
  Sql("UPDATE audit SET who = 'me' WHERE number = 2");
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_NE(problems()[0].find("row 2"), std::string::npos);
  Sql("UPDATE audit SET who = 'test' WHERE number = 2");
  EXPECT_TRUE(problems().empty());
  Sql("CREATE TEMP TABLE gone AS SELECT * FROM audit WHERE number = 3");
  Sql("DELETE FROM audit WHERE number = 3");
  EXPECT_EQ(problems().size(), 1u);
  Sql("INSERT INTO audit SELECT * FROM gone");
  EXPECT_TRUE(problems().empty());
  Sql("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)");
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_NE(problems()[0].find("end"), std::string::npos);
}

TEST_F(ServerStoreTest, ABackupBecomesAServerAgain) {
  const Unit unit = AddTestUnit("BG01", "24");
  auto device = Enrolled(unit);
  device->Visit(DateOf(2026, 11, 1), true, 3);
  Sync(*device);
  DirectOwner owner(state());
  VerbContext context{owner, "test", outside_.path(), Language::kEnglish, nullptr};
  ASSERT_OK(Backup(context, "copy.db"));
  EXPECT_FALSE(Backup(context, "copy.db")) << "a copy is never written over";
  device->Visit(DateOf(2026, 11, 2), true, 3);
  Sync(*device);
  state_.reset();

  EXPECT_FALSE(Restore(folder_.path(), outside_ / "copy.db", clock_)) << "not over a server";
  ASSERT_OK(Restore(outside_ / "again", outside_ / "copy.db", clock_));
  auto restored = ServerState::Open(outside_ / "again", clock_, SystemRandom());
  ASSERT_TRUE(restored);
  state_ = std::move(*restored);
  EXPECT_EQ(store().units().ByCode("BG01")->entries, 1);
  device->Take(Answer(device->Request()));
  device->Take(Answer(device->Request()));
  EXPECT_EQ(store().units().ByCode("BG01")->entries, 2) << "the device heals the server";
}

TEST_F(ServerStoreTest, ABrokenBackupIsRefused) {
  ASSERT_OK(WriteFileAtomically(outside_ / "bad.db", AsBytes(std::string(10'000, 'x'))));
  EXPECT_FALSE(Restore(outside_ / "again", outside_ / "bad.db", clock_));
  EXPECT_FALSE(Restore(outside_ / "again", outside_ / "none.db", clock_));
  EXPECT_FALSE(fs::exists(outside_ / "again" / kDatabaseName));
}

TEST_F(ServerStoreTest, VerifyNamesTheUnitThatIsDamaged) {
  const Unit unit = AddTestUnit("BG01", "24");
  AddTestUnit("KH01", "56");
  auto device = Enrolled(unit);
  for (int i = 0; i < 5; ++i) device->Visit(DateOf(2026, 11, 1), true, i);
  Sync(*device);
  auto verify = [&] {
    DirectOwner owner(state());
    VerbContext context{owner, "test", outside_.path(), Language::kEnglish, nullptr};
    auto result = Verify(context);
    EXPECT_TRUE(result);
    return result ? *result : VerbResult();
  };
  EXPECT_EQ(verify().exit, 0) << verify().text;
  Sql("UPDATE log_entry SET op = zeroblob(length(op)) WHERE key = "
      "(SELECT max(key) FROM log_entry)");
  VerbResult damaged = verify();
  EXPECT_EQ(damaged.exit, 1);
  ASSERT_FALSE(damaged.notes.empty());
  EXPECT_EQ(damaged.notes[0].rfind("unit BG01: ", 0), 0u) << damaged.notes[0];
}

}  // namespace
}  // namespace tram::server
