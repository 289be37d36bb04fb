// The programme that init loads where none is given: libsync/programmes/treatment.toml, built in.
#pragma once

#include <string_view>

namespace tram::server {

std::string_view DefaultProgramme();

}  // namespace tram::server
