// Invitations: what their code opens; and the file itself, but for files whose cost is in bounds:
// those take 64 MiB and a tenth of a second each, on purpose.
#include "session/invitation_text.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tram/crypto/passphrase.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kMagicBytes = 8, kFormatBytes = 1, kPassesBytes = 4, kMemoryBytes = 8;

/// Makes the memory that the file asks for less than is taken.
Bytes Cheap(Bytes file) {
  const std::size_t memory = kMagicBytes + kFormatBytes + kPassesBytes;
  for (std::size_t i = memory + 3; i < memory + kMemoryBytes && i < file.size(); ++i) file[i] = 0;
  return file;
}

}  // namespace

void FuzzInvitation(ByteView bytes) {
  FuzzInput input(bytes);
  StillClock clock;
  CountedRandom random(8);
  if (input.Flag()) {
    const Bytes file = Cheap(ToBytes(input.Rest()));
    const auto founding = ReadInvitation(file, "ABCD-EFGH-JKMN-PQRS", clock, random);
    Promise(!founding, "no such file opens");
    return;
  }
  const auto founding = ReadInvitationText(AsText(input.Rest()), clock, random);
  if (!founding) return;
  Promise(!founding->keys.empty() && founding->passphrase.empty(),
          "a founding has its certificate");
}

}  // namespace tram::fuzz
