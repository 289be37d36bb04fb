// The frozen envelope of an op and its opaque body.
#pragma once

#include "tram/base/limits.h"
#include "tram/model/op.h"
#include "wire/archive.h"

namespace tram::wire {

/// What follows the format and the device.
struct AfterDevice {
  explicit AfterDevice(Op& o) : op(o) {}
  Op& op;
};
template <class Archive>
void serialize(Archive& archive, AfterDevice& rest) {
  Op& op = rest.op;
  archive(Maybe(op.record), SortedList(op.parents, kParentsMax, OpId::kSize), ZigZag(op.time.ms),
          Blob(op.body, kOpBytesMax));
}

template <class Archive>
void serialize(Archive& archive, Op& op) {
  archive(Varint(op.format), op.device, AfterDevice(op));
}

}  // namespace tram::wire
