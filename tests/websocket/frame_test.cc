#include "websocket/frame.h"
#include "websocket/stream.h"

#include <catch2/catch.hpp>

namespace daybook::websocket {
namespace {

using namespace std::string_literals;

std::string text_frame(std::string_view text) {
  std::string out;
  append_text_frame(out, text);
  return out;
}

TEST_CASE("a server's frames are those of RFC 6455 section 5.7") {
  CHECK(text_frame("Hello") == "\x81\x05Hello");
  std::string out = "before";
  append_ping_frame(out, "Hello");
  CHECK(out == "before\x89\x05Hello");
  out.clear();
  append_pong_frame(out, "");
  CHECK(out == "\x8A\x00"s);
  out.clear();
  append_binary_frame(out, std::string(256, 'b'));
  CHECK(out == "\x82\x7E\x01\x00"s + std::string(256, 'b'));
}

TEST_CASE("a client's frame is the masked example of RFC 6455 section 5.7") {
  std::string out;
  append_client_frame(out, Opcode::text, "Hello", 0x3D21FA37);
  CHECK(out == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("a frame's length takes its shortest form") {
  CHECK(text_frame(std::string(125, 'x')).substr(0, 3) == "\x81\x7Dx");
  CHECK(text_frame(std::string(126, 'x')).substr(0, 5) == "\x81\x7E\x00\x7Ex"s);
  CHECK(text_frame(std::string(65535, 'x')).substr(0, 5) == "\x81\x7E\xFF\xFFx"s);
  CHECK(text_frame(std::string(65536, 'x')).substr(0, 11) == "\x81\x7F\0\0\0\0\0\x01\0\0x"s);
}

TEST_CASE("a close frame holds a code and as much of the reason as fits in whole characters") {
  std::string out;
  append_close_frame(out, close_code::none, "not said");
  CHECK(out == "\x88\x00"s);
  out.clear();
  append_close_frame(out, close_code::going_away, "bye");
  CHECK(out ==
        "\x88\x05\x03\xE9"
        "bye"s);
  out.clear();
  append_close_frame(out, 4000, std::string(122, 'r') + "\xC3\xA9");
  CHECK(out == "\x88\x7C\x0F\xA0"s + std::string(122, 'r'));
}

TEST_CASE("mask and unmask agree with the plain loop at every length and phase") {
  Rng rng(1);
  for (std::size_t bytes = 0; bytes < 40; ++bytes) {
    for (unsigned phase = 0; phase < 4; ++phase) {
      const auto mask = static_cast<std::uint32_t>(rng.next());
      std::string data(bytes, '\0');
      for (char& c : data) c = static_cast<char>(rng.next());
      std::string expected = data;
      for (std::size_t i = 0; i < bytes; ++i)
        expected[i] = static_cast<char>(static_cast<std::uint32_t>(expected[i]) ^
                                        (mask >> (8 * ((i + phase) % 4))));
      std::string copy(bytes, '\0');
      apply_mask(copy.data(), data.data(), bytes, mask, phase);
      CHECK(copy == expected);
      apply_mask(data.data(), data.data(), bytes, mask, phase);
      CHECK(data == expected);
    }
  }
}

}  // namespace
}  // namespace daybook::websocket
