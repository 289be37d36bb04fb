#include "tests/sim/unit_of_devices.h"

#include <gtest/gtest.h>

#include "tests/sim/sim_programme.h"
#include "tram/crypto/membership.h"
#include "tram/session/bundle.h"

namespace tram::sim {

UnitOfDevices::UnitOfDevices(std::size_t devices, int programme, std::uint64_t seed)
    : random_(seed), unit_key_(SecretKey::Generate(random_)) {
  const SigningKey server = SigningKey::Generate(random_);
  Founding founding;
  founding.unit = random_.NewId<UnitId>();
  founding.unit_name = "Trạm";
  founding.server = server.id();
  founding.programme_key = ProgrammeKey().id();
  founding.programme = SignedSimProgramme(programme);
  founding.unit_key = unit_key_.Copy();
  founding.passphrase = "đèn đường sáng lắm";
  std::vector<SecretKey> seeds;
  for (std::size_t i = 0; i < devices; ++i) {
    seeds.push_back(SecretKey::Generate(random_));
    founding.keys.push_back(EnrolDevice(
        founding.unit, SigningKey::FromSeed(seeds.back().Copy()).id(), {clock_.now_ms}, server));
  }
  for (std::size_t i = 0; i < devices; ++i) {
    const auto folder = folder_ / std::to_string(i);
    founding.device_seed = std::move(seeds[i]);
    TRAM_ASSERT(UnitDevice::Found(folder, founding, clock_, random_));
    auto device = UnitDevice::Open(folder, clock_, random_);
    TRAM_ASSERT(device);
    devices_.push_back(std::move(*device));
    Unlock(i);
  }
}

void UnitOfDevices::Unlock(std::size_t at) { TRAM_ASSERT(devices_[at]->Unlock(unit_key_)); }

void UnitOfDevices::Pass(std::size_t from, std::size_t to, std::optional<std::size_t> writer) {
  UnitDevice& giver = *devices_[from];
  UnitDevice& taker = *devices_[to];
  Known known(giver.log());
  for (const Leaf& leaf : taker.log().Leaves()) known.Add(leaf.chain);
  for (const Leaf& leaf : giver.log().Leaves()) {
    if (writer && leaf.feed.device != devices_[*writer]->device()) known.Add(leaf.chain);
  }
  auto bundle = WriteBundle(giver.replica(), known, giver.signing_key(), giver.own().id(),
                            giver.time().Estimate(), random_);
  ASSERT_TRUE(bundle) << bundle.error().message;
  auto taken = ReadBundle(taker.replica(), &taker.own(), bundle->file);
  ASSERT_TRUE(taken) << taken.error().message;
  ASSERT_TRUE(taker.RefreshView());
}

void UnitOfDevices::PassAll() {
  for (std::size_t i = 0; i + 1 < size(); ++i) Pass(i, i + 1);
  for (std::size_t i = 0; i + 1 < size(); ++i) Pass(size() - 1, i);
}

std::set<OpId> UnitOfDevices::OpsOf(std::size_t at) {
  std::set<OpId> ops;
  const OpLog& log = devices_[at]->log();
  for (EntryNumber n = 1; n <= log.committed(); ++n) ops.insert(log.entry(n).op);
  return ops;
}

}  // namespace tram::sim
