#include "app/verbs_exchange.h"

#include "exchange/data_value_set.h"
#include "exchange/measure_reports.h"
#include "tram/base/os_file.h"

namespace tram::server {
namespace {

constexpr int kReadMs = 50;  // of the board, between syncs

/// The console sees what a manager of the country sees.
Result<Permit> PermitOfConsole(ExchangePart part) {
  Viewer console;
  console.role = Role::kManager;
  return Authorise(console, RightOf(part));
}

Result<ExchangeQuery> QueryFrom(const ExportOptions& options, const ReportQuery& report) {
  ExchangeQuery query;
  query.board = {report.as_of, options.places == "now" ? PlaceTime::kNow : PlaceTime::kThen};
  if (!options.part.empty()) query.part = *ExchangePartByName(options.part);
  if (!options.by.empty()) query.by = *ExchangeByByName(options.by);
  query.province = options.province;
  return query;
}

struct Drawn {
  Json document;
  std::string said;  // "120 values", "33 reports"
};

Result<Drawn> Draw(ServerState& state, const VerbContext& context, const std::string& format,
                   const ExchangeFigures& figures, std::vector<std::string>& notes) {
  if (figures.silent > 0) {
    notes.push_back(std::to_string(figures.silent) +
                    " places are left out: nothing has arrived from them since the month began");
  }
  if (figures.hidden > 0) notes.push_back(std::to_string(figures.hidden) + " numbers are hidden");
  if (figures.not_drawn > 0) {
    notes.push_back(std::to_string(figures.not_drawn) +
                    " lines were not released: small numbers would follow from them");
  }
  if (format == "fhir") {
    TRAM_ASSIGN(FhirJson bundle, MakeMeasureReports(figures, context.language));
    return Drawn{std::move(bundle), std::to_string(figures.reports.size()) + " reports"};
  }
  TRAM_ASSIGN(const std::optional<Dhis2Mapping> mapping, UsedMapping(state, Language::kEnglish));
  if (!mapping) {
    return MakeError(ErrorCode::kNotFound,
                     "no mapping is in use: fill in what `exchange table` gives, then `exchange "
                     "use FILE`");
  }
  for (const MappingFault& fault : mapping->faults) {
    notes.push_back("the mapping's line " + std::to_string(fault.line) +
                    " maps nothing: " + fault.reason);
  }
  TRAM_ASSIGN(DataValueSet set, MakeDataValueSet(figures, *mapping, context.language));
  for (const std::string& place : set.unmapped_places) notes.push_back("not mapped: " + place);
  for (const std::string& value : set.unmapped_values) notes.push_back("not mapped: " + value);
  return Drawn{std::move(set.document), std::to_string(set.values) + " values"};
}

/// The board is read between whatever else the owner does.
Status ReadBoard(VerbContext& context, FigureBoard& board, Date as_of) {
  for (BoardProgress progress{1, 0}; !progress.Whole();) {
    if (context.stop.stop_requested()) {
      return MakeError(ErrorCode::kOverloaded, "stopped before the figures were read");
    }
    TRAM_TRY(context.owner.Do([&](ServerState& state, RollupWorker&) -> Status {
      TRAM_ASSIGN(progress, board.Prepare(state, as_of, kReadMs));
      return {};
    }));
  }
  return {};
}

Result<VerbResult> GiveText(VerbContext& context, std::string text, const std::string& out,
                            const char* json_name) {
  VerbResult result;
  TRAM_ASSIGN(const std::filesystem::path file, OutputPath(context, out));
  if (out.empty()) {
    result.json[json_name] = text;
    result.text = std::move(text);
    return result;
  }
  TRAM_TRY(WriteFileAtomically(file, AsBytes(text)));
  result.json["file"] = out;
  result.text = out + " is written\n";
  return result;
}

void AddGaps(const char* what, const std::vector<std::string>& names, VerbResult& result) {
  result.json["unmapped"][what] = names;
  for (const std::string& name : names) result.text += "  not mapped: " + name + "\n";
}

}  // namespace

Result<VerbResult> ExchangeUse(VerbContext& context, const std::string& file) {
  TRAM_ASSIGN(const std::string csv, ReadFile(context.Path(file), kMappingBytesMax));
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const Dhis2Mapping mapping, ReadMapping(state, csv, Language::kEnglish));
    result.json["faults"] = Json::array();
    for (const MappingFault& fault : mapping.faults) {
      result.json["faults"].push_back({{"line", fault.line}, {"reason", fault.reason}});
      result.notes.push_back(file + ":" + std::to_string(fault.line) + ": " + fault.reason);
    }
    if (!mapping.faults.empty()) {
      result.exit = 1;
      result.text =
          "nothing was changed; wrong lines: " + std::to_string(mapping.faults.size()) + "\n";
      return {};
    }
    TRAM_TRY(UseMapping(state, csv, context.who));
    result.json["places"] = mapping.places();
    result.json["values"] = mapping.values.size();
    result.text = std::to_string(mapping.places()) + " places and " +
                  std::to_string(mapping.values.size()) + " numbers are mapped\n";
    return {};
  });
}

