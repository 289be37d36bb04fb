#include "storage/settings.h"

#include "storage/sql_rows.h"

namespace tram::server {
namespace {

constexpr char kServerSeed[] = "key.server";
constexpr char kProgrammeSeed[] = "key.programme";

Result<SigningKey> LoadKey(SqlDatabase& database, std::string_view name) {
  TRAM_ASSIGN(std::optional<Bytes> seed, FindSetting(database, name));
  if (!seed || seed->size() != SecretKey::kSize) return DamagedTable("server_setting");
  return SigningKey::FromSeed(SecretKey::From(*seed));
}

}  // namespace

Result<std::optional<Bytes>> FindSetting(SqlDatabase& database, std::string_view name) {
  return FirstRow(database, "SELECT value FROM server_setting WHERE name = ?1", &ReadBlob, name);
}

Result<std::string> TextSetting(SqlDatabase& database, std::string_view name) {
  TRAM_ASSIGN(std::optional<Bytes> value, FindSetting(database, name));
  return std::string(AsText(value.value_or(Bytes())));
}

Status SetSetting(SqlDatabase& database, std::string_view name, ByteView value) {
  return RunSql(database, "REPLACE INTO server_setting VALUES(?1, ?2)", name, value);
}

Result<ServerKeys> MakeKeys(SqlDatabase& database, Random& random) {
  ServerKeys keys{SigningKey::Generate(random), SigningKey::Generate(random)};
  TRAM_TRY(SetSetting(database, kServerSeed, keys.server.seed().view()));
  TRAM_TRY(SetSetting(database, kProgrammeSeed, keys.programme.seed().view()));
  return keys;
}

Result<ServerKeys> LoadKeys(SqlDatabase& database) {
  TRAM_ASSIGN(SigningKey server, LoadKey(database, kServerSeed));
  TRAM_ASSIGN(SigningKey programme, LoadKey(database, kProgrammeSeed));
  return ServerKeys{std::move(server), std::move(programme)};
}

}  // namespace tram::server
