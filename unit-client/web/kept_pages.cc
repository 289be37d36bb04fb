#include "web/kept_pages.h"

#include "web/page.h"

namespace tram::client {

void KeptPages::Keep(std::string key, std::shared_ptr<const KeptPage> page) {
  if (pages_.size() == kKeptPagesMax) pages_.pop_front();
  pages_.emplace_back(std::move(key), std::move(page));
}

std::shared_ptr<const KeptPage> KeptPages::Find(std::string_view key) const {
  for (const auto& [known, page] : pages_) {
    if (known == key) return page;
  }
  return nullptr;
}

}  // namespace tram::client
