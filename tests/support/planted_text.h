// PlantedText: texts that occur nowhere by chance, put into a program to see where they come out
// again. A search finds them in every form in which a program might have written them: the letters
// (NFC, NFD, lower and upper case, folded) in UTF-8, UTF-16, hexadecimal digits, Base64 at every
// alignment, percent-encoded or escaped as in JSON, and the syllable bytes that stand in a blob
// before it is sealed; also inside of zstd frames. Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tram::test {

class PlantedText {
 public:
  /// Two sets with different `series` plant different texts.
  explicit PlantedText(std::size_t series = 0) : series_(series) {}

  /// A new text of 11 characters, one word, in NFC; `where` is what a hit will say.
  std::string Plant(const std::string& where);
  /// A new text of eight words that the syllable bytes have a code for: on its way to a sealed blob
  /// it has no letter in common with what was typed.
  std::string PlantWords(const std::string& where);
  /// Looks out for this text too: UTF-8 in NFC, at least 8 bytes when folded.
  void Watch(const std::string& where, const std::string& text);

  struct Found {
    std::string where;  // as given to Plant
    std::string form;   // "NFD, hexadecimal"
  };
  /// What of all that was planted is in `bytes`, in whatever form; each (where, form) once.
  std::vector<Found> Search(std::string_view bytes) const;
  /// In a file, or in every file below a folder; `where` then begins with the file's path.
  std::vector<Found> SearchFiles(const std::filesystem::path& path) const;

 private:
  struct Needle {
    std::string bytes;
    Found found;
  };
  void Add(const std::string& where, const std::string& form, std::string bytes);
  void AddSyllables(const std::string& where, const std::string& form, const std::string& text);
  std::size_t NextNumber();
  void SearchRaw(std::string_view bytes, std::set<std::size_t>& found) const;

  std::size_t series_;
  std::size_t planted_ = 0;
  std::vector<Needle> needles_;
  /// By their first eight bytes.
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_head_;
  std::vector<bool> first_two_ = std::vector<bool>(65536);
};

}  // namespace tram::test
