#include "storage/server_state.h"

namespace tram::server {

Result<std::unique_ptr<ServerState>> ServerState::Open(const std::filesystem::path& folder,
                                                       Clock& clock, Random& random,
                                                       CacheLimits limits) {
  std::unique_ptr<ServerState> state(new ServerState(folder, clock, random, limits));
  TRAM_TRY(state->Load());
  return state;
}

Status ServerState::Load() {
  units_.reset();
  store_.reset();
  Result<std::unique_ptr<ServerStore>> store = ServerStore::Open(folder_ / kDatabaseName, clock_);
  if (!store && store.error().code == ErrorCode::kNotFound) {
    return MakeError(ErrorCode::kNotFound,
                     "there is no server in " + folder_.string() + ": make one with init");
  }
  if (!store) return store.error();
  TRAM_ASSIGN(ServerKeys keys, LoadKeys((*store)->database()));
  TRAM_ASSIGN(programme_, (*store)->programmes().Current());
  keys_ = std::make_unique<ServerKeys>(std::move(keys));
  store_ = std::move(*store);
  units_ = std::make_unique<UnitCache>(store_->logs(), keys_->server.id(), clock_, limits_);
  return {};
}

Status ServerState::EnsureUsable() {
  if (store_ != nullptr && !store_->database().failed()) return {};
  return Load();
}

Status ServerState::UseProgramme(const Programme& programme, const std::string& who) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(store_->database()));
  TRAM_TRY(store_->programmes().Use(programme, keys_->programme, NowMs()));
  TRAM_TRY(store_->rollups().MarkAll(NowMs()));
  TRAM_TRY(store_->audit().Append(
      NowMs(), who,
      "programme add " + programme.name + " version " + std::to_string(programme.version)));
  TRAM_TRY(transaction.Commit());
  TRAM_ASSIGN(programme_, store_->programmes().Current());
  units_->DropViews();
  return {};
}

}  // namespace tram::server
