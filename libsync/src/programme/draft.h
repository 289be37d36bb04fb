// Loading a programme, in steps: read the TOML, check what it says, compile its expressions. Each
// step adds problems instead of stopping at the first one, so that an author sees them together.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tram/programme/programme.h"

namespace tram {

class Sandbox;
class TomlTable;

/// The problems of one file, each as "file:line: [place] what is wrong".
class Problems {
 public:
  explicit Problems(std::string_view file) : file_(file) {}
  void Add(std::size_t line, std::string_view place, std::string_view what);
  bool none() const { return lines_.empty(); }
  Error ToError() const;

 private:
  std::string file_;
  std::map<std::size_t, std::vector<std::string>> lines_;
};

/// A programme while it is loaded, and the line where each of its places stands.
struct Draft {
  explicit Draft(std::string_view file) : problems(file) {}
  Programme programme;
  Problems problems;
  std::map<std::string, std::size_t> lines;

  void Complain(const std::string& place, std::string_view what) {
    auto found = lines.find(place);
    problems.Add(found == lines.end() ? 1 : found->second, place, what);
  }
};

/// Fills `draft` from the text; unknown keys, missing keys and wrong types are problems.
void ReadDraft(std::string_view toml, Draft& draft);

/// The parts of ReadDraft that say what figures are made of.
void ReadDerived(TomlTable& table, Draft& draft);
void ReadDimension(TomlTable& table, Draft& draft);
void ReadIndicator(TomlTable& table, Draft& draft);

/// The part of ReadDraft that says what is to be done.
void ReadWorklist(TomlTable& table, Draft& draft);

/// Numbers, names, references, groups, limits of types. Resolves the groups' numbers.
void CheckDraft(Draft& draft);

/// Names, references and bins of what figures are made of. A part of CheckDraft.
void CheckFigures(Draft& draft);
/// Names and references of worklists. A part of CheckDraft.
void CheckWorklists(Draft& draft);
/// Of a-z, 0-9 and _; complains where it is not, or was there before.
void CheckName(Draft& draft, const std::string& place, const std::string& name,
               std::set<std::string>& seen);

/// Compiles every expression under the rules that it will run under, and runs it on empty tables.
/// Needs a draft without problems.
void CompileDraft(Draft& draft);

/// The worklists' part of CompileDraft. Needs tables without derived rows, which worklists do not
/// read: nobody makes them anew when somebody asks what is to be done.
void CompileWorklists(Draft& draft, Sandbox& sandbox);

// The places that messages name.
inline std::string PlaceOf(const RecordType& type) { return type.name; }
inline std::string PlaceOf(const RecordType& type, const Field& field) {
  return type.name + "." + field.name;
}
inline std::string PlaceOf(const CodeList& list) { return "codes " + list.name; }
inline std::string PlaceOf(const Check& check) { return "check " + check.name; }
inline std::string PlaceOf(const Worklist& list) { return "worklist " + list.name; }
inline std::string PlaceOf(const Derived& derived) { return "derived " + derived.name; }
inline std::string PlaceOf(const Dimension& dimension) { return "dimension " + dimension.name; }
inline std::string PlaceOf(const Indicator& indicator) { return "indicator " + indicator.name; }
inline std::string PlaceOf(const Constant& constant) { return "constant " + constant.name; }
inline constexpr char kReviewPlace[] = "review";
inline std::string PlaceOf(const SlotPlan& plan) { return "slots " + plan.record; }

}  // namespace tram
