// Time, memory and size, as the bench reads them. Linux: memory comes from /proc.
// Threads: pure functions.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tram::bench {

inline constexpr double kMicroseconds = 1e6;
inline constexpr double kMilliseconds = 1e3;
inline constexpr double kBytesPerMb = 1e6;

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// Processor time of the calling thread: what waiting for a disk or for other programs does not
/// change.
class ProcessorWatch {
 public:
  double Seconds() const { return Now() - began_; }

 private:
  static double Now();
  double began_ = Now();
};

/// Processor time of all other threads of the process: of a server, while this thread is its
/// client.
class OthersWatch {
 public:
  double Seconds() const { return Now() - began_; }

 private:
  static double Now();
  double began_ = Now();
};

/// 0 of nothing.
double Median(std::vector<double> values);
double Mean(const std::vector<double>& values);

double OwnResidentBytes();

/// zstd at level 19, one frame.
std::size_t ZstdBytes(const std::string& content);

/// "ext4", or the number of the filesystem's kind where it is none that is known here.
std::string FilesystemOf(const std::filesystem::path& path);

}  // namespace tram::bench
