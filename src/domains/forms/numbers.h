// Numbers of JSON as JSON Schema sees them: 1.0 is an integer and equals 1, integers of 64 bits are
// exact, multiples are taken of the decimal digits (4.35 is a multiple of 0.01). And equality of
// whole values, by a canonical text. Pure.
#pragma once

#include "domains/forms/node.h"

#include <compare>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::forms {

// By value, exact also between an integer and a real. REQUIRES: both are numbers.
std::weak_ordering compare_numbers(const Node& a, const Node& b);
bool is_whole(const Node& number);  // 30 and 30.0
// REQUIRES: step > 0.
bool is_multiple(const Node& number, const Node& step);
// "38", "-1.5e3", also "+38" and "007" as people type them; nothing else, no blanks.
std::optional<Node> parse_number(std::string_view text);

// Text that is the same for equal values and for those only: members sorted, 1.0 as 1. It may end
// early once it is sure to grow beyond `bytes_max`; then `out` is longer than that.
void append_canonical(std::string& out, const Node& node,
                      std::size_t bytes_max = std::numeric_limits<std::size_t>::max());

}  // namespace daybook::forms
