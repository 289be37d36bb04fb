// KeptLists: what statements of the programme found in the tables, kept until a row or the day
// changes. They may hold what is sealed: who locks, forgets.
// Threads: as SqlDatabase.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tram/base/dates.h"
#include "tram/base/result.h"

namespace tram {

template <typename List>
class KeptLists {
 public:
  /// The list `name` as it was made last, where `changes` (Sandbox::Changes) and the day are the
  /// same; else what `make` gives. Errors: those of `make`.
  template <typename Make>
  Result<List> Get(const std::string& name, std::int64_t changes, Date as_of, const Make& make) {
    const auto found = lists_.find(name);
    if (found != lists_.end() && found->second.changes == changes && found->second.as_of == as_of) {
      return found->second.list;
    }
    Result<List> made = make();
    if (made) lists_[name] = {changes, as_of, *made};
    return made;
  }
  void Forget() { lists_.clear(); }

 private:
  struct Kept {
    std::int64_t changes = 0;
    Date as_of;
    List list;
  };
  std::map<std::string, Kept> lists_;
};

}  // namespace tram
