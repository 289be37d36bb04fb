// A central server in a scratch folder with one unit, made from numbers; no socket.
// Threads: one at a time; the server's own thread beside it.
#pragma once

#include <memory>
#include <string>

#include "app/http_service.h"
#include "tests/fuzz/fuzz_world.h"

namespace tram::fuzz {

class SmallServer {
 public:
  /// As it was made: made again where the last input changed it.
  static SmallServer& Fresh();
  ~SmallServer();

  const UnitId& unit() const { return unit_; }
  HttpResponse Handle(HttpRequest request);
  /// What a refused request must leave as it is.
  std::string Figures();

 private:
  SmallServer();

  StillClock clock_;
  CountedRandom random_{10};
  std::unique_ptr<server::ServerState> state_;
  std::unique_ptr<server::OwnerThread> owner_;
  std::unique_ptr<server::HttpService> service_;
  UnitId unit_;
  std::string made_;  // figures
  int inputs_ = 0;
};

}  // namespace tram::fuzz
