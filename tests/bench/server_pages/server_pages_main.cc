// tram-bench-pages: what a page takes of the server's one thread, at the size of the country: 3,321
// units with figures of 60 months and 250,000 persons, straight into the rollups and released from
// them. What the rows mean: libsync/docs/measurements.md.
#include <algorithm>
#include <future>
#include <iostream>
#include <iterator>
#include <random>

#include "app/default_programme.h"
#include "app/unit_import.h"
#include "rollup/figure_board.h"
#include "rollup/release.h"
#include "storage/provinces.h"
#include "storage/settings.h"
#include "storage/sql_rows.h"
#include "tests/bench/bench_table.h"
#include "tests/bench/measuring.h"
#include "tests/support/made_up_persons.h"
#include "tests/support/process.h"
#include "web/front.h"

namespace tram::bench {
namespace {

using server::Unit;

constexpr std::size_t kUnits = 3321;
constexpr int kMonths = 60, kRequests = 100;
constexpr int kFirstYear = 2021, kLastYear = 2025, kPersonsAYear = 15;  // of each unit
constexpr int kAuditEntries = 20'000;
constexpr double kPageMsBar = 50, kPageKbBar = 100;
constexpr int kFiles = 20;
constexpr double kFileMsBar = 250, kFileKbBar = 1000;
constexpr char kHost[] = "127.0.0.1:8080";
const Date kClosed = DateOf(2026, 10, 31), kOpen = DateOf(2026, 11, 30);

class StandingClock : public Clock {
 public:
  std::int64_t WallMs() override {
    return StartOfLocalDay(DateOf(2026, 11, 21)) + 12LL * 3600 * 1000;
  }
  std::int64_t SteadyMs() override { return SystemClock().SteadyMs(); }
};

class Country {
 public:
  explicit Country(const std::filesystem::path& folder) : folder_(folder) {}
  Status Make();
  Status Release();
  server::ServerState& state() { return *state_; }
  const std::vector<Unit>& units() const { return units_; }

 private:
  std::vector<IndicatorFigures> Figures(Date as_of);
  std::vector<IndicatorFigures> Persons();
  Status AddUnits();
  Status AddDevicesAndTrail();
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  std::filesystem::path folder_;
  StandingClock clock_;
  std::mt19937 random_{1};
  std::unique_ptr<server::ServerState> state_;
  std::vector<Unit> units_;
};

std::vector<IndicatorFigures> Country::Figures(Date as_of) {
  std::vector<IndicatorFigures> all;
  for (const Indicator& indicator : state_->programme().programme->indicators) {
    if (!server::FigureBoard::Holds(indicator)) continue;
    IndicatorFigures figures{indicator.name, {}};
    const bool whole = indicator.name == "clients_ever" || indicator.name == "trained_staff" ||
                       indicator.name == "conflicts";
    for (int back = kMonths - 1; back >= 0; --back) {
      IndicatorRow row{whole ? "" : MonthText(AddMonths(as_of, -back)), "all", "", 1 + Below(30),
                       0};
      if (indicator.shape == IndicatorShape::kRate) row.denominator = row.numerator + Below(9);
      const int bins = indicator.shape == IndicatorShape::kDays ? 10 : 1;
      for (int bin = 0; bin < bins; ++bin) {
        if (bins > 1) row.bin = std::to_string(bin);
        figures.rows.push_back(row);
      }
      if (whole) break;
    }
    all.push_back(std::move(figures));
  }
  return all;
}

std::vector<IndicatorFigures> Country::Persons() {
  test::MadeUpPersons persons(*state_->programme().programme, static_cast<unsigned>(random_()));
  for (int year = kFirstYear; year <= kLastYear; ++year) {
    for (int i = 0; i < kPersonsAYear; ++i) persons.Add(year);
  }
  return persons.Figures();
}

Status Country::Make() {
  TRAM_ASSIGN(auto programme, Programme::Load(server::DefaultProgramme(), "treatment.toml"));
  TRAM_TRY(server::ServerStore::Create(folder_ / server::kDatabaseName, *programme, clock_,
                                       SystemRandom()));
  TRAM_ASSIGN(state_, server::ServerState::Open(folder_, clock_, SystemRandom()));
  SqlDatabase& database = state_->store().database();
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database));
  TRAM_TRY(AddUnits());
  TRAM_TRY(AddDevicesAndTrail());
  // Nothing is left for the worker: there are no logs to compute from.
  TRAM_TRY(
      server::SetSetting(database, server::kMonthSetting, AsBytes(MonthText(state_->Today()))));
  TRAM_TRY(server::RunSql(database, "DELETE FROM dirty"));
  TRAM_TRY(state_->store().rollups().Publish(kClosed, clock_.WallMs()));
  return transaction.Commit();
}

