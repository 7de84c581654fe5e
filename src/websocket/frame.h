// Frames of RFC 6455 section 5 into bytes: a server's are not masked, a client's are. Lengths take
// their shortest form, no extension is spoken, a message is one frame.
//
// Pure. Threads: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::websocket {

enum class Opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};

// Section 7.4.1.
namespace close_code {
constexpr std::uint16_t normal = 1000;
constexpr std::uint16_t going_away = 1001;      // the server stops
constexpr std::uint16_t protocol_error = 1002;  // not WebSocket
constexpr std::uint16_t unsupported = 1003;     // binary where only text is taken
constexpr std::uint16_t none = 1005;            // never sent: the close frame named no code
constexpr std::uint16_t not_utf8 = 1007;
constexpr std::uint16_t policy = 1008;
constexpr std::uint16_t too_big = 1009;
constexpr std::uint16_t internal_error = 1011;
constexpr std::uint16_t try_again_later = 1013;
}  // namespace close_code

constexpr std::size_t control_bytes_max = 125;                         // payload of a control frame
constexpr std::size_t close_reason_bytes_max = control_bytes_max - 2;  // behind the code
constexpr std::size_t server_header_bytes_max = 10;
constexpr std::size_t client_header_bytes_max = 14;

// A server's frame around `payload_bytes` bytes that the caller appends itself.
void append_frame_header(std::string& out, Opcode opcode, std::uint64_t payload_bytes);

// A server's whole frames. `text` must be UTF-8.
void append_text_frame(std::string& out, std::string_view text);
void append_binary_frame(std::string& out, std::string_view bytes);
// REQUIRES: at most control_bytes_max.
void append_ping_frame(std::string& out, std::string_view payload);
void append_pong_frame(std::string& out, std::string_view payload);
// `code` none: without a body. A reason over close_reason_bytes_max is cut before the character
// that does not fit. REQUIRES: may_close_with(code) or none.
void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason);

// Whether a close frame may carry the code: the registered ones, and 3000 to 4999.
bool may_close_with(std::uint16_t code);

// A client's frame, masked with the four bytes of `mask` as they stand in memory. For the load
// client and the tests; a real client draws each mask from a random source.
void append_client_frame(std::string& out, Opcode opcode, std::string_view payload,
                         std::uint32_t mask, bool final = true);

// XORs data with the mask's bytes, beginning with its byte number `phase` (0 to 3), into `to`; the
// two may be the same bytes, not overlap otherwise.
void apply_mask(char* to, const char* data, std::size_t bytes, std::uint32_t mask, unsigned phase);

}  // namespace daybook::websocket
