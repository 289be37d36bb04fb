// Why something that came does not show as data, and what to do about it, in the person's language.
// Threads: the thread that owns the device.
#pragma once

#include <string>

#include "app/output.h"
#include "tram/session/unit_device.h"

namespace tram::client {

/// Why an op keeps its place and is not shown. HeldOp::reason says it in English, for logs.
enum class HeldWhy {
  kNewerFormat,    // a newer version of the program wrote it
  kUnreadable,     // so it seems
  kUnknownType,    // its record type is not in this device's programme
  kRecordIsHeld,   // the op that created its record is held itself
  kOfAnotherType,  // it says another record type than its record has
  kOfServer,       // the server wrote what it may not
};

/// Read off the op itself. Needs `held` to be of this device's view.
HeldWhy WhyHeld(UnitDevice& device, const HeldOp& held);
/// What happened, and the next step.
std::string HeldWords(const Output& out, HeldWhy why);
std::string RefusalWords(const Output& out, RefusalReason reason);

}  // namespace tram::client
