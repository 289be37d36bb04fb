// What is fuzzed: one entry for each place where bytes come in from outside.
//
// The same entries are called by libFuzzer (fuzz_main.cc, ./dev fuzz) and by the test that replays
// the corpora in every normal run (replay_test.cc). An entry takes any bytes and returns; whatever
// breaks a promise of the code that it calls ends the process with the promise's words. Entries are
// pure: the same bytes do the same whatever came before, so that a finding can be replayed alone.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tram/base/bytes.h"

namespace tram::fuzz {

struct Target {
  std::string_view name;
  void (*run)(ByteView input);
  /// Longer inputs find nothing more and take longer.
  std::size_t input_bytes_max;
  /// What one input may hold in memory at once, beside four times its own size.
  std::size_t memory_bytes_base;
  std::string_view memory_reason;
};

/// All of them, by name.
std::span<const Target> Targets();
const Target* FindTarget(std::string_view name);

/// Runs one input under its memory limit. A promise that is broken ends the process.
void RunInput(const Target& target, ByteView input);

/// A promise; where it is broken, says so and aborts.
void Promise(bool kept, std::string_view what);

// The entries, each in the file of its name.
void FuzzArchive(ByteView input);
void FuzzBundle(ByteView input);
void FuzzColumns(ByteView input);
void FuzzControl(ByteView input);
void FuzzCsv(ByteView input);
void FuzzEnrolment(ByteView input);
void FuzzHttp(ByteView input);
void FuzzHttpText(ByteView input);
void FuzzImport(ByteView input);
void FuzzInvitation(ByteView input);
void FuzzMultipart(ByteView input);
void FuzzProgramme(ByteView input);
void FuzzReply(ByteView input);
void FuzzRequest(ByteView input);
void FuzzRows(ByteView input);
void FuzzSettings(ByteView input);
void FuzzStore(ByteView input);
void FuzzText(ByteView input);
void FuzzValues(ByteView input);
void FuzzView(ByteView input);

}  // namespace tram::fuzz
