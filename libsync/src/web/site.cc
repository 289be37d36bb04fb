#include "tram/web/site.h"

#include <algorithm>

#include "tram/base/hash.h"
#include "tram/web/guard.h"
#include "tram/web/multipart.h"

namespace tram {
namespace {

constexpr std::string_view kStatic = "/static/", kTemplateEnd = ".html";
constexpr std::size_t kVersionDigits = 12;

std::string_view ContentTypeOf(std::string_view name) {
  return name.ends_with(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
}

}  // namespace

std::optional<std::vector<std::string>> MatchPath(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parts;
  while (!pattern.empty() && !path.empty()) {
    if (pattern[0] != '/' || path[0] != '/') return std::nullopt;
    const std::string_view want = pattern.substr(1, pattern.find('/', 1) - 1);
    const std::string_view have = path.substr(1, path.find('/', 1) - 1);
    if (want == "{}") {
      if (have.empty()) return std::nullopt;
      parts.emplace_back(have);
    } else if (want != have) {
      return std::nullopt;
    }
    pattern.remove_prefix(1 + want.size());
    path.remove_prefix(1 + have.size());
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parts;
}

std::string SafeBack(std::string_view back) {
  // One slash: two begin another site's address. No control characters: they could end a header.
  const bool ours = back.starts_with('/') && !back.starts_with("//") &&
                    back.find('\\') == back.npos &&
                    std::none_of(back.begin(), back.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return ours ? std::string(back) : "/";
}

Result<HttpFields> ReadForm(const HttpRequest& request) {
  const std::string_view type = request.Header("content-type");
  if (!IsMultipart(type)) return DecodeForm(request.body);
  TRAM_ASSIGN(const std::vector<FormPart> parts, ParseMultipart(type, request.body));
  return FieldsOf(parts);
}

Result<Templates> LoadPageTemplates(std::span<const EmbeddedFile> files) {
  std::vector<Templates::Source> sources;
  for (const EmbeddedFile& file : files) {
    sources.push_back({file.name.substr(0, file.name.size() - kTemplateEnd.size()), file.bytes});
  }
  return Templates::Load(sources);
}

SiteAssets::SiteAssets(std::span<const EmbeddedFile> files) : files_(files) {
  Digest digest;
  for (const EmbeddedFile& file : files_) {
    digest = Blake2b160(digest.view(), {AsBytes(file.name), AsBytes(file.bytes)});
  }
  version_ = digest.Hex().substr(0, kVersionDigits);
}

std::optional<HttpResponse> SiteAssets::Give(const HttpRequest& request) const {
  if (!request.path.starts_with(kStatic) || Changes(request)) return std::nullopt;
  const std::string_view name = std::string_view(request.path).substr(kStatic.size());
  for (const EmbeddedFile& file : files_) {
    if (file.name != name) continue;
    HttpResponse response;
    response.content_type = ContentTypeOf(name);
    response.body = file.bytes;
    AddAssetHeaders(response);
    return response;
  }
  return TextResponse(404, "there is no such file");
}

}  // namespace tram
