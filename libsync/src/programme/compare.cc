// What differs between two versions of a programme, and whether a unit may take the new one.
#include <algorithm>
#include <map>

#include "tram/programme/programme.h"

namespace tram {
namespace {

class Comparison {
 public:
  Comparison(const Programme& before, const Programme& after) : before_(before), after_(after) {}

  std::vector<ProgrammeDifference> Run() {
    CompareHead();
    for (const CodeList& list : before_.code_lists) CompareList(list);
    for (const RecordType& type : before_.records) CompareRecord(type);
    for (const RecordType& type : after_.records) {
      if (before_.ByNumber(type.number) == nullptr) Safe("new record " + type.name);
    }
    CompareComputed();
    return std::move(found_);
  }

 private:
  using Group = std::map<std::uint32_t, std::string>;

  void Safe(std::string what) { found_.push_back({true, false, std::move(what)}); }
  void Unsafe(std::string what) { found_.push_back({false, false, std::move(what)}); }
  void Refused(std::string what) { found_.push_back({false, true, std::move(what)}); }

  void CompareHead() {
    if (after_.name != before_.name) {
      Refused("another programme: " + after_.name + ", not " + before_.name);
    }
    if (after_.version < before_.version) {
      Refused("older: version " + std::to_string(after_.version) + ", here is " +
              std::to_string(before_.version));
    } else if (after_.version == before_.version && after_.digest != before_.digest) {
      Refused("other content under the same version " + std::to_string(after_.version) +
              ": give it a higher one");
    }
  }

  void CompareList(const CodeList& was) {
    const CodeList* is = after_.Codes(was.name);
    if (is == nullptr) return Refused("codes " + was.name + ": removed: retire its codes instead");
    for (const CodeValue& old : was.values) {
      std::string place = "codes " + was.name + ": " + std::to_string(old.number);
      const CodeValue* now = is->ByNumber(old.number);
      if (now == nullptr) {
        Refused(place + " " + old.name + ": removed: retire it instead");
      } else if (now->name != old.name) {
        Refused(place + ": the number of " + old.name + " is used again for " + now->name);
      } else if (now->retired != old.retired) {
        Safe(place + " " + old.name + (now->retired ? ": retired" : ": in use again"));
      }
    }
    for (const CodeValue& now : is->values) {
      if (was.ByNumber(now.number) == nullptr) Safe("codes " + was.name + ": new " + now.name);
    }
  }

  void CompareRecord(const RecordType& was) {
    const RecordType* is = after_.ByNumber(was.number);
    if (is == nullptr) return Refused(was.name + ": removed: keep it");
    if (is->name != was.name) {
      return Refused("the number " + std::to_string(was.number) + " of " + was.name +
                     " is used again for " + is->name);
    }
    // Both decide under whose seed a record is sealed, for records that are written already.
    if (is->parent != was.parent) Refused(was.name + ": stands below another record");
    if (is->person != was.person) Refused(was.name + ": `person` changed");
    if (is->worker != was.worker) Unsafe(was.name + ": `worker` changed");
    if (is->of_province != was.of_province) {
      Unsafe(was.name + (is->of_province ? ": the province's from now on; units still on the old "
                                           "version write it too"
                                         : ": no longer the province's"));
    }
    if (is->shown_as != was.shown_as || is->dated_by != was.dated_by || is->search != was.search ||
        is->next != was.next) {
      Safe(was.name + ": shown or looked for in another way");
    }
    for (const Field& field : was.fields) CompareField(was, *is, field);
    for (const Field& field : is->fields) {
      if (was.ByNumber(field.number) == nullptr) Safe(was.name + "." + field.name + ": new field");
    }
  }

  void CompareField(const RecordType& record, const RecordType& is, const Field& was) {
    std::string place = record.name + "." + was.name + ": ";
    const Field* now = is.ByNumber(was.number);
    if (now == nullptr) return Refused(place + "removed: retire it instead");
    if (now->name != was.name) {
      return Refused(place + "its number " + std::to_string(was.number) + " is used again for " +
                     now->name);
    }
    if (now->type != was.type) Refused(place + "is of another type");
    if (now->codes != was.codes) Refused(place + "takes its codes from another list");
    if (now->scale != was.scale) Refused(place + "has another number of digits after the point");
    if (now->clear && !was.clear) Refused(place + "was sealed and would be clear");
    if (!now->clear && was.clear) {
      Unsafe(place + "becomes sealed; what was written before stays clear");
    }
    CompareGroup(place, GroupOf(record, was), GroupOf(is, *now));
    if (now->refers_to != was.refers_to) Unsafe(place + "refers to another record");
    if (now->retired != was.retired) Safe(place + (now->retired ? "retired" : "in use again"));
    if (now->required != was.required) {
      Safe(place + (now->required ? "now required" : "no longer required"));
    }
    if (now->more != was.more) {
      Safe(place + (now->more ? "asked for on demand" : "always asked for"));
    }
    if (now->answer != was.answer) {
      Safe(place + (now->answer ? "an answer of the unit's" : "no longer an answer"));
    }
    if (now->min != was.min || now->max != was.max) Safe(place + "other limits");
    if (now->visible_if != was.visible_if || now->valid_if != was.valid_if ||
        now->default_value != was.default_value) {
      Safe(place + "other rules on the form");
    }
  }

