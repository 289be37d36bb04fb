// The documents for other systems, by the parameters of an address: for whoever answers it, a
// page's download or the interface. Parameters: `month` and `places` as the pages of figures have
// them (web/figure_page.h), `part` (activity, released), `by` (unit, province, country),
// `province`. Threads: the owner's.
#pragma once

#include <string>

#include "exchange/data_value_set.h"
#include "web/page.h"

namespace tram::server {

struct ExchangeDocument {
  Json json;
  std::string file_name, content_type;
  std::string audit;  // to be written to the audit trail before the document is given
};

/// What was asked for; what the form of figures says stands in `model`.
/// Errors: denied | invalid (a parameter) | corrupt | io.
Result<ExchangeQuery> AskExchange(PageCall& call, Json& model);
/// Asks Authorise for the query's part. Errors: as CollectExchange.
Result<ExchangeFigures> FiguresFor(PageCall& call, const ExchangeQuery& query);

/// Errors: as above | not_found (no mapping is in use).
Result<ExchangeDocument> Dhis2DocumentOf(PageCall& call);
Result<ExchangeDocument> FhirDocumentOf(PageCall& call);

}  // namespace tram::server
