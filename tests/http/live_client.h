// A WebSocket client on one blocking socket, for tests: proper frames, and raw bytes for what no
// proper client would send. Every read has a deadline.
//
// Thread: one.
#pragma once

#include "raw_socket.h"
#include "support/http_client.h"
#include "websocket/decoder.h"
#include "websocket/frame.h"

#include <daybook/json.h>

#include <optional>
#include <string>
#include <string_view>

namespace daybook::test {

constexpr std::string_view handshake_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view handshake_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";  // RFC 6455, 1.3

// The headers of a good handshake; `changes` take the place of those of the same name, an empty
// value leaves one out.
inline std::string handshake_bytes(std::string_view target, const Headers& changes = {}) {
  Headers headers{{"Connection", "Upgrade"},
                  {"Upgrade", "websocket"},
                  {"Sec-WebSocket-Version", "13"},
                  {"Sec-WebSocket-Key", std::string(handshake_key)}};
  for (const auto& [name, value] : changes) {
    std::erase_if(headers, [&, &of = name](const auto& header) { return header.first == of; });
    if (!value.empty()) headers.emplace_back(name, value);
  }
  return request_bytes("GET", target, {}, headers);
}

class LiveClient {
 public:
  static constexpr std::size_t message_bytes_max = 64u << 20;
  using Step = websocket::Decoder::Step;
  struct Message {
    Step step = Step::need_more;
    std::string payload;
    std::uint16_t close_code = 0;
  };

  // Asks for the WebSocket; looks at nothing yet.
  LiveClient(const std::string& url, std::string_view target, const Headers& changes = {},
             int receive_bytes = 0)
      : socket_(url, receive_bytes) {
    socket_.send(handshake_bytes(target, changes));
  }

  // The answer's header, its last empty line included; "" when none came.
  std::string read_head() {
    for (;;) {
      const std::size_t end = bytes_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::string head = bytes_.substr(0, end + 4);
        bytes_.erase(0, end + 4);
        return head;
      }
      if (!read_more()) return {};
    }
  }
  // True: it is open.
  bool open() { return read_head().starts_with("HTTP/1.1 101 "); }

  void send_text(std::string_view text) { send_frame(websocket::Opcode::text, text); }
  void send_frame(websocket::Opcode opcode, std::string_view payload, bool final = true) {
    std::string frame;
    websocket::append_client_frame(frame, opcode, payload, 0x01020304, final);
    socket_.send(frame);
  }
  void send_close(std::uint16_t code) {
    send_frame(websocket::Opcode::close,
               std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
  }
  RawSocket& raw() { return socket_; }

  // The next message or control frame; nullopt: the connection ended, or the deadline.
  std::optional<Message> receive() {
    for (;;) {
      std::string padded = bytes_;
      padded.append(json::Parser::padding_bytes, '\0');
      std::size_t used = 0;
      const Step step = decoder_.decode({padded.data(), bytes_.size()}, used);
      Message message{step, std::string(decoder_.payload()), decoder_.close_code()};
      bytes_.erase(0, used);
      if (step != Step::need_more) return message;
      if (!read_more()) return std::nullopt;
    }
  }
  // The next text; "" for anything else.
  std::string text() {
    const auto message = receive();
    return message && message->step == Step::text ? message->payload : std::string();
  }
  // Says it and gives the next text.
  std::string ask(std::string_view words) {
    send_text(words);
    return text();
  }
  // The next close frame, whatever came before it; nullopt: the end without one.
  std::optional<Message> wait_for_close() {
    for (auto message = receive(); message; message = receive())
      if (message->step == Step::close) return message;
    return std::nullopt;
  }
  // Nothing more comes, and not because of the deadline.
  bool at_end() { return bytes_.empty() && socket_.read_some(1).empty() && !socket_.failed(); }

 private:
  bool read_more() {
    const std::string more = socket_.read_some(65536);
    bytes_ += more;
    return !more.empty();
  }

  RawSocket socket_;
  std::string bytes_;
  websocket::Decoder decoder_{{message_bytes_max, true, websocket::From::server}};
};

}  // namespace daybook::test
