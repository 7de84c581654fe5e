// What a Content-Type or Content-Encoding header says, as far as the front asks.
//
// Threads: any; pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace daybook::http {

bool equal_no_case(std::string_view a, std::string_view b);  // ASCII
std::string_view trim_blanks(std::string_view text);         // spaces and tabs

// The type without parameters: "application/json".
std::string_view media_type(std::string_view content_type);
// "application/json", "application/x+json"; compared without case.
bool is_json_type(std::string_view content_type);
// No charset parameter in front of others, or UTF-8's name.
bool charset_is_utf8(std::string_view content_type);
bool is_gzip(std::string_view content_encoding);

enum class FormType : std::uint8_t { none, urlencoded, multipart };
FormType form_type(std::string_view content_type);

}  // namespace daybook::http
