// The small things beside a log: hint, receipt, staged pieces, packed texts, certificates.
#include "session/packed_text.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tram/base/limits.h"
#include "tram/crypto/membership.h"
#include "tram/wire/settings_codec.h"

namespace tram::fuzz {
namespace {

void TryHint(ByteView bytes) {
  const auto hint = DecodeHint(bytes);
  if (hint) Promise(std::ranges::equal(EncodeHint(*hint), bytes), "a hint has one form");
}

void TryReceipt(ByteView bytes) {
  const auto receipt = DecodeReceipt(bytes);
  if (receipt)
    Promise(std::ranges::equal(EncodeReceipt(*receipt), bytes), "a receipt has one form");
}

void TryPiece(ByteView bytes) {
  const auto piece = DecodePiece(bytes);
  if (piece) Promise(std::ranges::equal(EncodePiece(*piece), bytes), "a piece has one form");
}

void TryPacked(ByteView bytes) {
  const auto text = UnpackText(bytes, kProgrammeBytesMax);
  if (text) Promise(text->size() <= kProgrammeBytesMax, "a packed text stays below its limit");
}

void TryCertificate(ByteView bytes) {
  const World& world = World::One();
  (void)DecodeCertificate(bytes);
  const auto is_member = [&](const DeviceId& id) { return id == world.key(1).id(); };
  const KeyEntry entry{KeyEntry::Kind::kMember, ToBytes(world.key(4).id().view()), ToBytes(bytes)};
  Promise(!CheckMember(world.unit(), entry, world.server_key().id(), is_member),
          "no certificate of a stranger was ever signed");
}

}  // namespace

void FuzzSettings(ByteView bytes) {
  constexpr void (*kKinds[])(ByteView) = {TryHint, TryReceipt, TryPiece, TryPacked, TryCertificate};
  FuzzInput input(bytes);
  const std::size_t kind = input.Below(std::size(kKinds));
  kKinds[kind](input.Rest());
}

}  // namespace tram::fuzz
