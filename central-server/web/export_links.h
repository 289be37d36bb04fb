// The links under a page's table to its files. Threads: the owner's.
#pragma once

#include <string>
#include <string_view>

#include "web/page.h"

namespace tram::server {

/// What the partial export_links.html draws: "files" of `model`. `set`: of exports/data_sets.h;
/// `query`: what is shown, as its address has it ("" for none); `what`: the table's name.
void AddExportLinks(const PageCall& call, std::string_view set, const std::string& query,
                    const std::string& what, Json& model);

}  // namespace tram::server
