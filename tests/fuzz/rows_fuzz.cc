// A stored unit whose rows were changed, one by one: it opens, or an error says why; verifying
// never writes; what opens can be used.
#include <limits>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tram/session/enrolment.h"
#include "tram/session/sync_server.h"

namespace tram::fuzz {
namespace {

/// Passes everything on but commits.
class ReadOnlyStore : public LogStore {
 public:
  explicit ReadOnlyStore(LogStore& store) : store_(store) {}
  Result<StoredUnit> Load(const UnitId& unit) override { return store_.Load(unit); }
  Status ForEachEntry(const UnitId& unit,
                      const std::function<Status(const StoredEntry&)>& take) override {
    return store_.ForEachEntry(unit, take);
  }
  Status Commit(const UnitId&, const LogChange&) override {
    Promise(false, "opening and verifying write nothing");
    return {};
  }
  Result<std::vector<std::string>> CheckIntegrity() override { return store_.CheckIntegrity(); }

 private:
  LogStore& store_;
};

void DamageBytes(FuzzInput& input, Bytes& bytes) {
  switch (input.Below(4)) {
    case 0:
      bytes = ToBytes(input.Blob());
      break;
    case 1:
      bytes.resize(input.Below(bytes.size() + 1));
      break;
    default:
      if (!bytes.empty()) bytes[input.Below(bytes.size())] ^= input.Byte();
  }
}

template <class IdType>
void DamageId(FuzzInput& input, IdType& id) {
  id.data()[input.Below(IdType::kSize)] ^= input.Byte();
}

template <class Number>
void DamageNumber(FuzzInput& input, Number& number) {
  if (input.Flag()) {
    number = static_cast<Number>(input.Byte());
  } else {
    number = static_cast<Number>(input.Number());
  }
}

/// Lost, doubled, or changed by `change`.
template <class Row, class Change>
void DamageRow(FuzzInput& input, std::vector<Row>& rows, Change change) {
  if (rows.empty()) return;
  const std::size_t place = input.Below(rows.size());
  const auto at = rows.begin() + static_cast<std::ptrdiff_t>(place);
  switch (input.Below(6)) {
    case 0:
      rows.erase(at);
      break;
    case 1:
      rows.push_back(Row(*at));
      break;
    case 2:
      std::swap(*at, rows.front());
      break;
    default:
      change(*at);
  }
}

void DamageEntry(FuzzInput& input, StoredEntry& entry) {
  switch (input.Below(5)) {
    case 0:
      return DamageNumber(input, entry.number);
    case 1:
      return DamageNumber(input, entry.feed);
    case 2:
      return DamageNumber(input, entry.previous);
    case 3:
      return DamageNumber(input, entry.late_s);
    default:
      return DamageBytes(input, entry.op);
  }
}

void DamageLeaf(FuzzInput& input, StoredLeaf& leaf) {
  switch (input.Below(4)) {
    case 0:
      return DamageNumber(input, leaf.feed);
    case 1:
      return DamageNumber(input, leaf.number);
    case 2:
      return DamageNumber(input, leaf.seq);
    default:
      return DamageId(input, leaf.chain);
  }
}

void DamageCheckpoint(FuzzInput& input, StoredCheckpoint& checkpoint) {
  switch (input.Below(4)) {
    case 0:
      return DamageNumber(input, checkpoint.number);
    case 1:
      return DamageNumber(input, checkpoint.time.ms);
    case 2:
      return DamageId(input, checkpoint.context);
    default:
      return DamageId(input, checkpoint.signature);
  }
}

void DamageKey(FuzzInput& input, KeyEntry& key) {
  if (input.Flag()) key.kind = static_cast<KeyEntry::Kind>(input.Byte());
  DamageBytes(input, input.Flag() ? key.key : key.value);
}

void DamageOnce(FuzzInput& input, StoredUnit& unit, std::vector<StoredEntry>& entries) {
  switch (input.Below(8)) {
    case 0:
      return DamageRow(input, unit.feeds, [&](StoredFeed& feed) {
        if (input.Flag()) return DamageNumber(input, feed.index);
        DamageId(input, feed.id.device);
      });
    case 1:
      return DamageRow(input, unit.leaves, [&](StoredLeaf& leaf) { DamageLeaf(input, leaf); });
    case 2:
      return DamageRow(input, unit.checkpoints,
                       [&](StoredCheckpoint& row) { DamageCheckpoint(input, row); });
    case 3:
      return DamageRow(input, unit.keys, [&](KeyEntry& key) { DamageKey(input, key); });
    case 4: {
      unit.staged.push_back({input.Number(), ToBytes(input.Blob())});
      return;
    }
    case 5: {
      Bytes& setting = unit.settings[input.Flag() ? kHintSetting : kReceiptSetting];
      return DamageBytes(input, setting);
    }
    case 6: {
      auto setting = unit.settings.begin();
      std::advance(setting, input.Below(std::max<std::size_t>(unit.settings.size(), 1)));
      if (setting != unit.settings.end()) DamageBytes(input, setting->second);
      return;
    }
    default:
      return DamageRow(input, entries, [&](StoredEntry& entry) { DamageEntry(input, entry); });
  }
}

/// What a program does with a log that has opened.
void Use(test::MemoryLogStore store) {
  const World& world = World::One();
  Machine machine(std::move(store), world.unit(), world.server_key().id(), &world.key(1), 5);
  for (EntryNumber n = 1; n <= machine.log().size(); ++n) (void)machine.log().ReadOp(n);
  (void)UnconfirmedOps(machine.log());
  machine.replica().RetryStaged();
  const MessageTarget target{"POST", kSyncPath};
  const auto request = machine.client().NextRequest(target);
  Promise(request.has_value(), "a log that opens can be sent");
  Machine server = world.Server();
  (void)AnswerRequest(server.replica(), world.server_key(), *request, target, world.key(1).id(),
                      server.clock());
}

}  // namespace

void FuzzRows(ByteView bytes) {
  const World& world = World::One();
  FuzzInput input(bytes);
  Machine device = world.Device();
  test::MemoryLogStore store = device.store().Copy();
  while (!input.empty()) DamageOnce(input, store.rows(world.unit()), store.entries(world.unit()));
  ReadOnlyStore read_only(store);
  StillClock clock;
  const auto report = OpLog::VerifyStore(read_only, world.unit());
  Promise(report || report.error().code != ErrorCode::kInvalid, "verifying says what is wrong");
  const auto opened = OpLog::Open(read_only, world.unit(), clock);
  if (!opened) {
    Promise(!report || !report->problems.empty(), "what does not open does not pass verify");
    return;
  }
  Use(store.Copy());
}

}  // namespace tram::fuzz
