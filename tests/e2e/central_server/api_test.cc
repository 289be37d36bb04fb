// The interface for programs at the real server, as it is used: a person signs in and makes a token
// on the page, a program reads with it by libcurl, the person revokes it; and a token of the
// console.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "tests/support/openapi_check.h"
#include "tests/support/real_programs.h"
#include "tram/web/http.h"

namespace tram::test {
namespace {

constexpr char kPassword[] = "bốn con vịt bơi quanh hồ";

struct Reply {
  long status = 0;
  std::string type, body;
  std::map<std::string, std::string> headers;  // lower-case names
};

/// libcurl as a browser without scripts, or as a program: cookies of its own, redirections
/// followed.
class Caller {
 public:
  explicit Caller(std::string url) : url_(std::move(url)), curl_(curl_easy_init()) {
    curl_easy_setopt(curl_.get(), CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(curl_.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl_.get(), CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &Caller::TakeBody);
    curl_easy_setopt(curl_.get(), CURLOPT_HEADERFUNCTION, &Caller::TakeHeader);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &reply_);
    curl_easy_setopt(curl_.get(), CURLOPT_HEADERDATA, &reply_);
  }

  Reply Get(const std::string& path, const std::vector<std::string>& headers = {}) {
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl_.get(), CURLOPT_FOLLOWLOCATION, 0L);
    return Perform(path, headers);
  }
  /// A form of the page that was seen last; then what the browser is sent to.
  Reply Post(const std::string& path, const HttpFields& fields) {
    std::string body = "csrf=" + csrf_;
    for (const auto& [name, value] : fields) body += "&" + name + "=" + PercentEncode(value);
    curl_easy_setopt(curl_.get(), CURLOPT_COPYPOSTFIELDS, body.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_FOLLOWLOCATION, 1L);
    return Perform(path, {"Origin: " + url_});
  }
  Reply WithToken(const std::string& token, const std::string& path,
                  std::vector<std::string> headers = {}) {
    headers.push_back("Authorization: Bearer " + token);
    return Get(path, headers);
  }

 private:
  static std::size_t TakeBody(char* data, std::size_t size, std::size_t count, void* to) {
    static_cast<Reply*>(to)->body.append(data, size * count);
    return size * count;
  }
  static std::size_t TakeHeader(char* data, std::size_t size, std::size_t count, void* to) {
    std::string line(data, size * count);
    Reply& reply = *static_cast<Reply*>(to);
    if (line.starts_with("HTTP/")) reply = Reply();  // of the last answer alone
    const std::size_t colon = line.find(": ");
    if (colon == line.npos) return size * count;
    std::transform(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), line.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    reply.headers[line.substr(0, colon)] =
        line.substr(colon + 2, line.find_last_not_of("\r\n") - colon - 1);
    return size * count;
  }
  Reply Perform(const std::string& path, const std::vector<std::string>& headers) {
    curl_slist* list = nullptr;
    for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl_.get(), CURLOPT_URL, (url_ + path).c_str());
    reply_ = Reply();
    const CURLcode done = curl_easy_perform(curl_.get());
    curl_slist_free_all(list);
    EXPECT_EQ(done, CURLE_OK) << curl_easy_strerror(done) << ": " << path;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &reply_.status);
    reply_.type = reply_.headers["content-type"];
    static const std::string before = "name=\"csrf\" value=\"";
    if (const std::size_t at = reply_.body.find(before); at != std::string::npos) {
      const std::size_t begin = at + before.size();
      csrf_ = reply_.body.substr(begin, reply_.body.find('"', begin) - begin);
    }
    return reply_;
  }

  struct Cleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };
  std::string url_, csrf_;
  std::unique_ptr<CURL, Cleanup> curl_;
  Reply reply_;
};

class ApiEndToEndTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.AddUnit("KH-001", "Trạm Phương Sơn", "56", "2025-07-01");
    link_ = server_.Json({"user", "add", "quan.ly", "--role", "manager"}).at("link");
    server_.Start();
    person_ = std::make_unique<Caller>(server_.url());
    program_ = std::make_unique<Caller>(server_.url());
    person_->Get(link_);
    const Reply chosen = person_->Post(link_, {{"password", kPassword}, {"again", kPassword}});
    ASSERT_EQ(chosen.status, 200) << chosen.body;
  }
  /// By the page, as a person would: the token that it shows.
  std::string MakeToken(const std::string& label) {
    person_->Get("/me/tokens");
    const Reply made = person_->Post("/me/tokens", {{"label", label},
                                                    {"scope", "activity"},
                                                    {"scope", "outcomes"},
                                                    {"days", "30"},
                                                    {"current", kPassword}});
    const std::size_t at = made.body.find("value=\"tram_");
    EXPECT_NE(at, std::string::npos) << made.body;
    return at == std::string::npos ? ""
                                   : made.body.substr(at + 7, made.body.find('"', at + 7) - at - 7);
  }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  std::string link_;
  std::unique_ptr<Caller> person_, program_;
};

