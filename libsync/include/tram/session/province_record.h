// A record that the province writes (RecordType::of_province), as the op that creates or changes
// it. It goes onto the feed of whoever writes for the province: the server, whose feed every device
// takes, or the maker of a made-up unit. All of it is clear: who writes it has no key.
// libsync/docs/programme.md, "Records of the province". Threads: pure functions.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "tram/model/op.h"
#include "tram/programme/programme.h"

namespace tram {

struct ProvinceRecord {
  const RecordType* type = nullptr;
  std::optional<RecordId> parent;
  std::map<std::uint32_t, Value> values;  // by field; sets are not written so
};

/// A change of one that is there: `record.values`, and no parent. `parents` are what stood in these
/// fields. Errors: as CreatingOpOf.
Result<Op> ChangingOpOf(const ProvinceRecord& record, const RecordId& id, std::vector<OpId> parents,
                        const DeviceId& writer, HybridTime time);

/// `writer` owns the feed that the op goes onto; `nonce` is random.
/// Errors: invalid (no type of the province; a field that it lacks, that is sealed or an answer).
Result<Op> CreatingOpOf(const ProvinceRecord& record, const DeviceId& writer, HybridTime time,
                        std::uint64_t nonce);

}  // namespace tram
