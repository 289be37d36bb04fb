// Records of the province on a unit's device: they come on another feed, and the unit fills in the
// answers, nothing else.
#include <gmock/gmock.h>

#include "tests/unit/session/new_unit.h"
#include "tram/session/province_record.h"

namespace tram {
namespace {

using testing::HasSubstr;

constexpr char kProgramme[] = R"toml(name = "asked"
version = 1
title = { vi = "Hỏi", en = "Asked" }

[[record]]
number = 16
name = "client"
person = true
vi = "Khách hàng"
en = "Client"
many = { vi = "Khách hàng", en = "Clients" }
fields = [
  { number = 16, name = "full_name", type = "text", vi = "Họ tên", en = "Name" },
]

[[record]]
number = 17
name = "question"
of_province = true
vi = "Câu hỏi"
en = "Question"
many = { vi = "Câu hỏi", en = "Questions" }
fields = [
  { number = 16, name = "about", type = "ref", clear = true, vi = "Về", en = "About" },
  { number = 17, name = "words", type = "text", clear = true, vi = "Hỏi", en = "Words" },
  { number = 18, name = "reply", type = "text", clear = true, answer = true, vi = "Đáp", en = "Reply" },
  { number = 19, name = "secret", type = "text", answer = true, vi = "Thêm", en = "Secret" },
]

[[record]]
number = 18
name = "note"
parent = "client"
of_province = true
vi = "Ghi chú của tỉnh"
en = "Note of the province"
many = { vi = "Ghi chú", en = "Notes" }
fields = [
  { number = 16, name = "words", type = "text", clear = true, vi = "Chữ", en = "Words" },
]
)toml";
constexpr std::uint32_t kName = 16, kWords = 17, kReply = 18, kSecret = 19, kNoteWords = 16;

class ProvinceTest : public NewUnitTest {
 protected:
  void SetUp() override { device_ = NewDevice(kProgramme); }

  const RecordType& Type(const std::string& name) { return *device_->programme().ByName(name); }
  /// On the feed of the unit's server, as a sync brings it.
  RecordId Write(const ProvinceRecord& record) {
    OpLog& log = device_->log();
    const auto op = CreatingOpOf(record, authority_.id(), device_->time().Next({}), ++nonce_);
    EXPECT_TRUE(op) << op.error().message;
    const EntryNumber number = log.Append({authority_.id(), 1}, last_, *op);
    last_ = number;
    const OpId id = log.entry(number).op;
    EXPECT_TRUE(log.Commit());
    EXPECT_TRUE(device_->RefreshView());
    return RecordOf(id);
  }
  RecordId Question() {
    return Write({&Type("question"), std::nullopt, {{kWords, std::string("Đúng không?")}}});
  }
  RecordForm Changing(const RecordId& record, std::map<std::uint32_t, Value> values) {
    RecordForm form;
    form.type = device_->view().Find(record)->type;
    form.record = record;
    form.values = std::move(values);
    return form;
  }
  Value ValueOf(const RecordId& record, std::uint32_t number) {
    const auto found = device_->view().Find(record);
    for (const FieldView& field : found->fields) {
      if (field.field->number == number) return field.value;
    }
    return {};
  }

  std::unique_ptr<UnitDevice> device_;
  EntryNumber last_ = 0;
  std::uint64_t nonce_ = 0;
};

TEST_F(ProvinceTest, AUnitMakesNone) {
  RecordForm form;
  form.type = &Type("question");
  form.values[kReply] = std::string("tự hỏi tự đáp");
  const EntryNumber before = device_->log().size();
  const auto made = device_->Save(form, Language::kVietnamese);
  EXPECT_EQ(CodeOf(made), ErrorCode::kInvalid);
  EXPECT_THAT(made.error().message, HasSubstr("“Câu hỏi” do tỉnh ghi"));
  EXPECT_THAT(device_->Save(form).error().message, HasSubstr("is written by the province"));
  EXPECT_EQ(device_->log().size(), before);
}

TEST_F(ProvinceTest, OnlyAnswersAreFilledIn) {
  const RecordId question = Question();
  EXPECT_EQ(ValueOf(question, kWords), Value(std::string("Đúng không?")));
  ASSERT_TRUE(device_->Save(
      Changing(question, {{kReply, std::string("đúng")}, {kSecret, std::string("chỉ trạm đọc")}})));
  EXPECT_EQ(ValueOf(question, kReply), Value(std::string("đúng")));
  EXPECT_EQ(ValueOf(question, kSecret), Value(std::string("chỉ trạm đọc")));
  const auto changed =
      device_->Save(Changing(question, {{kWords, std::string("khác")}}), Language::kVietnamese);
  EXPECT_EQ(CodeOf(changed), ErrorCode::kInvalid);
  EXPECT_EQ(changed.error().message, "words: do tỉnh ghi, không sửa được ở đây");
  EXPECT_EQ(CodeOf(device_->Save(
                Changing(question, {{kReply, std::string("sai")}, {kWords, std::string("khác")}}))),
            ErrorCode::kInvalid);
  EXPECT_EQ(ValueOf(question, kReply), Value(std::string("đúng"))) << "all of a form or nothing";
  EXPECT_TRUE(device_->Save(
      Changing(question, {{kReply, std::string("đã sửa")}, {kWords, std::string("Đúng không?")}})))
      << "what stands there already is no change";
}

TEST_F(ProvinceTest, NothingOfItIsDeletedMergedOrMoved) {
  RecordForm person;
  person.type = &Type("client");
  person.values[kName] = std::string("An");
  const RecordId an = device_->Save(person)->record, binh = device_->Save(person)->record;
  const RecordId question = Question(), other = Question();
  const RecordId note = Write({&Type("note"), an, {{kNoteWords, std::string("x")}}});
  EXPECT_EQ(device_->view().Find(note)->parent, an);
  const EntryNumber before = device_->log().size();
  EXPECT_EQ(CodeOf(device_->Delete(question, "không thích", std::nullopt)), ErrorCode::kInvalid);
  EXPECT_EQ(CodeOf(device_->MergeInto(question, other)), ErrorCode::kInvalid);
  RecordForm move = Changing(note, {});
  move.parent = binh;
  EXPECT_EQ(CodeOf(device_->Save(move)), ErrorCode::kInvalid);
  EXPECT_EQ(device_->log().size(), before);
  EXPECT_EQ(device_->view().Find(note)->parent, an);
}

TEST_F(ProvinceTest, TheProvinceWritesClearFieldsOfItsOwnTypesOnly) {
  const DeviceId writer = authority_.id();
  const auto fails = [&](const ProvinceRecord& record) {
    return CreatingOpOf(record, writer, HybridTime{1}, 1).error().code == ErrorCode::kInvalid;
  };
  EXPECT_TRUE(fails({&Type("client"), std::nullopt, {}}));
  EXPECT_TRUE(fails({&Type("question"), std::nullopt, {{kReply, std::string("x")}}}));
  EXPECT_TRUE(fails({&Type("question"), std::nullopt, {{kSecret, std::string("x")}}}));
  EXPECT_TRUE(fails({&Type("question"), std::nullopt, {{99, std::string("x")}}}));
  EXPECT_TRUE(CreatingOpOf({&Type("question"), std::nullopt, {}}, writer, HybridTime{1}, 1));
}

}  // namespace
}  // namespace tram
