// Messages as a file.
#include "tram/base/limits.h"
#include "tram/wire/messages.h"
#include "wire/archive.h"

namespace tram {
namespace {

constexpr std::string_view kMagic = "TRAMBNDL";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMessageBytesMin = 2;  // its length and one byte

}  // namespace

Bytes EncodeBundle(const std::vector<Bytes>& messages) {
  TRAM_ASSERT(messages.size() <= kBundleMessagesMax);
  Bytes file = ToBytes(AsBytes(kMagic));
  wire::CanonicalOutput output(file);
  output.PutByte(kVersion);
  output.PutVarint(messages.size());
  for (const Bytes& message : messages) {
    TRAM_ASSERT(!message.empty() && message.size() <= kMessageBytesMax);
    output.PutBlob(message);
  }
  return file;
}

Result<std::vector<Bytes>> DecodeBundle(ByteView file) {
  return wire::AtDecodeEdge("a bundle", [&] {
    if (file.size() > kBundleBytesMax) wire::Refuse("it is larger than a bundle may be");
    wire::CanonicalInput input(file);
    if (AsText(input.TakeRaw(kMagic.size())) != kMagic) wire::Refuse("it is no bundle");
    const std::uint8_t version = input.TakeByte();
    if (version > kVersion) {
      throw wire::DecodeFailure{ErrorCode::kTooNew, "its version is " + std::to_string(version)};
    }
    if (version < kVersion) wire::Refuse("it is no bundle");
    const std::size_t count = input.TakeCount(kBundleMessagesMax, kMessageBytesMin);
    std::vector<Bytes> messages;
    messages.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      messages.push_back(ToBytes(input.TakeBlob(kMessageBytesMax)));
      if (messages.back().empty()) wire::Refuse("a message in it is empty");
    }
    input.ExpectEnd();
    return messages;
  });
}

}  // namespace tram
