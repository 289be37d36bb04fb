// EntryIndex: from a hash (an op id, a chain) to an entry number, in eight to sixteen bytes an
// entry: open addressing over entry numbers alone; the hashes are read where the entries have them.
// Threads: those of its owner.
#pragma once

#include <functional>
#include <vector>

#include "tram/log/log_store.h"

namespace tram {

class EntryIndex {
 public:
  /// The number added under `key`, or 0. `key_of(number)` gives back the key of an added number.
  template <class Key, class KeyOf>
  EntryNumber Find(const Key& key, const KeyOf& key_of) const {
    return slots_.empty() ? 0 : slots_[SlotOf(key, key_of)];
  }

  /// The first number under a key stays. Returns false where there was one.
  template <class Key, class KeyOf>
  bool Insert(const Key& key, EntryNumber number, const KeyOf& key_of) {
    if ((used_ + 1) * 2 > slots_.size()) Grow(key_of);
    EntryNumber& slot = slots_[SlotOf(key, key_of)];
    if (slot != 0) return false;
    slot = number;
    ++used_;
    return true;
  }

 private:
  static constexpr std::size_t kSlotsFirst = 64;  // a power of two, as all later sizes

  template <class Key, class KeyOf>
  std::size_t SlotOf(const Key& key, const KeyOf& key_of) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = std::hash<Key>()(key) & mask;
    while (slots_[slot] != 0 && !(key_of(slots_[slot]) == key)) slot = (slot + 1) & mask;
    return slot;
  }

  template <class KeyOf>
  void Grow(const KeyOf& key_of) {
    std::vector<EntryNumber> old(slots_.empty() ? kSlotsFirst : slots_.size() * 2, 0);
    old.swap(slots_);
    for (EntryNumber number : old) {
      if (number != 0) slots_[SlotOf(key_of(number), key_of)] = number;
    }
  }

  std::vector<EntryNumber> slots_;  // 0: free
  std::size_t used_ = 0;
};

}  // namespace tram
