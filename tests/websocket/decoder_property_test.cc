// Random messages in random fragments with control frames between them, cut at random places, and
// the same with bytes changed. DAYBOOK_TEST_SEED repeats a run.
#include <catch2/catch.hpp>

#include "support/seed.h"
#include "websocket/decoder.h"
#include "websocket/stream.h"

namespace daybook::websocket {
namespace {

using namespace test;

constexpr int rounds = 2000;
constexpr std::size_t message_bytes_max = 3000;
const DecoderOptions options{.message_bytes_max = message_bytes_max};

std::string random_bytes(Rng& rng, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (char& c : out) c = static_cast<char>(rng.next());
  return out;
}

// Lengths around where a frame's header changes its form.
std::size_t random_length(Rng& rng) {
  constexpr std::array<std::size_t, 8> lengths{0, 1, 7, 8, 124, 125, 126, 127};
  return rng.below(2) == 0 ? lengths[rng.below(lengths.size())] : rng.below(message_bytes_max);
}

struct Writer {
  Rng& rng;
  std::string stream;
  Items items;  // what must come out

  void frame(Opcode opcode, std::string_view payload, bool final) {
    append_client_frame(stream, opcode, payload, static_cast<std::uint32_t>(rng.next()), final);
  }
  void maybe_control() {
    if (rng.below(3) != 0) return;
    const bool ping = rng.below(2) == 0;
    const std::string payload = random_bytes(rng, rng.below(control_bytes_max + 1));
    frame(ping ? Opcode::ping : Opcode::pong, payload, true);
    items.push_back({ping ? Step::ping : Step::pong, payload});
  }
  void message() {
    const bool text = rng.below(2) == 0;
    const std::size_t bytes = random_length(rng);
    const std::string payload = text ? random_text(rng, bytes) : random_bytes(rng, bytes);
    std::string_view rest = payload;
    auto opcode = text ? Opcode::text : Opcode::binary;
    while (rng.below(3) == 0) {
      const std::size_t part = rng.below(rest.size() + 1);
      frame(opcode, rest.substr(0, part), false);
      rest.remove_prefix(part);
      opcode = Opcode::continuation;
      maybe_control();
    }
    frame(opcode, rest, true);
    items.push_back({text ? Step::text : Step::binary, payload});
  }
};

Writer random_stream(Rng& rng) {
  Writer writer{rng, {}, {}};
  for (std::uint64_t n = 1 + rng.below(6); n > 0; --n) {
    writer.maybe_control();
    writer.message();
  }
  return writer;
}

Items decode_randomly(Decoder& decoder, std::string_view stream, Rng& rng) {
  const std::uint64_t most = rng.below(2) == 0 ? 20 : 2000;
  return decode(decoder, stream, [&] { return 1 + rng.below(most); });
}

TEST_CASE("however a stream is fragmented and cut, its messages come out whole and in order") {
  const std::uint64_t seed = daybook::test::test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng rng(seed);
  for (int round = 0; round < rounds; ++round) {
    const Writer writer = random_stream(rng);
    Decoder whole(options);
    REQUIRE(decode_whole(whole, writer.stream) == writer.items);
    Decoder sliced(options);
    REQUIRE(decode_randomly(sliced, writer.stream, rng) == writer.items);
    REQUIRE(sliced.memory_bytes() == 0);
  }
}

TEST_CASE("a stream with wrong bytes fails at the same place however it is cut") {
  const std::uint64_t seed = daybook::test::test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng rng(seed);
  int failures = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string stream = random_stream(rng).stream;
    for (std::uint64_t n = rng.below(4); n > 0; --n)
      stream[rng.below(stream.size())] ^= static_cast<char>(1u << rng.below(8));
    Decoder whole(options);
    const Items expected = decode_whole(whole, stream);
    Decoder sliced(options);
    REQUIRE(decode_randomly(sliced, stream, rng) == expected);
    if (!expected.empty() && expected.back().step == Step::failed) ++failures;
  }
  CHECK(failures > rounds / 10);
}

}  // namespace
}  // namespace daybook::websocket
