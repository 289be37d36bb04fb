// Office: what the server's pages share beside its state. Threads: the owner's.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "auth/refusal_notes.h"
#include "auth/second_steps.h"
#include "auth/secret_work.h"
#include "auth/sessions.h"
#include "auth/sign_in_gate.h"
#include "exports/data_sets.h"
#include "rollup/figure_board.h"
#include "tram/web/kept.h"
#include "web/unit_success.h"

namespace tram::server {

/// A file that was sent and is looked at before it is used; kept under its session and a random
/// key.
struct SentFile {
  std::string name, text;
};
inline constexpr std::size_t kSentFilesMax = 8;  // of everybody, each at most a request long

struct Office {
  Office(Random& random, std::string cookie_name, bool under_tls, const SecretThread& thread,
         const std::vector<DataSet>& sets)
      : sessions(random),
        second_steps(random),
        gate(random),
        cookie(std::move(cookie_name)),
        secure(under_tls),
        secrets(thread),
        data_sets(sets) {}

  Sessions sessions;
  SecondSteps second_steps;
  SignInGate gate;
  RefusalNotes refusals;
  const std::string cookie;               // of sessions; the names of other cookies begin with it
  const bool secure;                      // the pages are served, or passed on, under TLS
  const SecretThread& secrets;            // to ask whether it has room
  const std::vector<DataSet>& data_sets;  // of the interface for programs
  FigureBoard figures;
  bool reading_figures = false;                // something later goes on with it
  std::map<std::string, KeptSuccess> success;  // RecentSuccess
  /// Runs work on the owner's thread after what waits there. False: it will not run.
  std::function<bool(std::function<void()>)> later = [](const auto&) { return false; };
  Kept<SentFile> unit_files{kSentFilesMax}, programme_files{kSentFilesMax};
};

}  // namespace tram::server
