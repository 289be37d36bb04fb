// The demonstration: a real server, four units in two provinces, two real devices each, eighteen
// months recorded offline and synced over HTTP; then the conflicts and the tables.
// Two units' names are real; the people, the other units and every figure are invented.
#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/demo/demo_unit.h"
#include "tests/support/process.h"
#include "tram/base/csv.h"
#include "tram/base/os_process.h"

namespace tram::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNoonMs = 12LL * 3600 * 1000;

class Demonstration {
 public:
  explicit Demonstration(fs::path folder)
      : folder_(std::move(folder)), clock_file_(folder_ / "clock") {}

  Status Run();
  /// The units' records for other programs to read: export/CODE/TYPE.csv and units.csv.
  Status Export();
  void StayUp();
  void Stop() { server_.reset(); }

 private:
  Status StartServer();
  Status TellTime(Date day);
  Result<std::string> Server(std::vector<std::string> arguments);
  Status FoundUnits();
  Status LiveMonths();
  void PrintConflicts() const;
  Status PrintTables();
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

  fs::path folder_, clock_file_;
  std::string url_;
  std::unique_ptr<test::ChildProcess> server_;
  std::vector<std::unique_ptr<DemoUnit>> units_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

Status Demonstration::TellTime(Date day) {
  return WriteFileAtomically(clock_file_, AsBytes(std::to_string(StartOfLocalDay(day) + kNoonMs)));
}

Result<std::string> Demonstration::Server(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {TRAM_CENTRAL_SERVER, "--data", (folder_ / "server").string(), "--lang", "en"});
  test::RunResult run = test::RunProgram(arguments, {{"TRAM_CLOCK_FILE", clock_file_.string()}});
  if (run.exit != 0) {
    return MakeError(ErrorCode::kInvalid, "central-server " + arguments[5] + ": " + run.err);
  }
  return run.out;
}

Status Demonstration::StartServer() {
  TRAM_TRY(MakePrivateFolder(folder_ / "devices"));
  TRAM_TRY(TellTime(StoryBegin()));
  TRAM_TRY(Server({"init"}));
  const fs::path port_file = folder_ / "port";
  server_ = std::make_unique<test::ChildProcess>(
      std::vector<std::string>{TRAM_CENTRAL_SERVER, "--data", (folder_ / "server").string(),
                               "serve", "--listen", "127.0.0.1:0", "--port-file",
                               port_file.string()},
      std::map<std::string, std::string>{{"TRAM_CLOCK_FILE", clock_file_.string()}},
      folder_ / "server.log");
  std::string port = test::AwaitFile(port_file, *server_);
  if (port.empty()) {
    return MakeError(ErrorCode::kIo,
                     "the server did not start; see " + (folder_ / "server.log").string());
  }
  while (!port.empty() && port.back() == '\n') port.pop_back();
  url_ = "http://127.0.0.1:" + port;
  return {};
}

Status Demonstration::FoundUnits() {
  for (const UnitPlan& plan : DemoUnits()) {
    TRAM_TRY(Server({"unit", "add", plan.code, plan.name + (plan.invented ? " (invented)" : ""),
                     "--province", plan.province, "--from", IsoDate(StoryBegin())}));
    TRAM_ASSIGN(std::string reply, Server({"device", "code", plan.code, "--json"}));
    nlohmann::json json = nlohmann::json::parse(reply, nullptr, false);
    units_.push_back(
        std::make_unique<DemoUnit>(plan, folder_ / "devices" / plan.code, url_, "demonstration passphrase"));
    TRAM_TRY(units_.back()->Found(json.value("code", ""), StoryBegin()));
  }
  return {};
}

Status Demonstration::LiveMonths() {
  std::string month;
  for (Date day = StoryBegin(); day < StoryEnd(); ++day.days) {
    if (MonthText(day) != month) {
      month = MonthText(day);
      std::cerr << "\r  " << month << std::flush;
    }
    TRAM_TRY(TellTime(day));
    for (auto& unit : units_) TRAM_TRY(unit->Live(day));
  }
  for (auto& unit : units_) TRAM_TRY(unit->Finish(Date{StoryEnd().days - 1}));
  std::cerr << "\r";
  return TellTime(Date{StoryEnd().days + 4});  // March is published
}

