#include "app/programmes.h"

#include "tram/base/limits.h"
#include "tram/base/os_file.h"
#include "tram/programme/signing.h"

namespace tram::client {
namespace {

Result<std::shared_ptr<const Programme>> LoadFile(const std::filesystem::path& path) {
  TRAM_ASSIGN(std::string text, ReadFile(path, kProgrammeBytesMax));
  TRAM_ASSIGN(SignedProgramme file, ReadSignedProgramme(text));
  return Programme::Load(file.toml, path.string());
}

}  // namespace

Status CheckProgrammes(FolderCall& call, const std::string& before, const std::string& after) {
  TRAM_ASSIGN(auto old_programme, LoadFile(call.Path(before)));
  TRAM_ASSIGN(auto new_programme, LoadFile(call.Path(after)));
  std::size_t unsafe = 0, refused = 0;
  Json differences = Json::array();
  for (const auto& difference : CompareProgrammes(*old_programme, *new_programme)) {
    unsafe += difference.safe ? 0 : 1;
    refused += difference.refused ? 1 : 0;
    differences.push_back(
        {{"what", difference.what}, {"safe", difference.safe}, {"refused", difference.refused}});
    call.out.Line((difference.refused ? call.out.Words("BỊ TỪ CHỐI  ", "REFUSED  ")
                   : difference.safe  ? call.out.Words("được         ", "safe     ")
                                      : call.out.Words("KHÔNG AN TOÀN ", "UNSAFE   ")) +
                  difference.what);
  }
  call.out.document() = {{"safe", unsafe == 0 && refused == 0},
                         {"differences", std::move(differences)}};
  if (refused > 0) {
    return call.out.Fail(ErrorCode::kDenied,
                         "máy của đơn vị sẽ từ chối bản mới ({} chỗ): sửa rồi kiểm lại",
                         "devices will refuse the new programme ({} places): mend it and check "
                         "again",
                         refused);
  }
  if (unsafe > 0) {
    return call.out.Fail(
        ErrorCode::kDenied, "bản mới không an toàn cho đơn vị còn dùng bản cũ ({} chỗ)",
        "the new programme is not safe for units still on the old one ({} places)", unsafe);
  }
  call.out.Say("an toàn cho đơn vị còn dùng bản cũ", "safe for units still on the old one");
  return {};
}

Status UseProgrammeFile(Call& call, const std::string& file) {
  TRAM_ASSIGN(std::string text, ReadFile(call.Path(file), kProgrammeBytesMax));
  TRAM_TRY(call.device.UseProgramme(text));
  const Programme& programme = call.device.programme();
  call.out.document() = {{"name", programme.name}, {"version", programme.version}};
  call.out.Say("từ nay dùng {} bản {}", "now on {} version {}", programme.name, programme.version);
  return {};
}

}  // namespace tram::client
