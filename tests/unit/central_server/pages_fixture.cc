#include "tests/unit/central_server/pages_fixture.h"

#include <future>

#include "app/token_desk.h"
#include "tram/crypto/password.h"

namespace tram::server {
namespace {

/// The test's one hash: hashing takes a tenth of a second.
const std::string& HashOfTestPassword() {
  static const std::string hash = HashPassword(kTestPassword).value();
  return hash;
}

}  // namespace

void PagesTest::Serve(Front::Options options) {
  PagesTest::TearDown();  // of this part alone: a test may have more
  owner_ = std::make_unique<OwnerThread>(state());
  auto front = Front::Create(std::move(options), *owner_, state());
  ASSERT_TRUE(front) << front.error().message;
  front_ = std::move(*front);
}

void PagesTest::TearDown() {
  front_.reset();
  owner_.reset();
}

std::string PagesTest::Trail() {
  std::string lines;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(const auto rows, server.store().audit().All());
    for (const AuditRow& row : rows) lines += row.who + ": " + row.what + "\n";
    return {};
  });
  return lines;
}

void PagesTest::OnOwner(const Owner::Work& work) {
  if (owner_) {
    ASSERT_OK(owner_->Do(work));
  } else {
    ASSERT_OK(work(state(), *worker_));
  }
}

Account PagesTest::AddAccount(const std::string& name, Role role,
                              std::vector<std::string> provinces, std::optional<UnitNumber> unit) {
  Account account;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    Account wanted;
    wanted.name = name;
    wanted.role = role;
    wanted.provinces = std::move(provinces);
    wanted.unit = unit;
    wanted.password_hash = HashOfTestPassword();
    TRAM_ASSIGN(account, server.store().accounts().Add(wanted, server.NowMs()));
    return {};
  });
  return account;
}

void PagesTest::Become(const std::optional<Account>& account) {
  cookie_ = csrf_ = token_ = "";
  if (!account) return;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(const std::optional<Account> now, server.store().accounts().Find(account->number));
    const Session& session =
        front_->sessions().Begin(*now, Language::kEnglish, server.clock().SteadyMs());
    cookie_ = session.token();
    csrf_ = session.csrf();
    return {};
  });
}

std::string PagesTest::AsToken(const Account& account, const std::set<Right>& scopes) {
  Become(std::nullopt);
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_TRY(RevokeTokens(server, account, "test"));
    TokenWish wish{"kho", {Right::kActivity}, kTokenDaysDefault};
    TRAM_ASSIGN(const NewToken made, MakeToken(server, account, wish, "test", Language::kEnglish));
    token_ = made.secret;
    std::string names;
    for (const Right right : scopes) names += std::string(RightName(right)) + " ";
    return server.store().database().Execute(
        "UPDATE api_token SET scopes = '" + names +
        "' WHERE number = " + std::to_string(made.token.number));
  });
  return token_;
}

HttpResponse PagesTest::Send(HttpRequest request) {
  request.headers.try_emplace("host", kTestHost);
  if (!cookie_.empty()) request.headers["cookie"] = front_->cookie() + "=" + cookie_;
  if (!token_.empty()) request.headers["authorization"] = "Bearer " + token_;
  request.remote_address = "127.0.0.1";
  std::promise<HttpResponse> promise;
  std::future<HttpResponse> answer = promise.get_future();
  front_->Handle(std::move(request),
                 [&promise](HttpResponse response) { promise.set_value(std::move(response)); });
  return answer.get();
}

HttpResponse PagesTest::Get(const std::string& target) {
  HttpRequest request;
  request.method = "GET";
  EXPECT_TRUE(SetTarget(request, target)) << target;
  return Send(std::move(request));
}

HttpResponse PagesTest::Post(const std::string& path, HttpFields fields) {
  HttpRequest request;
  request.method = "POST";
  EXPECT_TRUE(SetTarget(request, path)) << path;
  request.headers["origin"] = std::string("http://") + kTestHost;
  request.headers["content-type"] = "application/x-www-form-urlencoded";
  if (!csrf_.empty()) fields.emplace("csrf", csrf_);
  for (const auto& [name, value] : fields) {
    request.body +=
        (request.body.empty() ? "" : "&") + PercentEncode(name) + "=" + PercentEncode(value);
  }
  return Send(std::move(request));
}

HttpResponse PagesTest::PostFile(const std::string& path, const std::string& name,
                                 const std::string& content) {
  HttpRequest request;
  request.method = "POST";
  EXPECT_TRUE(SetTarget(request, path)) << path;
  request.headers["origin"] = std::string("http://") + kTestHost;
  request.headers["content-type"] = "multipart/form-data; boundary=between";
  request.body = "--between\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + csrf_ +
                 "\r\n--between\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
                 name + "\"\r\nContent-Type: text/plain\r\n\r\n" + content + "\r\n--between--\r\n";
  return Send(std::move(request));
}

HttpResponse PagesTest::Follow(HttpResponse response) {
  for (int i = 0; i < 5 && response.status == 303; ++i) {
    std::string to;
    for (const auto& [name, value] : response.headers) {
      if (name == "Location") to = value;
    }
    response = Get(to);
  }
  return response;
}

}  // namespace tram::server
