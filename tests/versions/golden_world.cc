#include "tests/versions/golden_world.h"

#include <fstream>

#include "tests/support/paths.h"
#include "tests/versions/store_facts.h"
#include "tram/base/os_file.h"
#include "tram/session/bundle.h"
#include "tram/wire/op_codec.h"

namespace tram::versions {
namespace {

namespace fs = std::filesystem;

constexpr int kClients = 24;
constexpr std::uint32_t kUnknownType = 77;

void WriteText(const fs::path& path, const std::string& text) {
  Must(WriteFileAtomically(path, AsBytes(text)));
}

/// An op of `device` that no form writes: of a type or a format from later.
void WriteStrange(UnitDevice& device, std::uint32_t format) {
  OpBody body;
  body.type = kUnknownType;
  body.nonce = device.own().NewNonce();
  body.edits = {{16, std::string("từ một bản mới hơn")}};
  Op op;
  op.format = format;
  op.device = device.device();
  op.time = device.time().Next({});
  op.body = EncodeBody(body);
  device.own().Append(op);
  Must(device.log().Commit());
  Must(device.RefreshView());
}

/// One unit's story on two devices and a server, told into a folder.
class Story {
 public:
  explicit Story(const fs::path& folder) : folder_(folder) {}

  void Tell() {
    clock_.Set(DateOf(2025, 10, 6));
    TestServer::Create(folder_ / "server",
                       *LoadProgramme(TextOf(GoldenFolder(1) / "programme.toml")), clock_, random_);
    server_ = std::make_unique<TestServer>(folder_ / "server", clock_, random_);
    const server::Unit unit = server_->AddUnit("GS-01", "24");
    const server::Unit second = server_->AddUnit("GS-02", "56");
    a_ = FoundDevice(folder_ / "device", server_->Enrol(unit, random_), clock_, random_);
    Clients();
    SecondDevice();
    Concurrently();
    Copied();
    SecondUnit(second);
    TheYearIsReleased();
    Beside();
    Close();
  }

 private:
  void NextDay() { clock_.ms += 24 * 3'600'000LL; }

  void Clients() {
    worker_ = Save(*a_, {"worker", {}, {}, {{"display_name", "Y sĩ Mai (bịa)"}}});
    Must(a_->SetAuthor(worker_));
    for (int i = 0; i < kClients; ++i) {
      const std::string number = std::to_string(i + 1);
      const std::string sex = i % 3 == 0 ? "female" : "male";
      clients_.push_back(Save(*a_, {"client",
                                    {},
                                    {},
                                    {{"full_name", "Người Bịa Số " + number},
                                     {"sex", sex},
                                     {"birth_year", std::to_string(1970 + i)}}}));
      episodes_.push_back(Save(*a_, {"episode",
                                     {},
                                     clients_.back(),
                                     {{"intake_date", IsoDate(LocalDate(clock_.ms))},
                                      {"drugs", i % 2 == 0 ? "heroin" : "heroin|cannabis"},
                                      {"weight", std::to_string(50 + i) + ".5"}}}));
      if (i % 2 == 0) NextDay();
    }
    sessions_.push_back(Save(*a_, {"session",
                                   {},
                                   episodes_[0],
                                   {{"date", "2025-10-20"},
                                    {"use", "lapse"},
                                    {"use_date", "2025-10-18"},
                                    {"note", "Đã gặp gia đình, hẹn tuần sau."},
                                    {"family", "1"},
                                    {"topics", "heroin|ketamine"},
                                    {"held_by", worker_.Hex()}}}));
    sessions_.push_back(
        Save(*a_, {"session", {}, episodes_[1], {{"date", "2025-10-21"}, {"use", "relapse"}}}));
    Sync(*a_, *server_);
  }

  void SecondDevice() {
    NextDay();
    b_ = JoinDevice(scratch_ / "b", *a_, clock_, random_);
    server_->Welcome(*b_);
    Sync(*b_, *server_);
    Must(b_->SetAuthor(Save(*b_, {"worker", {}, {}, {{"display_name", "Bs. Lan (bịa)"}}})));
    Save(*b_, {"client", {}, {}, {{"full_name", "Người Của Máy Hai"}, {"sex", "other"}}});
  }

  /// Conflicts of every kind, and what settles without one.
  void Concurrently() {
    Save(*a_, {"client", clients_[0], {}, {{"phone", "0900000001"}, {"sex", "female"}}});
    Save(*b_, {"client", clients_[0], {}, {{"phone", "0900000002"}}});
    Save(*a_, {"session", sessions_[0], {}, {{"use", "none"}, {"use_date", ""}}});
    Save(*b_, {"session", sessions_[0], {}, {{"use", "relapse"}, {"use_date", "2025-10-19"}}});
    Save(*a_, {"episode", episodes_[0], {}, {{"drugs", "ketamine"}, {"end_date", "2025-12-01"}}});
    Save(*b_, {"episode", episodes_[0], {}, {{"drugs", "heroin|cannabis"}}});
    Must(a_->Delete(clients_[3], "ghi hai lần", std::nullopt));
    Must(a_->Delete(clients_[4], "", std::nullopt));
    Save(*b_, {"client", clients_[4], {}, {{"phone", "0900000004"}}});
    Must(a_->MergeInto(clients_[6], clients_[5]));
    NextDay();
    for (int round = 0; round < 2; ++round) {
      Sync(*a_, *server_);
      Sync(*b_, *server_);
    }
  }

