// Input: a Content-Type value, a line feed, then the body of a form. Looks for crashes, for errors
// without words, and for JSON that the parser does not take or that is more than an object of
// strings and arrays of strings.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <daybook/fields.h>

#include "http/form_body.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_value(const daybook::json::Value& value, std::size_t& fields) {
  if (value.is_string()) {
    ++fields;
    return;
  }
  check(value.is_array());
  value.each_element([&](const daybook::json::Value& element) {
    check(element.is_string());
    ++fields;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.find('\n');
  const auto content_type = input.substr(0, line);
  const auto body = line == std::string_view::npos ? input : input.substr(line + 1);
  std::string text;
  const auto made = daybook::http::append_form_as_json(content_type, body, text);
  if (!made.ok()) {
    check(!made.error().message.empty() && daybook::json::is_valid_utf8(made.error().message));
    return 0;
  }
  daybook::json::Parser parser;
  const auto value = parser.parse(text, false);
  check(value.ok() && value->is_object());
  std::size_t fields = 0;
  value->each_member(
      [&](std::string_view, const daybook::json::Value& member) { check_value(member, fields); });
  check(fields <= daybook::http::form_fields_max);
  return 0;
}
