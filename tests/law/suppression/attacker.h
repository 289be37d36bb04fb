// The attacker of the suppression: everything published of a cohort as a linear programme (GLPK),
// and for each suppressed number the lowest and highest value that it leaves.
//
// He knows: all shown numbers with how they are rounded, of all tables, rows and places, as then
// and as now, of both releases; the exact size of each unit's cohort at both (new clients are
// exact); that the later data only add persons; how the tables belong together. Of the exact counts
// this code reads nothing else. Whole numbers are relaxed to real ones: he could know more, never
// less; the suppression's own proof is in whole numbers.
#pragma once

#include <glpk.h>

#include <memory>
#include <vector>

#include "rollup/witness.h"

namespace tram::server::test {

/// Mistakes that a publication could make.
struct Mistakes {
  bool exact_rates = false;       // rates of exact counts: numbers shown are known to a unit
  bool profile_repeated = false;  // the profile again with the tables, from the later data
};

struct Release {
  const Cohort& cohort;
  const Sheets& sheets;
};

class Attacker {
 public:
  Attacker(const Release& profile, const Release& tables, const Mistakes& mistakes = {});

  /// Highest minus lowest value; negative where the publication contradicts itself.
  double Width(const SuppressedCell& cell);

 private:
  struct Term {
    int column;
    double factor;
  };
  using Sum = std::vector<Term>;
  struct DeleteProblem {
    void operator()(glp_prob* problem) const { glp_delete_prob(problem); }
  };

  int NewColumn();
  void Require(const Sum& sum, double low, double high);
  void RequireShown(const Sum& sum, std::int64_t count, Coarseness coarseness);
  void MakePieces();
  void MakeUnits();
  void MakeProfile(std::size_t piece);
  void MakeTable(std::size_t piece, std::size_t table);
  void AddPublished();
  void AddProfiles();
  Sum ItemOfGroup(std::size_t group, std::size_t table, std::size_t row, std::size_t item) const;
  Sum ItemOfUnit(std::size_t unit, std::size_t table, std::size_t item) const;
  Sum RowOfGroup(std::size_t group, std::size_t row, bool later) const;
  double Optimum(const Sum& sum, int direction);

  const Release profile_, tables_;
  const Cohort& cohort_;
  Mistakes mistakes_;
  GroupSums sums_;
  std::unique_ptr<glp_prob, DeleteProblem> problem_;
  std::vector<std::vector<std::size_t>> piece_units_, piece_groups_;
  std::vector<std::vector<std::vector<int>>> counts_;       // [piece][table][row * bins + bin]
  std::vector<std::vector<int>> rows_first_, rows_second_;  // [piece][row]
  std::vector<std::vector<std::vector<int>>> unit_counts_;  // [unit][table][bin]
};

}  // namespace tram::server::test
