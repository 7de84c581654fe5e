#include "outbound/addresses.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace daybook::outbound {
namespace {

struct Ipv4Block {
  Ipv4Bytes first;
  unsigned bits;
};
constexpr Ipv4Block ipv4_blocks[] = {
    {{0, 0, 0, 0}, 8},        // this network
    {{10, 0, 0, 0}, 8},       // private
    {{100, 64, 0, 0}, 10},    // carrier-grade NAT
    {{127, 0, 0, 0}, 8},      // loopback
    {{169, 254, 0, 0}, 16},   // link-local, with the clouds' metadata services
    {{172, 16, 0, 0}, 12},    // private
    {{192, 0, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2, 0}, 24},     // documentation
    {{192, 88, 99, 0}, 24},   // 6to4 relays
    {{192, 168, 0, 0}, 16},   // private
    {{198, 18, 0, 0}, 15},    // benchmarks
    {{198, 51, 100, 0}, 24},  // documentation
    {{203, 0, 113, 0}, 24},   // documentation
    {{224, 0, 0, 0}, 4},      // multicast
    {{240, 0, 0, 0}, 4},      // reserved, broadcast
};

struct Ipv6Block {
  Ipv6Bytes first;
  unsigned bits;
};
constexpr Ipv6Block ipv6_blocks[] = {
    {{0x01, 0x00}, 64},                   // discard
    {{0x20, 0x01, 0x00, 0x00}, 23},       // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},       // documentation
    {{0x3f, 0xff}, 20},                   // documentation
    {{0x5f, 0x00}, 16},                   // segment routing
    {{0xfc}, 7},                          // unique local
    {{0xfe, 0x80}, 10},                   // link-local
    {{0xfe, 0xc0}, 10},                   // site-local, of old
    {{0xff}, 8},                          // multicast
    {{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48}  // local-use NAT64
};

// Where an IPv6 address carries an IPv4 one.
struct Carrier {
  Ipv6Bytes first;
  unsigned bits;
  std::size_t at;  // of the IPv4 address
};
constexpr Carrier carriers[] = {
    {{}, 96, 12},                                          // compatible; also :: and ::1
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},  // mapped
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 96, 12},  // translated
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},                    // NAT64
    {{0x20, 0x02}, 16, 2},                                 // 6to4
};

bool begins_with(std::span<const std::uint8_t> address, std::span<const std::uint8_t> first,
                 unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.begin()))
    return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xFFu << (8 - rest) & 0xFFu;
  return (address[whole] & mask) == (first[whole] & mask);
}

}  // namespace

bool is_private(const Ipv4Bytes& address) {
  return std::ranges::any_of(ipv4_blocks, [&](const Ipv4Block& block) {
    return begins_with(address, block.first, block.bits);
  });
}

bool is_private(const Ipv6Bytes& address) {
  for (const Carrier& carrier : carriers) {
    if (!begins_with(address, carrier.first, carrier.bits)) continue;
    Ipv4Bytes carried;
    std::memcpy(carried.data(), address.data() + carrier.at, carried.size());
    return is_private(carried);
  }
  return std::ranges::any_of(ipv6_blocks, [&](const Ipv6Block& block) {
    return begins_with(address, block.first, block.bits);
  });
}

bool is_private(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    Ipv4Bytes bytes;
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return is_private(bytes);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    Ipv6Bytes bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return is_private(bytes);
  }
  return true;
}

}  // namespace daybook::outbound
