// What the guard lets through, as a table over Host, Origin, Sec-Fetch-Site and method; what it
// adds to answers.
#include "tram/web/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "web/response_head.h"

namespace tram {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kHosts = {"127.0.0.1:7780", "localhost:7780", "https://tinh.vn"};
constexpr std::string_view kReading[] = {"GET", "HEAD"};
constexpr std::string_view kChanging[] = {"POST",  "PUT",     "DELETE", "PATCH", "OPTIONS",
                                          "TRACE", "CONNECT", "get",    "",      "PROPFIND"};

HttpRequest Request(std::string_view method, std::string_view host) {
  HttpRequest request;
  request.method = method;
  if (!host.empty()) AddHeader(request, "Host", host);
  return request;
}

bool Passes(const HttpRequest& request) {
  Status status = CheckOrigin(request, kHosts);
  EXPECT_TRUE(status || status.error().code == ErrorCode::kDenied);
  return status.has_value();
}

TEST(GuardTest, OnlyTheProgramsOwnNamesAreAnswered) {
  struct Case {
    std::string_view host;
    bool passes;
  };
  for (const Case& one : std::vector<Case>{{"127.0.0.1:7780", true},
                                           {"localhost:7780", true},
                                           {"LocalHost:7780", true},
                                           {"tinh.vn", true},
                                           {"", false},
                                           {"127.0.0.1", false},
                                           {"127.0.0.1:7781", false},
                                           {"127.0.0.1:77800", false},
                                           {"127.0.0.1:778", false},
                                           {"127.0.0.2:7780", false},
                                           {"localhost.:7780", false},
                                           {"rebound.example:7780", false},
                                           {"127.0.0.1.rebound.example:7780", false},
                                           {"[::1]:7780", false},
                                           {"http://127.0.0.1:7780", false},
                                           {"https://tinh.vn", false},
                                           {"127.0.0.1:7780, 127.0.0.1:7780", false}}) {
    SCOPED_TRACE(one.host);
    for (std::string_view method : kReading) {
      EXPECT_EQ(Passes(Request(method, one.host)), one.passes);
    }
    HttpRequest post = Request("POST", one.host);
    AddHeader(post, "Sec-Fetch-Site", "same-origin");
    EXPECT_EQ(Passes(post), one.passes);
  }
  HttpRequest twice = Request("GET", "127.0.0.1:7780");
  AddHeader(twice, "Host", "rebound.example");
  EXPECT_FALSE(Passes(twice));
  EXPECT_FALSE(CheckOrigin(Request("GET", "127.0.0.1:7780"), {}));
}

TEST(GuardTest, ChangesComeFromTheSameOriginOnly) {
  struct Case {
    std::string_view host, origin;
    bool passes;
  };
  for (const Case& one :
       std::vector<Case>{{"127.0.0.1:7780", "http://127.0.0.1:7780", true},
                         {"localhost:7780", "http://localhost:7780", true},
                         {"localhost:7780", "http://LOCALHOST:7780", true},
                         {"tinh.vn", "https://tinh.vn", true},
                         {"tinh.vn", "http://tinh.vn", false},
                         {"tinh.vn", "https://tinh.vn:8443", false},
                         {"127.0.0.1:7780", "http://localhost:7780", false},
                         {"127.0.0.1:7780", "https://127.0.0.1:7780", false},
                         {"127.0.0.1:7780", "http://127.0.0.1:7781", false},
                         {"127.0.0.1:7780", "http://127.0.0.1", false},
                         {"127.0.0.1:7780", "null", false},
                         {"127.0.0.1:7780", "127.0.0.1:7780", false},
                         {"127.0.0.1:7780", "http://127.0.0.1:7780/", false},
                         {"127.0.0.1:7780", "http://127.0.0.1:7780.rebound.example", false},
                         {"127.0.0.1:7780", "file://", false},
                         {"127.0.0.1:7780", "http://127.0.0.1:7780, null", false}}) {
    SCOPED_TRACE(std::string(one.host) + " " + std::string(one.origin));
    for (std::string_view method : kChanging) {
      HttpRequest request = Request(method, one.host);
      EXPECT_FALSE(Passes(request)) << "it says nothing of where it comes from";
      AddHeader(request, "Origin", one.origin);
      EXPECT_EQ(Passes(request), one.passes) << method;
    }
    // Where a link comes from matters to nobody.
    HttpRequest get = Request("GET", one.host);
    AddHeader(get, "Origin", one.origin);
    EXPECT_TRUE(Passes(get));
  }
}

TEST(GuardTest, WhatTheBrowserSaysOfTheSiteDecidesToo) {
  struct Case {
    std::string_view site;
    bool reads, changes;
  };
  for (const Case& one : std::vector<Case>{{"same-origin", true, true},
                                           {"none", true, true},
                                           {"same-site", false, false},  // another port of ours
                                           {"cross-site", false, false},
                                           {"Same-Origin", false, false},
                                           {"same-origin, cross-site", false, false},
                                           {"what-comes-later", false, false}}) {
    SCOPED_TRACE(one.site);
    for (std::string_view origin : {"", "http://127.0.0.1:7780"}) {
      for (std::string_view method : kReading) {
        HttpRequest request = Request(method, "127.0.0.1:7780");
        AddHeader(request, "Sec-Fetch-Site", one.site);
        if (!origin.empty()) AddHeader(request, "Origin", origin);
        EXPECT_EQ(Passes(request), one.reads);
      }
      for (std::string_view method : kChanging) {
        HttpRequest request = Request(method, "127.0.0.1:7780");
        AddHeader(request, "Sec-Fetch-Site", one.site);
        if (!origin.empty()) AddHeader(request, "Origin", origin);
        EXPECT_EQ(Passes(request), one.changes) << method << " " << origin;
      }
    }
    HttpRequest foreign = Request("POST", "127.0.0.1:7780");
    AddHeader(foreign, "Sec-Fetch-Site", one.site);
    AddHeader(foreign, "Origin", "http://rebound.example");
    EXPECT_FALSE(Passes(foreign)) << "either says no";
  }
}

TEST(GuardTest, ALinkElsewhereMayShowAPageButNotInAFrameAndNotToAScript) {
  struct Case {
    std::string_view mode, dest;
    bool passes;
  };
  for (const Case& one : std::vector<Case>{{"navigate", "document", true},
                                           {"navigate", "iframe", false},
                                           {"navigate", "object", false},
                                           {"no-cors", "image", false},
                                           {"no-cors", "script", false},
                                           {"no-cors", "document", false},
                                           {"cors", "empty", false},
                                           {"", "", false}}) {
    SCOPED_TRACE(std::string(one.mode) + " " + std::string(one.dest));
    for (std::string_view site : {"cross-site", "same-site"}) {
      HttpRequest request = Request("GET", "127.0.0.1:7780");
      AddHeader(request, "Sec-Fetch-Site", site);
      if (!one.mode.empty()) AddHeader(request, "Sec-Fetch-Mode", one.mode);
      if (!one.dest.empty()) AddHeader(request, "Sec-Fetch-Dest", one.dest);
      EXPECT_EQ(Passes(request), one.passes);
      request.method = "POST";
      EXPECT_FALSE(Passes(request));
    }
  }
}

std::vector<std::string> HeadersOf(const HttpResponse& response, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [header, value] : response.headers) {
    if (header == name) values.push_back(value);
  }
  return values;
}

