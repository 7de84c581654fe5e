#include "http/percent.h"

#include <daybook/fields.h>

namespace daybook::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
  if (text.size() < scheme.size()) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = text[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != scheme[i]) return false;
  }
  return true;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
      continue;
    }
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return Error{Errc::malformed, "a broken percent escape in the target"};
    const int value = high * 16 + low;
    if (value == 0) return Error{Errc::malformed, "%00 is not allowed in the target"};
    out.push_back(static_cast<char>(value));
    i += 2;
  }
  if (!json::is_valid_utf8(out))
    return Error{Errc::malformed, "the target is not UTF-8 when decoded"};
  return out;
}

Result<QueryPairs> parse_query(std::string_view query) {
  QueryPairs pairs;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (pair.empty()) continue;
    if (pairs.size() == query_pairs_max) {
      return Error{Errc::malformed,
                   "more than " + std::to_string(query_pairs_max) + " query parameters"};
    }
    const std::size_t equals = pair.find('=');
    DAYBOOK_TRY(std::string name, percent_decode(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      auto decoded = percent_decode(pair.substr(equals + 1), true);
      if (!decoded) return std::move(decoded).error();
      value = std::move(decoded).value();
    }
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

Result<Target> split_target(std::string_view target) {
  Target parts;
  if (target == "*") {
    parts.path = target;
    return parts;
  }
  for (const char c : target) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '#') {
      return Error{Errc::malformed, "the target has a character that must be percent-encoded"};
    }
  }
  if (!target.starts_with('/')) {
    std::size_t scheme = 0;
    if (starts_with_scheme(target, "http://")) scheme = 7;
    if (starts_with_scheme(target, "https://")) scheme = 8;
    if (scheme == 0) return Error{Errc::malformed, "the target must start with / or http://"};
    target.remove_prefix(scheme);
    const std::size_t slash = target.find_first_of("/?");
    parts.authority = target.substr(0, slash);
    if (parts.authority.empty() || parts.authority.find('@') != std::string_view::npos)
      return Error{Errc::malformed, "the target has no usable host"};
    target = slash == std::string_view::npos ? std::string_view{"/"} : target.substr(slash);
    if (target.starts_with('?')) {
      parts.path = "/";
      parts.query = target.substr(1);
      return parts;
    }
  }
  const std::size_t mark = target.find('?');
  parts.path = target.substr(0, mark);
  if (mark != std::string_view::npos) parts.query = target.substr(mark + 1);
  return parts;
}

}  // namespace daybook::http
