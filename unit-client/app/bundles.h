// bundle write|read: a sync by file, for a unit without a network.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <vector>

#include "app/verb.h"
#include "tram/session/bundle.h"

namespace tram::client {

struct BundleWriteOptions {
  std::string file;
  bool all = false;  // also what the server has: for another device of the unit
};

/// What reading bundles brought.
struct BundleSums {
  std::size_t new_ops = 0, answers = 0;
  std::vector<Refusal> refusals;  // without what only waits for another bundle
};

/// Committed on return: the answer to this bundle is recognised later.
/// Errors: invalid (too large) | io.
Result<WrittenBundle> MakeBundle(Call& call, bool all);
/// Takes one bundle, of another device or the server's answer, into the log and the view.
/// Errors: invalid | too_new | denied (of another unit, its writer is no member, a wrong
/// signature): nothing was taken | io.
Status TakeBundle(Call& call, std::string_view file, BundleSums& sums);

Status WriteBundleFile(Call& call, const BundleWriteOptions& options);
/// Bundles of other devices and answers of the server, in any order.
Status ReadBundleFiles(Call& call, const std::vector<std::string>& files);

}  // namespace tram::client
