#include "tests/sim/state_lines.h"

#include <algorithm>

namespace tram::sim {
namespace {

constexpr std::size_t kShortHex = 10;
constexpr std::size_t kTextShown = 40;
constexpr char kUnknown[] = "?";

/// A text on one line; of a long one the beginning, its length and a sum over all of it (FNV-1a).
std::string Quoted(const std::string& text) {
  std::uint64_t sum = 0xcbf29ce484222325ull;
  std::string quoted = "\"";
  for (char c : text) {
    sum = (sum ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ull;
    if (quoted.size() > kTextShown) continue;
    quoted +=
        c == '\n' || c == '|' ? std::string("\\") + (c == '\n' ? "n" : "p") : std::string(1, c);
  }
  quoted += "\"";
  if (text.size() >= kTextShown) {
    quoted += "(" + std::to_string(text.size()) + "," + std::to_string(sum) + ")";
  }
  return quoted;
}

std::optional<RecordId> IdOf(const std::string& hex) {
  auto id = RecordId::FromHexText(hex);
  return id ? std::optional<RecordId>(*id) : std::nullopt;
}

/// The record that stands for `id` where it was merged; nothing: time decides.
std::optional<RecordId> Survivor(const Standings& standings, RecordId id) {
  std::set<RecordId> passed;
  for (;;) {
    if (!passed.insert(id).second) return std::nullopt;  // a ring: the first created one stays
    const auto at = standings.find(id);
    if (at == standings.end() || at->second.merged_into.empty()) return id;
    if (at->second.merged_into.size() > 1) return std::nullopt;
    const auto into = IdOf(*at->second.merged_into.begin());
    if (!into) return id;  // undone
    const auto target = standings.find(*into);
    if (target != standings.end() && target->second.type != at->second.type) return id;
    id = *into;
  }
}

}  // namespace

std::string ShortId(const std::string& hex) { return hex.substr(0, kShortHex); }

std::string IdList(const std::set<OpId>& ops) {
  std::string text;
  for (const OpId& op : ops) text += " " + ShortId(op.Hex());
  return text;
}

void StateLines::Fact(const RecordId& record, const std::string& type, const std::string& fact) {
  Line(ShortId(record.Hex()) + " " + type + " " + fact);
}

void StateLines::Group(const RecordId& record, const std::string& type, std::uint32_t group,
                       const std::map<OpId, std::map<std::uint32_t, std::string>>& candidates,
                       bool conflict) {
  if (candidates.empty()) return;
  std::string line = "g" + std::to_string(group);
  for (const auto& [op, values] : candidates) {
    line += " | " + ShortId(op.Hex());
    for (const auto& [field, value] : values) {
      line += " " + std::to_string(field) + "=" + Quoted(value);
    }
  }
  Fact(record, type, line + (conflict ? " | conflict" : ""));
}

void StateLines::Set(const RecordId& record, const std::string& type, std::uint32_t set,
                     const std::map<std::uint32_t, std::set<OpId>>& adds) {
  if (adds.empty()) return;
  std::string line = "s" + std::to_string(set);
  std::set<OpId> ops;
  for (const auto& [element, live] : adds) {
    line += " " + std::to_string(element);
    ops.insert(live.begin(), live.end());
  }
  Fact(record, type, line + " |" + IdList(ops));
}

std::string StateLines::Text() const {
  std::string text;
  for (const std::string& line : lines_) text += line + "\n";
  return text;
}

std::string ShownBelow(const Standings& standings, const RecordId& record) {
  const auto at = standings.find(record);
  if (at == standings.end() || at->second.parents.empty()) return "none";
  if (at->second.parents.size() > 1) return kUnknown;
  const auto parent = IdOf(*at->second.parents.begin());
  if (!parent) return "none";
  const auto survivor = Survivor(standings, *parent);
  return survivor ? survivor->Hex() : kUnknown;
}

std::string IsListed(const Standings& standings, const RecordId& record) {
  const auto survivor = Survivor(standings, record);
  if (!survivor) return kUnknown;
  if (*survivor != record) return "no";
  std::set<RecordId> passed;
  std::optional<RecordId> at = record;
  while (at && passed.insert(*at).second) {
    const auto standing = standings.find(*at);
    if (standing == standings.end()) break;
    if (standing->second.deleted) return "no";
    const std::string below = ShownBelow(standings, *at);
    if (below == kUnknown) return kUnknown;
    at = IdOf(below);
  }
  return "yes";
}

}  // namespace tram::sim
