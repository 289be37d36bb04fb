// KeptLists: what statements of the programme found in the tables, kept until a row of a table that
// they read, or the day, changes. Of a list that is `by_person` only the lines of the persons whose
// rows changed are then made again. Lines may hold what is sealed: who locks, forgets.
//
// A Line says which record it is about (`record`) and how lines are ordered (operator<).
// Threads: as SqlDatabase.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tram/base/dates.h"
#include "view/person_rows.h"

namespace tram {

template <typename Line>
class KeptLists {
 public:
  using Lines = std::vector<Line>;

  /// `tables` are the rows of all persons; both must outlive this.
  KeptLists(Tables& tables, PersonRows& persons) : tables_(tables), persons_(persons) {}

  /// The list `name`: lines in order; valid until the next call. `make` gives the lines that are
  /// found in the tables that it is given.
  /// Pre:    the last statement that `make` prepares there is the only one.
  /// Errors: those of `make` | io.
  template <typename Make>
  Result<const Lines*> Get(const std::string& name, bool by_person, Date as_of, const Make& make) {
    if (const auto found = lists_.find(name); found != lists_.end()) {
      Kept& kept = found->second;
      const std::int64_t changes = tables_.ChangesOf(kept.read);
      if (kept.as_of == as_of && kept.changes == changes) {
        kept.changed.clear();
        return &kept.lines;
      }
      if (kept.as_of == as_of && kept.by_person && persons_.follows() && FewChanged(kept)) {
        TRAM_TRY(MakeAgain(kept, make));
        kept.changes = changes;
        return &kept.lines;
      }
    }
    lists_.erase(name);
    TRAM_ASSIGN(Lines lines, make(tables_));
    std::sort(lines.begin(), lines.end());
    const std::set<std::string> read = tables_.sandbox().TablesRead();
    if (by_person) TRAM_TRY(persons_.Follow());
    Kept& kept = lists_[name];
    kept = {by_person, read, tables_.ChangesOf(read), as_of, std::move(lines), {}};
    return &kept.lines;
  }

  /// Rows of these persons are written.
  void Changed(const PersonRows::Persons& persons) {
    for (auto& [name, kept] : lists_) {
      if (kept.by_person) kept.changed.insert(persons.begin(), persons.end());
    }
  }
  void Forget() { lists_.clear(); }

 private:
  struct Kept {
    bool by_person = false;
    std::set<std::string> read;
    std::int64_t changes = 0;  // of these
    Date as_of;
    Lines lines;
    PersonRows::Persons changed;  // since the lines were made
  };

  /// With more rows than that, making the whole list costs less.
  bool FewChanged(const Kept& kept) const {
    constexpr std::size_t kShareMax = 3;
    return persons_.RowsOf(kept.changed) * kShareMax <= persons_.size();
  }

  template <typename Make>
  Status MakeAgain(Kept& kept, const Make& make) {
    TRAM_ASSIGN(Tables* const part, persons_.Part(kept.changed));
    TRAM_ASSIGN(Lines again, make(*part));
    std::erase_if(kept.lines, [&](const Line& line) {
      const auto person = persons_.PersonOf(line.record);
      return !person || kept.changed.contains(*person);
    });
    std::sort(again.begin(), again.end());
    const auto middle = static_cast<std::ptrdiff_t>(kept.lines.size());
    kept.lines.insert(kept.lines.end(), std::make_move_iterator(again.begin()),
                      std::make_move_iterator(again.end()));
    std::inplace_merge(kept.lines.begin(), kept.lines.begin() + middle, kept.lines.end());
    kept.changed.clear();
    return {};
  }

  Tables& tables_;
  PersonRows& persons_;
  std::map<std::string, Kept> lists_;
};

}  // namespace tram
