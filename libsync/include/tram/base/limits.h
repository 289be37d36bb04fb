// Every limit on what a peer, a file or a person may give us, with its unit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tram {

inline constexpr std::size_t kOpBytesMax = 256 * 1024;        // canonical bytes of one op
inline constexpr std::size_t kParentsMax = 1024;              // parents of one op
inline constexpr std::size_t kEditsMax = 1024;                // edits of one op
inline constexpr std::size_t kTextBytesMax = 64 * 1024;       // one text value
inline constexpr std::size_t kOpsPerBatchMax = 4096;          // ops in one message
inline constexpr std::size_t kMessageBytesMax = 1024 * 1024;  // one message
// Ops of one message as canonical bytes. A batch of 256 KB with one largest op stays below: nothing
// in an op takes more than 21 times the room that it takes in a log.
inline constexpr std::size_t kMessageOpsBytesMax = 16 * 1024 * 1024;
// Canonical bytes of the ops of one piece: whoever relays it must be able to write it with all ids
// in full. A piece ends after 64 entries or 16 KB as they lie in a log, so that none that a device
// writes comes near.
inline constexpr std::size_t kPieceOpsBytesMax = 384 * 1024;
inline constexpr std::size_t kPiecesBytesMax = 384 * 1024;  // pieces of a message that is written
// All key entries of a unit, which must fit a message: six thousand persons.
inline constexpr std::size_t kKeyTableBytesMax = 256 * 1024;
inline constexpr std::size_t kBundleBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kLeavesMax = 4096;             // leaves listed in one message
inline constexpr std::size_t kSamplesMax = 64;              // samples of one leaf
inline constexpr std::size_t kPiecesMax = 1024;             // pieces in one message
inline constexpr std::size_t kKeyEntriesMax = 16384;        // key entries in one message
inline constexpr std::size_t kCheckpointEntries = 64;       // entries between checkpoints
inline constexpr std::size_t kCheckpointBytes = 16 * 1024;  // bytes between checkpoints
inline constexpr std::size_t kBatchBytesFirst = 16 * 1024;  // first batch of a sync
inline constexpr std::size_t kBatchBytesMost = 64 * 1024;   // batches grow up to this
inline constexpr std::size_t kRejectedRowsMax = 1000;       // per unit
inline constexpr std::size_t kStagedBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kProgrammeBytesMax = 1024 * 1024;
inline constexpr std::int64_t kClockSlackMs = 24LL * 3600 * 1000;  // protocol: time

}  // namespace tram
