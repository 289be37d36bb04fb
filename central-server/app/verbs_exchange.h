// Verbs about other systems (app/verbs.h says what a verb is): which mapping DHIS2 documents are
// made with, and the documents of `export --format`. Threads: those of verbs.
#pragma once

#include "app/verbs.h"

namespace tram::server {

Result<VerbResult> ExchangeUse(VerbContext& context, const std::string& file);
/// What is mapped, and what is not.
Result<VerbResult> ExchangeShow(VerbContext& context);
/// The file to fill in; `out` empty: on stdout.
Result<VerbResult> ExchangeTable(VerbContext& context, const std::string& out);

/// What of an export's options a document does not take. Errors: invalid.
Status CheckDocumentOptions(const ExportOptions& options);
/// A document of the whole country, as the console may have it; written to the audit trail. Pre:
/// the figures of query.as_of are computed. Errors: invalid | not_found (no mapping) | corrupt |
/// io.
Result<VerbResult> ExportDocument(VerbContext& context, const ExportOptions& options,
                                  const ReportQuery& query, const std::filesystem::path& file);

}  // namespace tram::server
