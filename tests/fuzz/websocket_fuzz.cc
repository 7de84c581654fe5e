// Bytes of a WebSocket → messages, cut into slices at points taken from the input. What is checked:
// the same bytes give the same messages however they are cut, no limit is passed, a decoder between
// messages holds no buffer, and what was decoded survives being encoded and decoded again. The same
// bytes are also header values of a handshake.
#include "websocket/decoder.h"
#include "websocket/frame.h"
#include "websocket/handshake.h"

#include <daybook/fields.h>
#include <daybook/json.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace daybook::websocket;
using Step = Decoder::Step;

constexpr std::size_t message_bytes_max = 2000;
constexpr std::size_t padding_bytes = daybook::json::Parser::padding_bytes;

void require(bool good) {
  if (!good) __builtin_trap();
}

struct Item {
  Step step;
  std::uint16_t code;
  std::string payload;
  bool operator==(const Item&) const = default;
};

void check(const Decoder& decoder, Step step) {
  const std::string_view payload = decoder.payload();
  const volatile char* behind = payload.data() + payload.size();
  if (step == Step::failed) {
    require(may_close_with(decoder.close_code()) && !payload.empty());
    return;
  }
  for (std::size_t i = 0; i < padding_bytes; ++i) (void)behind[i];
  if (step == Step::text || step == Step::close) require(daybook::json::is_valid_utf8(payload));
  require(payload.size() <=
          (step == Step::text || step == Step::binary ? message_bytes_max : control_bytes_max));
}

// `slice_bytes` 0: everything at once.
std::vector<Item> decode(const DecoderOptions& options, std::string_view bytes,
                         std::size_t slice_bytes) {
  Decoder decoder(options);
  std::vector<Item> items;
  while (!bytes.empty()) {
    const std::size_t size = slice_bytes == 0 ? bytes.size() : std::min(slice_bytes, bytes.size());
    const auto slice = std::make_unique<char[]>(size + padding_bytes);
    std::copy_n(bytes.data(), size, slice.get());
    bytes.remove_prefix(size);
    std::span<char> rest(slice.get(), size);
    for (;;) {
      std::size_t used = 0;
      const Step step = decoder.decode(rest, used);
      require(used <= rest.size());
      rest = rest.subspan(used);
      if (step == Step::need_more) break;
      check(decoder, step);
      items.push_back({step, decoder.close_code(), std::string(decoder.payload())});
    }
    require(rest.empty());
    require(decoder.memory_bytes() <= 2 * (message_bytes_max + control_bytes_max) + padding_bytes);
  }
  return items;
}

std::string encode(const std::vector<Item>& items) {
  constexpr std::uint32_t mask = 0xA5C3F00F;
  std::string out;
  for (const Item& item : items) {
    if (item.step == Step::text) append_client_frame(out, Opcode::text, item.payload, mask);
    if (item.step == Step::binary) append_client_frame(out, Opcode::binary, item.payload, mask);
    if (item.step == Step::ping) append_client_frame(out, Opcode::ping, item.payload, mask);
    if (item.step == Step::pong) append_client_frame(out, Opcode::pong, item.payload, mask);
  }
  return out;
}

void check_handshake(std::string_view bytes) {
  constexpr std::array<std::string_view, 2> spoken{"a", "daybook.quiz.v1"};
  const auto chosen = choose_subprotocol(bytes, spoken);
  require(chosen.empty() || bytes.find(chosen) != std::string_view::npos);
  if (is_valid_key(bytes)) require(accept_key(bytes).size() == 28);
  HandshakeRequest request;
  request.method = "GET";
  request.upgrade = request.connection = request.key = request.version = bytes;
  const auto refusal = refusal_of(request);
  require(refusal.has_value() && !refusal->detail.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t slice_bytes = 1 + data[0] / 4;
  DecoderOptions options{.message_bytes_max = message_bytes_max, .binary = (data[0] & 1) == 0};
  options.from = (data[0] & 2) == 0 ? From::client : From::server;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = decode(options, bytes, 0);
  require(decode(options, bytes, slice_bytes) == whole);

  auto messages = whole;
  std::erase_if(messages, [](const Item& item) {
    return item.step == Step::close || item.step == Step::failed;
  });
  options = {.message_bytes_max = message_bytes_max};
  auto again = decode(options, encode(messages), slice_bytes);
  require(again == messages);
  check_handshake(bytes);
  return 0;
}
