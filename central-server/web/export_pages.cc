// Tables to take away: each data set as CSV and as a workbook, from one address, with the
// parameters of the page that shows it. Who may see a data set is its own right; each file that is
// given is in the audit trail before it leaves.
#include "exports/data_files.h"
#include "exports/data_sets.h"
#include "web/office.h"

namespace tram::server {
namespace {

constexpr std::size_t kAuditedBytesMax = 100;  // of one parameter
constexpr char kXlsxType[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

struct Asked {
  const DataSet* set = nullptr;
  bool workbook = false;
};

/// "units.csv".
Result<Asked> AskFile(const PageCall& call) {
  const std::string_view file = call.parts[0];
  for (const std::string_view ending : {".csv", ".xlsx"}) {
    if (!file.ends_with(ending)) continue;
    const DataSet* set =
        DataSetNamed(call.office.data_sets, file.substr(0, file.size() - ending.size()));
    if (set != nullptr) return Asked{set, ending == ".xlsx"};
  }
  return call.Fail(ErrorCode::kNotFound, "không có bảng này", "there is no such table");
}

/// "month=2026-10&place=24", as the set names them.
std::string ParametersText(const PageCall& call, const DataSet& set) {
  std::string text;
  for (const DataParameter& parameter : set.parameters) {
    for (const std::string& value : AllOf(call.request.query, parameter.name)) {
      if (value.empty()) continue;
      text += (text.empty() ? "" : "&") + std::string(parameter.name) + "=" +
              PercentEncode(value.substr(0, kAuditedBytesMax));
    }
  }
  return text;
}

HttpResponse Download(std::string body, const char* type, const std::string& name) {
  HttpResponse response;
  response.content_type = type;
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  response.body = std::move(body);
  return response;
}

Result<Answer> GiveExport(PageCall& call) {
  TRAM_ASSIGN(const Asked asked, AskFile(call));
  const DataSet& set = *asked.set;
  TRAM_TRY(Authorise(*call.viewer, set.right));
  TRAM_TRY(CheckParameters(call, set.parameters));
  TRAM_ASSIGN(const DataTable table, WholeTable(call, set));
  std::string body;
  if (asked.workbook) {
    TRAM_ASSIGN(body, DataXlsx(table, call.language, call.state.folder()));
  } else {
    body = DataCsv(table);
  }
  const std::string ending = asked.workbook ? ".xlsx" : ".csv";
  const std::string parameters = ParametersText(call, set);
  TRAM_TRY(call.Audit("export of " + call.parts[0] + ", " + std::to_string(table.rows.size()) +
                      " rows" + (parameters.empty() ? "" : ": " + parameters)));
  const std::string period = table.period.empty() ? IsoDate(call.state.Today()) : table.period;
  const std::string name = "tram-" + std::string(set.name) + "-" + period + ending;
  const char* type = asked.workbook ? kXlsxType : "text/csv; charset=utf-8";
  return Answer(Download(std::move(body), type, name));
}

}  // namespace

std::span<const Route> ExportRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/export/{}", Access::kSignedIn, Right::kActivity, &GiveExport},
  };
  return kRoutes;
}

}  // namespace tram::server
