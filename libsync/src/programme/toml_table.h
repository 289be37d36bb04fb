// Reads one TOML table strictly: every key is asked for by name, and what nobody asked for is a
// problem (a misspelt key must not pass in silence).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "programme/checked_toml.h"
#include "programme/draft.h"

namespace tram {

class TomlTable {
 public:
  /// `table` and `problems` must outlive this.
  TomlTable(const toml::table& table, std::string place, Problems& problems)
      : table_(table), place_(std::move(place)), problems_(problems) {}

  std::size_t line() const { return LineOf(table_); }
  const std::string& place() const { return place_; }
  void set_place(std::string place) { place_ = std::move(place); }
  void Complain(std::size_t line, std::string_view what) { problems_.Add(line, place_, what); }
  static std::size_t LineOf(const toml::node& node) { return node.source().begin.line; }

  /// "" and a problem where a needed key is missing. Text comes back in normal form (NFC).
  std::string Text(std::string_view key, bool needed);
  std::optional<std::int64_t> Int(std::string_view key, bool needed);
  std::uint32_t Number(std::string_view key, bool needed);  // 0 .. 2^31 - 1
  bool Flag(std::string_view key);                          // false where missing
  /// The two keys `vi` and `en` of this very table.
  Label OwnLabel();
  /// The table `key` = { vi = …, en = … }.
  Label LabelAt(std::string_view key, bool needed);
  /// Nothing where missing.
  const toml::array* Array(std::string_view key, bool needed);
  const toml::table* Table(std::string_view key, bool needed);
  std::size_t LineOfKey(std::string_view key) const;

  /// Names the keys that nobody asked for.
  void Finish();

 private:
  const toml::node* Find(std::string_view key, bool needed);
  const toml::table& table_;
  std::string place_;
  Problems& problems_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace tram
