#include "tests/fuzz/fuzz_world.h"

#include <algorithm>

#include "tests/fuzz/fuzz_target.h"
#include "tram/base/hash.h"
#include "tram/crypto/membership.h"
#include "tram/session/enrolment.h"
#include "tram/session/sync_server.h"
#include "tram/wire/op_codec.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kKeys = 5;  // the server and four devices
constexpr std::uint64_t kServerSeed = 900, kDeviceSeed = 901;
const MessageTarget kSync{"POST", kSyncPath};

Op OpOf(std::int64_t number) {
  OpBody body;
  body.type = 16;
  body.nonce = 1000 + static_cast<std::uint64_t>(number);
  body.edits = {{16, number}, {17, std::string("trạm y tế")}, {20, Code{3}}};
  if (number % 3 == 0) body.sealed = Bytes(24, static_cast<std::uint8_t>(number));
  Op op;
  op.time.ms = StillClock().WallMs() - 1'000'000 + 1000 * number;
  op.body = EncodeBody(body);
  return op;
}

void Sync(Machine& device, Machine& server, const SigningKey& server_key) {
  for (bool more = true; more;) {
    const Bytes request = device.client().NextRequest(kSync).value();
    const auto answer = AnswerRequest(server.replica(), server_key, request, kSync,
                                      device.own().key().id(), server.clock());
    Promise(answer && server.log().Commit(), "the world's own request is answered");
    const auto taken = device.client().TakeReply(answer->reply);
    Promise(taken.has_value(), "the world's own reply is taken");
    more = *taken;
  }
}

}  // namespace

void CountedRandom::Fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    byte = static_cast<std::uint8_t>(state_ >> 56);
  }
}

Machine::Machine(test::MemoryLogStore store, const UnitId& unit, const DeviceId& server,
                 const SigningKey* key, std::uint64_t seed)
    : store_(std::move(store)), random_(seed), time_(clock_) {
  auto opened = OpLog::Open(store_, unit, clock_);
  Promise(opened.has_value(), "a stored log opens again");
  log_ = std::move(*opened);
  replica_ = std::make_unique<Replica>(*log_, server, clock_);
  if (key == nullptr) return;
  own_ = std::make_unique<OwnFeed>(*log_, *key, random_, AsBytes("one incarnation"));
  client_ = std::make_unique<SyncClient>(*replica_, *own_, time_, clock_, random_);
}

OpId Machine::Write(Op op) {
  op.device = own_->key().id();
  return log_->entry(own_->Append(op)).op;
}

LogState StateOf(Machine& machine) {
  OpLog& log = machine.log();
  return {log.size(),
          log.Leaves(),
          log.DigestOfKeys(),
          machine.replica().Members().size(),
          log.staged().size(),
          log.Setting(kHintSetting),
          log.Setting(kReceiptSetting)};
}

void PromiseSound(Machine& machine, const UnitId& unit) {
  Promise(machine.log().Commit().has_value(), "what was taken can be made durable");
  const auto report = machine.log().Verify();
  Promise(report && report->problems.empty(), "what was taken passes verify");
  auto again = OpLog::Open(machine.store(), unit, machine.clock());
  Promise(again && (*again)->size() == machine.log().size() &&
              (*again)->DigestOfKeys() == machine.log().DigestOfKeys(),
          "what was taken opens again as it was");
}

const World& World::One() {
  static const World world;
  return world;
}

