// What the engine says where no field is to blame, in the person's language.
#include "app/problem_lines.h"

#include <gmock/gmock.h>

#include <regex>

#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Said(const std::string& line, Language language) {
  return ProblemInWords(Output(language, false), line);
}

void ExpectWords(const std::string& line) {
  const std::string vi = Said(line, Language::kVietnamese), en = Said(line, Language::kEnglish);
  EXPECT_NE(vi, line) << line;
  EXPECT_NE(en, vi) << line;
  EXPECT_TRUE(std::any_of(vi.begin(), vi.end(), [](char c) { return (c & 0x80) != 0; })) << vi;
  EXPECT_TRUE(vi.ends_with('.')) << vi;
}

/// The errors that a source file makes: their literal parts, with "x" for what stands between.
std::vector<std::string> ErrorsIn(const std::string& path) {
  const std::string source = *ReadFile(test::InSource(path), 1 << 20);
  static const std::regex literal("\"([^\"]*)\"");
  std::vector<std::string> errors;
  constexpr std::string_view kMake = "MakeError(";
  constexpr std::size_t kPrefixMax = 4;  // ": " before another error is no line of its own
  for (auto at = source.find(kMake); at != source.npos; at = source.find(kMake, at + 1)) {
    const std::string call = source.substr(at, source.find(");", at) - at);
    std::string message;
    std::size_t end = 0;
    for (std::sregex_iterator it(call.begin(), call.end(), literal), none; it != none; ++it) {
      const auto begin = static_cast<std::size_t>(it->position());
      const std::string between = call.substr(end, begin - end);
      const bool joined =
          end > 0 && between.find_first_not_of(" \n") == between.npos;  // one text in two lines
      message += (message.empty() || joined ? "" : "x") + (*it)[1].str();
      end = begin + static_cast<std::size_t>(it->length());
    }
    if (message.size() > kPrefixMax) errors.push_back(message);
  }
  return errors;
}

TEST(ProblemInWords, EveryErrorOfSavingHasWords) {
  std::size_t found = 0;
  for (const char* path :
       {"libsync/src/session/record_writer.cc", "libsync/src/session/key_unsealer.cc",
        "libsync/src/base/vietnamese.cc"}) {
    for (const std::string& line : ErrorsIn(path)) {
      ExpectWords(line);
      ++found;
    }
  }
  EXPECT_GE(found, 18u) << "the sources are not read right";
  for (const std::string& line : ErrorsIn("libsync/src/view/unit_view.cc")) ExpectWords(line);
}

TEST(ProblemInWords, WhatIsSaidInWordsAlreadyStaysAsItIs) {
  const std::string line = "máy này không có hồ sơ đó";
  EXPECT_EQ(Said(line, Language::kVietnamese), line);
  EXPECT_EQ(Said(line, Language::kEnglish), line);
}

class EngineErrorsTest : public PageTest {
 protected:
  void ExpectSaid(const Result<Saved>& saved, const std::string& vi) {
    ASSERT_FALSE(saved) << vi;
    EXPECT_THAT(Said(saved.error().message, Language::kVietnamese), HasSubstr(vi))
        << saved.error().message;
  }
  RecordForm EditOf(const RecordId& record, const std::map<std::string, std::string>& values) {
    RecordForm form = FormOf(device_->view().Find(record)->type->name, values);
    form.record = record;
    return form;
  }
};

// As the engine says them: a line that it says otherwise one day has no words any more.
TEST_F(EngineErrorsTest, OfSavingDeletingResolvingAndMergingAreSaidInWords) {
  const RecordId client = Add("client", {{"full_name", "Lê Thị Hoa"}});
  const RecordId episode = Add("episode", {{"intake_date", "2026-03-01"}}, client);
  const RecordId nobody = RecordOf(OpId());
  RecordForm form = FormOf("episode", {{"intake_date", "2026-03-01"}});
  ExpectSaid(device_->Save(form), "phải thuộc về một hồ sơ khác");
  form.parent = episode;
  ExpectSaid(device_->Save(form), "không thể thuộc về hồ sơ đã chọn");
  form.parent = nobody;
  ExpectSaid(device_->Save(form), "không có ở máy này");
  RecordForm client_form = FormOf("client", {{"full_name", "An"}});
  client_form.parent = client;
  ExpectSaid(device_->Save(client_form), "không thuộc về hồ sơ nào khác");
  RecordForm edit = EditOf(client, {{"phone", "0901"}});
  edit.parents = std::vector<OpId>{OpId()};
  ExpectSaid(device_->Save(edit), "hãy đồng bộ rồi mở lại biểu mẫu");
  edit = EditOf(client, {});
  edit.values[999] = Value(std::int64_t{1});
  ExpectSaid(device_->Save(edit), "bộ biểu mẫu của đơn vị không có");
  edit = EditOf(client, {});
  edit.sets[999] = {1};
  ExpectSaid(device_->Save(edit), "bộ biểu mẫu của đơn vị không có");
  edit = EditOf(client, {{"phone", "0901"}});
  edit.reason = std::string(kTextBytesMax + 1, 'x');
  ExpectSaid(device_->Save(edit), "Có mục chữ quá dài");
  edit.reason = "\xff";
  ExpectSaid(device_->Save(edit), "Có chữ không đọc được");
  ExpectSaid(device_->Delete(client, std::string("a\0b", 3), std::nullopt),
             "ký tự không dùng được");
  ExpectSaid(device_->Delete(nobody, "x", std::nullopt), "không có ở máy này");
  ExpectSaid(device_->Undelete(nobody), "không có ở máy này");
  ExpectSaid(device_->Resolve(client, 16, {}), "đã được giải quyết rồi");
  ExpectSaid(device_->MergeInto(client, episode), "Chỉ gộp được hai hồ sơ");
  ExpectSaid(device_->MergeInto(client, client), "Chỉ gộp được hai hồ sơ");
  device_->log().AddKey({KeyEntry::Kind::kTombstone, ToBytes(client.view()), {}});
  ASSERT_TRUE(device_->log().Commit());
  ASSERT_TRUE(device_->RefreshView());
  ExpectSaid(device_->Save(EditOf(client, {{"phone", "0901"}})), "đã bị xoá hẳn");
  device_->Lock();
  ExpectSaid(device_->Delete(episode, "x", std::nullopt), "Đơn vị đang khoá");
}

}  // namespace
}  // namespace tram::client
