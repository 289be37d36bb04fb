#include "tram/web/multipart.h"

#include <algorithm>
#include <optional>

namespace tram {
namespace {

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046, section 5.1.1
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kDashes = "--";

Error Bad(const char* what) {
  return MakeError(ErrorCode::kInvalid, std::string("an uploaded form cannot be read: ") + what);
}

char LowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool SameWord(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return LowerOf(x) == LowerOf(y); });
}

void SkipSpaces(std::string_view& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
}

std::string_view WithoutSpacesAtEnd(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// Takes what stands before a ';' (or all), without the spaces around it.
std::string_view TakeWord(std::string_view& text) {
  SkipSpaces(text);
  const std::string_view word = text.substr(0, text.find(';'));
  text.remove_prefix(word.size());
  return WithoutSpacesAtEnd(word);
}

bool IsToken(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < 127 &&
           std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
  });
}

struct Parameter {
  std::string_view name, value;
};

/// Takes "; name=value" or "; name="value"" from the front. Nothing: it is no parameter. Browsers
/// write a quote in a value as %22, so that a value ends at the first one.
std::optional<Parameter> TakeParameter(std::string_view& text) {
  SkipSpaces(text);
  if (!text.starts_with(';')) return std::nullopt;
  text.remove_prefix(1);
  SkipSpaces(text);
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Parameter parameter{text.substr(0, equals), {}};
  text.remove_prefix(equals + 1);
  if (!IsToken(parameter.name)) return std::nullopt;
  if (!text.starts_with('"')) {
    parameter.value = TakeWord(text);
    if (!IsToken(parameter.value)) return std::nullopt;
    return parameter;
  }
  const std::size_t end = text.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  parameter.value = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return parameter;
}

bool IsBoundary(std::string_view text) {
  constexpr std::string_view kMore = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= kBoundaryMax && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= '0' && c <= '9') || (LowerOf(c) >= 'a' && LowerOf(c) <= 'z') ||
                  kMore.find(c) != std::string_view::npos;
         });
}

Result<std::string_view> BoundaryOf(std::string_view content_type) {
  std::string_view rest = content_type;
  if (!SameWord(TakeWord(rest), "multipart/form-data")) {
    return Bad("it is no multipart/form-data");
  }
  std::optional<std::string_view> boundary;
  while (!rest.empty()) {
    const auto parameter = TakeParameter(rest);
    if (!parameter) return Bad("its content type is damaged");
    if (!SameWord(parameter->name, "boundary")) continue;
    if (boundary) return Bad("it has two boundaries");
    boundary = parameter->value;
  }
  if (!boundary || !IsBoundary(*boundary)) return Bad("it has no boundary");
  return *boundary;
}

Status ReadDisposition(std::string_view value, FormPart& part) {
  if (!SameWord(TakeWord(value), "form-data")) return Bad("a part is no form-data");
  bool named = false;
  while (!value.empty()) {
    const auto parameter = TakeParameter(value);
    if (!parameter) return Bad("a part's Content-Disposition is damaged");
    if (SameWord(parameter->name, "name")) {
      if (named) return Bad("a part has two names");
      part.name = parameter->value;
      named = true;
    } else if (SameWord(parameter->name, "filename")) {
      if (part.is_file) return Bad("a part has two file names");
      part.file_name = parameter->value;
      part.is_file = true;
    }
  }
  if (!named || part.name.empty()) return Bad("a part has no name");
  return {};
}

/// Lines of a part's head, without the empty one behind it.
Status ReadHead(std::string_view head, FormPart& part) {
  bool disposed = false;
  while (!head.empty()) {
    const std::size_t end = head.find(kLineEnd);
    if (end == std::string_view::npos) return Bad("a part's head is damaged");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + kLineEnd.size());
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon)) ||
        line.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) {
      return Bad("a part's head is damaged");
    }
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 1);
    if (SameWord(name, "Content-Disposition")) {
      if (disposed) return Bad("a part says twice what it is");
      TRAM_TRY(ReadDisposition(value, part));
      disposed = true;
    } else if (SameWord(name, "Content-Transfer-Encoding")) {
      return Bad("a part is coded");  // RFC 7578, section 4.7: deprecated, nobody sends it
    }
  }
  if (!disposed) return Bad("a part does not say what it is");
  return {};
}

}  // namespace

bool IsMultipart(std::string_view content_type) {
  return SameWord(TakeWord(content_type), "multipart/form-data");
}

Result<std::vector<FormPart>> ParseMultipart(std::string_view content_type, std::string_view body) {
  TRAM_ASSIGN(const std::string_view boundary, BoundaryOf(content_type));
  const std::string delimiter =
      std::string(kLineEnd) + std::string(kDashes) + std::string(boundary);
  const std::string_view first = std::string_view(delimiter).substr(kLineEnd.size());
  if (!body.starts_with(first)) return Bad("it does not begin with its boundary");
  body.remove_prefix(first.size());
  std::vector<FormPart> parts;
  while (!body.starts_with(kDashes)) {
    if (!body.starts_with(kLineEnd)) return Bad("a boundary is no line of its own");
    body.remove_prefix(kLineEnd.size());
    if (parts.size() == kMultipartPartsMax) return Bad("it has too many parts");
    // A head ends with its last line's end and an empty line.
    const std::string_view near = body.substr(0, kMultipartHeadBytesMax);
    const std::size_t end = near.find("\r\n\r\n");
    if (end == std::string_view::npos) return Bad("a part's head is cut off or too long");
    FormPart part;
    TRAM_TRY(ReadHead(body.substr(0, end + kLineEnd.size()), part));
    body.remove_prefix(end + 2 * kLineEnd.size());
    const std::size_t next = body.find(delimiter);
    if (next == std::string_view::npos) return Bad("a part is cut off");
    part.content = body.substr(0, next);
    body.remove_prefix(next + delimiter.size());
    parts.push_back(part);
  }
  body.remove_prefix(kDashes.size());
  if (body != kLineEnd && !body.empty()) return Bad("something follows its end");
  return parts;
}

HttpFields FieldsOf(std::span<const FormPart> parts) {
  HttpFields fields;
  for (const FormPart& part : parts) {
    if (!part.is_file) fields.emplace(part.name, part.content);
  }
  return fields;
}

const FormPart* FileOf(std::span<const FormPart> parts, std::string_view name) {
  auto found = std::find_if(parts.begin(), parts.end(), [&](const FormPart& part) {
    return part.is_file && part.name == name;
  });
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace tram
