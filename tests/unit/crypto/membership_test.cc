#include "tram/crypto/membership.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/fixed_random.h"

namespace tram {
namespace {

bool Nobody(const DeviceId&) { return false; }

class MembershipTest : public ::testing::Test {
 protected:
  Status Check(const KeyEntry& entry) const {
    return CheckMember(unit_, entry, server_.id(),
                       [&](const DeviceId& device) { return device == member_.id(); });
  }
  void ExpectRefusedAtEveryByte(const KeyEntry& entry) const {
    ASSERT_TRUE(Check(entry));
    for (std::size_t i = 0; i < entry.value.size(); ++i) {
      KeyEntry changed = entry;
      changed.value[i] ^= 1;
      EXPECT_FALSE(Check(changed)) << "value, byte " << i;
      changed = entry;
      changed.value.resize(i);
      EXPECT_FALSE(Check(changed)) << "value cut at " << i;
    }
    for (std::size_t i = 0; i < entry.key.size(); ++i) {
      KeyEntry changed = entry;
      changed.key[i] ^= 1;
      EXPECT_FALSE(Check(changed)) << "device, byte " << i;
      changed = entry;
      changed.key.resize(i);
      EXPECT_FALSE(Check(changed)) << "device cut at " << i;
    }
    KeyEntry longer = entry;
    longer.value.push_back(0);
    EXPECT_FALSE(Check(longer)) << "trailing byte";
  }

  FixedRandom random_{1};
  UnitId unit_ = random_.NewId<UnitId>();
  SigningKey server_ = SigningKey::Generate(random_);
  SigningKey member_ = SigningKey::Generate(random_);
  SigningKey device_ = SigningKey::Generate(random_);
  HybridTime time_{1'790'000'000'000};
};

// Computed by a second implementation (Python's cryptography) from the description in the header.
TEST_F(MembershipTest, KnownAnswers) {
  KeyEntry enrolled = EnrolDevice(unit_, device_.id(), time_, server_);
  EXPECT_EQ(enrolled.kind, KeyEntry::Kind::kMember);
  EXPECT_EQ(ToHex(enrolled.key), device_.id().Hex());
  EXPECT_EQ(ToHex(enrolled.value),
            "01ed54a59fb1ac3a51239351362941b868e85a60e3d7b2485d828821dc7a69c279006c50c4a0010000f6"
            "7ec2f4fe2a5943e22345595ccf9a31d44ca25341ecbbea4a08147ca79944b7182b556da397a43bd4da08"
            "58861cabfe5f0b81e5c17f0cf498f5151e9512b005");
  Ticket ticket = IssueTicket(unit_, time_, member_, random_);
  EXPECT_EQ(ToHex(RedeemTicket(unit_, device_.id(), ticket).value),
            "026c28fd058c18c88c6cce2af981d2d11c851b123ed5b69b7876773ed099ea3f83006c50c4a001000041"
            "c82f7ad4b1a6bdbbbae719c7d34888b1752cfc8a129f1013137a7d1ef61c8f90d1d8cd233201e8e8ed1f"
            "650c5476092f79b3788ff930a193767818e3e4e60611d624e49226d43c8c28e937f362640aaec1e00215"
            "fd6534b461118059220a5ba3e6f5a83340a08728034f30da6888403af99ba2b5f5b6840096fc90f8d3ea"
            "35b67522aad7da5cb4d73fb29305a7e58c426ab1e208b4b7570c141d8981ef6e05");
}

TEST_F(MembershipTest, EnrolledByTheServer) {
  KeyEntry entry = EnrolDevice(unit_, device_.id(), time_, server_);
  EXPECT_TRUE(CheckMember(unit_, entry, server_.id(), Nobody));
  auto certificate = DecodeCertificate(entry.value);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->kind, Certificate::Kind::kEnrolled);
  EXPECT_EQ(certificate->signer, server_.id());
  EXPECT_EQ(certificate->time, time_);
}

TEST_F(MembershipTest, InvitedByAMember) {
  Ticket ticket = IssueTicket(unit_, time_, member_, random_);
  KeyEntry entry = RedeemTicket(unit_, device_.id(), ticket);
  EXPECT_TRUE(Check(entry));
  auto certificate = DecodeCertificate(entry.value);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->kind, Certificate::Kind::kInvited);
  EXPECT_EQ(certificate->signer, member_.id());
  EXPECT_EQ(certificate->time, time_);
  EXPECT_EQ(certificate->ticket, SigningKey::FromSeed(ticket.secret.Copy()).id());
}

