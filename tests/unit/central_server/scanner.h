// A scanner of the server's routes: what a stranger may send in each place of a request, and what
// no answer may hold, whatever was sent. Every text that is sent bears kMark, a word that nothing
// else holds: where it comes out again tells which of the server's parts took it for its own.
//
// Sources: the OWASP Web Security Testing Guide 4.2, chapters 4.7 (input) and 4.11 (in the
// browser); the OWASP cheat sheets on HTTP headers and on formulas in CSV files.
// Threads: one test, one at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tram/web/http.h"

namespace tram::server {

inline constexpr char kMark[] = "zq7x";

/// What is sent in the place of a value.
const std::vector<std::string>& Payloads();
/// The few that stand for all of them: for places that hardly anything reads.
const std::vector<std::string>& FewPayloads();
/// Two texts that a statement made of them would tell apart, and nothing else does: they differ in
/// one sign. The first is true in SQL, the second is not.
std::span<const std::pair<std::string, std::string>> TruePairs();
/// Whether two answers differ in the sign alone that tells such a pair apart.
bool SameButForPair(const std::string& to_true, const std::string& to_false);

/// What the store was asked, in all connections that are opened while this stands.
class StatementWatch {
 public:
  StatementWatch();
  ~StatementWatch();
  StatementWatch(const StatementWatch&) = delete;
  StatementWatch& operator=(const StatementWatch&) = delete;

  struct Seen {
    std::size_t statements = 0;
    std::int64_t steps = 0;           // operations of SQLite's machine
    std::vector<std::string> marked;  // statements whose own text holds kMark
    std::vector<std::string> writes;  // those that may change something
  };
  /// Since this was asked last.
  Seen Take();
};

/// What an answer is judged by.
struct Scanned {
  std::string payload;
  bool changes = false;  // a POST
  bool secure = false;   // served under TLS
  std::string csrf;      // of whoever asked; must not come out beside what he sent
};
/// What is wrong with an answer, a line each; nothing where it is as it should be.
std::vector<std::string> Findings(const Scanned& sent, const HttpResponse& response);
/// What is wrong with what the store was asked for it.
std::vector<std::string> Findings(const Scanned& sent, const StatementWatch::Seen& seen);

/// What every answer but an asset must tell a browser, and how a cookie must be set.
std::vector<std::string> HeaderFindings(const HttpResponse& response, bool secure);

/// Names of the fields of each form of a page: its method, its address, its fields.
struct HtmlForm {
  std::string method, action;
  std::vector<std::string> fields;
};
std::vector<HtmlForm> FormsOf(const std::string& body);

/// Cells of a CSV file that a spreadsheet would run.
std::vector<std::string> FormulasIn(const std::string& csv);

}  // namespace tram::server
