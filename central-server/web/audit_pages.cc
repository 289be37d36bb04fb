// The audit trail: who did what and when, newest first, and whether anybody changed it.
#include <charconv>

#include "tram/base/csv.h"
#include "web/admin_parts.h"

namespace tram::server {
namespace {

constexpr std::int64_t kRowsPerPage = 100;
constexpr std::int64_t kRowsOfFileMax = 200'000;

AuditFilter FilterOf(const PageCall& call) {
  AuditFilter filter{std::string(call.Query("who")), std::string(call.Query("text")), std::nullopt};
  const std::string_view before = call.Query("before");
  std::int64_t number = 0;
  const auto read = std::from_chars(before.data(), before.data() + before.size(), number);
  if (read.ec == std::errc() && number > 0) filter.before = number;
  return filter;
}

std::string QueryOf(const AuditFilter& filter) {
  return "who=" + PercentEncode(filter.who) + "&text=" + PercentEncode(filter.what);
}

Result<Answer> ShowAudit(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kAudit));
  AuditTrail& trail = call.state.store().audit();
  const AuditFilter filter = FilterOf(call);
  TRAM_ASSIGN(std::vector<AuditRow> rows, trail.Newest(filter, kRowsPerPage + 1));
  TRAM_ASSIGN(const std::vector<std::string> problems, trail.Verify(call.language));
  const bool more = rows.size() > static_cast<std::size_t>(kRowsPerPage);
  if (more) rows.pop_back();
  Json shown = Json::array();
  for (const AuditRow& row : rows) {
    shown.push_back({{"number", row.number},
                     {"at", TimeText(row.at_ms)},
                     {"who", row.who},
                     {"what", row.what}});
  }
  const std::string address = "/admin/audit?" + QueryOf(filter);
  Page page{"admin-audit", call.Words("Nhật ký", "Audit trail"), {}};
  page.model = {{"who", filter.who},
                {"text", filter.what},
                {"whole", problems.empty()},
                {"problems", problems},
                {"checked", TimeText(call.state.NowMs())},
                {"none", rows.empty()},
                {"rows", std::move(shown)},
                {"csv", "/admin/audit.csv?" + QueryOf(filter)},
                {"newest", filter.before ? address : ""},
                {"older", more ? address + "&before=" + std::to_string(rows.back().number) : ""}};
  return Answer(std::move(page));
}

Result<Answer> GiveAudit(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kAudit));
  const AuditFilter filter = FilterOf(call);
  // Written first: the file itself says that it was taken.
  TRAM_TRY(call.Audit("export of the audit trail" +
                      (filter.who.empty() ? "" : ", by '" + filter.who + "'") +
                      (filter.what.empty() ? "" : ", of '" + filter.what + "'")));
  TRAM_ASSIGN(const std::vector<AuditRow> rows,
              call.state.store().audit().Newest(filter, kRowsOfFileMax));
  std::string csv = CsvRowText({"number", "time", "who", "what", "hash"});
  for (const AuditRow& row : rows) {
    AppendCsvRow(csv, std::vector<std::string>{std::to_string(row.number), TimeText(row.at_ms),
                                               row.who, row.what, row.hash.Hex()});
  }
  if (rows.size() == static_cast<std::size_t>(kRowsOfFileMax)) {
    AppendCsvRow(csv, std::vector<std::string>{"", "", "",
                                               call.Words("Các dòng cũ hơn không có trong tệp này.",
                                                          "Older rows are not in this file."),
                                               ""});
  }
  return Answer(CsvFile(std::move(csv), "audit.csv"));
}

}  // namespace

std::span<const Route> AuditRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/admin/audit", Access::kRight, Right::kAudit, &ShowAudit},
      {"GET", "/admin/audit.csv", Access::kRight, Right::kAudit, &GiveAudit},
  };
  return kRoutes;
}

}  // namespace tram::server
