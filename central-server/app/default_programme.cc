#include "app/default_programme.h"

#include <span>

#include "tram/base/embedded.h"

namespace tram {

std::span<const EmbeddedFile> DefaultProgrammeFiles();  // tram_embed

namespace server {

std::string_view DefaultProgramme() { return DefaultProgrammeFiles().front().bytes; }

}  // namespace server
}  // namespace tram
