// Lists that are longer than a page: which page is asked for, and the ways before and after it.
// Threads: pure functions.
#pragma once

#include <string_view>

#include "web/page.h"

namespace tram::client {

inline constexpr std::size_t kPageRecords = 30;

/// From 1; what is no number of a page is the first one.
std::size_t PageNumber(std::string_view text);
/// Sets `before` and `after`, each a number or null, of page `number` of a list of `all`.
void AddPages(std::size_t number, std::size_t all, Json& model);

}  // namespace tram::client
