// Messages and files on their way: lost, late, doubled, out of order, cut and changed.
#include <algorithm>

#include "tests/sim/sim_world.h"
#include "tram/session/bundle.h"

namespace tram::sim {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;
constexpr std::size_t kBitsFlippedMost = 3;

/// From a minute to a year, short ones more often.
std::int64_t SomeDelay(SimRandom& random) {
  const std::int64_t spans[] = {kMinuteMs, 60 * kMinuteMs, kDayMs, 30 * kDayMs, 365 * kDayMs};
  return 1 + static_cast<std::int64_t>(
                 random.Below(static_cast<std::size_t>(spans[random.Below(std::size(spans))])));
}

}  // namespace

void SimWorld::Exchange(SimDevice& device) {
  Letter letter;
  letter.device = IndexOf(device);
  AtDevice(device, Work::kSync, [&]() -> Status {
    TRAM_ASSIGN(letter.bytes, device.sync().NextRequest(SyncTarget()));
    return {};
  });
  if (!letter.bytes.empty()) Send(std::move(letter));
}

bool SimWorld::Damage(Letter& letter) {
  if (letter.bytes.empty()) return false;
  letter.damaged = true;
  UnitOf(*devices_[letter.device]).damaged = true;
  if (random_.Chance(35)) {
    letter.bytes.resize(random_.Below(letter.bytes.size()));
    Count(letter.reply ? Fault::kReplyCut : Fault::kRequestCut);
    return true;
  }
  const Bytes before = letter.bytes;
  for (std::size_t i = 0; i <= random_.Below(kBitsFlippedMost) || letter.bytes == before; ++i) {
    letter.bytes[random_.Below(letter.bytes.size())] ^=
        static_cast<std::uint8_t>(1u << random_.Below(8));
  }
  Count(letter.reply ? Fault::kReplyFlipped : Fault::kRequestFlipped);
  return true;
}

void SimWorld::Send(Letter letter) {
  if (failed()) return;
  letter.number = ++letters_;
  if (!random_.Chance(link_percent_)) return Deliver(letter);
  switch (random_.Below(5)) {
    case 0:
      return Count(letter.reply ? Fault::kReplyLost : Fault::kRequestLost);
    case 1:
      Count(letter.reply ? Fault::kReplyDoubled : Fault::kRequestDoubled);
      Deliver(letter);
      if (random_.Chance(50)) return Deliver(letter);
      break;
    case 2:
    case 3:
      if (random_.Chance(50)) {
        Count(Fault::kDelayed);
        break;
      }
      Damage(letter);
      return Deliver(letter);
    default: {
      Letter damaged = letter;
      Damage(damaged);
      Deliver(damaged);
      if (random_.Chance(50)) Deliver(letter);  // what was sent again came through
      return;
    }
  }
  letter.due_ms = now_ms_ + SomeDelay(random_);
  in_flight_.push_back(std::move(letter));
}

void SimWorld::Deliver(const Letter& letter) {
  if (failed()) return;
  std::size_t& last = last_letter_[letter.device];
  if (letter.number < last) Count(Fault::kReordered);
  last = std::max(last, letter.number);
  now_ms_ += static_cast<std::int64_t>(random_.Below(3000));
  if (letter.reply) {
    TakeReply(letter);
  } else {
    Serve(letter);
  }
}

void SimWorld::DeliverLate() {
  if (in_flight_.empty()) return;
  const std::size_t index = random_.Below(in_flight_.size());
  Letter letter = std::move(in_flight_[index]);
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(index));
  now_ms_ = std::max(now_ms_, letter.due_ms);
  Say("a message comes late");
  Deliver(letter);
}

/// What a refused message must leave as it is: all but the rejected entries.
std::string SimWorld::Fingerprint(OpLog& log) {
  std::string text = std::to_string(log.size()) + " " + std::to_string(log.staged().size()) + " " +
                     std::to_string(log.keys().size()) + " ";
  for (const char* name : {kHintSetting, kReceiptSetting}) {
    text += ToHex(log.Setting(name).value_or(Bytes())) + " ";
  }
  return text + ToHex(log.DigestOfKeys().view());
}

void SimWorld::Serve(const Letter& letter) {
  SimDevice& device = *devices_[letter.device];
  const UnitId unit = UnitOf(device).id;
  ++report_.requests;
  std::optional<Bytes> reply;
  AtServer([&]() -> Status {
    TRAM_ASSIGN(SimServer::Unit * open, server_->Open(unit));
    const std::string before = Fingerprint(*open->log);
    const bool member = open->replica->IsMember(device.id);
    auto prefix = PeekSender(letter.bytes);
    if (!prefix || *prefix != PrefixOf(device.id)) {
      if (!letter.damaged) Fail("the sender of a request is not to be found");
      return {};
    }
    auto answer = server_->Reply(unit, device.id, letter.bytes);
    if (answer) {
      if (letter.damaged) Fail("the server took a changed request of " + device.name);
      reply = std::move(*answer);
      return {};
    }
    if (answer.error().code == ErrorCode::kIo) return answer.error();
    Say("  refused: " + answer.error().message);
    if (!letter.damaged && member) {
      Fail("the server refused a request of " + device.name + ": " + answer.error().message);
    }
    if (Fingerprint(*open->log) != before) Fail("a refused request changed the server");
    return {};
  });
  Say("the server serves " + device.name + (reply ? "" : ": no reply"));
  if (reply) Send({letter.device, 0, true, false, 0, std::move(*reply)});
}

