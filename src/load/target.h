// Where a load goes: an http:// URL, taken apart and resolved once.
#pragma once

#include <daybook/result.h>

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::load {

struct Target {
  std::string host;  // without brackets
  std::uint16_t port = 80;
  std::string authority;  // the Host header: "127.0.0.1:8080", "[::1]:8080"
  sockaddr_storage address{};
  socklen_t address_bytes = 0;
};

// "http://host[:port][/]". No TLS: a load tool stands beside its server.
// Errors: Errc::invalid for the text, Errc::unavailable when the name does not resolve.
Result<Target> resolve_target(std::string_view url);

// "10s", "500ms", "2m", "1.5s"; a bare number is seconds. Errors: Errc::invalid.
Result<std::int64_t> parse_duration_ns(std::string_view text);

}  // namespace daybook::load
