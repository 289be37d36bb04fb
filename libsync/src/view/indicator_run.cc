#include "view/indicator_run.h"

#include <algorithm>
#include <tuple>

namespace tram {
namespace {

constexpr int kIndicatorColumns = 5;

/// Control characters separate rows in stores and tables.
bool IsPlain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= ' '; });
}

auto KeyOf(const IndicatorRow& row) { return std::tie(row.period, row.stratum, row.bin); }

}  // namespace

Result<std::vector<IndicatorRow>> RunIndicator(Sandbox& sandbox, const Indicator& indicator,
                                               Date as_of) {
  const auto named = [&](const std::string& what, ErrorCode code = ErrorCode::kInvalid) {
    return MakeError(code, "indicator " + indicator.name + ": " + what);
  };
  const Result<SqlStatement*> kept =
      sandbox.Kept(indicator.sql, SandboxMode::kClear, {as_of, as_of, as_of});
  if (!kept) return named(kept.error().message, kept.error().code);
  SqlStatement* const statement = *kept;
  if (statement->ColumnCount() != kIndicatorColumns) {
    return named("it must give period, stratum, bin, numerator and denominator");
  }
  std::vector<IndicatorRow> rows;
  for (;;) {
    const Result<bool> more = statement->Step();
    if (!more) return named(more.error().message, more.error().code);
    if (!*more) break;
    IndicatorRow row{statement->Text(0), statement->Text(1), statement->Text(2), statement->Int(3),
                     statement->Int(4)};
    if (!IsPlain(row.period) || !IsPlain(row.stratum) || !IsPlain(row.bin)) {
      return named("a period, stratum or bin has a line break");
    }
    if (row.numerator != 0 || row.denominator != 0) rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

Result<std::vector<IndicatorFigures>> RunIndicators(Sandbox& sandbox, const Programme& programme,
                                                    Date as_of) {
  TRAM_TRY(sandbox.Derive({as_of, as_of, as_of}));
  std::vector<IndicatorFigures> figures;
  for (const Indicator& indicator : programme.indicators) {
    TRAM_ASSIGN(std::vector<IndicatorRow> rows, RunIndicator(sandbox, indicator, as_of));
    figures.push_back({indicator.name, std::move(rows)});
  }
  return figures;
}

void AddRows(std::vector<IndicatorRow>& rows, const std::vector<IndicatorRow>& change, int sign) {
  if (change.empty()) return;
  std::vector<IndicatorRow> sum;
  sum.reserve(rows.size() + change.size());
  auto at = rows.begin();
  for (const IndicatorRow& row : change) {
    while (at != rows.end() && KeyOf(*at) < KeyOf(row)) sum.push_back(std::move(*at++));
    IndicatorRow added{row.period, row.stratum, row.bin, 0, 0};
    if (at != rows.end() && KeyOf(*at) == KeyOf(row)) added = std::move(*at++);
    added.numerator += sign * row.numerator;
    added.denominator += sign * row.denominator;
    if (added.numerator != 0 || added.denominator != 0) sum.push_back(std::move(added));
  }
  std::move(at, rows.end(), std::back_inserter(sum));
  rows = std::move(sum);
}

}  // namespace tram
