// Front: the one door of the pages. Checks where a request comes from, who sends it and what he may
// see, finds the page, draws it, and adds what stands around every page.
//
// Before there is a unit in the folder it shows the first start only. Nothing of a person is shown
// while the session is locked.
// Threads: the thread that owns the device.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/people.h"
#include "tram/web/templates.h"
#include "web/page.h"
#include "web/throttle.h"

namespace tram::client {

class Front {
 public:
  struct Options {
    /// What a browser may call this program: "127.0.0.1:7780".
    std::vector<std::string> hosts;
    std::filesystem::path folder;
    std::filesystem::path cwd;  // of whoever started the program
    /// The device; nothing while there is no unit yet.
    std::function<UnitDevice*()> device;
    /// A unit was made in `folder`: opens it. Errors: those of UnitDevice::Open.
    std::function<Status()> opened;
    Services services;
  };
  /// Errors: invalid (a template does not load: our own bug, said at start).
  static Result<std::unique_ptr<Front>> Create(Options options, Clock& clock, Random& random);

  HttpResponse Handle(const HttpRequest& request);

  /// Every route, for tests that try each with every role.
  static std::span<const Route> Routes();
};

}  // namespace tram::client
