#include "tests/unit/central_server/scanner.h"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <regex>
#include <string_view>

#include "storage/server_state.h"
#include "tests/unit/central_server/page_tables.h"
#include "tests/unit/central_server/taken_files.h"

namespace tram::server {
namespace {

/// Far above what any page here takes, far below what kSlow takes.
constexpr std::int64_t kStepsMax = 20'000'000;
constexpr std::size_t kBodyBytesMax = 4 << 20, kLongBytes = 100'000;

/// Words of SQL in mixed case: our own statements have none such, so that what is echoed is not
/// taken for what was run.
constexpr char kSlow[] =
    "zq7x' oR (wItH rEcUrSiVe r(x) aS (sElEcT 1 uNiOn aLl sElEcT x+1 fRoM r lImIt 9000000) "
    "sElEcT cOuNt(*) fRoM r)>0-- ";

/// The owner's thread tells, the test asks.
std::mutex watch_mutex;
StatementWatch::Seen watched;  // under watch_mutex

/// Of its file: the views of units, which are made of it whenever they are wanted, are others.
bool OfTheStore(sqlite3_stmt* statement) {
  const char* file = sqlite3_db_filename(sqlite3_db_handle(statement), "main");
  return file != nullptr && std::string_view(file).ends_with(kDatabaseName);
}

int OnStatement(unsigned what, void*, void* of, void*) {
  auto* statement = static_cast<sqlite3_stmt*>(of);
  const std::lock_guard lock(watch_mutex);
  StatementWatch::Seen& seen = watched;
  if (what == SQLITE_TRACE_PROFILE) {
    seen.steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    return 0;
  }
  const char* sql = sqlite3_sql(statement);
  ++seen.statements;
  if (sql == nullptr) return 0;
  if (std::string_view(sql).find(kMark) != std::string_view::npos) seen.marked.emplace_back(sql);
  if (sqlite3_stmt_readonly(statement) == 0 && OfTheStore(statement)) {
    char* whole = sqlite3_expanded_sql(statement);
    seen.writes.emplace_back(whole == nullptr ? sql : whole);
    sqlite3_free(whole);
  }
  return 0;
}

int WatchConnection(sqlite3* database, char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(database, SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, &OnStatement,
                          nullptr);
}

using Entry = void (*)();

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Of an address in a page: the one picture that is no file of ours is empty.
bool LeadsElsewhere(std::string_view to) {
  if (to.starts_with("data:,\"")) return false;
  return to.empty() || (to[0] != '/' && to[0] != '?' && to[0] != '#') || to.starts_with("//") ||
         to.starts_with("/\\");
}

/// What a browser would run, or load, or be sent to, were it not escaped.
void FindInHtml(const Scanned& sent, const std::string& body, std::vector<std::string>& found) {
  if (sent.payload.find_first_of("<>\"'") != std::string::npos && sent.payload.size() > 4 &&
      Holds(body, sent.payload)) {
    found.push_back("what was sent stands in the page unescaped");
  }
  for (const char* tag : {"<script>zq7x", "<img src=zq7x", "<svg/onload=zq7x", "<!--zq7x"}) {
    if (Holds(body, tag)) found.push_back(std::string("the page holds ") + tag);
  }
  for (const std::string_view attribute : {"href=\"", "action=\"", "src=\""}) {
    for (std::size_t at = body.find(attribute); at != body.npos; at = body.find(attribute, at)) {
      at += attribute.size();
      const std::string_view to = std::string_view(body).substr(at, 40);
      if (LeadsElsewhere(to)) found.push_back("the page leads to " + std::string(to));
    }
  }
  if (!sent.csrf.empty() && Holds(body, sent.csrf + kMark)) {
    found.push_back("what was sent was taken for a template");
  }
}

/// What only the store and its library say.
void FindStoresWords(const std::string& body, std::vector<std::string>& found) {
  for (const char* words :
       {"sqlite", "SQLITE", "SQL logic error", "syntax error", "no such table:", "no such column:",
        "unrecognized token", "incomplete input", "constraint failed", "datatype mismatch",
        "string or blob too big", "SELECT ", "INSERT INTO", "DELETE FROM", " FROM unit",
        " FROM account", "json.exception", "std::", "basic_string"}) {
    if (Holds(body, words)) found.push_back(std::string("the answer says \"") + words + "\"");
  }
}

void FindInHeaders(const HttpResponse& response, std::vector<std::string>& found) {
  using namespace std::string_view_literals;
  for (const auto& [name, value] : response.headers) {
    if (value.find_first_of("\r\n\0"sv) != value.npos || name.find_first_of("\r\n:"sv) != name.npos)
      found.push_back("a line break in the header " + name);
    if (name == "Set-Cookie" && Holds(value, kMark)) found.push_back("a cookie of the sender's");
    if (name == "Content-Disposition" && (Holds(value, "..") || Holds(value, "/"))) {
      found.push_back("a file's name with a path: " + value);
    }
    if (name != "Location") continue;
    if (!value.starts_with('/') || value.starts_with("//") || Holds(value, "\\")) {
      found.push_back("sent to another place: " + value);
    }
  }
}

std::string_view HeaderIn(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

void FindInCookie(std::string_view cookie, bool secure, std::vector<std::string>& found) {
  for (const char* part : {"; Path=/;", "; HttpOnly", "; SameSite=Strict"}) {
    if (!Holds(std::string(cookie) + ";", part)) {
      found.push_back("a cookie without" + std::string(part).substr(1));
    }
  }
  if (Holds(cookie, "Domain=")) found.push_back("a cookie of other hosts too");
  if (!secure) return;
  if (!Holds(cookie, "; Secure")) found.push_back("a cookie that goes without TLS");
}

}  // namespace

const std::vector<std::string>& Payloads() {
  using namespace std::string_literals;
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made{
        // SQL: ends of texts, conditions, other statements, comments, slow ones, likeness.
        "zq7x'", "zq7x\"", "zq7x`", "zq7x\\'", "' oR zq7x='", "zq7x' oR '1'='1", "1 oR zq7x",
        "zq7x'; dRoP tAbLe account;-- ", "zq7x')) ;-- ", "zq7x'/*", "zq7x'||(sElEcT 1)||'",
        "zq7x' aNd abs(-9223372036854775808)-- ", kSlow, "%zq7x_", "zq7x* \"", "?1 zq7x", ":zq7x",
        // Templates, of ours and of others.
        "{{page.csrf}}zq7x", "{{{page.csrf}}}zq7x", "{{#page}}zq7x{{/page}}", "{{>head}}zq7x",
        "[[zq7x|zq7x]]", "${zq7x}", "%s%n{}zq7x{0}",
        // HTML and what it links to.
        "<script>zq7x</script>", "\"><img src=zq7x onerror=zq7x>", "' onmouseover='zq7x",
        "</textarea></title><svg/onload=zq7x>", "<!--zq7x", "javascript:zq7x", "&lt;zq7x&#60;",
        // Headers and addresses.
        "/zq7x\r\nSet-Cookie: zq7x=1", "/zq7x\nX: zq7x", "//zq7x.example/", "/\\zq7x.example",
        "https://zq7x.example/", "/%0d%0aX-zq7x: 1", "\thttps://zq7x.example", "/\t/zq7x.example",
        // Paths.
        "../../../../etc/passwd", "..%2f..%2fzq7x", "....//zq7x", "zq7x\0.csv"s,
        "\xc0\xae\xc0\xae/zq7x", "/etc/passwd",
        // Formulas.
        "=zq7x()", "+zq7x", "-zq7x", "@zq7x", "\tzq7x", "\r=zq7x",
        // Numbers out of range, and what is none.
        "-1", "0", "2147483648", "9223372036854775808", "99999999999999999999999", "1e309", "NaN",
        "0x10", "2026-99", "0000-00", "-2026-01", "31/02/2026", "00/00/0000",
        // Letters that are none.
        "zq7x\xff\xfe", "\xed\xa0\x80zq7x", "zq7x\xe2\x80\xae", "\xf0\x9f\xa7\xaazq7x", "", " "};
    for (int columns = 1; columns <= 5; ++columns) {
      std::string list = "'zq7x'";
      for (int i = 1; i < columns; ++i) list += ",nUlL";
      made.push_back("zq7x' uNiOn aLl sElEcT " + list + "-- ");
    }
    made.push_back(std::string(kLongBytes, 'z'));
    return made;
  }();
  return all;
}

const std::vector<std::string>& FewPayloads() {
  static const std::vector<std::string> few{"zq7x' oR '1'='1",
                                            "\"><img src=zq7x onerror=zq7x>",
                                            "//zq7x.example/",
                                            "/zq7x\r\nSet-Cookie: zq7x=1",
                                            "{{page.csrf}}zq7x",
                                            "zq7x\xff",
                                            "-1"};
  return few;
}

std::span<const std::pair<std::string, std::string>> TruePairs() {
  static const std::vector<std::pair<std::string, std::string>> pairs{
      {"zq7x' oR 'k'='k", "zq7x' oR 'k'='j"},
      {"zq7x\" oR \"k\"=\"k", "zq7x\" oR \"k\"=\"j"},
      {"zq7x' oR 'k'='k'-- ", "zq7x' oR 'k'='j'-- "},
      {"zq7x') oR ('k'='k", "zq7x') oR ('k'='j"},
      {"1 oR 'k'='k'", "1 oR 'k'='j'"},
      {"1 aNd 'k'='k'", "1 aNd 'k'='j'"}};
  return pairs;
}

bool SameButForPair(const std::string& to_true, const std::string& to_false) {
  return to_true.size() == to_false.size() &&
         std::equal(to_true.begin(), to_true.end(), to_false.begin(),
                    [](char a, char b) { return a == b || (a == 'k' && b == 'j'); });
}

StatementWatch::StatementWatch() {
  Take();
  sqlite3_auto_extension(reinterpret_cast<Entry>(&WatchConnection));
}
StatementWatch::~StatementWatch() {
  sqlite3_cancel_auto_extension(reinterpret_cast<Entry>(&WatchConnection));
}
StatementWatch::Seen StatementWatch::Take() {
  const std::lock_guard lock(watch_mutex);
  return std::exchange(watched, {});
}

std::vector<std::string> Findings(const Scanned& sent, const HttpResponse& response) {
  std::vector<std::string> found = HeaderFindings(response, sent.secure);
  if (response.status >= 500) found.push_back("status " + std::to_string(response.status));
  if (response.body.size() > kBodyBytesMax + 8 * sent.payload.size()) {
    found.push_back("an answer of " + std::to_string(response.body.size()) + " bytes");
  }
  const std::string& type = response.content_type;
  if (type.starts_with("text/html")) FindInHtml(sent, response.body, found);
  if (Holds(type, "json") && !nlohmann::json::accept(response.body)) {
    found.emplace_back("JSON that does not parse");
  }
  if (type.starts_with("text/csv")) {
    for (const std::string& cell : FormulasIn(response.body)) found.push_back("formula " + cell);
  }
  FindStoresWords(response.body, found);
  FindInHeaders(response, found);
  if (response.body.find("root:x:0:") != std::string::npos) found.emplace_back("a file's content");
  return found;
}

std::vector<std::string> Findings(const Scanned& sent, const StatementWatch::Seen& seen) {
  std::vector<std::string> found;
  for (const std::string& sql : seen.marked) {
    found.push_back("part of a statement: " + sql.substr(0, 200));
  }
  if (seen.steps > kStepsMax) found.push_back(std::to_string(seen.steps) + " steps");
  if (sent.changes) return found;
  for (const std::string& sql : seen.writes) {
    // Reading is written down: in the trail, and when a token was used last.
    const auto begins = [&](const char* with) { return sql.starts_with(with); };
    if (begins("BEGIN") || begins("INSERT INTO audit ") ||
        begins("UPDATE api_token SET seen_ms ") ||
        begins("REPLACE INTO server_setting VALUES('audit.head'")) {
      continue;
    }
    found.push_back("written by reading: " + sql.substr(0, 200));
  }
  return found;
}

std::vector<std::string> HeaderFindings(const HttpResponse& response, bool secure) {
  std::vector<std::string> found;
  const std::pair<const char*, const char*> kWanted[] = {
      {"Cache-Control", "no-store"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Strict-Transport-Security", secure ? "max-age=31536000" : ""}};
  for (const auto& [name, value] : kWanted) {
    if (HeaderIn(response, name) != value) {
      found.push_back(std::string(name) + ": " + std::string(HeaderIn(response, name)));
    }
  }
  const std::string_view policy = HeaderIn(response, "Content-Security-Policy");
  for (const char* part : {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'",
                           "form-action 'self'", "script-src 'self'", "style-src 'self'"}) {
    if (!Holds(policy, part)) found.push_back(std::string("no ") + part);
  }
  for (const char* part : {"unsafe-", "*", "http:", "https:"}) {
    if (Holds(policy, part)) found.push_back(std::string("the policy allows ") + part);
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : response.headers) {
    if (name == "Set-Cookie") {
      FindInCookie(value, secure, found);
    } else if (std::find(names.begin(), names.end(), name) != names.end()) {
      found.push_back("twice: " + name);
    }
    names.push_back(name);
  }
  if (!response.body.empty() && response.content_type.empty()) found.emplace_back("of no type");
  if (response.content_type.starts_with("text/") &&
      !Holds(response.content_type, "charset=utf-8")) {
    found.push_back("letters of no known kind: " + response.content_type);
  }
  return found;
}

std::vector<HtmlForm> FormsOf(const std::string& body) {
  std::vector<HtmlForm> forms;
  for (const std::string& text : Between(body, "<form", "</form>")) {
    const std::string head = text.substr(0, text.find('>'));
    const auto method = Matches(head, "method=\"([a-z]*)\"");
    const auto action = Matches(head, "action=\"([^\"]*)\"");
    forms.push_back({method.empty() ? "get" : method[0], action.empty() ? "" : PlainText(action[0]),
                     Matches(text.substr(head.size()), "<[a-z]+ [^>]*name=\"([^\"]*)\"")});
  }
  return forms;
}

std::vector<std::string> FormulasIn(const std::string& csv) {
  static const std::regex number("[+-]?[0-9][0-9.,eE+-]*");
  std::vector<std::string> found;
  for (const auto& row : ReadTakenCsv(csv).rows) {
    for (const std::string& cell : row) {
      const bool begins = !cell.empty() && Holds("=+-@\t\r", cell.substr(0, 1));
      if (begins && cell != "-" && !std::regex_match(cell, number)) found.push_back(cell);
    }
  }
  return found;
}

}  // namespace tram::server
