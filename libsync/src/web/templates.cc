#include "tram/web/templates.h"

#include <array>
#include <kainjow/mustache.hpp>
#include <set>
#include <vector>

#include "tram/base/assert.h"

namespace tram {
namespace {

namespace mustache = kainjow::mustache;
using Json = nlohmann::ordered_json;

constexpr std::size_t kLanguages = 2;

Error Bad(std::string_view name, const std::string& what) {
  return MakeError(ErrorCode::kInvalid, "template " + std::string(name) + ": " + what);
}

mustache::data DataOf(const Json& json) {
  switch (json.type()) {
    case Json::value_t::object: {
      mustache::data object(mustache::data::type::object);
      for (const auto& [key, value] : json.items()) object.set(key, DataOf(value));
      return object;
    }
    case Json::value_t::array: {
      mustache::data list(mustache::data::type::list);
      for (const Json& item : json) list.push_back(DataOf(item));
      return list;
    }
    case Json::value_t::string: {
      const auto& text = json.get_ref<const std::string&>();
      return text.empty() ? mustache::data(false) : mustache::data(text);
    }
    case Json::value_t::boolean:
      return mustache::data(json.get<bool>());
    case Json::value_t::null:
      return mustache::data(false);
    default:
      return mustache::data(json.dump());
  }
}

/// One language of `text`.
Result<std::string> InLanguage(std::string_view name, std::string_view text, Language language) {
  std::string out;
  for (;;) {
    const std::size_t begin = text.find("[[");
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    const std::size_t end = text.find("]]", begin);
    if (end == std::string_view::npos) return Bad(name, "`[[` without `]]`");
    const std::string_view both = text.substr(begin + 2, end - begin - 2);
    const std::size_t bar = both.find('|');
    if (bar == std::string_view::npos || bar == 0 || bar + 1 == both.size() ||
        both.find('|', bar + 1) != std::string_view::npos) {
      return Bad(name, "`[[" + std::string(both) + "]]` must be `[[Vietnamese|English]]`");
    }
    out += language == Language::kVietnamese ? both.substr(0, bar) : both.substr(bar + 1);
    text.remove_prefix(end + 2);
  }
}

class Inliner {
 public:
  explicit Inliner(std::span<const Templates::Source> sources) : sources_(sources) {}

  /// `name`'s text with each `{{>partial}}` replaced.
  Result<std::string> Text(std::string_view name) {
    const Templates::Source* source = nullptr;
    for (const Templates::Source& known : sources_) {
      if (known.name == name) source = &known;
    }
    if (source == nullptr) return Bad(name, "there is no such template");
    if (!open_.insert(std::string(name)).second) return Bad(name, "it holds itself");
    std::string out;
    std::string_view rest = source->text;
    for (;;) {
      const std::size_t begin = rest.find("{{>");
      out += rest.substr(0, begin);
      if (begin == std::string_view::npos) break;
      const std::size_t end = rest.find("}}", begin);
      if (end == std::string_view::npos) return Bad(name, "`{{>` without `}}`");
      TRAM_ASSIGN(std::string partial, Text(rest.substr(begin + 3, end - begin - 3)));
      out += partial;
      rest.remove_prefix(end + 2);
    }
    open_.erase(std::string(name));
    return out;
  }

 private:
  std::span<const Templates::Source> sources_;
  std::set<std::string> open_;
};

}  // namespace

struct Templates::Compiled {
  std::array<std::unique_ptr<mustache::mustache>, kLanguages> by_language;
};

Templates::Templates() = default;
Templates::~Templates() = default;
Templates::Templates(Templates&&) noexcept = default;
Templates& Templates::operator=(Templates&&) noexcept = default;

Result<Templates> Templates::Load(std::span<const Source> sources) {
  Templates loaded;
  for (const Source& source : sources) {
    if (source.text.find("{{{") != std::string_view::npos ||
        source.text.find("{{&") != std::string_view::npos) {
      return Bad(source.name, "a value that is not escaped");
    }
    TRAM_ASSIGN(const std::string text, Inliner(sources).Text(source.name));
    Compiled compiled;
    for (Language language : {Language::kVietnamese, Language::kEnglish}) {
      TRAM_ASSIGN(const std::string words, InLanguage(source.name, text, language));
      auto parsed = std::make_unique<mustache::mustache>(words);
      if (!parsed->is_valid()) return Bad(source.name, parsed->error_message());
      compiled.by_language[static_cast<std::size_t>(language)] = std::move(parsed);
    }
    if (!loaded.compiled_.emplace(source.name, std::move(compiled)).second) {
      return Bad(source.name, "there are two of this name");
    }
  }
  return loaded;
}

std::string Templates::Render(std::string_view name, Language language, const Json& model) const {
  const auto found = compiled_.find(name);
  TRAM_ASSERT(found != compiled_.end());
  return found->second.by_language[static_cast<std::size_t>(language)]->render(DataOf(model));
}

}  // namespace tram
