#include "tests/e2e/unit_client/unit_fixture.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/support/paths.h"
#include "tram/crypto/membership.h"
#include "tram/programme/signing.h"
#include "tram/session/unit_device.h"

namespace tram::test {
namespace {

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

UnitClient::UnitClient()
    : server_(SigningKey::Generate(SystemRandom())),
      authority_(SigningKey::Generate(SystemRandom())) {}

std::string UnitClient::SignedProgramme(const std::string& from, const std::string& to) {
  std::string toml = ReadWhole(test::InSource("libsync/programmes/treatment.toml"));
  if (!from.empty()) {
    const std::size_t at = toml.find(from);
    EXPECT_NE(at, std::string::npos);
    toml.replace(at, from.size(), to);
  }
  return WriteSignedProgramme({authority_.Sign(ProgrammeStatement(toml)), toml});
}

RealDevice UnitClient::Found(const std::string& name, const std::string& server_url) {
  Founding founding;
  founding.unit = SystemRandom().NewId<UnitId>();
  founding.unit_name = "Trạm thử";
  founding.server = server_.id();
  founding.server_url = server_url;
  founding.programme_key = authority_.id();
  founding.programme = SignedProgramme();
  founding.device_seed = SecretKey::Generate(SystemRandom());
  founding.unit_key = SecretKey::Generate(SystemRandom());
  founding.passphrase = kTestPassphrase;
  const DeviceId device = SigningKey::FromSeed(founding.device_seed.Copy()).id();
  founding.keys = {EnrolDevice(founding.unit, device, HybridTime{SystemClock().WallMs()}, server_)};
  Status found = UnitDevice::Found(scratch_ / name, founding, SystemClock(), SystemRandom());
  EXPECT_TRUE(found) << found.error().message;
  return RealDevice(scratch_ / name);
}

RealDevice UnitClient::Join(const RealDevice& inviter, const std::string& name) {
  const std::string file = Path(name + ".invitation");
  const std::string code = inviter.Json({"invite", file}).value("code", "");
  RealDevice device(scratch_ / name);
  RunResult run = device.Run({"init", "--invite", file}, {{"TRAM_CODE", code}});
  EXPECT_EQ(run.exit, 0) << run.err;
  return device;
}

std::string UnitClient::Add(const RealDevice& device, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "add");
  return device.Json(arguments).value("id", "");
}

void UnitClient::Carry(const RealDevice& from, const RealDevice& to) {
  const std::string file = Path("carried.bundle");
  from.Json({"bundle", "write", file, "--all"});
  to.Json({"bundle", "read", file});
}

void UnitClient::Write(const std::string& name, const std::string& text) {
  std::filesystem::create_directories((scratch_ / name).parent_path());
  std::ofstream(scratch_ / name, std::ios::binary) << text;
}

std::string UnitClient::Read(const std::string& name) { return ReadWhole(scratch_ / name); }

void ExpectRefused(const RunResult& run, const std::string& words) {
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  EXPECT_NE(run.err.find(words), std::string::npos) << run.err;
}

}  // namespace tram::test
