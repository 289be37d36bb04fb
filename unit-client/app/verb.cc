#include "app/verb.h"

#include <exception>

namespace tram::client {
namespace {

Status RunVerb(const Verb& verb, Call& call) {
  try {
    return verb.on_device(call);
  } catch (const std::exception& problem) {  // of a library: a request is an edge
    return MakeError(ErrorCode::kIo,
                     std::string("the command failed unexpectedly: ") + problem.what());
  }
}

}  // namespace

Outcome Execute(const Verb& verb, Call call, const std::optional<std::string>& passphrase) {
  UnitDevice& device = call.device;
  const bool was_unlocked = device.unlocked();
  if (!was_unlocked && verb.key != Verb::Key::kNotNeeded) {
    if (passphrase) {
      if (Status unlocked = device.Unlock(*passphrase); !unlocked) {
        return call.out.Finish(unlocked);
      }
    } else if (verb.key == Verb::Key::kNeeded) {
      Outcome outcome = call.out.Finish(call.out.Fail(
          ErrorCode::kDenied,
          "đơn vị đang khoá: cho biết mật khẩu bằng --passphrase-file hoặc biến TRAM_PASSPHRASE",
          "the unit is locked: give the passphrase by --passphrase-file or TRAM_PASSPHRASE"));
      outcome.needs_passphrase = true;
      return outcome;
    }
  }
  Outcome outcome = call.out.Finish(RunVerb(verb, call));
  if (!was_unlocked && device.unlocked()) device.Lock();
  return outcome;
}

}  // namespace tram::client
