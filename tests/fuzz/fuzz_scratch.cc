#include "tests/fuzz/fuzz_scratch.h"

#include <unistd.h>

namespace tram::fuzz {
namespace {

struct Folder {
  Folder() {
    std::error_code code;
    const std::filesystem::path memory = "/dev/shm";
    path = std::filesystem::is_directory(memory, code) ? memory
                                                       : std::filesystem::temp_directory_path();
    path /= "tram-fuzz-" + std::to_string(::getpid());
    std::filesystem::remove_all(path, code);
    std::filesystem::create_directories(path);
  }
  ~Folder() {
    std::error_code code;
    std::filesystem::remove_all(path, code);
  }
  std::filesystem::path path;
};

}  // namespace

std::filesystem::path ScratchFile(const std::string& name) {
  static const Folder folder;
  return folder.path / name;
}

}  // namespace tram::fuzz
