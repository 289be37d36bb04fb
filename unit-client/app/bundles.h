// bundle write|read: a sync by file, for a unit without a network.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <vector>

#include "app/verb.h"

namespace tram::client {

struct BundleWriteOptions {
  std::string file;
  bool all = false;  // also what the server has: for another device of the unit
};

Status WriteBundleFile(Call& call, const BundleWriteOptions& options);
/// Bundles of other devices and answers of the server, in any order.
Status ReadBundleFiles(Call& call, const std::vector<std::string>& files);

}  // namespace tram::client
