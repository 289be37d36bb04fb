// CommandDesk: runs the commands that were sent to a running server through its control socket.
//
// The request is {argv, cwd, who}, the reply {exit, out, err}, both JSON. A command that takes long
// (verify, backup) gets a ticket at once: {ticket, what, done, all}; asking again with {ticket}
// says how far it is, and at last how it ended. So other commands are answered meanwhile. There is
// one long command at a time; it goes on where nobody asks for it any more.
// Threads: Answer on one thread; the desk starts one for a long command.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/run.h"

namespace tram::server {

struct ControlRequest {
  std::vector<std::string> argv;
  std::string cwd, who;
  std::uint64_t ticket = 0;  // not 0: of a long command that was sent before; then only this
};

struct ControlReply {
  Outcome outcome;           // where there is no ticket
  std::uint64_t ticket = 0;  // not 0: the command is still running; ask again
  std::string what;          // it is doing; may be empty
  std::size_t done = 0, all = 0;
};

std::string EncodeControlRequest(const ControlRequest& request);
/// Errors: invalid.
Result<ControlRequest> DecodeControlRequest(const std::string& text);
std::string EncodeControlReply(const ControlReply& reply);
/// Errors: invalid (another version's).
Result<ControlReply> DecodeControlReply(const std::string& text);

class CommandDesk {
 public:
  explicit CommandDesk(Owner& owner);
  ~CommandDesk();  // stops
  CommandDesk(const CommandDesk&) = delete;
  CommandDesk& operator=(const CommandDesk&) = delete;

  /// Tells a long command to stop, and waits for it. Not while Answer runs.
  void Stop();
  /// Never throws.
  std::string Answer(const std::string& request);

 private:
  struct LongCommand;
  ControlReply Run(const ControlRequest& request);
  ControlReply Begin(Invocation invocation, VerbContext context);
  ControlReply Progress(std::uint64_t ticket);

  Owner& owner_;
  std::uint64_t last_ticket_ = 0;
  std::unique_ptr<LongCommand> long_;  // the last one, ended or not
};

}  // namespace tram::server
