// JSON → form definition; then JSON → body, checked as JSON and as an HTML form.
// Two JSON texts with a line feed between them, a definition and a body; without a definition, the
// text is tried as a pattern. A usual definition checks every body as well.
#include "domains/forms/definition.h"
#include "domains/forms/pattern.h"

#include <daybook/fields.h>
#include <daybook/json.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace daybook;

// Like the shipped one in what it exercises; the fuzzer reads no files.
constexpr std::string_view usual_definition =
    R"({"schema":{"properties":{"name":{"type":"string","minLength":5},)"
    R"("email":{"type":"string","format":"email"},"gender":{"enum":["M","F"]},)"
    R"("mobile":{"format":"phone"},"age":{"type":["number","null"]},"at":{"format":"date-time"},)"
    R"("site":{"format":"uri"},"tags":{"type":"array","items":{"type":"integer","multipleOf":0.1},)"
    R"("uniqueItems":true},"ok":{"type":"boolean"}},"required":["name"]},)"
    R"("clean":{"name":["trim"],"email":["trim","lowercase","normalize_email"],"age":["text"],)"
    R"("tags":[{"default":[]}]}})";

void check_body(const forms::Definition& form, const forms::Node& body, Arena& arena) {
  for (const bool from_form : {false, true}) {
    const auto cleaned = form.check(body, from_form, arena);
    if (!cleaned.ok()) {
      DAYBOOK_CHECK(cleaned.error().code == Errc::invalid);
      DAYBOOK_CHECK(!cleaned.error().fields.empty());
      continue;
    }
    // What was cleaned is JSON, and is clean.
    json::Parser parser;
    const auto again = parser.parse(*cleaned, false);
    DAYBOOK_CHECK(again.ok() && again->is_object());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const auto usual = forms::Definition::compile(usual_definition);
  DAYBOOK_CHECK(usual.ok());
  const auto line_end = text.find('\n');
  const auto form = forms::Definition::compile(text.substr(0, line_end));
  if (form.ok()) {
    const auto again = forms::Definition::compile((*form)->definition_json());
    DAYBOOK_CHECK(again.ok() && (*again)->schema_json() == (*form)->schema_json());
    json::Parser parser;
    DAYBOOK_CHECK(parser.parse((*form)->schema_json(), false).ok());
  } else {
    DAYBOOK_CHECK(!form.error().message.empty());
    // The pattern compiler alone, on text that no JSON came of.
    if (json::is_valid_utf8(text))
      if (const auto pattern = forms::Pattern::make(text); pattern.ok())
        (void)pattern->matches(text);
  }
  if (line_end == std::string_view::npos) return 0;
  static json::Parser parser;
  const auto body = parser.parse(text.substr(line_end + 1), false);
  if (!body.ok()) return 0;
  Arena arena;
  const auto* node = forms::copy_node(*body, arena);
  if (form.ok()) check_body(**form, *node, arena);
  check_body(**usual, *node, arena);
  return 0;
}
