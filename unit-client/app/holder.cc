#include "app/holder.h"

#include <utility>

namespace tram::client {
namespace {

/// A command that waits for a sync asks again this often; others are answered in between.
constexpr std::chrono::milliseconds kSyncPollMs{200};
constexpr std::chrono::milliseconds kTickMs{1000};

Outcome Stopping(Output& out) {
  return out.Finish(out.Fail(ErrorCode::kDisconnected,
                             "chương trình đang giữ dữ liệu vừa dừng: chạy lại lệnh",
                             "the program that holds the log is stopping: run the command again"));
}

}  // namespace

Holder::Holder(std::filesystem::path folder, std::unique_ptr<UnitDevice> device, RunOptions options,
               Clock& clock, Random& random, ReadVerb read_verb, Tell tell)
    : folder_(std::move(folder)),
      device_(std::move(device)),
      options_(std::move(options)),
      clock_(clock),
      random_(random),
      read_verb_(std::move(read_verb)),
      tell_(std::move(tell)) {}

Result<std::unique_ptr<ControlServer>> Holder::Listen() {
  return ControlServer::Listen(folder_ / kControlSocket, [this](const std::string& text) {
    auto request = DecodeControlRequest(text);
    if (request) return EncodeControlReply(Answer(*request));
    Output out(Language::kVietnamese, false);
    return EncodeControlReply({out.Finish(request.error()), 0});
  });
}

Status Holder::BeginWork() {
  if (!device_->server_url().empty()) {
    loop_ = std::make_unique<SyncLoop>(
        [this] {
          sync_running_ = true;
          SyncOutcome outcome = SyncOnce(
              options_.ca_file, [this](std::size_t, std::size_t left) { sync_left_ops_ = left; });
          sync_running_ = false;
          return outcome;
        },
        random_, std::chrono::seconds(options_.every_s));
  }
  TRAM_ASSIGN(control_, Listen());
  if (loop_) syncing_ = std::jthread([this](const std::stop_token& end) { loop_->Run(end); });
  return {};
}

void Holder::EndWork() {
  http_.Cancel();  // also where the device failed
  syncing_ = std::jthread();
  control_.reset();
}

Status Holder::OpenUnit() {
  TRAM_ASSIGN(device_, UnitDevice::Open(folder_, clock_, random_));
  return BeginWork();
}

Status Holder::Run(const std::stop_token& stop, Guest* guest) {
  guest_ = guest;
  if (device_) TRAM_TRY(BeginWork());
  std::stop_callback close(stop, [this] {
    queue_.Close();
    http_.Cancel();
  });
  Status begun = guest_ == nullptr ? Status() : guest_->Begin(*this);
  if (begun) {
    tell_("ready");
    queue_.Run(kTickMs, [this] {
      if (guest_ != nullptr) guest_->Tick();
    });
    if (guest_ != nullptr) guest_->End();
  }
  queue_.Close();
  EndWork();
  return begun ? failure_ : begun;
}

bool Holder::Post(std::function<void()> task) {
  return queue_.Post([this, task = std::move(task)] { RunTask(task); });
}

void Holder::RunTask(const std::function<void()>& task) {
  const UnitDevice* const before_device = device_.get();
  const EntryNumber before = device_ ? device_->log().committed() : 0;
  task();
  if (!device_) return;
  const bool wrote = device_.get() != before_device || device_->log().committed() != before;
  CheckHealth();
  if (wrote && loop_) loop_->NoteWrite();
}

SyncState Holder::sync_state() const {
  SyncState state;
  state.has_server = loop_ != nullptr;
  state.running = sync_running_;
  state.left_ops = sync_left_ops_;
  if (loop_) state.next_in = loop_->NextIn();
  return state;
}

void Holder::AskSync() {
  if (loop_) loop_->Ask();
}

Result<SyncOutcome> Holder::SyncAlone(
    const std::string& ca_file, const std::function<void(std::size_t, std::size_t)>& progress) {
  sync_alone_ = true;
  TRAM_ASSIGN(std::unique_ptr<ControlServer> control, Listen());
  SyncOutcome outcome;
  {
    std::jthread syncing([&] {
      outcome = SyncOnce(ca_file, progress);
      queue_.Close();
    });
    queue_.Run(kTickMs, [] {});
  }
  control.reset();
  if (!failure_) return failure_.error();
  return outcome;
}

void Holder::CheckHealth() {
  // With nothing pending a commit is a question: does this log still work?
  if (device_->log().Commit()) return;
  tell_("writing failed; the unit is closed and opened again");
  ++generation_;
  device_.reset();
  auto again = UnitDevice::Open(folder_, clock_, random_);
  if (again) {
    device_ = std::move(*again);
    tell_("the unit is open again, and locked");
    if (guest_ != nullptr) guest_->Reopened();
    return;
  }
  failure_ = again.error();
  queue_.Close();
}

SyncOutcome Holder::SyncOnce(const std::string& ca_file,
                             const std::function<void(std::size_t, std::size_t)>& progress) {
  std::uint64_t began = 0;
  queue_.Call([&] { began = generation_; });
  SyncOutcome outcome = RunSync(
      [this, began](const std::function<void(UnitDevice&)>& task) {
        bool ran = false;
        return queue_.Call([&] {
          if (generation_ != began || !device_) return;
          task(*device_);
          ran = true;
          CheckHealth();
        }) && ran;
      },
      http_, clock_, ca_file, progress);
  if (!outcome.status && !sync_alone_) {
    tell_("sync: " + OneLine(outcome.status.error().message));
  }
  return outcome;
}

ControlReply Holder::Answer(const ControlRequest& request) {
  Output out(request.language, request.json);
  if (request.sync_ticket != 0) {
    if (!loop_) return {Stopping(out), 0};
    auto done = loop_->Wait(request.sync_ticket, kSyncPollMs);
    if (!done) return {{}, request.sync_ticket};
    return {out.Finish(SaySync(out, *done)), 0};
  }
  auto verb = read_verb_(request.argv);
  if (!verb) {
    Outcome outcome = out.Finish(verb.error());
    outcome.exit = 2;
    return {outcome, 0};
  }
  if (verb->kind == Verb::Kind::kSync && loop_) return {{}, loop_->Ask()};
  if (verb->kind == Verb::Kind::kSync && sync_alone_) {
    return {out.Finish(out.Fail(ErrorCode::kExists, "một lần đồng bộ khác đang chạy: đợi nó xong",
                                "another sync is under way: wait for it to end")),
            0};
  }
  if (verb->kind == Verb::Kind::kFolder || verb->kind == Verb::Kind::kRun) {
    return {out.Finish(out.Fail(ErrorCode::kExists, "đơn vị này đang chạy rồi",
                                "this unit is running already")),
            0};
  }
  return {OnDevice(request, *verb), 0};
}

Outcome Holder::OnDevice(const ControlRequest& request, const Verb& verb) {
  Outcome outcome;
  const bool ran = queue_.Call([&] { RunTask([&] { outcome = RunOnOwner(request, verb); }); });
  if (ran) return outcome;
  Output out(request.language, request.json);
  return Stopping(out);
}

Outcome Holder::RunOnOwner(const ControlRequest& request, const Verb& verb) {
  Output out(request.language, request.json);
  if (verb.kind == Verb::Kind::kSync) {
    return out.Finish(MakeError(ErrorCode::kInvalid,
                                "this unit has no server; carry its records with: unit-client "
                                "bundle write"));
  }
  if (verb.kind != Verb::Kind::kDevice) return LockOrUnlock(out, request, verb);
  return Execute(verb, {*device_, out, clock_, random_, request.cwd}, request.passphrase);
}

Outcome Holder::LockOrUnlock(Output& out, const ControlRequest& request, const Verb& verb) {
  if (verb.kind == Verb::Kind::kUnlock && !device_->unlocked()) {
    if (!request.passphrase) {
      Outcome outcome = out.Finish(out.Fail(
          ErrorCode::kDenied, "cho biết mật khẩu bằng --passphrase-file hoặc biến TRAM_PASSPHRASE",
          "give the passphrase by --passphrase-file or TRAM_PASSPHRASE"));
      outcome.needs_passphrase = true;
      return outcome;
    }
    if (Status unlocked = device_->Unlock(*request.passphrase); !unlocked) {
      return out.Finish(unlocked);
    }
  } else if (verb.kind == Verb::Kind::kLock && device_->unlocked()) {
    device_->Lock();
  }
  out.document() = {{"locked", !device_->unlocked()}};
  if (device_->unlocked()) {
    out.Say("đã mở khoá", "unlocked");
  } else {
    out.Say("đã khoá; vẫn ghi nhận và đồng bộ", "locked; it still syncs");
  }
  return out.Finish({});
}

}  // namespace tram::client
