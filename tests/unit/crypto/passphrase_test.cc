#include "tram/crypto/passphrase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/wrap.h"
#include "tests/unit/crypto/fixed_random.h"

namespace tram {
namespace {

constexpr std::string_view kPassphrase = "bốn con mèo đen";

/// Wraps once for all tests: deriving is slow on purpose.
class WrapTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    FixedRandom random(1);
    SecretKey secret = SecretKey::Generate(random);
    secret_ = new Bytes(ToBytes(secret.view()));
    wrap_ = new Bytes(*WrapSecret(*secret_, kPassphrase, random));
  }
  static void TearDownTestSuite() {
    delete secret_;
    delete wrap_;
  }
  static Bytes Changed(std::size_t at) {
    Bytes changed = *wrap_;
    changed[at] ^= 1;
    return changed;
  }
  static ErrorCode CodeOf(const Result<Bytes>& result) {
    EXPECT_FALSE(result);
    return result ? ErrorCode::kNotFound : result.error().code;
  }

  static Bytes* secret_;
  static Bytes* wrap_;
};
Bytes* WrapTest::secret_ = nullptr;
Bytes* WrapTest::wrap_ = nullptr;

// Computed by a second implementation (Python's cryptography) from the description in the header.
TEST_F(WrapTest, KnownAnswer) {
  EXPECT_EQ(ToHex(*wrap_),
            "010300000000000004000000002122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d"
            "3e3f404142434445464748c6b4939dacbf81110078bff13d969e4b11c276136bfd1a0ff87de26f0d997e"
            "86753d006eafbca2ff6061c6940c7a0fb0");
}

TEST_F(WrapTest, OpensWithThePassphraseOnly) {
  auto opened = UnwrapSecret(*wrap_, kPassphrase);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(*opened, *secret_);
  EXPECT_EQ(CodeOf(UnwrapSecret(*wrap_, "bốn con mèo đen.")), ErrorCode::kDenied);
  EXPECT_EQ(CodeOf(UnwrapSecret(*wrap_, "")), ErrorCode::kDenied);
}

TEST_F(WrapTest, AWrappedKeyIsAKeyOrDamaged) {
  auto key = UnwrapKey(*wrap_, kPassphrase);
  ASSERT_TRUE(key);
  EXPECT_TRUE(std::ranges::equal(key->view(), *secret_));
  EXPECT_EQ(UnwrapKey(*wrap_, "bốn con mèo trắng").error().code, ErrorCode::kDenied);
  FixedRandom random(1);
  for (std::size_t size : {SecretKey::kSize - 1, SecretKey::kSize + 1}) {
    const Bytes wrap = *WrapSecret(Bytes(size, 7), kPassphrase, random);
    EXPECT_EQ(UnwrapKey(wrap, kPassphrase).error().code, ErrorCode::kCorrupt) << size;
  }
}

TEST_F(WrapTest, AccentsMayBeComposedOrNot) {
  // "ố" as o, circumflex, acute; "è" as e, grave; "đ" has one form only.
  auto opened = UnwrapSecret(*wrap_, "bo\u0302\u0301n con me\u0300o đen");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(*opened, *secret_);
}

TEST_F(WrapTest, TheSecretIsNotInTheWrap) {
  EXPECT_EQ(std::search(wrap_->begin(), wrap_->end(), secret_->begin(), secret_->begin() + 4),
            wrap_->end());
}

TEST_F(WrapTest, EveryFlippedBitIsRefused) {
  auto key = DeriveWrapKey(*wrap_, kPassphrase);
  ASSERT_TRUE(key);
  ASSERT_TRUE(OpenWrap(*wrap_, *key));
  for (std::size_t i = 0; i < wrap_->size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = *wrap_;
      changed[i] ^= static_cast<std::uint8_t>(1 << bit);
      EXPECT_EQ(CodeOf(OpenWrap(changed, *key)), ErrorCode::kDenied) << i << '.' << bit;
    }
  }
  // And through the front door, where the salt or the cost changes the key too.
  EXPECT_EQ(CodeOf(UnwrapSecret(Changed(kWrapSaltAt), kPassphrase)), ErrorCode::kDenied);
  EXPECT_EQ(CodeOf(UnwrapSecret(Changed(kWrapNonceAt), kPassphrase)), ErrorCode::kDenied);
  EXPECT_EQ(CodeOf(UnwrapSecret(Changed(kWrapHeadBytes), kPassphrase)), ErrorCode::kDenied);
}

TEST_F(WrapTest, EveryTruncationIsRefused) {
  auto key = DeriveWrapKey(*wrap_, kPassphrase);
  ASSERT_TRUE(key);
  for (std::size_t size = 0; size < wrap_->size(); ++size) {
    ByteView cut = ByteView(*wrap_).first(size);
    if (size < kWrapHeadBytes + kWrapTagBytes) {
      EXPECT_EQ(CodeOf(UnwrapSecret(cut, kPassphrase)), ErrorCode::kInvalid) << size;
    } else {
      EXPECT_EQ(CodeOf(OpenWrap(cut, *key)), ErrorCode::kDenied) << size;
    }
  }
}