void Demonstration::PrintConflicts() const {
  DemoTotals sum;
  std::cout << "\nWhat the devices did\n";
  for (const auto& unit : units_) {
    const DemoTotals& t = unit->totals();
    std::cout << "  " << unit->plan().name << (unit->plan().invented ? " (invented)" : "") << ": "
              << t.records << " records, " << t.edits << " edits, " << t.syncs << " syncs, "
              << (t.bytes_up + t.bytes_down) / 1024 << " KB on the wire, " << t.conflicts
              << " conflicts, " << t.resolved << " of them settled\n";
  }
  std::cout << "\nConflicts: both values are kept until a person settles them. For example:\n";
  for (const auto& unit : units_) {
    for (const std::string& line : unit->conflict_lines()) std::cout << "    " << line << "\n";
  }
}

Status Demonstration::PrintTables() {
  const std::vector<std::vector<std::string>> reports{
      {"report", "--by", "province", "--as-of", "2026-03-31", "--from", "2025-10", "--places",
       "now"},
      {"report", "--by", "unit", "--as-of", "2026-03-31", "--from", "2026-01"},
      {"report", "--by", "province", "--as-of", "2026-03-31", "--places", "now", "--exact",
       "--indicator", "relapse_free"},
      {"report", "--by", "country", "--as-of", "2026-03-31", "--exact", "--indicator",
       "state_12m"}};
  for (const auto& report : reports) {
    TRAM_ASSIGN(std::string table, Server(report));
    std::cout << "\n$ central-server";
    for (const std::string& word : report) std::cout << " " << word;
    std::cout << "\n" << table;
  }
  return {};
}

Status Demonstration::Run() {
  std::cout << "Demonstration: Phương Sơn and Cam Thuận are names of real units; all people, all "
               "figures and the other units are invented.\n"
            << std::flush;
  TRAM_TRY(StartServer());
  TRAM_TRY(FoundUnits());
  TRAM_TRY(LiveMonths());
  PrintConflicts();
  TRAM_TRY(PrintTables());
  std::cout << "\nTold in " << static_cast<int>(Seconds()) << " s.\n" << std::flush;
  return {};
}

Status Demonstration::Export() {
  TRAM_TRY(MakePrivateFolder(folder_ / "export"));
  std::string list;
  AppendCsvRow(list, std::vector<std::string>{"code", "name", "province", "opened"});
  for (auto& unit : units_) {
    const UnitPlan& plan = unit->plan();
    TRAM_TRY(unit->Export(folder_ / "export" / plan.code));
    AppendCsvRow(list, std::vector<std::string>{plan.code, plan.name, plan.province,
                                                IsoDate(StoryBegin())});
  }
  return WriteFileAtomically(folder_ / "units.csv", AsBytes(list));
}

void Demonstration::StayUp() {
  const std::string bin = fs::path(TRAM_CENTRAL_SERVER).parent_path().parent_path().string();
  units_.clear();  // lets go of the folders, for the commands below
  std::cout << "\nThe server stays up at " << url_ << " until Ctrl-C. In another terminal:\n"
            << "  export TRAM_PASSPHRASE='demonstration passphrase'\n"
            << "  " << bin << "/unit-client/unit-client --data "
            << (folder_ / "devices/KH-PS/device-1").string() << " conflicts\n"
            << "  " << bin << "/unit-client/unit-client --data "
            << (folder_ / "devices/KH-PS/device-1").string() << " list client\n"
            << "  " << bin << "/central-server/central-server --data "
            << (folder_ / "server").string() << " report --by unit\n"
            << std::flush;
  WaitForStopSignal();
  std::cout << "\nstopping\n";
}

}  // namespace
}  // namespace tram::demo

int main(int argc, char** argv) {
  bool once = false;
  std::string keep;
  CLI::App app{"The demonstration"};
  app.add_flag("--once", once, "print the tables and end");
  app.add_option("--keep", keep,
                 "a new folder for the server's and the devices' folders and an export of every "
                 "unit's records; it stays");
  CLI11_PARSE(app, argc, argv);
  std::error_code code;
  if (!keep.empty() && !std::filesystem::create_directories(keep, code)) {
    std::cerr << "demo: " << keep << " exists or cannot be made: name a new folder\n";
    return 1;
  }
  tram::BlockStopSignals();
  tram::test::ScratchFolder scratch;
  tram::demo::Demonstration demonstration(keep.empty() ? scratch.path()
                                                       : std::filesystem::absolute(keep));
  tram::Status status = demonstration.Run();
  if (status && !keep.empty()) status = demonstration.Export();
  if (!status) {
    std::cerr << "demo: " << status.error().message << "\n";
    return 1;
  }
  if (!once) demonstration.StayUp();
  demonstration.Stop();
  return 0;
}
