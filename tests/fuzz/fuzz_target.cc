#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/memory_watch.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kKiB = 1024, kMiB = 1024 * 1024;

// A message of a few bytes may hold 16 MiB of canonical ops (kMessageOpsBytesMax): as columns they
// surprise nobody. Read, they are in memory up to four times: as values, as canonical bytes, as
// compact bytes, and in the log.
constexpr std::size_t kMessageBase = 64 * kMiB;
constexpr std::string_view kMessageReason =
    "16 MiB of ops that columns may say in few bytes, as values, canonical, compact, in the log";

constexpr std::array<Target, 20> kTargets{{
    {"archive", FuzzArchive, 16 * kKiB, 512 * kKiB, "a list's room at 21 bytes a wire byte"},
    {"bundle", FuzzBundle, 16 * kKiB, kMessageBase, kMessageReason},
    {"columns", FuzzColumns, 8 * kKiB, kMessageBase, kMessageReason},
    {"control", FuzzControl, 4 * kKiB, 2 * kMiB, "the command lines with all their options"},
    {"csv", FuzzCsv, 16 * kKiB, 2 * kMiB, "a cell of one byte is a string of 32"},
    {"enrolment", FuzzEnrolment, 8 * kKiB, kMiB, "a JSON value of two bytes takes 16"},
    {"http", FuzzHttp, 16 * kKiB, kMessageBase, kMessageReason},
    {"http_text", FuzzHttpText, 8 * kKiB, 512 * kKiB, "a field of one byte is a node of 100"},
    {"import", FuzzImport, 8 * kKiB, 96 * kMiB, "Argon2 when the unit is made again, SQLite twice"},
    {"invitation", FuzzInvitation, 8 * kKiB, kMiB, "a JSON value of two bytes takes 16"},
    {"multipart", FuzzMultipart, 16 * kKiB, 512 * kKiB, "64 parts, written and read again"},
    {"programme", FuzzProgramme, 16 * kKiB, 16 * kMiB, "SQLite in memory, with its page cache"},
    {"reply", FuzzReply, 16 * kKiB, kMessageBase, kMessageReason},
    {"request", FuzzRequest, 16 * kKiB, kMessageBase, kMessageReason},
    {"rows", FuzzRows, 4 * kKiB, 4 * kMiB, "the stored unit, three logs of it, a message"},
    {"settings", FuzzSettings, 8 * kKiB, 4 * kMiB, "a packed text of 1 MiB, and zstd's window"},
    {"store", FuzzStore, 2 * kKiB, 40 * kMiB,
     "a row of 32 MiB that a damaged file promises; pages"},
    {"text", FuzzText, 4 * kKiB, 512 * kKiB, "64 KiB of text, as words"},
    {"values", FuzzValues, kKiB, 512 * kKiB, "errors that name all allowed values"},
    {"view", FuzzView, 4 * kKiB, 32 * kMiB, "four views, each with SQLite in memory"},
}};

}  // namespace

std::span<const Target> Targets() { return kTargets; }

const Target* FindTarget(std::string_view name) {
  const auto found = std::find_if(kTargets.begin(), kTargets.end(),
                                  [&](const Target& target) { return target.name == name; });
  return found == kTargets.end() ? nullptr : &*found;
}

void RunInput(const Target& target, ByteView input) {
  static const Target* warm = nullptr;
  if (warm != &target) {  // what is made once is not the input's
    warm = &target;
    target.run({});
  }
  const MemoryWatch watch;
  target.run(input);
  const std::size_t peak = watch.peak_bytes();
  const std::size_t allowed = 4 * input.size() + target.memory_bytes_base;
  MemoryFigures& worst = WorstMemory();
  worst.peak_bytes = std::max(worst.peak_bytes, peak);
  worst.peak_share =
      std::max(worst.peak_share, static_cast<double>(peak) / static_cast<double>(allowed));
  if (peak > allowed) std::fprintf(stderr, "%zu bytes of %zu\n", peak, allowed);
  Promise(peak <= allowed, "an input takes no more memory than it may");
}

void Promise(bool kept, std::string_view what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(what.size()), what.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace tram::fuzz
