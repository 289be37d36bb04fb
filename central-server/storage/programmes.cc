#include "storage/programmes.h"

#include "storage/settings.h"
#include "storage/sql_rows.h"
#include "tram/programme/signing.h"

namespace tram::server {
namespace {

constexpr char kCurrentSetting[] = "programme.current";

Result<ProgrammeVersion> ReadVersion(const SqlStatement& row) {
  ProgrammeVersion version{{}, row.Text(1), row.Int(2), row.Int(3)};
  TRAM_ASSIGN(version.digest, ReadIdColumn<Digest>(row, 0, "programme"));
  return version;
}

}  // namespace

Status ProgrammeTable::Use(const Programme& programme, const SigningKey& key, std::int64_t at_ms) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  const std::string text =
      WriteSignedProgramme({key.Sign(ProgrammeStatement(programme.text)), programme.text});
  TRAM_TRY(RunSql(database_, "INSERT OR IGNORE INTO programme VALUES(?1, ?2, ?3, ?4, ?5)",
                  programme.digest, programme.name, std::int64_t{programme.version}, text, at_ms));
  TRAM_TRY(SetSetting(database_, kCurrentSetting, programme.digest.view()));
  return transaction.Commit();
}

Result<CurrentProgramme> ProgrammeTable::Current() {
  TRAM_ASSIGN(std::optional<Bytes> digest, FindSetting(database_, kCurrentSetting));
  TRAM_ASSIGN(std::optional<std::string> text,
              FirstRow(database_, "SELECT text FROM programme WHERE digest = ?1", &ReadText,
                       ByteView(digest ? *digest : Bytes())));
  if (!text) return DamagedTable("programme");
  TRAM_ASSIGN(SignedProgramme file, ReadSignedProgramme(*text));
  TRAM_ASSIGN(std::shared_ptr<const Programme> programme,
              Programme::Load(file.toml, "the current programme"));
  return CurrentProgramme{std::move(programme), std::move(*text)};
}

Result<std::vector<ProgrammeVersion>> ProgrammeTable::All() {
  return AllRows(database_,
                 "SELECT digest, name, version, added_ms FROM programme"
                 " ORDER BY added_ms DESC, version DESC",
                 &ReadVersion);
}

Result<std::string> ProgrammeTable::SignedText(const Digest& digest) {
  TRAM_ASSIGN(
      std::optional<std::string> text,
      FirstRow(database_, "SELECT text FROM programme WHERE digest = ?1", &ReadText, digest));
  if (text) return std::move(*text);
  return MakeError(ErrorCode::kNotFound, "this server never gave out such a programme");
}

}  // namespace tram::server
