#include "tram/programme/signing.h"

namespace tram {
namespace {

constexpr std::string_view kTag = "tram programme signature 1\n";
constexpr std::string_view kFileTag = "tram-programme ";
constexpr std::string_view kFileStart = "tram-programme 1 ";

}  // namespace

Bytes ProgrammeStatement(std::string_view toml) {
  return ToBytes(AsBytes(std::string(kTag).append(toml)));
}

std::string WriteSignedProgramme(const SignedProgramme& programme) {
  return std::string(kFileStart) + programme.signature.Hex() + "\n" + programme.toml;
}

Result<SignedProgramme> ReadSignedProgramme(std::string_view file) {
  if (!file.starts_with(kFileTag)) return SignedProgramme{{}, std::string(file)};
  if (!file.starts_with(kFileStart)) {
    return MakeError(ErrorCode::kTooNew,
                     "the programme's file is of a newer form: update this program first");
  }
  file.remove_prefix(kFileStart.size());
  std::size_t end = file.find('\n');
  const std::string_view digits = file.substr(0, end);
  auto signature = Signature::FromHexText(digits);
  // One form only: small letters.
  if (end == std::string_view::npos || !signature || signature->Hex() != digits) {
    return MakeError(ErrorCode::kInvalid,
                     "the first line of the programme's file is damaged: get the file again");
  }
  return SignedProgramme{*signature, std::string(file.substr(end + 1))};
}

}  // namespace tram
