// KeptPages: pages that answer something posted, in memory, until the browser comes for them.
//
// A browser writes what was posted to a page that it shows into its files, in clear text, to send
// it again after a crash. So nothing posted is answered by a page: the page is kept here, and the
// browser is sent to it ("?answer=<key>"). libsync/docs/pages.md, "What must not stay behind".
// What was typed stays beside it, passphrases and PINs aside: in another language the page is drawn
// anew from that, and nothing is done a second time.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tram::client {

struct KeptPage;  // page.h

inline constexpr std::size_t kKeptPagesMax = 4;  // of one session; the oldest goes first
inline constexpr std::string_view kKeptQuery = "answer";

class KeptPages {
 public:
  /// `key` is not guessed by others, and not used again.
  void Keep(std::string key, std::shared_ptr<const KeptPage> page);
  /// Stays until it is pushed out or forgotten: a page may be loaded again. Nothing: it is gone.
  std::shared_ptr<const KeptPage> Find(std::string_view key) const;
  void Forget() { pages_.clear(); }

 private:
  std::deque<std::pair<std::string, std::shared_ptr<const KeptPage>>> pages_;
};

}  // namespace tram::client
