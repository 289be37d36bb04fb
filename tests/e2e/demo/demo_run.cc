#include "tests/e2e/demo/demo_run.h"

#include <algorithm>
#include <barrier>
#include <functional>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tram/base/csv.h"
#include "tram/base/os_process.h"

namespace tram::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::ptrdiff_t kThreads = 2;
/// Days of a month on which units may have a network; the server publishes between the first two.
constexpr unsigned kNetworkDays[] = {2, 7, 12, 17, 22, 27};
constexpr unsigned kPublicationDay = 4;
constexpr int kAsksMax = 10'000;

std::size_t MonthsOf(const UnitPlan& plan) {
  std::size_t months = 0;
  const Date end = plan.silent_from.value_or(DemoEnd());
  for (Date month = plan.opened; month < end; month = AddMonths(month, 1)) ++months;
  return months;
}

}  // namespace

/// Two threads that do one step after the other together; each has the same units every time.
class Demonstration::Crew {
 public:
  using Step = std::function<Status(DemoUnit&)>;

  explicit Crew(const std::vector<std::unique_ptr<DemoUnit>>& units) {
    // Large and small ones by turns.
    std::vector<DemoUnit*> sorted;
    for (const auto& unit : units) sorted.push_back(unit.get());
    auto size = [](const DemoUnit* unit) {
      return static_cast<std::size_t>(unit->plan().intakes_permille) * MonthsOf(unit->plan());
    };
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](auto* a, auto* b) { return size(a) > size(b); });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      parts_[(i + 1) / 2 % kThreads].push_back(sorted[i]);
    }
    for (std::ptrdiff_t i = 0; i < kThreads; ++i) threads_[i] = std::thread([this, i] { Work(i); });
  }

  ~Crew() {
    step_ = nullptr;
    gate_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  /// One step of every unit. Errors: the first one's.
  Status Do(const Step& step) {
    step_ = step;
    gate_.arrive_and_wait();
    gate_.arrive_and_wait();
    for (Status& result : results_) {
      if (!result) return result;
    }
    return {};
  }

 private:
  void Work(std::ptrdiff_t index) {
    for (;;) {
      gate_.arrive_and_wait();
      if (!step_) return;
      for (DemoUnit* unit : parts_[index]) {
        Status done = step_(*unit);
        if (!done) {
          results_[index] =
              MakeError(done.error().code, unit->plan().code + ": " + done.error().message);
          break;
        }
      }
      gate_.arrive_and_wait();
    }
  }

  std::vector<DemoUnit*> parts_[kThreads];
  Status results_[kThreads];
  Step step_;
  std::barrier<> gate_{kThreads + 1};
  std::thread threads_[kThreads];
};

Demonstration::Demonstration(fs::path folder, std::size_t units)
    : folder_(std::move(folder)), server_(folder_) {
  for (const UnitPlan& plan : DemoUnits()) {
    if (units != 0 && units_.size() == units) break;
    units_.push_back(std::make_unique<DemoUnit>(plan, folder_ / "devices" / plan.code, server_));
    unit_months_ += MonthsOf(plan);
  }
}

double Demonstration::Seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

DemoTotals Demonstration::Totals() const {
  DemoTotals sum;
  for (const auto& unit : units_) {
    const DemoTotals& t = unit->totals();
    sum.records += t.records;
    sum.edits += t.edits;
    sum.syncs += t.syncs;
    sum.requests += t.requests;
    sum.conflicts += t.conflicts;
    sum.resolved += t.resolved;
    sum.entered_again += t.entered_again;
    sum.unit_months += t.unit_months;
    sum.bytes += t.bytes;
  }
  return sum;
}

/// On a terminal one line that changes; else a line a year.
void Demonstration::ShowProgress(Date day) {
  const bool terminal = IsTerminal(2);
  const std::string year = MonthText(day).substr(0, 4);
  if (!terminal && year == shown_year_) return;
  shown_year_ = year;
  const DemoTotals sum = Totals();
  std::cerr << (terminal ? "\r  " : "  ") << MonthText(day) << ": " << sum.unit_months << " of "
            << unit_months_ << " unit-months, " << sum.records << " records, " << std::fixed
            << std::setprecision(0) << Seconds() << " s" << (terminal ? "   " : "\n") << std::flush;
}

Status Demonstration::LiveMonths() {
  Crew crew(units_);
  for (Date month = DemoBegin(); month < DemoEnd(); month = AddMonths(month, 1)) {
    for (unsigned day : kNetworkDays) {
      const Date today = Later(month, static_cast<int>(day) - 1);
      TRAM_TRY(server_.TellTime(today));
      TRAM_TRY(crew.Do([&](DemoUnit& unit) { return unit.Live(today); }));
      ShowProgress(today);
      if (day != kNetworkDays[0]) continue;
      // The month before is published; any command makes the server look at its clock.
      TRAM_TRY(server_.TellTime(Later(month, static_cast<int>(kPublicationDay) - 1)));
      TRAM_TRY(server_.Command({"unit", "list"}));
    }
  }
  const Date last = DateOf(2021, 1, 2);
  TRAM_TRY(server_.TellTime(last));
  TRAM_TRY(crew.Do([&](DemoUnit& unit) { return unit.Finish(last); }));
  ShowProgress(last);
  if (IsTerminal(2)) std::cerr << "\n";
  return {};
}

/// The server publishes between two requests; each question lets it take a step.
Status Demonstration::AwaitPublication() {
  TRAM_TRY(server_.TellTime(DemoToday()));
  for (int i = 0; i < kAsksMax; ++i) {
    TRAM_ASSIGN(std::string text,
                server_.Command({"report", "--by", "country", "--as-of", "2020-12-31",
                                 "--indicator", "clients_ever", "--json"}));
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    if (json.contains("published") && !json["published"].is_null()) return {};
  }
  return MakeError(ErrorCode::kInvalid, "December is not published; see the server's log");
}

Status Demonstration::Run() {
  TRAM_TRY(MakePrivateFolder(folder_ / "devices"));
  TRAM_TRY(server_.Start(DemoBegin()));
  TRAM_TRY(LiveMonths());
  return AwaitPublication();
}

Status Demonstration::Export() {
  TRAM_TRY(MakePrivateFolder(folder_ / "export"));
  std::string list;
  AppendCsvRow(list, std::vector<std::string>{"code", "name", "province", "opened"});
  for (auto& unit : units_) {
    const UnitPlan& plan = unit->plan();
    TRAM_TRY(unit->Export(folder_ / "export" / plan.code));
    AppendCsvRow(
        list, std::vector<std::string>{plan.code, plan.name, plan.province, IsoDate(plan.opened)});
  }
  return WriteFileAtomically(folder_ / "units.csv", AsBytes(list));
}

}  // namespace tram::demo