std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  const std::vector<std::string> values = HeadersOf(response, name);
  EXPECT_EQ(values.size(), 1u) << name;
  return values.empty() ? "" : values.front();
}

TEST(GuardTest, PagesLoadNothingFromElsewhereAndAreNeverStored) {
  HttpResponse page;
  AddPageHeaders(page);
  EXPECT_EQ(HeaderOf(page, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  EXPECT_EQ(HeaderOf(page, "Cache-Control"), "no-store");
  EXPECT_EQ(HeaderOf(page, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(HeaderOf(page, "X-Frame-Options"), "DENY");
  EXPECT_EQ(HeaderOf(page, "Referrer-Policy"), "same-origin");
  EXPECT_EQ(HeaderOf(page, "Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(HeaderOf(page, "Cross-Origin-Resource-Policy"), "same-origin");
  const std::string permissions = HeaderOf(page, "Permissions-Policy");
  for (const char* feature : {"camera", "microphone", "geolocation", "usb", "clipboard-read"}) {
    EXPECT_THAT(permissions, HasSubstr(std::string(feature) + "=()"));
  }
  EXPECT_EQ(std::count(permissions.begin(), permissions.end(), '='),
            std::count(permissions.begin(), permissions.end(), ')'));
  EXPECT_THAT(permissions, Not(HasSubstr("*")));
  EXPECT_THAT(permissions, Not(HasSubstr("self")));
  EXPECT_TRUE(ResponseHead(page, true)) << "no line break, no sign that a head may not hold";
}

TEST(GuardTest, AssetsAreKeptForAYear) {
  HttpResponse asset;
  AddAssetHeaders(asset);
  EXPECT_EQ(HeaderOf(asset, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(HeaderOf(asset, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(HeaderOf(asset, "Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_THAT(HeaderOf(asset, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
}

TEST(GuardTest, ACookieIsReadByItsWholeName) {
  HttpRequest request;
  EXPECT_EQ(Cookie(request, "tram"), "");
  AddHeader(request, "Cookie", "other=1; xtram=2;tram=abc=d ; tramx=3; tram=later; =x; bare");
  EXPECT_EQ(Cookie(request, "tram"), "abc=d");
  EXPECT_EQ(Cookie(request, "tramx"), "3");
  EXPECT_EQ(Cookie(request, "tra"), "");
  EXPECT_EQ(Cookie(request, "Tram"), "");
  EXPECT_EQ(Cookie(request, "bare"), "");
  AddHeader(request, "Cookie", "second=line");
  EXPECT_EQ(Cookie(request, "second"), "line");
}

TEST(GuardTest, ACookieIsForThisProgramOnly) {
  HttpResponse response;
  SetCookie(response, "tram-7780", "0123abcd", false);
  SetCookie(response, "tram-7780", "0123abcd", true);
  SetCookie(response, "tram-7780", "", false);
  EXPECT_THAT(HeadersOf(response, "Set-Cookie"),
              testing::ElementsAre("tram-7780=0123abcd; Path=/; HttpOnly; SameSite=Strict",
                                   "tram-7780=0123abcd; Path=/; HttpOnly; SameSite=Strict; Secure",
                                   "tram-7780=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
}

TEST(GuardDeathTest, ACookieHoldsNothingThatEndsIt) {
  HttpResponse response;
  for (const char* value : {"a;b", "a b", "a\r\nSet-Cookie: c=d", "a,b", "\""}) {
    EXPECT_DEATH(SetCookie(response, "tram", value, false), "") << value;
  }
}

TEST(GuardTest, SecretsAreEqualInEverySign) {
  const std::string secret = "0123456789abcdef";
  EXPECT_TRUE(SameSecret(secret, std::string(secret)));
  EXPECT_TRUE(SameSecret("", ""));
  EXPECT_FALSE(SameSecret(secret, ""));
  EXPECT_FALSE(SameSecret(secret, secret + "0"));
  EXPECT_FALSE(SameSecret(secret, secret.substr(1)));
  for (std::size_t i = 0; i < secret.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string other = secret;
      other[i] = static_cast<char>(other[i] ^ (1 << bit));
      EXPECT_FALSE(SameSecret(secret, other)) << i << " " << bit;
    }
  }
}

}  // namespace
}  // namespace tram
