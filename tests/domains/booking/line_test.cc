#include "domains/booking/line.h"
#include "domains/booking/key_table.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <vector>

namespace daybook::booking {
namespace {

TEST_CASE("a line keeps its order whoever leaves it, and tells everyone's place") {
  Rng rng(test::test_seed());
  Line line;
  std::vector<std::uint32_t> plain;               // bookings in line
  std::map<std::uint32_t, std::uint32_t> ticket;  // of a booking
  std::uint32_t next = 0;
  for (int i = 0; i < 20'000; ++i) {
    const bool growing = i / 4000 % 2 == 0;
    if (plain.empty() || rng.below(10) < (growing ? 7u : 3u)) {
      const std::uint32_t booking = next++;
      ticket[booking] = line.push(
          booking, [&](std::uint32_t other, std::uint32_t fresh) { ticket.at(other) = fresh; });
      plain.push_back(booking);
    } else {
      const std::size_t at = rng.below(2) == 0 ? 0 : rng.below(plain.size());
      line.remove(ticket.at(plain[at]));
      ticket.erase(plain[at]);
      plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(at));
    }
    REQUIRE(line.size() == plain.size());
    if (plain.empty()) {
      REQUIRE(line.first() == none);
      continue;
    }
    REQUIRE(line.booking(line.first()) == plain.front());
    const std::size_t any = rng.below(plain.size());
    REQUIRE(line.position(ticket.at(plain[any])) == any + 1);
  }
  std::vector<std::uint32_t> walked;
  for (std::uint32_t t = line.first(); t != none; t = line.from(t + 1))
    walked.push_back(line.booking(t));
  CHECK(walked == plain);
}

TEST_CASE("the gaps of those who left are closed, so a line that moves does not grow") {
  Line line;
  std::vector<std::uint32_t> tickets;
  const auto renumber = [&](std::uint32_t booking, std::uint32_t ticket) {
    tickets.at(booking) = ticket;
  };
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    tickets.push_back(0);
    tickets[i] = line.push(i, renumber);
    if (i >= 100) line.remove(tickets[i - 100]);
  }
  CHECK(line.size() == 100);
  CHECK(line.memory_bytes() < 8192);
}

TEST_CASE("a key table finds what is in it and nothing else, through growth and removal") {
  Rng rng(test::test_seed());
  std::vector<Id128> keys;
  KeyTable table;
  const auto key_of = [&](std::uint32_t n) -> const Id128& { return keys[n]; };
  std::vector<std::uint32_t> in;
  for (int i = 0; i < 30'000; ++i) {
    if (in.empty() || rng.below(5) < 3) {
      Id128 key;
      // Few different last words: long runs of displaced keys.
      key.bytes[0] = static_cast<std::uint8_t>(keys.size());
      key.bytes[1] = static_cast<std::uint8_t>(keys.size() >> 8);
      key.bytes[2] = static_cast<std::uint8_t>(keys.size() >> 16);
      for (std::size_t b = 13; b < 16; ++b) key.bytes[b] = static_cast<std::uint8_t>(rng.below(20));
      keys.push_back(key);
      in.push_back(static_cast<std::uint32_t>(keys.size() - 1));
      table.insert(key, in.back());
    } else {
      const std::size_t at = rng.below(in.size());
      const std::uint32_t gone = in[at];
      table.erase(keys[gone], gone);
      in[at] = in.back();
      in.pop_back();
      REQUIRE(table.find(keys[gone], key_of) == none);
    }
    REQUIRE(table.size() == in.size());
    if (in.empty()) continue;
    const std::uint32_t some = in[rng.below(in.size())];
    REQUIRE(table.find(keys[some], key_of) == some);
  }
  for (const std::uint32_t n : in) CHECK(table.find(keys[n], key_of) == n);
}

}  // namespace
}  // namespace daybook::booking