Status Country::AddUnits() {
  const server::Computed computed{clock_.WallMs(), 0, state_->programme().programme->digest};
  for (std::size_t i = 0; i < kUnits; ++i) {
    const char* province = server::kProvincesBefore[i % server::kProvincesBeforeCount].code;
    TRAM_ASSIGN(Unit unit, server::AddUnit(*state_, "X" + std::to_string(10'000 + i),
                                           "Đơn vị xã " + std::to_string(i), "",
                                           {province, DateOf(2021, 1, 1), std::nullopt}));
    // Stamps of all the months before, as a server of five years has them.
    for (int back = kMonths; back > 1; --back) {
      TRAM_TRY(state_->store().rollups().Replace(unit.number, MonthEnd(AddMonths(kClosed, -back)),
                                                 {}, computed));
    }
    for (const Date as_of : {kClosed, kOpen}) {
      std::vector<IndicatorFigures> figures = Figures(as_of);
      if (as_of == kClosed) std::ranges::move(Persons(), std::back_inserter(figures));
      TRAM_TRY(state_->store().rollups().Replace(unit.number, as_of, figures, computed));
    }
    TRAM_TRY(state_->store().units().Synced(unit.number, clock_.WallMs() - 1000));
    units_.push_back(std::move(unit));
  }
  return {};
}

Status Country::Release() { return server::ReleaseDue(*state_, kClosed); }

Status Country::AddDevicesAndTrail() {
  Bytes key(DeviceId::kSize);
  for (const Unit& unit : units_) {
    SystemRandom().Fill(key);
    TRAM_TRY(state_->store().devices().Add(DeviceId::From(key), unit.number, clock_.WallMs()));
  }
  for (int i = 0; i < kAuditEntries; ++i) {
    TRAM_TRY(state_->store().audit().Append(clock_.WallMs(), "account:bench",
                                            "looked at " + std::to_string(i)));
  }
  return {};
}

void AddMs(BenchTable& table, const std::string& name, double ms, std::optional<double> bar,
           const std::string& remark) {
  table.Add({name, ms, "ms", 1, {}, "", bar, false, remark});
}

Status MeasureReading(server::ServerState& state, BenchTable& table) {
  constexpr int kAllMs = 1'000'000;
  server::FigureBoard board;
  const ProcessorWatch watch;
  TRAM_ASSIGN(const server::BoardProgress progress, board.Prepare(state, kClosed, kAllMs));
  AddMs(table, "figures of the country: read", watch.Seconds() * kMilliseconds, {},
        std::to_string(progress.read) + " units, 60 months; once, in pieces of 20 ms");
  table.Add({"figures of the country: memory",
             static_cast<double>(board.bytes()) / kBytesPerMb,
             "MB",
             1,
             {},
             "",
             {},
             false,
             "of one month's end; at most " + std::to_string(server::kBoardSheets)});
  return {};
}

/// At the pages, as somebody of a role.
class Visitor {
 public:
  explicit Visitor(server::ServerState& state) : owner_(state) {
    auto front = server::Front::Create({{kHost}, false}, owner_, state);
    TRAM_ASSERT(front);
    front_ = std::move(*front);
  }
  ~Visitor() { front_.reset(); }
  Status Become(const std::string& name, server::Role role,
                std::vector<std::string> provinces = {}) {
    return owner_.Do([&](server::ServerState& state, server::RollupWorker&) -> Status {
      server::Account account;
      account.name = name;
      account.role = role;
      account.provinces = std::move(provinces);
      TRAM_ASSIGN(account, state.store().accounts().Add(account, state.NowMs()));
      cookie_ = front_->cookie() + "=" +
                front_->sessions()
                    .Begin(account, Language::kVietnamese, state.clock().SteadyMs())
                    .token();
      return {};
    });
  }
  HttpResponse Get(const std::string& target) {
    HttpRequest request;
    request.method = "GET";
    TRAM_ASSERT(SetTarget(request, target));
    request.headers["host"] = kHost;
    request.headers["cookie"] = cookie_;
    std::promise<HttpResponse> promise;
    std::future<HttpResponse> answer = promise.get_future();
    front_->Handle(std::move(request),
                   [&](HttpResponse response) { promise.set_value(std::move(response)); });
    return answer.get();
  }

 private:
  server::OwnerThread owner_;
  std::unique_ptr<server::Front> front_;
  std::string cookie_;
};

/// A file of all units may take longer and be larger than a page.
void MeasurePage(Visitor& visitor, BenchTable& table, const std::string& target,
                 double ms_bar = kPageMsBar, double kb_bar = kPageKbBar, int requests = kRequests) {
  std::vector<double> ms;
  HttpResponse page;
  for (int i = 0; i < requests; ++i) {
    const OthersWatch watch;
    page = visitor.Get(target);
    ms.push_back(watch.Seconds() * kMilliseconds);
  }
  if (page.status != 200) {
    return table.Skip(target, "answers " + std::to_string(page.status) + ": " + page.body);
  }
  std::sort(ms.begin(), ms.end());
  AddMs(table, "page " + target, ms[ms.size() * 99 / 100 - 1], ms_bar,
        "99th percentile; median " + std::to_string(static_cast<int>(Median(ms) + 0.5)) + " ms");
  table.Add({"its size",
             static_cast<double>(page.body.size()) / 1e3,
             "KB",
             1,
             {},
             "",
             kb_bar,
             false,
             ""});
}

Status Measure(BenchTable& table) {
  const test::ScratchFolder scratch;
  Country country(scratch.path());
  std::cerr << "making the country\n";
  TRAM_TRY(country.Make());
  std::cerr << "measuring\n";
  TRAM_TRY(MeasureReading(country.state(), table));
  const ProcessorWatch releasing;
  TRAM_TRY(country.Release());
  AddMs(table, "years of persons: released", releasing.Seconds() * kMilliseconds, {},
        "all at once; a year is released in two parts, a year apart");
  Visitor visitor(country.state());
  TRAM_TRY(visitor.Become("country", server::Role::kManager));
  // Until both months are read.
  for (const char* month : {"2026-10", "2026-11"}) {
    while (visitor.Get(std::string("/?month=") + month).body.find("role=\"status\"") !=
           std::string::npos) {
    }
  }
  for (const char* target : {"/",
                             "/?places=now",
                             "/?month=2026-11",
                             "/?place=24",
                             "/units",
                             "/units?sort=f1&desc=1",
                             "/units?sort=days&desc=1",
                             "/unit/X10100",
                             "/unit/X10100?month=2026-11",
                             "/units/success",
                             "/outcomes",
                             "/outcomes?year=all",
                             "/outcomes?by=now",
                             "/outcomes?stratum=referral",
                             "/outcomes?by=units-then&province=24",
                             "/outcomes?by=units-now&province=24",
                             "/outcomes/curves",
                             "/exchange",
                             "/exchange?part=released&month=2026-10",
                             "/exchange?part=released&by=province&month=2026-10",
                             "/exchange?part=released&by=unit&month=2026-10",
                             "/exchange?part=released&by=unit&province=24&month=2026-10"}) {
    MeasurePage(visitor, table, target);
  }
  TRAM_TRY(visitor.Become("province", server::Role::kProvince, {"24"}));
  for (const char* target : {"/", "/units", "/questions"}) MeasurePage(visitor, table, target);
  TRAM_TRY(visitor.Become("admin", server::Role::kAdministrator));
  for (const char* target : {"/admin/units", "/admin/devices", "/accounts", "/admin/programmes",
                             "/admin/audit", "/admin/exchange"}) {
    MeasurePage(visitor, table, target);
  }
  for (const char* target : {"/export/units.csv", "/export/units.xlsx"}) {
    MeasurePage(visitor, table, target, kFileMsBar, kFileKbBar, kFiles);
  }
  return {};
}

int Main() {
  BenchTable table;
  const Status measured = Measure(table);
  if (!measured) table.Skip("pages of the server", measured.error().message);
  std::cout << table.Text({"Pages of the server, 3,321 units, 60 months: processor time"});
  return measured ? 0 : 1;
}

}  // namespace
}  // namespace tram::bench

int main() {
  try {
    return tram::bench::Main();
  } catch (const std::exception& problem) {
    std::cerr << "tram-bench-pages failed unexpectedly: " << problem.what() << "\n";
    return 1;
  }
}
