// Fields: reads the members of one JSON object against rules, collecting every broken rule, so that
// a 422 lists all of them (the first field_errors_max). Used by the parse functions of domains.
//
//   json::Fields fields(body);
//   auto user = fields.text("userId", {.chars_min = 1, .chars_max = 64});
//   auto t    = fields.number("temperature", {.min = -90, .max = 100});
//   if (auto e = fields.error()) return *e;
//
// One pass per field over the object (objects are small). Unknown members are ignored.
#pragma once

#include <daybook/json.h>
#include <daybook/result.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace daybook::json {

constexpr std::size_t field_errors_max = 100;  // listed of one object; a hostile one has millions

struct TextRule {
  std::size_t chars_min = 0;  // Unicode code points
  std::size_t chars_max = 256;
  bool required = true;
  bool control_allowed = false;  // U+0000..U+001F and U+007F otherwise refused; U+0000 always is
};
struct IntRule {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  bool required = true;
};
struct NumberRule {
  double min = std::numeric_limits<double>::lowest();
  double max = std::numeric_limits<double>::max();
  bool required = true;
};

class Fields {
 public:
  // `body` must be an object; anything else is one error about the body as a whole.
  explicit Fields(const Value& body);

  // Each returns nullopt when absent (and notes an error if required) or wrong (and notes the
  // rule).
  std::optional<std::string_view> text(std::string_view name, const TextRule& rule);
  std::optional<std::int64_t> integer(std::string_view name, const IntRule& rule);  // "38" accepted
  std::optional<double> number(std::string_view name, const NumberRule& rule);  // "36.5" accepted
  // The index of the matching word of `words`.
  std::optional<std::size_t> word(std::string_view name, std::span<const std::string_view> words,
                                  bool required = true);
  std::optional<Value> any(std::string_view name) const;

  // Notes an error for each member that is none of `names`: for bodies where a misspelt member
  // would change what is meant without a word.
  void only(std::initializer_list<std::string_view> names);
  void fail(std::string_view name, std::string_view code, std::string_view rule);
  // The collected 422, or nullopt when every rule held.
  [[nodiscard]] std::optional<Error> error() const;

 private:
  Value body_;
  bool usable_;
  std::vector<FieldError> errors_;
};

// Code points of valid UTF-8.
std::size_t count_chars(std::string_view utf8);
bool is_valid_utf8(std::string_view bytes);
// A text that is to become an id (path parameter, header): the TextRule, as an Error or nothing.
std::optional<Error> check_text(std::string_view name, std::string_view text, const TextRule& rule);

}  // namespace daybook::json
