#include "tram/web/multipart.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

constexpr char kType[] = "multipart/form-data; boundary=----x1";

std::string PartText(const std::string& disposition, const std::string& content,
                     const std::string& more = "") {
  return "------x1\r\nContent-Disposition: " + disposition + "\r\n" + more + "\r\n" + content +
         "\r\n";
}
const std::string kEnd = "------x1--\r\n";

std::string Body() {
  return PartText("form-data; name=\"csrf\"", "abc") +
         PartText("form-data; name=\"file\"; filename=\"gói.bundle\"",
                  std::string("\r\n--\0--\r\n", 9) + "------x",
                  "Content-Type: application/octet-stream\r\n") +
         PartText("form-data; name=\"empty\"", "") + kEnd;
}

bool Refused(const std::string& body, const std::string& type = kType) {
  auto parts = ParseMultipart(type, body);
  return !parts && parts.error().code == ErrorCode::kInvalid;
}

TEST(Multipart, FieldsAndFilesComeAsTheyWereSent) {
  const std::string body = Body();
  auto parts = ParseMultipart(kType, body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 3u);
  const FormPart* file = FileOf(*parts, "file");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->file_name, "gói.bundle");
  EXPECT_EQ(file->content, std::string("\r\n--\0--\r\n", 9) + "------x");
  EXPECT_EQ(FileOf(*parts, "csrf"), nullptr);
  const HttpFields fields = FieldsOf(*parts);
  EXPECT_EQ(fields.size(), 2u);
  EXPECT_EQ(FirstOf(fields, "csrf"), "abc");
  EXPECT_EQ(FirstOf(fields, "empty"), "");
  EXPECT_TRUE(ParseMultipart("Multipart/Form-Data ; Boundary=\"----x1\"", body));
}

TEST(Multipart, APartPointsIntoTheBody) {
  const std::string body = Body();
  auto parts = ParseMultipart(kType, body);
  ASSERT_TRUE(parts);
  for (const FormPart& part : *parts) {
    EXPECT_GE(part.content.data(), body.data());
    EXPECT_LE(part.content.data() + part.content.size(), body.data() + body.size());
  }
}

TEST(Multipart, ABodyCutAnywhereIsRefused) {
  const std::string body = Body();
  for (std::size_t size = 0; size + 2 < body.size(); ++size) {  // the last line end may be missing
    EXPECT_TRUE(Refused(body.substr(0, size))) << size;
  }
  EXPECT_FALSE(Refused(body.substr(0, body.size() - 2)));
}

TEST(Multipart, WhatNoBrowserSendsIsRefused) {
  const std::string good = PartText("form-data; name=\"a\"", "1");
  EXPECT_FALSE(Refused(good + kEnd));
  EXPECT_TRUE(Refused("preamble\r\n" + good + kEnd));
  EXPECT_TRUE(Refused(good + kEnd + "epilogue"));
  EXPECT_TRUE(Refused(PartText("form-data", "1") + kEnd)) << "no name";
  EXPECT_TRUE(Refused(PartText("form-data; name=\"\"", "1") + kEnd));
  EXPECT_TRUE(Refused(PartText("attachment; name=\"a\"", "1") + kEnd));
  EXPECT_TRUE(Refused(PartText("form-data; name=\"a\"; name=\"b\"", "1") + kEnd));
  EXPECT_TRUE(Refused(PartText("form-data; name=\"a", "1") + kEnd));
  EXPECT_TRUE(Refused(
      PartText("form-data; name=\"a\"", "1", "Content-Disposition: form-data; name=\"b\"\r\n") +
      kEnd));
  EXPECT_TRUE(Refused(
      PartText("form-data; name=\"a\"", "1", "Content-Transfer-Encoding: base64\r\n") + kEnd));
  EXPECT_TRUE(Refused(PartText("form-data; name=\"a\"", "1", "no colon\r\n") + kEnd));
  EXPECT_TRUE(Refused("------x1\r\n\r\n1\r\n" + kEnd)) << "a part without a head";
  EXPECT_TRUE(
      Refused("------x1x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" + kEnd));
}

TEST(Multipart, ABoundaryIsOneOfThoseAllowed) {
  const std::string body = PartText("form-data; name=\"a\"", "1") + kEnd;
  for (const char* type :
       {"", "multipart/form-data", "multipart/mixed; boundary=----x1", "text/plain",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"----x1",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a\r\nb\"",
        "multipart/form-data; boundary=----y1"}) {
    EXPECT_TRUE(Refused(body, type)) << type;
  }
  EXPECT_TRUE(Refused(body, "multipart/form-data; boundary=" + std::string(71, 'x')));
  EXPECT_TRUE(IsMultipart(kType));
  EXPECT_FALSE(IsMultipart("application/x-www-form-urlencoded"));
}

TEST(Multipart, PartsAndHeadsStayBelowTheirLimits) {
  std::string body;
  for (std::size_t i = 0; i < kMultipartPartsMax; ++i) {
    body += PartText("form-data; name=\"a\"", "1");
  }
  EXPECT_FALSE(Refused(body + kEnd));
  EXPECT_TRUE(Refused(body + PartText("form-data; name=\"a\"", "1") + kEnd));
  const std::string name(kMultipartHeadBytesMax, 'n');
  EXPECT_TRUE(Refused(PartText("form-data; name=\"" + name + "\"", "1") + kEnd));
}

TEST(Multipart, ABoundaryInsideAFileIsNoEnd) {
  const std::string content = "a------x1\r\n-- ------x1--\r\n\n------x1\r\n------x0";
  const std::string body = PartText("form-data; name=\"file\"; filename=\"a\"", content) +
                           PartText("form-data; name=\"last\"", "z") + kEnd;
  auto parts = ParseMultipart(kType, body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].content, content) << "only a line of its own ends a part";
  EXPECT_EQ((*parts)[1].content, "z") << "the last part is one too";
}

TEST(Multipart, ALineOfTheBoundaryAndMoreEndsNothingQuietly) {
  // Not the boundary, yet it begins like it: refused rather than read as anything.
  EXPECT_TRUE(Refused(PartText("form-data; name=\"a\"", "b\r\n------x1y\r\nc") + kEnd));
}

TEST(Multipart, NamesComeAsBrowsersWriteThem) {
  const std::string body =
      PartText("form-data; name=\"a%22b; c=d\"; filename=\"x;y=%22.csv\"", "1") +
      PartText("form-data; name=tên", "2") + kEnd;
  EXPECT_TRUE(Refused(body)) << "letters beyond ASCII need quotes";
  const std::string good = body.substr(0, body.find("------x1", 1)) +
                           PartText("form-data; filename=\"\"; name=\"none\"", "") + kEnd;
  auto parts = ParseMultipart(kType, good);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].name, "a%22b; c=d");
  EXPECT_EQ((*parts)[0].file_name, "x;y=%22.csv");
  EXPECT_TRUE((*parts)[1].is_file) << "no file was chosen: a file without a name";
  EXPECT_TRUE(Refused(PartText("form-data; name=\"a\"b\"", "1") + kEnd));
}

}  // namespace
}  // namespace tram
