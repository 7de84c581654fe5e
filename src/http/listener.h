// Listen addresses and the sockets bound to them.
//
// Threads: start-up only.
#pragma once

#include <daybook/result.h>

#include "http/io_thread.h"

#include <string>
#include <string_view>
#include <vector>

namespace daybook::http {

constexpr int listen_backlog = 4096;

// One address, bound once per io thread with SO_REUSEPORT.
struct Listener {
  std::string url;  // with the real port
  bool loopback = false;
  std::vector<int> fds;  // `threads` of them; ownership passes to the caller
};

// Only whether the text is an address; opens nothing. Errc::invalid.
Result<void> check_listen(const std::string& text);

// "127.0.0.1:8080", "[::1]:0", "localhost:80". Errc::invalid for anything else; Errc::unavailable
// names the address that could not be bound - also when another process listens there with
// SO_REUSEPORT.
Result<Listener> open_listener(const std::string& text, unsigned threads);

}  // namespace daybook::http
