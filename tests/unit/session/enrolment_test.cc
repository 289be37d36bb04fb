// Enrolment messages and invitations: read back as written, and refused where anything is missing.
#include "tram/session/enrolment.h"

#include <nlohmann/json.hpp>

#include "tests/unit/session/new_unit.h"
#include "tram/crypto/membership.h"
#include "tram/crypto/passphrase.h"

namespace tram {
namespace {

using Json = nlohmann::json;

KeyEntry MemberSample() {
  return {KeyEntry::Kind::kMember, Bytes(DeviceId::kSize, 1), Bytes(105, 2)};
}
EnrolReply ReplySample() {
  EnrolReply reply;
  reply.unit = UnitId::From(Bytes(UnitId::kSize, 3));
  reply.unit_name = "Phương Sơn";
  reply.server = DeviceId::From(Bytes(DeviceId::kSize, 4));
  reply.programme_key = DeviceId::From(Bytes(DeviceId::kSize, 5));
  reply.programme = "a programme";
  reply.keys = {MemberSample(), {KeyEntry::Kind::kTombstone, Bytes(20, 6), {}}};
  return reply;
}

TEST(EnrolmentTest, RequestsComeBack) {
  EnrolRequest request;
  request.device = DeviceId::From(Bytes(DeviceId::kSize, 1));
  request.code = "AB12-CD34";
  auto by_code = DecodeEnrolRequest(EncodeEnrolRequest(request));
  ASSERT_TRUE(by_code);
  EXPECT_EQ(by_code->device, request.device);
  EXPECT_EQ(by_code->code, request.code);
  EXPECT_FALSE(by_code->member);
  request.code.clear();
  request.unit = UnitId::From(Bytes(UnitId::kSize, 3));
  request.member = MemberSample();
  auto invited = DecodeEnrolRequest(EncodeEnrolRequest(request));
  ASSERT_TRUE(invited);
  EXPECT_EQ(invited->unit, request.unit);
  EXPECT_EQ(invited->member, request.member);
}

TEST(EnrolmentTest, RequestsThatSayTooLittleAreRefused) {
  EnrolRequest request;
  request.unit = UnitId::From(Bytes(UnitId::kSize, 3));
  request.member = MemberSample();
  const Json whole = Json::parse(EncodeEnrolRequest(request));
  for (const auto& [name, value] : whole.items()) {
    for (const Json& wrong : {Json(), Json(7), Json("zz"), Json("3:")}) {
      Json changed = whole;
      changed[name] = wrong;
      EXPECT_FALSE(DecodeEnrolRequest(changed.dump())) << changed;
    }
    Json without = whole;
    without.erase(name);
    EXPECT_FALSE(DecodeEnrolRequest(without.dump())) << without;
  }
  for (const char* text : {"", "[]", "{", "7", "null"}) {
    EXPECT_EQ(DecodeEnrolRequest(text).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(EnrolmentTest, RepliesComeBackOrAreRefused) {
  const EnrolReply reply = ReplySample();
  auto decoded = DecodeEnrolReply(EncodeEnrolReply(reply));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->unit, reply.unit);
  EXPECT_EQ(decoded->unit_name, reply.unit_name);
  EXPECT_EQ(decoded->server, reply.server);
  EXPECT_EQ(decoded->programme_key, reply.programme_key);
  EXPECT_EQ(decoded->programme, reply.programme);
  EXPECT_EQ(decoded->keys, reply.keys);
  const Json whole = Json::parse(EncodeEnrolReply(reply));
  for (const char* name : {"unit", "server", "programme_key", "keys"}) {
    for (const Json& wrong :
         {Json(), Json(7), Json("zz"), Json::array({7}), Json::array({"5::"})}) {
      Json changed = whole;
      changed[name] = wrong;
      EXPECT_FALSE(DecodeEnrolReply(changed.dump())) << name << " " << wrong;
    }
  }
  for (const char* text : {"", "[]", "{", "<html>"}) {
    EXPECT_EQ(DecodeEnrolReply(text).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(EnrolmentTest, KeyEntriesAsText) {
  for (KeyEntry entry : ReplySample().keys) EXPECT_EQ(*ParseKeyEntry(KeyEntryText(entry)), entry);
  for (const char* text : {"", ":", "::", "1:", "0:00:00", "5:00:00", "11:00:00", "1:0:00",
                           "1:00:0", "1:zz:00", "1:00:zz", "x:00:00"}) {
    EXPECT_FALSE(ParseKeyEntry(text)) << text;
  }
}

class InvitationTest : public NewUnitTest {
 protected:
  /// An invitation that says what `json` says, openable with `code`.
  static Bytes File(const Json& json, const std::string& code) {
    Bytes file = ToBytes(AsBytes("TRAMINV1"));
    Extend(file, *WrapSecret(AsBytes(json.dump()), *NormalSpokenCode(code), SystemRandom()));
    return file;
  }
  static Result<Founding> Read(ByteView file, const std::string& code) {
    return ReadInvitation(file, code, SystemClock(), SystemRandom());
  }
};

TEST_F(InvitationTest, ItOpensWithItsCodeOnlyAndForATime) {
  auto device = NewDevice();
  auto invitation = device->Invite(60'000);
  ASSERT_TRUE(invitation);
  auto founding = Read(invitation->file, invitation->code);
  ASSERT_TRUE(founding) << founding.error().message;
  EXPECT_EQ(founding->unit, device->unit());
  EXPECT_EQ(founding->unit_name, device->unit_name());
  ASSERT_FALSE(founding->keys.empty());
  EXPECT_TRUE(CheckMember(device->unit(), founding->keys.back(), device->device(),
                          [&](const DeviceId& id) { return id == device->device(); }));
  EXPECT_EQ(Read(invitation->file, NewSpokenCode(SystemRandom())).error().code, ErrorCode::kDenied);
  EXPECT_FALSE(Read(invitation->file, "no code"));
  EXPECT_EQ(Read(Bytes(4, 'T'), invitation->code).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(Read(Bytes(400, 'T'), invitation->code).error().code, ErrorCode::kInvalid);
  const ByteView cut = ByteView(invitation->file).first(20);
  EXPECT_EQ(Read(cut, invitation->code).error().code, ErrorCode::kInvalid);
  auto expired = device->Invite(-1000);
  ASSERT_TRUE(expired);
  EXPECT_EQ(Read(expired->file, expired->code).error().code, ErrorCode::kDenied);
}

// Who made the file knows its code, and may be a later program or a broken one.
TEST_F(InvitationTest, WhatIsMissingInsideIsSaid) {
  const std::string code = NewSpokenCode(SystemRandom());
  const std::string id(40, 'a'), key(64, 'a');
  const Json whole = {{"unit", std::string(32, 'a')},
                      {"unit_name", "Unit"},
                      {"unit_key", key},
                      {"server", key},
                      {"programme_key", key},
                      {"programme", "p"},
                      {"keys", Json::array({"3:" + key + ":00"})},
                      {"ticket",
                       {{"inviter", key},
                        {"expires", 4'000'000'000'000},
                        {"signature", std::string(128, 'a')},
                        {"secret", key}}}};
  ASSERT_TRUE(Read(File(whole, code), code));
  for (const char* name : {"unit", "unit_key", "server", "programme_key", "keys", "ticket"}) {
    Json without = whole;
    without.erase(name);
    EXPECT_EQ(Read(File(without, code), code).error().code, ErrorCode::kInvalid) << name;
  }
  for (const char* name : {"inviter", "expires", "signature", "secret"}) {
    Json without = whole;
    without["ticket"].erase(name);
    EXPECT_EQ(Read(File(without, code), code).error().code, ErrorCode::kInvalid) << name;
  }
  Json wrong = whole;
  wrong["keys"] = Json::array({7});
  EXPECT_FALSE(Read(File(wrong, code), code));
  wrong["keys"] = Json::array({"9::"});
  EXPECT_FALSE(Read(File(wrong, code), code));
  wrong = whole;
  wrong["unit_key"] = "aa";
  EXPECT_FALSE(Read(File(wrong, code), code));
  EXPECT_FALSE(Read(File(Json::array(), code), code));
}

}  // namespace
}  // namespace tram
