#include "cli/command_desk.h"

#include <chrono>

namespace tram::server {
namespace {

/// Who asks for a long command waits so long for news; other commands wait as long at most.
constexpr std::chrono::milliseconds kNewsMs{100};

std::string Dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Outcome Failed(const std::string& why) { return {1, "", "central-server: " + why + "\n"}; }

std::string TextOf(const Json& json, const char* name) {
  return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
}

std::uint64_t NumberOf(const Json& json, const char* name) {
  return json.contains(name) && json[name].is_number_unsigned() ? json[name].get<std::uint64_t>()
                                                                : 0;
}

}  // namespace

std::string EncodeControlRequest(const ControlRequest& request) {
  if (request.ticket != 0) return Dumped({{"ticket", request.ticket}});
  return Dumped({{"argv", request.argv}, {"cwd", request.cwd}, {"who", request.who}});
}

Result<ControlRequest> DecodeControlRequest(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  ControlRequest request;
  if (json.is_object() && NumberOf(json, "ticket") != 0) {
    request.ticket = NumberOf(json, "ticket");
    return request;
  }
  if (!json.is_object() || !json.contains("argv") || !json["argv"].is_array() ||
      !json.contains("cwd") || !json.contains("who")) {
    return MakeError(ErrorCode::kInvalid, "the request could not be read: use the same version");
  }
  for (const Json& argument : json["argv"]) {
    if (argument.is_string()) request.argv.push_back(argument.get<std::string>());
  }
  request.cwd = TextOf(json, "cwd");
  request.who = TextOf(json, "who");
  return request;
}

std::string EncodeControlReply(const ControlReply& reply) {
  if (reply.ticket != 0) {
    return Dumped(
        {{"ticket", reply.ticket}, {"what", reply.what}, {"done", reply.done}, {"all", reply.all}});
  }
  return Dumped(
      {{"exit", reply.outcome.exit}, {"out", reply.outcome.out}, {"err", reply.outcome.err}});
}

Result<ControlReply> DecodeControlReply(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  ControlReply reply;
  if (json.is_object() && NumberOf(json, "ticket") != 0) {
    reply.ticket = NumberOf(json, "ticket");
    reply.what = TextOf(json, "what");
    reply.done = NumberOf(json, "done");
    reply.all = NumberOf(json, "all");
    return reply;
  }
  if (!json.is_object() || !json.contains("exit") || !json["exit"].is_number_integer()) {
    return MakeError(ErrorCode::kInvalid,
                     "the running server is of another version: stop it first");
  }
  reply.outcome = {json["exit"].get<int>(), TextOf(json, "out"), TextOf(json, "err")};
  return reply;
}

struct CommandDesk::LongCommand {
  std::uint64_t ticket = 0;
  std::mutex mutex;
  std::condition_variable ended;
  std::string what;
  std::size_t done = 0, all = 0;
  std::optional<Outcome> outcome;
  std::jthread thread;  // last: it ends before what it uses
};

CommandDesk::CommandDesk(Owner& owner) : owner_(owner) {}
CommandDesk::~CommandDesk() { Stop(); }

void CommandDesk::Stop() { long_.reset(); }

std::string CommandDesk::Answer(const std::string& request) {
  Result<ControlRequest> decoded = DecodeControlRequest(request);
  if (!decoded) return EncodeControlReply({Failed(decoded.error().message), 0, "", 0, 0});
  return EncodeControlReply(decoded->ticket != 0 ? Progress(decoded->ticket) : Run(*decoded));
}

ControlReply CommandDesk::Run(const ControlRequest& request) {
  auto parsed = ParseCommandLine(request.argv);
  auto* invocation = std::get_if<Invocation>(&parsed);
  if (invocation == nullptr || invocation->kind != Invocation::Kind::kVerb) {
    return {Failed("the request could not be read: use the same version"), 0, "", 0, 0};
  }
  VerbContext context{owner_, request.who, request.cwd, invocation->language, nullptr};
  if (invocation->takes_long) return Begin(std::move(*invocation), std::move(context));
  return {Render(*invocation, invocation->run(context)), 0, "", 0, 0};
}

ControlReply CommandDesk::Begin(Invocation invocation, VerbContext context) {
  if (long_ != nullptr) {
    std::lock_guard lock(long_->mutex);
    if (!long_->outcome) {
      return {Failed("a backup or verify is under way: try again when it has ended"), 0, "", 0, 0};
    }
  }
  long_ = std::make_unique<LongCommand>();
  long_->ticket = ++last_ticket_;
  context.progress = [command = long_.get()](const std::string& what, std::size_t done,
                                             std::size_t all) {
    std::lock_guard lock(command->mutex);
    command->what = what;
    command->done = done;
    command->all = all;
  };
  long_->thread = std::jthread([command = long_.get(), invocation = std::move(invocation),
                                context = std::move(context)](std::stop_token stop) mutable {
    context.stop = std::move(stop);
    Outcome outcome = Render(invocation, invocation.run(context));
    std::lock_guard lock(command->mutex);
    command->outcome = std::move(outcome);
    command->ended.notify_all();
  });
  return Progress(long_->ticket);
}

ControlReply CommandDesk::Progress(std::uint64_t ticket) {
  if (long_ == nullptr || long_->ticket != ticket) {
    return {Failed("how this command ended is not known any more: look for its file"), 0, "", 0, 0};
  }
  std::unique_lock lock(long_->mutex);
  long_->ended.wait_for(lock, kNewsMs, [this] { return long_->outcome.has_value(); });
  if (long_->outcome) return {*long_->outcome, 0, "", 0, 0};
  return {{}, ticket, long_->what, long_->done, long_->all};
}

}  // namespace tram::server
