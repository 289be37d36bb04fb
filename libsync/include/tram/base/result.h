// Result<T> and Status: a value or an error, with the interface of std::expected (C++23).
//
// Exceptions come from libraries only and stop at three edges: decoding, a request, main.
// Everything of ours returns Result or Status. A conflict between records is data, not an error.
// Threads: values, no shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "tram/base/assert.h"

namespace tram {

enum class ErrorCode {
#define TRAM_ERROR(code, text, http, retry) code,
#include "tram/base/errors.def"
#undef TRAM_ERROR
};

std::string_view ErrorText(ErrorCode code);
int HttpStatusOf(ErrorCode code);
bool RetryHelps(ErrorCode code);

/// An error: its code, and one sentence for a person that says what is wrong and what to do.
struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;
};

inline Error MakeError(ErrorCode code, std::string message) { return {code, std::move(message)}; }

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return *Get(); }
  const T& value() const& { return *const_cast<Result*>(this)->Get(); }
  T&& value() && { return std::move(*Get()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return Get(); }
  const T* operator->() const { return const_cast<Result*>(this)->Get(); }
  T value_or(T other) const { return has_value() ? value() : std::move(other); }
  const Error& error() const {
    TRAM_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  T* Get() {
    TRAM_ASSERT(has_value());
    return std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    TRAM_ASSERT(error_);
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace tram

#define TRAM_CONCAT_INNER(a, b) a##b
#define TRAM_CONCAT(a, b) TRAM_CONCAT_INNER(a, b)
/// TRAM_TRY(expression): returns the error of a Status or Result to the caller.
#define TRAM_TRY(expression)                                                 \
  do {                                                                       \
    if (auto tram_try_ = (expression); !tram_try_) return tram_try_.error(); \
  } while (false)
/// TRAM_ASSIGN(auto x, expression): the value, or the error is returned to the caller.
#define TRAM_ASSIGN(declaration, expression) \
  TRAM_ASSIGN_AS(TRAM_CONCAT(tram_result_, __LINE__), declaration, expression)
#define TRAM_ASSIGN_AS(name, declaration, expression) \
  auto name = (expression);                           \
  if (!name) return name.error();                     \
  declaration = std::move(*name)
