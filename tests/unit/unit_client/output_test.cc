#include "app/output.h"

#include <gtest/gtest.h>

#include "app/control.h"

namespace tram::client {
namespace {

TEST(Output, TextForAPersonInHisLanguage) {
  Output vietnamese(Language::kVietnamese, false), english(Language::kEnglish, false);
  for (Output* out : {&vietnamese, &english}) out->Say("đã lưu {}", "saved {}", 3);
  EXPECT_EQ(vietnamese.Finish({}).out, "đã lưu 3\n");
  EXPECT_EQ(english.Finish({}).out, "saved 3\n");
}

TEST(Output, JsonIsOneDocumentAndNotesStayBeside) {
  Output out(Language::kEnglish, true);
  out.Say("x", "text for a person");
  out.Note("y", "a note");
  out.document()["n"] = 1;
  Outcome outcome = out.Finish({});
  EXPECT_EQ(outcome.out, "{\"n\":1}\n");
  EXPECT_EQ(outcome.err, "a note\n");
  EXPECT_EQ(outcome.exit, 0);
}

TEST(Output, AnErrorIsOneLineAndInTheDocument) {
  Output out(Language::kEnglish, true);
  Outcome outcome = out.Finish(MakeError(ErrorCode::kInvalid, "first line\nsecond"));
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_EQ(outcome.err, "first line; second\n");
  Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["error"]["code"], "invalid");
}

TEST(Output, BytesThatAreNoTextDoNotBreakTheDocument) {
  Output out(Language::kEnglish, true);
  out.document()["file"] = "\xff\xfe";
  EXPECT_FALSE(Json::parse(out.Finish({}).out, nullptr, false).is_discarded());
}

TEST(Control, RequestsAndRepliesComeBackAsTheyWere) {
  ControlRequest request{
      {"add", "client", "full_name=Đỗ"}, "/tmp", Language::kEnglish, true, "mật khẩu", 7};
  auto read = DecodeControlRequest(EncodeControlRequest(request));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->argv, request.argv);
  EXPECT_EQ(read->cwd, "/tmp");
  EXPECT_EQ(read->language, Language::kEnglish);
  EXPECT_TRUE(read->json);
  EXPECT_EQ(read->passphrase, request.passphrase);
  EXPECT_EQ(read->sync_ticket, 7u);

  ControlReply reply{{1, "out", "err", true}, 9};
  auto back = DecodeControlReply(EncodeControlReply(reply));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->outcome.exit, 1);
  EXPECT_EQ(back->outcome.out, "out");
  EXPECT_EQ(back->outcome.err, "err");
  EXPECT_TRUE(back->outcome.needs_passphrase);
  EXPECT_EQ(back->sync_ticket, 9u);
}

TEST(Control, ForeignBytesAreRefused) {
  for (const char* text : {"", "{}", "[]", "{\"argv\":1}", "\xff", "{\"exit\":\"no\"}"}) {
    EXPECT_FALSE(DecodeControlRequest(text)) << text;
    EXPECT_FALSE(DecodeControlReply(text)) << text;
  }
}

}  // namespace
}  // namespace tram::client
