// Front: the one door of the pages. Checks where a request comes from, who sends it and what he may
// see, finds the page, draws it, and adds what stands around every page.
//
// Before there is a unit in the folder it shows the first start only. Nothing of a person is shown
// while the session is locked, and while no clinical session is open the device is locked too.
// Who practises (web/practice.cc) goes through a second door of the same kind, over a practice
// unit, with sessions and a cookie of its own: neither door knows the other's device. Threads: the
// thread that owns the device.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/practice.h"
#include "tram/web/templates.h"
#include "web/page.h"

namespace tram::client {

class Front {
 public:
  struct Options {
    /// What a browser may call this program: "127.0.0.1:7780".
    std::vector<std::string> hosts;
    std::filesystem::path folder;
    std::filesystem::path cwd;                  // of whoever started the program
    Language language = Language::kVietnamese;  // until somebody chooses
    /// The device; nothing while there is no unit yet.
    std::function<UnitDevice*()> device;
    /// A unit was made in `folder`: opens it. Errors: those of UnitDevice::Open.
    std::function<Status()> open_unit;
    Services services;
    /// Runs what takes seconds beside the owner's thread; nothing: in a thread of its own. What
    /// runs there asks Front's clock and randomness too.
    std::function<void(std::function<void()>)> aside;
    /// These are the pages of a practice unit; nothing: of the real one.
    PracticeUnit* practice = nullptr;
  };
  /// Errors: invalid (a template does not load: our own bug, said at start).
  static Result<std::unique_ptr<Front>> Create(Options options, Clock& clock, Random& random);
  ~Front();

  HttpResponse Handle(const HttpRequest& request);
  /// About once a second: locks what was left alone.
  void Tick();
  /// The device was closed and opened again.
  void LockAll();

  /// Every route of a signed-in person, for tests that try each with every role.
  static std::vector<Route> Routes();

 private:
  struct State;
  explicit Front(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tram::client
