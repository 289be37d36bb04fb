// What a command says to the program that holds the log, and what it hears back, through
// DIR/control.sock (tram/base/os_control.h). JSON; one request and one reply.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/output.h"

namespace tram::client {

inline constexpr char kControlSocket[] = "control.sock";

struct ControlRequest {
  std::vector<std::string> argv;  // without the program's name
  std::string cwd;
  Language language = Language::kVietnamese;
  bool json = false;
  std::optional<std::string> passphrase;
  /// Not 0: how is that sync going? `argv` is not run.
  std::uint64_t sync_ticket = 0;
};

struct ControlReply {
  Outcome outcome;
  /// Not 0: a sync is under way and `outcome` is empty; ask for it by this number.
  std::uint64_t sync_ticket = 0;
};

std::string EncodeControlRequest(const ControlRequest& request);
/// Errors: invalid.
Result<ControlRequest> DecodeControlRequest(std::string_view text);
std::string EncodeControlReply(const ControlReply& reply);
/// Errors: invalid.
Result<ControlReply> DecodeControlReply(std::string_view text);

}  // namespace tram::client