void SimWorld::TakeReply(const Letter& letter) {
  SimDevice& device = *devices_[letter.device];
  if (!device.alive) return;
  AtDevice(device, Work::kSync, [&]() -> Status {
    const std::string before = letter.damaged ? Fingerprint(device.log()) : "";
    auto more = device.sync().TakeReply(letter.bytes);
    if (!more && more.error().code == ErrorCode::kIo) return more.error();
    if (!more && letter.damaged && more.error().code == ErrorCode::kInvalid &&
        Fingerprint(device.log()) != before) {
      Fail("a refused reply changed " + device.name);
    }
    Say(device.name + " takes a reply; it has " + std::to_string(device.log().size()) +
        (more ? "" : "; refused: " + more.error().message));
    if (!more || !*more) device.EndSync();
    return device.engine().RefreshView();
  });
}

// A file with everything, or with what the server has not confirmed. It is read now or later, by
// anybody.
void SimWorld::WriteBundleOf(SimDevice& device) {
  BundleFile bundle;
  bundle.writer = IndexOf(device);
  bundle.unit = device.unit;
  bundle.written_ms = now_ms_;
  AtDevice(device, Work::kOther, [&]() -> Status {
    Known known(device.log());
    if (random_.Chance(50)) {
      if (auto receipt = LastReceipt(device.log())) {
        for (const Leaf& leaf : receipt->leaves) known.Add(leaf.chain);
      }
    }
    UnitDevice& engine = device.engine();
    TRAM_ASSIGN(WrittenBundle written,
                WriteBundle(engine.replica(), known, engine.signing_key(), engine.own().id(),
                            engine.time().Estimate(), device.machine.random));
    bundle.bytes = std::move(written.file);
    bundle.nonce = written.nonce;
    return {};
  });
  if (bundle.bytes.empty()) return;
  Say(device.name + " writes a bundle");
  bundles_.push_back(std::move(bundle));
  if (random_.Chance(60)) ReadSomeBundle();
}

void SimWorld::ReadSomeBundle() {
  if (bundles_.empty() || failed()) return;
  const std::size_t last = bundles_.size() - 1;
  BundleFile bundle = bundles_[random_.Chance(50) ? last : random_.Below(bundles_.size())];
  const bool damaged = random_.Chance(20);
  if (damaged) {
    Letter letter{bundle.writer, 0, bundle.answer, false, 0, bundle.bytes};
    const FaultCounts counts = report_.faults;
    Damage(letter);
    report_.faults = counts;  // counted as a file's, not as a message's
    Count(Fault::kBundleDamaged);
    bundle.bytes = std::move(letter.bytes);
  }
  if (now_ms_ - bundle.written_ms > kDayMs) Count(Fault::kBundleLate);
  if (bundle.answer) return DeviceReads(*devices_[bundle.writer], bundle, damaged);
  if (random_.Chance(50)) return ServerReads(bundle, damaged);
  std::vector<SimDevice*> readers;
  for (auto& device : devices_) {
    if (device->unit == bundle.unit && device->alive) readers.push_back(device.get());
  }
  if (!readers.empty()) DeviceReads(*readers[random_.Below(readers.size())], bundle, damaged);
}

void SimWorld::ServerReads(const BundleFile& bundle, bool damaged) {
  Count(Fault::kBundleToServer);
  Say("the server reads a bundle of " + devices_[bundle.writer]->name);
  const UnitId unit = units_[bundle.unit].id;
  std::optional<Bytes> reply;
  AtServer([&]() -> Status {
    TRAM_ASSIGN(SimServer::Unit * open, server_->Open(unit));
    const std::string before = Fingerprint(*open->log);
    Status taken = server_->TakeBundle(unit, bundle.bytes);
    if (!taken && taken.error().code == ErrorCode::kIo) return taken;
    if (!taken) {
      if (!damaged) Fail("the server refused a bundle: " + taken.error().message);
      if (Fingerprint(*open->log) != before) Fail("a refused bundle changed the server");
      return {};
    }
    if (damaged) Fail("the server took a changed bundle");
    auto answer = server_->ReplyToBundle(unit, bundle.bytes);
    if (!answer && answer.error().code == ErrorCode::kIo) return answer.error();
    if (!answer) Fail("no answer to a bundle: " + answer.error().message);
    if (answer) reply = std::move(*answer);
    return {};
  });
  if (!reply) return;
  bundles_.push_back({bundle.writer, bundle.unit, true, now_ms_, bundle.nonce, *reply});
  if (random_.Chance(50)) DeviceReads(*devices_[bundle.writer], bundles_.back(), false);
}

void SimWorld::DeviceReads(SimDevice& device, const BundleFile& bundle, bool damaged) {
  if (!device.alive) return;
  Count(Fault::kBundleToDevice);
  Say(device.name + " reads " + (bundle.answer ? "an answer to" : "") + " a bundle of " +
      devices_[bundle.writer]->name);
  AtDevice(device, Work::kSync, [&]() -> Status {
    const std::string before = Fingerprint(device.log());
    Status taken;
    if (bundle.answer) {
      SyncClient client = device.engine().NewSync();
      taken = ReadAnswer(client, bundle.nonce, bundle.bytes);
    } else {
      auto read = ReadBundle(device.engine().replica(), &device.engine().own(), bundle.bytes);
      if (!read) taken = read.error();
    }
    if (!taken && taken.error().code == ErrorCode::kIo) return taken;
    if (!taken) {
      Say("  refused: " + taken.error().message);
      if (!damaged) Fail(device.name + " refused a bundle: " + taken.error().message);
      if (!bundle.answer && Fingerprint(device.log()) != before) {
        Fail("a refused bundle changed " + device.name);
      }
    } else if (damaged && !bundle.answer) {
      Fail(device.name + " took a changed bundle");
    }
    return device.engine().RefreshView();
  });
}

}  // namespace tram::sim
