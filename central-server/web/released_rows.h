// Released rows: what the pages about outcomes read of one indicator and year, with the names of
// the places and, where nothing is drawn, why. Nothing else about persons reaches these pages: no
// row of the rollups is read here.
// Threads: the owner's; for one request.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "auth/rights.h"
#include "rollup/release.h"
#include "tram/base/language.h"

namespace tram::server {

/// Which places are shown beside the country.
struct PlacesAsked {
  ReleasedBy by = ReleasedBy::kProvinceThen;
  PlaceTime time = PlaceTime::kThen;  // of provinces, and of the one that units are in
  std::string province;               // of units; "": all
  std::optional<std::set<std::string>> units = {};  // only these are read, by code
};

struct ReleasedRow {
  std::string code;  // of the place; "" for the country
  std::string place;
  int year = 0;
  std::optional<Date> as_of;  // the month's end that the year's numbers are of
  std::string stratum = "all";
  std::string why;  // nothing is shown, and why; "": line and step are
  ReleasedLine line;
  int step = 0;  // the coarsest that its numbers are rounded to
};

class ReleasedReader {
 public:
  /// `permit`: Right::kOutcomes. Errors: corrupt | io.
  static Result<ReleasedReader> Load(ServerState& state, Permit permit, Language language);

  /// Rows of the places that the permit covers, in order of place and stratum: everybody, and the
  /// strata of `dimension` where that is not "". Errors: corrupt | io.
  Result<std::vector<ReleasedRow>> Rows(const Indicator& indicator, int year,
                                        const PlacesAsked& asked,
                                        const std::string& dimension) const;
  /// By which the country's table has lines.
  Result<std::set<std::string>> DimensionsOf(const Indicator& indicator, int year) const;
  /// Provinces that units belonged to at the year's end, or belong to, by code.
  std::map<std::string, std::string> Provinces(int year, PlaceTime time) const;
  const UnitPlaces& units() const { return units_; }

 private:
  ReleasedReader(ServerState& state, UnitPlaces units, Permit permit, Language language);
  /// Codes of the units of the province asked for.
  std::set<std::string> UnitsIn(const PlacesAsked& asked, int year) const;
  bool IsShown(const std::string& code, const ReleasedTable& table, const PlacesAsked& asked) const;
  std::string NameOf(const std::string& code, const ReleasedTable& table,
                     const PlacesAsked& asked) const;
  std::string WhyNot(const Indicator& indicator, const ReleasedPlaceTable& place) const;
  void AddRows(const Indicator& indicator, const ReleasedPlaceTable& place, ReleasedRow row,
               const std::string& dimension, std::vector<ReleasedRow>& rows) const;
  std::string Words(const char* vi, const char* en) const {
    return language_ == Language::kVietnamese ? vi : en;
  }

  ServerState* state_;
  UnitPlaces units_;
  std::map<std::string, std::size_t> unit_of_;  // in units_, by code
  Permit permit_;
  Language language_;
};

}  // namespace tram::server
