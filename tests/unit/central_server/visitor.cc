#include "tests/unit/central_server/visitor.h"

#include <gtest/gtest.h>

#include <memory>

namespace tram::server {

std::string HeaderOf(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

std::string SetCookieOf(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == "Set-Cookie" && value.starts_with(name + "=")) return value;
  }
  return "";
}

std::future<HttpResponse> Visitor::Send(HttpRequest request) {
  request.headers["host"] = origin_.substr(origin_.find("//") + 2);
  request.remote_address = address_;
  std::string sent;
  for (const auto& [name, value] : cookies) sent += (sent.empty() ? "" : "; ") + name + "=" + value;
  if (!sent.empty()) request.headers["cookie"] = sent;
  auto promise = std::make_shared<std::promise<HttpResponse>>();
  std::future<HttpResponse> answer = promise->get_future();
  front_.Handle(std::move(request),
                [promise](HttpResponse response) { promise->set_value(std::move(response)); });
  return answer;
}

HttpResponse Visitor::Take(HttpResponse response) {
  for (const auto& [name, value] : response.headers) {
    if (name != "Set-Cookie") continue;
    const std::size_t equals = value.find('=');
    const std::string text = value.substr(equals + 1, value.find(';') - equals - 1);
    if (text.empty()) {
      cookies.erase(value.substr(0, equals));
    } else {
      cookies[value.substr(0, equals)] = text;
    }
  }
  static const std::string kBefore = "name=\"csrf\" value=\"";
  if (const std::size_t at = response.body.find(kBefore); at != std::string::npos) {
    const std::size_t begin = at + kBefore.size();
    csrf_ = response.body.substr(begin, response.body.find('"', begin) - begin);
  }
  return response;
}

HttpResponse Visitor::Get(const std::string& target) {
  HttpRequest request;
  request.method = "GET";
  EXPECT_TRUE(SetTarget(request, target)) << target;
  return Take(Send(std::move(request)).get());
}

std::future<HttpResponse> Visitor::PostLater(const std::string& path, const HttpFields& fields) {
  HttpRequest request;
  request.method = "POST";
  EXPECT_TRUE(SetTarget(request, path)) << path;
  request.headers["origin"] = origin_;
  request.headers["content-type"] = "application/x-www-form-urlencoded";
  request.body = "csrf=" + csrf_;
  for (const auto& [name, value] : fields) {
    request.body += "&" + PercentEncode(name) + "=" + PercentEncode(value);
  }
  return Send(std::move(request));
}

HttpResponse Visitor::Post(const std::string& path, const HttpFields& fields) {
  return Take(PostLater(path, fields).get());
}

HttpResponse Visitor::Follow(HttpResponse response) {
  for (int i = 0; i < 5 && response.status == 303; ++i) {
    response = Get(HeaderOf(response, "Location"));
  }
  return response;
}

HttpResponse Visitor::SignIn(const std::string& name, const std::string& password) {
  Get("/sign-in");
  return Post("/sign-in", {{"name", name}, {"password", password}});
}

}  // namespace tram::server
