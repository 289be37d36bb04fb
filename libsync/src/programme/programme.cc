#include "tram/programme/programme.h"

#include <algorithm>

#include "programme/draft.h"
#include "tram/base/hash.h"

namespace tram {
namespace {

constexpr std::size_t kProblemsShownMax = 50;

template <class Items, class Is>
auto* Find(const Items& items, Is is) {
  auto found = std::find_if(items.begin(), items.end(), is);
  return found == items.end() ? nullptr : &*found;
}

template <class Items>
auto* FindName(const Items& items, std::string_view name) {
  return Find(items, [&](const auto& item) { return item.name == name; });
}

template <class Items>
auto* FindNumber(const Items& items, std::uint32_t number) {
  return Find(items, [&](const auto& item) { return item.number == number; });
}

}  // namespace

const CodeValue* CodeList::ByName(std::string_view code) const { return FindName(values, code); }
const CodeValue* CodeList::ByNumber(std::uint32_t number) const {
  return FindNumber(values, number);
}

const Field* RecordType::ByName(std::string_view field) const { return FindName(fields, field); }
const Field* RecordType::ByNumber(std::uint32_t field) const { return FindNumber(fields, field); }

const RecordType* Programme::ByName(std::string_view record) const {
  return FindName(records, record);
}
const RecordType* Programme::ByNumber(std::uint32_t record) const {
  return FindNumber(records, record);
}
const CodeList* Programme::Codes(std::string_view list) const { return FindName(code_lists, list); }
const Indicator* Programme::IndicatorByName(std::string_view indicator) const {
  return FindName(indicators, indicator);
}

void Problems::Add(std::size_t line, std::string_view place, std::string_view what) {
  std::string text(what);
  std::replace(text.begin(), text.end(), '\n', ' ');
  lines_[line].push_back("[" + std::string(place) + "] " + text);
}

Error Problems::ToError() const {
  std::string text;
  std::size_t shown = 0;
  for (const auto& [line, problems] : lines_) {
    for (const std::string& problem : problems) {
      if (shown++ == kProblemsShownMax) {
        return MakeError(ErrorCode::kInvalid, text + "\nand more: correct these first");
      }
      if (!text.empty()) text += '\n';
      text += file_ + ":" + std::to_string(line) + ": " + problem;
    }
  }
  return MakeError(ErrorCode::kInvalid, text);
}

Result<std::shared_ptr<const Programme>> Programme::Load(std::string_view toml,
                                                         std::string_view file_name) {
  Draft draft(file_name);
  ReadDraft(toml, draft);
  if (draft.problems.none()) CheckDraft(draft);
  if (draft.problems.none()) CompileDraft(draft);
  if (!draft.problems.none()) return draft.problems.ToError();
  draft.programme.text = toml;
  draft.programme.digest = Blake2b160({}, {AsBytes(toml)});
  return std::make_shared<const Programme>(std::move(draft.programme));
}

}  // namespace tram
