#include "tram/programme/signing.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "tests/unit/programme/sample.h"

namespace tram {
namespace {

// Straight from libsodium: this part is linked without crypto/.
class SigningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(sodium_init(), 0);
    crypto_sign_keypair(public_, secret_);
  }
  SignedProgramme Sign(const std::string& toml) const {
    Bytes statement = ProgrammeStatement(toml);
    SignedProgramme programme{{}, toml};
    crypto_sign_detached(programme.signature.data(), nullptr, statement.data(), statement.size(),
                         secret_);
    return programme;
  }
  bool Verifies(const SignedProgramme& programme) const {
    Bytes statement = ProgrammeStatement(programme.toml);
    return crypto_sign_verify_detached(programme.signature.data(), statement.data(),
                                       statement.size(), public_) == 0;
  }
  unsigned char public_[crypto_sign_PUBLICKEYBYTES];
  unsigned char secret_[crypto_sign_SECRETKEYBYTES];
};

TEST_F(SigningTest, ComesBackAsItWas) {
  std::string file = WriteSignedProgramme(Sign(kSample));
  EXPECT_TRUE(file.starts_with("tram-programme 1 "));
  auto read = ReadSignedProgramme(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->toml, kSample);
  EXPECT_TRUE(Verifies(*read));
}

TEST_F(SigningTest, AChangeAnywhereIsNoticed) {
  std::string file = WriteSignedProgramme(Sign("name = \"a\"\r\nversion = 1\n"));
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string tampered = file;
    tampered[i] = static_cast<char>(tampered[i] ^ 1);
    auto read = ReadSignedProgramme(tampered);
    EXPECT_FALSE(read && Verifies(*read)) << "byte " << i;
  }
  for (std::size_t size = 0; size < file.size(); ++size) {
    auto read = ReadSignedProgramme(file.substr(0, size));
    EXPECT_FALSE(read && Verifies(*read)) << size << " bytes";
  }
}

TEST_F(SigningTest, ASignatureHasOneForm) {
  std::string file =
      WriteSignedProgramme({Signature::From(Bytes(Signature::kSize, 0xab)), std::string(kSample)});
  ASSERT_TRUE(ReadSignedProgramme(file));
  const std::size_t letter = file.find("ab", file.find("1 "));
  file[letter] = 'A';
  EXPECT_FALSE(ReadSignedProgramme(file)) << "capitals are another form of the same";
}

TEST_F(SigningTest, TheSignatureIsOfAProgrammeAndNothingElse) {
  // The bare text, signed for another purpose by the same key, is no signed programme.
  std::string toml = kSample;
  SignedProgramme programme{{}, toml};
  crypto_sign_detached(programme.signature.data(), nullptr,
                       reinterpret_cast<const unsigned char*>(toml.data()), toml.size(), secret_);
  EXPECT_FALSE(Verifies(programme));
}

TEST_F(SigningTest, PlainTomlHasNoSignature) {
  auto read = ReadSignedProgramme(kSample);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->signature.IsZero());
  EXPECT_EQ(read->toml, kSample);
}

TEST_F(SigningTest, ANewerFormSaysSo) {
  auto read = ReadSignedProgramme("tram-programme 2 abc\nname = 1");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kTooNew);
  EXPECT_FALSE(ReadSignedProgramme("tram-programme 1 abc\nname = 1"));
}

}  // namespace
}  // namespace tram
