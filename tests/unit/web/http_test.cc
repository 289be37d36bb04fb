#include "tram/web/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "web/response_head.h"

namespace tram {
namespace {

using testing::ElementsAre;

TEST(HttpTest, TargetIsSplitAndDecoded) {
  HttpRequest request;
  ASSERT_TRUE(SetTarget(request, "/kh%C3%A1ch/a+b?t%E1%BB%AB=2026-01&q=a+b%26c&q=%2B"));
  EXPECT_EQ(request.target, "/kh%C3%A1ch/a+b?t%E1%BB%AB=2026-01&q=a+b%26c&q=%2B");
  EXPECT_EQ(request.path, "/khách/a+b");
  EXPECT_EQ(FirstOf(request.query, "từ"), "2026-01");
  EXPECT_THAT(AllOf(request.query, "q"), ElementsAre("a b&c", "+"));
  EXPECT_EQ(FirstOf(request.query, "p"), "");
  EXPECT_TRUE(AllOf(request.query, "r").empty());
}

TEST(HttpTest, WrongTargetsAreRefusedAndChangeNothing) {
  HttpRequest request;
  ASSERT_TRUE(SetTarget(request, "/before?a=b"));
  for (std::string_view target :
       {"", "*", "before", "http://host/", "/%", "/%4", "/%g0", "/a%00b", "/a?b=%zz"}) {
    Status status = SetTarget(request, target);
    ASSERT_FALSE(status) << target;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(request.target, "/before?a=b");
    EXPECT_EQ(request.path, "/before");
    EXPECT_EQ(request.query.size(), 1u);
  }
}

TEST(HttpTest, PercentEncodingComesBack) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  std::string encoded = PercentEncode(all);
  EXPECT_EQ(encoded.find_first_of(" /?&=+#\"<>"), std::string::npos);
  Result<std::string> decoded = PercentDecode(encoded);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, all);
  EXPECT_EQ(PercentEncode("Đỗ a-z"), "%C4%90%E1%BB%97%20a-z");
}

TEST(HttpTest, FormsHaveEmptyAndRepeatedFields) {
  Result<HttpFields> fields = DecodeForm("&a=&b&a=1&&=x&c=1=2&");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->size(), 5u);
  EXPECT_THAT(AllOf(*fields, "a"), ElementsAre("", "1"));
  EXPECT_THAT(AllOf(*fields, "b"), ElementsAre(""));
  EXPECT_THAT(AllOf(*fields, ""), ElementsAre("x"));
  EXPECT_EQ(FirstOf(*fields, "c"), "1=2");
  EXPECT_TRUE(DecodeForm("")->empty());
}

TEST(HttpTest, FormsHaveALimit) {
  std::string form;
  for (std::size_t i = 0; i < kHttpFieldsMax; ++i) form += "a&";
  EXPECT_TRUE(DecodeForm(form));
  EXPECT_EQ(DecodeForm(form + "a").error().code, ErrorCode::kInvalid);
}

TEST(HttpTest, ErrorsBecomeResponses) {
  HttpResponse response = ErrorResponse(MakeError(ErrorCode::kNotFound, "no such unit"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "no such unit\n");
  EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(ErrorResponse(MakeError(ErrorCode::kOverloaded, "")).status, 503);
  EXPECT_EQ(SeeOther("/list").status, 303);
}

TEST(ResponseHeadTest, HoldsOnlyWhatIsNeeded) {
  HttpResponse response;
  response.body = "ok";
  EXPECT_EQ(*ResponseHead(response, true), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  response = SeeOther("/x");
  response.content_type = "text/html";
  EXPECT_EQ(*ResponseHead(response, false),
            "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\nContent-Type: text/html\r\n"
            "Location: /x\r\nConnection: close\r\n\r\n");
  response = {};
  response.status = 304;
  EXPECT_EQ(*ResponseHead(response, true), "HTTP/1.1 304 Not Modified\r\n\r\n");
  response.status = 299;
  EXPECT_EQ(*ResponseHead(response, true), "HTTP/1.1 299 Status\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHeadTest, NothingCanBreakOut) {
  EXPECT_FALSE(ResponseHead(SeeOther("/x\r\nSet-Cookie: a=b"), true));
  EXPECT_FALSE(ResponseHead(SeeOther(std::string("/x\0y", 4)), true));
  HttpResponse response;
  response.content_type = "text/html\n";
  EXPECT_FALSE(ResponseHead(response, true));
  response = {};
  for (std::string name : {"", "A B", "A:", "A\r\n"}) {
    response.headers = {{name, "b"}};
    EXPECT_FALSE(ResponseHead(response, true)) << name;
  }
  response = {};
  for (int status : {0, 100, 199, 600}) {
    response.status = status;
    EXPECT_FALSE(ResponseHead(response, true)) << status;
  }
}

}  // namespace
}  // namespace tram
