// The real client against the real listener, in plain text and TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>

#include "tests/unit/web/certificate.h"
#include "tests/unit/web/raw_client.h"
#include "tram/transport/http_client.h"
#include "tram/web/listener.h"

namespace tram {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

void Echo(HttpRequest request, Respond respond) { respond({200, "", request.body, {}}); }

class ClientAndListenerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("tram_web_" + std::to_string(::getpid()) + "_" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Start(ListenerOptions options, Handler handler = Echo) {
    std::string scheme = options.certificate_file.empty() ? "http" : "https";
    Result<std::unique_ptr<Listener>> listener = Listener::Start(options, std::move(handler));
    if (!listener) {
      ADD_FAILURE() << listener.error().message;
      return "";
    }
    listener_ = std::move(*listener);
    return scheme + "://127.0.0.1:" + std::to_string(listener_->port()) + "/sync";
  }

  std::filesystem::path folder_;
  std::unique_ptr<Listener> listener_;
  HttpClient client_;
};

TEST_F(ClientAndListenerTest, KeepsTheConnectionAndSpendsFewBytes) {
  std::string url = Start({});
  std::string body(1000, 'x');
  for (int i = 0; i < 5; ++i) {
    Result<HttpReply> reply = client_.Post(url, AsBytes(body));
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, body);
  }
  EXPECT_EQ(client_.connections(), 1u);
  EXPECT_LE(client_.bytes_up() / 5 - body.size(), 70u);
  EXPECT_EQ(client_.bytes_down() / 5 - body.size(), 41u);
}

TEST_F(ClientAndListenerTest, LargeBodiesPassBothWays) {
  std::string url = Start({});
  std::string body(2 * 1024 * 1024, 'x');
  Result<HttpReply> reply = client_.Post(url, AsBytes(body));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, body);
  body.push_back('x');
  reply = client_.Post(url, AsBytes(body));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 413);
}

TEST_F(ClientAndListenerTest, ErrorsArriveWithTheirMeaning) {
  std::string url = Start({}, [](HttpRequest request, Respond respond) {
    ErrorCode code = request.body == "busy" ? ErrorCode::kOverloaded : ErrorCode::kOutcomeUnknown;
    if (request.body == "no") code = ErrorCode::kDenied;
    HttpResponse response = ErrorResponse(MakeError(code, "so it is"));
    response.headers.emplace_back("Retry-After", "7");
    respond(std::move(response));
  });
  EXPECT_EQ(client_.Post(url, AsBytes("busy")).error().code, ErrorCode::kOverloaded);
  EXPECT_EQ(client_.retry_after_ms(), 7000);
  EXPECT_EQ(client_.Post(url, AsBytes("late")).error().code, ErrorCode::kOutcomeUnknown);
  Result<HttpReply> reply = client_.Post(url, AsBytes("no"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 403);
  EXPECT_EQ(reply->body, "so it is\n");
}

TEST_F(ClientAndListenerTest, ServerThatStopsIsOutcomeUnknownThenDisconnected) {
  std::promise<Respond> held;
  ListenerOptions options;
  options.stop_deadline_ms = 50;
  std::string url =
      Start(options, [&](HttpRequest, Respond respond) { held.set_value(std::move(respond)); });
  auto result = std::async(std::launch::async, [&] { return client_.Post(url, AsBytes("x")); });
  Respond respond = held.get_future().get();
  listener_->Stop();
  EXPECT_EQ(result.get().error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(client_.Post(url, AsBytes("x")).error().code, ErrorCode::kDisconnected);
}

TEST_F(ClientAndListenerTest, CancelEndsARunningRequest) {
  std::promise<Respond> held;
  std::string url =
      Start({}, [&](HttpRequest, Respond respond) { held.set_value(std::move(respond)); });
  auto result = std::async(std::launch::async, [&] { return client_.Post(url, AsBytes("x")); });
  Respond respond = held.get_future().get();
  auto begin = std::chrono::steady_clock::now();
  client_.Cancel();
  EXPECT_EQ(result.get().error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(client_.Post(url, AsBytes("x")).error().code, ErrorCode::kDisconnected);
}

TEST_F(ClientAndListenerTest, TlsWithTheRightCertificate) {
  test::Certificate own = test::MakeCertificate(folder_, "own");
  ListenerOptions options;
  options.certificate_file = own.certificate_file;
  options.key_file = own.key_file;
  std::string url = Start(options);
  HttpOptions trusting;
  trusting.ca_file = own.certificate_file;
  std::string body(500'000, 'x');
  for (int i = 0; i < 3; ++i) {
    Result<HttpReply> reply = client_.Post(url, AsBytes(body), trusting);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->body, body);
  }
  EXPECT_EQ(client_.connections(), 1u);
}

TEST_F(ClientAndListenerTest, TlsRefusesWhatItCannotBelieve) {
  test::Certificate own = test::MakeCertificate(folder_, "own");
  test::Certificate other = test::MakeCertificate(folder_, "other");
  std::atomic<int> asked = 0;
  ListenerOptions options;
  options.certificate_file = own.certificate_file;
  options.key_file = own.key_file;
  std::string url = Start(options, [&](HttpRequest, Respond respond) {
    ++asked;
    respond({});
  });
  HttpOptions wrong;
  wrong.ca_file = other.certificate_file;
  Result<HttpReply> reply = client_.Post(url, AsBytes("x"), wrong);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kDenied);
  EXPECT_EQ(client_.Post(url, AsBytes("x")).error().code, ErrorCode::kDenied);  // the system's
  wrong.ca_file = folder_ / "missing.pem";
  EXPECT_EQ(client_.Post(url, AsBytes("x"), wrong).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(client_.bytes_up(), 0u);
}

TEST_F(ClientAndListenerTest, TlsRefusesACertificateForAnotherAddress) {
  test::Certificate elsewhere = test::MakeCertificate(folder_, "elsewhere", "127.0.0.9");
  ListenerOptions options;
  options.certificate_file = elsewhere.certificate_file;
  options.key_file = elsewhere.key_file;
  std::string url = Start(options);
  HttpOptions trusting;
  trusting.ca_file = elsewhere.certificate_file;
  EXPECT_EQ(client_.Post(url, AsBytes("x"), trusting).error().code, ErrorCode::kDenied);
}

TEST_F(ClientAndListenerTest, TlsKeyMustBelongToTheCertificate) {
  test::Certificate own = test::MakeCertificate(folder_, "own");
  test::Certificate other = test::MakeCertificate(folder_, "other");
  ListenerOptions options;
  options.certificate_file = own.certificate_file;
  options.key_file = other.key_file;
  Result<std::unique_ptr<Listener>> listener = Listener::Start(options, Echo);
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(listener.error().message, HasSubstr("other.key"));
}

TEST_F(ClientAndListenerTest, TlsHandshakeHasADeadline) {
  test::Certificate own = test::MakeCertificate(folder_, "own");
  ListenerOptions options;
  options.certificate_file = own.certificate_file;
  options.key_file = own.key_file;
  options.request_deadline_ms = 200;
  Start(options);
  test::RawClient client(listener_->port());
  client.Send("\x16");
  EXPECT_EQ(client.ReadToEnd(), "");
  test::RawClient plain(listener_->port());
  plain.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(plain.ReadToEnd(), Not(StartsWith("HTTP")));
}

}  // namespace
}  // namespace tram
