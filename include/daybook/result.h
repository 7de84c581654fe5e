// Result<T>: a value or an Error. What can go wrong in operation is returned, never thrown:
// no exception crosses a module border.
#pragma once

#include <daybook/check.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace daybook {

// The kinds of refusal; http/problem.h maps each to one HTTP status and one metric label.
enum class Errc : std::uint8_t {
  malformed,           // 400: cannot be parsed
  unauthenticated,     // 401
  forbidden,           // 403
  not_found,           // 404
  method_not_allowed,  // 405
  timeout,             // 408
  conflict,            // 409: the domain says no (already checked in, sold out)
  too_large,           // 413
  unsupported_media,   // 415
  invalid,             // 422: parsed, but a field breaks a rule
  rate_limited,        // 429
  header_too_large,    // 431
  internal,            // 500
  busy,                // 503: try again after Retry-After
  unavailable,         // 503: not now (starting, stopping, log failed)
  corrupt,             // the data directory is damaged (never an HTTP answer of a write)
};

// One broken rule of one field, for the `errors` member of a problem answer.
struct FieldError {
  std::string field;    // as the client spelt it, "temperature"; empty: the body as a whole
  std::string code;     // stable, snake_case: "too_long"
  std::string message;  // for a person: "must be 1 to 64 characters"
};

struct Error {
  Errc code = Errc::internal;
  std::string message;             // the reference's exact text where CONTRACTS gives one
  std::vector<FieldError> fields;  // empty unless code is invalid or malformed
  std::string members;  // further members of the problem answer as JSON, "\"booking\":{...}"; or
                        // empty
  std::uint32_t retry_after_s = 0;  // of rate_limited and busy: the Retry-After header; 0: 1 s

  Error() = default;
  Error(Errc code_in, std::string message_in) : code(code_in), message(std::move(message_in)) {}
  Error(Errc code_in, std::string message_in, std::vector<FieldError> fields_in)
      : code(code_in), message(std::move(message_in)), fields(std::move(fields_in)) {}
  // The usual 422: one field, one rule. The message names both.
  static Error field(std::string_view name, std::string_view rule_code, std::string_view rule) {
    return Error{Errc::invalid,
                 (name.empty() ? "" : std::string(name) + " ") + std::string(rule),
                 {FieldError{std::string(name), std::string(rule_code), std::string(rule)}}};
  }
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error)
      : v_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  [[nodiscard]] bool ok() const noexcept { return v_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  // REQUIRES: ok()
  T& value() & {
    DAYBOOK_CHECK(ok());
    return *std::get_if<0>(&v_);
  }
  const T& value() const& {
    DAYBOOK_CHECK(ok());
    return *std::get_if<0>(&v_);
  }
  T&& value() && {
    DAYBOOK_CHECK(ok());
    return std::move(*std::get_if<0>(&v_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // REQUIRES: !ok()
  Error& error() & {
    DAYBOOK_CHECK(!ok());
    return *std::get_if<1>(&v_);
  }
  const Error& error() const& {
    DAYBOOK_CHECK(!ok());
    return *std::get_if<1>(&v_);
  }
  Error&& error() && {
    DAYBOOK_CHECK(!ok());
    return std::move(*std::get_if<1>(&v_));
  }

 private:
  std::variant<T, Error> v_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: implicit on purpose
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }
  const Error& error() const& {
    DAYBOOK_CHECK(!ok_);
    return error_;
  }
  Error&& error() && {
    DAYBOOK_CHECK(!ok_);
    return std::move(error_);
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace daybook

// DAYBOOK_TRY(auto x, expression): x is the value, or the error is returned from this function.
#define DAYBOOK_CONCAT_(a, b) a##b
#define DAYBOOK_CONCAT(a, b) DAYBOOK_CONCAT_(a, b)
#define DAYBOOK_TRY_(tmp, declaration, expression) \
  auto tmp = (expression);                         \
  if (!tmp.ok()) return std::move(tmp).error();    \
  declaration = std::move(tmp).value()
#define DAYBOOK_TRY(declaration, expression) \
  DAYBOOK_TRY_(DAYBOOK_CONCAT(daybook_try_, __LINE__), declaration, expression)
// DAYBOOK_TRY_VOID(expression): the same for Result<void>.
#define DAYBOOK_TRY_VOID(expression)                                        \
  do {                                                                      \
    auto daybook_try_void = (expression);                                   \
    if (!daybook_try_void.ok()) return std::move(daybook_try_void).error(); \
  } while (false)
