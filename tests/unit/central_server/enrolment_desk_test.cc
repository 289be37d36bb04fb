#include "app/enrolment_desk.h"

#include <gtest/gtest.h>

#include "tests/unit/central_server/server_fixture.h"
#include "tram/base/os_file.h"
#include "tram/crypto/membership.h"

namespace tram::server {
namespace {

class EnrolmentDeskTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    unit_ = AddTestUnit("BG01", "24");
    desk_ = std::make_unique<EnrolmentDesk>(state());
  }
  std::string Code(int hours = 24) {
    Result<NewCode> code = IssueCode(state(), unit_, hours, "test");
    EXPECT_TRUE(code) << (code ? "" : code.error().message);
    return code ? code->code : "";
  }
  Result<EnrolReply> ByCode(const DeviceId& device, const std::string& code) {
    return desk_->Enrol({device, code, {}, {}}, "10.0.0.1");
  }
  Result<EnrolReply> ByTicket(const UnitId& unit, const DeviceId& device, const Ticket& ticket) {
    return desk_->Enrol({device, "", unit, RedeemTicket(unit, device, ticket)}, "10.0.0.1");
  }
  DeviceId NewDevice() { return SigningKey::Generate(SystemRandom()).id(); }
  void ExpectDenied(const Result<EnrolReply>& reply, const std::string& words) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, ErrorCode::kDenied);
    EXPECT_NE(reply.error().message.find(words), std::string::npos) << reply.error().message;
  }

  Unit unit_;
  std::unique_ptr<EnrolmentDesk> desk_;
};

TEST_F(EnrolmentDeskTest, ACodeMakesAMember) {
  const DeviceId device = NewDevice();
  Result<EnrolReply> reply = ByCode(device, Code());
  ASSERT_OK(reply);
  EXPECT_EQ(reply->unit, unit_.id);
  EXPECT_EQ(reply->unit_name, unit_.name);
  EXPECT_EQ(reply->server, state().keys().server.id());
  ASSERT_EQ(reply->keys.size(), 1u);
  EXPECT_TRUE(
      CheckMember(unit_.id, reply->keys[0], reply->server, [](const DeviceId&) { return false; }));
  Reopen();
  auto found = store().devices().Find(PrefixOf(device));
  ASSERT_OK(found);
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->unit_id, unit_.id);
}

TEST_F(EnrolmentDeskTest, ACodeIsUsedOnceButALostReplyIsSentAgain) {
  const std::string code = Code();
  const DeviceId device = NewDevice();
  ASSERT_OK(ByCode(device, code));
  EXPECT_TRUE(ByCode(device, code));
  ExpectDenied(ByCode(NewDevice(), code), "used");
}

TEST_F(EnrolmentDeskTest, ACodeExpires) {
  const std::string code = Code(1);
  clock_.ms += 3'600'001;
  ExpectDenied(ByCode(NewDevice(), code), "expired");
}

TEST_F(EnrolmentDeskTest, ALaterCodeReplacesTheFirst) {
  const std::string first = Code();
  const std::string second = Code();
  ExpectDenied(ByCode(NewDevice(), first), "wrong");
  EXPECT_TRUE(ByCode(NewDevice(), second));
}

TEST_F(EnrolmentDeskTest, CodesAreForgivingOfSpellingOnly) {
  const std::string code = Code();
  ExpectDenied(ByCode(NewDevice(), code.substr(1)), "wrong");
  std::string spoken = " ";
  for (char c : code) spoken += c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  EXPECT_TRUE(ByCode(NewDevice(), spoken));
}

TEST_F(EnrolmentDeskTest, NoCodeForAUnitThatHasDevices) {
  ASSERT_OK(ByCode(NewDevice(), Code()));
  Result<NewCode> code = IssueCode(state(), unit_, 24, "test");
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::kDenied);
}

TEST_F(EnrolmentDeskTest, TheCodeItselfIsNotStored) {
  const std::string code = Code();
  state_.reset();
  std::string normal;
  for (char c : code) {
    if (c != '-') normal += c;
  }
  auto file = ReadFile(folder_ / kDatabaseName, 1 << 26);
  ASSERT_OK(file);
  EXPECT_EQ(file->find(normal), std::string::npos);
  EXPECT_EQ(file->find(code), std::string::npos);
}

TEST_F(EnrolmentDeskTest, WrongCodesAreLimitedAndWrittenDown) {
  for (int i = 0; i < kWrongPerMinuteMax; ++i) {
    ExpectDenied(ByCode(NewDevice(), "AAAA-AAAA-AAAA-AAAA"), "wrong");
  }
  const std::string code = Code();
  Result<EnrolReply> limited = ByCode(NewDevice(), code);
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, ErrorCode::kOverloaded);
  auto audit = store().audit().All();
  ASSERT_OK(audit);
  int refused = 0;
  for (const AuditRow& row : *audit) refused += row.what.starts_with("refused");
  EXPECT_EQ(refused, kWrongPerMinuteMax);
  clock_.ms += 60'000;
  EXPECT_TRUE(ByCode(NewDevice(), code));
}

TEST_F(EnrolmentDeskTest, ATicketServesOneDevice) {
  auto first = Enrolled(unit_);
  const HybridTime expires{clock_.ms + 1000};
  const Ticket ticket = IssueTicket(unit_.id, expires, first->key(), SystemRandom());
  const DeviceId second = NewDevice();
  Result<EnrolReply> reply = ByTicket(unit_.id, second, ticket);
  ASSERT_OK(reply);
  EXPECT_EQ(reply->keys.size(), 2u);
  EXPECT_TRUE(ByTicket(unit_.id, second, ticket));
  ExpectDenied(ByTicket(unit_.id, NewDevice(), ticket), "used by another");
}

TEST_F(EnrolmentDeskTest, ATicketExpiresByTheServersClock) {
  auto first = Enrolled(unit_);
  const Ticket ticket =
      IssueTicket(unit_.id, HybridTime{clock_.ms + 1000}, first->key(), SystemRandom());
  clock_.ms += 1001;
  ExpectDenied(ByTicket(unit_.id, NewDevice(), ticket), "expired");
}

TEST_F(EnrolmentDeskTest, ATicketOfAStrangerOrForAnotherUnitIsRefused) {
  auto first = Enrolled(unit_);
  const Unit other = AddTestUnit("KH01", "56");
  const HybridTime expires{clock_.ms + 1000};
  const SigningKey stranger = SigningKey::Generate(SystemRandom());
  ExpectDenied(
      ByTicket(unit_.id, NewDevice(), IssueTicket(unit_.id, expires, stranger, SystemRandom())),
      "no member");
  const Ticket ticket = IssueTicket(unit_.id, expires, first->key(), SystemRandom());
  EXPECT_FALSE(ByTicket(other.id, NewDevice(), ticket));
  const DeviceId device = NewDevice();
  EXPECT_FALSE(desk_->Enrol({device, "", unit_.id, RedeemTicket(unit_.id, NewDevice(), ticket)},
                            "10.0.0.2"));
}

TEST_F(EnrolmentDeskTest, ADeviceBelongsToOneUnit) {
  const DeviceId device = NewDevice();
  ASSERT_OK(ByCode(device, Code()));
  unit_ = AddTestUnit("KH01", "56");
  Result<EnrolReply> again = ByCode(device, Code());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kExists);
}

}  // namespace
}  // namespace tram::server
