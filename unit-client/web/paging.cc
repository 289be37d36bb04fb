#include "web/paging.h"

#include <charconv>

namespace tram::client {
namespace {

constexpr std::size_t kPagesMax = 100'000;

}  // namespace

std::size_t PageNumber(std::string_view text) {
  std::size_t number = 1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number >= 1 && number <= kPagesMax ? number : 1;
}

void AddPages(std::size_t number, std::size_t all, Json& model) {
  model["before"] = number > 1 ? Json(number - 1) : Json(nullptr);
  model["after"] = number * kPageRecords < all ? Json(number + 1) : Json(nullptr);
}

}  // namespace tram::client
