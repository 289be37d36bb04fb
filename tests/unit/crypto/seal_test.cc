#include "tram/crypto/seal.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <type_traits>

#include "tests/unit/crypto/fixed_random.h"

namespace tram {
namespace {

class SealTest : public ::testing::Test {
 protected:
  SealTest() {
    FixedRandom from_80(0x80);
    unit_ = from_80.NewId<UnitId>();
    FixedRandom from_40(0x40);
    seed_ = from_40.NewId<Seed>();
    client_key_ = DeriveClientKey(unit_key_, seed_);
  }
  /// The text behind a first byte 1.
  Bytes SealText(std::string_view clear, std::string_view text) const {
    Bytes plain{1};
    Extend(plain, AsBytes(text));
    return Seal(client_key_, unit_, AsBytes(clear), plain);
  }
  Result<Bytes> UnsealText(std::string_view clear, ByteView sealed) const {
    return Unseal(client_key_, unit_, AsBytes(clear), sealed);
  }

  FixedRandom from_0_{0};
  SecretKey unit_key_ = SecretKey::Generate(from_0_);
  UnitId unit_;
  Seed seed_;
  SecretKey client_key_;
};

// The known answers were computed by a second implementation, written from the description in
// seal.h with Python's hashlib and a plain ChaCha20.
TEST_F(SealTest, KnownKeys) {
  EXPECT_EQ(ToHex(client_key_.view()),
            "0f69846fd21cfb49adfb9f35eb3590cca203bf5ba299193e47f43d2078afc9a4");
  EXPECT_EQ(ToHex(DeriveClientKey(unit_key_, UnitSeed()).view()),
            "f43bf2025247b419b69d5436b8b94f9f1a3fc2446f2963e09205586283de35e0");
}

TEST_F(SealTest, KnownBlobs) {
  EXPECT_EQ(ToHex(SealText("clear part", "Đỗ Minh Hà")),
            "33b7dac088de6211cfc65733e8d6bd129fc009b86278dbd543cbd25696f4d92a");
  EXPECT_EQ(ToHex(Seal(client_key_, unit_, {}, Bytes{0})),
            "aeee0999c5e907bb3ab78c79e06bc8fbf87c870642a85ed8");
  Bytes long_plain(100);
  FixedRandom(0).Fill(long_plain);
  EXPECT_EQ(ToHex(Seal(client_key_, unit_, AsBytes("x"), long_plain)),
            "c68e720681e4e812bb47f170231e9efc0266725dd85386190a3520db556eb7967e5c8c288a988dd7ac59c1"
            "26a873717b8906bc2e6b6aa3eca9570aeb563e0cc5b868149cec3b8f0867c01c4ec00da2a7dbc93224e164"
            "65b3cc3366e7d8170008c5a6ad7558cc4833376d5ad3168099176d8f27544da53a5e");
}

TEST_F(SealTest, OpensToWhatWasSealedAtEverySize) {
  for (std::size_t size = 1; size <= 70; ++size) {
    for (const std::uint8_t first : {0, 1, 31}) {
      Bytes plain(size);  // zeros at its end are not the padding's
      plain[0] = first;
      const Bytes sealed = Seal(client_key_, unit_, AsBytes("clear"), plain);
      EXPECT_EQ(sealed.size(),
                kSealTagBytes + (size + kSealPadding - 1) / kSealPadding * kSealPadding);
      auto opened = UnsealText("clear", sealed);
      ASSERT_TRUE(opened) << size;
      EXPECT_EQ(*opened, plain);
    }
  }
}

TEST_F(SealTest, TextsOfOnePaddedSizeLookAlikeInSize) {
  EXPECT_EQ(SealText("clear", "none").size(), SealText("clear", "relapse").size());
}

TEST_F(SealTest, AWrongKeyIsDenied) {
  Bytes sealed = SealText("clear", "text");
  SecretKey other = DeriveClientKey(unit_key_, UnitSeed());
  auto opened = Unseal(other, unit_, AsBytes("clear"), sealed);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kDenied);
}

TEST_F(SealTest, AnotherUnitIsDenied) {
  Bytes sealed = SealText("clear", "text");
  auto opened = Unseal(client_key_, UnitId(), AsBytes("clear"), sealed);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kDenied);
}

TEST_F(SealTest, AChangedClearPartIsDenied) {
  std::string clear = "the op's clear part";
  Bytes sealed = SealText(clear, "text");
  for (std::size_t i = 0; i < clear.size(); ++i) {
    std::string changed = clear;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(UnsealText(changed, sealed)) << "byte " << i;
    EXPECT_FALSE(UnsealText(clear.substr(0, i), sealed)) << "cut at " << i;
  }
  EXPECT_FALSE(UnsealText(clear + '\0', sealed)) << "longer";
  EXPECT_TRUE(UnsealText(clear, sealed));
}

