#include "tram/transport/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "tests/unit/transport/raw_server.h"

namespace tram {
namespace {

using test::RawPeer;
using test::RawServer;
using testing::HasSubstr;

// Reads one request whose body ends in "end", then sends `reply`.
RawServer::Script Replying(std::string reply) {
  return [reply = std::move(reply)](RawPeer& peer) {
    peer.ReadUntil("end");
    peer.Send(reply);
  };
}

ErrorCode CodeAfter(std::string reply, HttpOptions options = {}) {
  RawServer server({Replying(std::move(reply))});
  HttpClient client;
  Result<HttpReply> result = client.Post(server.Url(), AsBytes("the end"), options);
  if (result) {
    ADD_FAILURE() << "a reply: " << result->status;
    return ErrorCode::kTooNew;
  }
  return result.error().code;
}

TEST(HttpClientTest, SendsNothingThatIsNotNeeded) {
  std::string seen;
  std::string sent = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: a/b\r\n\r\nok";
  RawServer server({[&](RawPeer& peer) {
    seen = peer.ReadUntil("end");
    peer.Send(sent);
  }});
  HttpClient client;
  Result<HttpReply> reply = client.Post(server.Url(), AsBytes("the end"));
  ASSERT_TRUE(reply) << reply.error().message;
  std::string host = server.Url().substr(7, server.Url().size() - 7 - 5);
  EXPECT_EQ(seen, "POST /sync HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 7\r\n\r\nthe end");
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->content_type, "a/b");
  EXPECT_EQ(reply->body, "ok");
  EXPECT_EQ(client.bytes_up(), seen.size());
  EXPECT_EQ(client.bytes_down(), sent.size());
  EXPECT_EQ(client.retry_after_ms(), std::nullopt);
}

TEST(HttpClientTest, GetsAndEmptyPosts) {
  std::string get;
  std::string post;
  RawServer server({[&](RawPeer& peer) {
    get = peer.ReadUntil("\r\n\r\n");
    peer.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    post = peer.ReadUntil("\r\n\r\n");
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  }});
  HttpClient client;
  EXPECT_EQ(client.Get(server.Url())->status, 404);
  EXPECT_EQ(client.Post(server.Url(), {})->status, 200);
  EXPECT_THAT(get, testing::StartsWith("GET /sync HTTP/1.1\r\nHost: "));
  EXPECT_THAT(post, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_EQ(client.connections(), 1u);
}

TEST(HttpClientTest, RefusedIsDisconnected) {
  RawServer server({});
  HttpClient client;
  Result<HttpReply> reply = client.Post(server.Url(), AsBytes("x"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kDisconnected);
  EXPECT_EQ(client.bytes_up(), 0u);
}

TEST(HttpClientTest, BrokenTlsHandshakeIsDisconnected) {
  RawServer server({[](RawPeer& peer) { peer.Send("no TLS here"); }});
  HttpClient client;
  EXPECT_EQ(client.Post(server.Url("https"), AsBytes("x")).error().code, ErrorCode::kDisconnected);
  EXPECT_EQ(client.bytes_up(), 0u);
}

TEST(HttpClientTest, CutReplyIsOutcomeUnknownWhereverItIsCut) {
  for (std::string whole : {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
                            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(CodeAfter(whole.substr(0, size)), ErrorCode::kOutcomeUnknown) << size;
    }
  }
}

TEST(HttpClientTest, ReplyWithoutALengthIsOutcomeUnknown) {
  EXPECT_EQ(CodeAfter("HTTP/1.1 200 OK\r\n\r\nall or part of it"), ErrorCode::kOutcomeUnknown);
  RawServer server({Replying("HTTP/1.1 204 No Content\r\n\r\n")});
  HttpClient client;
  EXPECT_EQ(client.Post(server.Url(), AsBytes("the end"))->status, 204);
}

TEST(HttpClientTest, SilenceIsOutcomeUnknown) {
  HttpOptions options;
  options.total_timeout_ms = 200;
  RawServer silent({[](RawPeer& peer) { peer.ReadToEnd(); }});
  HttpClient client;
  EXPECT_EQ(client.Post(silent.Url(), AsBytes("x"), options).error().code,
            ErrorCode::kOutcomeUnknown);
}

TEST(HttpClientTest, StandingStillIsGivenUpBeforeTheTotalTime) {
  HttpOptions options;
  options.low_speed_s = 1;
  RawServer stalling({[](RawPeer& peer) {
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
    peer.ReadToEnd();
  }});
  HttpClient client;
  auto begin = std::chrono::steady_clock::now();
  Result<HttpReply> reply = client.Post(stalling.Url(), AsBytes("x"), options);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kOutcomeUnknown);
}

TEST(HttpClientTest, ReplyHasALimit) {
  HttpOptions options;
  options.reply_bytes_max = 10;
  EXPECT_EQ(CodeAfter("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890", options),
            ErrorCode::kInvalid);
  EXPECT_EQ(CodeAfter("HTTP/1.1 200 OK\r\n\r\n01234567890", options), ErrorCode::kInvalid);
  EXPECT_EQ(CodeAfter("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n"
                      "0\r\n\r\n",
                      options),
            ErrorCode::kInvalid);
  RawServer server({Replying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")});
  HttpClient client;
  EXPECT_EQ(client.Post(server.Url(), AsBytes("the end"), options)->body, "0123456789");
}

TEST(HttpClientTest, StatusesThatMeanTryAgain) {
  EXPECT_EQ(CodeAfter("HTTP/1.1 408 a\r\nContent-Length: 0\r\n\r\n"), ErrorCode::kDisconnected);
  EXPECT_EQ(CodeAfter("HTTP/1.1 429 a\r\nContent-Length: 0\r\n\r\n"), ErrorCode::kOverloaded);
  EXPECT_EQ(CodeAfter("HTTP/1.1 504 a\r\nContent-Length: 0\r\n\r\n"), ErrorCode::kOutcomeUnknown);
  RawServer server({Replying("HTTP/1.1 503 a\r\nRetry-After: 12\r\nContent-Length: 0\r\n\r\n"),
                    Replying("HTTP/1.1 200 a\r\nContent-Length: 0\r\n\r\n")});
  HttpClient client;
  EXPECT_EQ(client.Post(server.Url(), AsBytes("the end")).error().code, ErrorCode::kOverloaded);
  EXPECT_EQ(client.retry_after_ms(), 12'000);
  EXPECT_TRUE(client.Post(server.Url(), AsBytes("the end")));
  EXPECT_EQ(client.retry_after_ms(), std::nullopt);
}

TEST(HttpClientTest, KeptConnectionThatDiedIsReplaced) {
  RawServer server({Replying("HTTP/1.1 200 a\r\nContent-Length: 1\r\n\r\n1"),
                    Replying("HTTP/1.1 200 a\r\nContent-Length: 1\r\n\r\n2")});
  HttpClient client;
  EXPECT_EQ(client.Post(server.Url(), AsBytes("the end"))->body, "1");
  EXPECT_EQ(client.Post(server.Url(), AsBytes("the end"))->body, "2");
  EXPECT_EQ(client.connections(), 2u);
}

TEST(HttpClientTest, RedirectsAreNotFollowed) {
  RawServer server({Replying("HTTP/1.1 302 a\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")});
  HttpClient client;
  EXPECT_EQ(client.Post(server.Url(), AsBytes("the end"))->status, 302);
}

TEST(HttpClientTest, EnvironmentNamesNoProxy) {
  RawServer proxy({});
  RawServer server({Replying("HTTP/1.1 200 a\r\nContent-Length: 0\r\n\r\n")});
  ::setenv("http_proxy", proxy.Url().c_str(), 1);
  ::setenv("all_proxy", proxy.Url().c_str(), 1);
  HttpClient client;
  Result<HttpReply> reply = client.Post(server.Url(), AsBytes("the end"));
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  EXPECT_TRUE(reply);
}

TEST(HttpClientTest, OnlyHttpsOrThisMachine) {
  for (std::string url : {"https://tram.example/sync", "https://10.0.0.1:8443/",
                          "http://localhost/", "http://127.0.0.1:8080/sync", "http://127.1.2.3/",
                          "http://[::1]:80/", "HTTP://LOCALHOST/", "http://127.1/"}) {
    EXPECT_TRUE(CheckServerUrl(url)) << url;
  }
  for (std::string url :
       {"http://tram.example/", "http://10.0.0.1/", "http://127.0.0.1.example/",
        "http://localhost.example/", "http://127.0.0.1@tram.example/", "http://[::2]/", "http://0/",
        "ftp://127.0.0.1/", "file:///etc/passwd", "https://a:b@tram.example/",
        "https://a@tram.example/", "https://:b@tram.example/", "https://", "", "x y",
        "tram.example", "http://2130706434.example/"}) {
    Status status = CheckServerUrl(url);
    ASSERT_FALSE(status) << url;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
  }
  HttpClient client;
  Result<HttpReply> reply = client.Post("http://192.0.2.1/sync", AsBytes("x"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(reply.error().message, HasSubstr("use https://"));
}

}  // namespace
}  // namespace tram
