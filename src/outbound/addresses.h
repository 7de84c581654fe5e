// Which addresses a sink may not reach unless it is allowed to: those that mean this machine, its
// network, or no single host (server-side request forgery). Pure. Thread: any.
//
// Source: the IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 6890.
#pragma once

#include <array>
#include <cstdint>

struct sockaddr;

namespace daybook::outbound {

using Ipv4Bytes = std::array<std::uint8_t, 4>;   // network order
using Ipv6Bytes = std::array<std::uint8_t, 16>;  // network order

[[nodiscard]] bool is_private(const Ipv4Bytes& address);
// An address that carries an IPv4 one (mapped, NAT64, 6to4) is private when that is.
[[nodiscard]] bool is_private(const Ipv6Bytes& address);
// Any other family is private.
[[nodiscard]] bool is_private(const sockaddr& address);

}  // namespace daybook::outbound
