// How many files and sockets this process may have open.
#pragma once

#include <cstddef>

namespace tram {

/// Raises the process's limit towards `wanted`, as far as it may without rights, and gives the
/// limit that holds then. Never lowers it.
std::size_t RaiseDescriptorLimit(std::size_t wanted);

}  // namespace tram