TEST_F(MembershipTest, OnlyTheServerEnrolsAndOnlyMembersInvite) {
  Status by_member = Check(EnrolDevice(unit_, device_.id(), time_, member_));
  ASSERT_FALSE(by_member);
  EXPECT_EQ(by_member.error().code, ErrorCode::kDenied);

  Ticket ticket = IssueTicket(unit_, time_, member_, random_);
  Status by_stranger =
      CheckMember(unit_, RedeemTicket(unit_, device_.id(), ticket), server_.id(), Nobody);
  ASSERT_FALSE(by_stranger);
  EXPECT_EQ(by_stranger.error().code, ErrorCode::kDenied);

  Ticket of_server = IssueTicket(unit_, time_, server_, random_);
  EXPECT_TRUE(
      CheckMember(unit_, RedeemTicket(unit_, device_.id(), of_server), server_.id(), Nobody));
}

TEST_F(MembershipTest, CertificatesOfAnotherUnitAreRefused) {
  UnitId other = random_.NewId<UnitId>();
  EXPECT_FALSE(Check(EnrolDevice(other, device_.id(), time_, server_)));
  Ticket ticket = IssueTicket(other, time_, member_, random_);
  EXPECT_FALSE(Check(RedeemTicket(other, device_.id(), ticket)));
  EXPECT_FALSE(Check(RedeemTicket(unit_, device_.id(), ticket)));
}

TEST_F(MembershipTest, AnyChangedOrMissingByteIsRefused) {
  ExpectRefusedAtEveryByte(EnrolDevice(unit_, device_.id(), time_, server_));
  Ticket ticket = IssueTicket(unit_, time_, member_, random_);
  ExpectRefusedAtEveryByte(RedeemTicket(unit_, device_.id(), ticket));
}

TEST_F(MembershipTest, ATicketWithoutItsSecretIsWorthless) {
  // Whoever saw a redeemed ticket on the wire knows all but the secret.
  Ticket seen = IssueTicket(unit_, time_, member_, random_);
  KeyEntry entry = RedeemTicket(unit_, device_.id(), seen);
  entry.key = ToBytes(SigningKey::Generate(random_).id().view());
  Status status = Check(entry);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kDenied);
}

TEST_F(MembershipTest, ASignatureForOnePurposeServesNoOther) {
  // The server's enrolment of a key that is held by a stranger must not pass as a ticket for it.
  KeyEntry enrolment = EnrolDevice(unit_, device_.id(), time_, server_);
  auto certificate = DecodeCertificate(enrolment.value);
  ASSERT_TRUE(certificate);
  Ticket forged;
  forged.inviter = server_.id();
  forged.expires = certificate->time;
  forged.signature = certificate->signature;
  forged.secret = device_.seed().Copy();
  SigningKey accomplice = SigningKey::Generate(random_);
  EXPECT_FALSE(Check(RedeemTicket(unit_, accomplice.id(), forged)));
}

TEST_F(MembershipTest, OtherEntriesAndUnknownKindsAreInvalid) {
  KeyEntry entry = EnrolDevice(unit_, device_.id(), time_, server_);
  KeyEntry seed = entry;
  seed.kind = KeyEntry::Kind::kSeed;
  EXPECT_EQ(Check(seed).error().code, ErrorCode::kInvalid);
  for (int kind : {0, 3, 255}) {
    KeyEntry unknown = entry;
    unknown.value[0] = static_cast<std::uint8_t>(kind);
    EXPECT_EQ(Check(unknown).error().code, ErrorCode::kInvalid) << kind;
  }
  EXPECT_FALSE(DecodeCertificate({}));
}

}  // namespace
}  // namespace tram
