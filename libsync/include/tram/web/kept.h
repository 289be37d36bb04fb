// Kept: pages that answer something posted, in memory, until the browser comes for them.
//
// A browser writes what was posted to a page that it shows into its files, in clear text, to send
// it again after a crash. So nothing posted is answered by a page: the page is kept here, and the
// browser is sent to it ("?answer=<key>").
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tram {

inline constexpr std::string_view kKeptQuery = "answer";

template <class Page>
class Kept {
 public:
  /// Beyond `most` the oldest goes first.
  explicit Kept(std::size_t most = 4) : most_(most) {}

  /// `key` is not guessed by others, and not used again.
  void Keep(std::string key, Page page) {
    pages_.emplace_back(std::move(key), std::make_shared<const Page>(std::move(page)));
    if (pages_.size() > most_) pages_.pop_front();
  }
  /// Stays until it is pushed out or forgotten: a page may be loaded again. Nothing: it is gone.
  std::shared_ptr<const Page> Find(std::string_view key) const {
    for (const auto& [kept, page] : pages_) {
      if (kept == key) return page;
    }
    return nullptr;
  }
  void Forget() { pages_.clear(); }

 private:
  std::size_t most_;
  std::deque<std::pair<std::string, std::shared_ptr<const Page>>> pages_;
};

}  // namespace tram
