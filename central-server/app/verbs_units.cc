#include "app/enrolment_desk.h"
#include "app/unit_desk.h"
#include "app/unit_import.h"
#include "app/verbs.h"
#include "tram/base/os_file.h"

namespace tram::server {
namespace {

constexpr std::size_t kImportBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kBadRowsShown = 20;

Json PlaceJson(const Place* place) {
  if (place == nullptr) return nullptr;
  return {{"code", place->code}, {"name", place->name}};
}

std::string PlaceText(const Place* place) {
  return place == nullptr ? "-" : place->code + " " + place->name;
}

}  // namespace

Result<std::filesystem::path> OutputPath(VerbContext& context, const std::string& name) {
  std::filesystem::path path = context.Path(name);
  if (name.empty()) return path;  // no file is wanted
  TRAM_TRY(context.owner.Do(
      [&](ServerState& state, RollupWorker&) { return CheckOutputFile(state.folder(), path); }));
  return path;
}

Result<VerbResult> OnOwner(
    VerbContext& context,
    const std::function<Status(ServerState& state, VerbResult& result)>& work) {
  VerbResult result;
  TRAM_TRY(
      context.owner.Do([&](ServerState& state, RollupWorker&) { return work(state, result); }));
  return result;
}

Result<VerbResult> UnitAdd(VerbContext& context, const UnitAddOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Unit unit, UnitDesk(state, context.who)
                                     .Add({options.code, options.name, options.commune,
                                           options.province, options.from}));
    result.json = {{"code", unit.code}, {"name", unit.name}, {"id", unit.id.Hex()}};
    result.text = "unit " + unit.code + " added; its first device enrols with: device code " +
                  unit.code + "\n";
    return {};
  });
}

Result<VerbResult> UnitMove(VerbContext& context, const UnitMoveOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Unit unit,
                UnitDesk(state, context.who).Move(options.code, options.province, options.from));
    TRAM_ASSIGN(const Date from, ParsePersonDate(options.from));
    result.json = {{"code", unit.code}, {"province", options.province}, {"from", IsoDate(from)}};
    result.text = "unit " + unit.code + " belongs to " +
                  PlaceText(state.store().places().At(options.province, from)) + " from " +
                  IsoDate(from) + "\n";
    return {};
  });
}

Result<VerbResult> UnitClose(VerbContext& context, const UnitCloseOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Unit unit,
                UnitDesk(state, context.who).Close(options.code, options.on, options.into));
    const std::string on = IsoDate(*unit.closed_on);
    result.json = {{"code", unit.code}, {"closed_on", on}};
    result.json["merged_into"] = unit.merged_into ? Json(options.into) : Json(nullptr);
    result.text = "unit " + unit.code +
                  (unit.merged_into ? " goes on as " + options.into : " is closed") + " from " +
                  on + "; its devices still sync what they have, and unit reopen " + unit.code +
                  " takes it back\n";
    return {};
  });
}

Result<VerbResult> UnitReopen(VerbContext& context, const std::string& code) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Unit unit, UnitDesk(state, context.who).Reopen(code));
    result.json = {{"code", unit.code}};
    result.text = "unit " + unit.code + " is open again\n";
    return {};
  });
}

Result<VerbResult> UnitImport(VerbContext& context, const std::string& file) {
  TRAM_ASSIGN(std::string csv, ReadFile(context.Path(file), kImportBytesMax));
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    const Result<ImportedUnits> imported = ImportUnits(state, csv, context.who);
    if (!imported) return MakeError(imported.error().code, file + ": " + imported.error().message);
    result.json = {{"added", imported->added},
                   {"changed", imported->changed},
                   {"unchanged", imported->unchanged},
                   {"bad", Json::array()}};
    result.text = std::to_string(imported->added) + " units added, " +
                  std::to_string(imported->changed) + " changed, " +
                  std::to_string(imported->unchanged) + " unchanged, " +
                  std::to_string(imported->bad.size()) + " rows not taken\n";
    for (const BadRow& row : imported->bad) {
      result.json["bad"].push_back({{"line", row.line}, {"reason", row.reason}});
      if (result.notes.size() < kBadRowsShown) {
        result.notes.push_back(file + ":" + std::to_string(row.line) + ": " + row.reason);
      }
    }
    if (imported->bad.size() > kBadRowsShown) {
      result.notes.push_back("and " + std::to_string(imported->bad.size() - kBadRowsShown) +
                             " more rows; --json lists all of them");
    }
    result.exit = imported->bad.empty() ? 0 : 1;
    return {};
  });
}

Result<VerbResult> UnitList(VerbContext& context) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(std::vector<Unit> units, state.store().units().All());
    TRAM_ASSIGN(auto memberships, state.store().units().AllMemberships());
    result.json["units"] = Json::array();
    for (const Unit& unit : units) {
      TRAM_ASSIGN(std::vector<Device> devices, state.store().devices().OfUnit(unit.number));
      const Place* place = state.store().places().Of(memberships[unit.number], state.Today());
      const std::string synced = unit.synced_ms ? LocalTimeText(*unit.synced_ms) : "never";
      Json item{{"code", unit.code},       {"name", unit.name},
                {"id", unit.id.Hex()},     {"province", PlaceJson(place)},
                {"commune", unit.commune}, {"ops", unit.entries}};
      std::string closed;
      if (unit.closed_on) {
        item["closed_on"] = IsoDate(*unit.closed_on);
        closed = ", closed since " + IsoDate(*unit.closed_on);
      }
      if (unit.merged_into) {
        TRAM_ASSIGN(Unit successor, state.store().units().ByNumber(*unit.merged_into));
        item["merged_into"] = successor.code;
        closed += " and merged into " + successor.code;
      }
      item["synced"] = unit.synced_ms ? Json(synced) : Json(nullptr);
      item["devices"] = Json::array();
      for (const Device& device : devices) {
        Json described{{"id", device.key.Hex()},
                       {"known_since", LocalTimeText(device.known_since_ms)}};
        if (device.seen_ms) described["seen"] = LocalTimeText(*device.seen_ms);
        if (device.clock_difference_ms) {
          described["clock_difference_ms"] = *device.clock_difference_ms;
        }
        item["devices"].push_back(std::move(described));
      }
      result.json["units"].push_back(std::move(item));
      result.text += unit.code + "  " + unit.name + "  " + PlaceText(place) + "  " +
                     std::to_string(devices.size()) + " devices, " + std::to_string(unit.entries) +
                     " ops, last sync " + synced + closed + "\n";
    }
    if (units.empty()) result.notes.push_back("no units yet: unit add, or unit import FILE.csv");
    return {};
  });
}

Result<VerbResult> DeviceCode(VerbContext& context, const DeviceCodeOptions& options) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(Unit unit, state.store().units().ByCode(options.unit));
    TRAM_ASSIGN(NewCode code, IssueCode(state, unit, options.hours, context.who));
    const std::string expires = LocalTimeText(code.expires_ms);
    result.json = {{"unit", unit.code}, {"code", code.code}, {"expires", expires}};
    result.text = code.code + "\n";
    result.notes.push_back("for the first device of unit " + unit.code + ", once, until " +
                           expires + "; an earlier code of this unit is no longer valid");
    return {};
  });
}

}  // namespace tram::server
