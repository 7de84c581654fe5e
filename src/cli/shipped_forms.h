// The form definitions of config/forms, put into the program when it is built (cmake/
// EmbedForms.cmake): `--demo` and `daybook seed forms` define them.
//
// Thread: any.
#pragma once

#include <span>
#include <string_view>

namespace daybook::cli {

struct ShippedForm {
  std::string_view name;        // the file's, without .json
  std::string_view definition;  // the body of PUT /forms/{name}
};

// In the order of their names.
std::span<const ShippedForm> shipped_forms();

}  // namespace daybook::cli