  /// An op answers a whole group. Where one that knew the fields apart, or not all of them, changed
  /// some, it would hide the others' values that were written before it: nobody would see them go.
  void CompareGroup(const std::string& place, const Group& was, const Group& is) {
    const std::string joined = NamesWithout(is, was), left = NamesWithout(was, is);
    if (!joined.empty()) {
      Refused(place + "would merge in one group with " + joined +
              ": give what is new a group of its own");
    } else if (!left.empty()) {
      Unsafe(place + "no longer merges in one group with " + left);
    }
  }

  /// The fields that conflict together with this one, with their names.
  static Group GroupOf(const RecordType& type, const Field& field) {
    Group group;
    for (const Field& other : type.fields) {
      if (other.group == field.group) group.emplace(other.number, other.name);
    }
    return group;
  }
  static std::string NamesWithout(const Group& of, const Group& without) {
    std::string names;
    for (const auto& [number, name] : of) {
      if (without.count(number) == 0) names += (names.empty() ? "" : ", ") + name;
    }
    return names;
  }

  template <class Item, class Same>
  void CompareNamed(const std::string& kind, const std::vector<Item>& was,
                    const std::vector<Item>& is, Same same) {
    auto find = [](const std::vector<Item>& items, const std::string& name) {
      return std::find_if(items.begin(), items.end(),
                          [&](const Item& item) { return item.name == name; });
    };
    for (const Item& old : was) {
      auto now = find(is, old.name);
      if (now == is.end()) {
        Safe(kind + " " + old.name + ": removed");
      } else if (!same(old, *now)) {
        Safe(kind + " " + old.name + ": computed in another way");
      }
    }
    for (const Item& now : is) {
      if (find(was, now.name) == was.end()) Safe(kind + " " + now.name + ": new");
    }
  }

  /// Figures differ until every unit has the new version; no record is lost by that.
  void CompareComputed() {
    CompareNamed("constant", before_.constants, after_.constants,
                 [](const Constant& a, const Constant& b) { return a.value == b.value; });
    CompareNamed("check", before_.checks, after_.checks, [](const Check& a, const Check& b) {
      return a.sql == b.sql && a.record == b.record && a.device_only == b.device_only &&
             a.by_person == b.by_person;
    });
    const auto fields = [](const std::optional<Review>& review) {
      return review ? review->record + "." + review->about_field + "." + review->check_field : "";
    };
    if (fields(before_.review) != fields(after_.review)) {
      Safe("review: what was looked at is kept in another way");
    }
    CompareNamed(
        "worklist", before_.worklists, after_.worklists, [](const Worklist& a, const Worklist& b) {
          return a.sql == b.sql && a.record == b.record && a.add == b.add && a.urgent == b.urgent;
        });
    CompareNamed("indicator", before_.indicators, after_.indicators,
                 [](const Indicator& a, const Indicator& b) {
                   return a.sql == b.sql && a.kind == b.kind && a.shape == b.shape &&
                          a.bins == b.bins && a.months_add == b.months_add &&
                          a.by_person == b.by_person && a.server_only == b.server_only &&
                          a.matures_days == b.matures_days;
                 });
    CompareNamed("dimension", before_.dimensions, after_.dimensions,
                 [](const Dimension& a, const Dimension& b) {
                   return a.record == b.record && a.field == b.field;
                 });
    CompareNamed(
        "derived", before_.derived, after_.derived,
        [](const Derived& a, const Derived& b) { return a.sql == b.sql && a.keys == b.keys; });
  }

  const Programme& before_;
  const Programme& after_;
  std::vector<ProgrammeDifference> found_;
};

}  // namespace

std::vector<ProgrammeDifference> CompareProgrammes(const Programme& before,
                                                   const Programme& after) {
  return Comparison(before, after).Run();
}

}  // namespace tram
