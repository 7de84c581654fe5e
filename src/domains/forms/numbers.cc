#include "domains/forms/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace daybook::forms {
namespace {

using json::Kind;

constexpr double two_to_63 = 9223372036854775808.0;
constexpr double two_to_64 = 18446744073709551616.0;

// The same number with an integer kind where one can hold it.
Node narrowed(const Node& number) {
  Node node = number;
  if (number.kind != Kind::real || std::trunc(number.real) != number.real) return node;
  if (number.real >= -two_to_63 && number.real < two_to_63) {
    node.kind = Kind::integer;
    node.integer = static_cast<std::int64_t>(number.real);
  } else if (number.real >= two_to_63 && number.real < two_to_64) {
    node.kind = Kind::unsigned_integer;
    node.unsigned_integer = static_cast<std::uint64_t>(number.real);
  }
  return node;
}

// REQUIRES: `whole` has an integer kind, `real` is finite and not whole, or beyond 64 bits.
std::weak_ordering compare_whole_to_real(const Node& whole, double real) {
  if (real >= two_to_64) return std::weak_ordering::less;
  if (real < -two_to_63) return std::weak_ordering::greater;
  Node floor;
  floor.kind = Kind::real;
  floor.real = std::floor(real);
  // whole <= floor(real) < real, or whole >= floor(real) + 1 > real
  return compare_numbers(whole, floor) > 0 ? std::weak_ordering::greater : std::weak_ordering::less;
}

// mantissa * 10^exponent; the mantissa has no trailing zero unless it is 0.
struct Decimal {
  std::uint64_t mantissa = 0;
  int exponent = 0;
};

Decimal stripped(Decimal d) {
  if (d.mantissa == 0) return {};
  for (; d.mantissa % 10 == 0; d.mantissa /= 10) ++d.exponent;
  return d;
}

// The magnitude, in the shortest digits that read back the same: those that the client wrote.
Decimal decimal_of(const Node& number) {
  if (number.kind == Kind::unsigned_integer) return stripped({number.unsigned_integer, 0});
  if (number.kind == Kind::integer) {
    const auto bits = static_cast<std::uint64_t>(number.integer);
    return stripped({number.integer < 0 ? 0 - bits : bits, 0});
  }
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), std::fabs(number.real),
                                     std::chars_format::scientific);
  Decimal decimal;
  const char* at = text.data();
  int decimals = 0;
  for (bool after_point = false; at != written.ptr && *at != 'e'; ++at) {
    if (*at == '.') {
      after_point = true;
      continue;
    }
    decimal.mantissa = decimal.mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    if (after_point) ++decimals;
  }
  if (at != written.ptr) ++at;                // the e
  if (at != written.ptr && *at == '+') ++at;  // from_chars takes no plus
  std::from_chars(at, written.ptr, decimal.exponent);
  decimal.exponent -= decimals;
  return stripped(decimal);
}

__extension__ using Wide = unsigned __int128;

std::uint64_t multiply_modulo(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b % modulus);
}

bool has_only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

void append_canonical_object(std::string& out, const Node& node, std::size_t bytes_max) {
  std::vector<const Member*> sorted;
  sorted.reserve(node.members.size());
  for (const auto& member : node.members) sorted.push_back(&member);
  std::ranges::sort(sorted, {}, &Member::name);
  out += '{';
  for (const auto* member : sorted) {
    if (out.size() > bytes_max) return;
    json::append_string(out, member->name);
    out += ':';
    append_canonical(out, *member->value, bytes_max);
    out += ',';
  }
  out += '}';
}

}  // namespace

std::weak_ordering compare_numbers(const Node& left, const Node& right) {
  const Node a = narrowed(left);
  const Node b = narrowed(right);
  if (a.kind == Kind::real && b.kind == Kind::real)
    return a.real < b.real   ? std::weak_ordering::less
           : a.real > b.real ? std::weak_ordering::greater
                             : std::weak_ordering::equivalent;
  if (b.kind == Kind::real) return compare_whole_to_real(a, b.real);
  if (a.kind == Kind::real) return 0 <=> compare_whole_to_real(b, a.real);
  if (a.kind == b.kind)
    return a.kind == Kind::integer ? std::weak_ordering(a.integer <=> b.integer)
                                   : a.unsigned_integer <=> b.unsigned_integer;
  // one is beyond int64
  return a.kind == Kind::integer ? std::weak_ordering::less : std::weak_ordering::greater;
}

bool is_whole(const Node& number) {
  return number.kind != Kind::real || std::trunc(number.real) == number.real;
}

bool is_multiple(const Node& number, const Node& step) {
  if (number.kind == Kind::integer && step.kind == Kind::integer)
    return number.integer % step.integer == 0;
  const Decimal a = decimal_of(number);
  const Decimal b = decimal_of(step);
  if (a.mantissa == 0) return true;
  // ma * 10^ea = n * mb * 10^eb for a whole n? With ea < eb, ma would need a factor 10; it has
  // none.
  int power = a.exponent - b.exponent;
  if (power < 0) return false;
  std::uint64_t rest = a.mantissa % b.mantissa;
  std::uint64_t ten = 10 % b.mantissa;
  for (; power > 0; power /= 2) {
    if (power % 2 == 1) rest = multiply_modulo(rest, ten, b.mantissa);
    ten = multiply_modulo(ten, ten, b.mantissa);
  }
  return rest == 0;
}

std::optional<Node> parse_number(std::string_view text) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  constexpr std::string_view ten_digits = "0123456789";
  if (digits.empty() || ten_digits.find(digits.front()) == std::string_view::npos)
    return std::nullopt;
  Node node;
  if (has_only(digits, ten_digits)) {
    node.kind = Kind::integer;
    if (auto read = std::from_chars(text.data(), end, node.integer); read.ec == std::errc())
      return node;
    node.kind = Kind::unsigned_integer;
    auto read = std::from_chars(text.data(), end, node.unsigned_integer);
    if (read.ec == std::errc() && read.ptr == end) return node;
    return std::nullopt;
  }
  if (!has_only(digits, "0123456789.eE+-")) return std::nullopt;
  node.kind = Kind::real;
  const auto read = std::from_chars(text.data(), end, node.real);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(node.real)) return std::nullopt;
  return node;
}

void append_canonical(std::string& out, const Node& node, std::size_t bytes_max) {
  switch (node.kind) {
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::real:
      append_json(out, narrowed(node));
      break;
    case Kind::array:
      out += '[';
      for (const auto& element : node.elements) {
        if (out.size() > bytes_max) return;
        append_canonical(out, element, bytes_max);
        out += ',';
      }
      out += ']';
      break;
    case Kind::object:
      append_canonical_object(out, node, bytes_max);
      break;
    default:
      append_json(out, node);
  }
}

}  // namespace daybook::forms
