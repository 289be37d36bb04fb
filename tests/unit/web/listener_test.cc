// The listener against raw sockets: what it accepts, refuses and survives.
#include "tram/web/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/unit/web/raw_client.h"
#include "web/os_descriptors.h"

namespace tram {
namespace {

using test::RawClient;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void Ok(HttpRequest, Respond respond) { respond({200, "", "ok", {}}); }

std::unique_ptr<Listener> Open(ListenerOptions options, Handler handler = Ok) {
  Result<std::unique_ptr<Listener>> listener =
      Listener::Start(std::move(options), std::move(handler));
  if (!listener) {
    ADD_FAILURE() << listener.error().message;
    return nullptr;
  }
  return std::move(*listener);
}

// Sends all of `request` and gives all that comes until the listener closes.
std::string Converse(const Listener& listener, std::string_view request) {
  RawClient client(listener.port());
  client.Send(request);
  return client.ReadToEnd();
}

bool Within20s(const std::function<bool()>& condition) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(ListenerTest, HandlerGetsTheRequestDecoded) {
  std::promise<HttpRequest> got;
  auto listener = Open({}, [&](HttpRequest request, Respond respond) {
    got.set_value(std::move(request));
    respond({200, "", "ok", {}});
  });
  RawClient client(listener->port());
  client.Send(
      "POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nX-Odd: 1\r\nx-oDD: 2\r\nCookie: a=1\r\n"
      "cookie: b=2\r\nContent-Length: 3\r\n\r\nxyz");
  EXPECT_EQ(client.Read(kOk.size()), kOk);
  HttpRequest request = got.get_future().get();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a%20b?x=1");
  EXPECT_EQ(request.path, "/a b");
  EXPECT_EQ(FirstOf(request.query, "x"), "1");
  EXPECT_EQ(request.Header("host"), "h");
  EXPECT_EQ(request.Header("x-odd"), "1, 2");
  EXPECT_EQ(request.Header("cookie"), "a=1; b=2");
  EXPECT_EQ(request.body, "xyz");
  EXPECT_EQ(request.remote_address, "127.0.0.1");
}

TEST(ListenerTest, ConnectionIsKeptAndPipelinedRequestsAreAnsweredInOrder) {
  auto listener = Open({}, [](HttpRequest request, Respond respond) {
    respond({200, "", request.path, {}});
  });
  RawClient client(listener->port());
  std::string first = "GET /1 HTTP/1.1\r\n\r\n";
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/";
  client.Send(first);
  EXPECT_EQ(client.Read(answer.size() + 1), answer + "1");
  client.Send("GET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd(), answer + "2" +
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                                    "Connection: close\r\n\r\n/3");
}

TEST(ListenerTest, HeadAndOldClientsAndContinue) {
  auto listener = Open({});
  EXPECT_EQ(Converse(*listener, "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(Converse(*listener, "GET / HTTP/1.0\r\n\r\n"), EndsWith("close\r\n\r\nok"));
  RawClient client(listener->port());
  client.Send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(client.Read(kContinue.size()), kContinue);
  client.Send("x");
  EXPECT_EQ(client.Read(kOk.size()), kOk);
}

TEST(ListenerTest, LimitsAndMalformedRequestsAreRefused) {
  ListenerOptions options;
  options.header_bytes_max = 1024;
  options.body_bytes_max = 100;
  auto listener = Open(options, [](HttpRequest request, Respond respond) {
    respond({200, "", std::to_string(request.body.size()), {}});
  });
  std::string post = "POST / HTTP/1.1\r\nConnection: close\r\n";
  EXPECT_THAT(Converse(*listener, post + "Content-Length: 100\r\n\r\n" + std::string(100, 'x')),
              EndsWith("\r\n100"));
  EXPECT_THAT(Converse(*listener, post + "Content-Length: 101\r\n\r\n" + std::string(101, 'x')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Converse(*listener, post + "Content-Length: 99999999999\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Converse(*listener, post + "Transfer-Encoding: chunked\r\n\r\n65\r\n" +
                                      std::string(101, 'x') + "\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Converse(*listener, post + "A: " + std::string(1024, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Converse(*listener, "GET /" + std::string(100'000, 'x')),
              StartsWith("HTTP/1.1 431 "));
  for (std::string wrong :
       {std::string("\x16\x03\x01\x02hello"), std::string("GET / FTP/1.1\r\n\r\n"),
        std::string("GET /%zz HTTP/1.1\r\n\r\n"), std::string("GET http://a/ HTTP/1.1\r\n\r\n"),
        post + "Content-Length: x\r\n\r\n",
        post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_THAT(Converse(*listener, wrong), StartsWith("HTTP/1.1 400 ")) << wrong;
  }
}

TEST(ListenerTest, RefusalReachesAClientThatIsStillSending) {
  auto listener = Open({});
  for (int i = 0; i < 20; ++i) {
    RawClient client(listener->port());
    client.Send("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n");
    EXPECT_TRUE(client.Send(std::string(600'000, 'x')));
    EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 413 "));
  }
}

TEST(ListenerTest, HandlersMayFail) {
  ListenerOptions options;
  auto listener = Open(options, [](HttpRequest request, Respond respond) {
    if (request.path == "/throw") throw std::runtime_error("a secret");
    if (request.path == "/odd") throw 7;
    if (request.path == "/forget") return;
    if (request.path == "/split") return respond(SeeOther("/\r\nSet-Cookie: a=b\r\n"));
    respond({200, "", "ok", {}});
    respond({200, "", "twice", {}});
    if (request.path == "/late") throw std::runtime_error("after the answer");
  });
  RawClient client(listener->port());
  for (std::string path : {"/throw", "/odd", "/forget", "/split"}) {
    client.Send("GET " + path + " HTTP/1.1\r\n\r\n");
    std::string reply = *client.ReadSome();
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 500 ")) << path;
    EXPECT_THAT(reply, Not(HasSubstr("secret")));
    EXPECT_THAT(reply, Not(HasSubstr("Cookie")));
  }
  client.Send("GET /late HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read(kOk.size()), kOk);
  client.Send(kGet);
  EXPECT_EQ(client.Read(kOk.size()), kOk);
}

TEST(ListenerTest, AnswersComeFromAnyThread) {
  std::vector<std::future<void>> workers;
  std::mutex mutex;
  auto listener = Open({}, [&](HttpRequest request, Respond respond) {
    std::lock_guard lock(mutex);
    workers.push_back(std::async(std::launch::async, [path = request.path, respond] {
      respond({200, "", path, {}});
    }));
  });
  std::vector<RawClient> clients;
  for (int i = 10; i < 60; ++i) {
    clients.emplace_back(listener->port());
    clients.back().Send("GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n");
  }
  std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n/";
  for (int i = 10; i < 60; ++i) {
    EXPECT_EQ(clients[static_cast<std::size_t>(i - 10)].Read(head.size() + 2),
              head + std::to_string(i));
  }
  listener->Stop();
}

TEST(ListenerTest, SlowSendersAreToldAndClosed) {
  ListenerOptions options;
  options.request_deadline_ms = 200;
  auto listener = Open(options);
  EXPECT_THAT(Converse(*listener, "G"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(Converse(*listener, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"),
              StartsWith("HTTP/1.1 408 "));
}

TEST(ListenerTest, ClientsThatNeverCloseAreClosed) {
  ListenerOptions options;
  options.request_deadline_ms = 200;
  auto listener = Open(options);
  RawClient refused(listener->port());
  refused.Send("GET http://a/ HTTP/1.1\r\n\r\n");
  EXPECT_THAT(refused.ReadToEnd(), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(Within20s([&] { return listener->connections() == 0; }));
  RawClient slow(listener->port());
  slow.Send("G");
  EXPECT_THAT(slow.ReadToEnd(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(Within20s([&] { return listener->connections() == 0; }));
}

TEST(ListenerTest, DeadlineIsAbsolute) {
  ListenerOptions options;
  options.request_deadline_ms = 300;
  auto listener = Open(options);
  RawClient client(listener->port());
  auto begin = std::chrono::steady_clock::now();
  client.Send("GET / HTTP/1.1\r\nA: ");
  // A byte every 10 ms: each one is progress, and none of them buys time.
  while (!client.Readable(10) && client.Send("x")) {
    if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(10)) break;
  }
  EXPECT_THAT(client.Read(12), StartsWith("HTTP/1.1 408"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

TEST(ListenerTest, IdleConnectionsAreClosed) {
  ListenerOptions options;
  options.idle_deadline_ms = 200;
  auto listener = Open(options);
  EXPECT_EQ(Converse(*listener, ""), "");
  EXPECT_EQ(Converse(*listener, kGet), kOk);
}

TEST(ListenerTest, ClientsThatDoNotReadAreClosed) {
  ListenerOptions options;
  options.request_deadline_ms = 200;
  auto listener = Open(options, [](HttpRequest, Respond respond) {
    respond({200, "", std::string(64 * 1024 * 1024, 'x'), {}});
  });
  RawClient client(listener->port());
  client.Send(kGet);
  ASSERT_TRUE(client.Readable(test::kWaitMs));
  EXPECT_TRUE(Within20s([&] { return listener->connections() == 0; }));
  EXPECT_LT(client.ReadToEnd().size(), 64u * 1024 * 1024);
}

TEST(ListenerTest, SlowHandlersAreAnsweredForAndTheirAnswerGoesNowhere) {
  std::promise<Respond> held;
  ListenerOptions options;
  options.request_deadline_ms = 200;
  auto listener =
      Open(options, [&](HttpRequest, Respond respond) { held.set_value(std::move(respond)); });
  RawClient client(listener->port());
  client.Send(kGet);
  Respond respond = held.get_future().get();
  ASSERT_TRUE(client.Readable(test::kWaitMs));
  respond({200, "", "late", {}});
  std::string reply = client.ReadToEnd();
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 504 "));
  EXPECT_THAT(reply, Not(HasSubstr("late")));
}

TEST(ListenerTest, StopLetsARunningRequestFinish) {
  std::promise<Respond> held;
  auto listener =
      Open({}, [&](HttpRequest, Respond respond) { held.set_value(std::move(respond)); });
  RawClient idle(listener->port());
  RawClient busy(listener->port());
  busy.Send(kGet);
  Respond respond = held.get_future().get();
  auto stopped = std::async(std::launch::async, [&] { listener->Stop(); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // closed at once: Stop() has begun
  EXPECT_TRUE(Within20s([&] { return !RawClient(listener->port()).connected(); }));
  EXPECT_EQ(stopped.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  respond({200, "", "done", {}});
  EXPECT_THAT(busy.ReadToEnd(), EndsWith("Connection: close\r\n\r\ndone"));
  stopped.get();
  EXPECT_EQ(listener->connections(), 0u);
}

TEST(ListenerTest, StopIsBoundedAndLateAnswersAreHarmless) {
  std::promise<Respond> held;
  ListenerOptions options;
  options.stop_deadline_ms = 100;
  auto listener =
      Open(options, [&](HttpRequest, Respond respond) { held.set_value(std::move(respond)); });
  RawClient client(listener->port());
  client.Send(kGet);
  Respond respond = held.get_future().get();
  listener->Stop();
  EXPECT_EQ(client.ReadToEnd(), "");
  listener.reset();
  respond({200, "", "nobody is there", {}});
}

TEST(ListenerTest, TooManyConnectionsAreToldSo) {
  ListenerOptions options;
  options.connections_max = 3;
  auto listener = Open(options);
  {
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
      clients.emplace_back(listener->port());
      clients.back().Send(kGet);
      EXPECT_EQ(clients.back().Read(kOk.size()), kOk);
    }
    EXPECT_THAT(Converse(*listener, kGet), StartsWith("HTTP/1.1 503 "));
    clients[0].Send(kGet);
    EXPECT_EQ(clients[0].Read(kOk.size()), kOk);
  }
  EXPECT_TRUE(Within20s([&] {
    RawClient client(listener->port());
    client.Send(kGet);
    return client.Read(kOk.size()) == kOk;
  }));
}

TEST(ListenerTest, LargeBodiesAreBoundedTogetherAndSmallOnesPass) {
  ListenerOptions options;
  options.small_body_bytes = 1000;
  options.large_bytes_max = 1'000'000;
  auto listener = Open(options);
  auto post = [](std::size_t bytes, std::size_t sent) {
    return "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
           std::string(sent, 'x');
  };
  std::size_t refused = 0;
  std::vector<RawClient> large;  // each stops before its end, where it is not refused
  for (int i = 0; i < 4; ++i) {
    large.emplace_back(listener->port());
    large.back().Send(post(700'000, 600'000));
  }
  ASSERT_TRUE(Within20s([&] {
    refused = 0;
    for (RawClient& client : large) refused += client.Readable(0) ? 1u : 0u;
    return refused >= 3;
  })) << "more than one is held";
  for (RawClient& client : large) {
    if (client.Readable(0)) {
      EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 503 "));
    }
  }
  RawClient small(listener->port());
  small.Send(post(1000, 1000));
  EXPECT_THAT(small.ReadSome().value_or(""), StartsWith("HTTP/1.1 200 "));
  // Those that are over, whichever way, count no more.
  large.clear();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Within20s([&] {
      RawClient client(listener->port());
      client.Send(post(900'000, 900'000));
      return client.ReadSome().value_or("").starts_with("HTTP/1.1 200 ");
    }));
  }
}

// Fills the listener with `count` clients that have sent `begun`, then asks as an honest one.
void ServeAmong(std::size_t count, std::string_view begun) {
  if (RaiseDescriptorLimit(2 * count + 1024) < 2 * count + 512) {
    GTEST_SKIP() << "this process may not open " << 2 * count + 512 << " sockets";
  }
  ListenerOptions options;
  auto listener = Open(options);
  std::vector<RawClient> slow;
  for (std::size_t i = 0; i < count; ++i) {
    slow.emplace_back(listener->port());
    ASSERT_TRUE(slow.back().connected());
    if (!begun.empty()) {
      ASSERT_TRUE(slow.back().Send(begun));
    }
  }
  ASSERT_TRUE(Within20s([&] { return listener->connections() == count; }));
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    RawClient honest(listener->port());
    honest.Send(kGet);
    ASSERT_EQ(honest.Read(kOk.size()), kOk);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(ListenerTest, HonestClientIsServedAmong500Idle) { ServeAmong(500, ""); }
TEST(ListenerTest, HonestClientIsServedAmong2000Slow) {
  ServeAmong(2000, "POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\nx");
}

TEST(ListenerTest, WhatCannotStartSaysWhy) {
  auto error = [](ListenerOptions options) {
    Result<std::unique_ptr<Listener>> listener = Listener::Start(std::move(options), Ok);
    return listener ? Error{ErrorCode::kTooNew, "it started"} : listener.error();
  };
  auto first = Open({});
  ListenerOptions options;
  options.port = first->port();
  EXPECT_EQ(error(options).code, ErrorCode::kExists);
  EXPECT_THAT(error(options).message, HasSubstr("choose another port"));
  options = {};
  options.address = "localhost";
  EXPECT_EQ(error(options).code, ErrorCode::kInvalid);
  options = {};
  options.threads = 0;
  EXPECT_EQ(error(options).code, ErrorCode::kInvalid);
  options = {};
  options.certificate_file = "/nowhere/a.pem";
  options.key_file = "/nowhere/a.key";
  EXPECT_EQ(error(options).code, ErrorCode::kInvalid);
  EXPECT_THAT(error(options).message, HasSubstr("/nowhere/a.pem"));
}

}  // namespace
}  // namespace tram
