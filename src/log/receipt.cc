#include <charconv>

#include "base/hex.h"
#include "log/event_log.h"

namespace daybook::log {
namespace {
constexpr std::size_t receipt_hash_bytes = 8;
}

std::string receipt_text(Position position, const Hash256& group_hash) {
  return std::to_string(position.value) + "-" +
         to_hex(std::span(group_hash).first(receipt_hash_bytes));
}

Result<Receipt> parse_receipt(std::string_view text) {
  const Error malformed{Errc::malformed,
                        "a receipt is a position, a dash and 16 lower-case hex digits"};
  // The header's parameters, as in "1234-0f3a5c7e9b1d2f40; durability=interval", are not its own.
  text = text.substr(0, text.find_first_of("; "));
  const std::size_t dash = text.find('-');
  if (dash == 0 || dash == std::string_view::npos || text[0] == '0') return malformed;
  Receipt receipt;
  const char* end = text.data() + dash;
  const auto [stop, failed] = std::from_chars(text.data(), end, receipt.position.value);
  if (failed != std::errc{} || stop != end) return malformed;
  receipt.hash_prefix = text.substr(dash + 1);
  if (receipt.hash_prefix.size() != receipt_hash_bytes * 2 ||
      receipt.hash_prefix.find_first_not_of("0123456789abcdef") != std::string::npos)
    return malformed;
  return receipt;
}

}  // namespace daybook::log
