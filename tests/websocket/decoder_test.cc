#include "websocket/decoder.h"

#include <daybook/json.h>

#include "websocket/stream.h"

#include <catch2/catch.hpp>

#include <optional>

namespace daybook::websocket {
namespace {

using namespace test;
using namespace std::string_literals;

Items of_client(std::string_view stream, const DecoderOptions& options = {}) {
  Decoder decoder(options);
  const Items items = decode_whole(decoder, stream);
  Decoder again(options);
  CHECK(decode_bytewise(again, stream) == items);
  CHECK(again.memory_bytes() == 0);
  return items;
}

Items failed_with(std::uint16_t code) { return {{Step::failed, "", code}}; }

// A client's frame header, masked with zeros, as the wrong ones cannot be made by frame.h.
std::string header(std::string bytes) { return std::move(bytes) + "\0\0\0\0"s; }

TEST_CASE("the decoder reads the examples of RFC 6455 section 5.7") {
  Decoder server_side({});
  CHECK(decode_whole(server_side, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") ==
        Items{{Step::text, "Hello"}});
  CHECK(decode_whole(server_side, "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") ==
        Items{{Step::pong, "Hello"}});
  Decoder client_side({.from = From::server});
  CHECK(decode_whole(client_side, "\x81\x05Hello") == Items{{Step::text, "Hello"}});
  CHECK(decode_whole(client_side, "\x01\x03Hel\x80\x02lo") == Items{{Step::text, "Hello"}});
  CHECK(decode_whole(client_side, "\x89\x05Hello") == Items{{Step::ping, "Hello"}});
  const std::string short_bytes(256, 'b');
  CHECK(decode_whole(client_side, "\x82\x7E\x01\x00"s + short_bytes) ==
        Items{{Step::binary, short_bytes}});
  const std::string long_bytes(65536, 'b');
  CHECK(decode_whole(client_side, "\x82\x7F\0\0\0\0\0\x01\0\0"s + long_bytes) ==
        Items{{Step::binary, long_bytes}});
}

TEST_CASE("what is no frame of a client fails with 1002") {
  struct Row {
    std::string_view what;
    std::string bytes;
  };
  const std::vector<Row> rows{
      {"not masked", "\x81\x01x"s},
      {"RSV1", header("\xC1\x80"s)},
      {"RSV2", header("\xA1\x80"s)},
      {"RSV3", header("\x91\x80"s)},
      {"opcode 3", header("\x83\x80"s)},
      {"opcode 7", header("\x87\x80"s)},
      {"opcode 11", header("\x8B\x80"s)},
      {"opcode 15", header("\x8F\x80"s)},
      {"a ping in fragments", header("\x09\x80"s)},
      {"a ping of 126 bytes", header("\x89\xFE\x00\x7E"s)},
      {"a close of 126 bytes", header("\x88\xFE\x00\x7E"s)},
      {"a continuation of nothing", header("\x80\x80"s)},
      {"a text inside a text", client_frame(Opcode::text, "a", false) + header("\x81\x80"s)},
      {"a binary inside a text", client_frame(Opcode::text, "a", false) + header("\x82\x80"s)},
      {"125 in two bytes", header("\x82\xFE\x00\x7D"s)},
      {"65535 in eight bytes", header("\x82\xFF\0\0\0\0\0\0\xFF\xFF"s)},
      {"a length with the top bit", header("\x82\xFF\x80\0\0\0\0\0\0\0"s)},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(of_client(row.bytes) == failed_with(close_code::protocol_error));
  }
}

TEST_CASE("a server's frame that is masked fails with 1002") {
  Decoder decoder({.from = From::server});
  CHECK(decode_whole(decoder, client_frame(Opcode::text, "x")) ==
        failed_with(close_code::protocol_error));
}

TEST_CASE("a close frame brings its code and reason, or fails") {
  const auto close = [](std::string payload) {
    return of_client(client_frame(Opcode::close, payload));
  };
  CHECK(close("") == Items{{Step::close, "", close_code::none}});
  CHECK(close("\x03\xE8"s) == Items{{Step::close, "", 1000}});
  CHECK(close("\x03\xE9"
              "bye"s) == Items{{Step::close, "bye", 1001}});
  CHECK(close("\x0B\xB8"s) == Items{{Step::close, "", 3000}});
  CHECK(close("\x13\x87"s) == Items{{Step::close, "", 4999}});
  CHECK(close("\x03"s) == failed_with(1002));
  CHECK(close("\x03\xE8\xFF"s) == failed_with(1007));
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 2999u, 5000u, 65535u}) {
    INFO(code);
    CHECK(close({static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)}) ==
          failed_with(1002));
  }
}

