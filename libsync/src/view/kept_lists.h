// KeptLists: what statements of the programme found in the tables, kept until a row of a table that
// they read, or the day, changes. They may hold what is sealed: who locks, forgets.
// Threads: as SqlDatabase.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "tram/base/dates.h"
#include "tram/base/result.h"
#include "view/tables.h"

namespace tram {

template <typename List>
class KeptLists {
 public:
  /// The list `name` as it was made last, where the day and the tables that it reads are the same;
  /// else what `make` gives.
  /// Pre:    the last statement that `make` reads from `tables` is the only one.
  /// Errors: those of `make`.
  template <typename Make>
  Result<List> Get(const std::string& name, const Tables& tables, Date as_of, const Make& make) {
    const auto found = lists_.find(name);
    if (found != lists_.end() && found->second.as_of == as_of &&
        found->second.changes == tables.ChangesOf(found->second.read)) {
      return found->second.list;
    }
    Result<List> made = make();
    if (made) {
      const std::set<std::string>& read = tables.sandbox().TablesRead();
      lists_[name] = {read, tables.ChangesOf(read), as_of, *made};
    }
    return made;
  }
  void Forget() { lists_.clear(); }

 private:
  struct Kept {
    std::set<std::string> read;
    std::int64_t changes = 0;  // of these
    Date as_of;
    List list;
  };
  std::map<std::string, Kept> lists_;
};

}  // namespace tram
