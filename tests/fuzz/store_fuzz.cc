// A store's file whose bytes were changed: opened as a program opens it, and verified without
// writing.
#include <fstream>
#include <new>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_scratch.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tram/base/os_file.h"
#include "tram/log/sqlite_log_store.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kStoreBytesMax = 1 << 20;
constexpr std::int64_t kSqlBytesMax = 36 << 20;  // a row of 32 MiB, and pages
constexpr int kPageBytes = 512;                  // many small pages: each kind of damage is near

/// The device's log as a file.
const std::string& GoodFile() {
  static const std::string good = [] {
    const std::filesystem::path path = ScratchFile("good.db");
    {
      auto database = SqlDatabase::Open(path, SqlDatabase::Mode::kCreate, kPageBytes).value();
      auto store = SqliteLogStore::Open(*database).value();
      Machine device = World::One().Device();
      const UnitId& unit = World::One().unit();
      StoredUnit rows = device.store().Load(unit).value();
      LogChange change;
      change.feeds = rows.feeds;
      change.entries = device.store().entries(unit);
      change.leaves = rows.leaves;
      change.checkpoints = rows.checkpoints;
      change.keys = rows.keys;
      change.settings = rows.settings;
      Promise(store->Commit(unit, change).has_value(), "a good store is written");
    }
    return ReadFile(path, kStoreBytesMax).value();
  }();
  return good;
}

void Write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string Damaged(FuzzInput& input) {
  std::string bytes = GoodFile();
  if (input.Below(8) == 7) bytes.resize(input.Below(bytes.size() + 1));
  while (!input.empty() && !bytes.empty()) {
    const std::size_t at =
        (input.Byte() * std::size_t{65536} + input.Byte() * std::size_t{256} + input.Byte()) %
        bytes.size();
    const std::uint8_t length = input.Byte();
    const ByteView patch = input.Take(length % 2 == 0 ? 1 : length / 2);
    for (std::size_t i = 0; i < patch.size() && at + i < bytes.size(); ++i) {
      bytes[at + i] = static_cast<char>(patch[i]);
    }
  }
  return bytes;
}

void Verify(const std::filesystem::path& path) {
  auto database = SqlDatabase::Open(path, SqlDatabase::Mode::kReadOnly);
  if (!database) return;
  auto store = SqliteLogStore::Open(**database);
  if (!store) return;
  (void)(*store)->Units();
  (void)OpLog::VerifyStore(**store, World::One().unit());
}

void OpenAndUse(const std::filesystem::path& path) {
  const World& world = World::One();
  auto database = SqlDatabase::Open(path, SqlDatabase::Mode::kExisting);
  if (!database) return;
  auto store = SqliteLogStore::Open(**database);
  if (!store) return;
  StillClock clock;
  auto log = OpLog::Open(**store, world.unit(), clock);
  if (!log) return;
  CountedRandom random(6);
  Replica replica(**log, world.server_key().id(), clock);
  OwnFeed own(**log, world.key(1), random, AsBytes("one incarnation"));
  Op op;
  op.device = world.key(1).id();
  op.body = Bytes(3, 1);
  own.Append(op);
  (void)(*log)->Commit();
}

/// Ending for lack of memory is an answer.
template <typename Step>
void RunWithinMemory(const Step& step) {
  try {
    step();
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace

void FuzzStore(ByteView bytes) {
  // As a program does it, with less: SQLite makes room for whatever a damaged key promises.
  SqlDatabase::LimitMemory(kSqlBytesMax);
  FuzzInput input(bytes);
  const std::string damaged = Damaged(input);
  const std::filesystem::path path = ScratchFile("damaged.db");
  std::error_code code;
  for (const char* beside : {"-wal", "-shm", "-journal"}) {
    std::filesystem::remove(path.string() + beside, code);
  }
  Write(path, damaged);
  RunWithinMemory([&] { Verify(path); });
  Promise(ReadFile(path, kStoreBytesMax).value_or("") == damaged, "verifying writes nothing");
  RunWithinMemory([&] { OpenAndUse(path); });
}

}  // namespace tram::fuzz
