// Bodies of plain HTML forms as JSON, so that a domain parses one kind of body only: an object of
// strings, in the order the names came. A name given more than once, or one that ends in "[]"
// (without it), becomes an array of strings.
//
// Threads: any; pure functions.
#pragma once

#include <daybook/result.h>

#include "http/media_type.h"

#include <string>
#include <string_view>

namespace daybook::http {

constexpr std::size_t form_fields_max = 1000;  // of one body, repeated names counted

// Appends the JSON text of a form's body to `out`. REQUIRES: form_type(content_type) is a form.
// Errors: malformed (a broken escape, not UTF-8, misframed, too many fields), unsupported_media (no
// usable boundary), invalid naming the field that carries a file.
Result<void> append_form_as_json(std::string_view content_type, std::string_view body,
                                 std::string& out);

}  // namespace daybook::http