TEST_F(ApiEndToEndTest, ATokenIsMadeOnThePageUsedAndRevoked) {
  const std::string token = MakeToken("kho so lieu");
  const Reply me = program_->WithToken(token, "/api/v1/me");
  ASSERT_EQ(me.status, 200) << me.body;
  EXPECT_EQ(me.type, "application/json");
  EXPECT_EQ(nlohmann::json::parse(me.body).at("account"), "quan.ly");
  EXPECT_EQ(me.headers.count("set-cookie"), 0u);
  EXPECT_EQ(program_->WithToken(token, "/me").status, 303) << "no page is open to it";
  EXPECT_EQ(person_->Get("/api/v1/me").status, 401) << "and a session opens nothing there";

  const Reply document = program_->WithToken(token, "/api/v1/openapi.json");
  const Reply same = program_->WithToken(token, "/api/v1/openapi.json",
                                         {"If-None-Match: " + document.headers.at("etag")});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");

  const std::string page = person_->Get("/me/tokens").body;
  const std::size_t form = page.find("action=\"/me/tokens/");
  ASSERT_NE(form, std::string::npos) << page;
  const std::string path = page.substr(form + 8, page.find('"', form + 8) - form - 8);
  EXPECT_EQ(person_->Post(path, {}).status, 200);
  const Reply refused = program_->WithToken(token, "/api/v1/me?lang=en");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.type, "application/problem+json");
  EXPECT_NE(refused.headers.at("www-authenticate").find("invalid_token"), std::string::npos);
  EXPECT_NE(refused.body.find("this token is revoked"), std::string::npos) << refused.body;
}

TEST_F(ApiEndToEndTest, ATokenOfTheConsoleOutlivesARestartAndEndsAtTheConsole) {
  const std::string token = server_
                                .Json({"user", "token", "quan.ly", "--label", "kho", "--scope",
                                       "activity", "--days", "5"})
                                .at("token");
  EXPECT_EQ(program_->WithToken(token, "/api/v1/data").status, 200);
  server_.Stop();
  server_.Start();
  EXPECT_EQ(program_->WithToken(token, "/api/v1/data").status, 200);
  EXPECT_EQ(server_.Run({"user", "revoke", "quan.ly", "kho"}).exit, 0);
  EXPECT_EQ(program_->WithToken(token, "/api/v1/data").status, 401);
}

TEST_F(ApiEndToEndTest, EveryAnswerIsAsTheOpenApiDocumentSays) {
  if (const std::string missing = OpenApiCheckMissing(); !missing.empty()) {
    GTEST_SKIP() << missing;
  }
  const std::string token = MakeToken("kho");
  const std::string document = program_->WithToken(token, "/api/v1/openapi.json").body;
  std::vector<ApiAnswer> answers;
  const auto ask = [&](const std::string& path) {
    const Reply reply = program_->WithToken(token, path);
    answers.push_back({path, static_cast<int>(reply.status), reply.type, reply.body});
  };
  const auto json = nlohmann::json::parse(document);
  for (const auto& [path, item] : json.at("paths").items()) {
    std::string query;
    for (const auto& parameter : item.at("get").at("parameters")) {
      if (!parameter.value("required", false) || parameter.value("in", "") != "query") continue;
      const std::string name = parameter.at("name");
      // Of this server, where the example is of another one.
      const std::string value = name == "unit" ? "KH-001" : parameter.value("example", "");
      query += (query.empty() ? "?" : "&") + name + "=" + PercentEncode(value);
    }
    ask(path + query);
  }
  ask("/api/v1/data/none");
  ask("/api/v1/me?x=1");
  for (const std::string& wrong : CheckOpenApi(document, answers)) {
    // What this role may not have answers 403 alone.
    if (wrong.find("has no answer") != wrong.npos) continue;
    ADD_FAILURE() << wrong;
  }
}

}  // namespace
}  // namespace tram::test