  /// The first device's folder is copied, and both go on until they meet.
  void Copied() {
    a_.reset();
    fs::copy(folder_ / "device", scratch_ / "copy", fs::copy_options::recursive);
    a_ = OpenDevice(folder_ / "device", clock_, random_);
    auto copy = OpenDevice(scratch_ / "copy", clock_, random_);
    Save(*a_, {"client", {}, {}, {{"full_name", "Của Máy"}, {"sex", "male"}}});
    NextDay();
    Save(*copy, {"client", {}, {}, {{"full_name", "Của Bản Sao"}, {"sex", "female"}}});
    Sync(*a_, *server_);
    Sync(*copy, *server_);
    Sync(*a_, *server_);
    Save(*a_, {"client", {}, {}, {{"full_name", "Sau Khi Biết"}, {"sex", "male"}}});
    Sync(*a_, *server_);
  }

  void SecondUnit(const server::Unit& unit) {
    auto device = FoundDevice(scratch_ / "second", server_->Enrol(unit, random_), clock_, random_);
    for (int i = 0; i < 10; ++i) {
      const RecordId client =
          Save(*device, {"client",
                         {},
                         {},
                         {{"full_name", "Người Đơn Vị Hai " + std::to_string(i)},
                          {"sex", i % 2 == 0 ? "female" : "male"}}});
      Save(*device,
           {"episode", {}, client, {{"intake_date", "2025-11-0" + std::to_string(i % 9 + 1)}}});
    }
    Sync(*device, *server_);
    Must(server_->state().store().units().SetMembership(unit.number,
                                                        {"24", DateOf(2026, 1, 1), {}}));
  }

  void TheYearIsReleased() {
    server_->Work();
    clock_.Set(DateOf(2026, 1, 4), 1);
    server_->Work();
    clock_.Set(GoldenToday());
  }

  /// What lies beside the log or is not shown: staged, rejected, held, erased, not yet sent.
  void Beside() {
    Sync(*b_, *server_);
    WriteStrange(*b_, kOpFormat);
    WriteStrange(*b_, kOpFormat + 1);
    Sync(*b_, *server_);
    Sync(*a_, *server_);
    a_->log().AddKey({KeyEntry::Kind::kTombstone, ToBytes(clients_[7].view()), {}});
    Must(a_->log().Commit());
    Must(a_->RefreshView());
    Sync(*a_, *server_);
    Stage();
    Reject();
    Save(*a_, {"client", clients_[1], {}, {{"phone", "0900000009"}}});
    Save(*a_, {"session",
               {},
               episodes_[2],
               {{"date", "2026-01-14"}, {"use", "none"}, {"note", "Chưa gửi."}}});
  }

  /// What the second device wrote since the first one knew everything, from entry `first` on.
  WrittenBundle BundleFrom(EntryNumber first) {
    Known known(b_->log());
    for (const Leaf& leaf : a_->log().Leaves()) known.Add(leaf.chain);
    known.Add(b_->log().entry(first - 1).chain);
    return Must(WriteBundle(b_->replica(), known, b_->signing_key(), b_->own().id(),
                            b_->time().Estimate(), random_));
  }

  /// Two bundles of the second device; the first device reads the later one only.
  void Stage() {
    Save(*b_, {"client", {}, {}, {{"full_name", "Trong Gói Thứ Nhất"}, {"sex", "male"}}});
    const WrittenBundle first = BundleFrom(b_->log().size());
    Save(*b_, {"client", {}, {}, {{"full_name", "Trong Gói Thứ Hai"}, {"sex", "female"}}});
    const WrittenBundle later = BundleFrom(b_->log().size());
    WriteText(folder_ / "first.bundle", std::string(AsText(first.file)));
    Must(ReadBundle(a_->replica(), &a_->own(), later.file));
    Must(a_->RefreshView());
  }

  void Reject() {
    const Known known(b_->log());
    Outgoing outgoing = b_->replica().Choose(known, 1, {}, &b_->signing_key(),
                                             b_->time().Estimate(), std::nullopt, std::nullopt);
    outgoing.pieces.resize(1);
    outgoing.pieces[0].checkpoint->time.ms += 1;
    a_->replica().TakePieces(outgoing.pieces, outgoing.bases, nullptr, Digest{}, false);
    Must(a_->log().Commit());
  }

  void Close() {
    WriteText(folder_ / "device.txt", DeviceFacts(*a_, GoldenToday()));
    WriteText(folder_ / "server.txt", ServerFacts(*server_, GoldenFirstMonth(), GoldenToday()));
    Must(a_->database().Execute("VACUUM"));
    Must(server_->state().store().database().Execute("VACUUM"));
    a_.reset();
    server_.reset();
    fs::remove(folder_ / "device" / "lock");
    fs::remove(folder_ / "server" / "lock");
  }

  fs::path folder_;
  test::ScratchFolder scratch_;
  SetClock clock_;
  SeededRandom random_{2026};
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<UnitDevice> a_, b_;
  RecordId worker_;
  std::vector<RecordId> clients_, episodes_, sessions_;
};

}  // namespace

fs::path GoldenFolder(int version) {
  return test::InSource("tests/golden/store") / std::to_string(version);
}

std::int64_t GoldenNowMs() { return StartOfLocalDay(GoldenToday()) + 9 * 3'600'000LL; }

void WriteGoldenStores(const fs::path& folder) { Story(folder).Tell(); }

}  // namespace tram::versions