Result<VerbResult> ExchangeShow(VerbContext& context) {
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(const std::optional<Dhis2Mapping> used, UsedMapping(state, Language::kEnglish));
    if (!used) {
      return MakeError(ErrorCode::kNotFound,
                       "no mapping is in use: fill in what `exchange table` gives, then `exchange "
                       "use FILE`");
    }
    for (const MappingFault& fault : used->faults) {
      result.notes.push_back("line " + std::to_string(fault.line) + ": " + fault.reason);
    }
    TRAM_ASSIGN(const MappingGaps gaps, GapsOf(state, *used));
    result.json = {{"places", used->places()},
                   {"values", used->values.size()},
                   {"month_data_set", used->month_data_set},
                   {"year_data_set", used->year_data_set}};
    result.text = std::to_string(used->places()) + " places and " +
                  std::to_string(used->values.size()) + " numbers are mapped\n";
    AddGaps("units", gaps.units, result);
    AddGaps("provinces", gaps.provinces, result);
    AddGaps("values", gaps.values, result);
    return {};
  });
}

Result<VerbResult> ExchangeTable(VerbContext& context, const std::string& out) {
  std::string csv;
  TRAM_TRY(context.owner.Do([&](ServerState& state, RollupWorker&) -> Status {
    TRAM_ASSIGN(const std::optional<Dhis2Mapping> used, UsedMapping(state, context.language));
    TRAM_ASSIGN(csv, MappingTable(state, used.value_or(Dhis2Mapping()), context.language));
    return state.store().audit().Append(state.NowMs(), context.who, "export of the DHIS2 mapping");
  }));
  return GiveText(context, std::move(csv), out, "csv");
}

Status CheckDocumentOptions(const ExportOptions& options) {
  const ReportOptions& report = options.report;
  const std::pair<bool, const char*> not_taken[] = {{!report.from.empty(), "--from"},
                                                    {!report.to.empty(), "--to"},
                                                    {!report.known_by.empty(), "--known-by"},
                                                    {!report.indicator.empty(), "--indicator"},
                                                    {report.exact, "--exact"}};
  for (const auto& [given, name] : not_taken) {
    if (!given) continue;
    return MakeError(ErrorCode::kInvalid,
                     std::string(name) + " is not for --format " + options.format +
                         ": a document is of one month (--as-of), and of persons as released");
  }
  if (!report.as_of.empty()) return {};
  return MakeError(ErrorCode::kInvalid,
                   "--format " + options.format + " wants a month: --as-of YYYY-MM");
}

Result<VerbResult> ExportDocument(VerbContext& context, const ExportOptions& options,
                                  const ReportQuery& report, const std::filesystem::path& file) {
  TRAM_ASSIGN(const ExchangeQuery query, QueryFrom(options, report));
  FigureBoard board;
  if (query.part == ExchangePart::kActivity) {
    TRAM_TRY(ReadBoard(context, board, query.board.as_of));
  }
  VerbResult result;
  Drawn drawn;
  TRAM_TRY(context.owner.Do([&](ServerState& state, RollupWorker&) -> Status {
    TRAM_ASSIGN(const Permit permit, PermitOfConsole(query.part));
    TRAM_ASSIGN(const ExchangeFigures figures, CollectExchange(state, board, permit, query));
    TRAM_ASSIGN(drawn, Draw(state, context, options.format, figures, result.notes));
    return state.store().audit().Append(
        state.NowMs(), context.who,
        "export --format " + options.format + ", " + query.Text() + ": " + drawn.said);
  }));
  std::string text = drawn.document.dump() + "\n";
  if (options.out.empty()) {
    result.json = std::move(drawn.document);
    result.text = std::move(text);
    return result;
  }
  TRAM_TRY(WriteFileAtomically(file, AsBytes(text)));
  result.json = {{"file", options.out}, {"holds", drawn.said}};
  result.text = drawn.said + " in " + options.out + "\n";
  return result;
}

}  // namespace tram::server
