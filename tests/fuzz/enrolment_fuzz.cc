// Enrolment's JSON, and key entries as texts.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/session/enrolment.h"

namespace tram::fuzz {
namespace {

void TryRequest(std::string_view text) {
  const auto request = DecodeEnrolRequest(text);
  if (!request) return;
  const std::string written = EncodeEnrolRequest(*request);
  const auto again = DecodeEnrolRequest(written);
  Promise(again && EncodeEnrolRequest(*again) == written, "an enrolment comes back as it was");
}

void TryReply(std::string_view text) {
  const auto reply = DecodeEnrolReply(text);
  if (!reply) return;
  const std::string written = EncodeEnrolReply(*reply);
  const auto again = DecodeEnrolReply(written);
  Promise(again && EncodeEnrolReply(*again) == written, "its answer comes back as it was");
}

void TryKeyEntry(std::string_view text) {
  const auto entry = ParseKeyEntry(text);
  if (!entry) return;
  const auto again = ParseKeyEntry(KeyEntryText(*entry));
  Promise(again && *again == *entry, "a key entry comes back as it was");
}

}  // namespace

void FuzzEnrolment(ByteView bytes) {
  constexpr void (*kKinds[])(std::string_view) = {TryRequest, TryReply, TryKeyEntry};
  FuzzInput input(bytes);
  const std::size_t kind = input.Below(std::size(kKinds));
  kKinds[kind](AsText(input.Rest()));
}

}  // namespace tram::fuzz
