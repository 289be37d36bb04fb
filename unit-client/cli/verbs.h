// Every verb of unit-client: its options, and the function that it runs.
// Threads: pure functions.
#pragma once

#include "app/verb.h"

namespace CLI {
class App;
}

namespace tram::client {

/// Adds the subcommands; parsing one fills `verb`, which must outlive the parsing.
void AddVerbs(CLI::App& app, Verb& verb, Language language);

}  // namespace tram::client
