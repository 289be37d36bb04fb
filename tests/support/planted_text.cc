#include "tests/support/planted_text.h"

#include <gtest/gtest.h>
#include <utf8proc.h>
#include <zstd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>

#include "tram/base/assert.h"
#include "tram/base/bytes.h"
#include "tram/base/vietnamese.h"
#include "tram/wire/syllable_text.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kSeriesSize = 10'000;
// Prime to the number of middles, (15 * 5)^3: no two texts are equal, and neighbours differ much.
constexpr std::size_t kStep = 7919;
constexpr std::string_view kFrameMagic = "\x28\xb5\x2f\xfd";
constexpr std::size_t kFrameBytesMin = 16, kFrameContentMax = 4 * 1024 * 1024;

std::vector<utf8proc_int32_t> CodePoints(std::string_view text) {
  std::vector<utf8proc_int32_t> points;
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t n = utf8proc_iterate(at, left, &point);
    TRAM_ASSERT(n > 0);
    points.push_back(point);
    at += n;
    left -= n;
  }
  return points;
}

std::string Cased(std::string_view text, utf8proc_int32_t (*change)(utf8proc_int32_t)) {
  std::string cased;
  for (utf8proc_int32_t point : CodePoints(text)) {
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t n = utf8proc_encode_char(change(point), bytes);
    cased.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(n));
  }
  return cased;
}

std::string Nfd(const std::string& text) {
  auto* made = utf8proc_NFD(reinterpret_cast<const utf8proc_uint8_t*>(text.c_str()));
  TRAM_ASSERT(made != nullptr);
  std::string nfd(reinterpret_cast<const char*>(made));
  std::free(made);
  return nfd;
}

/// Of the first plane only, as Vietnamese is.
std::string Utf16(std::string_view text, bool little_endian) {
  std::string units;
  for (utf8proc_int32_t point : CodePoints(text)) {
    const char low = static_cast<char>(point & 0xff), high = static_cast<char>(point >> 8 & 0xff);
    units += little_endian ? low : high;
    units += little_endian ? high : low;
  }
  return units;
}

/// Only what is not ASCII is written by number, in `format`; `per_byte`: each byte of UTF-8.
std::string Escaped(std::string_view text, const char* format, bool per_byte) {
  std::string escaped;
  auto put = [&](utf8proc_int32_t number) {
    char shown[16];
    std::snprintf(shown, sizeof shown, format, static_cast<unsigned>(number));
    escaped += number < 0x80 ? std::string(1, static_cast<char>(number)) : std::string(shown);
  };
  if (per_byte) {
    for (char c : text) put(static_cast<unsigned char>(c));
  } else {
    for (utf8proc_int32_t point : CodePoints(text)) put(point);
  }
  return escaped;
}

/// The characters of Base64 that depend on `text` alone, where it begins `alignment` bytes after a
/// multiple of three.
std::string InnerBase64(std::string_view text, std::size_t alignment, const char* last_two) {
  std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  alphabet += last_two;
  std::string inner;
  for (std::size_t i = (3 - alignment) % 3; i + 3 <= text.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | static_cast<unsigned char>(text[i + j]);
    }
    for (int shift = 18; shift >= 0; shift -= 6) inner += alphabet[group >> shift & 63];
  }
  return inner;
}

std::string Upper(std::string text) { return Cased(text, utf8proc_toupper); }

std::uint64_t Head(const char* bytes) {
  std::uint64_t head;
  std::memcpy(&head, bytes, kHeadBytes);
  return head;
}

std::size_t FirstTwo(const char* bytes) {
  return static_cast<unsigned char>(bytes[0]) | std::size_t{static_cast<unsigned char>(bytes[1])}
                                                    << 8;
}

/// Calls `take` with what is in each zstd frame of `bytes`. Messages leave the frame's magic number
/// out, so that a frame may begin anywhere: the number is put before each place in turn.
void ForEachFrame(std::string_view bytes, const std::function<void(std::string_view)>& take) {
  std::string buffer = std::string(kFrameMagic) + std::string(bytes);
  for (std::size_t at = 0; at + kFrameBytesMin < buffer.size(); ++at) {
    char* frame = buffer.data() + at;
    const std::size_t left = buffer.size() - at;
    char kept[kFrameMagic.size()];
    std::memcpy(kept, frame, sizeof kept);
    std::memcpy(frame, kFrameMagic.data(), sizeof kept);
    const auto declared = ZSTD_getFrameContentSize(frame, left);
    if (declared != ZSTD_CONTENTSIZE_ERROR && declared != ZSTD_CONTENTSIZE_UNKNOWN &&
        declared >= kFrameBytesMin && declared <= kFrameContentMax) {
      const std::size_t size = ZSTD_findFrameCompressedSize(frame, left);
      if (!ZSTD_isError(size)) {
        std::string content(static_cast<std::size_t>(declared), '\0');
        const std::size_t got = ZSTD_decompress(content.data(), content.size(), frame, size);
        if (!ZSTD_isError(got) && got == content.size()) take(content);
      }
    }
    std::memcpy(frame, kept, sizeof kept);
  }
}

}  // namespace

std::size_t PlantedText::NextNumber() {
  const std::size_t number = (series_ * kSeriesSize + ++planted_) * kStep;
  TRAM_ASSERT(planted_ < kSeriesSize);
  return number;
}

std::string PlantedText::Plant(const std::string& where) {
  constexpr std::string_view kConsonants = "bcdghklmnprstvx", kVowels = "aeiou";
  std::size_t number = NextNumber();
  std::string middle;
  for (int i = 0; i < 3; ++i) {
    middle += kConsonants[number % kConsonants.size()];
    number /= kConsonants.size();
    middle += kVowels[number % kVowels.size()];
    number /= kVowels.size();
  }
  const std::string text = "Đặ" + middle + "Ợng";
  Watch(where, text);
  return text;
}

