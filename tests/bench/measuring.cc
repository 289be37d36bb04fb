#include "tests/bench/measuring.h"

#include <sys/vfs.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <map>
#include <numeric>

#include "tests/support/process.h"
#include "tram/base/assert.h"

namespace tram::bench {

namespace {

double ClockSeconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

double ProcessorWatch::Now() { return ClockSeconds(CLOCK_THREAD_CPUTIME_ID); }

double OthersWatch::Now() {
  return ClockSeconds(CLOCK_PROCESS_CPUTIME_ID) - ClockSeconds(CLOCK_THREAD_CPUTIME_ID);
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double Mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double OwnResidentBytes() { return test::ProcessMemory(::getpid(), "VmRSS"); }

std::size_t ZstdBytes(const std::string& content) {
  constexpr int kLevel = 19;
  std::string packed(ZSTD_compressBound(content.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), content.data(), content.size(), kLevel);
  TRAM_ASSERT(!ZSTD_isError(size));
  return size;
}

std::string FilesystemOf(const std::filesystem::path& path) {
  // Source of the numbers: statfs(2).
  static const std::map<std::int64_t, std::string> known{{0xef53, "ext4"},
                                                         {0x58465342, "xfs"},
                                                         {0x9123683e, "btrfs"},
                                                         {0x794c7630, "overlayfs"},
                                                         {0x01021994, "tmpfs"}};
  struct statfs about {};
  if (::statfs(path.c_str(), &about) != 0) return "unknown";
  auto found = known.find(static_cast<std::int64_t>(about.f_type));
  return found != known.end() ? found->second : std::to_string(about.f_type);
}

}  // namespace tram::bench
