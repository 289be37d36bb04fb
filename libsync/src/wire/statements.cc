// What is signed, and the digests inside. Every part has a fixed size, so that no two statements
// have the same bytes; the tags keep the kinds apart.
#include <algorithm>

#include "tram/base/hash.h"
#include "tram/wire/messages.h"
#include "wire/archive.h"

namespace tram {
namespace {

void PutTime(wire::CanonicalOutput& output, HybridTime time) {
  output.PutFixed64(static_cast<std::uint64_t>(time.ms));
}

void PutFixedLeaf(wire::CanonicalOutput& output, const Leaf& leaf) {
  output.PutRaw(leaf.feed.device.view());
  output.PutFixed64(leaf.feed.number);
  output.PutFixed64(leaf.seq);
  output.PutRaw(leaf.chain.view());
}

}  // namespace

Bytes CheckpointStatement(const UnitId& unit, const Leaf& leaf, HybridTime time,
                          const Digest& context) {
  Bytes bytes = ToBytes(AsBytes("tram-checkpoint-1"));
  wire::CanonicalOutput output(bytes);
  output.PutRaw(unit.view());
  PutFixedLeaf(output, leaf);
  PutTime(output, time);
  output.PutRaw(context.view());
  return bytes;
}

Bytes ReceiptStatement(const DeviceId& server, const UnitId& unit, const DeviceId& device,
                       const Nonce& nonce, HybridTime time, const Digest& leaves,
                       const Digest& context) {
  Bytes bytes = ToBytes(AsBytes("tram-receipt-1"));
  wire::CanonicalOutput output(bytes);
  output.PutRaw(server.view());
  output.PutRaw(unit.view());
  output.PutRaw(device.view());
  output.PutRaw(nonce.view());
  PutTime(output, time);
  output.PutRaw(leaves.view());
  output.PutRaw(context.view());
  return bytes;
}

Digest DigestOfLeaves(std::vector<Leaf> leaves) {
  std::sort(leaves.begin(), leaves.end());
  Bytes bytes = ToBytes(AsBytes("tram-leaves-1"));
  wire::CanonicalOutput output(bytes);
  for (const Leaf& leaf : leaves) PutFixedLeaf(output, leaf);
  return Blake2b160({}, {bytes});
}

LeavesDigest ShortDigest(const Digest& leaves) {
  return LeavesDigest::From(leaves.view().first(LeavesDigest::kSize));
}

DevicePrefix PrefixOf(const DeviceId& device) {
  return DevicePrefix::From(device.view().first(DevicePrefix::kSize));
}

}  // namespace tram
