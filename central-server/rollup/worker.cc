#include "rollup/worker.h"

#include "rollup/asked.h"
#include "rollup/months.h"
#include "rollup/release.h"
#include "watch/event_log.h"

namespace tram::server {
namespace {

/// Errors of one unit's figures; the others mean that the server itself is out of order.
bool IsUnitsOwn(const Error& error) {
  return error.code == ErrorCode::kInvalid || error.code == ErrorCode::kCorrupt;
}

}  // namespace

Result<bool> RollupWorker::Step() {
  const std::int64_t now_ms = state_.NowMs();
  TRAM_TRY(BeginMonth(now_ms));
  TRAM_ASSIGN(bool published, PublishStep(now_ms));
  if (published) return true;
  return DirtyStep(now_ms);
}

Status RollupWorker::BeginMonth(std::int64_t now_ms) {
  SqlDatabase& database = state_.store().database();
  const std::string month = MonthText(LocalDate(now_ms));
  TRAM_ASSIGN(std::string begun, TextSetting(database, kMonthSetting));
  if (begun == month) return {};
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database));
  TRAM_TRY(state_.store().rollups().MarkAll(now_ms));
  TRAM_TRY(SetSetting(database, kMonthSetting, AsBytes(month)));
  return transaction.Commit();
}

Result<std::optional<Date>> RollupWorker::DueMonth(std::int64_t now_ms) {
  TRAM_ASSIGN(std::optional<Date> last, state_.store().rollups().LastPublished());
  Date next;
  if (last) {
    next = MonthEnd(AddMonths(*last, 1));
  } else {
    TRAM_ASSIGN(std::string first, TextSetting(state_.store().database(), kFirstMonthSetting));
    TRAM_ASSIGN(Date month, ParseMonth(first));
    next = MonthEnd(month);
  }
  return PublicationMs(next) <= now_ms ? std::optional<Date>(next) : std::nullopt;
}

Result<bool> RollupWorker::PublishStep(std::int64_t now_ms) {
  TRAM_ASSIGN(std::optional<Date> due, DueMonth(now_ms));
  if (!due) return false;
  RollupTable& rollups = state_.store().rollups();
  const std::int64_t deadline_ms = PublicationMs(*due);
  TRAM_ASSIGN(std::optional<UnitNumber> number, rollups.UnitToFinish(*due, deadline_ms));
  if (!number) {
    TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
    TRAM_TRY(ReleaseDue(state_, *due));
    TRAM_TRY(rollups.Publish(*due, now_ms));
    TRAM_TRY(transaction.Commit());
    LogEvent(LogLevel::kInfo, "month_published", {{"month", MonthText(*due)}});
    return true;
  }
  TRAM_ASSIGN(Unit unit, state_.store().units().ByNumber(*number));
  Result<Before> computed = FiguresBefore(unit, *due, deadline_ms);
  if (computed) {
    TRAM_TRY(Store(unit, *due, computed->figures, computed->entries));
    return true;
  }
  if (!IsUnitsOwn(computed.error())) return computed.error();
  // A damaged unit must not keep the others' figures from being published: it has none.
  NoteFailure(unit, computed.error());
  TRAM_TRY(rollups.Replace(unit.number, *due, {}, {now_ms, 0, {}}));
  return true;
}

Result<bool> RollupWorker::DirtyStep(std::int64_t now_ms) {
  TRAM_ASSIGN(std::vector<DirtyUnit> dirty, state_.store().rollups().Dirty());
  for (const DirtyUnit& mark : dirty) {
    TRAM_ASSIGN(Unit unit, state_.store().units().ByNumber(mark.unit));
    auto failed = failed_entries_.find(unit.number);
    if (failed != failed_entries_.end() && failed->second == unit.entries) continue;
    Status computed = ComputeOpenMonths(unit, now_ms);
    if (computed) {
      failures_.erase(unit.number);
      failed_entries_.erase(unit.number);
      return true;
    }
    if (!IsUnitsOwn(computed.error())) return computed.error();
    NoteFailure(unit, computed.error());
    failed_entries_[unit.number] = unit.entries;
    return true;
  }
  return false;
}