TEST_F(SealTest, EveryFlippedBitIsDenied) {
  Bytes sealed = SealText("clear", "a text of more than one block");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = sealed;
      changed[i] ^= static_cast<std::uint8_t>(1 << bit);
      auto opened = UnsealText("clear", changed);
      ASSERT_FALSE(opened) << "byte " << i << " bit " << bit;
      EXPECT_EQ(opened.error().code, ErrorCode::kDenied);
    }
  }
}

TEST_F(SealTest, EveryTruncationIsRefused) {
  Bytes sealed = SealText("clear", "a text of more than one block");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    auto opened = UnsealText("clear", ByteView(sealed).first(size));
    ASSERT_FALSE(opened) << size;
    bool possible = size >= kSealTagBytes + kSealPadding && size % kSealPadding == 0;
    EXPECT_EQ(opened.error().code, possible ? ErrorCode::kDenied : ErrorCode::kInvalid) << size;
  }
}

TEST_F(SealTest, ClonesThatSealDifferentTextsDoNotShareANonce) {
  // Copies of a device have equal keys, equal clocks and equal randomness: only the text differs.
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) {
    Bytes sealed = SealText("clear", "text " + std::to_string(i));
    nonces.insert(ToHex(ByteView(sealed).first(kSealTagBytes)));
  }
  EXPECT_EQ(nonces.size(), 1000u);
}

TEST_F(SealTest, EqualTextsUnderOtherClearPartsDifferEverywhere) {
  Bytes one = SealText("clear 1", "relapse"), two = SealText("clear 2", "relapse");
  EXPECT_NE(Bytes(one.begin(), one.begin() + kSealTagBytes),
            Bytes(two.begin(), two.begin() + kSealTagBytes));
  EXPECT_NE(Bytes(one.begin() + kSealTagBytes, one.end()),
            Bytes(two.begin() + kSealTagBytes, two.end()));
}

TEST_F(SealTest, BytesCannotMoveBetweenClearPartAndText) {
  // The same bytes in a row, cut elsewhere. Whole blocks, so that no padding tells them apart; a
  // unit whose first byte a plaintext may begin with.
  const UnitId unit = FixedRandom(1).NewId<UnitId>();
  const Bytes block = *FromHex("0102030405060708");
  Bytes clear = *FromHex("61"), longer_clear = clear, longer_plain = ToBytes(unit.view());
  Extend(longer_clear, unit.view());
  Extend(longer_plain, block);
  const Bytes one = Seal(client_key_, unit, longer_clear, block);
  const Bytes two = Seal(client_key_, unit, clear, longer_plain);
  EXPECT_NE(Bytes(one.begin(), one.begin() + kSealTagBytes),
            Bytes(two.begin(), two.begin() + kSealTagBytes));
}

TEST_F(SealTest, EachClientHasAKeyOfHisOwn) {
  FixedRandom random(1);
  SecretKey one = DeriveClientKey(unit_key_, random.NewId<Seed>());
  SecretKey two = DeriveClientKey(unit_key_, random.NewId<Seed>());
  EXPECT_NE(ToHex(one.view()), ToHex(two.view()));
}

TEST(SecretKeyTest, IsNotCopiedByAccident) {
  static_assert(!std::is_copy_constructible_v<SecretKey>);
  static_assert(!std::is_copy_assignable_v<SecretKey>);
  FixedRandom random(1);
  SecretKey key = SecretKey::Generate(random);
  EXPECT_EQ(ToHex(key.Copy().view()), ToHex(key.view()));
}

TEST(SecretKeyTest, MovingWipesTheSource) {
  FixedRandom random(1);
  SecretKey key = SecretKey::Generate(random);
  std::string zeros(2 * SecretKey::kSize, '0');
  SecretKey moved = std::move(key);
  EXPECT_EQ(ToHex(key.view()), zeros);
  SecretKey assigned;
  assigned = std::move(moved);
  EXPECT_EQ(ToHex(moved.view()), zeros);
  SecretKey& alias = assigned;
  assigned = std::move(alias);
  EXPECT_NE(ToHex(assigned.view()), zeros);
}

TEST(SecretKeyTest, DestructionWipes) {
  FixedRandom random(1);
  alignas(SecretKey) std::uint8_t place[sizeof(SecretKey)];
  auto* key = new (place) SecretKey(SecretKey::Generate(random));
  key->~SecretKey();
  // Through a volatile pointer: the compiler may not assume what the dead object held.
  const volatile std::uint8_t* bytes = place;
  for (std::size_t i = 0; i < sizeof place; ++i) EXPECT_EQ(bytes[i], 0) << i;
}

}  // namespace
}  // namespace tram
