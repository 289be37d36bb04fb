// Multipart: forms that carry files, multipart/form-data as browsers send it (RFC 7578; RFC 2046,
// section 5.1). Strict: what no browser sends (a preamble, nested parts, coded content) is refused.
//
// Nothing is copied: the parts point into the body, which may hold a bundle of 256 MiB.
// Threads: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "tram/base/result.h"
#include "tram/web/http.h"

namespace tram {

inline constexpr std::size_t kMultipartPartsMax = 64;
inline constexpr std::size_t kMultipartHeadBytesMax = 4096;  // of one part

struct FormPart {
  std::string_view name;
  bool is_file = false;
  std::string_view file_name;  // as sent; empty where no file was chosen
  std::string_view content;
};

/// Whether a request's Content-Type says multipart/form-data.
bool IsMultipart(std::string_view content_type);
/// `body` must outlive the parts.
/// Errors: invalid (another content type, no or a wrong boundary, a part cut off or without a name,
/// more parts or a longer head than there may be).
Result<std::vector<FormPart>> ParseMultipart(std::string_view content_type, std::string_view body);
/// The parts that are no files, as an ordinary form has them.
HttpFields FieldsOf(std::span<const FormPart> parts);
/// The first file under `name`; null where there is none.
const FormPart* FileOf(std::span<const FormPart> parts, std::string_view name);

}  // namespace tram
