// StatementCount: how often a statement of SQL is run by any connection that is opened while this
// stands: whether something was asked of the tables again, or was kept.
// Threads: one test, one at a time.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tram::test {

class StatementCount {
 public:
  /// Counts statements that hold `part`.
  explicit StatementCount(std::string part) {
    Part() = std::move(part);
    count() = 0;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&Watch));
  }
  ~StatementCount() {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&Watch));
    Part().clear();
  }
  StatementCount(const StatementCount&) = delete;
  StatementCount& operator=(const StatementCount&) = delete;

  /// Since this was asked last.
  std::size_t Take() { return std::exchange(count(), 0); }

 private:
  static std::string& Part() {
    static std::string part;
    return part;
  }
  static std::size_t& count() {
    static std::size_t counted = 0;
    return counted;
  }
  static int Watch(sqlite3* database, char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, &OnStatement, nullptr);
  }
  static int OnStatement(unsigned, void*, void* statement, void*) {
    const char* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
    const bool counts = sql != nullptr && !Part().empty() &&
                        std::string_view(sql).find(Part()) != std::string_view::npos;
    if (counts) ++count();
    return 0;
  }
};

}  // namespace tram::test
