#include "tram/crypto/password.h"

#include <array>

#include "crypto/sodium.h"
#include "tram/base/text_table.h"
#include "tram/base/vietnamese.h"
#include "tram/crypto/passphrase.h"

namespace tram {
namespace {

Result<std::string> Normal(std::string_view password) {
  if (password.size() > kPasswordBytesMax) {
    return MakeError(ErrorCode::kInvalid, "this password is too long");
  }
  return Nfc(password);
}

}  // namespace

Status CheckPassword(std::string_view password) {
  TRAM_ASSIGN(const std::string normal, Normal(password));
  if (TextWidth(normal) < kPasswordCharactersMin) {
    return MakeError(
        ErrorCode::kInvalid,
        "a password has at least " + std::to_string(kPasswordCharactersMin) + " characters");
  }
  return {};
}

Result<std::string> HashPassword(std::string_view password) {
  TRAM_TRY(CheckPassword(password));
  TRAM_ASSIGN(const std::string normal, Normal(password));
  PrepareSodium();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), normal.data(), normal.size(), kArgon2PassesMin,
                            kArgon2MemoryBytesMin, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return MakeError(ErrorCode::kOverloaded, "there is not enough memory: try again");
  }
  return std::string(hash.data());
}

bool IsPassword(std::string_view password, const std::string& hash) {
  auto normal = Normal(password);
  if (!normal || hash.size() >= crypto_pwhash_STRBYTES) return false;
  PrepareSodium();
  return crypto_pwhash_str_verify(hash.c_str(), normal->data(), normal->size()) == 0;
}

}  // namespace tram
