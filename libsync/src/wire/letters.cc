#include "wire/letters.h"

namespace tram::wire {
namespace {

unsigned ByteAt(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

/// The two-byte letters beyond À–Þ whose capital is one below the small letter.
bool IsSmallOfPair(unsigned first, unsigned second) {
  switch (first << 8 | second) {
    case 0xc483:  // ă
    case 0xc491:  // đ
    case 0xc4a9:  // ĩ
    case 0xc5a9:  // ũ
    case 0xc6a1:  // ơ
    case 0xc6b0:  // ư
      return true;
  }
  return false;
}

struct Letter {
  std::size_t size = 0;     // 0: none
  unsigned to_small = 0;    // added to the last byte of a capital
  unsigned to_capital = 0;  // subtracted from the last byte of a small letter
};

Letter LetterAt(std::string_view text, std::size_t at) {
  const unsigned first = ByteAt(text, at);
  if (first >= 'a' && first <= 'z') return {1, 0, 0x20};
  if (first >= 'A' && first <= 'Z') return {1, 0x20, 0};
  if (first < 0x80) return {};
  const unsigned second = ByteAt(text, at + 1);
  if (first == 0xc3 && second >= 0x80 && second <= 0x9d && second != 0x97) return {2, 0x20, 0};
  if (first == 0xc3 && second >= 0xa0 && second <= 0xbd && second != 0xb7) return {2, 0, 0x20};
  if (IsSmallOfPair(first, second)) return {2, 0, 1};
  if (IsSmallOfPair(first, second + 1)) return {2, 1, 0};
  const unsigned third = ByteAt(text, at + 2);
  const bool vietnamese = (second == 0xba && third >= 0xa0 && third <= 0xbf) ||
                          (second == 0xbb && third >= 0x80 && third <= 0xb9);  // Ạ to ỹ
  if (first != 0xe1 || !vietnamese) return {};
  return third % 2 == 0 ? Letter{3, 1, 0} : Letter{3, 0, 1};
}

/// Makes the letter at `at` a capital; returns its size, at least 1.
std::size_t Raise(std::string& text, std::size_t at) {
  const Letter letter = LetterAt(text, at);
  if (letter.size == 0) return 1;
  char& last = text[at + letter.size - 1];
  last = static_cast<char>(static_cast<unsigned char>(last) - letter.to_capital);
  return letter.size;
}

}  // namespace

SmallLetter SmallLetterAt(std::string_view text, std::size_t at) {
  const Letter letter = LetterAt(text, at);
  SmallLetter small{letter.size, letter.to_small != 0, {}};
  for (std::size_t i = 0; i < letter.size; ++i) small.bytes[i] = text[at + i];
  if (letter.to_small == 0) return small;
  char& last = small.bytes[letter.size - 1];
  last = static_cast<char>(static_cast<unsigned char>(last) + letter.to_small);
  return small;
}

std::string WithCapital(std::string text) {
  Raise(text, 0);
  return text;
}

std::string InCapitals(std::string text) {
  for (std::size_t at = 0; at < text.size();) at += Raise(text, at);
  return text;
}

}  // namespace tram::wire
