#include "load/target.h"

#include <netdb.h>

#include <charconv>
#include <cmath>
#include <cstring>

namespace daybook::load {

Result<Target> resolve_target(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  const Error wrong{Errc::invalid, "not an http:// URL of a host and port: " + std::string(url)};
  if (url.substr(0, scheme.size()) != scheme) return wrong;
  std::string_view authority = url.substr(scheme.size());
  if (!authority.empty() && authority.back() == '/') authority.remove_suffix(1);
  if (authority.empty() || authority.find_first_of("/?#@ \r\n") != std::string_view::npos)
    return wrong;

  Target target;
  target.authority = std::string(authority);
  std::string_view host = authority;
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (error != std::errc{} || end != port.data() + port.size() || target.port == 0) return wrong;
    host = authority.substr(0, colon);
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host.empty()) return wrong;
  target.host = std::string(host);

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port_text = std::to_string(target.port);
  const int failed = getaddrinfo(target.host.c_str(), port_text.c_str(), &hints, &found);
  if (failed != 0)
    return Error{Errc::unavailable,
                 "cannot resolve " + target.host + ": " + std::string(gai_strerror(failed))};
  std::memcpy(&target.address, found->ai_addr, found->ai_addrlen);
  target.address_bytes = found->ai_addrlen;
  freeaddrinfo(found);
  return target;
}

Result<std::int64_t> parse_duration_ns(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double unit_ns = 0;
  if (unit.empty() || unit == "s") unit_ns = 1e9;
  if (unit == "ms") unit_ns = 1e6;
  if (unit == "m") unit_ns = 60e9;
  const double ns = std::floor(number * unit_ns);
  if (error != std::errc{} || unit_ns == 0 || !(ns >= 0) || ns > 86400e9)
    return Error{Errc::invalid,
                 "not a duration of at most a day, such as 10s, 500ms or 2m: " + std::string(text)};
  return static_cast<std::int64_t>(ns);
}

}  // namespace daybook::load