/// A wrap that asks for this cost.
Bytes WithCost(Bytes wrap, std::uint32_t passes, std::uint64_t memory) {
  Bytes cost = LittleEndian(passes);
  Extend(cost, LittleEndian(memory));
  std::copy(cost.begin(), cost.end(), wrap.begin() + 1);
  return wrap;
}

TEST_F(WrapTest, CostsOutOfBoundsAreRefusedBeforeDeriving) {
  auto check = [&](std::uint32_t passes, std::uint64_t memory) {
    return bool(CheckWrap(WithCost(*wrap_, passes, memory)));
  };
  EXPECT_TRUE(check(kArgon2PassesMin, kArgon2MemoryBytesMin));
  EXPECT_TRUE(check(kArgon2PassesMax, kArgon2MemoryBytesMax));
  EXPECT_FALSE(check(kArgon2PassesMin - 1, kArgon2MemoryBytesMin));
  EXPECT_FALSE(check(kArgon2PassesMax + 1, kArgon2MemoryBytesMin));
  EXPECT_FALSE(check(kArgon2PassesMin, kArgon2MemoryBytesMin - 1));
  EXPECT_FALSE(check(kArgon2PassesMin, kArgon2MemoryBytesMax + 1));
  EXPECT_FALSE(check(0xffffffff, ~std::uint64_t{0}));
  Bytes monstrous = WithCost(*wrap_, 0xffffffff, ~std::uint64_t{0});
  EXPECT_EQ(CodeOf(UnwrapSecret(monstrous, kPassphrase)), ErrorCode::kInvalid);
}

TEST_F(WrapTest, AGreaterCostIsReadFromTheWrap) {
  Bytes costly = WithCost(*wrap_, kArgon2PassesMin + 1, kArgon2MemoryBytesMin);
  auto key = DeriveWrapKey(*wrap_, kPassphrase), costly_key = DeriveWrapKey(costly, kPassphrase);
  ASSERT_TRUE(key && costly_key);
  EXPECT_NE(ToHex(key->view()), ToHex(costly_key->view()));
}

TEST_F(WrapTest, ANewerFormatIsTooNew) {
  Bytes newer = *wrap_;
  newer[0] = kWrapFormat + 1;
  EXPECT_EQ(CodeOf(UnwrapSecret(newer, kPassphrase)), ErrorCode::kTooNew);
  newer[0] = 0;
  EXPECT_EQ(CodeOf(UnwrapSecret(newer, kPassphrase)), ErrorCode::kInvalid);
}

TEST(PassphraseTest, LengthIsCountedInCharacters) {
  EXPECT_TRUE(CheckPassphrase("mười hai"));
  EXPECT_FALSE(CheckPassphrase("mười ba"));                    // 7 characters in more bytes
  EXPECT_FALSE(CheckPassphrase("mu\u031bo\u031b\u0300i ba"));  // the same, decomposed
  EXPECT_FALSE(CheckPassphrase(""));
  EXPECT_FALSE(CheckPassphrase("\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
  FixedRandom random(1);
  EXPECT_EQ(WrapSecret(AsBytes("secret"), "short", random).error().code, ErrorCode::kInvalid);
}

TEST(SpokenCodeTest, FourGroupsOfFour) {
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) {
    std::string code = NewSpokenCode(SystemRandom());
    ASSERT_EQ(code.size(), 19u);
    for (std::size_t at : {4, 9, 14}) EXPECT_EQ(code[at], '-');
    auto normal = NormalSpokenCode(code);
    ASSERT_TRUE(normal) << code;
    EXPECT_EQ(normal->size(), 16u);
    EXPECT_TRUE(CheckPassphrase(*normal));
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 100u);
}

TEST(SpokenCodeTest, EveryCharacterIsEquallyLikely) {
  FixedRandom random(0);  // each byte value equally often
  std::array<int, 128> seen{};
  for (int i = 0; i < 16; ++i) {
    for (char c : NewSpokenCode(random)) ++seen[static_cast<std::size_t>(c)];
  }
  for (char c : std::string("0123456789ABCDEFGHJKMNPQRSTVWXYZ")) {
    EXPECT_EQ(seen[static_cast<std::size_t>(c)], 8) << c;
  }
}

TEST(SpokenCodeTest, HearsWhatPeopleType) {
  EXPECT_EQ(*NormalSpokenCode("0123-4567-89AB-CDEF"), "0123456789ABCDEF");
  EXPECT_EQ(*NormalSpokenCode(" oiLl 4567.89ab_cdef\n"), "0111456789ABCDEF");
}

TEST(SpokenCodeTest, RefusesWhatNoCodeHas) {
  EXPECT_FALSE(NormalSpokenCode("0123-4567-89AB-CDE"));
  EXPECT_FALSE(NormalSpokenCode("0123-4567-89AB-CDEFG"));
  EXPECT_FALSE(NormalSpokenCode("0123-4567-89AB-CDEU"));
  EXPECT_FALSE(NormalSpokenCode("0123-4567-89AB-CDEđ"));
  EXPECT_FALSE(NormalSpokenCode(""));
}

}  // namespace
}  // namespace tram
