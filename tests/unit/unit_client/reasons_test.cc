// Why something that came does not show, in words, with the next step, and in which language.
#include "app/reasons.h"

#include <gmock/gmock.h>

#include <set>

#include "app/status.h"
#include "tests/unit/unit_client/page_fixture.h"
#include "tram/wire/op_codec.h"

namespace tram::client {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class ReasonsTest : public PageTest {
 protected:
  static constexpr std::uint32_t kNobodysType = 77;

  Output In(Language language) const { return Output(language, false); }
  OpId Write(Op op) {
    op.device = device_->device();
    op.time = device_->time().Next({});
    const OpId id = device_->log().entry(device_->own().Append(op)).op;
    EXPECT_TRUE(device_->log().Commit());
    EXPECT_TRUE(device_->RefreshView());
    return id;
  }
  /// An op of record type `type`, of `record`; nothing: a new record of that type.
  Op OpOf(std::uint32_t type, const std::optional<RecordId>& record) {
    OpBody body;
    body.type = type;
    if (!record) body.nonce = 1;
    Op op;
    op.record = record;
    op.body = EncodeBody(body);
    return op;
  }
  std::string Said(HeldWhy why, Language language) { return HeldWords(In(language), why); }
};

TEST_F(ReasonsTest, EveryHeldOpIsExplainedByWhatItIs) {
  const RecordId client = Add("client", {{"full_name", "Lê Thị Hoa"}});
  const std::uint32_t client_type = Type("client").number, other = Type("episode").number;
  std::map<OpId, HeldWhy> expected;
  Op newer = OpOf(client_type, client);
  newer.format = kOpFormat + 1;
  expected[Write(newer)] = HeldWhy::kNewerFormat;
  Op broken = OpOf(client_type, client);
  broken.body.push_back(0xff);
  expected[Write(broken)] = HeldWhy::kUnreadable;
  const OpId unknown = Write(OpOf(kNobodysType, std::nullopt));
  expected[unknown] = HeldWhy::kUnknownType;
  expected[Write(OpOf(client_type, RecordOf(unknown)))] = HeldWhy::kRecordIsHeld;
  expected[Write(OpOf(other, client))] = HeldWhy::kOfAnotherType;
  Op forged = OpOf(client_type, client);
  forged.device = device_->replica().server();
  expected[device_->log().entry(device_->log().Append({forged.device, 1}, 0, forged)).op] =
      HeldWhy::kOfServer;
  ASSERT_TRUE(device_->log().Commit());
  ASSERT_TRUE(device_->RefreshView());
  std::map<OpId, HeldWhy> found;
  for (const HeldOp& held : device_->view().Held()) found[held.id] = WhyHeld(*device_, held);
  EXPECT_EQ(found, expected);

  const Page page = PageOf(Run(SyncRoutes(), "GET", "/sync"));
  ASSERT_EQ(page.model["held"].size(), expected.size());
  std::set<std::string> shown;
  for (const Json& held : page.model["held"]) shown.insert(held["reason"]);
  for (const auto& [op, why] : expected) {
    EXPECT_TRUE(shown.contains(Said(why, Language::kVietnamese))) << static_cast<int>(why);
  }
  Output out = In(Language::kVietnamese);
  Call call{*device_, out, SystemClock(), SystemRandom(), {}};
  ASSERT_TRUE(ShowStatus(call));
  const std::string status = out.Finish(Status()).out;
  for (const std::string& words : shown) EXPECT_THAT(status, HasSubstr(words));
  EXPECT_THAT(status, Not(HasSubstr("update the program")));
}

TEST_F(ReasonsTest, EveryReasonHasANextStepInBothLanguages) {
  std::set<std::string> said;
  std::size_t count = 0;
  const auto check = [&](const std::string& vi, const std::string& en) {
    count += 2;
    said.insert({vi, en});
    EXPECT_THAT(vi, AnyOf(HasSubstr("ãy "), HasSubstr("không cần làm gì"))) << vi;
    EXPECT_THAT(en, AnyOf(HasSubstr("ell the province"), HasSubstr("pdate the program"),
                          HasSubstr("ync "), HasSubstr("Take the"), HasSubstr("take another"),
                          HasSubstr("nothing else to do")))
        << en;
  };
  for (const HeldWhy why : {HeldWhy::kNewerFormat, HeldWhy::kUnreadable, HeldWhy::kUnknownType,
                            HeldWhy::kRecordIsHeld, HeldWhy::kOfAnotherType, HeldWhy::kOfServer}) {
    check(Said(why, Language::kVietnamese), Said(why, Language::kEnglish));
  }
  for (const RefusalReason reason :
       {RefusalReason::kGap, RefusalReason::kUnresolved, RefusalReason::kBadHash,
        RefusalReason::kBadSignature, RefusalReason::kUnknownDevice, RefusalReason::kNotPermitted,
        RefusalReason::kLimit}) {
    check(RefusalWords(In(Language::kVietnamese), reason),
          RefusalWords(In(Language::kEnglish), reason));
  }
  EXPECT_EQ(said.size(), count) << "each says something of its own";
}

}  // namespace
}  // namespace tram::client
