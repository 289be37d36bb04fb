// The interface for programs as an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.1), drawn from
// the table of its routes and from the data sets: what is not in them is not in it, and what is
// there cannot be left out. Threads: the owner's.
#pragma once

#include "web/api.h"

namespace tram::server {

/// "/api/v1/data/{name}".
std::string PathTemplate(const ApiRoute& route);
/// In the call's language.
Json OpenApi(const PageCall& call);

}  // namespace tram::server