TEST_CASE("after a close frame, and after a failure, nothing is read any more") {
  for (const std::string& last : {client_frame(Opcode::close, ""), header("\xC1\x80"s)}) {
    Decoder decoder({});
    CHECK(decode_whole(decoder, last + client_frame(Opcode::text, "late")).size() == 1);
    CHECK(decode_bytewise(decoder, client_frame(Opcode::text, "later")).empty());
  }
}

TEST_CASE("a message over message_bytes_max fails with 1009 when its header says so") {
  const DecoderOptions options{.message_bytes_max = 200};
  const std::string most(200, 'm');
  CHECK(of_client(client_frame(Opcode::text, most), options) == Items{{Step::text, most}});
  CHECK(of_client(header("\x81\xFE\x00\xC9"s), options) == failed_with(1009));
  CHECK(of_client(header("\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s), options) ==
        failed_with(1009));
  const std::string half = client_frame(Opcode::binary, most.substr(100), false);
  const std::string rest = client_frame(Opcode::continuation, most.substr(100));
  CHECK(of_client(half + rest, options) == Items{{Step::binary, most}});
  CHECK(of_client(half + client_frame(Opcode::continuation, most.substr(99)), options) ==
        failed_with(1009));
}

TEST_CASE("a message that lies in the slice as one frame is delivered there, without a copy") {
  Decoder decoder({});
  std::string slice = client_frame(Opcode::text, "first") + client_frame(Opcode::binary, "second");
  const std::size_t bytes = slice.size();
  slice.append(json::Parser::padding_bytes, '\0');
  std::span<char> rest(slice.data(), bytes);
  for (const std::string_view expected : {"first", "second"}) {
    std::size_t used = 0;
    REQUIRE(decoder.decode(rest, used) != Step::need_more);
    rest = rest.subspan(used);
    CHECK(decoder.payload() == expected);
    CHECK(decoder.payload().data() == rest.data() - expected.size());
    CHECK(decoder.memory_bytes() == 0);
  }
}

TEST_CASE("a decoder between two messages holds no buffer and is small") {
  CHECK(sizeof(Decoder) <= 96);
  Decoder decoder({});
  const std::string text(5000, 't');
  const std::string frame = client_frame(Opcode::text, text);
  CHECK(decode(decoder, frame, [] { return 100; }) == Items{{Step::text, text}});
  CHECK(decoder.memory_bytes() == 0);
  CHECK(decode_bytewise(decoder, client_frame(Opcode::ping, "in pieces")).size() == 1);
  CHECK(decoder.memory_bytes() == 0);
}

TEST_CASE("the buffer grows with what arrived, not with what a header announced") {
  Decoder decoder({.message_bytes_max = 1'000'000});
  const std::string frame = client_frame(Opcode::binary, std::string(1'000'000, 'b'));
  CHECK(decode_whole(decoder, frame.substr(0, 14)).empty());
  CHECK(decoder.memory_bytes() <= 512);
  CHECK(decode_whole(decoder, frame.substr(14, 10'000)).empty());
  CHECK(decoder.memory_bytes() <= 21'000);
}

TEST_CASE("control frames come between the fragments of a message") {
  const std::string stream =
      client_frame(Opcode::text, "a long", false) + client_frame(Opcode::ping, "are you there?") +
      client_frame(Opcode::continuation, "", false) + client_frame(Opcode::pong, "") +
      client_frame(Opcode::continuation, " message") + client_frame(Opcode::text, "");
  CHECK(of_client(stream) == Items{{Step::ping, "are you there?"},
                                   {Step::pong, ""},
                                   {Step::text, "a long message"},
                                   {Step::text, ""}});
}

TEST_CASE("a character may be split between fragments, and must be whole at the end") {
  const auto in_two = [](std::string_view text, std::size_t cut) {
    return of_client(client_frame(Opcode::text, text.substr(0, cut), false) +
                     client_frame(Opcode::continuation, text.substr(cut)));
  };
  const std::string text = "\xCE\xBA\xF0\x9F\x98\x80!";
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(in_two(text, cut) == Items{{Step::text, text}});
  for (std::size_t cut = 0; cut <= 5; ++cut)
    CHECK(in_two("\xCE\xBA\xF0\x9F\x98", cut) == failed_with(close_code::not_utf8));
}

TEST_CASE("text that is not UTF-8 fails with 1007 as soon as it shows") {
  struct Row {
    std::string_view what, bytes;
  };
  const std::vector<Row> rows{{"a continuation byte alone", "\x80"},
                              {"an overlong slash", "\xC0\xAF"},
                              {"an overlong form of three", "\xE0\x9F"},
                              {"an overlong form of four", "\xF0\x8F"},
                              {"a surrogate", "\xED\xA0"},
                              {"above U+10FFFF", "\xF4\x90"},
                              {"a byte that begins nothing", "\xF5"},
                              {"a character broken off", "\xE2\x82 "}};
  for (const Row& row : rows) {
    INFO(row.what);
    const std::string first = client_frame(Opcode::text, "good " + std::string(row.bytes), false);
    CHECK(of_client(first) == failed_with(close_code::not_utf8));
    CHECK(of_client(client_frame(Opcode::text, row.bytes)) == failed_with(close_code::not_utf8));
  }
  CHECK(of_client(client_frame(Opcode::binary, "\xFF")) == Items{{Step::binary, "\xFF"}});
}

TEST_CASE("a decoder that takes no binary fails with 1003") {
  const DecoderOptions options{.binary = false};
  CHECK(of_client(client_frame(Opcode::binary, "b"), options) ==
        failed_with(close_code::unsupported));
  CHECK(of_client(client_frame(Opcode::text, "t"), options) == Items{{Step::text, "t"}});
}

TEST_CASE("what decoders hold together for unfinished messages is bounded; small ones go on") {
  Allowance allowance{70'000, 1000};
  const DecoderOptions options{.message_bytes_max = 60'000, .allowance = &allowance};
  const std::string large = client_frame(Opcode::binary, std::string(60'000, 'x'));
  const std::string half = large.substr(0, large.size() / 2), rest = large.substr(half.size());
  std::optional<Decoder> first, second;
  first.emplace(options);
  second.emplace(options);
  Decoder third(options), small(options);
  CHECK(decode_whole(*first, half).empty());
  CHECK(allowance.bytes > 20'000);
  CHECK(decode_whole(*second, half).empty());
  const std::size_t both = allowance.bytes;
  CHECK(both <= allowance.bytes_max);
  const Items refused = decode_whole(third, half);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].step == Step::failed);
  CHECK(refused[0].code == close_code::try_again_later);
  CHECK(third.memory_bytes() == 0);
  CHECK(allowance.bytes == both);
  CHECK(decode_whole(small, client_frame(Opcode::text, "small", false))
            .empty());  // what everybody may hold
  CHECK(small.memory_bytes() > 0);
  CHECK(allowance.bytes == both);
  first.reset();  // gone in the middle
  CHECK(allowance.bytes < both);
  CHECK(decode_whole(*second, rest).size() == 1);
  std::size_t used = 0;
  second->decode({}, used);
  CHECK(allowance.bytes == 0);
  Decoder fourth(options);
  CHECK(decode_whole(fourth, half).empty());
}

}  // namespace
}  // namespace daybook::websocket
