#include "cli/program.h"

#include <optional>

#include "app/control.h"
#include "app/holder.h"
#include "app/sync_run.h"
#include "tram/base/os_control.h"
#include "tram/base/os_file.h"
#include "tram/base/os_process.h"
#include "web/serving.h"

namespace tram::client {
namespace {

constexpr std::size_t kSecretBytesMax = 4096;
constexpr char kPassphraseVariable[] = "TRAM_PASSPHRASE";

class Program {
 public:
  Program(const std::vector<std::string>& argv, Arguments arguments, const Surroundings& around)
      : argv_(argv),
        arguments_(std::move(arguments)),
        around_(around),
        folder_(around.cwd / arguments_.data) {}

  int Run();

 private:
  Output NewOutput() const;
  int Print(const Outcome& outcome) const;
  Result<std::string> Secret(const std::string& file, const char* variable,
                             const std::string& prompt) const;
  /// Nothing where none is given by file or variable. Errors: those of the file.
  Result<std::optional<std::string>> GivenPassphrase() const;
  Result<std::string> NewPassphrase() const;
  std::string PassphrasePrompt() const;
  FolderCall NewFolderCall(Output& out) const;

  Outcome OnFolder();
  /// The device opens here: the verb runs here.
  Outcome OnDevice(std::unique_ptr<UnitDevice> device);
  Holder NewHolder(std::unique_ptr<UnitDevice> device) const;
  Outcome SyncHere(std::unique_ptr<UnitDevice> device);
  Outcome Hold(std::unique_ptr<UnitDevice> device);
  /// Pages of this folder are served by another process: shows them.
  Outcome ServedAlready();
  Outcome NotOpen(const Error& error);
  /// Another process holds the device: asks it.
  Outcome AskHolder();
  Result<ControlReply> AskOnce(const ControlRequest& request) const;

