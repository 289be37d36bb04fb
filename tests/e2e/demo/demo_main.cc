// The demonstration: a real server, 58 units in eight provinces, 2016 to 2020, real devices that
// record offline and sync over HTTP; then the conflicts and the tables.
// Two units' names are real; the people, the other units and every figure are invented.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <string>

#include "tests/e2e/demo/demo_run.h"
#include "tests/support/paths.h"
#include "tram/base/os_process.h"

namespace tram::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kConflictsShown = 3;
constexpr std::uint64_t kBytesPerMb = 1'000'000;

void PrintDevices(const Demonstration& demonstration) {
  const DemoTotals sum = demonstration.Totals();
  std::cout << "\nWhat the devices did\n  " << demonstration.units().size() << " units, "
            << sum.unit_months << " unit-months: " << sum.records << " records, " << sum.edits
            << " edits; " << sum.syncs << " syncs in " << sum.requests << " requests, "
            << sum.bytes / kBytesPerMb << " MB on the wire; " << sum.conflicts << " conflicts, "
            << sum.resolved << " of them settled\n";
  for (const auto& unit : demonstration.units()) {
    const UnitPlan& plan = unit->plan();
    for (const Incident& incident : plan.incidents) {
      std::cout << "  " << plan.code << ": "
                << (incident.kind == Incident::Kind::kLost
                        ? "a device was lost, and another took its place"
                    : incident.kind == Incident::Kind::kRestored
                        ? "a device was put back from a backup six weeks old"
                        : "a device's clock was wrong by a year for five months");
      if (incident.kind != Incident::Kind::kWrongClock) {
        std::cout << "; entered again from paper: " << unit->totals().entered_again;
      }
      std::cout << "\n";
    }
    if (plan.bundles) std::cout << "  " << plan.code << ": no network, files on a USB stick\n";
    if (plan.silent_from) {
      std::cout << "  " << plan.code << ": silent since " << IsoDate(*plan.silent_from) << "\n";
    }
  }
  std::cout << "\nConflicts: both values are kept until a person settles them. For example:\n";
  std::size_t shown = 0;
  for (const auto& unit : demonstration.units()) {
    for (const std::string& line : unit->conflict_lines()) {
      if (shown++ < kConflictsShown) std::cout << "    " << line << "\n";
    }
  }
}

Status PrintReport(const Demonstration& demonstration, const std::string& heading,
                   std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "report");
  arguments.insert(arguments.end(), {"--as-of", "2020-12-31"});
  TRAM_ASSIGN(std::string table, demonstration.server().Command(arguments));
  std::cout << "\n" << heading << " (invented figures)\n$ central-server";
  for (const std::string& word : arguments) std::cout << " " << word;
  std::cout << "\n" << table;
  return {};
}

Status PrintTables(const Demonstration& demonstration) {
  const std::string exact = "; the exact form, for the console, written to the audit trail";
  TRAM_TRY(PrintReport(demonstration, "New clients, year by year and by province",
                       {"--by", "province", "--per", "year", "--indicator", "new"}));
  TRAM_TRY(PrintReport(demonstration, "Clients served in 2020, by province",
                       {"--by", "province", "--from", "2020-01", "--indicator", "served"}));
  TRAM_TRY(PrintReport(demonstration, "State at twelve months, as everyone above the units sees it",
                       {"--by", "country", "--indicator", "state_12m"}));
  TRAM_TRY(PrintReport(demonstration, "State at twelve months, by province" + exact,
                       {"--by", "province", "--indicator", "state_12m", "--exact"}));
  return PrintReport(demonstration, "Time without relapse, by province" + exact,
                     {"--by", "province", "--indicator", "relapse_free", "--exact"});
}

void StayUp(Demonstration& demonstration, const fs::path& folder) {
  const std::string bin = fs::path(test::kCentralServer).parent_path().parent_path().string();
  demonstration.CloseUnits();  // lets go of the folders, for the commands below
  const std::string device = (folder / "devices/KH-PS/device-1").string();
  std::cout << "\nThe server stays up at " << demonstration.server().url()
            << " until Ctrl-C. In another terminal:\n"
            << "  export TRAM_PASSPHRASE='" << kDemoPassphrase
            << "' TRAM_CLOCK_FILE=" << demonstration.server().clock_file().string() << "\n"
            << "  " << bin << "/unit-client/unit-client --data " << device << " conflicts\n"
            << "  " << bin << "/unit-client/unit-client --data " << device << " list client\n"
            << "  " << bin << "/central-server/central-server --data "
            << demonstration.server().data().string() << " report --by unit --as-of 2020-12\n"
            << std::flush;
  WaitForStopSignal();
  std::cout << "\nstopping\n";
}

Status Show(Demonstration& demonstration, bool keep) {
  std::cout << "Demonstration: Phương Sơn and Cam Thuận are names of real units; all people, all "
               "figures, the other units and the spread between provinces are invented.\n"
            << std::flush;
  TRAM_TRY(demonstration.Run());
  PrintDevices(demonstration);
  TRAM_TRY(PrintTables(demonstration));
  if (keep) TRAM_TRY(demonstration.Export());
  std::cout << "\nTold in " << static_cast<int>(demonstration.Seconds()) << " s.\n" << std::flush;
  return {};
}

int Tell(const std::string& keep, std::size_t units, bool once) {
  std::error_code code;
  if (!keep.empty() && !fs::create_directories(keep, code)) {
    std::cerr << "demo: " << keep << " exists or cannot be made: name a new folder\n";
    return 1;
  }
  BlockStopSignals();
  test::ScratchFolder scratch;
  const fs::path folder = keep.empty() ? scratch.path() : fs::absolute(keep);
  Demonstration demonstration(folder, units);
  if (Status status = Show(demonstration, !keep.empty()); !status) {
    std::cerr << "demo: " << status.error().message << "\n";
    return 1;
  }
  if (!once) StayUp(demonstration, folder);
  return 0;
}

}  // namespace
}  // namespace tram::demo

int main(int argc, char** argv) {
  bool once = false;
  std::string keep;
  std::size_t units = 0;
  CLI::App app{"The demonstration"};
  app.add_flag("--once", once, "print the tables and end");
  app.add_option("--keep", keep,
                 "a new folder for the server's and the devices' folders and an export of every "
                 "unit's records; it stays");
  app.add_option("--units", units, "only the first so many units");
  CLI11_PARSE(app, argc, argv);
  return tram::demo::Tell(keep, units, once);
}
