// Files that are part of a program: pages' templates, styles, the programme that it begins with.
// Made by tram_embed (libsync/embed.cmake). Threads: immutable.
#pragma once

#include <span>
#include <string_view>

namespace tram {

struct EmbeddedFile {
  std::string_view name;  // without folders: "today.html"
  std::string_view bytes;
};

}  // namespace tram
