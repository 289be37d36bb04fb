// An example of every route of the server: an address, what it is about, and what the page reads of
// a request. The tests that try each route with each role, and with whatever a stranger may send,
// take them from here; a route without an example fails both.
// Threads: values and pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tram::server {

/// What the path of an example names.
enum class About { kNothing, kProvince, kUnit };

struct RouteExample {
  const char* route;  // "GET /pattern"
  /// "{unit}" is replaced by a unit's code, "{province}" by a code of today, "{account}" by the
  /// number of an account that nothing else depends on.
  const char* path;
  About about = About::kNothing;
  /// Each name that the page reads of the query (GET) or of the form (POST), with a value that
  /// serves; as in an address. "{n}" stands for a number that was not sent before.
  const char* reads = "";
};

std::span<const RouteExample> RouteExamples();

struct ExamplePlaces {
  std::string unit, province, account;
};
std::string ExamplePath(std::string_view path, const ExamplePlaces& places);

}  // namespace tram::server
