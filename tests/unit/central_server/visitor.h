// A visitor of the server's pages: a browser with cookies and an address of its own, for what is
// done before somebody is signed in. Threads: one at a time.
#pragma once

#include <future>
#include <map>
#include <string>

#include "web/front.h"

namespace tram::server {

class Visitor {
 public:
  /// `origin`: what he calls the server, "http://127.0.0.1:8080".
  Visitor(Front& front, std::string address, std::string origin = "http://127.0.0.1:8080")
      : front_(front), address_(std::move(address)), origin_(std::move(origin)) {}

  HttpResponse Get(const std::string& target);
  /// A form of the page that he saw last.
  HttpResponse Post(const std::string& path, const HttpFields& fields);
  std::future<HttpResponse> PostLater(const std::string& path, const HttpFields& fields);
  /// Follows redirections: what he sees at the end.
  HttpResponse Follow(HttpResponse response);
  /// Opens /sign-in and fills it in.
  HttpResponse SignIn(const std::string& name, const std::string& password);

  /// As if he had opened the page that `other` sees.
  void TakeFormOf(const Visitor& other) { csrf_ = other.csrf_; }

  std::map<std::string, std::string> cookies;

 private:
  std::future<HttpResponse> Send(HttpRequest request);
  HttpResponse Take(HttpResponse response);

  Front& front_;
  std::string address_, origin_, csrf_;
};

/// "" where it has none. The first of that name.
std::string HeaderOf(const HttpResponse& response, const std::string& name);
/// What Set-Cookie says of a cookie, attributes too; "" where it is not set.
std::string SetCookieOf(const HttpResponse& response, const std::string& name);

}  // namespace tram::server
