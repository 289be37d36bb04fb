#include "storage/store_check.h"

#include "tram/log/op_log.h"

namespace tram::server {
namespace {

/// A store whose own integrity was checked before: checking a unit need not check the file again.
class CheckedStore : public LogStore {
 public:
  explicit CheckedStore(LogStore& store) : store_(store) {}
  Result<StoredUnit> Load(const UnitId& unit) override { return store_.Load(unit); }
  Status ForEachEntry(const UnitId& unit,
                      const std::function<Status(const StoredEntry&)>& take) override {
    return store_.ForEachEntry(unit, take);
  }
  Status Commit(const UnitId& unit, const LogChange& change) override {
    return store_.Commit(unit, change);
  }
  Result<std::vector<std::string>> CheckIntegrity() override { return std::vector<std::string>(); }

 private:
  LogStore& store_;
};

}  // namespace

Status CheckTables(ServerStore& store, StoreCheck& check) {
  TRAM_ASSIGN(check.problems, store.logs().CheckIntegrity());
  TRAM_ASSIGN(std::vector<std::string> audit, store.audit().Verify());
  check.problems.insert(check.problems.end(), audit.begin(), audit.end());
  return {};
}

Status CheckUnit(ServerStore& store, const Unit& unit, StoreCheck& check) {
  CheckedStore checked(store.logs());
  TRAM_ASSIGN(VerifyReport report, OpLog::VerifyStore(checked, unit.id));
  // What came while the check was running is counted too: the unit is read again.
  TRAM_ASSIGN(Unit now, store.units().ByNumber(unit.number));
  ++check.units;
  check.entries += report.entries;
  check.checkpoints += report.checkpoints;
  for (const std::string& problem : report.problems) {
    check.problems.push_back("unit " + unit.code + ": " + problem);
  }
  if (static_cast<std::int64_t>(report.entries) != now.entries) {
    check.problems.push_back("unit " + unit.code + ": its log has " +
                             std::to_string(report.entries) + " entries, and " +
                             std::to_string(now.entries) + " were counted");
  }
  return {};
}

Result<StoreCheck> CheckStore(ServerStore& store,
                              const std::function<bool(std::size_t done, std::size_t all)>& go_on) {
  StoreCheck check;
  TRAM_TRY(CheckTables(store, check));
  TRAM_ASSIGN(std::vector<Unit> units, store.units().All());
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!go_on(i, units.size())) {
      return MakeError(ErrorCode::kOverloaded, "the check was ended before it was done");
    }
    TRAM_TRY(CheckUnit(store, units[i], check));
  }
  return check;
}

}  // namespace tram::server
