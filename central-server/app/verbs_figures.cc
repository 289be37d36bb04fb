#include "app/report_output.h"
#include "app/verbs_exchange.h"
#include "tram/base/csv.h"
#include "tram/base/os_file.h"

namespace tram::server {
namespace {

/// Without --as-of: the end of the current month.
Result<ReportQuery> QueryOf(const ReportOptions& options, Date today) {
  ReportQuery query;
  query.by = options.by == "unit"      ? GroupBy::kUnit
             : options.by == "country" ? GroupBy::kCountry
                                       : GroupBy::kProvince;
  query.places = options.places == "now" ? PlaceTime::kNow : PlaceTime::kThen;
  query.exact = options.exact;
  if (!options.indicator.empty()) query.indicator = options.indicator;
  if (!options.stratum.empty()) query.stratum = options.stratum;
  TRAM_TRY(ReadPeriods(query, options.from, options.to, options.per));
  query.as_of = MonthEnd(today);
  if (!options.known_by.empty()) {
    TRAM_ASSIGN(query.known_by, ParsePersonDate(options.known_by));
    if (*query.known_by > today) {
      return MakeError(
          ErrorCode::kInvalid,
          "--known-by " + options.known_by + " lies in the future: name today or an earlier day");
    }
  }
  if (options.as_of.empty()) return query;
  Result<Date> month = ParseMonth(options.as_of);
  if (!month) month = ParsePersonDate(options.as_of);
  if (!month) return month.error();
  query.as_of = MonthEnd(*month);
  if (query.as_of > MonthEnd(today)) {
    return MakeError(ErrorCode::kInvalid, "--as-of " + options.as_of +
                                              " lies in the future: figures are made up to the "
                                              "current month's end");
  }
  return query;
}

/// Brings every unit's figures of a month that is not published up to date, or makes those known by
/// the query's date; one piece of work per unit, so that syncs are answered between them. A unit
/// that cannot be computed becomes a note.
Status ComputeAll(VerbContext& context, const ReportQuery& query, KnownFigures& known,
                  std::vector<std::string>& notes) {
  std::vector<Unit> units;
  Status listed = context.owner.Do([&](ServerState& state, RollupWorker&) -> Status {
    TRAM_ASSIGN(units, state.store().units().All());
    return {};
  });
  if (!listed) return listed.error();
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (context.progress) context.progress("figures", i, units.size());
    Status done = context.owner.Do([&](ServerState& state, RollupWorker& worker) -> Status {
      TRAM_ASSIGN(Unit unit, state.store().units().ByNumber(units[i].number));
      const Status computed = [&]() -> Status {
        if (!query.known_by) return worker.EnsureComputed(unit, query.as_of);
        TRAM_ASSIGN(known[unit.number], worker.KnownBy(unit, query.as_of, *query.known_by));
        return {};
      }();
      if (computed || state.store().database().failed()) return computed;
      notes.push_back("unit " + unit.code + " has no figures: " + computed.error().message);
      return {};
    });
    if (!done) return done.error();
  }
  return {};
}

/// An exact look at figures about persons is written down before they are shown.
Status AuditExact(ServerState& state, const VerbContext& context, const char* verb,
                  const ReportOptions& options) {
  if (!options.exact) return {};
  return state.store().audit().Append(
      state.NowMs(), context.who,
      std::string(verb) + " --exact, by " + options.by + ", indicator " +
          (options.indicator.empty() ? "all" : options.indicator) + ", as of " +
          (options.as_of.empty() ? "this month" : options.as_of) +
          (options.known_by.empty() ? "" : ", known by " + options.known_by));
}

Result<ReportQuery> Prepare(VerbContext& context, const ReportOptions& options, const char* verb,
                            KnownFigures& known, std::vector<std::string>& notes) {
  ReportQuery query;
  Status prepared = context.owner.Do([&](ServerState& state, RollupWorker&) -> Status {
    TRAM_ASSIGN(query, QueryOf(options, state.Today()));
    return AuditExact(state, context, verb, options);
  });
  if (!prepared) return prepared.error();
  TRAM_TRY(ComputeAll(context, query, known, notes));
  return query;
}

}  // namespace

Result<VerbResult> ReportVerb(VerbContext& context, const ReportOptions& options) {
  std::vector<std::string> notes;
  KnownFigures known;
  TRAM_ASSIGN(ReportQuery query, Prepare(context, options, "report", known, notes));
  return OnOwner(context, [&](ServerState& state, VerbResult& result) -> Status {
    TRAM_ASSIGN(Report report, MakeReport(state, query, known));
    result.notes = std::move(notes);
    result.json = ReportJson(report, context.language);
    if (!options.csv) {
      result.text = ReportText(report, context.language);
      return {};
    }
    result.text = FigureTablesCsv(report.figures);
    for (std::string& line : FreshnessLines(report, context.language)) {
      result.notes.push_back(std::move(line));
    }
    for (const FigureTable& table : report.figures.tables) {
      for (const Label& note : table.notes) {
        result.notes.push_back(table.indicator->name + ": " + note.In(context.language));
      }
    }
    return {};
  });
}

Result<VerbResult> Export(VerbContext& context, const ExportOptions& options) {
  VerbResult result;
  TRAM_ASSIGN(const std::filesystem::path file, OutputPath(context, options.out));
  const bool rows_alone = options.format == "csv";
  if (!rows_alone) TRAM_TRY(CheckDocumentOptions(options));
  if (rows_alone && !(options.part + options.by + options.places + options.province).empty()) {
    return MakeError(ErrorCode::kInvalid,
                     "--part, --by, --places and --province are for --format dhis2 and fhir");
  }
  KnownFigures known;
  TRAM_ASSIGN(ReportQuery query, Prepare(context, options.report, "export", known, result.notes));
  if (!rows_alone) {
    std::vector<std::string> notes = std::move(result.notes);
    TRAM_ASSIGN(result, ExportDocument(context, options, query, file));
    result.notes.insert(result.notes.begin(), notes.begin(), notes.end());
    return result;
  }
  std::size_t rows = 0;
  std::string csv = CsvRowText({"unit", "unit_name", "province_then", "province_now", "indicator",
                                "as_of", "period", "stratum", "bin", "numerator", "denominator"});
  const std::string as_of = IsoDate(query.as_of);
  auto take = [&](const ExportRow& row) {
    ++rows;
    csv +=
        CsvRowText({row.unit_code, row.unit_name, row.province_then, row.province_now,
                    row.indicator, as_of, row.figure.period, row.figure.stratum, row.figure.bin,
                    std::to_string(row.figure.numerator), std::to_string(row.figure.denominator)});
  };
  TRAM_TRY(context.owner.Do([&](ServerState& state, RollupWorker&) {
    return ForEachExportRow(state, query, known, take);
  }));
  result.json = {{"as_of", as_of}, {"rows", rows}};
  if (!options.report.exact) {
    result.notes.push_back(
        "indicators about persons are left out; --exact exports them too, and "
        "is written to the audit trail");
  }
  if (options.out.empty()) {
    result.json["csv"] = csv;
    result.text = std::move(csv);
    return result;
  }
  TRAM_TRY(WriteFileAtomically(file, AsBytes(csv)));
  result.json["file"] = options.out;
  result.text = std::to_string(rows) + " rows in " + options.out + "\n";
  return result;
}

}  // namespace tram::server
