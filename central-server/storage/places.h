// Places: provinces with their codes, the time in which each code was valid, and its successor; and
// where a unit belongs at a date. Matching is by code, never by name.
// Threads: Places is immutable; the functions on a database follow its connection.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tram/base/dates.h"
#include "tram/programme/sql.h"

namespace tram::server {

struct Place {
  std::string code;
  std::string name;
  Date from;               // first day
  std::optional<Date> to;  // last day; nothing: still valid
  std::string successor;   // the code that it has since the day after `to`
};

/// A unit's membership of a province, by the code that was valid on `from`. Ends with `to`, or with
/// the day before the unit's next membership.
struct Membership {
  std::string province;
  Date from;
  std::optional<Date> to;
  friend bool operator==(const Membership&, const Membership&) = default;
};

class Places {
 public:
  explicit Places(std::vector<Place> places);
  Places(Places&&) = default;  // the index points into the list: never copied
  Places& operator=(Places&&) = default;

  /// Every place with each of its codes, in the order of the store.
  const std::vector<Place>& all() const { return places_; }
  /// Nothing where no place had this code on that day.
  const Place* At(std::string_view code, Date day) const;
  /// What the place that had `code` on `from` is on `day` (not before `from`): follows successors.
  const Place* Follow(std::string_view code, Date from, Date day) const;
  /// Where a unit belongs on `day`; nothing where no membership covers it. `memberships` in order
  /// of `from`.
  const Place* Of(std::span<const Membership> memberships, Date day) const;

 private:
  std::vector<Place> places_;
  std::multimap<std::string, const Place*, std::less<>> by_code_;
};

/// Writes the provinces of a new server. Errors: io.
Status AddProvinces(SqlDatabase& database);
/// Errors: corrupt | io.
Result<Places> LoadPlaces(SqlDatabase& database);

}  // namespace tram::server
