// An OpenAPI document, against the published schema of OpenAPI 3.1, and answers, against what the
// document says of them; by node and ajv (openapi_check.mjs, beside this file).
// Threads: one test.
#pragma once

#include <string>
#include <vector>

namespace tram::test {

/// What is missing on this computer, for a test that then skips; "" where nothing is.
std::string OpenApiCheckMissing();

struct ApiAnswer {
  std::string path;  // as it was asked for, with its query
  int status = 0;
  std::string type;  // of the content; "" where there is none
  std::string body;
};

/// A line for each thing that is wrong: in the document, in an answer, or where a path of the
/// document has no answer of status 200 here.
std::vector<std::string> CheckOpenApi(const std::string& document,
                                      const std::vector<ApiAnswer>& answers);

}  // namespace tram::test
