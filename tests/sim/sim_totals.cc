#include "tests/sim/sim_totals.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace tram::sim {
namespace {

constexpr std::size_t kWorldsOfAPair = 1000;  // wanted of each pair in 100,000 seeds
constexpr std::size_t kRarestShown = 12;
constexpr int kNameWidth = 46;

std::string Pair(std::size_t a, std::size_t b) {
  return std::string(kFaultNames[a]) + " + " + std::string(kFaultNames[b]);
}

}  // namespace

WorldFigures FiguresOf(const WorldReport& report) {
  return {report.seed,     report.ops,  report.conflicts, report.branches,
          report.requests, report.full, report.faults};
}

void SimTotals::Add(const WorldFigures& world) {
  ++worlds_;
  ops_ += world.ops;
  conflicts_ += world.conflicts;
  branches_ += world.branches;
  requests_ += world.requests;
  if (!world.full) {
    ++empty_;
    return;
  }
  for (std::size_t a = 0; a < kFaults; ++a) {
    counts_[a] += world.faults.counts[a];
    if (world.faults.counts[a] == 0) continue;
    for (std::size_t b = 0; b < kFaults; ++b) pairs_[a][b] += world.faults.counts[b] > 0;
  }
}

std::size_t SimTotals::Worlds(Fault fault) const { return Worlds(fault, fault); }

std::size_t SimTotals::Worlds(Fault a, Fault b) const {
  return pairs_[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
}

void SimTotals::Print(std::ostream& out, double seconds) const {
  out << worlds_ << " worlds held in " << std::fixed << std::setprecision(1) << seconds << " s, "
      << static_cast<double>(worlds_) / std::max(seconds, 0.001) << " a second; " << empty_
      << " of them were empty and do not count\n"
      << ops_ << " ops, " << conflicts_ << " conflicts, " << branches_ << " copied feeds, "
      << requests_ << " requests\n\n";
  out << std::left << std::setw(kNameWidth) << "fault" << std::right << std::setw(10) << "times"
      << std::setw(10) << "worlds" << std::setw(8) << "%"
      << "\n";
  const double counted = static_cast<double>(std::max<std::size_t>(worlds_ - empty_, 1));
  for (std::size_t i = 0; i < kFaults; ++i) {
    out << std::left << std::setw(kNameWidth) << kFaultNames[i] << std::right << std::setw(10)
        << counts_[i] << std::setw(10) << pairs_[i][i] << std::setw(8)
        << 100 * static_cast<double>(pairs_[i][i]) / counted << "\n";
  }
  PrintPairs(out);
}

void SimTotals::PrintPairs(std::ostream& out) const {
  std::vector<std::pair<std::size_t, std::string>> pairs;
  for (std::size_t a = 0; a < kFaults; ++a) {
    for (std::size_t b = a + 1; b < kFaults; ++b) pairs.push_back({pairs_[a][b], Pair(a, b)});
  }
  std::sort(pairs.begin(), pairs.end());
  const auto below = std::count_if(pairs.begin(), pairs.end(),
                                   [](const auto& pair) { return pair.first < kWorldsOfAPair; });
  out << "\nworlds in which two faults met: " << pairs.size() << " pairs, " << below << " below "
      << kWorldsOfAPair << "; the rarest:\n";
  for (std::size_t i = 0; i < std::min(kRarestShown, pairs.size()); ++i) {
    out << std::setw(10) << pairs[i].first << "  " << pairs[i].second << "\n";
  }
  out << "\nall pairs (worlds; numbers are those of the list above)\n    ";
  for (std::size_t b = 0; b < kFaults; ++b) out << std::setw(6) << b + 1;
  out << "\n";
  for (std::size_t a = 0; a < kFaults; ++a) {
    out << std::setw(4) << a + 1;
    for (std::size_t b = 0; b <= a; ++b) out << std::setw(6) << pairs_[a][b];
    out << "\n";
  }
}

}  // namespace tram::sim
