// The provinces that a new server knows. Threads: constants.
#pragma once

#include <cstddef>
#include <iterator>

namespace tram::server {

struct ProvinceFact {
  const char* code;
  const char* name;
  const char* successor;  // code since 2025-07-01; "" where the province is of that time
};

extern const ProvinceFact kProvincesBefore[];
extern const std::size_t kProvincesBeforeCount;
extern const ProvinceFact kProvincesSince[];
extern const std::size_t kProvincesSinceCount;

}  // namespace tram::server
