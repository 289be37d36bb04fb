#include "view/titles.h"

#include <algorithm>
#include <sstream>

#include "tram/base/vietnamese.h"

namespace tram {
namespace {

constexpr std::size_t kShortIdDigits = 10;  // as the programs print ids

/// No word holds a space, so none is found across the end of a field.
std::string SearchText(const RecordType& type, SandboxMode mode) {
  std::string text = "''";
  for (const std::string& name : type.search) {
    const Field* field = type.ByName(name);
    if (!field->clear && mode == SandboxMode::kClear) continue;
    text += " || ' ' || coalesce(" + Quoted(name) + ", '')";
  }
  return text;
}

std::vector<std::string> WordsOf(const std::string& folded) {
  std::istringstream in(folded);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

Result<TitledRecord> TitleOf(Sandbox& sandbox, SandboxMode mode, const NewRow& row, Date as_of) {
  const RecordType& type = row.plan.type();
  const RecordId& id = row.before->id;
  TitledRecord titled{id, id.Hex().substr(0, kShortIdDigits), false};
  if (type.shown_as.empty()) return titled;
  TRAM_ASSIGN(const std::string title, ShownAs(sandbox, mode, row, as_of));
  if (title.find_first_not_of(" \t\r\n") == std::string::npos) return titled;
  titled.title = title;
  titled.readable = true;
  return titled;
}

Result<std::vector<RecordId>> RecordsWith(Tables& tables, const RecordType& type,
                                          const std::string& words, SandboxMode mode, Date as_of) {
  TRAM_ASSIGN(const std::string wanted_text, Nfc(words));
  const std::vector<std::string> wanted = WordsOf(Fold(wanted_text));
  // What a person wrote never becomes SQL: the words are looked for here.
  const std::string text = wanted.empty() ? "''" : SearchText(type, mode);
  TRAM_ASSIGN(const ViewTable table,
              tables.Read("SELECT id, " + text + " FROM " + Quoted(type.name) +
                              " ORDER BY changed_ms DESC, id",
                          mode, as_of));
  std::vector<RecordId> found;
  for (const auto& row : table.rows) {
    const std::string folded = wanted.empty() ? "" : Fold(*row[1]);
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
      return folded.find(word) != std::string::npos;
    });
    if (!all) continue;
    TRAM_ASSIGN(const RecordId id, RecordId::FromHexText(*row[0]));
    found.push_back(id);
  }
  return found;
}

}  // namespace tram
