#include "tests/support/decoded_messages.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "tram/base/hash.h"
#include "tram/session/bundle.h"
#include "tram/session/enrolment.h"
#include "tram/wire/messages.h"

namespace tram::test {
namespace {

using Direction = RecordingProxy::Direction;

Error Unreadable(const std::string& what) { return MakeError(ErrorCode::kInvalid, what); }

/// Some op for each position: what an id refers to does not matter here, but no two parents of an
/// op may be the same.
std::optional<OpId> AnyOpAt(const MessageIds::Position& position) {
  const std::string back = std::to_string(position.back);
  return OpId::From(Blake2b160({}, {position.leaf.view(), AsBytes(back)}).view());
}

void AddKeys(const std::vector<KeyEntry>& keys, DecodedMessages& to) {
  for (const KeyEntry& entry : keys) {
    to.bytes += AsText(entry.key);
    to.bytes += AsText(entry.value);
  }
}

/// Of a RequestBody or a Reply.
template <class Message>
Status AddMessage(const Message& message, const UnitId& unit, DecodedMessages& to) {
  MessageIds ids(message.bases, nullptr, AnyOpAt);
  for (const PackedPiece& piece : message.pieces) {
    TRAM_ASSIGN(UnpackedOps unpacked, UnpackOps(unit, piece, ids));
    for (const Op& op : unpacked.ops) to.bytes += AsText(EncodeOp(op));
    to.ops += unpacked.ops.size();
    AddKeys(unpacked.seeds, to);
  }
  AddKeys(message.keys, to);
  ++to.messages;
  return {};
}

struct HttpMessage {
  std::string_view first_line, body;
};

/// Takes one from the front of what went one way; nothing: the rest is not a whole one.
Result<std::optional<HttpMessage>> TakeHttp(std::string_view& stream) {
  constexpr std::string_view kEnd = "\r\n\r\n", kLength = "content-length: ";
  const std::size_t end = stream.find(kEnd);
  if (end == stream.npos) return std::optional<HttpMessage>();
  std::string head(stream.substr(0, end + 2));
  for (char& c : head) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (head.find("transfer-encoding:") != head.npos) return Unreadable("a body comes in chunks");
  std::size_t size = 0;
  if (const std::size_t at = head.find("\r\n" + std::string(kLength)); at != head.npos) {
    const char* digits = head.data() + at + 2 + kLength.size();
    if (std::from_chars(digits, head.data() + head.size(), size).ec != std::errc()) {
      return Unreadable("a body has no length: " + head);
    }
  }
  const std::size_t body = end + kEnd.size();
  if (stream.size() - body < size) return std::optional<HttpMessage>();
  const HttpMessage message{stream.substr(0, stream.find("\r\n")), stream.substr(body, size)};
  stream.remove_prefix(body + size);
  return std::optional(message);
}

/// The leaves that the client passes to DecodeReply, from what it listed.
std::vector<Leaf> LeavesOf(const Request& request) {
  std::vector<Leaf> leaves;
  for (const ListedLeaf& listed : request.body.leaves) leaves.push_back(listed.leaf);
  if (request.header.leaf.seq > 0) leaves.push_back(request.header.leaf);
  return leaves;
}

Result<Request> ReadRequest(std::string_view body, const std::vector<DeviceId>& devices) {
  TRAM_ASSIGN(DevicePrefix prefix, PeekSender(AsBytes(body)));
  const auto sender = std::find_if(devices.begin(), devices.end(), [&](const DeviceId& device) {
    return PrefixOf(device) == prefix;
  });
  if (sender == devices.end()) return Unreadable("a request is of device " + prefix.Hex());
  TRAM_ASSIGN(Request request, DecodeRequest(AsBytes(body), {"POST", kSyncPath}, *sender));
  if (!request.body.unlisted.IsZero()) return Unreadable("a request leaves some leaves unlisted");
  return request;
}

Status AddConnection(const RecordingProxy::Recording& connection, const UnitId& unit,
                     const std::vector<DeviceId>& devices, DecodedWire& to) {
  const std::string sync_line = "POST " + std::string(kSyncPath) + " HTTP/1.1";
  auto side = [&](Direction way) -> DecodedMessages& {
    return to.ways[static_cast<std::size_t>(way)];
  };
  std::string_view up = connection[static_cast<std::size_t>(Direction::kToServer)];
  std::string_view down = connection[static_cast<std::size_t>(Direction::kToClient)];
  while (!up.empty()) {
    TRAM_ASSIGN(const std::optional<HttpMessage> asked, TakeHttp(up));
    std::optional<Request> request;
    if (asked && asked->first_line == sync_line) {
      TRAM_ASSIGN(request, ReadRequest(asked->body, devices));
      TRAM_TRY(AddMessage(request->body, unit, side(Direction::kToServer)));
    }
    TRAM_ASSIGN(const std::optional<HttpMessage> answer, TakeHttp(down));
    if (!asked || !answer) {
      ++to.cut;
      const bool last = asked ? up.empty() : !answer && down.empty();
      return last ? Status() : Unreadable("requests and replies do not match");
    }
    if (!request) continue;
    if (answer->first_line.substr(0, 12) != "HTTP/1.1 200") {
      return Unreadable("a request was answered with " + std::string(answer->first_line));
    }
    TRAM_ASSIGN(const Reply reply, DecodeReply(AsBytes(answer->body), LeavesOf(*request)));
    TRAM_TRY(AddMessage(reply, unit, side(Direction::kToClient)));
  }
  return down.empty() ? Status() : Unreadable("bytes follow the last reply");
}

}  // namespace

Result<DecodedWire> DecodeWire(const std::vector<RecordingProxy::Recording>& connections,
                               const UnitId& unit, const std::vector<DeviceId>& devices) {
  DecodedWire wire;
  for (const RecordingProxy::Recording& connection : connections) {
    TRAM_TRY(AddConnection(connection, unit, devices, wire));
  }
  return wire;
}

Result<DecodedMessages> DecodeBundleMessages(std::string_view file) {
  TRAM_ASSIGN(const BundleHead head, ReadBundleHead(AsBytes(file)));
  TRAM_ASSIGN(const std::vector<Bytes> parts, DecodeBundle(AsBytes(file)));
  DecodedMessages all;
  for (std::size_t i = 1; i < parts.size(); ++i) {  // the first is the head
    if (head.kind == BundleHead::Kind::kReply) {
      TRAM_ASSIGN(const Reply reply, DecodeReply(parts[i], {}));
      TRAM_TRY(AddMessage(reply, head.unit, all));
    } else {
      TRAM_ASSIGN(const Request request,
                  DecodeRequest(parts[i], {kFileMethod, "bundle"}, head.sender));
      TRAM_TRY(AddMessage(request.body, head.unit, all));
    }
  }
  return all;
}

}  // namespace tram::test
