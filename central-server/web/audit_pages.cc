// The audit trail: who did what and when, newest first, and whether anybody changed it.
#include "web/admin_lines.h"
#include "web/export_links.h"

namespace tram::server {
namespace {

constexpr std::int64_t kRowsPerPage = 100;

std::string QueryOf(const AuditFilter& filter) {
  return "who=" + PercentEncode(filter.who) + "&text=" + PercentEncode(filter.what);
}

Result<Answer> ShowAudit(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kAudit));
  AuditTrail& trail = call.state.store().audit();
  const AuditFilter filter = AuditFilterOf(call);
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
                {"newest", filter.before ? address : ""},
                {"older", more ? address + "&before=" + std::to_string(rows.back().number) : ""}};
  AddExportLinks(call, "audit", QueryOf(filter), call.Words("mọi dòng", "all rows"), page.model);
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> AuditRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/admin/audit", Access::kRight, Right::kAudit, &ShowAudit},
  };
  return kRoutes;
}

}  // namespace tram::server
