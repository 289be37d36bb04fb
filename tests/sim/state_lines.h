// How a state of records is written down, for the reference model and for the engine's view; and
// where a record stands, as far as that can be said without time.
// Threads: values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "tram/base/ids.h"

namespace tram::sim {

/// Lines of a state; sorted when read.
class StateLines {
 public:
  void Group(const RecordId& record, const std::string& type, std::uint32_t group,
             const std::map<OpId, std::map<std::uint32_t, std::string>>& candidates, bool conflict);
  void Set(const RecordId& record, const std::string& type, std::uint32_t set,
           const std::map<std::uint32_t, std::set<OpId>>& adds);
  void Fact(const RecordId& record, const std::string& type, const std::string& fact);
  void Line(const std::string& line) { lines_.insert(line); }
  std::string Text() const;

 private:
  std::multiset<std::string> lines_;
};

std::string ShortId(const std::string& hex);
std::string IdList(const std::set<OpId>& ops);

/// What decides where a record stands. Texts of all candidates: "" for none, hex of records.
struct Standing {
  std::string type;
  bool deleted = false;
  std::set<std::string> parents, merged_into;
};
using Standings = std::map<RecordId, Standing>;

/// The hex of the record under which `record` is shown, "none", or "?" where only time decides.
std::string ShownBelow(const Standings& standings, const RecordId& record);
/// "yes", "no" or "?": neither deleted nor merged, nor below a deleted one.
std::string IsListed(const Standings& standings, const RecordId& record);

}  // namespace tram::sim