std::size_t RollupWorker::held_ops() const {
  std::size_t ops = 0;
  for (const auto& [unit, held] : held_) ops += held;
  return ops;
}

void RollupWorker::NoteFailure(const Unit& unit, const Error& error) {
  failures_[unit.number] = error.message;
  state_.metrics().RollupFailed();
  LogEvent(LogLevel::kError, "unit_not_computed",
           {{"unit", unit.code}, {"error", ErrorText(error.code)}});
}

Status RollupWorker::ComputeOpenMonths(const Unit& unit, std::int64_t now_ms) {
  TRAM_ASSIGN(UnitView * view, state_.units().ViewOf(unit.id, state_.programme().programme));
  held_[unit.number] = view->Held().size();
  RollupTable& rollups = state_.store().rollups();
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state_.store().database()));
  for (Date as_of : OpenMonths(now_ms)) {
    TRAM_ASSIGN(std::optional<std::int64_t> published, rollups.PublishedAt(as_of));
    if (published) continue;
    TRAM_ASSIGN(std::vector<IndicatorFigures> figures, view->Figures(as_of, true));
    TRAM_TRY(Store(unit, as_of, figures, unit.entries));
  }
  TRAM_ASSIGN(std::vector<AskedQuestion> asked, AskedIn(*view));
  TRAM_TRY(state_.store().questions().Replace(unit.number, std::move(asked)));
  TRAM_TRY(rollups.Unmark(unit.number));
  return transaction.Commit();
}

Result<RollupWorker::Before> RollupWorker::FiguresBefore(const Unit& unit, Date as_of,
                                                         std::int64_t deadline_ms) {
  TRAM_ASSIGN(OpenUnit * open, state_.units().Open(unit.id));
  const OpLog& log = *open->log;
  std::vector<ViewEntry> entries;
  for (EntryNumber n = 1; n <= log.committed(); ++n) {
    const std::int64_t arrived_ms = log.entry(n).arrived_ms;
    if (arrived_ms < deadline_ms) entries.push_back({log.entry(n).op, log.ReadOp(n), arrived_ms});
  }
  TRAM_ASSIGN(std::unique_ptr<UnitView> view,
              UnitView::Create(state_.programme().programme, unit.id, state_.keys().server.id()));
  TRAM_TRY(view->Apply(entries));
  TRAM_ASSIGN(std::vector<IndicatorFigures> figures, view->Figures(as_of));
  return Before{std::move(figures), static_cast<std::int64_t>(entries.size())};
}

Status RollupWorker::EnsureComputed(const Unit& unit, Date as_of) {
  RollupTable& rollups = state_.store().rollups();
  const auto& programme = state_.programme().programme;
  TRAM_ASSIGN(std::optional<std::int64_t> published, rollups.PublishedAt(as_of));
  TRAM_ASSIGN(std::optional<Computed> computed, rollups.ComputedOf(unit.number, as_of));
  const bool current =
      computed && computed->entries == unit.entries && computed->programme == programme->digest;
  if (published || current) return {};
  TRAM_ASSIGN(UnitView * view, state_.units().ViewOf(unit.id, programme));
  TRAM_ASSIGN(std::vector<IndicatorFigures> figures, view->Figures(as_of, true));
  return Store(unit, as_of, figures, unit.entries);
}

Result<std::vector<IndicatorFigures>> RollupWorker::KnownBy(const Unit& unit, Date as_of,
                                                            Date known_by) {
  TRAM_ASSIGN(Before before, FiguresBefore(unit, as_of, StartOfLocalDay(Date{known_by.days + 1})));
  return std::move(before.figures);
}

Status RollupWorker::Store(const Unit& unit, Date as_of,
                           const std::vector<IndicatorFigures>& figures, std::int64_t entries) {
  return state_.store().rollups().Replace(
      unit.number, as_of, figures, {state_.NowMs(), entries, state_.programme().programme->digest});
}

}  // namespace tram::server
