// The door of the pages over a real device, asked as a browser asks it: cookie, token,
// redirections. Threads: one test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/people.h"
#include "tests/unit/session/new_unit.h"
#include "web/front.h"

namespace tram::client {

inline constexpr char kHost[] = "127.0.0.1:7780";
inline constexpr std::string_view kLan = "Chị Lan", kDung = "Anh Dũng";
inline constexpr std::string_view kDungPassphrase = "một câu rất là dài";

/// A clock that the test moves.
class MovedClock : public Clock {
 public:
  std::int64_t WallMs() override { return SystemClock().WallMs(); }
  std::int64_t SteadyMs() override { return steady_ms; }
  std::int64_t steady_ms = 1'000'000;
};

class FrontTest : public NewUnitTest {
 protected:
  using Cookies = std::map<std::string, std::string>;
  using Fields = std::vector<std::pair<std::string, std::string>>;

  /// Of the unit's programme.
  virtual std::string UnitToml() const { return Toml(); }
  void SetUp() override {
    device_ = NewDevice(UnitToml());
    ASSERT_TRUE(AddKeeper(*device_, {kLan, kUnitPassphrase}, std::nullopt));
    ASSERT_TRUE(AddPerson(*device_, SystemRandom(), {kLan, kUnitPassphrase},
                          {kDung, kDungPassphrase}, Role::kCommittee, std::nullopt));
    device_->Lock();
    NewFront();
  }
  void NewFront() {
    Front::Options options;
    options.hosts = {kHost};
    options.folder = folder_;
    options.cwd = scratch_.path();
    options.device = [this] { return device_.get(); };
    options.open_unit = [] { return Status(); };
    options.aside = aside_;
    options.services = {[] { return SyncState(); }, [this] { ++asked_to_sync_; }};
    auto front = Front::Create(std::move(options), clock_, SystemRandom());
    ASSERT_TRUE(front) << front.error().message;
    front_ = std::move(*front);
  }
  HttpRequest Request(const std::string& method, const std::string& target) const {
    HttpRequest request;
    request.method = method;
    EXPECT_TRUE(SetTarget(request, target));
    AddHeader(request, "host", kHost);
    std::string cookies;
    for (const auto& [name, value] : cookies_) {
      cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
    }
    if (!cookies.empty()) AddHeader(request, "cookie", cookies);
    return request;
  }
  HttpResponse Get(const std::string& target) { return Send(Request("GET", target)); }
  HttpResponse Post(const std::string& target, const Fields& fields,
                    const std::string& origin = std::string("http://") + kHost) {
    HttpRequest request = Request("POST", target);
    if (!origin.empty()) AddHeader(request, "origin", origin);
    for (const auto& [name, value] : fields) {
      request.body += (request.body.empty() ? "" : "&") + name + "=" + PercentEncode(value);
    }
    return Send(request);
  }
  /// Nothing posted is answered by a page: the page that the browser is sent to.
  HttpResponse Landing(const HttpResponse& posted) {
    EXPECT_EQ(posted.status, 303) << posted.body;
    const std::string to = HeaderOf(posted, "Location");
    EXPECT_THAT(to, testing::HasSubstr("?answer="));
    return Get(to);
  }
  static std::string HeaderOf(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  std::string CsrfOf(const HttpResponse& page) {
    constexpr std::string_view kBefore = "name=\"csrf\" value=\"";
    const std::size_t at = page.body.find(kBefore);
    EXPECT_NE(at, std::string::npos) << page.body;
    const std::size_t begin = at + kBefore.size();
    return page.body.substr(begin, page.body.find('"', begin) - begin);
  }
  /// The form of a page that was just opened.
  HttpResponse PostFrom(const std::string& page, const std::string& target, Fields fields) {
    fields.emplace_back("csrf", CsrfOf(Get(page)));
    return Post(target, fields);
  }
  HttpResponse SignIn(std::string_view name, std::string_view passphrase,
                      const std::string& pin = "") {
    return PostFrom(
        "/sign-in", "/sign-in",
        {{"name", std::string(name)}, {"passphrase", std::string(passphrase)}, {"pin", pin}});
  }

  MovedClock clock_;
  std::unique_ptr<UnitDevice> device_;
  std::unique_ptr<Front> front_;
  Cookies cookies_;  // as a browser has them
  int asked_to_sync_ = 0;
  /// What takes seconds is done at once, before the answer.
  std::function<void(std::function<void()>)> aside_ = [](const std::function<void()>& task) {
    task();
  };

 private:
  HttpResponse Send(const HttpRequest& request) {
    HttpResponse response = front_->Handle(request);
    for (const auto& [key, value] : response.headers) {
      if (key != "Set-Cookie") continue;
      const std::size_t equals = value.find('=');
      const std::string name = value.substr(0, equals);
      const std::string token = value.substr(equals + 1, value.find(';') - equals - 1);
      if (token.empty()) {
        cookies_.erase(name);
      } else {
        cookies_[name] = token;
      }
    }
    return response;
  }
};

}  // namespace tram::client
