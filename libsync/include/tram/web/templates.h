// Templates: pages as Mustache text (mustache(5)), in Vietnamese and English at once.
//
// Words stand beside one another where they are shown: `[[Lưu|Save]]` is the one or the other;
// neither half holds `|` or `]]`. Values come from a JSON model: `{{name}}` is escaped for HTML
// text and quoted attributes; `{{{name}}}` and `{{&name}}` are refused. `{{>name}}` is replaced by
// that template's text when it is loaded. In a section, false, null, "" and [] count as nothing.
// Threads: one at a time.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "tram/base/language.h"
#include "tram/base/result.h"

namespace tram {

class Templates {
 public:
  struct Source {
    std::string_view name, text;
  };
  /// Errors: invalid (a text that does not parse, an unescaped value, a partial that is not there
  /// or that holds itself, words in one language only).
  static Result<Templates> Load(std::span<const Source> sources);
  ~Templates();
  Templates(Templates&&) noexcept;
  Templates& operator=(Templates&&) noexcept;

  /// Needs a name that was loaded.
  std::string Render(std::string_view name, Language language,
                     const nlohmann::ordered_json& model) const;

 private:
  Templates();
  struct Compiled;
  std::map<std::string, Compiled, std::less<>> compiled_;
};

}  // namespace tram
