// Front: the one door of the server's pages, and of the interface for programs (web/api.h). Checks
// where a request comes from, who sends it and what he may do, finds the page, draws it, and adds
// what stands around every page.
//
// Threads: Handle from any thread, several at once; it passes the work to the owner and returns.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/owner.h"
#include "exports/data_sets.h"
#include "web/page.h"

namespace tram::server {

class Front {
 public:
  struct Options {
    /// What a browser may call this server: "127.0.0.1:8080", "https://tram.example:443".
    std::vector<std::string> hosts;
    bool secure = false;  // the pages are served, or passed on, under TLS
    /// What the interface for programs offers; it outlives the front.
    const std::vector<DataSet>* data_sets = &DataSets();
  };
  /// Errors: invalid (a template does not load: our own bug, said at start).
  static Result<std::unique_ptr<Front>> Create(Options options, OwnerThread& owner,
                                               ServerState& state);
  ~Front();

  void Handle(HttpRequest request, Respond respond);

  /// Every route, for tests that try each with every role.
  static std::vector<Route> Routes();
  /// On the owner's thread only: for tests, and for what signs somebody in by itself.
  Sessions& sessions();
  /// Of all pages; for tests, which count what is hashed and hold it up.
  SecretThread& secrets();
  std::string cookie() const;

 private:
  struct State;
  explicit Front(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace tram::server
