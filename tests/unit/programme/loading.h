// Programmes for the tests of this part.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/paths.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"
#include "tram/programme/programme.h"

namespace tram {

/// A programme that comes with the project; nothing, and a failure, where it does not load.
inline std::shared_ptr<const Programme> LoadFile(const std::string& name) {
  const std::filesystem::path path = test::InSource("libsync/programmes") / name;
  auto text = ReadFile(path, kProgrammeBytesMax);
  if (!text) {
    ADD_FAILURE() << text.error().message;
    return nullptr;
  }
  auto programme = Programme::Load(*text, name);
  if (!programme) {
    ADD_FAILURE() << programme.error().message;
    return nullptr;
  }
  return *programme;
}

inline std::shared_ptr<const Programme> MustLoad(const std::string& toml) {
  auto programme = Programme::Load(toml, "test.toml");
  if (!programme) {
    ADD_FAILURE() << programme.error().message;
    return nullptr;
  }
  return *programme;
}

}  // namespace tram
