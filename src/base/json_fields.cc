#include <daybook/fields.h>

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace daybook::json {
namespace {

std::string chars_rule(const TextRule& rule) {
  if (rule.chars_min == 0)
    return "must be at most " + std::to_string(rule.chars_max) + " characters";
  return "must be " + std::to_string(rule.chars_min) + " to " + std::to_string(rule.chars_max) +
         " characters";
}

// The broken rule of a text as {code, words}; an empty code means none.
std::pair<std::string_view, std::string> broken_text_rule(std::string_view text,
                                                          const TextRule& rule) {
  const std::size_t chars = count_chars(text);
  if (chars < rule.chars_min) return {chars == 0 ? "empty" : "too_short", chars_rule(rule)};
  if (chars > rule.chars_max) return {"too_long", chars_rule(rule)};
  for (const char c : text) {
    if (c == '\0') return {"nul", "must not hold U+0000"};
    const auto u = static_cast<unsigned char>(c);
    if (!rule.control_allowed && (u < 0x20 || u == 0x7F))
      return {"control_character", "must not hold control characters"};
  }
  return {};
}

std::string text_of(double number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr};
}

// A numeric string, as lenient validators accept it: the whole text must be one JSON-like number.
template <class Number>
std::optional<Number> from_text(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::size_t count_chars(std::string_view utf8) {
  std::size_t n = 0;
  for (const char c : utf8) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1u : 0u;
  return n;
}

bool is_valid_utf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

std::optional<Error> check_text(std::string_view name, std::string_view text,
                                const TextRule& rule) {
  if (!is_valid_utf8(text)) return Error::field(name, "utf8", "must be valid UTF-8");
  const auto [code, words] = broken_text_rule(text, rule);
  if (code.empty()) return std::nullopt;
  return Error::field(name, code, words);
}

Fields::Fields(const Value& body) : body_(body), usable_(body.is_object()) {
  if (!usable_)
    fail("", "type", "must be a JSON object, is " + std::string(kind_name(body.kind())));
}

std::optional<Value> Fields::any(std::string_view name) const {
  if (!usable_) return std::nullopt;
  return body_.find(name);
}

std::optional<std::string_view> Fields::text(std::string_view name, const TextRule& rule) {
  if (!usable_) return std::nullopt;
  const auto value = body_.find(name);
  if (!value) {
    if (rule.required) fail(name, "missing", "is required");
    return std::nullopt;
  }
  if (!value->is_string()) {
    fail(name, "type", "must be a string, is " + std::string(kind_name(value->kind())));
    return std::nullopt;
  }
  const auto [code, words] = broken_text_rule(value->string(), rule);
  if (!code.empty()) {
    fail(name, code, words);
    return std::nullopt;
  }
  return value->string();
}

std::optional<std::int64_t> Fields::integer(std::string_view name, const IntRule& rule) {
  if (!usable_) return std::nullopt;
  const auto value = body_.find(name);
  if (!value) {
    if (rule.required) fail(name, "missing", "is required");
    return std::nullopt;
  }
  auto number = value->is_string() ? from_text<std::int64_t>(value->string()) : value->as_int64();
  if (!number) {
    if (value->is_number())
      fail(name, value->kind() == Kind::real ? "not_whole" : "range",
           "must be a whole number in range");
    else
      fail(name, "type", "must be a whole number, is " + std::string(kind_name(value->kind())));
    return std::nullopt;
  }
  if (*number < rule.min || *number > rule.max) {
    fail(name, "range",
         "must be from " + std::to_string(rule.min) + " to " + std::to_string(rule.max));
    return std::nullopt;
  }
  return number;
}

std::optional<double> Fields::number(std::string_view name, const NumberRule& rule) {
  if (!usable_) return std::nullopt;
  const auto value = body_.find(name);
  if (!value) {
    if (rule.required) fail(name, "missing", "is required");
    return std::nullopt;
  }
  auto number = value->is_string() ? from_text<double>(value->string()) : value->as_double();
  if (!number || !std::isfinite(*number)) {
    fail(name, "type", "must be a number, is " + std::string(kind_name(value->kind())));
    return std::nullopt;
  }
  if (*number < rule.min || *number > rule.max) {
    fail(name, "range", "must be from " + text_of(rule.min) + " to " + text_of(rule.max));
    return std::nullopt;
  }
  return number;
}

std::optional<std::size_t> Fields::word(std::string_view name,
                                        std::span<const std::string_view> words, bool required) {
  if (!usable_) return std::nullopt;
  const auto value = body_.find(name);
  if (!value) {
    if (required) fail(name, "missing", "is required");
    return std::nullopt;
  }
  if (value->is_string())
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i] == value->string()) return i;
  std::string rule = "must be ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) rule += i + 1 == words.size() ? " or " : ", ";
    rule += '`' + std::string(words[i]) + '`';
  }
  fail(name, "not_one_of", rule);
  return std::nullopt;
}

void Fields::only(std::initializer_list<std::string_view> names) {
  if (!usable_) return;
  body_.each_member([&](std::string_view key, const Value&) {
    if (std::find(names.begin(), names.end(), key) != names.end()) return;
    std::string rule = "is not known here; known are ";
    for (const std::string_view name : names)
      rule += (name == *names.begin() ? "`" : ", `") + std::string(name) + '`';
    fail(key, "unknown_member", rule);
  });
}

void Fields::fail(std::string_view name, std::string_view code, std::string_view rule) {
  if (errors_.size() == field_errors_max) return;
  errors_.push_back({std::string(name), std::string(code), std::string(rule)});
}

std::optional<Error> Fields::error() const {
  if (errors_.empty()) return std::nullopt;
  const FieldError& first = errors_.front();
  return Error{Errc::invalid,
               (first.field.empty() ? std::string("the body") : first.field) + " " + first.message,
               errors_};
}

}  // namespace daybook::json
