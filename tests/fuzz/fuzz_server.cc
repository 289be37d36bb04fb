#include "tests/fuzz/fuzz_server.h"

#include <spdlog/spdlog.h>

#include <fstream>
#include <future>

#include "app/unit_import.h"
#include "tests/fuzz/fuzz_scratch.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/base/os_file.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kStoreBytesMax = 16 << 20;
constexpr int kInputsMax = 2000;  // refused enrolments leave a line each in the audit trail
constexpr std::int64_t kMinuteMs = 60'000;

constexpr char kProgramme[] = R"(
name = "visits"
version = 1
title = { vi = "Lượt khám", en = "Visits" }

[[record]]
number = 16
name = "visit"
vi = "Lượt khám"
en = "Visit"
many = { vi = "Lượt khám", en = "Visits" }
fields = [
  { number = 16, name = "date", type = "date", clear = true, vi = "Ngày", en = "Date" },
]
)";

std::filesystem::path Folder() {
  const std::filesystem::path folder = ScratchFile("server");
  std::filesystem::create_directories(folder);
  return folder;
}

std::unique_ptr<server::ServerState> OpenState(Clock& clock, Random& random) {
  auto state = server::ServerState::Open(Folder(), clock, random);
  Promise(state.has_value(), "the small server opens");
  return std::move(*state);
}

/// Two units: the first has a device, the second a code.
std::string MakeFile(Clock& clock) {
  spdlog::set_level(spdlog::level::off);
  CountedRandom random(11);
  const std::filesystem::path path = Folder() / server::kDatabaseName;
  std::filesystem::remove(path);
  auto programme = Programme::Load(kProgramme, "small.toml");
  Promise(programme && server::ServerStore::Create(path, **programme, clock, random),
          "the small server is made");
  {
    const auto state = OpenState(clock, random);
    const Date from = DateOf(2020, 1, 1);
    const server::Unit unit = server::AddUnit(*state, "A", "A", "", {"01", from, {}}).value();
    const server::Unit second = server::AddUnit(*state, "B", "B", "", {"01", from, {}}).value();
    const std::string code =
        server::IssueCode(*state, unit, server::kCodeHoursDefault, "made").value().code;
    server::EnrolmentDesk desk(*state);
    Promise(desk.Enrol({World::One().key(1).id(), code, {}, {}}, "127.0.0.1").has_value(),
            "the small server has a device");
    Promise(server::IssueCode(*state, second, server::kCodeHoursDefault, "made").has_value(),
            "the small server has a code");
  }
  return ReadFile(path, kStoreBytesMax).value();
}

}  // namespace

SmallServer& SmallServer::Fresh() {
  static std::unique_ptr<SmallServer> now;
  if (now && (now->Figures() != now->made_ || ++now->inputs_ > kInputsMax)) now.reset();
  if (!now) now.reset(new SmallServer());
  return *now;
}

SmallServer::SmallServer() {
  static const std::string file = MakeFile(clock_);
  const std::filesystem::path path = Folder() / server::kDatabaseName;
  for (const char* beside : {"-wal", "-shm"}) std::filesystem::remove(path.string() + beside);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << file;
  state_ = OpenState(clock_, random_);
  unit_ = state_->store().units().ByCode("A").value().id;
  owner_ = std::make_unique<server::OwnerThread>(*state_);
  service_ = std::make_unique<server::HttpService>(*owner_, *state_);
  made_ = Figures();
}

SmallServer::~SmallServer() { owner_->Stop(); }

HttpResponse SmallServer::Handle(HttpRequest request) {
  clock_.steady_ms += kMinuteMs;  // wrong codes are counted by the minute
  std::promise<HttpResponse> answered;
  service_->Handle(std::move(request),
                   [&](HttpResponse response) { answered.set_value(std::move(response)); });
  return answered.get_future().get();
}

std::string SmallServer::Figures() {
  std::string figures;
  const Status done = owner_->Do([&](server::ServerState& state, server::RollupWorker&) -> Status {
    for (const char* code : {"A", "B"}) {
      TRAM_ASSIGN(server::Unit unit, state.store().units().ByCode(code));
      TRAM_ASSIGN(server::OpenUnit * open, state.units().Open(unit.id));
      TRAM_ASSIGN(auto devices, state.store().devices().OfUnit(unit.number));
      figures += std::to_string(open->log->size()) + " " + open->log->DigestOfKeys().Hex() + " " +
                 std::to_string(open->log->Leaves().size()) + " " +
                 std::to_string(open->log->rejected().size()) + " " +
                 std::to_string(devices.size()) + "\n";
    }
    return {};
  });
  Promise(done.has_value(), "the small server can be asked");
  return figures;
}

}  // namespace tram::fuzz
