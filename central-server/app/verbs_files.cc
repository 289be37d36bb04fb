#include "app/programme_change.h"
#include "app/verbs.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"
#include "tram/programme/signing.h"
#include "tram/session/bundle.h"

namespace tram::server {
namespace {

/// One transaction. On error the unit's log in memory is to be dropped.
Status TakeBundle(ServerState& state, const VerbContext& context, const Unit& unit, ByteView file,
                  Bytes& answer, VerbResult& result) {
  TRAM_ASSIGN(OpenUnit * open, state.units().Open(unit.id));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  TRAM_ASSIGN(Taken taken, ReadBundle(*open->replica, nullptr, file));
  TRAM_ASSIGN(answer, AnswerBundle(*open->replica, state.keys().server, file, state.clock()));
  TRAM_TRY(open->log->Commit());
  TRAM_TRY(state.store().units().Synced(unit.number, state.NowMs()));
  TRAM_TRY(
      state.store().audit().Append(state.NowMs(), context.who, "bundle read of unit " + unit.code));
  TRAM_TRY(transaction.Commit());
  result.json = {{"unit", unit.code},
                 {"new_ops", taken.new_ops},
                 {"refused", Json::array()},
                 {"staged", open->log->staged().size()}};
  result.text = "unit " + unit.code + ": " + std::to_string(taken.new_ops) + " new ops\n";
  for (const Refusal& refusal : taken.refusals) {
    result.json["refused"].push_back(RefusalText(refusal.reason));
    result.notes.push_back("a part was not taken: " + RefusalText(refusal.reason));
  }
  return {};
}

std::string DifferenceText(const ProgrammeDifference& difference) {
  return (difference.safe ? "" : "not safe for units still on the old one: ") + difference.what;
}

}  // namespace

Result<VerbResult> ProgrammeAdd(VerbContext& context, const ProgrammeAddOptions& options) {
  TRAM_ASSIGN(std::string file, ReadFile(context.Path(options.file), kProgrammeBytesMax));
  TRAM_ASSIGN(SignedProgramme read, ReadSignedProgramme(file));
  TRAM_ASSIGN(std::shared_ptr<const Programme> programme, Programme::Load(read.toml, options.file));
  std::string signed_text;
  TRAM_ASSIGN(const std::filesystem::path signed_file, OutputPath(context, options.signed_file));
  auto done = OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    const auto differences = CompareProgrammes(*state.programme().programme, *programme);
    Status adopted = AdoptProgramme(state, *programme, differences, context.who);
    if (!adopted)
      return MakeError(adopted.error().code, options.file + ": " + adopted.error().message);
    result.json["differences"] = Json::array();
    for (const ProgrammeDifference& difference : differences) {
      result.json["differences"].push_back({{"what", difference.what}, {"safe", difference.safe}});
      result.notes.push_back(DifferenceText(difference));
    }
    signed_text = state.programme().signed_text;
    result.json["programme"] = programme->name;
    result.json["version"] = programme->version;
    result.text = "programme " + programme->name + " version " +
                  std::to_string(programme->version) + " is the current one\n";
    return {};
  });
  if (done && !options.signed_file.empty()) {
    TRAM_TRY(WriteFileAtomically(signed_file, AsBytes(signed_text)));
  }
  return done;
}

Result<VerbResult> BundleRead(VerbContext& context, const BundleReadOptions& options) {
  TRAM_ASSIGN(std::string file, ReadFile(context.Path(options.file), kBundleBytesMax));
  TRAM_ASSIGN(BundleHead head, ReadBundleHead(AsBytes(file)));
  TRAM_ASSIGN(const std::filesystem::path answer_file, OutputPath(context, options.answer));
  Bytes answer;
  auto done = OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    Result<Unit> unit = state.store().units().ById(head.unit);
    if (!unit) {
      return MakeError(ErrorCode::kDenied, "this bundle is of a unit that is not known here");
    }
    Status taken = TakeBundle(state, context, *unit, AsBytes(file), answer, result);
    if (!taken) state.units().Drop(unit->id);
    return taken;
  });
  if (!done || options.answer.empty()) return done;
  TRAM_TRY(WriteFileAtomically(answer_file, answer));
  done->text += "the answer is in " + options.answer + ": take it back to the unit\n";
  return done;
}

Result<VerbResult> BundleWrite(VerbContext& context, const BundleWriteOptions& options) {
  TRAM_ASSIGN(const std::filesystem::path path, OutputPath(context, options.file));
  Bytes file;
  auto done = OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(Unit unit, state.store().units().ByCode(options.unit));
    TRAM_ASSIGN(OpenUnit * open, state.units().Open(unit.id));
    Result<WrittenBundle> written =
        WriteBundle(*open->replica, Known(*open->log), state.keys().server, std::nullopt,
                    HybridTime{state.NowMs()}, state.random());
    if (!written) {
      state.units().Drop(unit.id);
      return written.error();
    }
    TRAM_TRY(state.store().audit().Append(state.NowMs(), context.who,
                                          "bundle write of unit " + unit.code));
    file = std::move(written->file);
    result.json = {{"unit", unit.code}, {"ops", written->ops}, {"bytes", file.size()}};
    result.text = "unit " + unit.code + ": " + std::to_string(written->ops) + " ops in " +
                  options.file + "\n";
    return {};
  });
  if (done) TRAM_TRY(WriteFileAtomically(path, file));
  return done;
}

}  // namespace tram::server
