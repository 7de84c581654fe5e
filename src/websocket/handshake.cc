#include "websocket/handshake.h"

#include "base/base64.h"
#include "base/digest.h"

#include <algorithm>

namespace daybook::websocket {
namespace {

constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t key_bytes = 16;
constexpr std::size_t key_chars = 24;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_no_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// The next element of a comma list, taken off its beginning. REQUIRES: !list.empty()
std::string_view take_element(std::string_view& list) {
  const auto comma = list.find(',');
  const auto element = trimmed(list.substr(0, comma));
  list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  return element;
}

bool names(std::string_view list, std::string_view word) {
  while (!list.empty())
    if (equal_no_case(take_element(list), word)) return true;
  return false;
}

}  // namespace

bool asks_for_websocket(std::string_view upgrade) { return names(upgrade, "websocket"); }

std::optional<Refusal> refusal_of(const HandshakeRequest& request) {
  if (request.method != "GET") return Refusal{400, "a WebSocket is opened with GET"};
  if (!request.http_1_1) return Refusal{400, "a WebSocket is opened with HTTP/1.1"};
  if (!asks_for_websocket(request.upgrade))
    return Refusal{426, "the Upgrade header must name websocket"};
  if (!names(request.connection, "upgrade"))
    return Refusal{400, "the Connection header must name Upgrade"};
  if (trimmed(request.version) != version)
    return Refusal{426, "the Sec-WebSocket-Version header must be 13"};
  if (!is_valid_key(request.key))
    return Refusal{400, "the Sec-WebSocket-Key header must be 16 bytes in Base64"};
  if (request.has_body) return Refusal{400, "the request that opens a WebSocket has no body"};
  return std::nullopt;
}

bool is_valid_key(std::string_view key) {
  if (key.size() != key_chars) return false;
  const auto bytes = from_base64(key);
  return bytes.has_value() && bytes->size() == key_bytes;
}

std::string accept_key(std::string_view key) {
  std::string text(key);
  text += accept_guid;
  const Sha1 hash = sha1(text);
  return base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::string_view choose_subprotocol(std::string_view offered,
                                    std::span<const std::string_view> spoken) {
  for (std::size_t i = 0; i < subprotocols_max && !offered.empty(); ++i) {
    const auto found = std::ranges::find(spoken, take_element(offered));
    if (found != spoken.end()) return *found;
  }
  return {};
}

void append_switching_protocols(std::string& out, std::string_view accept,
                                std::string_view subprotocol, std::string_view headers) {
  out +=
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  out += accept;
  if (!subprotocol.empty()) {
    out += "\r\nSec-WebSocket-Protocol: ";
    out += subprotocol;
  }
  out += "\r\n";
  out += headers;
  out += "\r\n";
}

}  // namespace daybook::websocket
