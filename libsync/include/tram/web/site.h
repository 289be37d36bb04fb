// Site: what every door to pages needs, whatever stands behind it: addresses matched with patterns,
// forms read, templates and assets that are part of the program.
// Threads: pure functions; a SiteAssets is immutable.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tram/base/embedded.h"
#include "tram/web/http.h"
#include "tram/web/templates.h"

namespace tram {

/// What stands for each `{}` of `pattern` ("/record/{}/edit"), never empty; nothing where `path` is
/// another.
std::optional<std::vector<std::string>> MatchPath(std::string_view pattern, std::string_view path);

/// A path of ours that a person may be sent back to; "/" for anything else.
std::string SafeBack(std::string_view back);

/// Whether it may change something: what is not asked for with GET or HEAD.
inline bool Changes(const HttpRequest& request) {
  return request.method != "GET" && request.method != "HEAD";
}

/// The fields of a form; of one that carries files, those that are none. Errors: invalid.
Result<HttpFields> ReadForm(const HttpRequest& request);

/// "NAME.html" is the template NAME. Errors: those of Templates::Load.
Result<Templates> LoadPageTemplates(std::span<const EmbeddedFile> files);

/// Styles and scripts, under /static/. Their address holds `version`, so that they may be kept.
class SiteAssets {
 public:
  explicit SiteAssets(std::span<const EmbeddedFile> files);
  const std::string& version() const { return version_; }
  /// Nothing where `request` is for no asset; 404 where it is for one that is not there.
  std::optional<HttpResponse> Give(const HttpRequest& request) const;

 private:
  std::span<const EmbeddedFile> files_;
  std::string version_;
};

}  // namespace tram
