#include "log/key_table.h"

#include <algorithm>

#include "tram/base/hash.h"

namespace tram {
namespace {

bool Before(const KeyEntry& entry, KeyEntry::Kind kind, ByteView key) {
  if (entry.kind != kind) return entry.kind < kind;
  return std::lexicographical_compare(entry.key.begin(), entry.key.end(), key.begin(), key.end());
}

auto Place(const std::vector<KeyEntry>& entries, KeyEntry::Kind kind, ByteView key) {
  return std::partition_point(entries.begin(), entries.end(),
                              [&](const KeyEntry& entry) { return Before(entry, kind, key); });
}

bool IsAt(const KeyEntry& entry, KeyEntry::Kind kind, ByteView key) {
  return entry.kind == kind &&
         std::equal(entry.key.begin(), entry.key.end(), key.begin(), key.end());
}

void AddLength(Bytes& to, std::size_t length) {
  for (int shift = 0; shift < 32; shift += 8) to.push_back((length >> shift) & 0xff);
}

}  // namespace

KeyTable::KeyTable(std::vector<KeyEntry> stored) : entries_(std::move(stored)) {
  auto same = [](const KeyEntry& a, const KeyEntry& b) { return IsAt(a, b.kind, b.key); };
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const KeyEntry& a, const KeyEntry& b) { return Before(a, b.kind, b.key); });
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
  std::vector<Bytes> erased;  // sorted, as the entries are
  for (const KeyEntry& entry : entries_) {
    if (entry.kind == KeyEntry::Kind::kTombstone) erased.push_back(entry.key);
  }
  std::erase_if(entries_, [&](const KeyEntry& entry) {
    return entry.kind == KeyEntry::Kind::kSeed &&
           std::binary_search(erased.begin(), erased.end(), entry.key);
  });
}

const KeyEntry* KeyTable::Find(KeyEntry::Kind kind, ByteView key) const {
  auto place = Place(entries_, kind, key);
  return place != entries_.end() && IsAt(*place, kind, key) ? &*place : nullptr;
}

bool KeyTable::Add(const KeyEntry& entry) {
  if (Find(entry.kind, entry.key)) return false;
  if (entry.kind == KeyEntry::Kind::kSeed && Find(KeyEntry::Kind::kTombstone, entry.key)) {
    return false;
  }
  if (entry.kind == KeyEntry::Kind::kTombstone) {
    std::erase_if(entries_, [&](const KeyEntry& other) {
      return IsAt(other, KeyEntry::Kind::kSeed, entry.key);
    });
  }
  entries_.insert(Place(entries_, entry.kind, entry.key), entry);
  digest_.reset();
  return true;
}

const Digest& KeyTable::DigestOfAll() const {
  if (digest_) return *digest_;
  Bytes all;
  for (const KeyEntry& entry : entries_) {
    all.push_back(static_cast<std::uint8_t>(entry.kind));
    AddLength(all, entry.key.size());
    Extend(all, entry.key);
    AddLength(all, entry.value.size());
    Extend(all, entry.value);
  }
  digest_ = Blake2b160({}, {AsBytes("keys"), all});
  return *digest_;
}

}  // namespace tram
