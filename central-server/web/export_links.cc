#include "web/export_links.h"

namespace tram::server {

void AddExportLinks(const PageCall& call, std::string_view set, const std::string& query,
                    const std::string& what, Json& model) {
  const auto link = [&](const char* ending) {
    return "/export/" + std::string(set) + ending + (query.empty() ? "" : "?" + query);
  };
  model["files"] = {{"csv", link(".csv")},
                    {"xlsx", link(".xlsx")},
                    {"what", what.empty() ? call.Words("bảng", "table") : what}};
}

}  // namespace tram::server