World::World() {
  CountedRandom random(7);
  for (std::size_t i = 0; i < kKeys; ++i) keys_.push_back(SigningKey::Generate(random));
  unit_ = random.NewId<UnitId>();
  const HybridTime enrolled{StillClock().WallMs() - 10'000'000};
  Machine server({}, unit_, server_key().id(), nullptr, 1);
  Machine first({}, unit_, server_key().id(), &key(1), 2);
  Machine second({}, unit_, server_key().id(), &key(2), 3);
  const std::vector<KeyEntry> members{EnrolDevice(unit_, key(1).id(), enrolled, server_key()),
                                      EnrolDevice(unit_, key(2).id(), enrolled, server_key())};
  for (Machine* machine : {&server, &first, &second}) machine->replica().TakeKeys(members);
  const Ticket ticket =
      IssueTicket(unit_, HybridTime{StillClock().WallMs() + 1'000'000}, key(1), random);
  invited_ = RedeemTicket(unit_, key(3).id(), ticket);
  feeds_ = {first.own().id(), second.own().id()};

  for (int i = 0; i < 4; ++i) first.Write(OpOf(i));
  for (int i = 10; i < 13; ++i) second.Write(OpOf(i));
  Sync(second, server, server_key());
  const test::MemoryLogStore copied = second.store().Copy();
  Sync(first, server, server_key());
  for (int i = 20; i < 22; ++i) second.Write(OpOf(i));
  Sync(second, server, server_key());
  Machine twin(copied.Copy(), unit_, server_key().id(), &key(2), 4);  // writes a second branch
  twin.Write(OpOf(30));
  Sync(twin, server, server_key());
  for (int i = 40; i < 43; ++i) first.Write(OpOf(i));
  Promise(first.log().Commit() && server.log().Commit(), "the world is stored");
  server_ = server.store().Copy();
  device_ = first.store().Copy();
}

const SigningKey* World::KeyOf(const DeviceId& device) const {
  auto found = std::find_if(keys_.begin(), keys_.end(),
                            [&](const SigningKey& key) { return key.id() == device; });
  return found == keys_.end() ? nullptr : &*found;
}

Machine World::Server() const {
  return Machine(server_.Copy(), unit_, server_key().id(), nullptr, kServerSeed);
}

Machine World::Device() const {
  return Machine(device_.Copy(), unit_, server_key().id(), &key(1), kDeviceSeed);
}

void Resign(std::vector<PackedPiece>& pieces, const std::vector<Chain>& bases, const OpLog& log,
            Leaf* header) {
  const World& world = World::One();
  auto lookup = [&](const MessageIds::Position& position) -> std::optional<OpId> {
    const auto leaf = log.FindChain(position.leaf);
    const EntryNumber number = leaf ? log.Ancestor(*leaf, position.back) : 0;
    return number == 0 ? std::nullopt : std::optional(log.entry(number).op);
  };
  MessageIds ids(bases, nullptr, lookup);
  std::unordered_map<FeedId, Chain> ends;
  for (PackedPiece& piece : pieces) {
    const auto unpacked = UnpackOps(world.unit(), piece, ids);
    const auto before = ends.find(piece.feed);
    if (!unpacked || (piece.follows && before == ends.end())) continue;
    Leaf end{piece.feed, piece.first_seq + unpacked->ops.size() - 1,
             piece.follows ? before->second : piece.previous};
    for (const Op& op : unpacked->ops) {
      end.chain = NextChain(world.unit(), end.chain, OpIdOf(world.unit(), EncodeOp(op)));
    }
    ends[piece.feed] = end.chain;
    const SigningKey* key = world.KeyOf(piece.feed.device);
    if (piece.checkpoint && key != nullptr) {
      Checkpoint& checkpoint = *piece.checkpoint;
      checkpoint.signature =
          key->Sign(CheckpointStatement(world.unit(), end, checkpoint.time, checkpoint.context));
    } else if (header != nullptr && !piece.checkpoint && header->feed == piece.feed) {
      *header = end;
    }
  }
}

Bytes Resigned(Request request, const MessageTarget& target, const OpLog& log) {
  const World& world = World::One();
  RequestHeader& header = request.header;
  Resign(request.body.pieces, request.body.bases, log, &header.leaf);
  const SigningKey* key = world.KeyOf(header.device);
  return EncodeRequest(request.body, target, header.leaf.feed, [&](const Digest& context) {
    if (key != nullptr) {
      header.signature =
          key->Sign(CheckpointStatement(world.unit(), header.leaf, header.time, context));
    }
    return header;
  });
}

Bytes Resigned(Reply reply, const std::vector<Leaf>& request_leaves, const Nonce& nonce,
               const OpLog& log) {
  const World& world = World::One();
  Resign(reply.pieces, reply.bases, log, nullptr);
  const SigningKey& server = world.server_key();
  reply.receipt = server.Sign(ReceiptStatement(server.id(), world.unit(), world.key(1).id(), nonce,
                                               reply.time, DigestOfLeaves(reply.leaves),
                                               ContextOfReply(reply, request_leaves)));
  return EncodeReply(reply, request_leaves);
}

}  // namespace tram::fuzz
