// The opening handshake's server side (RFC 6455 section 4.2): what a request must say, and what is
// answered. Header lines are read by src/http.
//
// Pure. Threads: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace daybook::websocket {

constexpr std::string_view version = "13";
constexpr std::size_t subprotocols_max = 32;  // that a client may name; what follows is not read

// What the handshake is decided by; views into the request. Header values as they came, several
// lines of one name joined by commas; empty: absent.
struct HandshakeRequest {
  std::string_view method;        // "GET"
  bool http_1_1 = true;           // or newer
  std::string_view upgrade;       // Upgrade
  std::string_view connection;    // Connection
  std::string_view key;           // Sec-WebSocket-Key
  std::string_view version;       // Sec-WebSocket-Version
  std::string_view subprotocols;  // Sec-WebSocket-Protocol
  bool has_body = false;          // Content-Length over 0, or Transfer-Encoding
};

// Whether the request asks for a WebSocket at all: Upgrade names "websocket".
bool asks_for_websocket(std::string_view upgrade);

// Why a handshake is answered with an ordinary error.
struct Refusal {
  int status = 400;         // 426: the answer must carry Upgrade and Sec-WebSocket-Version: 13
  std::string_view detail;  // static text: the header and the rule
};
// nullopt: it may go on. Subprotocols are looked at by choose_subprotocol.
std::optional<Refusal> refusal_of(const HandshakeRequest& request);

// Base64 of 16 bytes, as clients make it.
bool is_valid_key(std::string_view key);
// Sec-WebSocket-Accept for a key. REQUIRES: is_valid_key(key)
std::string accept_key(std::string_view key);

// The first name of the client's list that is one of `spoken` (compared byte by byte); empty: none.
// A view into `spoken`.
std::string_view choose_subprotocol(std::string_view offered,
                                    std::span<const std::string_view> spoken);

// The 101 answer, whole. `subprotocol` empty: none was chosen. `headers`: further lines, each with
// its CR LF, or empty.
void append_switching_protocols(std::string& out, std::string_view accept,
                                std::string_view subprotocol, std::string_view headers = {});

}  // namespace daybook::websocket
