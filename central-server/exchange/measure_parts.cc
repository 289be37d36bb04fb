#include "exchange/measure_parts.h"

#include <algorithm>
#include <map>
#include <set>

#include "tram/base/hash.h"
#include "tram/outcome/figure.h"

namespace tram::server {
namespace {

constexpr char kTerminology[] = "http://terminology.hl7.org/CodeSystem/";

void AddStates(const Indicator& indicator, const std::set<std::string>& items, MeasurePlan& plan) {
  plan.scoring = "proportion";
  std::vector<std::string> names;
  for (const Bin& bin : indicator.bins) {
    plan.more_is_better = plan.more_is_better || bin.standing == Standing::kSuccess;
    names.push_back(bin.name);
  }
  for (const char* together : {"success", "known", "known_other", "unknown"}) {
    if (std::find(names.begin(), names.end(), together) == names.end()) names.push_back(together);
  }
  for (const std::string& name : names) {
    if (!items.contains(name)) continue;
    plan.groups.push_back({name,
                           ItemLabel(indicator, name),
                           {{"initial-population", kPersonsItem, ""},
                            {"denominator", kPersonsItem, ""},
                            {"numerator", name, ""}}});
  }
}

void AddReleasedRate(const Indicator& indicator, MeasurePlan& plan) {
  plan.scoring = "proportion";
  std::vector<std::string> ends;
  for (const Bin& bin : indicator.bins) ends.push_back("_" + bin.name);
  if (ends.empty()) ends.emplace_back();
  for (const std::string& end : ends) {
    const std::string yes = "yes" + end, no = "no" + end;
    plan.groups.push_back(
        {yes,
         ItemLabel(indicator, yes),
         {{"initial-population", yes, no}, {"denominator", yes, no}, {"numerator", yes, ""}}});
  }
}

void AddCurve(MeasurePlan& plan) {
  plan.scoring = "continuous-variable";
  for (const std::int64_t day : tram::kCurveDays) {
    const std::string text = std::to_string(day);
    plan.groups.push_back(
        {"day_" + text,
         {"Chưa có biến cố đến ngày " + text, "Without the event by day " + text},
         {{"initial-population", kPersonsItem, ""}, {"measure-population", "at_risk_" + text, ""}},
         static_cast<int>(day)});
  }
}

void AddGroups(const Indicator& indicator, const std::set<std::string>& items, MeasurePlan& plan) {
  const bool person = indicator.kind == IndicatorKind::kPerson;
  if (indicator.shape == IndicatorShape::kStates) {
    AddStates(indicator, items, plan);
  } else if (indicator.shape == IndicatorShape::kSurvival) {
    AddCurve(plan);
  } else if (indicator.shape == IndicatorShape::kRate && person) {
    AddReleasedRate(indicator, plan);
  } else if (indicator.shape == IndicatorShape::kRate) {
    plan.scoring = indicator.ratio ? "ratio" : "proportion";
    plan.groups.push_back({"rate",
                           indicator.label,
                           {{"initial-population", kDenominatorItem, ""},
                            {"denominator", kDenominatorItem, ""},
                            {"numerator", kNumeratorItem, ""}}});
  } else {
    plan.scoring = "cohort";
    const char* item = person ? kPersonsItem : kCountItem;
    plan.groups.push_back({item, ItemLabel(indicator, item), {{"initial-population", item, ""}}});
  }
}

/// Of a Measure: what a population is, in words and by the number that counts it. It is in none of
/// the languages that FHIR knows.
FhirJson Criteria(const Programme& programme, const Indicator& indicator, const std::string& of,
                  Language in) {
  return {{"description", indicator.definition.In(in)},
          {"_language", Absent("not-applicable")},
          {"reference", "urn:x-tram:number:" + programme.name + ":" + indicator.name + ":" + of}};
}

FhirJson GroupOf(const Programme& programme, const MeasurePlan& plan, const MeasureGroup& group,
                 Language in) {
  FhirJson made{{"code", Coded(kItemSystem, group.code, group.label.In(in))},
                {"description", group.label.In(in)},
                {"population", FhirJson::array()}};
  for (const MeasurePopulation& population : group.populations) {
    const std::string of = population.item + (population.with.empty() ? "" : "+" + population.with);
    made["population"].push_back({{"code", PopulationCode(population.code)},
                                  {"criteria", Criteria(programme, *plan.indicator, of, in)}});
  }
  for (const std::string& dimension : plan.dimensions) {
    made["stratifier"].push_back(
        {{"code", Coded(kDimensionSystem, dimension, DimensionLabel(programme, dimension, in))},
         {"criteria", Criteria(programme, *plan.indicator, dimension, in)}});
  }
  return made;
}

/// As code generators want it: "followups_due" → "FollowupsDue".
std::string MachineName(const std::string& name) {
  std::string made;
  bool first = true;
  for (const char c : name) {
    if (c == '_') {
      first = true;
      continue;
    }
    made += first && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    first = false;
  }
  return made;
}

}  // namespace

std::vector<MeasurePlan> MeasurePlans(const Programme& programme) {
  std::map<const Indicator*, std::set<std::string>> items, dimensions;
  for (const ExchangeItem& item : ExchangeItems(programme)) {
    items[item.indicator].insert(item.item);
    if (item.stratum != kEverybody) {
      dimensions[item.indicator].insert(DimensionOfStratum(item.stratum));
    }
  }
  std::vector<MeasurePlan> plans;
  for (const Indicator& indicator : programme.indicators) {
    const auto found = items.find(&indicator);
    if (found == items.end()) continue;
    MeasurePlan plan;
    plan.indicator = &indicator;
    AddGroups(indicator, found->second, plan);
    for (const Dimension& dimension : programme.dimensions) {
      if (dimensions[&indicator].contains(dimension.name)) {
        plan.dimensions.push_back(dimension.name);
      }
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

FhirJson Coded(const std::string& system, const std::string& code, const std::string& text) {
  FhirJson coding{{"system", system}, {"code", code}};
  if (!text.empty()) coding["display"] = text;
  FhirJson made{{"coding", FhirJson::array({coding})}};
  if (!text.empty()) made["text"] = text;
  return made;
}

FhirJson Absent(const char* reason) {
  return {{"extension",
           FhirJson::array({{{"url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason"},
                             {"valueCode", reason}}})}};
}

FhirJson PopulationCode(const char* code) {
  return Coded(std::string(kTerminology) + "measure-population", code);
}

std::string DimensionLabel(const Programme& programme, const std::string& dimension, Language in) {
  for (const Dimension& known : programme.dimensions) {
    if (known.name != dimension) continue;
    const RecordType* type = programme.ByName(known.record);
    const Field* field = type == nullptr ? nullptr : type->ByName(known.field);
    if (field != nullptr) return field->label.In(in);
  }
  return dimension;
}

std::string MeasureUrl(const Programme& programme, const Indicator& indicator) {
  return "urn:x-tram:measure:" + programme.name + ":" + indicator.name;
}

std::string StableId(const std::vector<std::string>& words) {
  Digest digest;
  for (const std::string& word : words) digest = Blake2b160(digest.view(), {AsBytes(word)});
  std::string hex = digest.Hex().substr(0, 32);
  hex[12] = '8';                                         // version: of one's own making
  hex[16] = "89ab"[static_cast<unsigned>(hex[16]) % 4];  // variant
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

FhirJson MeasureOf(const Programme& programme, const MeasurePlan& plan, Language in) {
  const Indicator& indicator = *plan.indicator;
  const std::string url = MeasureUrl(programme, indicator);
  const bool person = indicator.kind == IndicatorKind::kPerson;
  FhirJson made{{"resourceType", "Measure"},
                {"id", StableId({url})},
                {"language", in == Language::kVietnamese ? "vi" : "en"},
                {"url", url},
                {"version", std::to_string(programme.version)},
                {"name", MachineName(indicator.name)},
                {"title", indicator.label.In(in)},
                {"status", "active"},
                {"subjectCodeableConcept", Coded("http://hl7.org/fhir/resource-types", "Location")},
                {"description", indicator.definition.In(in)},
                {"scoring", Coded(std::string(kTerminology) + "measure-scoring", plan.scoring)},
                {"type", FhirJson::array({Coded(std::string(kTerminology) + "measure-type",
                                                person ? "outcome" : "process")})}};
  if (plan.more_is_better) {
    made["improvementNotation"] =
        Coded(std::string(kTerminology) + "measure-improvement-notation", "increase");
  }
  for (const MeasureGroup& group : plan.groups) {
    made["group"].push_back(GroupOf(programme, plan, group, in));
  }
  return made;
}

}  // namespace tram::server
