#include "live/outbox.h"

#include "live/fan.h"

#include <catch2/catch.hpp>

#include <array>

namespace daybook::live {
namespace {

using namespace test;

constexpr std::size_t plenty = 1'000'000;

// Everything that waits, as a kernel that takes `most` bytes at once gets it.
std::string drain(Outbox& outbox, std::size_t most = plenty) {
  std::string out;
  while (!outbox.empty()) {
    const auto bytes = outbox.front().substr(0, most);
    REQUIRE_FALSE(bytes.empty());
    out += bytes;
    outbox.sent(bytes.size());
  }
  return out;
}

MessagePtr two_formats(std::uint64_t revision) {
  const std::string number = std::to_string(revision);
  return std::make_shared<const Message>("t", revision,
                                         std::vector<std::string>{"[" + number, "<" + number},
                                         std::vector<std::string>{});
}

TEST_CASE("an outbox gives its bytes and states back in order, however few are taken at once") {
  for (const std::size_t most : {1u, 2u, 3u, 1000u}) {
    Outbox outbox;
    CHECK(outbox.front().empty());
    REQUIRE(outbox.push("one ", plenty));
    REQUIRE(outbox.push("two ", plenty));
    outbox.offer(state("a", 1), 0);
    REQUIRE(outbox.push(" three ", plenty));
    outbox.offer(state("b", 1), 0);
    CHECK(outbox.own_bytes() == 15);
    CHECK(outbox.unsent_bytes() == 21);
    CHECK(drain(outbox, most) == "one two a@1 three b@1");
    CHECK(outbox.own_bytes() == 0);
    CHECK(outbox.unsent_bytes() == 0);
  }
}

TEST_CASE("a newer state takes the place of an older one that has not begun") {
  Outbox outbox;
  outbox.offer(state("a", 1), 0);
  outbox.offer(state("b", 1), 0);
  outbox.offer(state("a", 2), 0);
  outbox.offer(state("b", 2), 0);
  outbox.offer(state("b", 1), 0);
  CHECK(drain(outbox) == "a@2b@2");
}

TEST_CASE("a state that has begun is sent to its end, and the newest after it") {
  Outbox outbox;
  outbox.offer(state("a", 1), 0);
  outbox.sent(1);
  outbox.offer(state("a", 1), 0);
  outbox.offer(state("a", 2), 0);
  outbox.offer(state("a", 3), 0);
  CHECK(drain(outbox) == "@1a@3");
}

TEST_CASE("one topic in two formats is two states") {
  Outbox outbox;
  outbox.offer(two_formats(1), 0);
  outbox.offer(two_formats(1), 1);
  outbox.offer(two_formats(2), 1);
  CHECK(drain(outbox) == "[1<2");
}

TEST_CASE("own bytes over the limit are not taken, states always are") {
  Outbox outbox;
  CHECK(outbox.push("12345", 10));
  CHECK_FALSE(outbox.push("678901", 10));
  outbox.offer(state("a", 1), 0);
  CHECK(outbox.push("67890", 10));
  CHECK_FALSE(outbox.push("1", 10));
  CHECK_FALSE(outbox.push("1", 5));
  outbox.sent(5);
  CHECK(outbox.push("12345", 10));
  CHECK(drain(outbox) == "a@16789012345");
}

TEST_CASE("own bytes that are taken while others are put in do not pile up") {
  Outbox outbox;
  REQUIRE(outbox.push(std::string(1000, 'x'), plenty));
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(outbox.push(std::string(100, 'y'), plenty));
    outbox.sent(100);
    REQUIRE(outbox.memory_bytes() < 4 * Outbox::piece_bytes_max);
  }
  CHECK(outbox.own_bytes() == 1000);
}

TEST_CASE("a gather write takes several pieces at once") {
  Outbox outbox;
  REQUIRE(outbox.push("own", plenty));
  outbox.offer(state("a", 1), 0);
  outbox.offer(state("b", 1), 0);
  std::array<std::string_view, 2> two;
  REQUIRE(outbox.fronts(two) == 2);
  CHECK(two == std::array<std::string_view, 2>{"own", "a@1"});
  outbox.sent(4);
  std::array<std::string_view, 8> all;
  REQUIRE(outbox.fronts(all) == 2);
  CHECK(all[0] == "@1");
  outbox.sent(5);
  CHECK(outbox.empty());
  CHECK(outbox.fronts(all) == 0);
}

TEST_CASE("an empty outbox is small and holds no memory") {
  CHECK(sizeof(Outbox) <= 40);
  Outbox outbox;
  CHECK(outbox.memory_bytes() == 0);
  const auto message = state("a", 1);
  outbox.offer(message, 0);
  REQUIRE(outbox.push("bytes", plenty));
  CHECK(outbox.memory_bytes() > 0);
  CHECK(message.use_count() == 2);
  drain(outbox);
  CHECK(outbox.memory_bytes() == 0);
  CHECK(message.use_count() == 1);
  outbox.offer(message, 0);
  outbox.clear();
  CHECK(outbox.empty());
  CHECK(message.use_count() == 1);
}

}  // namespace
}  // namespace daybook::live
