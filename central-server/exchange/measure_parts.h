// Measure parts: how an indicator's numbers stand in a FHIR Measure and in its MeasureReports: its
// groups, which number is which population of a group, and the codes. Both resources are drawn from
// this, so that a report fits its measure. HL7 FHIR R4 (4.0.1), Measure and MeasureReport.
// Threads: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "exchange/exchange_items.h"

namespace tram::server {

using FhirJson = nlohmann::ordered_json;

struct MeasurePopulation {
  const char* code;  // of http://terminology.hl7.org/CodeSystem/measure-population
  std::string item;
  std::string with;  // the count is the sum of both items; "": of `item` alone
};

struct MeasureGroup {
  std::string code;  // of kItemSystem
  Label label;
  std::vector<MeasurePopulation> populations;
  int survival_day = 0;  // the score is a curve's value on this day; 0: numerator / denominator
};

struct MeasurePlan {
  const Indicator* indicator = nullptr;
  std::string scoring;          // of http://terminology.hl7.org/CodeSystem/measure-scoring
  bool more_is_better = false;  // known of outcomes alone
  std::vector<MeasureGroup> groups;
  std::vector<std::string> dimensions;  // that it has strata of
};
/// Of every indicator that is exchanged, in the order of the programme.
std::vector<MeasurePlan> MeasurePlans(const Programme& programme);

// What this server's own codes belong to. No registry knows them.
inline constexpr char kItemSystem[] = "urn:x-tram:item";
inline constexpr char kDimensionSystem[] = "urn:x-tram:dimension";
inline constexpr char kStratumSystem[] = "urn:x-tram:stratum";
inline constexpr char kUnitSystem[] = "urn:x-tram:unit";
inline constexpr char kProvinceSystem[] = "urn:x-tram:province";
inline constexpr char kRoundedExtension[] = "urn:x-tram:rounded-to";

/// {"coding": [{…}], "text": …}; without a text where it is "".
FhirJson Coded(const std::string& system, const std::string& code, const std::string& text = "");
FhirJson PopulationCode(const char* code);
/// What stands in "_name" where there is no "name": the extension data-absent-reason.
FhirJson Absent(const char* reason);
/// "Sex", of the dimension "sex".
std::string DimensionLabel(const Programme& programme, const std::string& dimension, Language in);
/// The Measure's address, without a version.
std::string MeasureUrl(const Programme& programme, const Indicator& indicator);
/// An id that is always the same for the same words: an UUID of version 8 (RFC 9562).
std::string StableId(const std::vector<std::string>& words);
/// The resource Measure.
FhirJson MeasureOf(const Programme& programme, const MeasurePlan& plan, Language in);

}  // namespace tram::server