  const std::vector<std::string>& argv_;
  Arguments arguments_;
  const Surroundings& around_;
  std::filesystem::path folder_;
};

Output Program::NewOutput() const {
  Output out(arguments_.language, arguments_.json);
  if (around_.err_is_terminal) {
    out.progress = [this](std::size_t done, std::size_t all) {
      around_.err(fmt::format("\r{} / {} ", done, all));
      if (done >= all) around_.err("\r\x1b[K");  // the line is cleared for what follows
    };
  }
  return out;
}

int Program::Print(const Outcome& outcome) const {
  around_.err(outcome.err);
  around_.out(outcome.out);
  return outcome.exit;
}

std::string FirstLine(std::string text) {
  text.erase(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

Result<std::string> Program::Secret(const std::string& file, const char* variable,
                                    const std::string& prompt) const {
  if (!file.empty()) {
    TRAM_ASSIGN(std::string text, ReadFile(around_.cwd / file, kSecretBytesMax));
    return FirstLine(std::move(text));
  }
  if (auto value = around_.variable(variable); value && !value->empty()) return *value;
  auto typed = around_.prompt(prompt);
  if (typed) return typed;
  return NewOutput().Fail(ErrorCode::kDenied, "cần {}: cho bằng tệp, biến {} hoặc trên màn hình",
                          "this is needed: {}; give it by a file, by {} or on a terminal",
                          OneLine(prompt), variable);
}

std::string Program::PassphrasePrompt() const {
  return NewOutput().Words("Mật khẩu: ", "Passphrase: ");
}

Result<std::optional<std::string>> Program::GivenPassphrase() const {
  if (!arguments_.passphrase_file.empty()) {
    TRAM_ASSIGN(std::string text,
                ReadFile(around_.cwd / arguments_.passphrase_file, kSecretBytesMax));
    return std::optional<std::string>(FirstLine(std::move(text)));
  }
  auto value = around_.variable(kPassphraseVariable);
  if (value && value->empty()) return std::optional<std::string>();
  return value;
}

Result<std::string> Program::NewPassphrase() const {
  TRAM_ASSIGN(std::optional<std::string> given, GivenPassphrase());
  if (given) return *given;
  TRAM_ASSIGN(std::string first, Secret("", kPassphraseVariable, PassphrasePrompt()));
  TRAM_ASSIGN(std::string second,
              Secret("", kPassphraseVariable,
                     NewOutput().Words("Gõ lại mật khẩu: ", "The passphrase once more: ")));
  if (first == second) return first;
  return NewOutput().Fail(ErrorCode::kInvalid, "hai lần gõ mật khẩu không giống nhau: làm lại",
                          "the two passphrases differ: start again");
}

FolderCall Program::NewFolderCall(Output& out) const {
  return {folder_,
          out,
          around_.clock,
          around_.random,
          around_.cwd,
          [this](const std::string& file, const char* variable, const std::string& prompt) {
            return Secret(file, variable, prompt);
          },
          [this] { return NewPassphrase(); }};
}

Outcome Program::OnFolder() {
  Output out = NewOutput();
  FolderCall call = NewFolderCall(out);
  return out.Finish(arguments_.verb.on_folder(call));
}

Holder Program::NewHolder(std::unique_ptr<UnitDevice> device) const {
  auto read_verb = [this](const std::vector<std::string>& argv) -> Result<Verb> {
    auto read = ReadArguments(argv, around_.variable);
    if (auto* arguments = std::get_if<Arguments>(&read)) return std::move(arguments->verb);
    return MakeError(ErrorCode::kInvalid, OneLine(std::get<UsageText>(read).text));
  };
  return Holder(folder_, std::move(device), arguments_.verb.run, around_.clock, around_.random,
                read_verb, [this](const std::string& line) { around_.err(line + "\n"); });
}

Outcome Program::SyncHere(std::unique_ptr<UnitDevice> device) {
  Output out = NewOutput();
  auto progress = [&](std::size_t, std::size_t left) {
    if (around_.err_is_terminal) {
      around_.err("\r" + out.Words("còn chờ xác nhận: {}   ", "waiting: {}   ", left));
    }
  };
  auto outcome = NewHolder(std::move(device)).SyncAlone(arguments_.verb.sync.ca_file, progress);
  if (around_.err_is_terminal) around_.err("\r\x1b[K");
  return out.Finish(outcome ? SaySync(out, *outcome) : Status(outcome.error()));
}

Outcome Program::Hold(std::unique_ptr<UnitDevice> device) {
  Output out = NewOutput();
  auto passphrase = GivenPassphrase();
  if (!passphrase) return out.Finish(passphrase.error());
  if (device && *passphrase) {
    if (Status unlocked = device->Unlock(**passphrase); !unlocked) return out.Finish(unlocked);
  }
  const RunOptions& run = arguments_.verb.run;
  Holder holder = NewHolder(std::move(device));
  if (!run.serve) return out.Finish(holder.Run(around_.stop_on_signal()));
  Serving pages({*run.serve, folder_, around_.cwd, arguments_.language,
                 [this](const std::string& line) { around_.err(line + "\n"); }},
                around_.clock, around_.random);
  return out.Finish(holder.Run(around_.stop_on_signal(), &pages));
}

Outcome Program::ServedAlready() {
  Output out = NewOutput();
  auto address = ReadFile(folder_ / kAddressFile, kSecretBytesMax);
  if (!address) {
    return out.Finish(out.Fail(ErrorCode::kExists, "{} đang được một chương trình khác giữ",
                               "another process holds {}", folder_.string()));
  }
  out.Say("chương trình đang chạy rồi: {}", "the program is running already: {}", *address);
  if (arguments_.verb.run.serve->browser) OpenInBrowser(*address);
  return out.Finish({});
}

Outcome Program::OnDevice(std::unique_ptr<UnitDevice> device) {
  const Verb& verb = arguments_.verb;
  Output out = NewOutput();
  if (verb.kind == Verb::Kind::kSync) return SyncHere(std::move(device));
  if (verb.kind == Verb::Kind::kRun) return Hold(std::move(device));
  if (verb.kind == Verb::Kind::kLock || verb.kind == Verb::Kind::kUnlock) {
    return out.Finish(out.Fail(ErrorCode::kNotFound, "không có unit-client run nào đang giữ {}",
                               "no unit-client run holds {}", folder_.string()));
  }
  auto passphrase = GivenPassphrase();
  if (passphrase && !*passphrase && verb.key == Verb::Key::kNeeded) {
    auto typed = around_.prompt(PassphrasePrompt());
    if (typed) passphrase = std::optional<std::string>(*typed);
  }
  if (!passphrase) return out.Finish(passphrase.error());
  return Execute(verb, {*device, out, around_.clock, around_.random, around_.cwd}, *passphrase);
}

Result<ControlReply> Program::AskOnce(const ControlRequest& request) const {
  TRAM_ASSIGN(std::string text,
              AskControl(folder_ / kControlSocket, EncodeControlRequest(request)));
  return DecodeControlReply(text);
}

Outcome Program::AskHolder() {
  Output out = NewOutput();
  auto passphrase = GivenPassphrase();
  if (!passphrase) return out.Finish(passphrase.error());
  ControlRequest request{argv_,           around_.cwd.string(), arguments_.language,
                         arguments_.json, *passphrase,          0};
  auto reply = AskOnce(request);
  if (reply && reply->outcome.needs_passphrase) {
    if (auto typed = around_.prompt(PassphrasePrompt())) {
      request.passphrase = *typed;
      reply = AskOnce(request);
    }
  }
  while (reply && reply->sync_ticket != 0) {
    request.sync_ticket = reply->sync_ticket;
    reply = AskOnce(request);
  }
  if (reply) return reply->outcome;
  if (reply.error().code != ErrorCode::kNotFound) return out.Finish(reply.error());
  return out.Finish(
      out.Fail(ErrorCode::kExists, "một lệnh khác đang dùng {}: đợi nó xong rồi chạy lại",
               "another command is using {}: wait for it to end and try again", folder_.string()));
}

Outcome Program::NotOpen(const Error& error) {
  Output out = NewOutput();
  FolderCall call = NewFolderCall(out);
  const bool damaged = error.code == ErrorCode::kCorrupt || error.code == ErrorCode::kInvalid;
  if (damaged && arguments_.verb.on_damaged) {
    return out.Finish(arguments_.verb.on_damaged(call, error));
  }
  return out.Finish(error);
}

int Program::Run() {
  if (arguments_.verb.kind == Verb::Kind::kFolder) return Print(OnFolder());
  auto device = UnitDevice::Open(folder_, around_.clock, around_.random);
  if (device) return Print(OnDevice(std::move(*device)));
  const bool serve = arguments_.verb.kind == Verb::Kind::kRun && arguments_.verb.run.serve;
  if (serve && device.error().code == ErrorCode::kNotFound) {  // the first start
    if (Status made = MakePrivateFolder(folder_); !made) {
      return Print(NewOutput().Finish(made));
    }
    return Print(Hold(nullptr));
  }
  if (serve && device.error().code == ErrorCode::kExists) return Print(ServedAlready());
  if (device.error().code != ErrorCode::kExists) return Print(NotOpen(device.error()));
  if (arguments_.verb.kind != Verb::Kind::kRun) return Print(AskHolder());
  Output out = NewOutput();
  return Print(out.Finish(out.Fail(ErrorCode::kExists, "{} đang được một chương trình khác giữ",
                                   "another process holds {}", folder_.string())));
}

}  // namespace

int RunProgram(const std::vector<std::string>& argv, const Surroundings& surroundings) {
  auto read = ReadArguments(argv, surroundings.variable);
  if (const auto* usage = std::get_if<UsageText>(&read)) {
    (usage->exit == 0 ? surroundings.out : surroundings.err)(usage->text);
    return usage->exit;
  }
  return Program(argv, std::move(std::get<Arguments>(read)), surroundings).Run();
}

}  // namespace tram::client
