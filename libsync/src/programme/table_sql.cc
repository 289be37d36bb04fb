#include "tram/programme/table_sql.h"

namespace tram {

std::string Quoted(const std::string& name) { return "\"" + name + "\""; }

std::string FindingsSql(const Programme& programme, const Check& check) {
  // The line break ends a comment of the check.
  const std::string found = "SELECT * FROM (" + check.sql + "\n)";
  if (!programme.review) return found;
  const Review& review = *programme.review;
  return found + " EXCEPT SELECT " + Quoted(review.about_field) + " FROM " + Quoted(review.record) +
         " WHERE " + Quoted(review.check_field) + " = '" + check.name + "'";
}

}  // namespace tram
