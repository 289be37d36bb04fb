#include "tram/crypto/sign.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/fixed_random.h"

namespace tram {
namespace {

Bytes Hex(std::string_view hex) { return *FromHex(hex); }

struct Vector {
  const char* seed;
  const char* id;
  const char* message;
  const char* signature;
};

// RFC 8032, section 7.1, tests 1 and 2.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
};

TEST(SignTest, KnownAnswers) {
  for (const Vector& vector : kVectors) {
    SigningKey key = SigningKey::FromSeed(SecretKey::From(Hex(vector.seed)));
    EXPECT_EQ(key.id().Hex(), vector.id);
    EXPECT_EQ(ToHex(key.seed().view()), vector.seed);
    Bytes message = Hex(vector.message);
    EXPECT_EQ(key.Sign(message).Hex(), vector.signature);
    EXPECT_TRUE(VerifySignature(key.id(), message, key.Sign(message)));
  }
}

class SigningKeyTest : public ::testing::Test {
 protected:
  FixedRandom random_{1};
  SigningKey key_ = SigningKey::Generate(random_);
};

TEST_F(SigningKeyTest, EveryFlippedBitOfTheSignatureIsRefused) {
  Signature signature = key_.Sign(AsBytes("statement"));
  for (std::size_t i = 0; i < Signature::kSize; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Signature changed = signature;
      changed.data()[i] ^= static_cast<std::uint8_t>(1 << bit);
      EXPECT_FALSE(VerifySignature(key_.id(), AsBytes("statement"), changed)) << i << '.' << bit;
    }
  }
}

TEST_F(SigningKeyTest, AChangedMessageIsRefused) {
  std::string message = "statement";
  Signature signature = key_.Sign(AsBytes(message));
  for (std::size_t i = 0; i < message.size(); ++i) {
    std::string changed = message;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(VerifySignature(key_.id(), AsBytes(changed), signature));
    EXPECT_FALSE(VerifySignature(key_.id(), AsBytes(message.substr(0, i)), signature));
  }
}

TEST_F(SigningKeyTest, AnotherSignerIsRefused) {
  SigningKey other = SigningKey::Generate(random_);
  EXPECT_NE(other.id(), key_.id());
  EXPECT_FALSE(VerifySignature(other.id(), AsBytes("statement"), key_.Sign(AsBytes("statement"))));
}

TEST_F(SigningKeyTest, WeakIdsAcceptNothing) {
  // An id of all zeros is a point of small order: a signature of zeros would fit any message.
  DeviceId one;
  one.data()[0] = 1;
  for (const DeviceId& weak : {DeviceId(), one}) {
    EXPECT_FALSE(VerifySignature(weak, AsBytes("statement"), Signature()));
  }
}

}  // namespace
}  // namespace tram