std::string PlantedText::PlantWords(const std::string& where) {
  // Two bytes each, and no two of them are a phrase.
  constexpr std::string_view kWords[] = {"khuỷu", "sỏi",  "đèo",  "trâu", "ngách",
                                         "vườn",  "thận", "muối", "buôn", "khâu"};
  std::string text;
  std::size_t number = NextNumber();
  for (int i = 0; i < 8; ++i) {
    if (!text.empty()) text += ' ';
    text += kWords[number % std::size(kWords)];
    number /= std::size(kWords);
  }
  Watch(where, text);
  return text;
}

void PlantedText::Watch(const std::string& where, const std::string& nfc) {
  const std::string lower = Cased(nfc, utf8proc_tolower), upper = Upper(nfc);
  const std::pair<const char*, std::string> letters[] = {
      {"NFC", nfc},          {"NFD", Nfd(nfc)},
      {"lower case", lower}, {"lower case NFD", Nfd(lower)},
      {"upper case", upper}, {"upper case NFD", Nfd(upper)},
      {"folded", Fold(nfc)}};
  for (const auto& [name, text] : letters) {
    const std::string form(name);
    const std::string hex = ToHex(AsBytes(text));
    Add(where, form, text);
    AddSyllables(where, form, text);
    Add(where, form + ", UTF-16LE", Utf16(text, true));
    Add(where, form + ", UTF-16BE", Utf16(text, false));
    Add(where, form + ", hexadecimal", hex);
    Add(where, form + ", hexadecimal capitals", Upper(hex));
    for (std::size_t alignment = 0; alignment < 3; ++alignment) {
      const std::string at = " at " + std::to_string(alignment);
      Add(where, form + ", Base64" + at, InnerBase64(text, alignment, "+/"));
      Add(where, form + ", Base64 of URLs" + at, InnerBase64(text, alignment, "-_"));
    }
    for (const char* format : {"%%%02x", "%%%02X"}) {
      Add(where, form + ", percent-encoded", Escaped(text, format, true));
    }
    for (const char* format : {"\\u%04x", "\\u%04X"}) {
      Add(where, form + ", escaped as in JSON", Escaped(text, format, false));
    }
  }
}

/// As syllable bytes: as a whole text, behind what implies a space or a capital or neither, and
/// without the first word, whatever stands before it.
void PlantedText::AddSyllables(const std::string& where, const std::string& form,
                               const std::string& text) {
  auto bytes_of = [](const std::string& coded) {
    const Bytes bytes = EncodeSyllables(coded);
    return std::string(bytes.begin(), bytes.end());
  };
  auto add = [&](const std::string& how, std::string bytes) {
    if (bytes.size() >= kHeadBytes) Add(where, form + ", syllable bytes" + how, std::move(bytes));
  };
  add("", bytes_of(text));
  for (const std::string before : {"nghe", "Nghe.", "12"}) {
    add(" behind \"" + before + "\"",
        bytes_of(before + " " + text).substr(bytes_of(before).size()));
  }
  add(" behind \"(\"", bytes_of("(" + text).substr(bytes_of("(").size()));
  const std::size_t first = text.find(' ');
  if (first == text.npos) return;
  const std::size_t begin = bytes_of(text.substr(0, first)).size();
  add(" but the first word", bytes_of(text).substr(begin));
}

void PlantedText::Add(const std::string& where, const std::string& form, std::string bytes) {
  TRAM_ASSERT(bytes.size() >= kHeadBytes);
  auto& same_head = by_head_[Head(bytes.data())];
  for (std::size_t i : same_head) {
    if (needles_[i].bytes == bytes) return;  // two forms of plain ASCII
  }
  first_two_[FirstTwo(bytes.data())] = true;
  same_head.push_back(needles_.size());
  needles_.push_back({std::move(bytes), {where, form}});
}

void PlantedText::SearchRaw(std::string_view bytes, std::set<std::size_t>& found) const {
  for (std::size_t at = 0; at + kHeadBytes <= bytes.size(); ++at) {
    if (!first_two_[FirstTwo(bytes.data() + at)]) continue;
    auto heads = by_head_.find(Head(bytes.data() + at));
    if (heads == by_head_.end()) continue;
    for (std::size_t i : heads->second) {
      if (bytes.substr(at, needles_[i].bytes.size()) == needles_[i].bytes) found.insert(i);
    }
  }
}

std::vector<PlantedText::Found> PlantedText::Search(std::string_view bytes) const {
  std::set<std::size_t> raw, packed;
  SearchRaw(bytes, raw);
  ForEachFrame(bytes, [&](std::string_view content) { SearchRaw(content, packed); });
  std::vector<Found> all;
  for (std::size_t i : raw) all.push_back(needles_[i].found);
  for (std::size_t i : packed) {
    all.push_back({needles_[i].found.where, needles_[i].found.form + ", in a zstd frame"});
  }
  return all;
}

std::vector<PlantedText::Found> PlantedText::SearchFiles(const fs::path& path) const {
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  } else {
    files.push_back(path);
  }
  std::vector<Found> all;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    EXPECT_TRUE(in) << file;
    const std::string content(std::istreambuf_iterator<char>(in), {});
    for (Found& found : Search(file.string() + "\n" + content)) {
      all.push_back({file.string() + ": " + found.where, std::move(found.form)});
    }
  }
  return all;
}

}  // namespace tram::test
