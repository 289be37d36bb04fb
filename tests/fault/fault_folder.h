// A folder of a test's own, in memory where the system has such a place: thousands of stores are
// made and broken in it. Removed at the end.
// Threads: any.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

namespace tram::test {

class FaultFolder {
 public:
  explicit FaultFolder(std::string_view name) {
    static std::atomic<int> made = 0;
    std::error_code code;
    const std::filesystem::path memory = "/dev/shm";
    const std::filesystem::path top = std::filesystem::is_directory(memory, code)
                                          ? memory
                                          : std::filesystem::temp_directory_path();
    path_ = top / ("tram-" + std::string(name) + "-" + std::to_string(::getpid()) + "-" +
                   std::to_string(++made));
    std::filesystem::create_directories(path_);
  }
  ~FaultFolder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  FaultFolder(const FaultFolder&) = delete;
  FaultFolder& operator=(const FaultFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tram::test
