// What comes through the control sockets of both programs: JSON, and the arguments in it.
#include "app/control.h"
#include "cli/arguments.h"
#include "cli/command_desk.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"

namespace tram::fuzz {
namespace {

void TryServer(const std::string& text) {
  const auto request = server::DecodeControlRequest(text);
  if (request) {
    const std::string written = server::EncodeControlRequest(*request);
    const auto again = server::DecodeControlRequest(written);
    Promise(again && server::EncodeControlRequest(*again) == written,
            "the server's request comes back as it was");
    (void)server::ParseCommandLine(request->argv);
  }
  const auto reply = server::DecodeControlReply(text);
  if (!reply) return;
  const std::string written = server::EncodeControlReply(*reply);
  const auto again = server::DecodeControlReply(written);
  Promise(again && server::EncodeControlReply(*again) == written,
          "the server's reply comes back as it was");
}

void TryClient(const std::string& text) {
  const auto request = client::DecodeControlRequest(text);
  if (request) {
    const std::string written = client::EncodeControlRequest(*request);
    const auto again = client::DecodeControlRequest(written);
    Promise(again && client::EncodeControlRequest(*again) == written,
            "the client's request comes back as it was");
    (void)client::ReadArguments(request->argv, [](const char*) { return std::nullopt; });
  }
  const auto reply = client::DecodeControlReply(text);
  if (!reply) return;
  const std::string written = client::EncodeControlReply(*reply);
  const auto again = client::DecodeControlReply(written);
  Promise(again && client::EncodeControlReply(*again) == written,
          "the client's reply comes back as it was");
}

/// Arguments alone, one a line.
void TryArguments(std::string_view text) {
  std::vector<std::string> argv;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    argv.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  (void)server::ParseCommandLine(argv);
  (void)client::ReadArguments(argv, [](const char*) { return std::nullopt; });
}

}  // namespace

void FuzzControl(ByteView bytes) {
  FuzzInput input(bytes);
  switch (input.Below(3)) {
    case 0:
      return TryServer(std::string(AsText(input.Rest())));
    case 1:
      return TryClient(std::string(AsText(input.Rest())));
    default:
      return TryArguments(AsText(input.Rest()));
  }
}

}  // namespace tram::fuzz
